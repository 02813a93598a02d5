"""Exports of chat services: ChatGPT's and Claude's conversations.json, and dialogues in sessions.

Formats as the services write them in 2024-2026: ChatGPT keeps each conversation as a tree (`mapping`), of
which `current_node` ends the branch that is shown; Claude as a list (`chat_messages`). LoCoMo (Maharana et
al. 2024) numbers its sessions (`session_1`, `session_1_date_time`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..document import Document, ReadError
from .dates import parse_date
from .dialect import plain
from .messages import BODY, add, field, is_message, is_notice, kind_of, when
from .prose import language_code
from .transcript import Call, Transcript, as_text

_SESSION = re.compile(r"session_(\d{1,5})")
_LISTS = (
    "messages",
    "turns",
    "utterances",
    "dialogue",
    "dialog",
    "conversations",
    "conversation",
    "chat",
    "contents",
    "chunks",
    "value",
)
_UNSAID = {"thoughts", "reasoning_recap", "user_editable_context", "model_editable_context"}


def shape(value: Mapping[str, Any]) -> str | None:
    """Which dialogue an object is: "tree", "list", "sessions", "messages", or None."""
    if isinstance(value.get("mapping"), Mapping):
        return "tree"
    if isinstance(value.get("chat_messages"), list):
        return "list"
    inner = value.get("conversation")
    if _sessions(inner if isinstance(inner, Mapping) else value):
        return "sessions"
    return "messages" if messages_of(value) is not None else None


def messages_of(value: Mapping[str, Any]) -> list[Any] | None:
    """The list of messages that an object holds; None where it holds none."""
    found = value.get("messages")
    if isinstance(found, list):
        return found
    for name in _LISTS[1:]:
        listed = value.get(name)
        if isinstance(listed, list) and listed and all(map(_turn, listed)):
            return listed
    return None


def _turn(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    if is_notice(value) or plain(value) is not value:
        return True
    told = any(isinstance(value.get(name), str) for name in ("role", "speaker", "from", "sender"))
    return told and any(name in value for name in (*BODY, "value", "tool_calls"))


def dialogue(value: Mapping[str, Any], uri: str, file: str) -> Document:
    """Read one conversation of any of the shapes; raises ReadError."""
    kind = shape(value)
    if kind == "tree":
        return _tree(value, uri)
    if kind == "list":
        return _list(value, uri, file)
    told = Transcript()
    if kind == "sessions":
        inner = value.get("conversation")
        _in_sessions(told, inner if isinstance(inner, Mapping) else value, uri, file)
    else:
        for index, message in enumerate(messages_of(value) or ()):
            _message(told, message, f"message {index} of {uri}", file, None)
    return _written(told, value, uri)


def identity(value: Mapping[str, Any]) -> str | None:
    """What a conversation is known by in its export, whatever it is called meanwhile."""
    return field(value, "conversation_id", "uuid", "sample_id", "id")


def _written(
    told: Transcript, value: Mapping[str, Any], uri: str, notes: tuple[str, ...] = ()
) -> Document:
    return told.document(
        uri,
        title=field(value, "title") or (field(value, "name") if "chat_messages" in value else None),
        language=language_code(field(value, "language", "lang")),
        stated=when(value),
        author=field(value, "author"),
        notes=notes,
    )


def _message(told: Transcript, message: object, place: str, file: str, session: str | None) -> None:
    if isinstance(message, Mapping) and is_notice(message):
        add(told, message, place)  # what answers it is not said either
        return
    if not isinstance(message, Mapping) or not (
        is_message(message) or any(name in message for name in (*BODY, "value"))
    ):
        raise ReadError(
            f"{file}, {place}: holds {kind_of(message)}; a message is "
            "{role, content} or {speaker, text}, with name and time if known."
        )
    add(told, message, f"{file}, {place}", session)


def _branch(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The messages from the first to the current node."""
    nodes: Mapping[str, Any] = value["mapping"]
    place = value.get("current_node")
    if place not in nodes:
        leaves = [k for k, n in nodes.items() if isinstance(n, Mapping) and not n.get("children")]
        place = leaves[-1] if leaves else None
    branch: list[Mapping[str, Any]] = []
    seen: set[object] = set()
    while isinstance(place, str) and place not in seen:
        seen.add(place)
        node = nodes.get(place)
        if not isinstance(node, Mapping):
            break
        if isinstance(node.get("message"), Mapping):
            branch.append(node["message"])
        place = node.get("parent")
    return branch[::-1]


