"""Folders, pyproject.toml, wheel, Makefile and the arrows between packages agree."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "cypher": set[str](),
    "graph": {"cypher"},
    "ingest": {"graph"},
    "query": {"graph"},
    "injection": {"graph"},
    "api": {"graph", "ingest", "injection", "query"},
}
BUILD = "import sys, setuptools.build_meta as b; getattr(b, sys.argv[1])(sys.argv[2])"


def test_every_package_folder_is_declared() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    on_disk = {
        "memcubes." + ".".join(init.parent.relative_to(ROOT).parts)
        for folder in MAY_IMPORT
        for init in (ROOT / folder).rglob("__init__.py")
    }
    assert set(settings["tool"]["setuptools"]["packages"]) == on_disk


def dynamic(call: ast.Call) -> str | None:
    """The name that `import_module("…")` or `__import__("…")` asks for."""
    called = call.func.attr if isinstance(call.func, ast.Attribute) else None
    called = call.func.id if isinstance(call.func, ast.Name) else called
    if called not in {"import_module", "__import__"} or not call.args:
        return None
    name = call.args[0]
    if isinstance(name, ast.Constant) and isinstance(name.value, str):
        return name.value
    return None


def reached(source: str, depth: int) -> Iterator[tuple[int, str]]:
    """Line and top folder of every import that leaves the folder of a module.

    `depth` counts the dots that lead from the module to `memcubes`. An absolute
    import of memcubes, or one that climbs above it, is reported as it stands.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            names = [node.module] if node.module else [a.name for a in node.names]
            dotted = ["." * node.level + name for name in names]
        elif isinstance(node, ast.Import):
            dotted = [alias.name for alias in node.names]
        elif isinstance(node, ast.Call):
            dotted = [name] if (name := dynamic(node)) else []
        else:
            continue
        for name in dotted:
            target = name.lstrip(".")
            level = len(name) - len(target)
            if level == depth:
                yield node.lineno, target.split(".")[0]
            elif level > depth or (not level and target.split(".")[0] == "memcubes"):
                yield node.lineno, name


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from ..cypher import text", ["cypher"]),
        ("from .. import cypher, graph", ["cypher", "graph"]),
        ("def late():\n    from ..query.walk import walk", ["query"]),
        ("from .cube import Cube", []),
        ("import memcubes.graph", ["memcubes.graph"]),
        ("from memcubes.graph import Cube", ["memcubes.graph"]),
        ("from ...graph import Cube", ["...graph"]),
        ("import_module('..api', __package__)", ["api"]),
        ("importlib.import_module('memcubes.api')", ["memcubes.api"]),
        ("import memcubes_plugin, json", []),
    ],
)
def test_one_way_reading(source: str, found: list[str]) -> None:
    assert [name for _, name in reached(source, depth=2)] == found


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_one_way_imports(folder: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line, name in reached(path.read_text("utf-8"), depth=len(path.relative_to(ROOT).parts))
        if name not in MAY_IMPORT[folder]
    ]
    assert wrong == []


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what a build needs, so that builds leave no trace in the clone."""
    copy = tmp_path / "tree"
    for folder in MAY_IMPORT:
        shutil.copytree(
            ROOT / folder,
            copy / folder,
            ignore=shutil.ignore_patterns("__pycache__", ".*"),
        )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    return copy


def build(tree: Path, hook: str) -> Path:
    """The wheel that a build hook of setuptools makes of a tree."""
    out = tree.parent / hook
    out.mkdir()
    subprocess.run(
        [sys.executable, "-c", BUILD, hook, str(out)],
        cwd=tree,
        check=True,
        capture_output=True,
    )
    (wheel,) = out.glob("*.whl")
    return wheel


def test_wheel_holds_the_folders_and_nothing_else(tree: Path) -> None:
    for name in ("api/casebooks/a/b.txt", "api/templates/c.html"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("", "utf-8")
    on_disk = {
        "memcubes/" + path.relative_to(tree).as_posix()
        for folder in MAY_IMPORT
        for path in (tree / folder).rglob("*")
        if path.is_file()
    }
    with zipfile.ZipFile(build(tree, "build_wheel")) as wheel:
        names = wheel.namelist()
    info = [name for name in names if name.startswith("memcubes-")]
    assert all(".dist-info/" in name for name in info)
    assert any(name.endswith("/licenses/LICENSE") for name in info)
    assert set(names) - set(info) == on_disk


def test_editable_install_sees_new_modules(tree: Path) -> None:
    (tree / "graph" / "__init__.py").write_text("", "utf-8")
    site = tree.parent / "site"
    with zipfile.ZipFile(build(tree, "build_editable")) as wheel:
        wheel.extractall(site)
    (tree / "graph" / "fresh.py").write_text("answer = 42", "utf-8")
    look = "import site, sys; site.addsitedir(sys.argv[1]); import memcubes.graph.fresh as f; print(f.answer)"
    command = [sys.executable, "-ISc", look, str(site)]
    assert subprocess.check_output(command, text=True) == "42\n"


def test_set_up_refuses_when_the_disk_is_too_small(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    df = tmp_path / "bin" / "df"
    df.parent.mkdir()
    df.write_text("#!/bin/sh\necho head\necho disk 9 9 100000 1% /\n", "utf-8")
    df.chmod(0o755)
    done = subprocess.run(
        ["make", "test"],
        cwd=tmp_path,
        check=False,
        env=os.environ | {"PATH": f"{df.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode
    assert "Set-up of models: fetches about" in done.stdout
    assert "0.1 GB are free" in done.stdout
    assert "nothing was fetched" in done.stderr
    assert not (tmp_path / ".venv" / "bin").exists()
