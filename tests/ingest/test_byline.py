"""Lines of tickets that tell a field without a colon."""

from __future__ import annotations

import pytest

from memcubes.graph.instant import OPEN
from memcubes.ingest.byline import bylines
from memcubes.ingest.document import Document
from memcubes.ingest.english import EnglishExtractor
from memcubes.ingest.passage import split_passages

MAY_2021 = 1_620_000_000_000_000  # 3 May 2021


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Reported by Mia Berg", [("reported by", "Mia Berg")]),
        ("Assigned to Tom.", [("assigned to", "Tom")]),
        ("Last updated by Ludwig van Beethoven", [("last updated by", "Ludwig van Beethoven")]),
        ("Escalated to the Network team", [("escalated to", "the Network team")]),
        ("Blocked by T-17, T-19 and T-20", [("blocked by", "T-17, T-19 and T-20")]),
        ("Created on 2024-05-03", [("created on", "2024-05-03")]),
        ("Written by Ann Hill; edited by Bo", [("written by", "Ann Hill"), ("edited by", "Bo")]),
        ("Assigned to @tom-reed", [("assigned to", "@tom-reed")]),
        ("Assigned to a post in the north, he left.", []),
        ("Based on a true story", []),
        ("Mia Berg reported it", []),
        ("Reported by Mia Berg, who saw it first", []),
        ("Reported by", []),
        ("Moved to Bonn and married Ann", []),
    ],
)
def test_what_a_line_tells(line: str, told: list[tuple[str, str]]) -> None:
    assert [(one.relation, one.value) for one in bylines(line)] == told


def test_a_day_at_the_end_is_when_it_began() -> None:
    [one] = bylines("Opened by Ann Hill on 3 May 2021")
    assert (one.value, one.valid) == ("Ann Hill", (MAY_2021, OPEN))


def facts(text: str, title: str | None = None) -> set[tuple[str, str, str]]:
    reader = EnglishExtractor()
    passages = split_passages(Document("a.md", title, text, "text/markdown"), reader)
    found = [claim for one in reader.extract(passages) for claim in one.claims]
    return {(one.subject, one.relation, one.object) for one in found}


def test_it_is_said_of_the_document_or_the_section() -> None:
    text = (
        "# Lift stuck\n\nReported by Mia Berg\nAssigned to Tom\nThe lift is stuck again.\n\n"
        "## T-18 Slow search\n\nAssigned to Ida Lund\n\n## Details\n\nChecked by Per Olsen\n"
    )
    found = facts(text, "Lift stuck")
    assert {
        ("Lift stuck", "reported by", "Mia Berg"),
        ("Lift stuck", "assigned to", "Tom"),
        ("T-18 Slow search", "assigned to", "Ida Lund"),
        ("Lift stuck", "checked by", "Per Olsen"),
    } <= found
    assert not any("Mia Berg" in subject for subject, _, _ in found)


def test_or_of_what_the_first_line_says() -> None:
    found = facts("TICKET-42: Heating is cold\nOpened by Ann Hill\n\nIt is cold in room 4.\n")
    assert ("TICKET-42", "opened by", "Ann Hill") in found


def test_nothing_is_said_of_nobody() -> None:
    assert facts("Assigned to Tom Reed") == set()
