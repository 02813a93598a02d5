"""JSON and JSON lines: chats and corpora."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..document import MAX_CHARS, MAX_LINE, Document, ReadError, Turn
from .dates import parse_date
from .prose import language_code

SHAPES = (
    "read are chats (a list or lines of {role, content}, or {messages: [...]}) and "
    "corpora (a list or lines of {title, text})"
)
MAX_FILE = 25 * MAX_CHARS
"""The longest JSON file that is read, in characters; each record has its own limit."""

_BODY = ("content", "text", "body", "paragraph_text")
_TIME = ("time", "timestamp", "created_at", "date", "published", "stated")
_NAME = ("name", "speaker")


def read_json(text: str, uri: str, file: str) -> list[Document]:
    """Read a JSON file: one chat, several chats, or a corpus of titled records.

    Raises ReadError that names the place of a syntax error, or says which shapes are
    read if the file has another.

    >>> chat = '[{"role": "user", "content": "Hi"}]'
    >>> read_json(chat, "c.json", "c.json")[0].text
    'User: Hi\\n'
    """
    if len(text) > MAX_FILE:
        raise ReadError(
            f"{file}: has {len(text):,} characters, more than {MAX_FILE:,}; split it, "
            "or write it as JSON lines in several files."
        )
    value = _parse(text, file, None)
    if isinstance(value, Mapping):
        return _records([value], uri, file, None)
    if isinstance(value, list):
        return _records(value, uri, file, None)
    raise ReadError(f"{file}: holds {_kind(value)}; {SHAPES}.")


def read_jsonl(text: str, uri: str, file: str) -> list[Document]:
    """Read JSON lines: the turns of one chat, or a chat or titled record on each line.

    Blank lines are passed over. Raises ReadError that names the line.
    """
    values: list[Any] = []
    numbers: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE:
            raise ReadError(
                f"{file}, line {number}: has {len(line):,} characters, more than "
                f"{MAX_LINE:,}; split the record."
            )
        if line.strip():
            values.append(_parse(line, file, number))
            numbers.append(number)
    return _records(values, uri, file, numbers)


def _parse(text: str, file: str, line: int | None) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        at = f"line {line or error.lineno}, column {error.colno}"
        raise ReadError(
            f"{file}, {at}: not JSON ({error.msg}); correct it or leave it out."
        ) from error
    except (RecursionError, ValueError) as error:
        at = "" if line is None else f", line {line}"
        raise ReadError(
            f"{file}{at}: JSON that cannot be held ({type(error).__name__}); "
            "flatten it or shorten its numbers."
        ) from error


def _records(
    values: Sequence[Any], uri: str, file: str, numbers: Sequence[int] | None
) -> list[Document]:
    kinds = [_shape(value) for value in values]
    for index, (value, kind) in enumerate(zip(values, kinds, strict=True)):
        if kind is None or (kind == "turn") != (kinds[0] == "turn"):
            at = f"line {numbers[index]}" if numbers else f"record {index}"
            raise ReadError(f"{file}, {at}: holds {_kind(value)}; {SHAPES}.")
    if not values:
        raise ReadError(f"{file}: holds no record; {SHAPES}.")
    if kinds[0] == "turn":
        return [_chat({"messages": values}, uri, file)]
    single = numbers is None and len(values) == 1 and kinds[0] == "chat"
    return [
        _chat(value, uri if single else _name(uri, value, index), file)
        if kind == "chat"
        else _document(value, _name(uri, value, index))
        for index, (value, kind) in enumerate(zip(values, kinds, strict=True))
    ]


def _shape(value: object) -> str | None:
    if not isinstance(value, Mapping):
        return None
    if isinstance(value.get("messages"), list):
        return "chat"
    has_body = any(name in value for name in _BODY)
    if has_body and any(isinstance(value.get(n), str) for n in ("role", "speaker")):
        return "turn"
    return "record" if isinstance(_body(value), str) else None


def _kind(value: object) -> str:
    if isinstance(value, Mapping):
        keys = ", ".join(str(key)[:40] for key in list(value)[:6])
        return f"an object with the keys {keys}" if keys else "an empty object"
    return {list: "a list", str: "a string", type(None): "null"}.get(
        type(value), "a number or boolean"
    )


def _body(value: Mapping[str, Any]) -> Any:
    return next((value[name] for name in _BODY if name in value), None)


def _field(value: Mapping[str, Any], *names: str) -> str | None:
    for name in names:
        found = value.get(name)
        if isinstance(found, str) and found.strip():
            return found.strip()
    return None


def _stated(value: Mapping[str, Any]) -> int | None:
    found = (parse_date(value.get(name)) for name in _TIME)
    return next((moment for moment in found if moment is not None), None)


def _name(uri: str, value: Mapping[str, Any], index: int) -> str:
    identity = value.get("id")
    if isinstance(identity, int) and not isinstance(identity, bool):
        identity = str(identity)
    name = _field(value, "title") or (identity if isinstance(identity, str) else None)
    return f"{uri}#{name or index}"


def _document(value: Mapping[str, Any], uri: str) -> Document:
    return Document(
        uri=uri,
        title=_field(value, "title"),
        text=str(_body(value)),
        media="text/plain",
        language=language_code(_field(value, "language", "lang")),
        stated=_stated(value),
        author=_field(value, "author", "from"),
    )


def _chat(value: Mapping[str, Any], uri: str, file: str) -> Document:
    pieces: list[str] = []
    turns: list[Turn] = []
    length = 0
    for index, message in enumerate(value["messages"]):
        if _shape(message) not in {"turn", "record"}:
            at = f"message {index} of {uri}"
            raise ReadError(
                f"{file}, {at}: holds {_kind(message)}; a message is "
                "{role, content} or {speaker, text}, with name and time if known."
            )
        said = _said(_body(message), f"{file}, message {index} of {uri}")
        role = _field(message, "role")
        speaker = _field(message, *_NAME) or (role or "Unknown").capitalize()
        start = length + len(speaker) + 2
        if said:
            turns.append(Turn(start, start + len(said), speaker, role, _stated(message)))
            pieces.append(f"{speaker}: {said}\n")
            length += len(pieces[-1])
    return Document(
        uri=uri,
        title=_field(value, "title"),
        text="".join(pieces),
        media="application/x-chat",
        language=language_code(_field(value, "language", "lang")),
        stated=_stated(value),
        author=_field(value, "author"),
        turns=tuple(turns),
    )


def _said(content: object, place: str) -> str:
    """Give a message's text: a string, nothing, or a list of parts of type text."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = (p.get("text") if isinstance(p, Mapping) else p for p in content)
        return "\n".join(text for text in texts if isinstance(text, str))
    raise ReadError(f"{place}: its content is {_kind(content)}, not text.")
