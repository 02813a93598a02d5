"""References: how a person names a change, an instant or a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..graph.errors import Unreadable
from ..graph.instant import parse


def sequence(text: str) -> int | None:
    """Read "@12" or "12" as a sequence of the log; None where it is something else.

    >>> sequence("@12"), sequence("12"), sequence("2025-03-14")
    (12, 12, None)
    """
    bare = text.strip().removeprefix("@")
    return int(bare) if bare.isdecimal() and len(bare) < 16 else None


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


def existing(paths: Sequence[Path]) -> None:
    """Refuse with `Unreadable`, before anything is made, where nothing that was named exists."""
    missing = [str(path) for path in paths if not path.exists()]
    if missing and len(missing) == len(paths):
        raise Unreadable(f"{missing[0]}: no such file or folder; check the path")
