"""What it costs to take things back: `python -m benchmarks.taking_back [--cubes N] [--json] [--store NAME]`.

On each store, a source of N / 10 cubes and an entity that all of them mention, artefacts made of one cube
(N receipts), a node with a long history, and the belief of all facts: impact before and after, retract
and revert, merge and revert, reads as of the middle against now. Milliseconds; median of a few, since
each changes the store. N is 100,000 by default.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from memcubes.graph import (
    Along,
    Author,
    Authority,
    ChangeSet,
    Close,
    EdgeKind,
    GuardedStore,
    NodeKind,
    Open,
    Payload,
    Selector,
)
from memcubes.graph.belief import beliefs
from memcubes.graph.canonical import identities
from memcubes.graph.change import Operation
from memcubes.graph.curator import Curator
from memcubes.graph.digest import new_node_id
from memcubes.graph.impact import impact_of, impact_without
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.merging import Merging
from memcubes.graph.store import Engine
from memcubes.query.memoperator import MemOperator

from .passages import TEXT
from .stores import _neo4j, _sqlite

NS = "a"
AT_ONCE = 1_000
REVISIONS = 2_000
"""How often the node with a long history was revised."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured act: median milliseconds, how many times, and what it reached."""

    store: str
    what: str
    ms: float
    times: int
    reached: int


