"""Twice: objects of JSON in which one key stands several times, which RFC 8259 leaves open (section 4)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..document import Document

_SHOWN = 5


class Twice:
    """Makes objects of their pairs for `json.loads`: of a key that stands twice every value is kept, as a list.

    Lists are put together; a value that stands twice counts once. What was met is told by `note`.

    >>> import json
    >>> twice = Twice("a.json")
    >>> json.loads('{"port": 80, "host": "a", "port": 81}', object_pairs_hook=twice)
    {'port': [80, 81], 'host': 'a'}
    >>> twice.note
    "a.json: the key 'port' stands more than once in an object; all of its values were kept"
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.line: int | None = None
        self._met: dict[str, int | None] = {}

    def __call__(self, pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        """The object of these pairs."""
        made = dict(pairs)
        if len(made) == len(pairs):
            return made
        found: dict[str, list[Any]] = {}
        known: set[tuple[str, str]] = set()
        for key, value in pairs:
            said = key, json.dumps(value, sort_keys=True)
            if said not in known:
                known.add(said)
                found.setdefault(key, []).append(value)
        for key, values in found.items():
            if len(values) > 1:
                self._met.setdefault(key, self.line)
                lists = all(isinstance(value, list) for value in values)
                made[key] = [one for value in values for one in value] if lists else values
            else:
                made[key] = values[0]
        return made

    @property
    def note(self) -> str:
        """What to say of it; nothing where every key stood once."""
        if not self._met:
            return ""
        keys = [
            f"{key[:60]!r}" + (f" (line {line})" if line else "") for key, line in self._met.items()
        ]
        more = f" and {len(keys) - _SHOWN:,} more" if len(keys) > _SHOWN else ""
        word, stand = ("key", "stands") if len(keys) == 1 else ("keys", "stand")
        return (
            f"{self.file}: the {word} {', '.join(keys[:_SHOWN])}{more} {stand} more than once in an object; "
            f"all of {'its' if len(keys) == 1 else 'their'} values were kept"
        )

    def noted(self, documents: list[Document]) -> list[Document]:
        """The documents of a file, with what is to be said of it."""
        note = self.note
        if not note or not documents:
            return documents
        first, *rest = documents
        return [replace(first, notes=(*first.notes, note)), *rest]
