"""Forms: a line of a form ("city: Bremen", "timezone = CET") and what stands before a statement as its date.

People and programs note things down as fields; the name of a field says more of what it is about than any word of
its value. A date, a label ("Update 2:") or a word of speech ("okay so") before a statement is none of its content.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import lexicon

LONGEST_KEY = 5
"""Words of a field's name."""
LONGEST_VALUE = 9
"""Words of a field's value: more is a sentence of its own."""

_DAY = r"(?:mon|tues?|wed|thurs?|fri|sat|sun)(?:[a-z]*day)?"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*"
_CLOCK = r"\d{1,2}[:.]\d{2}(?: ?[ap]m)?"
_DATE = (
    rf"(?:\d{{4}}-\d{{2}}(?:-\d{{2}})?(?:[T ]{_CLOCK})?|\d{{1,2}}[./]\d{{1,2}}(?:[./]\d{{2,4}})?"
    rf"|{_DAY}(?: {_CLOCK})?|{_MONTH}\.? \d{{1,2}}(?:, ?\d{{4}})?|\d{{1,2}} {_MONTH}(?: \d{{4}})?|{_CLOCK})"
)
_NUMBERED = r"(?:day|week|update|status|entry|log|note|edit|round|chapter|version|rev)"
_CALLED = (
    r"update|edit|upd|note|note to self|nb|n\.b\.|fyi|p\.?s\.?|memo|reminder|news|correction|erratum"
    r"|log|today|now|heads[- ]up|important"
)
_STAMP = re.compile(
    rf"\s*(?:[-*•–] )?(?:\[[^\[\]\n]{{1,24}}\]:?"
    rf"|(?:as of |since |on )?{_DATE}\s*[:–—|-](?=\s)"
    rf"|as of {_DATE},"
    rf"|{_NUMBERED} (?:{_CLOCK}|#?\d+(?:\.\d+)*)\s*:(?!\d)"
    rf"|(?:{_CALLED})\s*[:!–—]"
    rf"|note to self|(?:okay|ok|so|um+|uh+|well|btw|fyi|yeah|hey|anyway|oh)\b(?:,| (?=(?:so|um+|uh+|sorry|the|my|i)\b)))\s*",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"\s*[-*•]?\s*[\"'“]?(?P<key>[A-Za-z][\w.()/&'’ -]{0,48}?)[\"'”]?\s*(?P<mark>:(?=[\s\"'“])|=|->)\s*(?P<value>\S.*?)\s*$"
)
_ENTRY = re.compile(
    r"\s*(?:[-*•]\s+)?[^\W_][^:：\n]{0,59}[:：](?:\s+|(?=[^\s/]))(?P<value>.*\S)\s*", re.DOTALL
)
_ENTRY_CHARACTERS = 60
_PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_SENTENCE = lexicon.AUXILIARIES | frozenset(
    [
        "do",
        "does",
        "did",
        "i",
        "we",
        "you",
        "he",
        "she",
        "they",
        "that",
        "says",
        "said",
        "told",
        "not",
        "no",
    ]
)


@dataclass(frozen=True, slots=True)
class Form:
    """Where a statement begins behind its stamps, and the field that it is, if it is one."""

    start: int
    """Characters of stamps before it."""
    key: tuple[tuple[str, int, int], ...] = ()
    """The words of the field's name, each with its place; none where it is no field."""
    value: int = 0
    """Where the field's value begins."""

    @property
    def field(self) -> str:
        """The name of the field by the stems of its words, or nothing."""
        return " ".join(
            lexicon.stem(word)
            for place, (word, _, _) in enumerate(self.key)
            if word not in lexicon.FUNCTION or place and len(word) == 1
        )


def form_of(text: str) -> Form:
    """Read how a statement is noted down.

    >>> form_of("favourite_colour: blue").field
    'favourit colour'
    >>> form_of("[Mon] Server A: up").field, form_of("He said: nobody came.").field
    ('server a', '')
    """
    start = 0
    while (stamp := _STAMP.match(text, start)) is not None and stamp.end() < len(text):
        if stamp.end() == start:
            break
        start = stamp.end()
    found = _FIELD.match(text, start)
    if found is None or len(found["value"].split()) > LONGEST_VALUE:
        return Form(start)
    at = found.start("key")
    words = [(m[0].lower(), at + m.start(), at + m.end()) for m in _PIECE.finditer(found["key"])]
    if not 1 <= len(words) <= LONGEST_KEY or _SENTENCE & {word for word, _, _ in words}:
        return Form(start)
    return Form(start, tuple(words), found.start("value"))


def is_entry(line: str) -> bool:
    """Whether a line of a record holds a value and no sentence, whose reader would have to know of what it is said.

    >>> is_entry("result: pass"), is_entry("Größe: 12 cm"), is_entry("note: The pump was replaced by the Q-9.")
    (True, True, False)
    """
    found = _ENTRY.fullmatch(line)
    if found is None:
        return False
    value = found["value"]
    brief = len(value.split()) <= LONGEST_VALUE and len(value) <= _ENTRY_CHARACTERS
    return brief and not value.endswith((".", "!", "?", "。", "！", "？"))
