"""Visibility: which rows of a segment a scope shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..digest import hashed
from ..scope import Scope
from .columns import Array
from .segment import Segment

Places = npt.NDArray[np.int64]


def shown(
    segment: Segment, table: str, scope: Scope, rows: Places | None = None
) -> npt.NDArray[np.bool_]:
    """Whether a scope shows each row of a table: reader set, system time, valid time, origins left out.

    With `rows` only those are looked at.
    """

    def column(name: str) -> Array:
        whole = segment[f"{table}.{name}"]
        return whole if rows is None else whole[rows]

    seen = np.asarray(column("from") <= scope.seq)
    seen &= column("to") > scope.seq
    acl = column("acl")
    seen &= acl == 0 if scope.acls == (0,) else np.isin(acl, np.array(scope.acls, np.int64))
    if scope.valid_at is not None:
        seen &= column("start") <= scope.valid_at
        seen &= column("end") > scope.valid_at
    if scope.without:
        left_out = np.array([hashed(origin) for origin in scope.without], np.uint64)
        seen &= ~np.isin(column("origin"), left_out)
        if table in ("cube", "entity"):
            seen &= ~np.isin(column("node"), left_out)
    if table == "cube" and not scope.archived:
        seen &= column("active")
    return seen


def visible(segment: Segment, table: str, scope: Scope, rows: Places | None = None) -> Places:
    """The rows of a table that a scope shows; of these `rows`, in their order, where they are given."""
    found = np.flatnonzero(shown(segment, table, scope, rows))
    return found if rows is None else rows[found]


def placing(
    segments: Sequence[Segment], scope: Scope, node: int, cube: str
) -> tuple[str, int, str]:
    """What orders passages of equal score: source, place in it, id; `node` is the cube's hash."""
    found: list[tuple[str, int]] = []
    for segment in segments:
        rows = np.unique(segment.placed.find(node)[0]).astype(np.int64)
        for row in visible(segment, "source", scope, rows).tolist():
            at, uri = segment["source.passage@"], segment["source.uri@"]
            raw = segment["source.uri"][uri[row] : uri[row + 1]].tobytes()
            held = slice(at[row], at[row + 1])
            for offset in segment["source.offset"][held][
                segment["source.passage"][held] == node
            ].tolist():
                found.append((raw.decode("utf-8", "surrogatepass"), offset))
    return *min(found, default=("", 0)), cube
