"""JSON and JSON lines: chats, traces of tools, corpora, tables, triples, and whatever else it holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..document import MAX_CHARS, MAX_LINE, Document, Named, ReadError
from .exports import dialogue, identity
from .exports import shape as dialogue_shape
from .file import File, Reader
from .messages import BODY, field, is_message, is_notice, when
from .pairs import pairs_in
from .prose import language_code
from .table import Table, references, tabled, text_of
from .template import template_in
from .triples import graph_in, triples_in
from .twice import Twice

MAX_FILE = 16 * MAX_CHARS
"""The longest JSON file that is read, in bytes and in characters; each record has its own limit."""

MAX_VALUES = 6_000_000
"""How many values a JSON file may hold: each takes some hundred bytes of memory."""


def read_json(text: str, uri: str, file: str) -> list[Document]:
    """Read a JSON file: one dialogue or several, a trace, a corpus of titled records, a table, or triples.

    An object that holds nothing but lists of objects is read as those lists, the records of each under its key.
    What has none of these shapes is read as one record, its inner fields by their paths. Raises ReadError
    that names the place of a syntax error.

    >>> chat = '[{"role": "user", "content": "Hi"}]'
    >>> read_json(chat, "c.json", "c.json")[0].text
    'User: Hi\\n'
    """
    _bounded(text, file)
    twice = Twice(file)
    value = _parse(text, file, None, twice)
    return twice.noted(read_values(value, uri, file))


def read_values(value: Any, uri: str, file: str) -> list[Document]:
    """Read plain data, from whatever form it came, as JSON of that value would be."""
    if isinstance(value, Mapping):
        found = graph_in(value, uri) or template_in(value, uri)
        if found is not None:
            return [found]
        lists = _lists_of(value)
        if len(lists) > 1:
            return tabled([Table.of(name, listed) for name, listed in lists.items()], uri)
        for name, listed in lists.items():
            return _records(listed, uri, file, None, name)
        return _records([value], uri, file, None)
    if isinstance(value, list):
        return _records(value, uri, file, None)
    return _records([{"value": value}], uri, file, None)


def _lists_of(value: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The lists of objects that an object is made of, by their keys; none where it holds anything else."""
    if dialogue_shape(value) is not None or not all(
        isinstance(one, list) for one in value.values()
    ):
        return {}
    lists = {str(name): listed for name, listed in value.items() if listed}
    whole = all(isinstance(one, Mapping) for listed in lists.values() for one in listed)
    return lists if whole else {}


def read_jsonl(text: str, uri: str, file: str) -> list[Document]:
    """Read JSON lines: the turns of one chat, or a dialogue or record on each line.

    Blank lines are passed over. Raises ReadError that names the line.
    """
    _bounded(text, file)
    values: list[Any] = []
    numbers: list[int] = []
    twice = Twice(file)
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE:
            raise ReadError(
                f"{file}, line {number}: has {len(line):,} characters, more than "
                f"{MAX_LINE:,}; split the record."
            )
        if line.strip():
            values.append(_parse(line, file, number, twice))
            numbers.append(number)
    return twice.noted(_records(values, uri, file, numbers))


def _bounded(text: str, file: str) -> None:
    """Refuse what would take many times its size in memory; commas within texts count too."""
    if text.count(",") + text.count("[") + text.count("{") > MAX_VALUES:
        raise ReadError(
            f"{file}: holds more than {MAX_VALUES:,} values; split it into several files."
        )


def _parse(text: str, file: str, line: int | None, twice: Twice) -> Any:
    at = "" if line is None else f", line {line}"
    twice.line = line
    try:
        return json.loads(text, object_pairs_hook=twice)
    except json.JSONDecodeError as error:
        at = f"line {line or error.lineno}, column {error.colno}"
        raise ReadError(
            f"{file}, {at}: not JSON ({error.msg}); correct it or leave it out."
        ) from error
    except (RecursionError, ValueError) as error:
        raise ReadError(
            f"{file}{at}: JSON that cannot be held ({type(error).__name__}); "
            "flatten it or shorten its numbers."
        ) from error


def _records(
    values: Sequence[Any],
    uri: str,
    file: str,
    numbers: Sequence[int] | None,
    name: str | None = None,
) -> list[Document]:
    if not values:
        raise ReadError(f"{file}: holds no record; leave it out.")
    kinds = [_shape(value) for value in values]
    if all(kind == "turn" for kind in kinds) and not all(map(is_notice, values)):
        return [dialogue({"messages": values}, uri, file)]
    if all(kind == "chat" for kind in kinds):
        single = numbers is None and len(values) == 1
        return [
            dialogue(value, uri if single else f"{uri}#{identity(value) or _name(value, n)}", file)
            for n, value in enumerate(values)
        ]
    if all(kind == "text" for kind in kinds):
        return _corpus(values, uri)
    told = triples_in(values, uri)
    if told is not None:
        return [told]
    pairs = pairs_in(values, uri, single=numbers is None or isinstance(values[0], list))
    return pairs if pairs is not None else tabled([Table.of(name, values)], uri)


def _shape(value: object) -> str | None:
    if not isinstance(value, Mapping):
        return None
    if dialogue_shape(value) is not None:
        return "chat"
    if is_message(value) or is_notice(value):
        return "turn"
    return "text" if isinstance(_body(value), str) else "record"


def _body(value: Mapping[str, Any]) -> Any:
    return next((value[name] for name in BODY if name in value), None)


def _name(value: Mapping[str, Any], index: int) -> str:
    title = field(value, "title")
    return title or text_of(value.get("id")) or str(index)


def _corpus(values: Sequence[Mapping[str, Any]], uri: str) -> list[Document]:
    """Records of prose, a document each; what names another record stands in lines below its text."""
    linked = references(values)
    return [
        _document(value, f"{uri}#{_name(value, n)}", links)
        for n, (value, links) in enumerate(zip(values, linked, strict=True))
    ]


def _document(
    value: Mapping[str, Any], uri: str, links: Sequence[tuple[str, str, str]]
) -> Document:
    text = str(_body(value))
    names: list[Named] = []
    for place, (column, shown, surface) in enumerate(links):
        text += ("\n" if place else "\n\n") + f"{column}: "
        names.append(Named(len(text), len(text) + len(shown), surface))
        text += shown
    return Document(
        uri=uri,
        title=field(value, "title"),
        text=text,
        media="text/plain",
        language=language_code(field(value, "language", "lang")),
        stated=when(value),
        author=field(value, "author", "from"),
        names=tuple(names),
    )


def _json(file: File) -> list[Document]:
    text = file.text(MAX_FILE)
    return read_json(text, file.uri, file.name) if text.strip() else [file.blank]


def _lines(file: File) -> list[Document]:
    text = file.text(MAX_FILE)
    return read_jsonl(text, file.uri, file.name) if text.strip() else [file.blank]


JSON = Reader("json", (".json", ".jsonld", ".geojson"), _json)
JSON_LINES = Reader("json lines", (".jsonl", ".ndjson"), _lines)
