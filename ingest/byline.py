"""Bylines: lines of a ticket or a page that tell a field without a colon ("Reported by Mia Berg", "Assigned to Tom").

Such a line names nobody that it is about: it is of the section that it stands in, or of its document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..graph.period import read_period
from .when import Valid, valid_time

_PARTICIPLE = (
    r"(?:[A-Za-z]+ed|written|made|built|sold|led|sent|given|taken|found|seen|drawn|run|held|kept|bought|driven|begun|told|"
    r"taught|set|known|shown|chosen|paid|met|lent|hidden|spoken|brought|won|read|sung|shot|due|depends|belongs|relates|reports)"
)
_LEADS = r"(?:by|to|from|for|in|on|at|with|under|since|until|before)"
_WORD = r"(?:@\w[\w.-]*|(?=[^\W\d_a-z])[^\W\d_][\w.'’-]*|#?\d[\w.:/-]*)"
_JOIN = r"(?:of|de|del|da|di|van|von|der|den|la|le|bin|al|and|the|&)"
_KIND = r"(?:team|group|department|desk|squad|crew|office|board|committee|family)"
_VALUE = rf"(?:the )?{_WORD}(?:,? (?:{_JOIN} ){{0,2}}{_WORD}){{0,5}}(?: {_KIND})?"
_FIELD = re.compile(
    rf"(?P<relation>(?i:(?:(?:last|first|originally|also|currently|re) ?)?{_PARTICIPLE} {_LEADS})) (?P<value>{_VALUE})"
)
_DATED = re.compile(r" (?P<link>on|in|since|until|at) (?P<date>[^,;]{3,30})$")
_CUT = re.compile(
    rf"\s*[;|·•]\s*|\s*,\s*(?={_PARTICIPLE} {_LEADS} )|\s+and (?={_PARTICIPLE} {_LEADS} )",
    re.IGNORECASE,
)
_MARKER = re.compile(r"\s*(?:[-*+•]\s+)?[*_]{0,2}(?=[A-Z])")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+$")
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Byline:
    """A field and its value; `valid` from when a date at the end of the line tells."""

    relation: str
    value: str
    valid: Valid | None = None


def bylines(line: str) -> tuple[Byline, ...]:
    """The fields that a line tells without a colon; none where it says anything else.

    >>> [(one.relation, one.value) for one in bylines("Reported by Mia Berg, assigned to Tom")]
    [('reported by', 'Mia Berg'), ('assigned to', 'Tom')]
    >>> bylines("Assigned to a post in the north"), bylines("reported by Mia Berg")
    ((), ())
    """
    line = line.strip()
    if len(line) > _LONGEST or not line[:1].isupper():
        return ()
    found = [_read(part) for part in _CUT.split(line.removesuffix("."))]
    told = tuple(one for one in found if one is not None)
    return told if len(told) == len(found) else ()


def stands_alone(lines: Sequence[str], place: int) -> bool:
    """Whether a line or the one before it is one of fields, with which the next does not go on.

    >>> lines = ["Reported by Mia Berg", "Assigned to Tom", "It broke.", "Sold to Tom", "and others."]
    >>> [stands_alone(lines, place) for place in range(1, 5)]
    [True, True, False, False]
    """
    return any(
        (begin := _MARKER.match(lines[one])) is not None
        and not "".join(lines[one + 1 : one + 2])[:1].islower()
        and bool(bylines(lines[one][begin.end() :]))
        for one in (place - 1, place)
    )


def section_of(text: str, sentences: Sequence[tuple[int, int]], place: int) -> str | None:
    """The last heading above a sentence, where that may be what the section is about and not only a part of it.

    One word without a digit ("Details") is no such thing.
    """
    for start, end in reversed(sentences[:place]):
        if _HEADING.fullmatch(text[text.rfind("\n", 0, start) + 1 : start]):
            said = text[start:end].strip()
            return said if " " in said or any(map(str.isdigit, said)) else None
    return None


def heads(text: str, sentences: Sequence[tuple[int, int]]) -> str | None:
    """What the first line of a text is about where it looks like a title: what stands before a colon in it."""
    if not sentences:
        return None
    start, end = sentences[0]
    first = text[start:end]
    if "\n" in first or len(first) > 100 or re.search(r"[.!?,;:]\Z", first) or bylines(first):
        return None
    return re.split(r"\s+[(\[|–—]|\s-\s|:\s", first)[0].strip() or None


def _read(part: str) -> Byline | None:
    dated = _DATED.search(part)
    valid: Valid | None = None
    if dated is not None and _FIELD.fullmatch(part[: dated.start()]):
        valid = valid_time([(dated["link"], dated["date"])], read_period, ends=False)
        part = part[: dated.start()] if read_period(dated["date"]) is not None else part
    found = _FIELD.fullmatch(part)
    if found is None or not _capital(found["value"]):
        return None
    return Byline(" ".join(found["relation"].lower().split()), found["value"], valid)


def _capital(value: str) -> bool:
    """Whether every word of a value may be one of a name, as a capital, a digit or an account tells."""
    words = value.replace(",", " ").split()
    lower = [word for word in words if word[:1].islower()]
    return len(lower) < len(words) and all(
        re.fullmatch(rf"{_JOIN}|{_KIND}", word) for word in lower
    )
