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

from memcubes.graph import (
    Author,
    Authority,
    ChangeSet,
    EdgeKind,
    GuardedStore,
    NodeKind,
    Open,
    Payload,
)
from memcubes.graph.change import Operation
from memcubes.graph.digest import new_node_id
from memcubes.graph.sqlite import SqliteStore

SIZES = {1: 101, 1_000: 15}
"""Cubes a commit, and how often it is repeated."""
TEXT = "The mill by the river was sold to Adele Brandt in the spring of that year. " * 8
NAMES = [f"name {n}" for n in range(200)]
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
    source = _begin(folder / "commit.db")
    shutil.copy(folder / "commit.db", folder / "bare.db")
    store = GuardedStore(SqliteStore(folder / "commit.db"), "ann")
    bare = SqliteStore(folder / "bare.db")
    reader = sqlite3.connect(folder / "commit.db")
    taken: list[tuple[float, float]] = []
    rows = 0
    for turn in range(times + 1):
        change = ChangeSet(ns="a", verb="ingest", ops=_passages(store, source, cubes))
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


def _begin(path: Path) -> str:
    """A store with one source and some entities; the source's node id."""
    store = GuardedStore(SqliteStore(path, create=True), "ann")
    name = store.name("a", NodeKind.SOURCE, "file.md")
    by = Author("a", name.id, Authority.EXTRACTED, 1)
    opens = [by.version(NodeKind.SOURCE, name.id, {"uri": "file.md"}, key=name.key)]
    for surface in NAMES:
        entity = store.name("a", NodeKind.ENTITY, surface)
        opens.append(by.version(NodeKind.ENTITY, entity.id, {"name": surface}, key=entity.key))
    store.commit(ChangeSet(ns="a", verb="ingest", ops=tuple(map(Open, opens))))
    store.close()
    return name.id


def _passages(store: GuardedStore, source: str, count: int) -> tuple[Operation, ...]:
    by = Author("a", source, Authority.EXTRACTED, 1)
    out: list[Operation] = []
    before = ""
    for n in range(count):
        node = new_node_id()
        header = {
            "title": "The mill by the river",
            "semantic_type": "document",
            "origin_type": "retrieved",
            "language": "en",
            "state": "activated",
            "sentences": [[at, at + 75] for at in range(0, 600, 75)],
        }
        out.append(
            Open(by.version(NodeKind.MEMCUBE, node, header, key=node, payload=Payload.of(TEXT)))
        )
        out.append(Open(by.edge(EdgeKind.DERIVED_FROM, node, source, {"role": "primary source"})))
        for word in (NAMES[n % 200], NAMES[n * 7 % 200 - 1]):
            entity = store.name("a", NodeKind.ENTITY, word)
            out.append(Open(by.edge(EdgeKind.MENTIONS, node, entity.id, {"spans": [[46, 58]]})))
        if before:
            out.append(Open(by.edge(EdgeKind.NEXT, before, node)))
        before = node
    return tuple(out)


if __name__ == "__main__":
    main()
