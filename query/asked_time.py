"""AskedTime: the time that a question names, and how well an instant fits it.

It is a date or a part of one ("in May", "on 7 May 2023"), or a stretch: what ISO 24617-1 calls a period ("the second
quarter of 2023", "last May", "three weeks ago"), or all before or after a date or an event ("before the merger").
What is relative counts from a day that whoever asks is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import numpy.typing as npt

from ..graph.period import Period, read_period
from .stretch import names_stretch, stretched
from .time_words import hinted as worded
from .time_words import plain_time

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_NAMED = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? )?(?P<month>{'|'.join(_MONTHS)})\b"
    r"(?:,? (?P<after>\d{1,2})(?!\d)(?:st|nd|rd|th)?)?(?:,? (?P<year>(?:19|20)\d\d))?",
    re.IGNORECASE,
)
_ISO = re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)(?:-(?P<day>\d\d))?\b")
_HAN = re.compile(r"(?:(?P<year>(?:19|20)\d\d)年)?(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号])?")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|(?:19|20)\d\d(?=年)")

_OLD = re.compile(r"(?<![\w.,-])1[0-8]\d\d(?![\w-]|[.,]\d)")
"""A year that is no number of anything else only where a century or decade is asked for."""

_MONTH = "|".join(_MONTHS)
_SEASON = "spring|summer|autumn|fall|winter"
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_COUNT = r"\d{1,3}|an?|one|a couple of|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_PERIOD = re.compile(
    rf"\b(?:(?:last|past|previous|this|next) (?:week(?:end)?|month|year|quarter|{_SEASON}|{_MONTH}|{_DAYS})|"
    rf"(?:the )?(?:end|beginning|start|middle) of (?:(?:last|this|next) (?:year|month)|(?:(?:{_MONTH}) )?(?:19|20)\d\d)|"
    r"(?:the )?day before yesterday|yesterday|today|tonight|last night|this (?:morning|afternoon|evening)|a fortnight ago|"
    r"(?:(?:last|this|next) )?(?:christmas(?: (?:day|eve))?|new year'?s (?:day|eve)|halloween)(?: (?:19|20)\d\d)?|"
    rf"(?:{_COUNT}) (?:day|week|month|year|decade)s? ago|"
    r"(?:q[1-4]|(?:first|second|third|fourth) quarter)(?: of)? (?:19|20)\d\d|"
    rf"(?:early|mid|late)[- ](?:(?:{_SEASON}|{_MONTH}) )?(?:19|20)\d\d|(?:{_SEASON})(?: of)? (?:19|20)\d\d|"
    r"(?:19|20)\d0'?s)\b",
    re.IGNORECASE,
)
_INTERVAL = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d)(?!\d)")
"""As `stretch` writes what it reads."""
_LATELY = re.compile(rf"\b(?:last|past) ({_COUNT}) (day|week|month|year)s\b", re.IGNORECASE)
_FALLBACK = re.compile(
    rf"\b(?:on|since|before|after) ({_DAYS})\b|\b(over the weekend)\b", re.IGNORECASE
)
"""Days without a date, which are taken for the last such where the question names no other time."""
_BETWEEN = re.compile(
    r"\b(?:between (?P<a>.{3,22}?) and|from (?P<b>.{3,22}?) (?:to|until|till)) (?P<c>[^?,;]{3,22})",
    re.IGNORECASE,
)
_SIDE = re.compile(
    r"\b(before(?! yesterday)|until|prior to|after(?! tomorrow)|since|following)\b\s+([^?,;]+)",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|a|an|his|her|their|our|my|its)\s+", re.IGNORECASE)
_DAY = 86_400_000_000
_AGES = 1 << 62

Span = tuple[int, int]
Event = Callable[[str], Span | None]
"""When something was that is told of in a few words: its first instant, and the end of it."""

YEAR_ALONE = 0.3
AROUND = 0.5
"""How well what was said soon after a short stretch fits, and what is on one side of an event."""
NEAR_DAYS, LATER_DAYS = 3, 10
"""What is told of a day is said within a few days of it, or a little later."""


@dataclass(frozen=True, slots=True)
class AskedTime:
    """A date in a question, parts that it does not name are None; or a stretch, in microseconds, its end excluded."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    span: Span | None = None
    beside: bool = False
    """Whether the stretch is what lies on one side of an event."""

    @staticmethod
    def hinted(question: str) -> bool:
        """Whether a question has words of time at all, so that what they count from is worth a look.

        >>> AskedTime.hinted("What did Ann buy last May?"), AskedTime.hinted("What did Ann buy?")
        (True, False)
        """
        return (
            worded(question)
            or names_stretch(question)
            or any(
                form.search(question)
                for form in (
                    _PERIOD,
                    _LATELY,
                    _BETWEEN,
                    _SIDE,
                    _NAMED,
                    _ISO,
                    _HAN,
                    _YEAR,
                    _FALLBACK,
                )
            )
        )

    def __bool__(self) -> bool:
        return self.span is not None or self.year is not None or self.month is not None

    @classmethod
    def read(cls, question: str, now: int | None = None, event: Event | None = None) -> AskedTime:
        """Find what time a question asks about; `now` is what "last May" counts from, in microseconds.

        `event` says when something was that is no date; without it "before the merger" asks about no time.

        >>> monday = 1683504000000000  # 8 May 2023
        >>> found = AskedTime.read("What did Ann buy three weeks ago?", monday)
        >>> [datetime.fromtimestamp(end / 1e6, UTC).date().isoformat() for end in found.span]
        ['2023-04-17', '2023-04-18']
        >>> AskedTime.read("What was sold in the second quarter of 2023?").span
        (1680307200000000, 1688169600000000)
        """
        question = plain_time(stretched(question, now), now)
        ends = _BETWEEN.search(question)
        if ends is not None:
            begun, last = ends["a"] or ends["b"], _span(ends["c"], now)
            years = _YEAR.search(ends["c"])
            if years is not None and _YEAR.search(begun) is None:  # "between March and June 2022"
                begun = f"{begun} {years[0]}"
            first = _span(begun, now)
            if first is not None and last is not None and first[0] < last[1]:
                return cls(span=(first[0], last[1]))
        side = _SIDE.search(question)
        if side is not None:
            dated = _span(side[2], now)
            told = _ARTICLE.sub("", side[2]).strip()
            # "after Ann" is no event, nor is what begins another question
            when = dated or (None if _named(told) or event is None else event(told))
            if when is not None:
                word = side[1].lower()
                early = word in ("before", "until", "prior to")
                since = when[0] if word == "since" or dated is None else when[1]
                return cls(
                    span=(-_AGES, when[1] if word == "until" else when[0])
                    if early
                    else (since, _AGES),
                    beside=dated is None,
                )
        span = _period(question, now)
        found = cls(span=span) if span is not None else cls.of(question)
        day = None if found else _FALLBACK.search(question)
        if day is not None:
            latest = read_period("last weekend" if day[2] else day[1], now)
            return cls(span=None if latest is None else latest.instants)
        return found

    def among(self, stated: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which of some instants may fit at all.

        >>> said = np.array(["2023-05-20", "2022-05-01"], "datetime64[us]").astype(np.int64)
        >>> AskedTime.of("in May 2023?").among(said).tolist(), AskedTime.of("in May?").among(said).tolist()
        ([True, False], [True, True])
        """
        if self.span is not None:
            start, end = self.span
            found: npt.NDArray[np.bool_] = (stated >= start) & (stated < end + self._late)
            return found
        months = stated.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
        found = np.full(len(stated), bool(self))
        if self.year is not None:
            found &= months // 12 + 1970 == self.year
        if self.month is not None:
            found &= months % 12 + 1 == self.month
        return found

    @property
    def _late(self) -> int:
        """How long after the stretch something may still be told of it."""
        if self.span is None or self.span[1] - self.span[0] > LATER_DAYS * _DAY:
            return 0
        return LATER_DAYS * _DAY

    def _covers(self, stated: int) -> float:
        start, end = self.span or (0, 0)
        near = NEAR_DAYS * _DAY if self._late else 0
        if start - near <= stated < end + near:
            return AROUND if self.beside else 1.0
        return AROUND if start <= stated < end + self._late else 0.0

    @classmethod
    def of(cls, question: str) -> AskedTime:
        """Find the first date in a question; "may" counts as the month where it has a capital.

        >>> AskedTime.of("What did Ann buy on 7 May 2023?") == AskedTime(2023, 5, 7)
        True
        >>> AskedTime.of("Who may come in 2022?") == AskedTime(2022)
        True
        """
        year = _YEAR.search(question)
        for found in _NAMED.finditer(question):
            bare = not (found["day"] or found["after"] or found["year"])
            if found["month"] == "may" and bare:
                continue
            named = found["year"] or (year[0] if year else None)
            return cls(
                _number(named),
                _MONTHS.index(found["month"].lower()) + 1,
                _number(found["day"] or found["after"]),
            )
        for pattern in (_ISO, _HAN):
            dated = pattern.search(question)
            if dated is not None:
                named = dated["year"] or (year[0] if year else None)
                return cls(_number(named), _number(dated["month"]), _number(dated["day"]))
        return cls(_number(year[0])) if year else cls()

    def fits(self, stated: object) -> float:
        """How well what was said at an instant (microseconds) fits: 0 to 1.

        >>> said = int(datetime(2023, 5, 9, tzinfo=UTC).timestamp() * 1_000_000)
        >>> [AskedTime.of(q).fits(said) for q in ("on 7 May 2023?", "in May?", "in 2023?", "in June?")]
        [1.0, 1.0, 0.3, 0.0]
        """
        if not isinstance(stated, int) or not self:
            return 0.0
        if self.span is not None:
            return self._covers(stated)
        try:
            then = datetime.fromtimestamp(stated / 1_000_000, UTC)
        except (OverflowError, OSError, ValueError):
            return 0.0
        away = self._days(then)
        if away is not None and abs(away) <= NEAR_DAYS:
            return 1.0
        if away is not None and 0 < away < LATER_DAYS:
            return 0.5
        if self.year is not None and then.year != self.year:
            return 0.0
        if self.month is None:
            return YEAR_ALONE
        if then.month != self.month:
            return 0.0
        return 1.0 if self.day is None else 0.2

    def tells(self, text: str) -> float:
        """Whether a text names a date within what is asked about, where that is more than a year's number.

        >>> asked = AskedTime.read("What happened in the early seventies?", 1683504000000000)
        >>> asked.tells("The school was built in 1972."), asked.tells("The school was built in 1982.")
        (0.5, 0.0)
        """
        if self.beside or (self.span is None and self.month is None):
            return 0.0
        asked = span_of(self)
        if asked is None or asked[0] == -_AGES or asked[1] == _AGES:
            return 0.0
        within = any(asked[0] <= first and end <= asked[1] for first, end in spans_in(text))
        return AROUND if within else 0.0

    def _days(self, then: datetime) -> int | None:
        """How many days after the day that is named an instant is, over the ends of months and years; of no
        year in particular the nearest. None where no day is named, or one that no calendar has."""
        if self.month is None or self.day is None:
            return None
        around = (then.year - 1, then.year, then.year + 1)
        found = []
        for year in around if self.year is None else (self.year,):
            with suppress(ValueError):
                found.append((then.date() - date(year, self.month, self.day)).days)
        return min(found, key=abs, default=None)


def beside_time(question: str) -> str:
    """A question without the dates in it, and without the event before or after which it asks.

    >>> beside_time("What happened to Ann in January 2024?"), beside_time("Who may come on 7 May 2023?")
    ('What happened to Ann in ?', 'Who may come on ?')
    >>> beside_time("What broke since the merger with Falk?"), beside_time("Who was named after Ann Lee?")
    ('What broke ?', 'Who was named after Ann Lee?')
    """
    question = _SIDE.sub(lambda side: side[0] if _named(side[2]) else "", question)
    for form in (_ISO, _HAN, _NAMED, _YEAR):
        question = form.sub(lambda found: "" if AskedTime.of(found[0]) else found[0], question)
    return question


def spans_in(text: str) -> list[Span]:
    """The stretches that the dates in a text are, those that have a year since 1685.

    >>> spans_in("It broke on 28 March 2024, as in 2019 and in May.") == [
    ...     span_of(AskedTime(2024, 3, 28)), span_of(AskedTime(2019))
    ... ]
    True
    """
    found: dict[int, AskedTime] = {}
    taken = list[tuple[int, int]]()
    for form in (_ISO, _HAN, _NAMED, _YEAR):
        for date_said in form.finditer(text):
            start, end = date_said.span()
            if not any(start < last and first < end for first, last in taken):
                told = AskedTime.of(date_said[0])
                if told.year is not None:
                    found[start] = told
                    taken.append((start, end))
    for old in _OLD.finditer(text):
        found[old.start()] = AskedTime(int(old[0]))
    return [
        span for _, told in sorted(found.items(), key=lambda at: at[0]) if (span := span_of(told))
    ]


def span_of(date_named: AskedTime) -> Span | None:
    """The stretch that a date with a year is; None for others.

    >>> span_of(AskedTime(2023, 5, 7))
    (1683417600000000, 1683504000000000)
    """
    if date_named.span is not None or date_named.year is None:
        return date_named.span
    parts = [str(date_named.year)]
    for part in (date_named.month, date_named.day):
        if part is None:
            break
        parts.append(f"{part:02d}")
    period = read_period("-".join(parts))
    return None if period is None else period.instants


def _period(text: str, now: int | None) -> Span | None:
    """The first stretch that a text names, in words that are no date of the calendar."""
    written = _INTERVAL.search(text)
    if written is not None:
        first, end = (date.fromisoformat(part) for part in written.groups())
        return Period(first, end).instants
    lately = _LATELY.search(text)
    if lately is not None and now is not None:
        count = read_period(f"{lately[1]} {lately[2]}s ago", now)
        if count is not None and count.instants is not None:
            return count.instants[0], now + 1
    for found in _PERIOD.finditer(text):
        period = read_period(found[0], now)
        if period is not None:
            return period.instants
    return None


def _span(text: str, now: int | None) -> Span | None:
    """The stretch that a text begins with: what must be a date, and no event that has one."""
    words = text.strip()
    found = _period(words, now) or span_of(AskedTime.of(words))
    if found is not None:
        dated = (
            _INTERVAL.search(words)
            or _PERIOD.search(words)
            or _NAMED.search(words)
            or _ISO.search(words)
            or _YEAR.search(words)
        )
        return found if dated is not None and dated.start() <= len("the ") else None
    if now is None:
        return None
    named = _NAMED.match(words)
    period = read_period(named[0], now) if named is not None else None
    return None if period is None else period.instants


def _named(told: str) -> bool:
    """Whether what follows "after" is a name, and no event."""
    return all(word[:1].isupper() for word in _ARTICLE.sub("", told).split())


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)
