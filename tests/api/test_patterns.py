"""Patterns by the public verbs: over files as they are, after edits, from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import Memory
from memcubes.graph.errors import Invalid

PEOPLE = "### Ann (ID: p1)\nborn: 1980-05-01\n\n### Bo (ID: p2)\nborn: 1975-11-30\n"
CARS = "### c1 (owner: p1)\nprice: 12.50\n\n### c2 (owner: p2)\nprice: 8\n\n### c3 (owner: p1)\nprice: 31\n"
WORTH: list[dict[str, Any]] = [
    {"records": "people"},
    {"add": {"worth": {"sum": "price", "of": {"back": "owner", "kind": "cars"}}}},
    {"order": "-worth"},
    {"select": ["name", "worth"]},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "people.txt").write_text(PEOPLE)
    (tmp_path / "files" / "cars.txt").write_text(CARS)
    return tmp_path / "files"


@pytest.fixture
def memory(tmp_path: Path, folder: Path) -> Iterator[Memory]:
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as memory:
        memory.ingest(folder)
        yield memory


def worth(memory: Memory, **more: Any) -> list[tuple[str, str]]:
    rows = memory.search(pattern=WORTH, **more).rows
    return [(str(row.values["name"]), str(row.values["worth"])) for row in rows]


def cube(memory: Memory, key: str) -> str:
    (row,) = memory.search(pattern=[{"key": key}]).rows
    assert row.node is not None
    return row.node


def test_a_pattern_follows_every_edit(memory: Memory, folder: Path) -> None:
    assert worth(memory) == [("Ann", "43.5"), ("Bo", "8")]
    first = memory.store().head().seq
    memory.revise(cube(memory, "c2"), "### c2 (owner: p2)\nprice: 100")
    assert worth(memory) == [("Bo", "100"), ("Ann", "43.5")]
    assert worth(memory, as_of=first) == [("Ann", "43.5"), ("Bo", "8")]
    revised = memory.store().head().seq
    memory.retract(cube(memory, "c3"), "sold")
    assert worth(memory) == [("Bo", "100"), ("Ann", "12.5")]
    memory.transition(cube(memory, "c1"), "archive")
    assert worth(memory) == [("Bo", "100"), ("Ann", "0")]
    assert worth(memory, archived=True) == [("Bo", "100"), ("Ann", "12.5")]
    memory.revert(f"@{revised}")
    assert worth(memory) == [("Bo", "8"), ("Ann", "0")]
    with pytest.raises(Invalid, match=r"no records of kind 'cars' here: there are people"):
        worth(memory, without=["cars.txt"])
    (folder / "cars.txt").write_text(CARS.replace("owner: p2", "owner: p1"))
    memory.ingest(folder)
    # c3 stays retracted by itself; c1 stays archived
    assert worth(memory) == [("Ann", "8"), ("Bo", "0")]
    memory.retract("cars.txt")
    with pytest.raises(Invalid, match="no records of kind 'cars'"):
        worth(memory)


def test_a_revised_record_is_found_by_its_new_key_and_prose_is_none(memory: Memory) -> None:
    old = cube(memory, "c2")
    memory.revise(old, "### c9 (owner: p1)\nprice: 1")
    assert not memory.search(pattern=[{"key": "c2"}]).rows
    assert cube(memory, "c9") == old
    memory.revise(old, "The car was sold to a friend of Bo.")
    assert not memory.search(pattern=[{"key": ["c2", "c9"]}]).rows
    assert [row.key for row in memory.search(pattern=[{"records": "cars"}]).rows] == ["c1", "c3"]


def test_a_long_record_is_one_row_of_all_its_cubes(tmp_path: Path) -> None:
    prose = " ".join(f"Sentence {n} tells of the plant and its valves." for n in range(120))
    rows = [{"id": "r1", "note": prose, "size": 3}, {"id": "r2", "note": "short", "size": 4}]
    (tmp_path / "logs.json").write_text(json.dumps(rows))
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as memory:
        memory.ingest(tmp_path / "logs.json")
        found = memory.search(
            pattern=[
                {"records": "logs"},
                {"group": [], "with": {"n": {"count": True}, "s": {"sum": "size"}}},
            ]
        )
        assert dict(found.rows[0].values) == {"n": "2", "s": "7"}
        (long, short) = memory.search(pattern=[{"records": "logs"}]).rows
        assert long.values["note"] == prose
        assert len(long.cubes) > len(short.cubes) == 1


def test_the_command_line_takes_plans_in_three_forms(
    cli: Any, memory: Memory, tmp_path: Path
) -> None:
    memory.close()
    db = ("--db", str(tmp_path / "m.db"), "--user", "local:ann")
    forms = {
        "p.json": json.dumps(
            {"find": [{"records": "people", "where": {"born": {"<": "1976-01-01"}}}]}
        ),
        "p.toml": '[[find]]\nrecords = "people"\nwhere = { born = { "<" = 1976-01-01 } }\n',
        "p.yaml": "find:\n- records: people\n  where: {born: {'<': 1976-01-01}}\n",
    }
    for name, text in forms.items():
        (tmp_path / name).write_text(text)
        done = cli("search", "--pattern", str(tmp_path / name), "--json", *db)
        assert done.code == 0, done.err
        (row,) = json.loads(done.out)["rows"]
        assert (row["values"]["name"], row["key"], len(row["cubes"])) == ("Bo", "p2", 1)
    done = cli("search", "--pattern", str(tmp_path / "p.json"), *db)
    assert "p2" in done.out
    assert "1 cube" in done.out
    (tmp_path / "none.json").write_text('[{"key": "nobody"}]')
    assert cli("search", "--pattern", str(tmp_path / "none.json"), *db).code == 3
    for text, said in (
        ('{"find": [{"records": "people"}], "find": []}', "'find' stands twice in one object"),
        ("{", "is no JSON"),
        ('[{"records": "cats"}]', "there are cars, people"),
    ):
        (tmp_path / "bad.json").write_text(text)
        done = cli("search", "--pattern", str(tmp_path / "bad.json"), *db)
        assert done.code == 2
        assert said in " ".join(done.err.split())
    assert "leave one of them out" in cli("search", "who?", "--pattern", "x.json", *db).err
    assert "write a question" in " ".join(cli("search", *db).err.split())


def test_a_question_or_a_pattern(memory: Memory) -> None:
    with pytest.raises(Invalid, match="leave one of them out"):
        memory.search("who?", pattern=WORTH)  # type: ignore[call-overload]
    with pytest.raises(Invalid):
        memory.search("")
    assert memory.search("Who owns c1?").hits


def test_a_column_that_is_lacking_in_every_row_is_no_unknown_one(memory: Memory) -> None:
    plan: list[dict[str, Any]] = [
        {"records": "cars"},
        {"add": {"pay": {"number": "@key"}, "twice": {"plus": ["pay", "pay"]}}},
        {"follow": {"to": "owner"}, "keep": ["pay"]},
        {"where": {"pay": None}},
        {"order": ["-pay", "name"]},
        {"select": ["name", "pay"]},
    ]
    assert [row.values for row in memory.search(pattern=plan).rows] == [
        {"name": "Ann"},
        {"name": "Bo"},
    ]
    with pytest.raises(Invalid, match="no 'pay' is in any people here"):
        memory.search(pattern=[*plan[:2], {"follow": {"to": "owner"}}, {"select": "pay"}])
