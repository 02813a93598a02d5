"""Instants as integers: microseconds since 1970-01-01 UTC, exact in JSON, SQLite, Neo4j and JavaScript.

Valid time and recorded time share this form. System time itself is the commit sequence; its instant
is kept beside it (DESIGN: system time is the commit sequence).
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

from .errors import Invalid

OPEN = 2**53 - 1
"""The end of an interval that has not ended: the largest integer that RFC 8785 and JavaScript keep exactly."""


EARLIEST = -OPEN
"""The first instant that can be kept, in 1684; the last is one before `OPEN`, in 2255."""


def kept(instant: int) -> bool:
    """Whether an instant can be kept exactly wherever memories go.

    >>> kept(parse("1900-01-01")), kept(parse("1600-01-01"))
    (True, False)
    """
    return EARLIEST <= instant < OPEN


def now() -> int:
    """Read the wall clock, in microseconds.

    >>> now() > parse("2020-01-01")
    True
    """
    return time.time_ns() // 1000


def parse(text: str) -> int:
    """Read an ISO 8601 date or instant; without a zone it is UTC.

    >>> parse("1970-01-01T00:00:01Z")
    1000000
    >>> show(parse("2025-03-14"))
    '2025-03-14T00:00:00Z'

    Raises `Invalid` for anything else.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(
            f"'{text}' is no date or instant: write 2025-03-14 or 2025-03-14T09:30:00Z"
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def show(instant: int) -> str:
    """Write an instant as RFC 3339 in UTC, seconds or microseconds as needed.

    >>> show(1)
    '1970-01-01T00:00:00.000001Z'
    """
    if instant >= OPEN:
        return "open"
    whole, micros = divmod(instant, 1_000_000)
    moment = datetime.fromtimestamp(whole, UTC).replace(microsecond=micros)
    return moment.isoformat().replace("+00:00", "Z")


def show_day(instant: int) -> str:
    """Write the day of an instant.

    >>> show_day(parse("2025-03-14T09:30:00Z"))
    '2025-03-14'
    """
    return show(instant)[:10]
