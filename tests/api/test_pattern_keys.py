"""Records that others name by a field which is not their key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import Memory
from memcubes.graph.errors import Invalid

MEMBERS = [
    {"id": "m1", "login": "ann", "badge": "700", "team": "red"},
    {"id": "m2", "login": "bo", "badge": "701", "team": "blue"},
    {"id": "m3", "login": "cy", "badge": "702", "team": "blue"},
]
TICKETS = [
    {"id": "t1", "assignee": "ann", "scanned": "701", "hours": "2"},
    {"id": "t2", "assignee": "bo", "scanned": "700", "hours": "3"},
    {"id": "t3", "assignee": "bo", "scanned": "701", "hours": "5"},
]


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    (tmp_path / "files").mkdir()
    for name, rows in (("members", MEMBERS), ("tickets", TICKETS)):
        (tmp_path / "files" / f"{name}.json").write_text(json.dumps(rows))
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as memory:
        memory.ingest(tmp_path / "files")
        yield memory


def rows(memory: Memory, *steps: Any) -> list[dict[str, Any]]:
    return [dict(row.values) for row in memory.search(pattern=list(steps)).rows]


def test_a_field_leads_to_what_another_field_is_called(memory: Memory) -> None:
    to = {"to": "assignee", "kind": "members", "as": "login"}
    assert rows(
        memory,
        {"records": "tickets", "where": {"hours": {">": 2}}},
        {"follow": to},
        {"select": "@key"},
    ) == [{"@key": "m2"}]
    back = {"back": "assignee", "kind": "tickets", "as": "login"}
    spent = {"sum": "hours", "of": back}
    assert rows(
        memory, {"records": "members"}, {"add": {"spent": spent}}, {"select": ["login", "spent"]}
    ) == [
        {"login": "ann", "spent": "2"},
        {"login": "bo", "spent": "8"},
        {"login": "cy", "spent": "0"},
    ]
    # from a ticket to the others of whoever has it
    others = [{"key": "t2"}, {"follow": [to, back]}, {"select": "@key"}]
    assert rows(memory, *others) == [{"@key": "t2"}, {"@key": "t3"}]


@pytest.mark.parametrize("start", [{"records": "tickets"}, {"key": "t2", "records": "tickets"}])
@pytest.mark.parametrize("hop", ["assignee", {"to": "assignee", "kind": "members"}])
def test_a_hop_that_leads_nowhere_says_which_field_is_meant(
    memory: Memory, start: dict[str, str], hop: Any
) -> None:
    if hop == "assignee" and "key" in start:
        # one value without a kind may well be the key of nothing
        assert rows(memory, start, {"follow": hop}) == []
        return
    with pytest.raises(Invalid, match='write {"to": "assignee", "kind": "members", "as": "login"}'):
        rows(memory, start, {"follow": hop})
    with pytest.raises(Invalid, match='"as": "login"'):
        rows(memory, start, {"where": {"lacks": hop}})


def test_a_hop_back_that_leads_nowhere_says_which_field_is_meant(memory: Memory) -> None:
    wrong = {"back": "assignee", "kind": "tickets"}
    with pytest.raises(
        Invalid, match='write {"back": "assignee", "kind": "tickets", "as": "login"}'
    ):
        rows(memory, {"records": "members"}, {"follow": wrong})
    # who has none is nothing to complain of, where others have some
    mine = {"back": "assignee", "kind": "tickets", "as": "login"}
    assert rows(memory, {"key": "m3"}, {"follow": mine}) == []


def test_numbers_lead_astray_only_where_each_is_one_record(memory: Memory) -> None:
    with pytest.raises(Invalid, match='"as": "badge"'):
        rows(memory, {"records": "tickets"}, {"follow": {"to": "scanned", "kind": "members"}})
    # hours are no badges
    assert (
        rows(memory, {"records": "tickets"}, {"follow": {"to": "hours", "kind": "members"}}) == []
    )


def test_keys_that_are_nowhere_may_be_asked_for(memory: Memory) -> None:
    keys = {"to": "assignee", "kind": "members", "as": "@key"}
    missing = rows(memory, {"records": "tickets"}, {"where": {"lacks": keys}}, {"select": "@key"})
    assert missing == [{"@key": "t1"}, {"@key": "t2"}, {"@key": "t3"}]
    back = {"back": "assignee", "kind": "tickets", "as": "@key"}
    assert rows(memory, {"records": "members"}, {"follow": back}) == []


def test_a_field_that_no_record_of_the_kind_has_is_refused(memory: Memory) -> None:
    for hop in (
        {"to": "assignee", "kind": "members", "as": "nick"},
        {"back": "assignee", "kind": "tickets", "as": "nick"},
    ):
        with pytest.raises(Invalid, match="no 'nick' is in any"):
            rows(memory, {"records": "members" if "back" in hop else "tickets"}, {"follow": hop})
    with pytest.raises(Invalid, match="of which kind"):
        rows(memory, {"records": "tickets"}, {"follow": {"to": "assignee", "as": "login"}})


def test_groups_hold_what_every_node_has(memory: Memory) -> None:
    told = rows(
        memory,
        {"records": ["members", "tickets"]},
        {"group": "@kind", "with": {"n": {"count": True}}},
        {"where": {"@kind": {"!=": "nothing"}}},
        {"order": "-@kind"},
        {"select": {"what": "@kind", "n": "n"}},
    )
    assert told == [{"what": "tickets", "n": "3"}, {"what": "members", "n": "3"}]


def test_a_relation_that_no_fact_has_is_refused(memory: Memory) -> None:
    memory.remember("Ann Reed works at Osmeadow.")
    memory.remember("Bo Chan lives in Turku.")
    start = {"entities": "Ann Reed"}
    names = {"select": "@title"}
    assert rows(memory, start, {"follow": {"relation": "work at"}}, names) == [
        {"@title": "Osmeadow"}
    ]
    # somebody else has it
    assert rows(memory, start, {"follow": {"relation": "live in"}}) == []
    with pytest.raises(
        Invalid, match="no fact here has the relation 'works at': there are .*live in, .*work at"
    ):
        rows(memory, start, {"follow": {"relation": "works at"}})
    assert rows(memory, {"entities": "nobody"}, {"follow": {"relation": "works at"}}) == []


def test_what_two_tables_name_alike_and_nobody_has_is_nothing_to_complain_of(
    memory: Memory, tmp_path: Path
) -> None:
    bills = [{"id": "b1", "assignee": "ann", "hours": "9"}, {"id": "b2", "assignee": "zoe"}]
    (tmp_path / "bills.json").write_text(json.dumps(bills))
    memory.ingest(tmp_path / "bills.json")
    # a field of the same name, and one that many share
    assert rows(memory, {"key": "t1"}, {"follow": {"to": "assignee", "kind": "bills"}}) == []
    teams = [{"records": "members", "where": {"team": "blue"}}, {"follow": {"to": "team"}}]
    assert rows(memory, *teams) == []


def test_a_row_for_each_value_of_a_field(tmp_path: Path) -> None:
    books = [
        {"id": "b1", "topics": ["sea", "maps"], "shelf": {"libraryRow": 4}},
        {"id": "b2", "topics": ["sea"], "shelf": {"libraryRow": 4}},
        {"id": "b3", "topics": [], "shelf": {"libraryRow": 9}},
    ]
    (tmp_path / "books.json").write_text(json.dumps(books))
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as memory:
        memory.ingest(tmp_path / "books.json")
        start = {"records": "books"}
        counted = {"with": {"books": {"count": True}}}
        assert rows(memory, start, {"each": "topics"}, {"select": ["@key", "topics"]}) == [
            {"@key": "b1", "topics": "sea"},
            {"@key": "b1", "topics": "maps"},
            {"@key": "b2", "topics": "sea"},
        ]
        each = rows(
            memory, start, {"each": "topics"}, {"group": "topics", **counted}, {"order": "-books"}
        )
        assert each == [{"topics": "sea", "books": "2"}, {"topics": "maps", "books": "1"}]
        # what is grouped comes back by the name that the plan writes
        named = rows(memory, start, {"group": "shelf.libraryRow", **counted}, {"order": "-books"})
        assert named == [
            {"shelf.libraryRow": "4", "books": "2"},
            {"shelf.libraryRow": "9", "books": "1"},
        ]
        with pytest.raises(Invalid, match="no 'topic' is in any books here"):
            rows(memory, start, {"each": "topic"})
