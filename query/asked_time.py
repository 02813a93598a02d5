"""AskedTime: the month, day or year that a question names, and how well an instant fits it."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime

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

YEAR_ALONE = 0.3
NEAR_DAYS, LATER_DAYS = 3, 10
"""What is told of a day is said within a few days of it, or a little later."""


@dataclass(frozen=True, slots=True)
class AskedTime:
    """A date in a question; parts that it does not name are None."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    @classmethod
    def of(cls, question: str) -> AskedTime:
        """Find the first date in a question; "may" counts as the month where it has a capital.

        >>> AskedTime.of("What did Ann buy on 7 May 2023?"), AskedTime.of("Who may come in 2022?")
        (AskedTime(year=2023, month=5, day=7), AskedTime(year=2022, month=None, day=None))
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
        if not isinstance(stated, int) or (self.year is None and self.month is None):
            return 0.0
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


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)
