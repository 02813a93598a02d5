"""Exports of chat services, and dialogues in sessions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from memcubes.ingest.document import Document, ReadError
from memcubes.ingest.readers.dates import parse_date
from memcubes.ingest.readers.records import read_json

from .spans import exact

AT = 1741930800  # 2025-03-14T05:40:00Z


def read(value: object, uri: str = "conversations.json") -> list[Document]:
    documents = read_json(json.dumps(value), uri, uri)
    for document in documents:
        exact(document)
    return documents


def node(
    id: str, parent: str | None, message: dict[str, Any] | None, *children: str
) -> dict[str, Any]:
    """A node of the tree that ChatGPT exports."""
    return {"id": id, "parent": parent, "children": list(children), "message": message}


def message(role: str, text: str, at: float | None, **more: Any) -> dict[str, Any]:
    """A message of ChatGPT's."""
    author = {"role": role, "name": more.pop("name", None), "metadata": {}}
    content = more.pop("content", {"content_type": "text", "parts": [text]})
    return {"author": author, "create_time": at, "content": content, "recipient": "all", **more}


TREE = {
    "title": "Pump P-3",
    "create_time": AT + 0.5,
    "update_time": AT + 99.0,
    "conversation_id": "6f1a",
    "current_node": "f",
    "mapping": {
        "root": node("root", None, None, "s"),
        "s": node("s", "root", message("system", "", None), "a"),
        "a": node("a", "s", message("user", "Why did P-3 stop?", AT), "b", "c"),
        "b": node("b", "a", message("assistant", "I do not know.", AT + 1)),
        "c": node(
            "c",
            "a",
            message(
                "assistant", "", AT + 2, recipient="python", content={"content_type": "code", "text": "log()"}
            ),
            "d",
        ),
        "d": node(
            "d",
            "c",
            message(
                "tool", "", AT + 3, name="python",
                content={"content_type": "execution_output", "text": "valve RV-7 closed"},
            ),
            "e",
        ),
        "e": node(
            "e",
            "d",
            message("assistant", "", AT + 4, content={"content_type": "thoughts", "thoughts": []}),
            "f",
        ),
        "f": node(
            "f",
            "e",
            message(
                "assistant", "", AT + 5,
                content={
                    "content_type": "multimodal_text",
                    "parts": ["Because RV-7 closed.", {"content_type": "image_asset_pointer"}],
                },
            ),
        ),
    },
}  # fmt: skip


def test_chatgpt_is_read_along_the_branch_that_is_shown() -> None:
    [first, second] = read([TREE, {**TREE, "title": "Other", "conversation_id": "77"}])
    assert (first.uri, first.title, second.uri) == (
        "conversations.json#6f1a",
        "Pump P-3",
        "conversations.json#77",
    )
    assert first.stated == AT * 1_000_000 + 500_000
    assert first.text == (
        "User: Why did P-3 stop?\n"
        "Tool: python\narguments: log()\nresult: valve RV-7 closed\n"
        "Assistant: Because RV-7 closed.\n"
    )
    assert [(turn.role, turn.stated) for turn in first.turns] == [
        ("user", AT * 1_000_000),
        ("assistant", (AT + 5) * 1_000_000),
    ]
    [call] = first.entries
    assert dict(call.detail) == {
        "tool": "python",
        "status": "ok",
        "caller": "Assistant",
        "answered": (AT + 3) * 1_000_000,
    }
    assert call.stated == (AT + 2) * 1_000_000
    assert first.semantic_type == "episode"
    assert first.notes == (
        "Pump P-3: 1 messages of branches that the export does not show as current were left out",
    )


def test_a_tree_that_runs_in_a_circle_or_names_no_end_is_read() -> None:
    around = {
        "mapping": {
            "a": node("a", "b", message("user", "One.", AT), "b"),
            "b": node("b", "a", message("assistant", "Two.", AT), "a"),
        },
        "current_node": "b",
    }
    assert read([around])[0].text == "User: One.\nAssistant: Two.\n"
    lost = {**TREE, "current_node": "gone"}
    assert read([lost])[0].text.endswith("Because RV-7 closed.\n")


def test_hidden_messages_are_left_out() -> None:
    hidden = message("user", "profile", AT, metadata={"is_visually_hidden_from_conversation": True})
    value = {
        "mapping": {
            "a": node("a", None, hidden, "b"),
            "b": node("b", "a", message("user", "Hi.", AT)),
        }
    }
    assert read([value])[0].text == "User: Hi.\n"


