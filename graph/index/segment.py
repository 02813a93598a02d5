"""Segment: an immutable part of an index, in memory or mapped from a folder of `.npy` files.

A folder is written beside its place and published by one rename, so that a reader sees all of it or
nothing. It holds hashes, counts, offsets and vectors; no text, and nothing that has to be unpickled.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from .columns import RAGGED, TABLES, Array, Columns, from_rows, joined
from .postings import Postings, once

Noted = TypeVar("Noted")

FORMAT = 7
MANIFEST = "manifest.json"
WRITING = ".writing-"
SYNCING = 16
"""Files that are brought to the disk at once."""
SMALL = 1 << 15
"""Files below this many bytes are read, not mapped: an open mapping costs more than they do."""


@dataclass(frozen=True)
class Segment:
    """Rows of the tables with what is turned around of them, complete up to sequence `seq`.

    `known` keeps what others have worked out of the rows (see `places`); it stays where only the ends of
    intervals are others.
    """

    columns: Mapping[str, Array]
    seq: int
    dimension: int
    known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of_rows(
        cls,
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
        seq: int,
        dimension: int,
        ready: Mapping[str, Columns] | None = None,
    ) -> Segment:
        """Make a segment in memory of rows as `Intake` collects them; tables that are `ready` are taken as they are.

        >>> Segment.of_rows({}, 3, 8).size
        0
        """
        columns: Columns = {}
        for table in TABLES:
            made = None if ready is None else ready.get(table)
            columns |= from_rows(table, rows.get(table, ()), dimension) if made is None else made
        return cls.of_columns(columns, seq, dimension)

    @classmethod
    def of_columns(cls, columns: Columns, seq: int, dimension: int) -> Segment:
        """Make a segment in memory of the columns of all tables, each in order of its keys."""
        return cls(_turned(columns), seq, dimension)

    @classmethod
    def merged(cls, parts: Sequence[Segment]) -> Segment:
        """Make one segment of several, complete up to the latest of them."""
        columns: Columns = {}
        for table in TABLES:
            columns |= joined([part.columns for part in parts], table)
        return cls.of_columns(columns, max(part.seq for part in parts), parts[0].dimension)

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    @property
    def size(self) -> int:
        """How many rows there are in all tables."""
        return sum(len(self.columns[f"{table}.key"]) for table in TABLES)

    @cached_property
    def terms(self) -> Postings:
        """Cube rows by hashed term."""
        return self._postings("term")

    @cached_property
    def blocks(self) -> Postings:
        """Cube rows by the keys under which statements are compared."""
        return self._postings("block")

    @cached_property
    def forms(self) -> Postings:
        """Entity rows by the form of their name."""
        return self._postings("form")

    @cached_property
    def likes(self) -> Postings:
        """Entity rows by the keys under which names are compared."""
        return self._postings("like")

    @cached_property
    def names(self) -> Postings:
        """Entity rows by hashed folded name."""
        return self._postings("name")

    @cached_property
    def out(self) -> Postings:
        """Edge rows by the node that they come from."""
        return self._postings("out")

    @cached_property
    def into(self) -> Postings:
        """Edge rows by the node that they lead to."""
        return self._postings("into")

    @cached_property
    def placed(self) -> Postings:
        """Source rows by the cubes that they place."""
        return self._postings("placed")

    def _postings(self, name: str) -> Postings:
        keys, at, rows = (self.columns[f"{name}.{part}"] for part in ("keys", "at", "rows"))
        counts = self.columns.get(f"{name}.counts")
        return Postings(keys, at, rows, once(len(rows)) if counts is None else counts)

    def noted(self, name: str, make: Callable[[], Noted]) -> Noted:
        """What is worked out of the rows once, and kept with them under a name."""
        if name not in self.known:
            self.known[name] = make()
        found: Noted = self.known[name]
        return found

    def row(self, table: str, key: int) -> int | None:
        """Where a row stands, None where it is not in this segment."""
        keys = self.columns[f"{table}.key"]
        place = int(np.searchsorted(keys, np.uint64(key)))
        return place if place < len(keys) and int(keys[place]) == key else None

    def ended(self, table: str, ends: Mapping[int, int]) -> Segment:
        """The same segment with new ends of some rows' intervals: the rest is shared, not copied."""
        column: npt.NDArray[Any] = np.array(self.columns[f"{table}.to"])
        for row, end in ends.items():
            column[row] = end
        return replace(self, columns={**self.columns, f"{table}.to": column})

    def write(self, place: Path, about: Mapping[str, Any]) -> None:
        """Publish the segment as the folder `place`; raises OSError where that cannot be written."""
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=WRITING, dir=place.parent) as held:
            folder = Path(held) / "segment"
            folder.mkdir()
            sizes = {}
            paths = {name: folder / f"{name}.npy" for name in self.columns}
            for name, column in self.columns.items():
                np.save(paths[name], column, allow_pickle=False)
                sizes[name] = paths[name].stat().st_size
            # a disk takes many at once in the time of few
            with ThreadPoolExecutor(SYNCING) as pool:
                list(pool.map(_synced, paths.values()))
            manifest = {
                "format": FORMAT,
                "seq": self.seq,
                "dimension": self.dimension,
                "sizes": sizes,
                **about,
            }
            (folder / MANIFEST).write_text(json.dumps(manifest, sort_keys=True), "utf-8")
            try:
                folder.rename(place)
            except OSError:
                if not (place / MANIFEST).exists():
                    raise
                # Another process has published the same segment meanwhile.

    @classmethod
    def open(cls, place: Path, about: Mapping[str, Any]) -> Segment | None:
        """Map a published segment; None where it is not there, incomplete, or about something else."""
        try:
            manifest = json.loads((place / MANIFEST).read_text("utf-8"))
            if manifest.get("format") != FORMAT or any(
                manifest.get(name) != value for name, value in about.items()
            ):
                return None
            columns: Columns = {}
            for name, size in manifest["sizes"].items():
                path = place / f"{name}.npy"
                if path.stat().st_size != size:
                    return None
                columns[name] = np.load(
                    path, mmap_mode="r" if size > SMALL else None, allow_pickle=False
                )
            if not set(_names()) <= set(columns):
                return None
            return cls(columns, int(manifest["seq"]), int(manifest["dimension"]))
        except (OSError, ValueError, KeyError):
            return None


