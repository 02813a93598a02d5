"""Chats and corpora in JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.ingest.document import MAX_LINE, ReadError
from memcubes.ingest.readers.records import MAX_VALUES, read_json, read_jsonl

LINES = [
    {"role": "user", "name": "Ana", "content": "Hi, Bo.", "time": "2025-03-14T05:40:00Z"},
    {"role": "assistant", "content": "Hello."},
    {"speaker": "Cy", "text": "And I?", "created_at": 1741930800},
    {"role": "assistant", "content": None},
    {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image"}, "b"]},
]


@pytest.mark.parametrize("shape", ["list", "lines", "messages"])
def test_chats(shape: str) -> None:
    if shape == "lines":
        text = "\n".join(map(json.dumps, LINES)) + "\n\n"
        [chat] = read_jsonl(text, "c.jsonl", "c.jsonl")
    else:
        value = LINES if shape == "list" else {"messages": LINES, "title": "T"}
        [chat] = read_json(json.dumps(value), "c.jsonl", "c.jsonl")
    assert chat.uri == "c.jsonl"
    assert chat.text == "Ana: Hi, Bo.\nAssistant: Hello.\nCy: And I?\nUser: a\nb\n"
    said = [chat.text[turn.start : turn.end] for turn in chat.turns]
    assert said == ["Hi, Bo.", "Hello.", "And I?", "a\nb"]
    assert [turn.speaker for turn in chat.turns] == ["Ana", "Assistant", "Cy", "User"]
    assert [turn.role for turn in chat.turns] == ["user", "assistant", None, "user"]
    assert chat.turns[0].stated == 1741930800000000 == chat.turns[2].stated
    assert chat.title == ("T" if shape == "messages" else None)


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), min_size=1, max_size=5))
def test_spans_of_turns_are_exact(turns: list[tuple[str, str]]) -> None:
    value = [{"speaker": name, "text": said} for name, said in turns]
    [chat] = read_json(json.dumps(value), "c", "c")
    said = [(chat.text[turn.start : turn.end]) for turn in chat.turns]
    assert said == [text for _, text in turns if text]


def test_corpus() -> None:
    value = [
        {"title": "Warsaw", "text": "A city.", "date": "2025-03-14", "author": "Ana"},
        {"id": 7, "text": "Two."},
        {"text": "Three.", "lang": "en"},
    ]
    documents = read_json(json.dumps(value), "c.json", "c.json")
    assert [d.uri for d in documents] == ["c.json#Warsaw", "c.json#7", "c.json#2"]
    assert [d.title for d in documents] == ["Warsaw", None, None]
    assert [d.name for d in documents] == ["Warsaw", "7", "2"]
    assert documents[0].stated == 1741910400000000
    assert documents[0].author == "Ana"
    assert documents[2].language == "en"


def test_several_chats() -> None:
    value = [{"title": "One", "messages": LINES[:1]}, {"messages": LINES[1:2]}]
    uris = [d.uri for d in read_json(json.dumps(value), "c.json", "c.json")]
    assert uris == ["c.json#One", "c.json#1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "holds no record"),
        ('{"messages": [{"role": "u"}]}', "message 0 of c.json"),
        ('{"messages": [{"role": "u", "content": 3}]}', "its content is a number"),
        ('{"a": 1,\n "b" 2}', "line 2, column 6: not JSON"),
        ("[" * 100_000, "cannot be held"),
        ("1" * 5000, "cannot be held"),
        ("[" + "[]," * (MAX_VALUES // 2) + "[]]", "more than 6,000,000 values"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, message: str) -> None:
    with pytest.raises(ReadError, match=message) as caught:
        read_json(text, "c.json", "c.json")
    assert "c.json" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"title": "x"}', "title: x\n\n"),
        ('"text"', "value: text\n\n"),
        ("[1, 2]", "value: 1\n\nvalue: 2\n\n"),
        (
            '{"a": {"b": [1, {"c": null, "d": "é"}]}, "e": ["x", "y"]}',
            "a.b[0]: 1\na.b[1].d: é\ne: x, y\n\n",
        ),
        (
            '[{"title": "a", "text": "b"}, {"role": "u", "content": "c"}]',
            "title: a\ntext: b\n\nrole: u\ncontent: c\n\n",
        ),
    ],
)
def test_other_shapes_are_records(text: str, kept: str) -> None:
    [document] = read_json(text, "c.json", "c.json")
    assert document.text == kept
    assert document.semantic_type == "document"


def test_records_of_prose_say_which_others_they_name() -> None:
    value = [
        {"id": "E-1", "title": "Ada Finch", "text": "She runs the plant."},
        {"id": "E-2", "title": "Ben Stone", "text": "He mends.", "boss": "E-1", "age": 41},
        {"id": "E-3", "text": "Nobody.", "likes": ["Ben Stone", "tea"]},
    ]
    first, second, third = read_json(json.dumps(value), "c.json", "c.json")
    assert first.text == "She runs the plant.\n\nid: E-1"
    assert second.text == "He mends.\n\nboss: E-1"
    assert third.text == "Nobody.\n\nlikes: Ben Stone"
    for document, name in ((first, "E-1"), (second, "E-1"), (third, "Ben Stone")):
        [named] = document.names
        assert document.text[named.start : named.end] == named.surface == name


def test_broken_lines_are_named() -> None:
    good = json.dumps(LINES[0])
    with pytest.raises(ReadError, match=r"c\.jsonl, line 3, column"):
        read_jsonl(f"{good}\n\n{good[:-1]}\n", "c.jsonl", "c.jsonl")
    with pytest.raises(ReadError, match="line 1: has"):
        read_jsonl(" " * (MAX_LINE + 1), "c.jsonl", "c.jsonl")


def test_memories_of_another_store_are_texts() -> None:
    told = [{"id": "m1", "memory": "Clara prefers tea.", "created_at": "2024-05-01"}]
    [found] = read_json(json.dumps(told), "a.json", "a.json")
    assert (found.uri, found.text) == ("a.json#m1", "Clara prefers tea.")
    assert found.stated is not None


def test_a_list_under_one_key_is_read_as_a_bare_one() -> None:
    shelves = [
        {"id": 1, "name": "North Hall", "tags": ["old", "dry"], "rooms": [{"no": 4}, {"no": 5}]},
        {"id": 2, "name": "South Hall", "main_shelf_id": 1, "shelf_id": 1},
    ]
    [wrapped] = read_json(json.dumps({"shelves": shelves}), "c.json", "c.json")
    [bare] = read_json(json.dumps(shelves), "shelves.json", "shelves.json")
    assert wrapped.text == f"# shelves\n\n{bare.text}"
    assert [dict(one.detail)["record_kind"] for one in wrapped.entries] == ["shelves"] * 2
    assert [dict(one.detail)["record_key"] for one in wrapped.entries] == ["1", "2"]
    assert [one.surface for one in wrapped.names] == [one.surface for one in bare.names]
    assert "rooms[1].no: 5" in wrapped.text
    assert [(one.subject, one.relation, one.object) for one in wrapped.claims] == [
        (one.subject, one.relation, one.object) for one in bare.claims
    ]


def test_lists_under_several_keys_are_tables_whose_keys_link() -> None:
    value = {
        "boats": [{"id": 7, "name": "Tern"}, {"id": 8, "name": "Auk"}],
        "trips": [{"no": "T-1", "boat_id": 8}],
        "notes": [],
    }
    [document] = read_json(json.dumps(value), "c.json", "c.json")
    kinds = [dict(one.detail)["record_kind"] for one in document.entries]
    assert kinds == ["boats", "boats", "trips"]
    assert ("T-1", "boat id", "boat 8") in [
        (one.subject, one.relation, one.object) for one in document.claims
    ]
    assert {one.heading for one in document.entries} == {"boats", "trips"}


def test_prose_under_one_key_is_a_document_each() -> None:
    value = {
        "articles": [{"title": "Warsaw", "text": "A city."}, {"title": "Bo", "text": "A man."}]
    }
    assert [d.title for d in read_json(json.dumps(value), "c.json", "c.json")] == ["Warsaw", "Bo"]


@pytest.mark.parametrize(
    "value",
    [
        {"id": 1, "lines": [{"no": 1}, {"no": 2}]},
        {"lines": [{"no": 1}, 2]},
        {"lines": [{"no": 1}], "more": [1, 2]},
        {"lines": []},
    ],
)
def test_an_object_with_anything_else_stays_one_record(value: dict[str, object]) -> None:
    assert sum(len(d.entries) for d in read_json(json.dumps(value), "c.json", "c.json")) <= 1