def _tree(value: Mapping[str, Any], uri: str) -> Document:
    told = Transcript()
    branch = _branch(value)
    for message in branch:
        _node(told, message)
    there = sum(
        isinstance(node, Mapping) and isinstance(node.get("message"), Mapping)
        for node in value["mapping"].values()
    )
    left = there - len(branch)
    note = (
        f"{field(value, 'title') or uri}: {left} messages of branches that the export does not show as "
        "current were left out"
    )
    return _written(told, value, uri, (note,) if left else ())


def _node(told: Transcript, message: Mapping[str, Any]) -> None:
    author, content, about = (message.get(n) for n in ("author", "content", "metadata"))
    author = author if isinstance(author, Mapping) else {}
    content = content if isinstance(content, Mapping) else {}
    hidden = isinstance(about, Mapping) and about.get("is_visually_hidden_from_conversation")
    kind = content.get("content_type")
    text = _shown(content)
    if hidden or kind in _UNSAID:
        return
    role, stated = field(author, "role"), parse_date(message.get("create_time"))
    recipient = field(message, "recipient") or "all"
    if role == "tool":
        told.answer(
            None, text, error=kind == "system_error", stated=stated, tool=field(author, "name")
        )
    elif role == "assistant" and recipient != "all":
        told.call(Call(recipient, None, text, stated=stated, caller="Assistant"))
    else:
        speaker = field(author, "name") or (role or "Unknown").capitalize()
        told.say(speaker, text, role, stated)


def _shown(content: Mapping[str, Any]) -> str:
    parts = content.get("parts")
    if isinstance(parts, list):
        texts = (part.get("text") if isinstance(part, Mapping) else part for part in parts)
        return "\n".join(text for text in texts if isinstance(text, str) and text)
    found = next((content[n] for n in ("text", "result") if isinstance(content.get(n), str)), "")
    return str(found)


def _list(value: Mapping[str, Any], uri: str, file: str) -> Document:
    told = Transcript()
    for index, message in enumerate(value["chat_messages"]):
        place = f"message {index} of {uri}"
        if not isinstance(message, Mapping):
            _message(told, message, place, file, None)
            continue
        blocks = message.get("content")
        kept = dict(message)
        if not isinstance(blocks, list) or not blocks:
            kept["content"] = as_text(message.get("text"))
        add(told, kept, f"{file}, {place}")
        for attached in _attached(message):
            sender = field(message, "sender")
            role = "user" if sender == "human" else sender
            told.say((role or "Unknown").capitalize(), attached, role, when(message))
    return _written(told, value, uri)


def _attached(message: Mapping[str, Any]) -> Iterator[str]:
    """The text of files that somebody gave with a message, under their names."""
    for name in ("attachments", "files"):
        listed = message.get(name)
        for one in listed if isinstance(listed, list) else ():
            text = field(one, "extracted_content") if isinstance(one, Mapping) else None
            if text is not None:
                yield f"{field(one, 'file_name') or 'attachment'}\n{text}"


def _sessions(value: Mapping[str, Any]) -> list[tuple[str, int | None, list[Any]]]:
    """Name, date and messages of each session, in order."""
    found: list[tuple[int, str, int | None, list[Any]]] = []
    for name, listed in value.items():
        numbered = _SESSION.fullmatch(str(name))
        if numbered is not None and isinstance(listed, list) and all(map(_turn, listed)):
            date = parse_date(value.get(f"{name}_date_time"))
            found.append((int(numbered[1]), f"Session {numbered[1]}", date, listed))
    listed = value.get("sessions")
    for number, one in enumerate(listed if isinstance(listed, list) else (), 1):
        turns = messages_of(one) if isinstance(one, Mapping) else None
        if turns is None:
            return []
        title = field(one, "title", "name", "id") or f"Session {number}"
        found.append((number, title, when(one), turns))
    return [(name, date, turns) for _, name, date, turns in sorted(found, key=lambda s: s[0])]


def _in_sessions(told: Transcript, value: Mapping[str, Any], uri: str, file: str) -> None:
    for name, date, turns in _sessions(value):
        for index, message in enumerate(turns):
            dated = message
            if date is not None and when(message) is None:
                dated = {**message, "stated": date / 1_000_000}
            _message(told, dated, f"message {index} of {name} of {uri}", file, name)
