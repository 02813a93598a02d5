"""Texts that are nothing but records, and JSON that maps keys to values."""

from __future__ import annotations

from typing import Any

import pytest

from memcubes.ingest.document import Document
from memcubes.ingest.readers.blocks import blocks_in
from memcubes.ingest.readers.records import read_json, read_jsonl

from .spans import exact, facts, named

PEOPLE = """### Ann Lee (ID: pers-1)
DOB: 1980-05-01 | Email: ann@north.example

### Bo Chan (ID: pers-2)
DOB: 1975-11-30 | Email: bo@south.example
"""
CARS = "### veh-1 (owner: pers-1)\nmake: Lara Ltd\n\n\n### veh-2 (owner: pers-1)\nmake: Vega LLC\nnext: veh-1\n"


def details(document: Document) -> list[dict[str, Any]]:
    return [dict(entry.detail) for entry in document.entries]


def test_blocks_are_records_with_their_keys_and_links() -> None:
    people, cars = blocks_in(PEOPLE, "in/people.txt"), blocks_in(CARS, "cars.md")
    assert people is not None
    assert cars is not None
    exact(people)
    exact(cars)
    assert (people.text, cars.text) == (PEOPLE, CARS)
    assert details(people) == [
        {"record_kind": "people", "record_key": "pers-1"},
        {"record_kind": "people", "record_key": "pers-2"},
    ]
    assert [entry.subject for entry in (*people.entries, *cars.entries)] == [
        "Ann Lee", "Bo Chan", "veh-1", "veh-2",
    ]  # fmt: skip
    assert named(people)["pers-1"] == ["pers-1"]
    assert named(cars)["pers-1"] == ["pers-1", "pers-1"]
    assert named(cars)["veh-1"] == ["veh-1", "veh-1"]
    assert ("veh-2", "next", "veh-1") in facts(cars)
    assert ("Ann Lee", "dob", "1980-05-01") in facts(people)
    ends = [cars.text[entry.start : entry.end].splitlines()[-1] for entry in cars.entries]
    assert ends == ["make: Lara Ltd", "next: veh-1"]


@pytest.mark.parametrize(
    "text",
    [
        "### One (id: 1)\na: 1\n",
        "### One\na: 1\n\nAnd some prose.\n\n### Two\na: 2\n",
        "Ann: Hello.\nBo: Hi.\n\nAnn: Bye.\nBo: Bye.\n",
        "Date: 2025-03-12\n\nAuthor: Ann\n",
        "# Title\n\nname: x\n\nname: y\n",
        "",
    ],
)
def test_other_texts_are_none(text: str) -> None:
    assert blocks_in(text, "a.txt") is None


def test_blocks_without_a_heading_begin_with_their_key() -> None:
    found = blocks_in("id: a\nx: 1\n\nid: b\nx: 2\n", "a.yaml")
    assert found is not None
    exact(found)
    assert [one["record_key"] for one in details(found)] == ["a", "b"]


def test_pairs_are_records_of_key_and_value() -> None:
    for text in (
        '{"a": "b", "b": "c"}',
        '[["a", "b"], ["b", "c"]]',
        '{"kv": [["a", "b"], ["b", "c"]]}',
    ):
        (found,) = read_json(text, "kv.json", "kv.json")
        exact(found)
        assert details(found) == [
            {"record_kind": "kv", "record_key": "a"},
            {"record_kind": "kv", "record_key": "b"},
        ]
        assert found.text == "key: a\nvalue: b\n\nkey: b\nvalue: c\n\n"
    lines = (
        '{"kv": [["a", "b"], ["b", "c"]], "key": "a"}\n{"kv": [["d", "1"], ["e", "2"]], "key": "e"}'
    )
    one, two = read_jsonl(lines, "kv.jsonl", "kv.jsonl")
    assert (one.uri, two.uri) == ("kv.jsonl#0", "kv.jsonl#1")
    assert [d["record_kind"] for d in details(one)] == ["kv", "kv", "kv fields"]
    assert [d.get("record_key") for d in details(one)] == ["a", "b", None]
    (found,) = read_jsonl('{"k1": "k2"}\n{"k2": "v"}', "kv.jsonl", "kv.jsonl")
    assert [d["record_key"] for d in details(found)] == ["k1", "k2"]
    many = {f"k{n}": n for n in range(20)}
    (found,) = read_json(str(many).replace("'", '"'), "m.json", "m.json")
    assert len(found.entries) == 20
    for plain in ('{"name": "Ann", "age": 3}', '{"a": "b", "c": "d"}', '[["a", "b"], ["a", "c"]]'):
        (found,) = read_json(plain, "p.json", "p.json")
        assert [d["record_kind"] for d in details(found)] == ["p"] * len(found.entries)
        assert "key: a" not in found.text


def test_tables_say_which_records_their_rows_are() -> None:
    text = '[{"id": 7, "tags": ["x", "y"], "at": {"city": "Ulm"}}, {"id": 8, "tags": [], "at": {"city": "Graz"}}]'
    (found,) = read_json(text, "shops.json", "shops.json")
    assert details(found) == [
        {
            "record_kind": "shops",
            "record_key": "7",
            "record_fields": [["id", ["7"]], ["tags", ["x", "y"]], ["at city", ["Ulm"]]],
        },
        {"record_kind": "shops", "record_key": "8"},
    ]
