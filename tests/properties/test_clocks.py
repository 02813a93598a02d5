"""Two clocks on every read: as recorded then, as it holds then, and both, each against the oracle.

The table is read verb × kind × clock, over random histories in which facts correct each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

import pytest

from memcubes.graph import (
    Along,
    Author,
    Authority,
    ChangeSet,
    Direction,
    Edge,
    EdgeKind,
    GuardedStore,
    NodeKind,
    Open,
    Record,
    Scope,
    Version,
    Where,
)
from memcubes.graph.belief import beliefs
from memcubes.graph.impact import impact_between
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.query.hit import Ranking
from memcubes.query.memoperator import MemOperator

from ..oracle import shape
from ..oracle.beliefs import Believed, believed, in_force
from .acts import WORDS, change, desk, statements
from .conftest import Make
from .decisions import merge
from .driving import CAMPAIGN, NAMESPACES, PRINCIPALS, Act, Drive, in_memory, run
from .reading import pinned, probe, same
from .repertoire import ALL

SEEDS = {"sqlite": 300 if CAMPAIGN else 8, "neo4j": 30 if CAMPAIGN else 1}
CELLS: Counter[tuple[str, str, str]] = Counter()
"""How often each cell of the table, verb × kind × clock, had something to give."""

Told = Iterator[tuple[str, object, object]]
"""A kind, what the store gives of it, and what the oracle says."""


def number(word: str) -> str:
    """A value in place of a word: numbers stand in one slot."""
    return str(sum(map(ord, word)))


def values(d: Drive) -> list[ChangeSet]:
    """A source states values of things, and some of them instead of others."""
    ns, uri = d.rng.choice(NAMESPACES), f"c{d.rng.randrange(4)}"
    if any(v.node == d.engine.name(ns, NodeKind.SOURCE, uri).id for v in d.open(ns)):
        return []
    texts = sorted({f"{d.rng.choice(WORDS[:2])} {d.rng.choice(WORDS)}" for _ in range(3)})
    made: list[Version | Edge] = []
    for said, record in statements(d, ns, uri, texts).items():
        if not said.startswith("fact "):
            made.append(record)
            continue
        assert isinstance(record, Version)
        subject, word = said.split()[1:]
        header: dict[str, Any] = {"subject": subject, "relation": "be", "object": number(word)}
        if d.rng.random() < 0.5:
            header |= {"correction": True}
            if d.rng.random() < 0.3:
                header["instead_of"] = number(d.rng.choice(WORDS))
        if d.rng.random() < 0.8:
            header["stated"] = d.rng.randrange(100)
        by = desk(d, ns, record.origin)
        made.append(by.version(NodeKind.FACT, record.node, header, key=record.key))
    return [change(d, ns, "ingest", *map(Open, made))]


def alike(d: Drive) -> list[ChangeSet]:
    """Somebody decides that two entities are one; who is kept apart is compared in tests of identity."""
    made = merge(d)
    same_as = any(
        isinstance(op, Open) and op.record.kind is EdgeKind.SAME_AS for c in made for op in c.ops
    )
    return made if same_as else []


ACTS: dict[str, Act] = {
    **{name: act for name, act in ALL.items() if name in (
        "ingest", "reingest", "retract", "reinstate", "revert", "remember", "revise", "tag", "receipt",
        "feedback", "claim", "grant", "shred", "restore",
    )},
    "values": values, "more values": values, "alike": alike, "more claims": ALL["claim"],
}  # fmt: skip


def get(d: Drive, store: GuardedStore, scope: Scope) -> Told:
    """The versions in force of nodes, by their kind."""
    for kind in NodeKind:
        rows = [r.record for r in d.oracle.rows if r.record.kind is kind]
        nodes = sorted({r.ends[0] for r in rows})
        yield kind, [*map(shape, store.get(scope, nodes))], d.oracle.get(scope, nodes)


def find(d: Drive, store: GuardedStore, scope: Scope) -> Told:
    """What is in force, by kind."""
    for kind in NodeKind:
        where = Where(kinds=(kind,))
        page = store.find(scope, where, first=10_000)
        yield kind, [*map(shape, page.items)], d.oracle.find(scope, where)
    for tag in sorted(
        {r.record.ends[1] for r in d.oracle.rows if r.record.kind is EdgeKind.TAGGED}
    ):
        page = store.find(scope, Where(tags=(tag,)), first=10_000)
        yield "tagged", [*map(shape, page.items)], d.oracle.find(scope, Where(tags=(tag,)))


def neighbours(d: Drive, store: GuardedStore, scope: Scope) -> Told:
    """The edges in force, by kind."""
    for kind in EdgeKind:
        along = Along(kinds=(kind,))
        page = store.edges(scope, along, first=10_000)
        yield kind, [*map(shape, page.items)], d.oracle.edges(scope, along)


def lineage(d: Drive, store: GuardedStore, scope: Scope) -> Told:
    """What was made from what, both ways, and with what has ended."""
    nodes = sorted({end for r in d.oracle.rows for end in r.record.ends})
    for way in Direction:
        for past in (False, True):
            links = store.lineage(scope, nodes, way, past=past)
            found = [(link.depth, shape(link.edge)) for link in links]
            yield f"{way} past={past}", found, d.oracle.lineage(scope, nodes, way, 8, past)


def history(d: Drive, store: GuardedStore, scope: Scope) -> Told:
    """Every version of a node: valid time does not narrow what was said of it."""
    for kind in NodeKind:
        nodes = sorted({r.record.ends[0] for r in d.oracle.rows if r.record.kind is kind})
        for node in nodes[:3]:
            yield kind, [*map(shape, store.history(scope, node))], d.oracle.history(scope, node)


def counts(d: Drive, store: GuardedStore, scope: Scope) -> Told:
    """How many nodes of each kind there are."""
    versions, _ = in_force(d.oracle, scope)
    for kind in NodeKind:
        page = store.find(scope, Where(kinds=(kind,)), first=10_000)
        nodes = {version.node for version in page.items}
        yield kind, len(nodes), len({v.node for _, v in versions if v.kind is kind})


def support(d: Drive, store: GuardedStore, scope: Scope) -> Told:
    """What is believed, on which sources, and what stands against it."""
    held = beliefs(store, scope)
    found = {fact: (str(b.status), b.sources, b.by) for fact, b in held.items()}
    wanted = believed(d.oracle, scope)
    yield "all", found, wanted
    for status in ("believed", "superseded", "disputed"):
        yield status, _of(found, status), _of(wanted, status)
    few = sorted(wanted)[:3]
    some = beliefs(store, scope, few)
    asked = {fact: (str(b.status), b.sources, b.by) for fact, b in some.items()}
    yield "asked", asked, {fact: wanted[fact] for fact in few}


def _of(side: Believed, status: str) -> Believed:
    return {fact: told for fact, told in side.items() if told[0] == status}


def diff(d: Drive, store: GuardedStore, scope: Scope) -> Told:
    """What differs in belief between two recorded instants, each as it holds at the same time."""
    now = scope.but(seq=d.rng.randrange(2, d.head + 1))
    found = impact_between(store, scope, now)
    was, will = believed(d.oracle, scope), believed(d.oracle, now)
    wanted: dict[str, set[str]] = {name: set() for name in DIFFERENT}
    for fact in was.keys() | will.keys():
        before, after = was.get(fact, ("", (), ())), will.get(fact, ("", (), ()))
        if before[0] == "believed" != after[0]:
            wanted["superseded" if after[1] else "withdrawn"].add(fact)
        elif after[0] == "believed" != before[0]:
            wanted["revived" if before[1] else "learned"].add(fact)
        elif after[0] == "believed" and len(after[1]) < len(before[1]):
            wanted["weakened"].add(fact)
    for name in DIFFERENT:
        yield name, {belief.fact for belief in getattr(found, name)}, wanted[name]


DIFFERENT = ("withdrawn", "superseded", "revived", "learned", "weakened")


def search(d: Drive, store: GuardedStore, scope: Scope) -> Told:
    """Hits are those of a store that holds only what was visible then, by texts and scores."""
    encoder = load_encoder("hashing")
    copy = visible_only(d, scope)
    with closing(copy.engine):
        for ranking in (Ranking.GRAPH, Ranking.BM25):
            sides = []
            for one, at in ((store, scope), (copy, copy.scope(scope.ns))):
                operator = MemOperator(one, GraphIndex(one, encoder), encoder)
                hits = operator.search(at, "tea from the mill", ranking=ranking, limit=50).hits
                sides.append(sorted((hit.cube.text, round(hit.score, 9)) for hit in hits))
            yield ranking, sides[0], sides[1]


def visible_only(d: Drive, scope: Scope) -> GuardedStore:
    """A store that holds what the oracle shows under a scope, and nothing else."""
    copy = GuardedStore(in_memory(), scope.viewer)
    copy.commit(copy.founding(scope.ns))
    versions, edges = in_force(d.oracle, scope)
    gone = {r.record.id for r in d.oracle.rows if r.shredded or d.oracle.hollow(r.record)}
    kept: list[Record] = [v for _, v in versions if v.kind not in ADMITTED and v.id not in gone]
    nodes = {end for record in kept for end in record.ends}
    kept += [
        e
        for e in edges
        if e.kind is not EdgeKind.GRANTS and e.id not in gone and nodes >= {*e.ends}
    ]
    kept += stand_ins(d, copy, scope.ns, {record.origin for record in kept} - nodes)
    fresh = (Open(replace(record, from_seq=0, acl=0)) for record in kept)
    copy.commit(ChangeSet(scope.ns, "copy", tuple(fresh)))
    return copy


def stand_ins(d: Drive, copy: GuardedStore, ns: str, origins: set[str]) -> list[Record]:
    """What put a record there may itself be out of sight: the copy needs the bare node."""
    home = copy.name(ns, NodeKind.NAMESPACE, ns).id
    there = {home, copy.name(ns, NodeKind.AGENT, copy.principal).id}
    by = Author(ns, home, Authority.INFERRED, 0)
    known = {v.node: v for v in (r.record for r in d.oracle.rows) if isinstance(v, Version)}
    return [
        by.version(v.kind, v.node, {}, key=v.key)
        if v.kind in ADMITTED
        else by.version(NodeKind.DECISION, v.node, {})
        for v in (known[origin] for origin in sorted(origins - there))
    ]


ADMITTED = (NodeKind.NAMESPACE, NodeKind.AGENT, NodeKind.GRANT)

TABLE: dict[str, Callable[[Drive, GuardedStore, Scope], Told]] = {
    "get": get, "find": find, "neighbours": neighbours, "lineage": lineage, "history": history,
    "counts": counts, "support": support, "diff": diff, "search": search,
}  # fmt: skip


def instant(d: Drive) -> int:
    """A time when some records hold and others do not yet, no more, or long after all began."""
    return d.rng.randrange(130) if d.rng.random() < 0.7 else 2**52


CLOCKS: dict[str, Callable[[Drive], dict[str, int]]] = {
    "recorded": lambda d: {"seq": d.rng.randrange(2, d.head + 1)},
    "valid": lambda d: {"seq": d.head, "valid_at": instant(d)},
    "both": lambda d: {"seq": d.rng.randrange(2, d.head + 1), "valid_at": instant(d)},
}


def table(d: Drive, turns: int) -> None:
    """Every cell, at some pins of each clock; a search, which costs most, at one."""
    for (clock, pin), turn in product(CLOCKS.items(), range(turns)):
        for who, ns in zip(PRINCIPALS, NAMESPACES if turn % 3 else NAMESPACES[::-1], strict=True):
            scope = pinned(d, ns, who, **pin(d))
            if scope is None:
                continue
            for verb, read in TABLE.items():
                if verb == "search" and turn:
                    continue
                for kind, found, expected in read(d, d.guards[who], scope):
                    same(f"{verb} {kind} {clock} {scope}", found, expected)
                    CELLS[verb, str(kind), clock] += bool(expected)


@pytest.mark.parametrize("seed", range(max(SEEDS.values())))
def test_each_read_keeps_to_both_clocks(
    make: Make, seed: int, request: pytest.FixtureRequest
) -> None:
    kind = request.node.callspec.params["make"]
    if seed >= SEEDS[kind]:
        pytest.skip("enough histories on this store")
    cells = partial(table, turns=5 if kind == "sqlite" or CAMPAIGN else 1)
    run(7_000 + seed, 60, ACTS, probe, cells, make=make, probes=0)


def test_every_cell_of_the_table_had_something_to_give() -> None:
    if sum(CELLS.values()) < 10_000:
        pytest.skip("only some of the histories were run")
    cells = {(verb, kind) for verb, kind, _ in CELLS}
    ever = {(verb, kind) for verb, kind, clock in CELLS if CELLS[verb, kind, clock]}
    assert cells - ever <= {("neighbours", str(EdgeKind.NOT_SAME_AS))}
    for clock in CLOCKS:
        given = {(verb, kind) for verb, kind in cells if CELLS[verb, kind, clock]}
        assert len(given) > 0.9 * len(cells), (clock, cells - given)
