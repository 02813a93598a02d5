"""Clauses of a compound sentence are told apart where each has a subject of its own."""

from __future__ import annotations

import pytest

from memcubes.graph.supersession.clause import clauses
from memcubes.graph.supersession.link import Statement, links
from memcubes.graph.supersession.scorer import AUTOMATIC


def said(text: str) -> list[str]:
    return [text[start:end] for start, end in clauses(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Anna owns the budget; Paul owns the roadmap.", ["Anna owns the budget", "Paul owns the roadmap."]),
        ("小李住在上海；小王搬到了北京。", ["小李住在上海", "小王搬到了北京。"]),
    ],
)  # fmt: skip
def test_main_clauses(text: str, parts: list[str]) -> None:
    assert said(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "Bo and Cy Lund live in Graz.",
        "Bea leads design in Graz, but Paul Orr leads research.",
        "Authors: Smith, J.; Doe, K.; Poe, L.",
        # it speaks of the first clause: alone it would speak of nothing
        "The job writes to disk; it stops at night.",
        # who doubts the first doubts the second, who reports it reports both
        "Perhaps Anna left the team; Paul Orr owns the roadmap now.",
        "Bea said Anna left the team and Paul Orr owns the roadmap.",
        "Did Anna leave the team; Paul Orr owns the roadmap now?",
    ],
)
def test_what_is_no_clause_of_its_own_stays_whole(text: str) -> None:
    assert said(text) == []


def test_a_clause_takes_the_place_of_what_the_whole_does_not() -> None:
    new = "Tomas Berg left the team; Mei Lin Zhou owns the schema registry now."
    old = "Tomas Berg owns the schema registry."
    said = [
        Statement(
            name,
            f"c-{name}",
            2,
            when,
            None,
            tuple((a, b, text[a:b]) for a, b in ((0, len(text)), *clauses(text))),
        )
        for name, when, text in (("old", 1, old), ("new", 2, new))
    ]
    before, after = said
    (made,) = links(before, after)
    assert made.chance >= AUTOMATIC
    assert new[slice(*made.new_span)] == "Mei Lin Zhou owns the schema registry now."
