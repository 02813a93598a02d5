"""Periods: the stretch of time that a phrase means, against the day on which it was said.

TIMEX3 (ISO 24617-1) calls these absolute ("4 May 2021", "spring 2020"), and relative ("last May", "two weeks
ago"). A relative one needs the date of what says it; where that says none, or the phrase is vague ("a few
days ago", "recently"), there is no period, which is better than a wrong one. Years are of the proleptic
Gregorian calendar, weeks begin on Monday, seasons are those of the northern hemisphere by months.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from .instant import kept

Tense = Literal["past", "present", "future", ""]

_EPOCH = date(1970, 1, 1)
_DAY = 86_400_000_000
_NAMES_OF_MONTHS = (
    "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
    "september sep sept", "october oct", "november nov", "december dec",
)  # fmt: skip
_NAMES_OF_DAYS = (
    "monday mon", "tuesday tue tues", "wednesday wed", "thursday thu thurs", "friday fri", "saturday sat",
    "sunday sun",
)  # fmt: skip
_MONTHS = {name: n for n, names in enumerate(_NAMES_OF_MONTHS, 1) for name in names.split()}
_WEEKDAYS = {name: n for n, names in enumerate(_NAMES_OF_DAYS) for name in names.split()}
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_NUMBERS = {
    "a": 1, "an": 1, "the": 1, "one": 1, "two": 2, "couple": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
NUMERIC = r"(\d{4})[./](\d{1,2})[./](\d{1,2})|(\d{1,2})[./](\d{1,2})[./](\d{4})"
"""Days in figures alone."""

_ORDINALS = ("first", "second", "third", "fourth")
_QUARTER = re.compile(r"(?:q([1-4])|(first|second|third|fourth) quarter)(?: of)? (\d{4})")
_PART = re.compile(r"(early|mid|late)[- ](.+)")
_OF_DAY = re.compile(r",? (?:at|around) \d{1,2}(?::\d\d)?.*$| (?:morning|afternoon|evening|night)$")

_SAME_DAY = re.compile(r"^this (?:morning|afternoon|evening)\b.*$")
_NIGHT = re.compile(r"^last night\b.*$")
_EDGE = re.compile(
    r"(?:(?:at|by|in|around) )?(?:the )?(end|beginning|start|middle) of (?:the )?(.+)"
)
_EDGES = {"beginning": "early", "start": "early", "middle": "mid", "end": "late"}
_FEASTS = tuple(
    (re.compile(rf"\b{feast}\b"), day)
    for feast, day in (
        ("a fortnight", "two weeks"),
        ("christmas eve", "24 december"),
        ("christmas(?: day)?", "25 december"),
        ("new year'?s eve", "31 december"),
        ("new year'?s day", "1 january"),
        ("halloween", "31 october"),
        ("valentine'?s day", "14 february"),
    )
)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of whole days, its end excluded; ISO 8601 would write it as an interval.

    >>> Period(date(2021, 5, 1), date(2021, 6, 1)).instants
    (1619827200000000, 1622505600000000)
    """

    start: date
    end: date

    @property
    def instants(self) -> tuple[int, int] | None:
        """The two ends in microseconds since the epoch, UTC; None where they cannot be kept exactly."""
        return self.ends if all(map(kept, self.ends)) else None

    @property
    def ends(self) -> tuple[int, int]:
        """The two ends in microseconds since the epoch, UTC, also where they cannot be kept exactly."""
        return (self.start - _EPOCH).days * _DAY, (self.end - _EPOCH).days * _DAY


def read_period(text: str, said: int | None = None, tense: Tense = "") -> Period | None:
    """Read an English phrase of time; `said` is when it was said, in microseconds since the epoch, UTC.

    A weekday, month or day without a year is the last one before it was said, or in the future tense
    the next after.

    >>> read_period("4 May 2021").start.isoformat(), read_period("soon")
    ('2021-05-04', None)
    >>> monday = 1683504000000000  # 8 May 2023
    >>> read_period("last Friday", monday).start.isoformat()
    '2023-05-05'
    >>> read_period("two weeks ago", monday).start.isoformat()
    '2023-04-24'
    """
    phrase = " ".join(text.lower().replace("’", "'").split())
    phrase = _NIGHT.sub("yesterday", _SAME_DAY.sub("today", phrase))
    phrase = _OF_DAY.sub("", phrase).strip(" ,.").removeprefix("the ").removeprefix("on ")
    for feast, day in _FEASTS:
        phrase = feast.sub(day, phrase)
    try:
        if week := re.fullmatch(
            r"week (?:of|beginning|starting|from) (?!(?:the )?week )(.{1,40})", phrase
        ):
            within = read_period(week[1], said, tense)
            if within is None:
                return None
            return of_days(within.start - timedelta(within.start.weekday()), 7)
        return _absolute(phrase) or (
            None if said is None else _relative(phrase, day_of(said), tense)
        )
    except (ValueError, OverflowError):
        return None  # 30 February, or a year that no calendar here has


