"""Pairs: JSON that maps keys to values, each pair a record with the fields `key` and `value`.

An object of scalars is one record, as everywhere, unless it is plainly a dictionary: a value of it is one of
its keys, or its many keys are identifiers. Lists of two are pairs where the first of each differ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from ...graph.record_text import KEY
from ..document import Document
from .table import Cell, Table, tabled, text_of

MANY = 20
"""Entries from which on an object whose keys are identifiers is a dictionary."""

_IDENTIFIER = re.compile(r"\S*\d\S*")

Pairs = Sequence[tuple[str, str]]


def pairs_in(values: Sequence[Any], uri: str, *, single: bool) -> list[Document] | None:
    """The pairs of JSON values, a document for each value (one for a `single` one); None where it holds others.

    >>> [document.text for document in pairs_in([{"a": "b", "b": "c"}], "kv.json", single=True)]
    ['key: a\\nvalue: b\\n\\nkey: b\\nvalue: c\\n\\n']
    """
    whole = (_listed(values) if single else None) or _single(values)
    held = [(whole, {})] if whole is not None else [_held(value) for value in values]
    found = [(pairs, rest) for pairs, rest in held if pairs is not None]
    if not found or len(found) < len(held):
        return None
    alone, stem = len(found) == 1, PurePosixPath(uri.replace("\\", "/")).stem
    documents: list[Document] = []
    for number, (pairs, rest) in enumerate(found):
        rows: list[tuple[Cell, ...]] = [(("key", (k,)), ("value", (v,))) for k, v in pairs]
        tables = [Table(None, tuple(rows))]
        if rest:
            tables.append(Table.of(f"{stem} fields", [rest]))
        written = tabled(tables, uri if alone else f"{uri}#{number}")
        documents += map(_keyless, written) if rest else written
    return documents


def _keyless(document: Document) -> Document:
    """The document without a key for what stands beside its pairs: that may repeat one of theirs."""
    last = document.entries[-1]
    detail = tuple(pair for pair in last.detail if pair[0] != KEY)
    return replace(document, entries=(*document.entries[:-1], replace(last, detail=detail)))


def _held(value: Any) -> tuple[Pairs | None, Mapping[str, Any]]:
    """The pairs of a value, and what stands beside them where they are one of its fields."""
    if not isinstance(value, Mapping):
        return None, {}
    if (own := _dictionary(value)) is not None:
        return own, {}
    inner = {name: one for name, one in value.items() if isinstance(one, list | Mapping)}
    if len(inner) != 1:
        return None, {}
    name, one = next(iter(inner.items()))
    found = _listed(one) if isinstance(one, list) else _dictionary(one)
    return found, {k: v for k, v in value.items() if k != name}


def _listed(value: Sequence[Any]) -> Pairs | None:
    """A list of pairs whose first halves differ."""
    if len(value) < 2 or not all(isinstance(one, list) and len(one) == 2 for one in value):
        return None
    if not all(isinstance(k, str) and k.strip() and text_of(v) for k, v in value):
        return None
    pairs = [(text_of(k), text_of(v)) for k, v in value]
    return pairs if len({key for key, _ in pairs}) == len(pairs) else None


def _single(values: Sequence[Any]) -> Pairs | None:
    """Objects of one entry each, whose keys differ and are identifiers."""
    if len(values) < 2 or not all(isinstance(one, Mapping) and len(one) == 1 for one in values):
        return None
    pairs = [(text_of(k), text_of(v)) for one in values for k, v in one.items()]
    keys = {key for key, told in pairs if told and _IDENTIFIER.fullmatch(key)}
    return pairs if len(keys) == len(pairs) else None


def _dictionary(value: Mapping[str, Any]) -> Pairs | None:
    pairs = [(text_of(k), text_of(v)) for k, v in value.items()]
    if len(pairs) < 2 or not all(key and told for key, told in pairs):
        return None
    many = len(pairs) >= MANY and all(_IDENTIFIER.fullmatch(key) for key, _ in pairs)
    keys = {key for key, _ in pairs}
    linked = any(isinstance(v, str) and text_of(v) in keys for v in value.values())
    return pairs if len(keys) == len(pairs) and (many or linked) else None