def main() -> None:
    """Measure, and print a table or JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cubes", type=int, default=100_000)
    options.add_argument("--store", choices=("sqlite", "neo4j", "both"), default="both")
    options.add_argument("--server", default="")
    options.add_argument("--json", action="store_true")
    said = options.parse_args()
    figures: list[Figure] = []
    for name, opened in (("sqlite", _sqlite), ("neo4j", lambda: _neo4j(said.server))):
        if said.store in (name, "both"):
            with opened() as (engine, _):
                for figure in measure(name, engine, said.cubes):
                    figures.append(figure)
                    if not said.json:
                        print(
                            f"{figure.store:<7} {figure.what:<52} {figure.ms:>12.1f} ms  "
                            f"({figure.times} times, {figure.reached} reached)",
                            flush=True,
                        )
    if said.json:
        print(json.dumps([asdict(one) for one in figures]))


def measure(name: str, engine: Engine, cubes: int) -> Iterator[Figure]:
    """Every figure of one store."""
    store = GuardedStore(engine, "ann")
    world = _World(store, cubes // 10)
    yield Figure(name, "write the source", world.seconds * 1000, 1, cubes // 10)
    yield from _history(name, world)
    yield from _merging(name, world)
    yield from _belief(name, world)
    yield from _retracting(name, world)
    yield from _descendants(name, world, cubes)


class _World:
    """One large source whose cubes mention one entity and state a fact each, and one small one."""

    def __init__(self, store: GuardedStore, size: int) -> None:
        self.store, self.size = store, size
        self.curator = Curator(store, NS)
        self.large, self.small = (
            store.name(NS, NodeKind.SOURCE, uri) for uri in ("large", "small")
        )
        self.entity, self.other = (
            store.name(NS, NodeKind.ENTITY, word) for word in ("mill", "old mill")
        )
        started = time.perf_counter()
        self.cubes = self._write("large", size)
        self.seconds = time.perf_counter() - started
        self._write("small", 5)

    def _write(self, uri: str, count: int) -> list[str]:
        home = self.store.name(NS, NodeKind.SOURCE, uri)
        by = Author(NS, home.id, Authority.EXTRACTED, 10, True)
        entity = self.entity if uri == "large" else self.other
        ops: list[Operation] = [
            Open(by.version(NodeKind.SOURCE, home.id, {"uri": uri}, key=home.key)),
            Open(by.version(NodeKind.ENTITY, entity.id, {"name": uri}, key=entity.key)),
        ]
        made = []
        for n in range(count):
            node = new_node_id()
            made.append(node)
            fact = self.store.name(NS, NodeKind.FACT, "mill", "cost", f"{n} crowns")
            said = {"subject": "mill", "relation": "cost", "object": f"{n} crowns", "stated": 10}
            header = {"title": "The mill", "state": "activated", "sentences": [[0, 75]]}
            records = (
                by.version(NodeKind.MEMCUBE, node, header, payload=Payload.of(f"{n} {TEXT}")),
                by.version(NodeKind.FACT, fact.id, said, key=fact.key),
                by.edge(EdgeKind.DERIVED_FROM, node, home.id, {"role": "primary source"}),
                by.edge(EdgeKind.MENTIONS, node, entity.id, {"spans": [[4, 8]]}),
                by.edge(EdgeKind.SUPPORTS, node, fact.id, {"spans": [[0, 75]]}),
                by.edge(EdgeKind.SUBJECT_OF, entity.id, fact.id),
            )
            ops += [Open(record) for record in records]
            if len(ops) > 4_900:
                self.commit("ingest", ops)
                ops = []
        self.commit("ingest", ops)
        return made

    def commit(self, verb: str, ops: list[Operation]) -> int:
        """Commit operations as one change."""
        return self.store.commit(ChangeSet(NS, verb, tuple(ops)))[0].seq


def _timed(act: Callable[[], object]) -> tuple[float, object]:
    started = time.perf_counter()
    found = act()
    return (time.perf_counter() - started) * 1000, found


def _median(act: Callable[[], object], times: int = 5) -> float:
    act()
    return statistics.median(_timed(act)[0] for _ in range(times))


def _history(name: str, world: _World) -> Iterator[Figure]:
    """Reads as of the middle of a long history against the same reads now."""
    store, node = world.store, new_node_id()
    by = Author(NS, node, Authority.ASSERTED, 10)
    version = by.version(
        NodeKind.MEMCUBE, node, {"title": "0", "state": "activated"}, payload=Payload.of(TEXT)
    )
    world.commit("remember", [Open(version)])
    middle = 0
    for n in range(1, REVISIONS):
        header = {"title": str(n), "state": "activated"}
        new = by.version(NodeKind.MEMCUBE, node, header, payload=Payload.of(f"{n} {TEXT}"))
        edge = by.edge(EdgeKind.MENTIONS, node, world.entity.id, {"spans": [[0, 4]], "n": n})
        seq = world.commit("revise", [Close(Selector(ids=(version.id,))), Open(new), Open(edge)])
        world.commit("revise", [Close(Selector(ids=(edge.id,)))])
        version = new
        if n == REVISIONS // 2:
            middle = seq
    index = GraphIndex(store, load_encoder("hashing"))
    operator = MemOperator(store, index, load_encoder("hashing"))
    now, then = store.scope(NS), store.scope(NS, seq=middle)
    reads: dict[str, Callable[[object], object]] = {
        "get": lambda at: store.get(at, [node]),  # type: ignore[arg-type]
        "neighbours": lambda at: store.edges(at, Along(src=(node,))),  # type: ignore[arg-type]
        "search": lambda at: operator.search(at, "What did the mill cost?"),  # type: ignore[arg-type]
    }
    for what, read in reads.items():
        times = 20 if what == "search" else 100
        for words, at in (("now", now), ("as of the middle", then)):
            took = _median(lambda read=read, at=at: read(at), times)  # type: ignore[misc]
            yield Figure(name, f"{what} {words}, {REVISIONS} revisions", took, times, 1)
    index.close()


def _merging(name: str, world: _World) -> Iterator[Figure]:
    store, deciding = world.store, Merging(world.curator)
    merged, undone = [], []
    for _ in range(5):
        pair = [world.entity.id, world.other.id]
        took, done = _timed(
            lambda: store.commit(deciding.merging(store.scope(NS), pair, "same"))[0]  # noqa: B023
        )
        merged.append(took)
        seq = done.seq  # type: ignore[attr-defined]
        took, _ = _timed(
            lambda: store.commit(world.curator.reversal(store.scope(NS), seq, "undo"))  # noqa: B023
        )
        undone.append(took)
    reached = world.size
    yield Figure(
        name, "merge of an entity with its mentions", statistics.median(merged), 5, reached
    )
    yield Figure(name, "revert of that merge", statistics.median(undone), 5, reached)


def _belief(name: str, world: _World) -> Iterator[Figure]:
    scope, facts = world.store.scope(NS), world.size
    every = _median(lambda: beliefs(world.store, scope), 3)
    yield Figure(name, "belief of every fact, recomputed", every, 3, facts)
    held = beliefs(world.store, scope)
    took = _median(lambda: [held[fact].status for fact in held], 5)
    yield Figure(name, "the same from memory: the floor of a cache", took, 5, facts)
    one = world.store.name(NS, NodeKind.FACT, "mill", "cost", "1 crowns").id
    yield Figure(
        name,
        "belief of one fact of the large subject",
        _median(lambda: beliefs(world.store, scope, [one]), 3),
        3,
        facts,
    )
    yield Figure(name, "who is who", _median(lambda: identities(world.store, scope), 5), 5, 0)


def _retracting(name: str, world: _World) -> Iterator[Figure]:
    store, source = world.store, world.large.id
    took, found = _timed(lambda: impact_without(store, store.scope(NS), [source]))
    yield Figure(name, "impact of a source, tried", took, 1, len(found.withdrawn))  # type: ignore[attr-defined]
    took, done = _timed(
        lambda: store.commit(world.curator.retraction(store.scope(NS), source, "wrong"))[0]
    )
    yield Figure(name, "retract the source", took, 1, world.size)
    seq = done.seq  # type: ignore[attr-defined]
    took, _ = _timed(lambda: impact_of(store, store.scope(NS), seq))
    yield Figure(name, "impact of the retraction, done", took, 1, world.size)
    took, _ = _timed(lambda: store.commit(world.curator.reversal(store.scope(NS), seq, "undo")))
    yield Figure(name, "revert the retraction", took, 1, world.size)


def _descendants(name: str, world: _World, count: int) -> Iterator[Figure]:
    """Everything that was made of one cube: the impact of taking it away."""
    store, cube = world.store, world.cubes[0]
    (version,) = store.get(store.scope(NS), [cube])
    assert version.payload
    use = {"role": "use", "payload": version.payload.digest, "spans": []}
    for start in range(0, count, AT_ONCE):
        ops: list[Operation] = []
        for _ in range(start, min(start + AT_ONCE, count)):
            node = new_node_id()
            by = Author(NS, node, Authority.ASSERTED, 10, True)
            header = {"verb": "ask", "question": "?", "viewer": "ann"}
            ops.append(Open(by.version(NodeKind.INJECTION, node, header, payload=Payload.of("."))))
            ops.append(Open(by.edge(EdgeKind.DERIVED_FROM, node, cube, use)))
        world.commit("ask", ops)
    took, found = _timed(lambda: impact_without(store, store.scope(NS), [cube]))
    reached = len(found.stale)  # type: ignore[attr-defined]
    yield Figure(name, "impact over everything made of one cube", took, 1, reached)


if __name__ == "__main__":
    main()