def day_of(said: int) -> date:
    """The day of an instant, UTC."""
    return datetime.fromtimestamp(said // 1_000_000, UTC).date()


def of_year(year: int) -> Period:
    """A whole year."""
    return Period(date(year, 1, 1), date(year + 1, 1, 1))


def of_month(year: int, month: int) -> Period:
    """A whole month; months before January and after December are those of other years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    start = date(year, month, 1)
    return Period(start, start + timedelta(days=monthrange(year, month)[1]))


def of_days(start: date, days: int = 1) -> Period:
    """Some days from one on."""
    return Period(start, start + timedelta(days=days))


def of_season(year: int, month: int) -> Period:
    """The season that begins with a month."""
    return Period(of_month(year, month).start, of_month(year, month + 2).end)


def _absolute(phrase: str) -> Period | None:
    if found := re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?(?:t.*)?", phrase):
        year, month = int(found[1]), int(found[2])
        return of_days(date(year, month, int(found[3]))) if found[3] else of_month(year, month)
    if found := re.fullmatch(NUMERIC, phrase):
        figures = [int(part) for part in found.groups() if part]
        if "/" not in phrase and figures[0] <= 31:  # who writes points writes the day first
            return of_days(date(figures[2], figures[1], figures[0]))
        return _numeric(*figures)
    if re.fullmatch(r"1\d{3}|20\d\d", phrase):
        return of_year(int(phrase))
    if found := re.fullmatch(r"(1\d|20)(\d)0'?s", phrase):
        start = int(f"{found[1]}{found[2]}0")
        return Period(date(start, 1, 1), date(start + 10, 1, 1))
    if found := _QUARTER.fullmatch(phrase):
        number = int(found[1] or _ORDINALS.index(found[2]) + 1)
        return of_season(int(found[3]), 3 * number - 2)
    if found := re.fullmatch(r"([a-z]+)\.?,?(?: of)? (\d{4})", phrase):
        named = _of_name(found[1], int(found[2]))
        if named is not None:
            return named
    day = r"(\d{1,2})(?:st|nd|rd|th)?"
    for form, order in (
        (rf"{day}(?: of)? ([a-z]+)\.?,? (\d{{4}})", (3, 2, 1)),
        (rf"([a-z]+)\.? {day},? (\d{{4}})", (3, 1, 2)),
    ):
        if found := re.fullmatch(rf"(?:[a-z]+day,? )?{form}", phrase):
            month_of = _MONTHS.get(found[order[1]])
            if month_of is None:
                return None
            return of_days(date(int(found[order[0]]), month_of, int(found[order[2]])))
    if found := _PART.fullmatch(phrase) or _EDGE.fullmatch(phrase):
        whole = _absolute(found[2])
        return None if whole is None else _third(whole, _EDGES.get(found[1], found[1]))
    return None


def _numeric(first: int, second: int, third: int) -> Period | None:
    """A day in figures; None where day and month could be either ("05/06/2022")."""
    if first > 31:
        return of_days(date(first, second, third))
    if first == second or max(first, second) > 12:
        day, month = (first, second) if first > 12 or first == second else (second, first)
        return of_days(date(third, month, day))
    return None


def _of_name(name: str, year: int) -> Period | None:
    if name in _MONTHS:
        return of_month(year, _MONTHS[name])
    return of_season(year, _SEASONS[name]) if name in _SEASONS else None


def _third(whole: Period, part: str) -> Period:
    """The early, middle or late third of a period."""
    days = (whole.end - whole.start).days
    cuts = [whole.start + timedelta(days=days * n // 3) for n in range(3)] + [whole.end]
    place = ("early", "mid", "late").index(part)
    return Period(cuts[place], cuts[place + 1])


def _relative(phrase: str, today: date, tense: Tense) -> Period | None:
    near = {
        "today": 0,
        "tonight": 0,
        "this day": 0,
        "yesterday": -1,
        "last night": -1,
        "tomorrow": 1,
        "day before yesterday": -2,
        "day after tomorrow": 2,
    }
    if phrase in near:
        return of_days(today + timedelta(days=near[phrase]))
    if found := re.fullmatch(
        r"(?:a )?(\w+)(?: of)? (day|week|month|year|decade)s? (ago|from now|later)", phrase
    ):
        number = int(found[1]) if found[1].isdigit() else _NUMBERS.get(found[1])
        if number is None or found[3] == "later":
            return None
        return _away(today, found[2], -number if found[3] == "ago" else number)
    if found := re.fullmatch(r"in (\w+) (day|week|month|year)s?", phrase):
        number = int(found[1]) if found[1].isdigit() else _NUMBERS.get(found[1])
        return None if number is None else _away(today, found[2], number)
    if found := re.fullmatch(
        r"(last|past|this|current|next|coming|previous) (\w+(?: [a-z]+)?)", phrase
    ):
        step = {"last": -1, "past": -1, "previous": -1, "this": 0, "current": 0}.get(found[1], 1)
        return _stepped(found[2], today, step)
    if found := re.fullmatch(r"(?:earlier|later) this (week|month|year)", phrase):
        return _stepped(found[1], today, 0)
    if found := _PART.fullmatch(phrase) or _EDGE.fullmatch(phrase):
        # "the end of the year" is that of this year
        bare = found[2] in ("week", "month", "quarter", "year")
        whole = _relative(f"this {found[2]}" if bare else found[2], today, tense)
        return None if whole is None else _third(whole, _EDGES.get(found[1], found[1]))
    return _nearest(phrase, today, 1 if tense == "future" else -1)


def _away(today: date, unit: str, number: int) -> Period:
    """So many units away: the day, or the week, month or year that the day falls into, by what is counted."""
    if unit == "day":
        return of_days(today + timedelta(days=number))
    if unit == "week":
        return of_days(today + timedelta(weeks=number))
    if unit == "month":
        return of_month(today.year, today.month + number)
    if unit == "decade":
        return of_year(today.year + 10 * number)
    return of_year(today.year + number)


def _stepped(name: str, today: date, step: int) -> Period | None:
    """Last, this or next of something that comes again."""
    monday = today - timedelta(days=today.weekday())
    if name == "week":
        return of_days(monday + timedelta(weeks=step), 7)
    if name == "weekend":
        return of_days(monday + timedelta(weeks=step, days=5), 2)
    if name == "month":
        return of_month(today.year, today.month + step)
    if name == "year":
        return of_year(today.year + step)
    if name == "quarter":
        return of_season(today.year, today.month - (today.month - 1) % 3 + 3 * step)
    if step < 0 and name in _MONTHS and _MONTHS[name] == today.month:
        return of_month(today.year - 1, today.month)  # this one is not over
    if step:
        return _nearest(name, today, step)
    if name in _WEEKDAYS:
        return of_days(monday + timedelta(days=_WEEKDAYS[name]))
    return _of_name(name, today.year)


def _nearest(name: str, today: date, step: int) -> Period | None:
    """The last before a day, or the next after, of a weekday, a month, a season, or a day of a month."""
    if name in _WEEKDAYS:
        away = (_WEEKDAYS[name] - today.weekday()) % 7 or 7
        return of_days(today + timedelta(days=away if step > 0 else away - 7 or -7))
    found = re.fullmatch(
        r"(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]+)|([a-z]+) (\d{1,2})(?:st|nd|rd|th)?", name
    )
    month = _MONTHS.get((found[2] or found[3]) if found else "")
    for year in range(today.year, today.year + 2 * step, step) if step else ():
        if month is not None and found is not None:
            period: Period | None = of_days(date(year, month, int(found[1] or found[4])))
        else:
            period = _of_name(name, year)
        if period is None:
            return None
        if (period.start > today) if step > 0 else (period.start <= today):
            return period
    return None
