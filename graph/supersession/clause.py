"""Clauses: what a compound sentence says one after the other, each compared by itself.

"Tomas left the team; Mei Zhou owns the registry now" takes the place of "Tomas owns the registry" by its second
half alone. Only what a semicolon parts is told apart: to part what "and" or "but" joins found two more contradictions
on 30 lists and three more that were none. What is asked, or only possible, stays whole, since a doubt at its
beginning goes for all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .sentence import read

Span = tuple[int, int]

LEAST = 3
"""Tokens that say something which a clause in English needs; less is part of a list."""

_BREAK = re.compile(r"[;；]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_EDGE = " \t\n"


def clauses(text: str) -> tuple[Span, ...]:
    """The characters of each main clause of a sentence of several; nothing for a single one.

    >>> text = "Tomas left the team; Mei Zhou owns the registry now."
    >>> [text[start:end] for start, end in clauses(text)]
    ['Tomas left the team', 'Mei Zhou owns the registry now.']
    >>> clauses("Ada met Tom Hill, but Paul Reed left."), clauses("Maybe Tomas left; Mei Zhou owns the registry.")
    ((), ())
    """
    sentence = read(text)
    if sentence.asks or sentence.hedges:
        return ()
    cuts = [(match.start(), match.end()) for match in _BREAK.finditer(text)]
    if not cuts:
        return ()
    ends = [0, *(end for _, end in cuts)]
    starts = [*(start for start, _ in cuts), len(text)]
    pieces = [_trimmed(text, start, end) for start, end in zip(ends, starts, strict=True)]
    if not all(_whole(text[start:end]) for start, end in pieces):
        return ()
    return tuple(pieces)


def units(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """The sentences of a text, and behind each compound one its clauses.

    >>> text = "All is well. Bo sold the old car; Cy Lund owns a new bike now."
    >>> [text[a:b] for a, b in units(text, [(0, 12), (13, len(text))])][2:]
    ['Bo sold the old car', 'Cy Lund owns a new bike now.']
    """
    for start, end in spans:
        yield start, end
        for begin, until in clauses(text[start:end]):
            yield start + begin, start + until


def _trimmed(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    return end - len(part.lstrip(_EDGE)), start + len(part.rstrip(_EDGE))


def _whole(text: str) -> bool:
    if _HAN.search(text):
        return len(_HAN.findall(text)) > LEAST
    return len(read(text).content) >= LEAST
