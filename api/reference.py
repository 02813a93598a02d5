"""References: how a person names a change, an instant or a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..graph.errors import Invalid, Unreadable
from ..graph.instant import parse


def sequence(text: str) -> int | None:
    """Read "@12" or "12" as a sequence of the log; None where it is something else.

    >>> sequence("@12"), sequence("12"), sequence("2025-03-14")
    (12, 12, None)
    """
    bare = text.strip().removeprefix("@")
    return int(bare) if bare.isascii() and bare.isdecimal() and len(bare) < 16 else None


def recorded(as_of: str | int | None) -> tuple[int | None, int | None]:
    """Read `--as-of` as (sequence, instant), at most one of which is given.

    >>> recorded("@12"), recorded(None), recorded("1970-01-01T00:00:01Z")
    ((12, None), (None, None), (None, 1000000))
    """
    if as_of is None:
        return None, None
    if isinstance(as_of, int):
        return as_of, None
    seq = sequence(as_of)
    return (seq, None) if seq is not None else (None, parse(as_of))


def dated(text: str) -> bool:
    """Whether a text names a sequence or an instant.

    >>> dated("@12"), dated("2025-03-14"), dated("vendor.md")
    (True, True, False)
    """
    try:
        return text != "" and recorded(text) != (None, None)
    except Invalid:
        return False


def ranged(text: str) -> tuple[str, str]:
    """Read a range as git writes it: what it begins after and what it ends with, either left out.

    >>> ranged("@3..@9"), ranged("@3.."), ranged("")
    (('@3', '@9'), ('@3', ''), ('', ''))

    Raises `Invalid` for anything else.
    """
    if not text:
        return "", ""
    low, dots, high = (part.strip() for part in text.partition(".."))
    if not dots or not all(part == "" or dated(part) for part in (low, high)):
        raise Invalid(f"'{text}' is no range: write @3..@9, @3.. or 2025-01-01..2025-02-01")
    return low, high


def spans(text: str) -> bool:
    """Whether a text is a range and no name.

    >>> spans("@3..@9"), spans("../notes.md"), spans("..@9")
    (True, False, True)
    """
    low, dots, high = text.partition("..")
    return bool(dots) and bool(low or high) and all(p == "" or dated(p) for p in (low, high))


def versioned(text: str) -> tuple[str, str]:
    """Split `ID@12` into the node and the sequence or instant at which it is meant.

    >>> versioned("0197c1d2@12"), versioned("vendor.md"), versioned("me@home.md")
    (('0197c1d2', '@12'), ('vendor.md', ''), ('me@home.md', ''))
    """
    name, sign, when = text.rpartition("@")
    if not sign or not name or not dated(when):
        return text, ""
    return name, f"@{when}" if sequence(when) is not None else when


def written(value: object, what: str) -> str:
    """Take a text that a program hands over; raises `Invalid` for anything else.

    >>> written("tea", "a question")
    'tea'
    """
    if not isinstance(value, str):
        raise Invalid(f"{what} is text, not {type(value).__name__}: give a str")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Invalid(
            f"{what} is whole characters: half a one stands at {error.start} (a lone surrogate)"
        ) from None
    return value


def existing(paths: Sequence[Path]) -> None:
    """Refuse with `Unreadable`, before anything is made, where nothing that was named exists."""
    missing = [str(path) for path in paths if not path.exists()]
    if missing and len(missing) == len(paths):
        raise Unreadable(f"{missing[0]}: no such file or folder; check the path")
