"""Asked of tables, an answer quotes records whole, and goes from one to another by the keys that they hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.api import Memory

CREW = "id,name,ship,captain_id\n4,Ilse Brandt,Nordlicht,\n9,Owen Pryce,Nordlicht,4\n"
BERTHS = "berth_id,crew_id,deck\n71,9,lower deck\n72,4,bridge deck\n"


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    folder = tmp_path_factory.mktemp("tables")
    (folder / "crew.csv").write_text(CREW)
    (folder / "berths.csv").write_text(BERTHS)
    with Memory.open(folder / "m.db", user="local:ann", encoder="hashing") as opened:
        opened.ingest(folder / "crew.csv", folder / "berths.csv")
        yield opened


def quotes(memory: Memory, asked: str) -> list[str]:
    return [" ".join(quote.text.split()) for quote in memory.ask(asked).quotes]


def test_a_record_is_quoted_whole(memory: Memory) -> None:
    found = quotes(memory, "Which ship is Owen Pryce on?")
    assert found[0] == "id: 9 name: Owen Pryce ship: Nordlicht captain_id: 4"


def test_from_record_to_record_by_what_both_name(memory: Memory) -> None:
    first, second = quotes(memory, "On which deck is the berth of Owen Pryce?")[:2]
    assert first.startswith("id: 9 name: Owen Pryce")
    assert second == "berth_id: 71 crew_id: 9 deck: lower deck"


def test_a_key_that_is_asked_for_leads_to_its_record(memory: Memory) -> None:
    # "captain" and "Owen Pryce" are all that is asked, and his record has both: it names the other by key
    first, second = quotes(memory, "Who is the captain of Owen Pryce?")[:2]
    assert first.startswith("id: 9 name: Owen Pryce")
    assert second.startswith("id: 4 name: Ilse Brandt")


def test_only_what_is_asked_of_a_record_makes_it_outdated(tmp_path: Path) -> None:
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as memory:
        (tmp_path / "crew.csv").write_text(CREW)
        memory.ingest(tmp_path / "crew.csv")
        cube = memory.search("Owen Pryce").hits[0].cube
        (quote, *_) = memory.ask("Which ship is Owen Pryce on?").quotes
        ship = quote.facts
        (quote, *_) = memory.ask("Who is the captain of Owen Pryce?").quotes
        assert quote.cube.node == cube.node
        # one fact of the ship, another of the captain; the name's key is asked for by neither
        assert len(ship) == len(quote.facts) == 1
        assert ship != quote.facts


def test_a_key_leads_to_its_record_before_those_that_have_it_in_a_field(tmp_path: Path) -> None:
    (tmp_path / "staff.csv").write_text(
        "id,name,role,manager\ne1,Ilse Brandt,head,\ne2,Tomas Vik,engineer,e1\n"
        "e3,Rana Aziz,gardener,e1\ne4,Per Olsen,apprentice,e3\n"
    )
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as memory:
        memory.ingest(tmp_path / "staff.csv")
        found = quotes(memory, "Who manages Per Olsen's manager?")
        assert [quote.split()[3] for quote in found] == ["Per", "Rana", "Ilse"]


@pytest.mark.parametrize("field", ["manager", "manager_id", "managed by"])
def test_a_field_of_bare_numbers_is_followed_as_a_key(tmp_path: Path, field: str) -> None:
    (tmp_path / "staff.csv").write_text(
        f"id,name,role,{field}\n1,Ilse Brandt,head,\n2,Tomas Vik,engineer,1\n"
        "3,Rana Aziz,gardener,1\n4,Per Olsen,apprentice,3\n"
    )
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as memory:
        memory.ingest(tmp_path / "staff.csv")
        found = quotes(memory, "Who manages Per Olsen's manager?")
        assert [quote.split()[3] for quote in found] == ["Per", "Rana", "Ilse"]


@pytest.mark.parametrize(
    ("asked", "second"),
    [
        ("Who owns the company that sold Ilse Brandt the boiler?", "Nordheiz"),
        ("Who owns the garage that repaired Tomas Vik's van?", "Autohof Kern"),
    ],
)
def test_a_record_leads_on_over_what_its_fields_that_are_asked_about_name(
    tmp_path: Path, asked: str, second: str
) -> None:
    (tmp_path / "people.csv").write_text(
        "id,name,city,street,boiler,sold_by,van,repaired_by\n"
        "1,Ilse Brandt,Kiel,Hafenweg,Vitodens 200,Nordheiz,,\n"
        "2,Tomas Vik,Ulm,Marktgasse,Logano,Thermo Ost,Transit,Autohof Kern\n"
    )
    (tmp_path / "firms.csv").write_text(
        "name,owner,town\nNordheiz,Ruth Adler,Plön\nThermo Ost,Jan Pohl,Gera\nAutohof Kern,Mia Berg,Ulm\n"
    )
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as memory:
        memory.ingest(tmp_path / "people.csv", tmp_path / "firms.csv")
        assert f"name: {second}" in quotes(memory, asked)[1]


def test_a_line_below_a_heading_is_quoted_as_of_that_heading(tmp_path: Path) -> None:
    (tmp_path / "tickets.md").write_text(
        "# Tickets\n\n## T-17 Login fails\n\nAssigned to Tom Reed\nStatus: open\n\n"
        "## T-18 Slow search\n\nAssigned to Ida Lund\nStatus: closed\n"
    )
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as memory:
        memory.ingest(tmp_path / "tickets.md")
        assert quotes(memory, "Who is T-18 assigned to?")[0] == "Assigned to Ida Lund"
        assert quotes(memory, "Who is T-17 assigned to?")[0] == "Assigned to Tom Reed"


def test_of_a_long_record_the_lines_of_one_inner_thing_are_quoted_together(tmp_path: Path) -> None:
    machines = [
        {
            "tag": f"DR-{n}",
            "kind": f"dryer of row {n}",
            "maker": {"name": f"Maker {n}", "land": "Spain"},
        }
        for n in range(1, 5)
    ]
    plant = {"site": "Orley", "halls": [{"name": "east", "machines": machines}]}
    (tmp_path / "plant.json").write_text(json.dumps(plant))
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as memory:
        memory.ingest(tmp_path / "plant.json")
        (found,) = quotes(memory, "Who is the maker of DR-2?")[:1]
    of = "halls[0].machines[1]"
    assert found == (
        f"{of}.tag: DR-2 {of}.kind: dryer of row 2 {of}.maker.name: Maker 2 {of}.maker.land: Spain"
    )
