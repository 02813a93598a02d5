"""Dates as documents write them, to microseconds since the epoch."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CHINESE = re.compile(
    r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]"
    r"(?:\s*(\d{1,2})\s*[:：时点]\s*(\d{1,2})?)?"
)
_ISO = re.compile(r"\d{4}-\d\d?-\d\d?(?:[T ]\d.*)?$")
_AMBIGUOUS = re.compile(r"\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b")
_YEAR = re.compile(r"(?<![\d:])\d{4}(?![\d:])")
_ZONES = {"UTC": 0, "GMT": 0, "Z": 0, "CET": 1, "CEST": 2, "BST": 1, "EST": -5}
_ZONES |= {"EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}


def parse_date(value: object) -> int | None:
    """Read a date into microseconds since the epoch, UTC; None if it is not one.

    Read are ISO 8601, RFC 2822 mail dates, "14 March 2025", "1:56 pm on 8 May, 2023",
    2025年3月14日, and Unix seconds or milliseconds as numbers. No zone means UTC, no
    time means midnight. Day, month and year must all be there, and 03/04/2025, which
    is two dates, is none. The answer does not depend on today or the machine's zone.

    >>> parse_date("2025-03-14T05:40:00+01:00"), parse_date("soon")
    (1741927200000000, None)
    >>> parse_date("2025年3月14日") == parse_date("14 March 2025") == 1741910400000000
    True
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _number(float(value))
    if not isinstance(value, str) or not 6 <= len(value.strip()) <= 80:
        return None
    moment = _moment(value.strip())
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _number(value: float) -> int | None:
    # Seconds until the year 5138, milliseconds from 1973: the ranges do not meet.
    if 1e8 <= value < 1e11:
        return round(value * 1_000_000)
    if 1e11 <= value < 1e14:
        return round(value * 1_000)
    return None


def _moment(text: str) -> datetime | None:
    chinese = _CHINESE.search(text)
    try:
        if chinese is not None:
            year, month, day, hour, minute = chinese.groups(default="0")
            return datetime(int(year), int(month), int(day), int(hour), int(minute))
        if _ISO.match(text):
            return _iso(text)
        if "," in text[:5] or re.search(r"[+-]\d{4}$", text):
            return parsedate_to_datetime(text)
    except (ValueError, OverflowError, IndexError, TypeError):
        pass
    return _written(text)


def _iso(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        year, month, day = (int(part) for part in re.findall(r"\d+", text)[:3])
        if re.fullmatch(r"\d+-\d+-\d+", text):
            return datetime(year, month, day)
        raise


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    from dateutil.tz import tzoffset

    # Given a callable, dateutil neither warns of unknown names nor asks the machine.
    if offset is not None:
        return tzoffset(name, offset)
    hours = _ZONES.get(name or "")
    return None if hours is None else tzoffset(name, hours * 3600)


def _written(text: str) -> datetime | None:
    from dateutil.parser import parse

    if _AMBIGUOUS.search(text) or not _YEAR.search(text):
        return None
    text = re.sub(r"\bon\b|\bof\b|\bat\b", " ", text)
    try:
        # What the text leaves out comes from the default: two defaults that give two
        # answers show that a day or a month is missing.
        first, second = (
            parse(text, default=default, tzinfos=_zone)
            for default in (datetime(1996, 1, 1), datetime(2000, 2, 2))
        )
    except (ValueError, OverflowError, TypeError):
        return None
    return first if first == second else None
