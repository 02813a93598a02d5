"""On very many cubes each statement goes where it has to and reads no more than that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import chain
from typing import Any

import pytest

from memcubes.api.memory import Memory
from memcubes.cypher import statement, statements
from memcubes.graph import (
    Along,
    Close,
    Derived,
    EdgeKind,
    NodeKind,
    Reopen,
    Scope,
    Selector,
    Shred,
    Where,
)
from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.scope import Direction
from memcubes.graph.tally import Tally

from ..contract.world import World
from ..server.server import Server
from ..server.stores import address, empty_store
from . import crowd, planned
from .plan import Plan, Profiling, declared, slow

pytestmark = pytest.mark.skipif(
    not crowd.CAMPAIGN and planned.recorded().get(planned.CROWD) == planned.crowded(),
    reason="nothing is another since it was planned: see tests/cypher/planned.py",
)

BOUND = 5_000
"""How often a read of one node, one page, one step of lineage or one commit may ask the store."""
Acts = dict[str, Callable[["Crowd"], Any]]
QUICK = ("-XX:TieredStopAtLevel=4", "-Xms1g", "-Xmn600m") if crowd.CAMPAIGN else ()
"""A server that is filled with very much at once is better off with these."""
CUBES = tuple(f"MemCube-{n}" for n in range(500, 550))


class Crowd(World):
    """The big graph behind a connection that profiles and keeps nothing."""

    def __init__(self, store: Neo4jStore) -> None:
        assert isinstance(store.connection, Profiling)
        self.db = store.connection
        self.neo4j = self.store = self.engine = store
        self.all: Scope = store.scope("a", "ann")
        self.begin = self.all.seq - crowd.SOURCES + 1
        self.then = store.scope("a", "ann", seq=self.begin + crowd.OFTEN // 2)

    def remember(self) -> None:
        """One cube with an edge to its source and one to an entity."""
        cube = self.cube("coffee", "Source-5")
        by = self.by("Source-5")
        self.put(
            cube,
            by.edge(EdgeKind.DERIVED_FROM, cube.node, "Source-5", {"role": "primary source"}),
            by.edge(EdgeKind.MENTIONS, cube.node, "Entity-5"),
            by.edge(EdgeKind.TAGGED, cube.node, "Tag-5"),
        )

    def admit_one(self) -> None:
        """Let one more agent read a cube."""
        bob, by = self.agent("bob"), self.by
        grant = by(bob.node).edge(EdgeKind.GRANTS, bob.node, "MemCube-1", {"role": "reader"})
        self.put(bob, grant)

    def vectors(self) -> None:
        """Keep a vector that Neo4j searches."""
        made = [Derived("MemCube-v-3", "minilm", b"1", (0.5, 0.5))]
        self.neo4j.put_derived("a", "minilm", made, watermark=4)


def ids(*names: str) -> Selector:
    """Some records."""
    return Selector(ids=names)


def record(**header: str | tuple[str, ...]) -> Where:
    """Cubes by what they are looked up by."""
    return Where(kinds=(NodeKind.MEMCUBE,), header=header)


# What must cost the same however large the graph is.
SMALL: Acts = {
    "head": lambda c: c.neo4j.head(),
    "namespaces": lambda c: c.neo4j.namespaces(),
    "rights": lambda c: c.neo4j.rights("a", "ann"),
    "pin to an instant": lambda c: c.neo4j.scope("a", "ann", recorded=2**50),
    "one node": lambda c: c.neo4j.get(c.all, CUBES[:1]),
    "history of a node": lambda c: c.neo4j.history(c.all, CUBES[0]),
    "a page of cubes": lambda c: c.neo4j.find(c.all, Where(kinds=(NodeKind.MEMCUBE,))),
    "two nodes": lambda c: c.neo4j.find(c.all, Where(nodes=CUBES[:2])),
    "a page of an origin": lambda c: c.neo4j.find(c.all, Where(origins=("Source-7",))),
    "a payload": lambda c: c.neo4j.find(c.all, Where(payloads=("x",))),
    "records of a kind": lambda c: c.neo4j.find(c.all, record(record_kind="pets")),
    "records by keys": lambda c: c.neo4j.find(c.all, record(record_key=("p1", "p2"))),
    "sources of a folder": lambda c: c.neo4j.find(
        c.all, Where(kinds=(NodeKind.SOURCE,), under=("/notes/", "/other/a.csv"))
    ),
    "a page of a prefix": lambda c: c.neo4j.find(c.all, Where(starts="MemCube-777")),
    "edges of a kind": lambda c: c.neo4j.edges(c.all, Along(kinds=(EdgeKind.MENTIONS,)), first=50),
    "edges of a rare kind": lambda c: c.neo4j.edges(
        c.all, Along(kinds=(EdgeKind.GRANTS,)), first=50
    ),
    "edges from": lambda c: c.neo4j.edges(c.all, Along(src=CUBES[:3]), first=100),
    "edges to": lambda c: c.neo4j.edges(c.all, Along(dst=("Entity-9",)), first=100),
    "edges touching": lambda c: c.neo4j.edges(c.all, Along(touching=CUBES[:3]), first=100),
    "edges of what was often revised": lambda c: c.neo4j.edges(c.all, Along(src=("MemCube-3",))),
    "the same in between": lambda c: c.neo4j.edges(c.then, Along(src=("MemCube-3",))),
    "up": lambda c: c.neo4j.lineage(c.all, CUBES, Direction.UP, depth=1),
    "up, the past too": lambda c: c.neo4j.lineage(c.all, CUBES, Direction.UP, depth=1, past=True),
    "down": lambda c: c.neo4j.lineage(c.all, ["Source-9"], Direction.DOWN, depth=1),
    "down, the past too": lambda c: c.neo4j.lineage(
        c.all, ["Source-9"], Direction.DOWN, depth=1, past=True
    ),
    "what was made of": lambda c: c.neo4j.uses(c.all, CUBES[:3], Direction.DOWN),
    "every interval": lambda c: c.neo4j.intervals(
        c.all, ("MemCube-v-3", "MENTIONS-77", "closed-7")
    ),
    "changes": lambda c: c.neo4j.changes(c.all, after=300),
    "newest changes": lambda c: c.neo4j.changes(c.all, newest=True),
    "derived": lambda c: c.neo4j.derived("a", "e5", [f"MemCube-v-{n}" for n in range(100)]),
    "watermark": lambda c: c.neo4j.watermark("a", "e5"),
    "keep derived": lambda c: c.vectors(),
    "forget derived": lambda c: c.neo4j.drop_derived("a", "minilm", ["MemCube-v-3"]),
    "neighbourhood": lambda c: c.neo4j.neighbourhood(c.all, {CUBES[0]: 1.0}),
    "surroundings": lambda c: c.neo4j.surroundings(c.all, CUBES[:10]),
    "remember": lambda c: c.remember(),
    "revise": lambda c: c.put(Close(ids("MemCube-v-77", "MENTIONS-77"))),
    "bring back": lambda c: c.put(Reopen(ids("closed-7"))),
    "shred": lambda c: c.put(Shred(ids("MemCube-v-77"))),
    "restrict": lambda c: c.admit_one(),
}
# What follows from how much one source put there, or is the whole store.
LARGE: Acts = {
    "edges of all kinds": lambda c: c.neo4j.edges(c.all, Along(), first=100),
    "edges of an origin": lambda c: c.neo4j.edges(c.all, Along(origins=("Source-9",))),
    "a page of a tag": lambda c: c.neo4j.find(c.all, Where(tags=("Tag-7",))),
    "effects": lambda c: c.neo4j.effects(c.all, c.begin + 70),
    "feed": lambda c: list(c.neo4j.feed("a", c.all.seq - 1, c.all.seq)),
    "undo a change": lambda c: c.put(Reopen(Selector(closed_by=c.begin + 700))),
    "retract a source": lambda c: c.put(Close(Selector(origin="Source-5"))),
    "search for words": lambda c: c.neo4j.search_text(c.all, "tea"),
    "search for a vector": lambda c: c.neo4j.search_vector(c.all, "e5", (0.5, 0.5)),
}
SHARE = 30_000 if crowd.CAMPAIGN else 9_000
"""As `BOUND`, for the records that one source or change reaches: hundreds in a campaign, or dozens."""
WHOLE: Acts = {
    "count by a field": lambda c: c.neo4j.tally(c.all, Tally("state")),
    "count by tags": lambda c: c.neo4j.tally(c.all, Tally("tags", levels={"Tag-5": (-1, 0)})),
    "rows": lambda c: sum(1 for _ in c.neo4j.rows()),
    "leaves": lambda c: sum(1 for _ in c.neo4j.leaves()),
}
# Run when a store is made, or by `memcubes doctor`; or a bare call that has no plan, or asks a library
# that the server of the tests has only where somebody built it (tests/server/gds.py).
ELSEWHERE = {
    "components", "found", "migrated", "migration_lock", "pagerank", "pagerank_dropped", "pagerank_there",
    "server_clock", "server_databases", "server_version", "store_one",
}  # fmt: skip


@pytest.fixture(scope="module")
def big() -> Iterator[Crowd]:
    """A server of its own, since emptying it takes longer than starting another."""
    with Server(java=QUICK) as server:
        made = empty_store(server)
        crowd.crowd(made)
        made.close()
        store = profiled(server)
        yield Crowd(store)
        store.close()


def profiled(server: Server) -> Neo4jStore:
    """A store that is there, opened under PROFILE."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{Neo4jStore.__module__}.Connection", Profiling)
        return Neo4jStore(address(server))


