"""Columns: the arrays of which a segment is made, and how several sets of them become one.

A *table* is a set of columns `table.name` of equal length, in order of `table.key`. A *ragged* column
holds several items a row: `table.name` has the items and `table.name@` where each row's begin, with one
number more than there are rows. Nodes, records, terms and names stand in them as 64-bit hashes, so that
no text lies in an index that the store might have to erase.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ..digest import hashed
from .sketch import sketches

Array: TypeAlias = npt.NDArray[Any]
Columns: TypeAlias = dict[str, Array]

SHARED = {
    "key": np.uint64,
    "from": np.int64,
    "to": np.int64,
    "acl": np.int64,
    "origin": np.uint64,
    "start": np.int64,
    "end": np.int64,
}
"""What every row of a record has: record and interval, reader set, origin, and valid time.

A likeness is of two forms of names, whoever wrote them, and counts where a row of each is visible.
"""

HEADER = ("semantic_type", "origin_type", "state", "language", "speaker", "record_kind")
"""Fields of a cube's header that are filtered and counted; 0 is a field that the header does not have."""

TABLES: Mapping[str, Mapping[str, Any]] = {
    "cube": {
        **SHARED,
        "node": np.uint64,
        "id": "S36",
        "record": "S36",
        "mark": np.uint64,
        "active": np.bool_,
        "archived": np.bool_,
        "stated": np.int64,
        **dict.fromkeys(HEADER, np.uint64),
        "payload": np.uint64,
        "length": np.int64,
        "vector": np.int16,
        "sketch": np.uint64,
    },
    "entity": {**SHARED, "node": np.uint64, "id": "S36", "record": "S36", "form": np.uint64},
    "source": {**SHARED, "node": np.uint64, "media": np.uint64, "author": np.uint64},
    "edge": {**SHARED, "kind": np.uint8, "src": np.uint64, "dst": np.uint64},
    "tag": {**SHARED, "node": np.uint64, "record": "S36", "path": np.uint64},
    "tagging": {**SHARED, "src": np.uint64, "dst": np.uint64},
    "likeness": {
        "key": np.uint64,
        "one": np.uint64,
        "other": np.uint64,
        "chance": np.int32,
        "certain": np.bool_,
        "contrary": np.bool_,
    },
}

RAGGED: Mapping[str, tuple[Any, tuple[int, ...] | None]] = {
    "cube.sentence": (np.int32, (2,)),
    "cube.sense": (np.int16, None),
    "cube.outline": (np.uint64, None),
    "cube.term": (np.uint64, ()),
    "cube.count": (np.int32, ()),
    "cube.block": (np.uint64, ()),
    "cube.rival": (np.uint64, ()),
    "cube.bond": (np.int32, (7,)),
    "cube.pin": (np.uint64, ()),
    "cube.quoted": (np.uint64, ()),
    "cube.quote": (np.int32, (3,)),
    "entity.name": (np.uint64, ()),
    "entity.block": (np.uint64, ()),
    "tag.above": (np.uint64, ()),
    "source.uri": (np.uint8, ()),
    "source.passage": (np.uint64, ()),
    "source.offset": (np.int64, ()),
    "edge.span": (np.int32, (2,)),
    "edge.alias": (np.uint64, ()),
}
"""Ragged columns with the type and shape of an item; None is a vector of the encoder, or the sketch of one.

A cube of a single sentence has no `sense`: its own vector is the sentence's. `tag.above` are the paths of a tag
and of all that it is under. A cube of a single sentence has no `sense`: its own vector is the sentence's. `outline` has the sketch of each
sense, as `sketch` is that of the vector.
"""


def row_key(record: str, from_seq: int) -> int:
    """Name one interval of one record."""
    return hashed(f"{record}@{from_seq}")


def starts(lengths: Iterable[int] | Array) -> npt.NDArray[np.int64]:
    """Where each of several runs begins, and where the last ends.

    >>> starts([2, 0, 3]).tolist()
    [0, 2, 2, 5]
    """
    listed = lengths if isinstance(lengths, np.ndarray) else list(lengths)
    counted = np.asarray(listed, dtype=np.int64)
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counted)])


def spread(
    offsets: npt.NDArray[np.integer[Any]], rows: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The places of the items of some rows of a ragged column, and how many each row has.

    >>> [part.tolist() for part in spread(starts([2, 0, 3]), np.array([2, 0]))]
    [[2, 3, 4, 0, 1], [3, 2]]
    """
    first = offsets[rows].astype(np.int64)
    counts = offsets[rows + 1] - first
    total = int(counts.sum())
    before = np.cumsum(counts) - counts
    places = np.arange(total, dtype=np.int64) + np.repeat(first - before, counts)
    return places, counts


def from_rows(table: str, rows: Sequence[Mapping[str, Any]], dimension: int) -> Columns:
    """Turn rows into the columns of a table, in order of their keys; vectors have `dimension` columns."""
    ordered = sorted(rows, key=lambda row: row["key"])
    columns: Columns = {}
    for name, kind in TABLES[table].items():
        if name == "sketch":
            columns[f"{table}.{name}"] = sketches(columns[f"{table}.vector"])
            continue
        values = [row[name] for row in ordered]
        if kind == "S36":
            width = max((len(value) for value in values), default=36)
            kind = f"S{max(36, width)}"
        shape = (len(rows), dimension) if name == "vector" else (len(rows),)
        columns[f"{table}.{name}"] = np.array(values, dtype=kind).reshape(shape)
    for full in ragged_of(table):
        kind, tail = RAGGED[full]
        if full == "cube.outline":
            columns[full] = sketches(columns["cube.sense"])
            columns[f"{full}@"] = columns["cube.sense@"]
            continue
        parts = [row[full.split(".")[1]] for row in ordered]
        if full == "cube.sense":
            parts = [_senses(row["vector"], part) for row, part in zip(ordered, parts, strict=True)]
        flat = [item for part in parts for item in part]
        tail = (dimension,) if tail is None else tail
        columns[full] = np.array(flat, dtype=kind).reshape(len(flat), *tail)
        columns[f"{full}@"] = starts(len(part) for part in parts)
    return columns


def _senses(vector: Array, senses: Sequence[Array]) -> Sequence[Array]:
    """The vectors of sentences; none for a single one that is the whole passage, whose vector it has."""
    return () if len(senses) == 1 and np.array_equal(vector, senses[0]) else senses


def ragged_of(table: str) -> list[str]:
    """The ragged columns of a table."""
    return [full for full in RAGGED if full.split(".")[0] == table]


def take(columns: Mapping[str, Array], table: str, rows: npt.NDArray[np.int64]) -> Columns:
    """The same table with only these rows, in this order."""
    taken = {f"{table}.{name}": columns[f"{table}.{name}"][rows] for name in TABLES[table]}
    for full in ragged_of(table):
        places, counts = spread(columns[f"{full}@"], rows)
        taken[full] = columns[full][places]
        taken[f"{full}@"] = starts(counts)
    return taken


def joined(parts: Sequence[Mapping[str, Array]], table: str) -> Columns:
    """One table of several, in order of the keys."""
    together: Columns = {
        f"{table}.{name}": np.concatenate([part[f"{table}.{name}"] for part in parts])
        for name in TABLES[table]
    }
    for full in ragged_of(table):
        together[full] = np.concatenate([part[full] for part in parts])
        together[f"{full}@"] = starts(np.concatenate([np.diff(part[f"{full}@"]) for part in parts]))
    order = np.argsort(together[f"{table}.key"], kind="stable").astype(np.int64)
    return take(together, table, order)
