"""A word of a Chinese sentence, as LAC divides it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a sentence: its text, LAC's tag, and its characters."""

    text: str
    tag: str
    start: int
    end: int
