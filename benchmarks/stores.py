"""Both stores in one run: `python -m benchmarks.stores [--cubes N] [--server URL] [--json]`.

Commit against the bare insert of the same rows (1 and 1,000 cubes); then a graph of N cubes (100,000),
written by commits of 1,000, and on it the reads of the protocol, now and as of the middle of the log:
median, 95th percentile and statements a call. Last the memory of the client and, where the server was
started here, of the server. Without --server (its password in MEMCUBES_DB_PASSWORD) the server of the
tests is started; what the named one holds is deleted only if it is empty to begin with.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from memcubes.graph import (
    Along,
    Author,
    Authority,
    ChangeSet,
    Direction,
    EdgeKind,
    GuardedStore,
    NodeKind,
    Open,
    Payload,
    Where,
)
from memcubes.graph.change import Operation
from memcubes.graph.digest import new_node_id
from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.neo4j.address import Address
from memcubes.graph.scope import Scope
from memcubes.graph.sqlite import SqliteStore
from memcubes.graph.store import Engine

from .bare import Bare, bare_of
from .passages import NAMES, begin, passages

SIZES = {1: 101, 1_000: 11}
"""Cubes a commit, and how often it is repeated."""
EACH = 1_000
REPEATS = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured verb: milliseconds (median, 95th percentile) and statements a call."""

    store: str
    what: str
    p50: float
    p95: float
    statements: float