CLAUDE: dict[str, Any] = {
    "uuid": "0b5c",
    "name": "阀门",
    "created_at": "2025-03-14T05:40:00.000000Z",
    "updated_at": "2025-03-15T05:40:00.000000Z",
    "account": {"uuid": "x"},
    "chat_messages": [
        {
            "uuid": "1",
            "text": "RV-7 在哪里?",
            "content": [
                {"type": "text", "text": "RV-7 在哪里?", "start_timestamp": "2025-03-14T05:40:01Z"}
            ],
            "sender": "human",
            "created_at": "2025-03-14T05:40:01.000000Z",
            "attachments": [{"file_name": "log.txt", "extracted_content": "RV-7 关闭。"}],
            "files": [{"file_name": "photo.png"}],
        },
        {
            "uuid": "2",
            "text": "",
            "content": [
                {"type": "thinking", "thinking": "hm"},
                {"type": "tool_use", "id": "t1", "name": "web_search", "input": {"query": "RV-7"}},
                {
                    "type": "tool_result",
                    "tool_use_id": "t1",
                    "content": [{"type": "text", "text": "北京"}],
                },
                {"type": "text", "text": "在北京。"},
            ],
            "sender": "assistant",
            "created_at": "2025-03-14T05:40:09.000000Z",
            "attachments": [],
            "files": [],
        },
        {"uuid": "3", "text": "谢谢。", "sender": "human", "created_at": "2025-03-14T05:41:00Z"},
    ],
}


def test_claude_with_its_dates_attachments_and_tools() -> None:
    [one] = read([CLAUDE])
    assert (one.uri, one.title) == ("conversations.json", "阀门")
    assert one.stated == parse_date("2025-03-14T05:40:00Z")
    assert one.text == (
        "User: RV-7 在哪里?\n"
        "User: log.txt\nRV-7 关闭。\n"
        'Tool: web_search\narguments: {"query": "RV-7"}\nresult: 北京\n'
        "Assistant: 在北京。\n"
        "User: 谢谢。\n"
    )
    assert [turn.role for turn in one.turns] == ["user", "user", "assistant", "user"]
    assert one.turns[-1].stated == parse_date("2025-03-14T05:41:00Z")
    assert dict(one.entries[0].detail)["call"] == "t1"
    two = read([CLAUDE, {**CLAUDE, "uuid": "0b5d"}])
    assert [document.uri for document in two] == [
        "conversations.json#0b5c",
        "conversations.json#0b5d",
    ]


def test_sessions_keep_their_numbers_and_dates() -> None:
    value = {
        "sample_id": "conv-1",
        "conversation": {
            "speaker_a": "Ana",
            "session_10": [{"speaker": "Bo", "dia_id": "D10:1", "text": "Last."}],
            "session_10_date_time": "1:56 pm on 9 May, 2023",
            "session_2": [{"speaker": "Ana", "dia_id": "D2:1", "text": "First."}],
            "session_2_date_time": "1:56 pm on 8 May, 2023",
        },
    }
    [one] = read(value, "locomo.json")
    assert one.text == "Ana: First.\nBo: Last.\n"
    assert [(turn.session, turn.stated) for turn in one.turns] == [
        ("Session 2", parse_date("2023-05-08T13:56:00")),
        ("Session 10", parse_date("2023-05-09T13:56:00")),
    ]
    listed = {
        "sessions": [{"date": "2023-05-08", "messages": [{"role": "user", "content": "Hi."}]}]
    }
    [other] = read(listed)
    assert other.turns[0].session == "Session 1"
    assert other.turns[0].stated == parse_date("2023-05-08")


def test_from_and_value() -> None:
    value = [
        {
            "id": "x",
            "conversations": [{"from": "human", "value": "Hi."}, {"from": "gpt", "value": "Yes?"}],
        }
    ]
    [one] = read(value)
    assert one.text == "User: Hi.\nAssistant: Yes?\n"


def test_a_broken_message_is_named() -> None:
    with pytest.raises(ReadError, match="message 1 of conversations.json"):
        read([{**CLAUDE, "chat_messages": [CLAUDE["chat_messages"][0], 3]}])


def test_a_day_of_slack_is_one_dialogue() -> None:
    day = [
        {"type": "message", "user": "U1", "text": "I moved", "ts": "1700000000.000100"}
        | {"user_profile": {"display_name": "nadia"}},
        {"type": "message", "subtype": "channel_join", "user": "U2", "text": "joined", "ts": "1.0"},
        {"type": "message", "user": "U2", "text": "Why?", "ts": "1700000060.5"},
    ]
    [found] = read_json(json.dumps(day), "general/2023-11-14.json", "2023-11-14.json")
    assert [
        (t.speaker, found.text[t.start : t.end], (t.stated or 0) // 1_000_000) for t in found.turns
    ] == [("nadia", "I moved", 1700000000), ("U2", "Why?", 1700000060)]


def test_a_chat_of_telegram_goes_on_over_its_notices() -> None:
    who = {"type": "message", "from": "Ida", "date_unixtime": "1693569600"}
    words = ["I live in ", {"type": "bold", "text": "Graz"}, "."]
    notice = {"type": "service", "action": "pin_message", "date": "2023-09-02T12:00:00"}
    chat = {"name": "Fam", "type": "personal_chat", "messages": [notice, who | {"text": words}]}
    [found] = read_json(json.dumps(chat), "result.json", "result.json")
    [turn] = found.turns
    assert (turn.speaker, found.text[turn.start : turn.end]) == ("Ida", "I live in Graz.")
    assert turn.stated == 1693569600000000
