"""Values: what a field says, compared as what it is: a number, an instant, or words.

A field keeps its text. It is a number where it is written as one (`41026.72`, `-3`; not `007`, `1e5`,
`1,000`), an instant where it is a date or time of ISO 8601 (`2026-07-19`, `2026-07-19T08:30Z`; a day
counts as its first instant, a time without a zone as UTC), else words. Numbers are decimal and exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, InvalidOperation, localcontext
from enum import IntEnum
from functools import lru_cache
from typing import Any, NamedTuple

DIGITS = 60
"""Digits that are kept of a computed number."""

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,29})(?:\.\d{1,29})?", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_SINCE = datetime(1970, 1, 1, tzinfo=UTC)
_PARTS = {
    "YYYY": r"(?P<Y>\d{4})",
    "YY": r"(?P<y>\d\d)",
    "MM": r"(?P<m>\d\d?)",
    "DD": r"(?P<d>\d\d?)",
}


class Sort(IntEnum):
    """What a value is; of different sorts the earlier comes first in an order, and neither is greater."""

    NUMBER = 0
    INSTANT = 1
    WORDS = 2


class Typed(NamedTuple):
    """A value as it is compared: a Decimal, microseconds since 1970, or words."""

    sort: Sort
    value: Any


@lru_cache(maxsize=65536)
def typed(text: str) -> Typed:
    """What a text says.

    >>> typed("2013").sort.name, typed("007").sort.name, typed("2013-01-02").sort.name
    ('NUMBER', 'WORDS', 'INSTANT')
    >>> typed("1.50") == typed("1.5")
    True
    """
    if _NUMBER.fullmatch(text):
        return Typed(Sort.NUMBER, Decimal(text))
    if _INSTANT.fullmatch(text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return Typed(Sort.WORDS, text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return Typed(Sort.INSTANT, (moment - _SINCE) // timedelta(microseconds=1))
    return Typed(Sort.WORDS, text)


def number(text: str) -> Decimal | None:
    """The number that a text is, None for any other."""
    found = typed(text)
    return found.value if found.sort is Sort.NUMBER else None


def dated(text: str, form: str) -> str | None:
    """The ISO day of a date that is written in another form; YY is of this century, a part that lacks is 1.

    >>> dated("02/26", "MM/YY"), dated("31.12.2024", "DD.MM.YYYY"), dated("13/26", "MM/YY")
    ('2026-02-01', '2024-12-31', None)
    """
    found = re.fullmatch(_pattern(form), text.strip())
    if found is None:
        return None
    parts = {name: int(digits) for name, digits in found.groupdict().items()}
    year = parts.get("Y", 2000 + parts["y"] if "y" in parts else 0)
    try:
        return datetime(year, parts.get("m", 1), parts.get("d", 1)).date().isoformat()
    except ValueError:
        return None


def known_form(form: str) -> bool:
    """Whether a form of dates can be read: a year, perhaps a month and a day, each once.

    >>> known_form("MM/YY"), known_form("DD"), known_form("YYYY YYYY")
    (True, False, False)
    """
    named = re.findall("YYYY|YY|MM|DD", form)
    years = [name for name in named if name[0] == "Y"]
    return len(years) == 1 and len(set(named)) == len(named)


@lru_cache(maxsize=64)
def _pattern(form: str) -> str:
    pieces = re.split("(YYYY|YY|MM|DD)", form)
    return "".join(_PARTS.get(piece) or re.escape(piece) for piece in pieces)


def day_of(text: str) -> datetime | None:
    """The moment that a text names in ISO 8601, None for any other."""
    found = typed(text)
    if found.sort is not Sort.INSTANT:
        return None
    return _SINCE + timedelta(microseconds=found.value)


def written(value: Decimal) -> str:
    """A computed number as text, in full and without closing zeros.

    >>> written(Decimal("103763.640")), written(Decimal("1E+3")), written(Decimal("-0.0"))
    ('103763.64', '1000', '0')
    """
    plain = f"{value:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def total(values: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    with localcontext(Context(prec=DIGITS)):
        return sum(values, Decimal(0))


def calculated(sign: str, one: Decimal, other: Decimal) -> Decimal | None:
    """One operation of arithmetic; None where there is no result (a division by nothing)."""
    with localcontext(Context(prec=DIGITS)):
        try:
            if sign == "plus":
                return one + other
            if sign == "minus":
                return one - other
            if sign == "times":
                return one * other
            return (one / other).quantize(Decimal(1).scaleb(-20)).normalize() if other else None
        except InvalidOperation:
            return None


def compared(sign: str, one: Typed, other: Typed) -> bool:
    """Whether one value is less or greater than another of its sort; of different sorts neither is.

    >>> compared("<", typed("9"), typed("10")), compared("<", typed("9"), typed("b"))
    (True, False)
    """
    if one.sort is not other.sort:
        return False
    if sign == "<":
        return bool(one.value < other.value)
    if sign == "<=":
        return bool(one.value <= other.value)
    return bool(one.value > other.value) if sign == ">" else bool(one.value >= other.value)


def least(texts: Sequence[str]) -> str:
    """The text whose value comes first."""
    return min(texts, key=lambda text: (typed(text), text))


def greatest(texts: Sequence[str]) -> str:
    """The text whose value comes last."""
    return max(texts, key=lambda text: (typed(text), text))