@pytest.fixture(scope="module")
def ran(big: Crowd) -> dict[str, list[Plan]]:
    """The plans of each act, each taken once; what opening took comes before them."""
    plans = {"opening": list(big.db.plans)}
    for name, act in (SMALL | LARGE | WHOLE).items():
        del big.db.plans[:]
        act(big)
        plans[name] = list(big.db.plans)
        assert plans[name], f"{name} asked nothing"
    return plans


def hits(plans: list[Plan]) -> dict[str, int]:
    """How often each statement of an act asked the store."""
    return {plan.name: plan.hits for plan in plans}


@pytest.mark.parametrize("act", SMALL)
def test_what_is_small_does_not_grow_with_the_graph(ran: dict[str, list[Plan]], act: str) -> None:
    asked = hits(ran[act])
    assert sum(asked.values()) < BOUND, asked


@pytest.mark.parametrize("act", LARGE)
def test_what_one_source_put_there_is_read_alone(ran: dict[str, list[Plan]], act: str) -> None:
    asked = hits(ran[act])
    assert sum(asked.values()) < SHARE, asked


@pytest.mark.parametrize("name", sorted(set(statements()) - ELSEWHERE))
def test_a_plan_is_slow_only_where_it_says_why(ran: dict[str, list[Plan]], name: str) -> None:
    plans = [plan for plan in chain.from_iterable(ran.values()) if plan.name == name]
    assert plans, f"nothing here runs {name}"
    assert frozenset().union(*(plan.slow for plan in plans)) == frozenset(declared(name))
    assert all(declared(name).values())


