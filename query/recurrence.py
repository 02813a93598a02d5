"""Recurrence: which of the times that come again is meant: that of the year that is said, or the last that had begun.

A reader takes a match and the day on which is asked (None where nothing is known of that), and gives a period or None.
Groups of a match that mean the same everywhere: `year` (in figures, or "last year"), `rel` (今年, 去年), `part` ("early").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from ..graph.period import Period, of_month, of_season

Reader = Callable[[re.Match[str], date | None], Period | None]
Yearly = Callable[[int], Period | None]

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
STEPS = {"last": -1, "this": 0, "the": 0, "next": 1}
_HAN_YEARS = {"今年": 0, "去年": -1, "前年": -2, "明年": 1}
_THIRDS = {"early": 0, "mid": 1, "late": 2, "初": 0, "上": 0, "中": 1, "末": 2, "底": 2, "下": 2}


def day_of(now: int | None) -> date | None:
    """The day of an instant (microseconds), where there is one that a calendar has."""
    with suppress(ValueError, OverflowError, OSError):
        return None if now is None else datetime.fromtimestamp(now / 1_000_000, UTC).date()
    return None


def instant(day: date) -> int:
    """When a day begins, in microseconds.

    >>> instant(date(1970, 1, 2))
    86400000000
    """
    return (day - date(1970, 1, 1)).days * 86_400_000_000


def days(first: date, count: int = 1) -> Period:
    """Some days from one on."""
    return Period(first, first + timedelta(days=count))


def third(whole: Period, part: str | None) -> Period:
    """The early, middle or late third of a period, or all of it.

    >>> third(of_month(2023, 4), "mid").start.isoformat()
    '2023-04-11'
    """
    if part is None:
        return whole
    length = (whole.end - whole.start).days
    place = _THIRDS[part.lower()]
    cuts = [whole.start + timedelta(days=length * n // 3) for n in range(4)]
    return Period(cuts[place], cuts[place + 1])


def week_of(day: date, weeks: int = 0) -> Period:
    """The week, from Monday on, in which a day is, or one before or after it."""
    return days(day - timedelta(days=day.weekday()) + timedelta(weeks=weeks), 7)


def named(name: str, year: int) -> Period:
    """A season or a month of a year."""
    name = name.lower()
    if name in SEASONS:
        return of_season(year, SEASONS[name])
    return of_month(year, MONTHS.index(name) + 1)


def yearly(found: re.Match[str], today: date | None, make: Yearly) -> Period | None:
    """What comes every year: that of the year that is said, else the last that had begun."""
    groups = found.groupdict()
    year, rel = groups.get("year"), groups.get("rel")
    if year and year.isdigit():
        return make(int(year))
    if today is None:
        return None
    if rel:
        return make(today.year + _HAN_YEARS[rel])
    if year:
        return make(today.year + STEPS[year.split()[0].lower()])
    made = (make(today.year - back) for back in range(3))
    return next((one for one in made if one is not None and one.start <= today), None)


def decade(tens: int, century: int | None, part: str | None, today: date | None) -> Period | None:
    """The nineties (9) of a century that is said (19 for 19xx), else the last that had begun."""
    if century is None:
        if today is None:
            return None
        century = today.year // 100
        century -= 100 * century + 10 * tens > today.year
    start = 100 * century + 10 * tens
    return third(Period(date(start, 1, 1), date(start + 10, 1, 1)), part)


def whole_century(number: int, part: str | None) -> Period | None:
    """The nineteenth century as people count it, from 1800 to 1900; of those that have passages at all."""
    if not 15 <= number <= 21:
        return None
    return third(Period(date(100 * number - 100, 1, 1), date(100 * number, 1, 1)), part)


def quarter(number: int, year: int) -> Period:
    """Three months of a calendar year."""
    return of_season(year, 3 * number - 2)


def half(number: int, year: int) -> Period:
    """Six months of a calendar year."""
    return Period(of_month(year, 6 * number - 5).start, of_month(year, 6 * number).end)
