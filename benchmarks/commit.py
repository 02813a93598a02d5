"""What a commit costs beside the bare insert of its rows: `python -m benchmarks.commit [--json]`.

A passage cube comes with four edges (its source, the passage after it, two mentions). The same rows go
into two copies of one file: into the first by `GraphStore.commit` with its leaf, into the second by
`INSERT`s in one transaction, under the same schema, indexes and pragmas. Both are timed in turn; the
median of the repetitions and their ratio are given, and the ratio of the least of each, which a busy
machine disturbs less.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memcubes.graph import ChangeSet, GuardedStore
from memcubes.graph.sqlite import SqliteStore

from .passages import begin, passages

SIZES = {1: 101, 1_000: 15}
"""Cubes a commit, and how often it is repeated."""
TABLES = ("node", "payload", "version", "edge")


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of the median commit and bare insert of its rows; `least` is the fastest's ratio."""

    cubes: int
    rows: int
    commit: float
    bare: float
    least: float

    @property
    def ratio(self) -> float:
        """How many times the bare insert a commit takes."""
        return self.commit / self.bare


def main() -> None:
    """Measure, and print a table or JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    costs = measure(dict(SIZES))
    if options.parse_args().json:
        print(json.dumps([{**_plain(cost), "ratio": round(cost.ratio, 2)} for cost in costs]))
        return
    print("cubes   rows   commit ms   bare ms   ratio   least")
    for cost in costs:
        print(
            f"{cost.cubes:>5} {cost.rows:>6} {cost.commit:>11.2f} {cost.bare:>9.2f} {cost.ratio:>7.2f} {cost.least:>7.2f}"
        )


def _plain(cost: Cost) -> dict[str, Any]:
    return {
        "cubes": cost.cubes,
        "rows": cost.rows,
        "commit_ms": round(cost.commit, 3),
        "bare_ms": round(cost.bare, 3),
        "least_ratio": round(cost.least, 2),
    }


def measure(sizes: dict[int, int]) -> list[Cost]:
    """The cost of each size, in a store of its own."""
    costs = []
    for cubes, times in sizes.items():
        with tempfile.TemporaryDirectory() as folder:
            costs.append(_cost(Path(folder), cubes, times))
    return costs


def _cost(folder: Path, cubes: int, times: int) -> Cost:
    first = GuardedStore(SqliteStore(folder / "commit.db", create=True), "ann")
    source = begin(first)
    first.close()
    shutil.copy(folder / "commit.db", folder / "bare.db")
    store = GuardedStore(SqliteStore(folder / "commit.db"), "ann")
    bare = SqliteStore(folder / "bare.db")
    reader = sqlite3.connect(folder / "commit.db")
    taken: list[tuple[float, float]] = []
    rows = 0
    for turn in range(times + 1):
        change = ChangeSet(ns="a", verb="ingest", ops=passages(store, source, cubes))
        last = {t: reader.execute(f"SELECT max(rowid) FROM {t}").fetchone()[0] for t in TABLES}
        started = time.perf_counter()
        store.commit(change)
        committed = time.perf_counter() - started
        new = {
            t: reader.execute(f"SELECT * FROM {t} WHERE rowid > ?", (last[t] or 0,)).fetchall()
            for t in TABLES
        }
        started = time.perf_counter()
        _insert(bare, new)
        inserted = time.perf_counter() - started
        if turn:  # the first finds nothing in any cache
            taken.append((committed, inserted))
        rows = sum(map(len, new.values()))
    reader.close()
    store.close()
    bare.close()
    commit, insert = (statistics.median(side) * 1000 for side in zip(*taken, strict=True))
    least = min(pair[0] for pair in taken) / min(pair[1] for pair in taken)
    return Cost(cubes, rows, commit, insert, least)


def _insert(bare: SqliteStore, new: dict[str, list[tuple[Any, ...]]]) -> None:
    with bare._database.writing() as connection:
        for table, held in new.items():
            if held:
                marks = ", ".join("?" * len(held[0]))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", held)


if __name__ == "__main__":
    main()
