"""Messages as other makers write them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from memcubes.ingest.document import Document
from memcubes.ingest.readers.records import read_json, read_jsonl


def read(value: Any) -> Document:
    [found] = read_json(json.dumps(value), "a.json", "a.json")
    return found


def said(found: Document) -> list[tuple[str, str]]:
    return [(t.speaker, found.text[t.start : t.end]) for t in found.turns]


LANGCHAIN = [
    {"type": "human", "data": {"content": "I adopted a cat.", "additional_kwargs": {}}},
    {"type": "ai", "data": {"content": "", "tool_calls": [{"name": "note", "args": {"t": 1}, "id": "x"}]}},
    {"type": "tool", "data": {"content": "kept", "tool_call_id": "x"}},
    {"type": "ai", "data": {"content": "Good."}},
]  # fmt: skip
SERIALISED = [
    {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "HumanMessage"],
     "kwargs": {"content": "I adopted a cat.", "type": "human"}},
    {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "AIMessage"],
     "kwargs": {"content": "", "tool_calls": [{"name": "note", "args": {"t": 1}, "id": "x"}]}},
    {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "ToolMessage"],
     "kwargs": {"content": "kept", "tool_call_id": "x"}},
    {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "AIMessage"],
     "kwargs": {"content": "Good."}},
]  # fmt: skip
GOOGLE = {
    "contents": [
        {"role": "user", "parts": [{"text": "I adopted a cat."}]},
        {"role": "model", "parts": [{"functionCall": {"name": "note", "args": {"t": 1}}}]},
        {"role": "function", "parts": [{"functionResponse": {"name": "note", "response": "kept"}}]},
        {"role": "model", "parts": [{"text": "I think", "thought": True}, {"text": "Good."}]},
    ]
}
OPENAI = [
    {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "I adopted a cat."}]},
    {"type": "reasoning", "summary": []},
    {"type": "function_call", "call_id": "x", "name": "note", "arguments": '{"t": 1}'},
    {"type": "function_call_output", "call_id": "x", "output": "kept"},
    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Good."}]},
]  # fmt: skip


@pytest.mark.parametrize("value", [LANGCHAIN, SERIALISED, GOOGLE, OPENAI])
def test_what_agents_of_each_maker_said_and_called(value: Any) -> None:
    found = read(value)
    assert said(found) == [("User", "I adopted a cat."), ("Assistant", "Good.")]
    [call] = found.entries
    told = dict(call.detail)
    assert (call.subject, told["status"]) == ("note", "ok")
    assert "kept" in found.text[call.start : call.end]


def test_discord_and_teams() -> None:
    discord = {
        "guild": {"name": "G"},
        "messages": [
            {"type": "Default", "timestamp": "2024-05-01T10:00:00+00:00", "content": "I quit.",
             "author": {"name": "ann7", "nickname": "Ann"}},
            {"type": "GuildMemberJoin", "timestamp": "2024-05-01T10:00:00+00:00", "content": "Joined.",
             "author": {"name": "bo"}},
            {"type": "Reply", "timestamp": "2024-05-01T10:01:00+00:00", "content": "Why?",
             "author": {"name": "bo"}},
        ],
    }  # fmt: skip
    assert said(read(discord)) == [("Ann", "I quit."), ("bo", "Why?")]
    teams = {
        "value": [
            {"messageType": "message", "createdDateTime": "2024-05-01T10:00:00Z",
             "from": {"user": {"displayName": "Ann"}}, "body": {"contentType": "html", "content": "<p>I quit.</p>"}}
        ]
    }  # fmt: skip
    found = read(teams)
    assert said(found) == [("Ann", "I quit.")]
    assert found.turns[0].stated is not None


def test_requests_of_mcp_that_call_no_tool_are_no_calls_and_neither_are_their_answers() -> None:
    lines = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}},
        {"jsonrpc": "2.0", "id": 1, "result": {"serverInfo": {"name": "s"}}},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "note", "arguments": {}}},
        {"jsonrpc": "2.0", "id": 2, "result": {"content": [{"type": "text", "text": "kept"}]}},
    ]  # fmt: skip
    [found] = read_jsonl("\n".join(map(json.dumps, lines)), "a.jsonl", "a.jsonl")
    assert [entry.subject for entry in found.entries] == ["note"]


def test_articles_and_parts_of_machines_are_no_messages() -> None:
    articles = [{"title": "Mill", "content": "It broke.", "author": {"name": "Ann"}}] * 2
    assert all(not one.turns for one in read_json(json.dumps(articles), "a.json", "a.json"))
    machines = [{"name": "Mill", "parts": ["stone", "wheel"]}]
    assert all(not one.turns for one in read_json(json.dumps(machines), "a.json", "a.json"))
