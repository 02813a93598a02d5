"""Keys that stand twice in one object of JSON."""

from __future__ import annotations

from memcubes.ingest.readers.records import read_json, read_jsonl


def test_every_value_of_a_key_that_stands_twice_is_kept_and_said() -> None:
    told = '{"name": "Gate G-5", "port": 80, "port": 81, "port": 80, "in": [1], "in": [2], "k": 1, "k": 1}'
    [found] = read_json(told, "a.json", "a.json")
    assert {(c.relation, c.object) for c in found.claims} == {
        ("port", "80"),
        ("port", "81"),
        ("in", "1"),
        ("in", "2"),
        ("k", "1"),
    }
    assert found.notes == (
        "a.json: the keys 'port', 'in' stand more than once in an object; all of their values were kept",
    )


def test_a_line_is_named() -> None:
    lines = '{"id": "a", "x": 1}\n{"id": "b", "x": 1, "x": 2}\n'
    assert "'x' (line 2)" in read_jsonl(lines, "a.jsonl", "a.jsonl")[0].notes[0]


def test_what_was_said_twice_in_one_message_is_all_said() -> None:
    lines = '[{"role": "user", "content": "I came.", "content": "I left."}]'
    [found] = read_json(lines, "a.json", "a.json")
    assert found.text == "User: I came.\nI left.\n"


def test_a_key_that_stands_very_often_takes_time_by_its_number() -> None:
    lines = "{" + ", ".join(f'"k": {n}' for n in range(60_000)) + "}"
    [found] = read_json(lines, "a.json", "a.json")
    assert found.text.startswith("k: 0, 1, 2")