ANEW = sorted(
    set(statements()) - ELSEWHERE - (frozenset() if crowd.CAMPAIGN else planned.planned())
)


@pytest.fixture(scope="module")
def on_one_note(
    ran: dict[str, list[Plan]], neo4j_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, frozenset[str]]:
    """The slow operators of each statement where it is planned on one note."""
    params = {p.name: p.params for p in chain.from_iterable(ran.values()) if p.name in ANEW}
    found: dict[str, frozenset[str]] = {}
    folder = tmp_path_factory.mktemp("notes")
    (folder / "pump.md").write_text("# Pump\n\nAnna Novak repaired the Pump in Brno. #brno\n")
    with closing(empty_store(neo4j_server)) as store, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEMCUBES_DB_PASSWORD", neo4j_server.password)
        with Memory.open(neo4j_server.url, user="ann", encoder="hashing") as memory:
            memory.ingest(folder)
        with store.connection._session() as session:
            for name, given in params.items():
                text = f"CYPHER replan=force EXPLAIN {statement(name)}"
                planned = session.run(text, {"in": given}).consume().plan
                assert planned is not None
                found[name] = slow(planned)
    return found


@pytest.mark.parametrize("name", ANEW)
def test_a_young_store_gets_no_slower_plan(
    on_one_note: dict[str, frozenset[str]], name: str
) -> None:
    """What is planned while there is next to nothing stays in the cache while the store grows.

    A statement that stands as it stood when it was planned (`planned`) is planned in a campaign alone.
    """
    assert on_one_note[name] <= frozenset(declared(name))
