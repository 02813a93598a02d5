"""The pages on the two stores hold the statements, views and names that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from memcubes.cypher import migrations
from memcubes.graph import EdgeKind

from .statements import FOLDER, names

ROOT = Path(__file__).parents[2]
NEO4J = (ROOT / "docs" / "neo4j.md").read_text("utf-8")
SQLITE = (ROOT / "docs" / "sqlite.md").read_text("utf-8")
VIEWS = (ROOT / "graph" / "sqlite" / "views.sql").read_text("utf-8")


def test_the_page_holds_every_statement_as_it_is_and_no_other() -> None:
    shown = re.findall(r"^```cypher\n(.*?)^```$", NEO4J, re.MULTILINE | re.DOTALL)
    kept = [(FOLDER / f"{name}.cypher").read_text("utf-8") for name in names()]
    assert sorted(shown) == sorted(kept)


@pytest.mark.parametrize("name", names())
def test_a_statement_says_what_it_answers_and_ends_with_a_line(name: str) -> None:
    text = (FOLDER / f"{name}.cypher").read_text("utf-8")
    assert re.match(
        r"// [^\n]+\n(// [^\n]+\n)*// parameters: [^\n]+\n(//[^\n]+\n)*// columns: ", text
    )
    assert text.endswith("\n")
    assert ";" not in text
    assert f"[{name}.cypher](../cypher/analysis/{name}.cypher)" in NEO4J


def test_every_view_is_on_the_page_and_says_what_it_answers() -> None:
    made = re.findall(
        r"^-- [^\n]+\nDROP VIEW IF EXISTS (\w+);\nCREATE VIEW (\w+) AS$", VIEWS, re.MULTILINE
    )
    assert len(made) == VIEWS.count("CREATE VIEW")
    assert all(dropped == name for dropped, name in made)
    listed = re.findall(r"^\| `(\w+)` \|", SQLITE, re.MULTILINE)
    assert sorted(listed) == sorted(name for _, name in made)


TYPES = {str(kind).lower() for kind in EdgeKind}


@pytest.mark.parametrize("name", [step.name for step in migrations()])
def test_every_index_of_the_schema_is_on_the_page(name: str) -> None:
    kind, _, ends = name.rpartition("_")
    assert f"`{name}`" in NEO4J or (kind in TYPES and f"`<type>_{ends}`" in NEO4J)
