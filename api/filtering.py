"""Filtering: the parts of a filter as people write them, read into what is searched by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ..graph.errors import Invalid
from ..graph.instant import parse
from ..query.cube_filter import SPANS, Between, CubeFilter, read_filter
from .reference import sequence


def filter_of(
    where: CubeFilter | Mapping[str, Any] | None, source: Callable[[str], str]
) -> CubeFilter:
    """Read a filter: spans as texts, sources by their names or ids.

    >>> filter_of({"stated": "2025-03", "source": "a.md"}, lambda name: f"id of {name}").source
    ('id of a.md',)
    """
    if where is None or isinstance(where, CubeFilter):
        return read_filter(where)
    if not isinstance(where, Mapping):
        return read_filter(where)
    parts = dict(where)
    for name in SPANS:
        if isinstance(parts.get(name), str):
            parts[name] = between(parts[name], name)
    found = read_filter(parts)
    return found.but(source=tuple(sorted({source(name) for name in found.source})))


def between(text: str, name: str) -> Between:
    """Read a span: a year, a month or a day, an instant, or two of them with `..` between.

    Of two the first is included and the second is not, and either may be left out; recorded time may be
    given in sequences, as the log takes them: `@3..@9` is after the one and up to the other.

    >>> between("2025..2026", "stated") == between("2025", "stated")
    True
    >>> between("@3..@9", "recorded")
    Between(since=3, until=9, sequences=True)
    """
    low, dots, high = (part.strip() for part in text.partition(".."))
    if not low and not high:
        raise Invalid(
            f"'{text}' is no span for '{name}': write 2025-01-01..2025-02-01, 2025-03 or 2025"
        )
    numbered = [part.startswith("@") for part in (low, high) if part]
    if any(numbered):
        if name != "recorded" or not all(numbered) or not dots:
            raise Invalid(f"'{text}' is no span for '{name}': only recorded time goes from @3..@9")
        ends = [sequence(part) if part else None for part in (low, high)]
        if any(part and end is None for part, end in zip((low, high), ends, strict=True)):
            raise Invalid(f"'{text}' is no range of sequences: write @3..@9")
        return Between(ends[0], ends[1], sequences=True)
    if dots:
        return Between(_period(low)[0] if low else None, _period(high)[0] if high else None)
    return Between(*_period(low))


def _period(text: str) -> tuple[int, int]:
    """The first instant of a year, month or day, and that of the next; an instant alone is one microsecond."""
    parts = text.split("-")
    if (
        1 <= len(parts) <= 3
        and all(p.isascii() and p.isdecimal() for p in parts)
        and len(parts[0]) == 4
    ):
        try:
            year, month, day = [*map(int, parts), 1, 1][:3]
            begins = _start(year, month, day)
            if len(parts) == 3:
                return begins, begins + 86_400_000_000
            years, months = divmod(year * 12 + month - 1 + (12 if len(parts) == 1 else 1), 12)
            return begins, _start(years, months + 1, 1)
        except ValueError:
            raise Invalid(
                f"'{text}' is no year, month or day: write 2025, 2025-03 or 2025-03-14"
            ) from None
    instant = parse(text)
    return instant, instant + 1


def _start(year: int, month: int, day: int) -> int:
    since = datetime(year, month, day, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return since.days * 86_400_000_000
