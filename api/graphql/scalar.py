"""The two scalars of the schema: instants, and sequences of the log."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from ...graph.errors import Invalid
from ...graph.instant import OPEN, parse
from ..reference import sequence

Instant = NewType("Instant", int)
"""Microseconds since 1970 (UTC), in the schema RFC 3339."""

Seq = NewType("Seq", int)
"""A place in the log, in the schema an integer of up to 53 bits."""

_SINCE = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def written_instant(instant: int) -> str:
    """Write an instant as RFC 3339 in UTC, always with microseconds, so that texts sort as times do.

    >>> written_instant(1_000_000)
    '1970-01-01T00:00:01.000000Z'
    """
    moment = _SINCE + timedelta(microseconds=instant)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_instant(value: object) -> Instant:
    """Read an instant that a client sends; a day means its beginning, a time without a zone is UTC.

    >>> read_instant("2025-03-14") == read_instant("2025-03-14T01:00:00+01:00")
    True

    Raises `Invalid` for anything else.
    """
    if not isinstance(value, str) or not _DAY.match(value.strip()):
        raise Invalid(f"{value!r} is no instant: write 2025-03-14T09:30:00Z")
    return Instant(parse(value))


def read_seq(value: object) -> Seq:
    """Read a sequence that a client sends: an integer, or its digits as text ("12", "@12").

    >>> read_seq(2**40), read_seq("@12")
    (1099511627776, 12)

    Raises `Invalid` for anything else.
    """
    found = sequence(value) if isinstance(value, str) else value
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found < OPEN:
        raise Invalid(f"{value!r} is no sequence of the log: write 12, as `memcubes log` shows it")
    return Seq(found)


SCALARS: dict[object, ScalarDefinition] = {
    Instant: strawberry.scalar(
        name="Instant",
        description="A time in UTC as RFC 3339 with microseconds: 2025-03-14T09:30:00.000000Z.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=written_instant,
        parse_value=read_instant,
    ),
    Seq: strawberry.scalar(
        name="Seq",
        description="A place in the log: an integer of up to 53 bits, as JSON keeps it exactly.",
        serialize=int,
        parse_value=read_seq,
    ),
}
