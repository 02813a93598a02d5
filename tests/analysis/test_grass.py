"""The style sheet for Neo4j Browser: every label and type has its rule, and a browser can read it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from memcubes.graph import EdgeKind, NodeKind
from memcubes.graph.neo4j.census import BESIDE, OWN
from memcubes.graph.neo4j.rows import PLAIN

SHEET = (Path(__file__).parents[2] / "docs" / "neo4j.grass").read_text("utf-8")
RULE = re.compile(
    r"(node|relationship)(?:\.(\w+))? \{\n((?:  [a-z-]+: [^;{}\n]*(?:\{\w+\}[^;{}\n]*)*;\n)+)\}\n"
)
KEPT = {*PLAIN, "kind", "role", "seq", "from_seq", "acl"}
UNSEEN = {"Derived", "Head", "Memcubes", "Migration", "Producer", "Watermark"}
"""What people have no reason to look at keeps the colour of any node."""


def rules() -> dict[tuple[str, str], dict[str, str]]:
    """Properties by element and label, in the order of the sheet."""
    return {
        (element, label): dict(line.strip(" ;").split(": ", 1) for line in body.splitlines())
        for element, label, body in RULE.findall(SHEET)
    }


def test_the_sheet_is_nothing_but_whole_rules() -> None:
    assert RULE.sub("", SHEET).strip() == ""
    assert SHEET.count("{") == SHEET.count("}")
    assert len(rules()) == len(RULE.findall(SHEET))


def test_every_label_and_type_has_a_rule() -> None:
    labels = {*map(str, NodeKind), "Now", *OWN, *BESIDE} - UNSEEN
    types = {*map(str, EdgeKind), "PAST", "OF", "MEMBER_OF"}
    assert {label for element, label in rules() if element == "node" and label} == labels
    assert {label for element, label in rules() if element == "relationship" and label} == types


def test_what_a_node_is_comes_after_that_it_is_one() -> None:
    order = [label for element, label in rules() if element == "node"]
    assert order.index("Identity") < min(order.index(str(kind)) for kind in NodeKind)
    assert order.index("Version") < order.index("Now")


@pytest.mark.parametrize(("rule", "said"), rules().items())
def test_captions_and_colours_mean_something(rule: tuple[str, str], said: dict[str, str]) -> None:
    assert set(re.findall(r"\{(\w+)\}", said.get("caption", ""))) <= KEPT
    for name, value in said.items():
        if "color" in name:
            assert re.fullmatch(r"#[0-9A-F]{6}", value), (rule, name)


def test_what_is_past_is_grey() -> None:
    for rule in (("node", "Version"), ("node", "Identity"), ("relationship", "PAST")):
        colour = rules()[rule]["color"]
        assert colour[1:3] == colour[3:5] == colour[5:7]