def main() -> None:
    """Measure, and print a table or JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cubes", type=int, default=100_000)
    options.add_argument("--server", default="")
    options.add_argument("--json", action="store_true")
    said = options.parse_args()
    figures = list(measure(said.cubes, said.server))
    if said.json:
        print(json.dumps([asdict(one) for one in figures]))
        return
    print(f"{'store':<8} {'what':<44} {'p50 ms':>10} {'p95 ms':>10} {'statements':>10}")
    for one in figures:
        print(
            f"{one.store:<8} {one.what:<44} {one.p50:>10.2f} {one.p95:>10.2f} {one.statements:>10.1f}"
        )


def measure(cubes: int, server: str) -> Iterator[Figure]:
    """Measure each store in turn."""
    for name, opened in (("sqlite", _sqlite), ("neo4j", lambda: _neo4j(server))):
        with opened() as (engine, memory):
            store = GuardedStore(engine, "ann")
            source = begin(store)
            bare = bare_of(engine)
            yield from _commits(name, engine, store, bare, source)
            yield from _load(name, store, source, cubes)
            yield from _reads(name, engine, store)
            yield Figure(name, "memory (MB): client, server", *memory(), 0)


@contextmanager
def _sqlite() -> Iterator[tuple[Engine, Callable[[], tuple[float, float]]]]:
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "a.db", create=True)
        yield store, lambda: (_resident("self"), 0.0)
        store.close()


@contextmanager
def _neo4j(url: str) -> Iterator[tuple[Engine, Callable[[], tuple[float, float]]]]:
    with ExitStack() as stack:
        pid = 0
        if url:
            address = Address.parse(url)
        else:
            from tests.server.server import Server
            from tests.server.stores import address as of

            conf = ["dbms.cypher.min_replan_interval=10s"]
            served = stack.enter_context(Server(conf))
            address, pid = of(served), served.pid or 0
        store = Neo4jStore(address, create=True)
        stack.callback(store.close)
        if store.head().seq:
            raise SystemExit(f"{store.url} holds memories: name an empty database")
        yield store, lambda: (_resident("self"), _resident(str(pid)) if pid else 0.0)


def _resident(process: str) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _commits(
    name: str, engine: Engine, store: GuardedStore, bare: Bare, source: str
) -> Iterator[Figure]:
    for cubes, times in SIZES.items():
        taken: list[tuple[float, float]] = []
        before = _statements(engine)
        for turn in range(times + 1):
            ops = passages(store, source, cubes)
            change = ChangeSet(ns="a", verb="ingest", ops=ops)
            rows = bare.rows(change)
            started = time.perf_counter()
            store.commit(change)
            committed = time.perf_counter()
            bare.insert(rows)
            if turn:  # the first plans, and finds nothing in any cache
                taken.append((committed - started, time.perf_counter() - committed))
        each = (_statements(engine) - before) / (times + 1)
        for what, side in (("commit", 0), ("bare insert", 1)):
            yield _figure(
                name,
                f"{what} of {cubes}",
                [pair[side] for pair in taken],
                each if not side else bare.statements,
            )
        ratio = statistics.median(a for a, _ in taken) / statistics.median(b for _, b in taken)
        yield Figure(
            name, f"ratio of {cubes}", ratio, min(a for a, _ in taken) / min(b for _, b in taken), 0
        )
        bare.clear()


def _load(name: str, store: GuardedStore, source: str, cubes: int) -> Iterator[Figure]:
    started, taken = time.perf_counter(), []
    for _ in range(cubes // EACH):
        ops = passages(store, source, EACH)
        begun = time.perf_counter()
        store.commit(ChangeSet(ns="a", verb="ingest", ops=ops))
        taken.append(time.perf_counter() - begun)
    seconds = time.perf_counter() - started
    yield Figure(name, f"commit of {EACH} into up to {cubes}", *_quantiles(taken), 0)
    yield Figure(name, "cubes a second, all in all", cubes / seconds, 0, 0)


def _reads(name: str, engine: Engine, store: GuardedStore) -> Iterator[Figure]:
    chain = _chain(store)
    head = store.head().seq
    rng = Random(1)
    now, then = store.scope("a"), store.scope("a", seq=head // 2)
    cubes = [v.node for v in store.find(then, Where(kinds=(NodeKind.MEMCUBE,)), first=1000).items]
    entities = [store.name("a", NodeKind.ENTITY, word).id for word in NAMES]
    verbs: dict[str, Callable[[Scope], object]] = {
        "get 1": lambda at: store.get(at, [rng.choice(cubes)]),
        "get 100": lambda at: store.get(at, rng.sample(cubes, min(100, len(cubes)))),
        "find 100 of a kind": lambda at: store.find(
            at, Where(kinds=(NodeKind.MEMCUBE,)), first=100
        ),
        "find by header": lambda at: store.find(
            at, Where(kinds=(NodeKind.MEMCUBE,), header={"state": "activated"}), first=20
        ),
        "neighbours of a cube": lambda at: store.edges(at, Along(touching=(rng.choice(cubes),))),
        "neighbours of a hub, 100": lambda at: store.edges(
            at, Along(kinds=(EdgeKind.MENTIONS,), dst=(rng.choice(entities),)), first=100
        ),
        "lineage, depth 5": lambda at: store.lineage(at, [chain], Direction.UP, depth=5),
        "history": lambda at: store.history(at, rng.choice(cubes)),
        "changes, newest 20": lambda at: store.changes(at, newest=True, first=20),
    }
    for what, verb in verbs.items():
        for words, at in (("", now), (" as of the middle", then)):
            if what.startswith("lineage") and words:
                continue  # the chain was made last
            verb(at)
            before, taken = _statements(engine), []
            for _ in range(REPEATS):
                started = time.perf_counter()
                verb(at)
                taken.append(time.perf_counter() - started)
            each = (_statements(engine) - before) / REPEATS
            yield _figure(name, what + words, taken, each)


def _chain(store: GuardedStore) -> str:
    """Six cubes, each made from the one before; gives the last."""
    before = ""
    for n in range(6):
        node = new_node_id()
        by = Author("a", node, Authority.INFERRED, n)
        ops: list[Operation] = [
            Open(by.version(NodeKind.MEMCUBE, node, {"title": str(n)}, payload=Payload.of("made")))
        ]
        if before:
            ops.append(Open(by.edge(EdgeKind.DERIVED_FROM, node, before, {"role": "use"})))
        store.commit(ChangeSet(ns="a", verb="remember", ops=tuple(ops)))
        before = node
    return before


def _statements(engine: Engine) -> int:
    return sum(engine.connection.ran.values()) if isinstance(engine, Neo4jStore) else 0


def _quantiles(taken: list[float]) -> tuple[float, float]:
    ordered = sorted(taken)
    return statistics.median(ordered) * 1000, ordered[int(0.95 * (len(ordered) - 1))] * 1000


def _figure(name: str, what: str, taken: list[float], statements: float) -> Figure:
    return Figure(name, what, *_quantiles(taken), statements)


if __name__ == "__main__":
    main()
