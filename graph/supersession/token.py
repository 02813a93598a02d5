"""A token: one word, number or whole name of a sentence, with where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Kind(IntEnum):
    """What a token is."""

    FUNCTION = 0
    WORD = 1
    NAME = 2
    NUMBER = 3
    DATE = 4


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or whole name: `key` is what it is compared by, `words` the words of a name."""

    key: str
    kind: Kind
    start: int
    end: int
    lower: str
    words: frozenset[str] = frozenset()
    clause: int = 0

    @property
    def content(self) -> bool:
        """Whether it says something by itself."""
        return self.kind is not Kind.FUNCTION
