"""Traces of tools, in the formats in which agents log them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from memcubes.ingest.document import Document
from memcubes.ingest.readers import read_documents
from memcubes.ingest.readers.records import read_json, read_jsonl

from .spans import exact

AT = "2025-03-14T05:40:00Z"
OPENAI: list[dict[str, Any]] = [
    {"role": "user", "content": "How warm is it in Brno?", "timestamp": AT},
    {
        "role": "assistant",
        "content": None,
        "timestamp": AT,
        "tool_calls": [
            {
                "id": "c1",
                "type": "function",
                "function": {"name": "weather", "arguments": '{"city":"Brno"}'},
            },
            {"id": "c2", "type": "function", "function": {"name": "clock", "arguments": "{}"}},
        ],
    },
    {"role": "tool", "tool_call_id": "c2", "content": "05:40"},
    {"role": "tool", "tool_call_id": "c1", "content": "21 °C", "timestamp": "2025-03-14T05:40:03Z"},
    {"role": "assistant", "content": "It is 21 °C."},
]
RESPONSES = [
    {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": '{"city":"Brno"}'},
    {"type": "function_call", "call_id": "c2", "name": "clock", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "c2", "output": "05:40"},
    {"type": "function_call_output", "call_id": "c1", "output": "21 °C"},
]
BLOCKS = [
    {
        "role": "assistant",
        "content": [
            {"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Brno"}},
            {"type": "tool_use", "id": "c2", "name": "clock", "input": {}},
        ],
    },
    {
        "role": "user",
        "content": [
            {"type": "tool_result", "tool_use_id": "c2", "content": "05:40"},
            {
                "type": "tool_result",
                "tool_use_id": "c1",
                "content": [{"type": "text", "text": "21 °C"}],
            },
        ],
    },
]
MCP = [
    {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "weather", "arguments": {"city": "Brno"}}},
    {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "clock", "arguments": {}}},
    {"jsonrpc": "2.0", "id": 2, "result": {"content": [{"type": "text", "text": "05:40"}]}},
    {"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "21 °C"}], "isError": False}},
]  # fmt: skip
PLAIN = [
    {"tool": "weather", "id": "c1", "arguments": {"city": "Brno"}, "result": "21 °C", "time": AT},
    {"tool": "clock", "id": "c2", "args": {}, "output": "05:40"},
]


def read(values: list[dict[str, Any]]) -> Document:
    text = "\n".join(json.dumps(value) for value in values)
    [document] = read_jsonl(text, "trace.jsonl", "trace.jsonl")
    [same] = read_json(json.dumps(values), "trace.jsonl", "trace.jsonl")
    assert same == document
    exact(document)
    return document


def calls(document: Document) -> list[tuple[str, str]]:
    """Each call's text and status."""
    return [
        (document.text[entry.start : entry.end], dict(entry.detail)["status"])
        for entry in document.entries
    ]


@pytest.mark.parametrize("values", [OPENAI, RESPONSES, BLOCKS, MCP, PLAIN])
def test_a_call_and_its_result_are_one_entry(values: list[dict[str, Any]]) -> None:
    document = read(values)
    weather, clock = calls(document)
    assert (
        weather[0].replace('": "', '":"')
        == 'Tool: weather\narguments: {"city":"Brno"}\nresult: 21 °C'
    )
    assert clock[0] == "Tool: clock\narguments: {}\nresult: 05:40"
    assert {weather[1], clock[1]} == {"ok"}
    assert [entry.subject for entry in document.entries] == ["weather", "clock"]
    assert [dict(entry.detail)["call"][-1] for entry in document.entries] == ["1", "2"]
    assert all(entry.semantic_type == "tool" for entry in document.entries)


def test_a_dialogue_with_calls_stays_a_dialogue() -> None:
    document = read(OPENAI)
    assert document.semantic_type == "episode"
    assert [document.text[t.start : t.end] for t in document.turns] == [
        "How warm is it in Brno?",
        "It is 21 °C.",
    ]
    weather = dict(document.entries[0].detail)
    assert weather["answered"] - (document.entries[0].stated or 0) == 3_000_000
    assert weather["caller"] == "Assistant"
    assert read(PLAIN).semantic_type == "tool"


@pytest.mark.parametrize(
    "kept",
    [
        [{"from": "Ann", "message": "I moved to Riga."}, {"from": "Bo", "message": "Nice!"}],
        {
            "chat": [
                {"speaker": "Ann", "utterance": "I moved to Riga."},
                {"speaker": "Bo", "utterance": "Nice!"},
            ]
        },
    ],
)
def test_turns_under_other_names(tmp_path: Path, kept: Any) -> None:
    (tmp_path / "a.json").write_text(json.dumps(kept), "utf-8")
    [found] = read_documents(tmp_path / "a.json")
    assert [(turn.speaker, found.text[turn.start : turn.end]) for turn in found.turns] == [
        ("Ann", "I moved to Riga."),
        ("Bo", "Nice!"),
    ]


def test_errors_and_what_was_never_answered() -> None:
    failed: list[dict[str, Any]] = [
        {
            "role": "assistant",
            "function_call": {"name": "weather", "arguments": "{}"},
            "content": None,
        },
        {"role": "function", "name": "weather", "content": "no such city", "is_error": True},
        {"type": "tool_use", "id": "c9", "name": "clock", "input": {}},
        {"type": "tool_result", "tool_use_id": "other", "content": "lost", "is_error": True},
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "mail"}},
        {"jsonrpc": "2.0", "id": 1, "error": {"code": -32602, "message": "no address"}},
        {"tool": "disk", "input": "x", "error": "full"},
    ]
    assert calls(read(failed)) == [
        ("Tool: weather\narguments: {}\nerror: no such city", "error"),
        ("Tool: clock\narguments: {}", "no result"),
        ("Tool: tool\nerror: lost", "error"),
        ("Tool: mail\nerror: no address", "error"),
        ("Tool: disk\narguments: x\nerror: full", "error"),
    ]


def test_chinese_tools() -> None:
    document = read(
        [{"tool": "天气", "arguments": {"城市": "北京"}, "result": "二十一度", "time": AT}]
    )
    assert calls(document) == [('Tool: 天气\narguments: {"城市": "北京"}\nresult: 二十一度', "ok")]


def test_wrapped_messages_keep_the_time_of_their_line() -> None:
    lines = [{"type": "user", "timestamp": AT, "message": {"role": "user", "content": "Hi."}}]
    assert read(lines).turns[0].stated == 1741930800000000
