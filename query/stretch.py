"""Stretches: times that a question names in other words than dates, written as an interval of ISO 8601.

Decades and centuries, feasts, quarters and halves of a year, the week of a day, "two summers ago"; those in Chinese stand
in `han_stretch`. Fiscal years begin when their firm says, and are not read.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import partial

from ..graph.period import Period, of_month, of_year, read_period
from .feast import FEASTS, feast
from .han_stretch import HAN_READERS
from .recurrence import (
    MONTHS,
    SEASONS,
    STEPS,
    Reader,
    day_of,
    days,
    decade,
    half,
    instant,
    named,
    quarter,
    third,
    week_of,
    whole_century,
    yearly,
)

_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_TENS = (
    "twenties",
    "thirties",
    "forties",
    "fifties",
    "sixties",
    "seventies",
    "eighties",
    "nineties",
)
_COUNTS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_CENTURIES = {"eighteenth": 18, "nineteenth": 19, "twentieth": 20, "twenty-first": 21}

_PART = r"(?:(?P<part>early|mid|late)[- ])?"
_COUNT = rf"\d{{1,2}}|an?|{'|'.join(_COUNTS)}"
_MONTH, _SEASON = "|".join(MONTHS), "|".join(SEASONS)
_YEAR = r"(?:19|20)\d\d"
_OF_YEAR = rf"(?:,? (?:of |in )?(?P<year>{_YEAR}|(?:last|this|the|next) year))?"
_IN = "|".join(
    f"(?<=\\b{word} )"
    for word in ("in", "of", "for", "during", "since", "before", "after", "until")
)
"""Before what is a quarter, and may be a car otherwise."""
_NO_FIRM = r"(?! ?(?:FY|fiscal))"
_DATE = (
    rf"{_YEAR}-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})(?:,? {_YEAR})?"
    rf"|(?:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,? {_YEAR})?"
)


def stretched(question: str, now: int | None = None) -> str:
    """A question with such words as an interval, its end excluded; `now` (microseconds) is when it is asked.

    >>> stretched("Who led it in the late nineties?", 1683504000000000)
    'Who led it in 1996-08-31/2000-01-01?'
    >>> stretched("What was sold in Q3 2024, and at Easter 2023?")
    'What was sold in 2024-07-01/2024-10-01, and at 2023-04-07/2023-04-11?'
    """
    today = day_of(now)
    for form, reader in _READERS:
        if form.search(question):
            question = form.sub(partial(_written, reader, today), question)
    return _EDGE.sub(_edge, question)


def names_stretch(question: str) -> bool:
    """Whether a question has any of these words.

    >>> names_stretch("Who led it in the nineties?"), names_stretch("Who is in her nineties?")
    (True, False)
    """
    return any(form.search(question) for form, _ in _READERS)


def _written(read: Reader, today: date | None, found: re.Match[str]) -> str:
    try:
        period = read(found, today)
    except (ValueError, OverflowError):  # 30 February, or a year that no calendar here has
        return found[0]
    return found[0] if period is None else interval(period)


_EDGE = re.compile(
    r"(?:the )?(?P<edge>end|beginning|start|middle) of (?P<first>\d{4}-\d\d-\d\d)/(?P<end>\d{4}-\d\d-\d\d)"
)
_EDGES = {"beginning": "early", "start": "early", "middle": "mid", "end": "late"}


def _edge(found: re.Match[str]) -> str:
    """The end of Q2."""
    first, end = (date.fromisoformat(found[name]) for name in ("first", "end"))
    return interval(third(Period(first, end), _EDGES[found["edge"]]))


def interval(period: Period) -> str:
    """A period as ISO 8601 writes one, but that its end is excluded."""
    return f"{period.start.isoformat()}/{period.end.isoformat()}"


def _number(said: str) -> int:
    said = said.lower()
    return int(said) if said.isdigit() else _COUNTS.index(said) + 1 if said in _COUNTS else 1


def _decade(found: re.Match[str], today: date | None) -> Period | None:
    groups = found.groupdict()
    ten, century = groups["ten"].lower(), groups.get("century")
    tens = _TENS.index(ten) + 2 if ten in _TENS else int(ten)
    return decade(tens, None if century is None else int(century), groups["part"], today)


def _century(found: re.Match[str], today: date | None) -> Period | None:
    said = found["century"].lower()
    return whole_century(_CENTURIES.get(said) or int(said), found["part"])


def _quarter(found: re.Match[str], today: date | None) -> Period | None:
    said = found["number"].lower()
    number = _ORDINALS.get(said) or int(said)
    return yearly(found, today, lambda year: quarter(number, year))


def _half(found: re.Match[str], today: date | None) -> Period | None:
    number = 1 if found["number"].lower() in ("first", "1") else 2
    return yearly(found, today, lambda year: half(number, year))


def _feast(found: re.Match[str], today: date | None) -> Period | None:
    name, which = found["feast"], (found["which"] or "").lower()
    if which == "this" and today is not None:
        return feast(name, today.year)
    if which not in ("last", "next"):
        return yearly(found, today, lambda year: feast(name, year))
    if today is None:
        return None
    near = [one for step in (-2, -1, 0, 1, 2) if (one := feast(name, today.year + step))]
    if which == "next":
        return next((one for one in near if one.start > today), None)
    return next((one for one in reversed(near) if one.end <= today), None)


def _week(found: re.Match[str], today: date | None) -> Period | None:
    """The week of a day that is said, the end of it, or seven days from it."""
    day = read_period(found["date"], None if today is None else instant(today))
    if day is None:
        return None
    if found["from"]:
        return days(day.start, 7)
    week = week_of(day.start)
    return Period(week.start + timedelta(days=5), week.end) if found["end"] else week


def _ago(found: re.Match[str], today: date | None) -> Period | None:
    """ "Two summers ago": the last one but one of those that are over."""
    if today is None:
        return None
    name = found["name"]
    over = next(year for year in range(today.year, 0, -1) if named(name, year).end <= today)
    return named(name, over - _number(found["count"]) + 1)


def _before_last(found: re.Match[str], today: date | None) -> Period | None:
    if today is None:
        return None
    name = found["name"].lower()
    if name == "year":
        return of_year(today.year - 2)
    if name == "month":
        return of_month(today.year, today.month - 2)
    last = read_period(f"last {name}", instant(today))
    if last is None:
        return None
    if name in SEASONS:
        return named(name, last.start.year - 1)
    return Period(last.start - timedelta(days=7), last.end - timedelta(days=7))


def _day_of_month(found: re.Match[str], today: date | None) -> Period | None:
    if today is None:
        return None
    month = of_month(today.year, today.month + STEPS[found["which"].lower()]).start
    return days(month.replace(day=int(found["day"])))


def _ordinal_day(found: re.Match[str], today: date | None) -> Period | None:
    text = f"{_ORDINALS[found['number'].lower()]} {found['rest']}"
    return read_period(text, None if today is None else instant(today))


def _counted(found: re.Match[str], today: date | None) -> Period | None:
    """ "A year and a half ago", "eighteen months ago"."""
    if today is None:
        return None
    groups = found.groupdict()
    if groups.get("years"):
        return of_month(today.year, today.month - 12 * _number(groups["years"]) - 6)
    return read_period(f"{_number(groups['count'])} {groups['unit'].lower()}s ago", instant(today))


def _vague(found: re.Match[str], today: date | None) -> Period | None:
    """What `graph.period` reads, in words that a question is not looked through for otherwise."""
    return read_period(found[0], None if today is None else instant(today))


def _form(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_form(rf"\b(?:the )?{_PART}(?P<century>1[5-9]|20)(?P<ten>\d)0['’]?s\b"), _decade),
    (_form(rf"\bthe {_PART}['’]?(?P<ten>[1-9])0['’]?s\b"), _decade),
    (_form(rf"\bthe {_PART}(?P<ten>{'|'.join(_TENS)})\b"), _decade),
    (
        _form(
            rf"\b(?:the )?{_PART}(?P<century>\d\d(?=(?:st|nd|rd|th))|{'|'.join(_CENTURIES)})(?:st|nd|rd|th)? century\b"
        ),
        _century,
    ),
    (
        _form(rf"\b(?:the )?(?P<number>first|second|third|fourth) quarter{_OF_YEAR}(?! of)"),
        _quarter,
    ),
    (re.compile(rf"\bQ(?P<number>[1-4]){_OF_YEAR}(?<=[\dr])(?<! Q\d){_NO_FIRM}"), _quarter),
    (re.compile(rf"(?:{_IN})Q(?P<number>[1-4])(?!\d){_NO_FIRM}"), _quarter),
    (
        _form(
            rf"\b(?:the )?(?P<number>first|second) half of (?P<year>{_YEAR}|(?:last|this|the|next) year)\b"
        ),
        _half,
    ),
    (re.compile(rf"(?:{_IN})H(?P<number>[12]){_OF_YEAR}(?![\w]){_NO_FIRM}"), _half),
    (_form(rf"\b(?:(?P<which>last|this|next) )?(?P<feast>{FEASTS}){_OF_YEAR}(?![\w-])"), _feast),
    (
        _form(
            rf"\b(?:the )?week(?P<end>end)? (?:of|(?P<from>beginning|starting|from)) (?:the )?(?P<date>{_DATE})"
        ),
        _week,
    ),
    (_form(rf"\b(?P<count>{_COUNT}) (?P<name>{_SEASON}|{_MONTH})s? ago\b"), _ago),
    (_form(rf"\bthe (?P<name>week(?:end)?|month|year|{_SEASON}) before last\b"), _before_last),
    (
        _form(r"\bthe (?P<day>\d{1,2})(?:st|nd|rd|th)? of (?P<which>last|this|next) month\b"),
        _day_of_month,
    ),
    (
        _form(
            rf"\bthe (?P<number>first|second|third|fourth) of (?P<rest>(?:{_MONTH})(?:,? {_YEAR})?)\b"
        ),
        _ordinal_day,
    ),
    (_form(rf"\b(?P<years>{_COUNT}) years? and a half ago\b"), _counted),
    (
        _form(rf"\b(?P<count>{'|'.join(_COUNTS[12:])}) (?P<unit>day|week|month|year)s ago\b"),
        _counted,
    ),
    (
        _form(
            rf"\b(?:early|mid|late)[- ](?:(?:last|this|next) (?:week|month|year|{_SEASON})|{_MONTH}|{_SEASON})\b(?!,? {_YEAR})"
        ),
        _vague,
    ),
    (
        _form(
            rf"\b(?:the )?(?:end|beginning|start|middle) of (?:last week|this week|{_MONTH})\b(?!,? {_YEAR})"
        ),
        _vague,
    ),
    *HAN_READERS,
)
