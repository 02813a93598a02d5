"""Sections that are records, in a text that is more than that."""

from __future__ import annotations

import pytest

from memcubes.ingest.chinese import ChineseExtractor
from memcubes.ingest.document import Document
from memcubes.ingest.english import EnglishExtractor
from memcubes.ingest.extraction import Extractor
from memcubes.ingest.passage import split_passages
from memcubes.ingest.section import records_of
from memcubes.ingest.structure import structured

HANDBOOK = """# Office handbook

Where things are.

## Printer
Location: room 12
Owner: Mia Chen

It jams when it is hot.

## Coffee machine

- **Location:** kitchen
- Serviced by: Bean Brothers

The coffee machine was bought in May 2021.

## Contact

Location: hall
Phone: 030 123
"""


def facts(text: str, extractor: Extractor) -> set[tuple[str, str, str]]:
    document = Document("a.md", None, text, "text/markdown")
    passages = split_passages(document, extractor)
    found = structured(document, passages, extractor.extract(passages))
    return {(c.subject, c.relation, c.object) for one in found for c in one.claims}


def test_a_field_is_of_the_thing_that_its_heading_names() -> None:
    found = facts(HANDBOOK, EnglishExtractor())
    assert {
        ("Printer", "location", "room 12"),
        ("Printer", "owner", "Mia Chen"),
        ("Coffee machine", "location", "kitchen"),
        ("Coffee machine", "serviced by", "Bean Brothers"),
        ("the coffee machine", "be bought in", "May 2021"),
    } <= found
    # A heading is no sentence, and a part of the document is no thing of its own.
    assert not [one for one in found if one[2] == "" and one[0] == "office"]
    assert not [one for one in found if one[0] in ("Contact", "Office handbook") and not one[2]]
    assert not [one for one in found if one[0] == "Contact"]


def test_it_needs_no_language() -> None:
    text = "# 设备\n\n## 打印机\n位置：三楼\n\n上周修好了。\n\n## 咖啡机\n位置：厨房\n"
    told = {("打印机", "位置", "三楼"), ("咖啡机", "位置", "厨房")}
    assert told <= facts(text, ChineseExtractor())


def test_names_and_facts_stand_where_they_are_read() -> None:
    names, claims = records_of(HANDBOOK)
    assert [HANDBOOK[one.start : one.end] for one in names] == ["Printer", "Coffee machine"]
    assert [HANDBOOK[one.start : one.end] for one in claims][:3] == [
        "Location: room 12",
        "Owner: Mia Chen",
        "- **Location:** kitchen",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# Acme\n\n## Contact\nPhone: 1\nStreet: High St\n",  # one section alone
        "# Acme\n\n## Billing address\nStreet: A\n\n## Sales team\nHead: B\n",  # nothing in common
        "# Acme\n\n## 2023\nRevenue: 5\n\n## 2024\nRevenue: 6\n",  # times
        "# Ann\n\n## Personal\nEmail: a\n\n## Work\nEmail: b\n",  # parts of one thing
        "# A\n\n## One\nKind: x\n\n# B\n\n## Two\nKind: y\n",  # not side by side
        "# A\n\n```\n## One\nKind: x\n\n## Two\nKind: y\n```\n",  # code
        "## One\nHe said: go away.\n\n## Two\nHe said: come here!\n",  # sentences
        "## One\nlink: //a\n\n## Two\nlink: //b\n",
    ],
)
def test_what_is_no_list_of_things_stays_with_its_document(text: str) -> None:
    assert records_of(text) == ((), ())
