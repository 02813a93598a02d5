"""Who reads a block of memory is told which statement a later one superseded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from memcubes.api import Memory

OLD, NEW = "Tomas Berg owns the schema registry.", "Mei Lin Zhou owns the schema registry now."
ASKED = "Who owns the schema registry?"


@pytest.fixture
def memory() -> Iterator[Memory]:
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as opened:
        opened.remember(OLD)
        opened.remember("The retention is 30 days.")
        yield opened


def headings(memory: Memory) -> dict[str, str]:
    """What each entry says, and what its heading ends with."""
    found = (one.text.strip().split("\n") for one in memory.inject(ASKED, budget=400).plan.cited)
    return {text: heading.rpartition(", ")[2] for heading, text in found}


def test_the_heading_says_so_and_says_it_no_more_after_the_later_one_is_taken_back(
    memory: Memory,
) -> None:
    assert headings(memory)[OLD] != "superseded"
    done = memory.remember(NEW)
    told = headings(memory)
    assert told[OLD] == "superseded"
    assert told[NEW] != "superseded"
    memory.retract(done.target)
    assert headings(memory)[OLD] != "superseded"


def test_a_rejected_link_says_nothing(memory: Memory) -> None:
    memory.remember(NEW)
    (link,) = memory.review(applied=True).statements
    memory.review(reject=[link.id])
    assert headings(memory)[OLD] != "superseded"
