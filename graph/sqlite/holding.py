"""What holds have to know of the rows of an embedded store, read inside the transaction of a change."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..hold import MARK, Standing
from ..instant import OPEN
from . import rows

Run = Callable[..., sqlite3.Cursor]

MARKED = f"kind = 'MemCube' AND content IS NOT NULL AND instr(content, '{MARK}') > 0"
"""True of every version that may carry a hold; what it carries its header says."""


def standings(run: Run, ids: Sequence[str], until: int) -> list[Standing]:
    """Versions of cubes by record id, as they lie there now, in the interval that ends then."""
    return _read(
        run,
        "v.kind = 'MemCube' AND v.to_seq = ? AND v.id IN (SELECT value FROM json_each(?))",
        (until, rows.as_list(ids)),
    )


def legally_held(run: Run, reached: Iterable[tuple[str, str | None]]) -> list[Standing]:
    """The versions in force under a mark that share a node, an origin or a payload with what is to go."""
    pairs = list(reached)
    nodes = rows.as_list(sorted({node for node, _ in pairs}))
    payloads = rows.as_list(sorted({digest for _, digest in pairs if digest is not None}))
    same = "SELECT ord FROM node WHERE id IN (SELECT value FROM json_each(?))"
    return _read(
        run,
        f"v.to_seq = {OPEN} AND v.kind = 'MemCube' AND v.content IS NOT NULL "
        f"AND instr(v.content, '{MARK}') > 0 "
        f"AND (v.node IN ({same}) OR v.origin IN ({same}) "
        "OR v.payload IN (SELECT value FROM json_each(?)))",
        (nodes, nodes, payloads),
    )


def _read(run: Run, where: str, params: tuple[Any, ...]) -> list[Standing]:
    found = run(f"SELECT {rows.VERSION} FROM {rows.VERSION_FROM} WHERE {where}", params)
    versions = {row[0]: rows.version(row) for row in found.fetchall()}
    return [Standing.of(version) for version in versions.values()]
