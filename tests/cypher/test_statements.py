"""The Cypher as text: each statement says what it is, takes parameters, and is used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.cypher import migrations, statement, statements
from memcubes.graph import EdgeKind

ROOT = Path(__file__).parents[2]
FOLDERS = ("graph", "ingest", "query", "injection", "api", "benchmarks")
CODE = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
ENGINE = sorted((ROOT / "graph" / "neo4j").glob("*.py"))
KINDS = frozenset(map(str, EdgeKind))
SPEAKS = re.compile(r"\b(?:MATCH|MERGE|UNWIND|DETACH DELETE|CALL \(|CREATE \(|RETURN [a-z])")
TYPE = re.compile(r"-\[e:([A-Z_|\s]+?)\s*[{\]]")
WRITTEN = re.compile(r"\{[a-z_, ]*\}|\([^)]*\)")
# What a statement may say as it is: types and kinds that it branches by, and names of its own.
WORDS = KINDS | {
    "MemCube", "Namespace", "opened", "closed", "derived", "migration", "cube_text", "Neo4j Kernel",
}  # fmt: skip
NUMBERS = {"0", "1", "2", "1000000"}
# Who walks from thought to thought does not walk along decisions.
PARTIAL = {
    "neighbourhood": KINDS - {"TAGGED", "GRANTS", "NOT_SAME_AS", "SUPERSEDES", "CONTRADICTS"}
}

# What leads from cubes to what a question may need of them, and what says who is who.
SOME = {
    "around": {"MENTIONS", "ABOUT", "NEXT", "TAGGED"},
    "described": {"SAME_AS", "NOT_SAME_AS"},
}


def header(text: str) -> list[str]:
    """The comment lines that a statement begins with."""
    lines = text.splitlines()
    end = next(i for i, line in enumerate(lines) if not line.startswith("//"))
    return [line.removeprefix("//") for line in lines[:end]]


def body(text: str) -> str:
    """A statement without its comments."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("//"))


def said(text: str, what: str) -> str | None:
    """What the header says after a word, on its line and those set in below it."""
    found: list[str] = []
    for line in header(text):
        if line.startswith(f" {what}:"):
            found.append(line.split(":", 1)[1])
        elif found and line.startswith("   "):
            found.append(line)
        elif found:
            break
    return " ".join(found) if found else None


def documented(text: str) -> set[str]:
    """The parameters that the header names."""
    listed = WRITTEN.sub("", WRITTEN.sub("", said(text, "parameters") or ""))
    words = {
        name.strip()
        for part in re.split(r"[,;]", listed)
        for name in part.split(" and ")
        if name.strip()
    }
    return words - {"none"}


@pytest.mark.parametrize("name", statements())
def test_a_statement_says_what_it_is(name: str) -> None:
    text = statement(name)
    assert re.match(r"// [A-Z]\w.*[.:]$", text.splitlines()[0]), "it begins with what it answers"
    assert said(text, "columns"), "and names its columns"
    used = set(re.findall(r"\$in\.(\w+)", body(text)))
    assert documented(text) == used
    assert re.findall(r"\$(?!in\b|\()\w+", body(text)) == [], "parameters come as one map"


@pytest.mark.parametrize("name", statements())
def test_one_statement_a_file_and_no_value_in_it(name: str) -> None:
    text = body(statement(name))
    assert ";" not in text
    assert set(re.findall(r"'([^']*)'", text)) <= WORDS
    assert set(re.findall(r"(?<![\w.$'])\d+(?![\w'])", text)) <= NUMBERS


@pytest.mark.parametrize("name", statements())
def test_lists_of_types_are_whole(name: str) -> None:
    """Where a statement goes through the kinds, it goes through all of them, each as often."""
    found = [frozenset(re.split(r"[|\s]+", types)) for types in TYPE.findall(body(statement(name)))]
    alone = [str(*types) for types in found if len(types) == 1]
    whole = PARTIAL.get(name, KINDS)
    if len(set(alone) & KINDS) > 1:
        assert set(alone) - {"PAST"} == whole
        assert len({alone.count(kind) for kind in whole}) == 1
        assert ("PAST" in alone) == (name not in ("standing",))  # what is closed does not stand
    for types in found:
        assert len(types) == 1 or types - {"PAST"} in (KINDS, {"DERIVED_FROM"}, SOME.get(name))


def test_migrations_follow_each_other() -> None:
    steps = migrations()
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert len({step.name for step in steps}) == len(steps)
    for step in steps:
        text = body(step.statement)
        assert ";" not in text
        assert len(re.findall(r"\bCREATE\b", text)) == 1, step.name
        assert f" {step.name} IF NOT EXISTS" in text
    made = " ".join(body(step.statement) for step in steps)
    for kind in KINDS:
        for needed in ("REQUIRE e.id IS UNIQUE", "ON (e.ns, e.id)", "ON (e.origin)"):
            assert f"[e:{kind}]-() {needed}" in made, f"{kind} {needed}"
        assert f"[e:{kind}]-() ON (e.from_seq)" in made


def words(path: Path) -> Iterator[tuple[ast.AST, str]]:
    """The strings in a module that are no docstrings, each with the node that holds it."""
    tree = ast.parse(path.read_text("utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node, node.value


def test_every_statement_is_used() -> None:
    used = {text for path in ENGINE for _, text in words(path)}
    begun = {
        text
        for path in ENGINE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant)
        for text in [str(node.values[0].value)]
    }
    dead = [
        name
        for name in statements()
        if name not in used
        and not any(text.endswith("_") and name.startswith(text) for text in begun)
    ]
    assert dead == []


def test_no_cypher_outside_its_files() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {text[:40]!r}"
        for path in CODE
        for node, text in words(path)
        if SPEAKS.search(text) and isinstance(node, ast.Constant)
    ]
    assert found == []


def test_the_driver_gets_statements_by_name_only() -> None:
    """Whatever runs on a session or transaction is a call that looks a statement up."""
    wrong = [
        f"{path.name}:{call.lineno} {ast.unparse(call.args[0])}"
        for path in ENGINE
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("run", "execute_query", "one", "read", "stream", "holding", "schema")
        and call.args
        and not _named(path, call)
    ]
    assert wrong == []


def _named(path: Path, call: ast.Call) -> bool:
    text = ast.unparse(call.args[0])
    looks_up = re.fullmatch(r"(?:self\.|self\._)?(?:text|statement)\(.+\)", text)
    # the two places where a migration passes on its whole file
    whole = (path.name, text) in {("connection.py", "text"), ("schema.py", "step.statement")}
    name = isinstance(call.args[0], ast.Constant | ast.Name | ast.IfExp)
    assert isinstance(call.func, ast.Attribute)
    driver = call.func.attr == "execute_query" or ast.unparse(call.func.value) in (
        "session", "held", "one", "self._transaction", "inner",
    )  # fmt: skip
    return bool(looks_up or whole) if driver else bool(looks_up or whole or name)