def _synced(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def discard(place: Path) -> None:
    """Remove a published segment; those who have it mapped keep what they hold."""
    # a disk forgets many at once in the time of few; with its manifest a folder is still found, and tried again
    with suppress(OSError), ThreadPoolExecutor(SYNCING) as pool:
        list(pool.map(_removed, place.glob("*.npy")))
    shutil.rmtree(place, ignore_errors=True)


def _removed(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _names() -> list[str]:
    return [f"{table}.{name}" for table, columns in TABLES.items() for name in columns] + [
        full + end for full in RAGGED for end in ("", "@")
    ]


def _turned(columns: Columns) -> Columns:
    """Add what is looked up by key: cubes by term and block, entities by name, edges by their ends."""

    def by(column: str, counts: Array | None = None) -> Postings:
        items = columns[column]
        ragged = f"{column}@" in columns
        offsets = columns[f"{column}@"] if ragged else np.arange(len(items) + 1, dtype=np.int64)
        return Postings.of(items, offsets, counts)

    turned = {
        "term": by("cube.term", columns["cube.count"]),
        "block": by("cube.block"),
        "name": by("entity.name"),
        "like": by("entity.block"),
        "form": by("entity.form"),
        "out": by("edge.src"),
        "into": by("edge.dst"),
        "placed": by("source.passage"),
    }
    for label, found in turned.items():
        columns |= {
            f"{label}.keys": found.keys,
            f"{label}.at": found.at,
            f"{label}.rows": found.rows,
        }
    # of all others each holds a key once
    columns["term.counts"] = turned["term"].counts
    return columns
