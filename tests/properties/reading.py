"""Reads of a store compared with the oracle's: any verb, at any pin, by any viewer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from memcubes.graph import (
    Along,
    Direction,
    EdgeKind,
    GuardedStore,
    NodeKind,
    Page,
    Scope,
    Version,
    Where,
)
from memcubes.graph.errors import NotFound
from memcubes.graph.staleness import digests_in_force

from ..oracle import OPEN, shape
from .driving import NAMESPACES, PRINCIPALS, Difference, Drive


def pinned(d: Drive, ns: str, who: str, **pin: Any) -> Scope | None:
    """A scope of the viewer; None where store and oracle agree that there is nothing to see."""
    allowed = d.oracle.access(ns, who) != "none"
    try:
        scope = d.guards[who].scope(ns, **pin)
    except NotFound:
        if allowed:
            raise Difference(f"'{who}' cannot read '{ns}', and should") from None
        return None
    if not allowed:
        raise Difference(f"'{who}' can read '{ns}', and should not")
    return scope


def any_scope(d: Drive) -> Scope | None:
    """A scope at some pin, mostly a recent one."""
    rng = d.rng
    ns, who = rng.choice(NAMESPACES), rng.choice(PRINCIPALS)
    seq = d.head if rng.random() < 0.4 else rng.randrange(d.head + 1)
    valid_at = rng.randrange(140) if rng.random() < 0.3 else None
    without: tuple[str, ...] = ()
    if rng.random() < 0.25:
        gone = rng.choice(d.oracle.rows).record
        without = (rng.choice([gone.origin, *gone.ends]),)
    return pinned(d, ns, who, seq=seq, valid_at=valid_at, without=without)


def nodes(d: Drive) -> tuple[str, ...]:
    """Ends of some records, and at times a node that is not there."""
    found = [d.rng.choice(d.rng.choice(d.oracle.rows).record.ends) for _ in range(3)]
    return tuple(dict.fromkeys(found)) + (("nothing",) if d.rng.random() < 0.2 else ())


def any_where(d: Drive) -> Where:
    """A filter of up to two parts."""
    rng, parts = d.rng, dict[str, Any]()
    names = ("kinds", "nodes", "origins", "tags", "tags", "tags", "payloads", "header", "starts")
    for name in rng.sample(names, rng.choice([0, 1, 1, 1, 2])):
        if name == "kinds":
            parts[name] = tuple(rng.sample(list(NodeKind), 4))
        elif name == "nodes":
            parts[name] = nodes(d)
        elif name == "origins":
            parts[name] = tuple(rng.choice(d.oracle.rows).record.origin for _ in range(2))
        elif name == "tags":
            tags = [r.record.ends[-1] for r in d.oracle.rows if r.record.kind is EdgeKind.TAGGED]
            taken = [
                r.record.ends[-1]
                for r in d.oracle.rows
                if r.record.kind is EdgeKind.TAGGED and r.end < OPEN
            ]
            parts[name] = (rng.choice((taken if rng.random() < 0.7 else tags) or ["nothing"]),)
        elif name == "payloads":
            held = [r.record.payload for r in d.oracle.rows if isinstance(r.record, Version)]
            parts[name] = tuple(p.digest for p in rng.sample(held, min(9, len(held))) if p)
        elif name == "header":
            parts[name] = rng.choice(
                [
                    {"title": "revised"},
                    {"state": "activated"},
                    {"name": "tea"},
                    {"name": ("tea", "ann", "revised"), "state": ("activated", "archived")},
                ]
            )
        else:
            parts[name] = nodes(d)[0][: rng.randrange(1, 6)]
    return Where(**parts)


def any_along(d: Drive) -> Along:
    """A filter of edges of up to two parts."""
    rng, parts = d.rng, dict[str, Any]()
    names = ("kinds", "src", "dst", "touching", "origins")
    for name in rng.sample(names, rng.choice([0, 1, 1, 1, 2])):
        if name == "kinds":
            parts[name] = tuple(rng.sample(list(EdgeKind), 5))
        elif name == "origins":
            parts[name] = (rng.choice(d.oracle.rows).record.origin,)
        else:
            parts[name] = nodes(d)
    return Along(**parts)


def same(what: str, found: object, expected: object) -> None:
    """Raise a `Difference` that says what was asked."""
    if found != expected:
        if isinstance(found, list) and isinstance(expected, list):
            more = [one for one in found if one not in expected]
            less = [one for one in expected if one not in found]
            raise Difference(f"{what}: too many {more}, too few {less}, {len(found)} in all")
        raise Difference(f"{what}: {found}, and the oracle says {expected}")


def paged(page: Callable[[str | None], Any]) -> Iterator[Any]:
    """All items of all pages; each page but the last must be full of news."""
    after: str | None = None
    while True:
        got = page(after)
        yield from got.items
        if got.after is None:
            return
        if after is not None and got.after <= after:
            raise Difference(f"a page after {after} ends at {got.after}")
        after = got.after


def probe(d: Drive) -> None:
    """One read of a random kind."""
    scope = any_scope(d)
    if scope is not None:
        d.rng.choice(PROBES)(d, d.guards[scope.viewer], scope)


def get(d: Drive, store: GuardedStore, scope: Scope) -> None:
    """The versions of some nodes."""
    asked = nodes(d)
    same(f"get {scope} {asked}", [*map(shape, store.get(scope, asked))], d.oracle.get(scope, asked))


def find(d: Drive, store: GuardedStore, scope: Scope) -> None:
    """All pages of a filter, of any size."""
    where, first = any_where(d), d.rng.choice([1, 2, 5, 100])
    found = paged(lambda after: store.find(scope, where, first=first, after=after))
    same(f"find {scope} {where}", [*map(shape, found)], d.oracle.find(scope, where))


def history(d: Drive, store: GuardedStore, scope: Scope) -> None:
    """Every interval of some node, and of every record that stands on it."""
    node = nodes(d)[0]
    found = [*map(shape, store.history(scope, node))]
    same(f"history {scope} {node}", found, d.oracle.history(scope, node))
    near = {row.record.id for row in d.oracle.rows if node in row.record.ends}
    asked = [*sorted(near), "nothing"]
    found = [*map(shape, store.intervals(scope, asked))]
    same(f"intervals {scope} {asked}", found, d.oracle.intervals(scope, asked))


def edges(d: Drive, store: GuardedStore, scope: Scope) -> None:
    """All pages of a filter of edges."""
    along, first = any_along(d), d.rng.choice([1, 3, 1000])
    found = paged(lambda after: store.edges(scope, along, first=first, after=after))
    expected = d.oracle.edges(scope, along)
    same(f"edges {scope} {along}", [*map(shape, found)], expected)
    same(f"ends {scope} {along}", store.ends(scope, along), {edge[5:7] for edge in expected})


def lineage(d: Drive, store: GuardedStore, scope: Scope) -> None:
    """A walk up or down."""
    asked, way, depth = nodes(d), d.rng.choice(list(Direction)), d.rng.randrange(5)
    past = d.rng.random() < 0.5
    links = store.lineage(scope, asked, way, depth=depth, past=past)
    found = [(link.depth, shape(link.edge)) for link in links]
    expected = d.oracle.lineage(scope, asked, way, depth, past)
    same(f"lineage {scope} {asked} {way} past={past}", found, expected)
    if expected:
        few = d.rng.randrange(1, len(expected) + 1)
        links = store.lineage(scope, asked, way, depth=depth, past=past, first=few)
        found = [(link.depth, shape(link.edge)) for link in links]
        same(f"lineage first={few}", found, expected[:few])
    uses(d, store, scope, asked, way)


def uses(
    d: Drive, store: GuardedStore, scope: Scope, asked: tuple[str, ...], way: Direction
) -> None:
    """All steps of making, out of the single steps of lineage that the oracle tells."""

    def used(nodes: Iterable[str], direction: Direction) -> set[tuple[str, str, str]]:
        edges = (shown for _, shown in d.oracle.lineage(scope, tuple(nodes), direction, 1, True))
        content = ((edge[5:7], json.loads(edge[12] or "{}")) for edge in edges)
        return {
            (*ends, str(held.get("payload") or ""))
            for ends, held in content
            if held.get("role") == "use"
        }

    def reached(nodes: Iterable[str], direction: Direction) -> set[str]:
        seen, new = set[str](), set(nodes)
        while new:
            seen |= new
            new = {end for edge in used(new, direction) for end in edge[:2]} - seen
        return seen

    begun = asked if way is Direction.UP else reached(asked, way)
    expected = used(reached(begun, Direction.UP), Direction.UP)
    found = store.uses(scope, asked, way)
    pins = [
        (one, pin.source, pin.payload)
        for made in found
        for one in made.artefacts
        for pin in made.of
    ]
    same(f"uses {scope} {asked} {way}", set(pins), expected)
    same(f"uses {scope} {asked} {way}, each once", len(pins), len(expected))
    artefacts = {one for made in found for one in made.artefacts}
    alive = {version.node for version in store.get(scope, sorted(artefacts))}
    same("what is alive of uses", {one for u in found if u.alive for one in u.artefacts}, alive)
    payloads = {pin.payload for made in found for pin in made.of}
    standing = digests_in_force(store, scope, payloads) if payloads else set[str]()
    same("what stands of uses", {p.payload for u in found for p in u.of if p.standing}, standing)


def changes(d: Drive, store: GuardedStore, scope: Scope) -> None:
    """The log of a namespace, both ways."""
    after, first = d.rng.randrange(d.head + 1), d.rng.choice([1, 3, 100])
    expected = d.oracle.changes(scope, after)
    got = store.changes(scope, after=after, first=first)
    found = [(c.seq, c.id, c.verb, dict(c.operations)) for c in got]
    same(f"changes {scope} after {after}", found, expected[:first])
    got = store.changes(scope, after=after, first=first, newest=True)
    found = [(c.seq, c.id, c.verb, dict(c.operations)) for c in got]
    same(f"newest changes {scope} after {after}", found, expected[::-1][:first])
    verbs = expected[after % len(expected)][2:3] if expected else ("none",)
    got = store.changes(scope, after=after, first=first, verbs=verbs)
    found = [(c.seq, c.id, c.verb, dict(c.operations)) for c in got]
    few = [one for one in expected if one[2] in verbs]
    same(f"changes {scope} after {after} of {verbs}", found, few[:first])


def effects(d: Drive, store: GuardedStore, scope: Scope) -> None:
    """What one change opened and closed."""
    seq = d.rng.randrange(1, d.head + 2)
    opened, closed = store.effects(scope, seq)
    found = ([*map(shape, opened)], [*map(shape, closed)])
    same(f"effects {scope} @{seq}", found, d.oracle.effects(scope, seq))


def feed(d: Drive, store: GuardedStore, scope: Scope) -> None:
    """The change feed, and on each record who may read it."""
    after = d.rng.randrange(d.head + 1)
    upto = d.rng.randrange(after, d.head + 1)
    records = list(store.feed(scope.ns, after, upto))
    found = [*map(shape, records)]
    same(f"feed {scope.ns} {after}..{upto}, twice", len(found), len(set(found)))
    same(f"feed {scope.ns} {after}..{upto}", set(found), d.oracle.feed(scope.ns, after, upto))
    for who in PRINCIPALS:
        acls = d.engine.rights(scope.ns, who).acls
        for record in records:
            may = d.oracle.may_read(record, who)
            same(f"'{who}' may read {record.id}", record.acl in acls, may)


def derived(d: Drive, store: GuardedStore, scope: Scope) -> None:
    """Derived bytes, of which none outlives its record's erasure."""
    for producer in ("bm25", "vector"):
        ids = [row.record.id for row in d.oracle.rows]
        expected = {
            ident: data
            for (by, ident), (ns, data) in d.oracle.derived.items()
            if by == producer and ns == scope.ns and ident in ids
        }
        same(f"derived {producer}", store.derived(scope.ns, producer, ids), expected)


PROBES = (
    get,
    find,
    find,
    history,
    edges,
    edges,
    lineage,
    changes,
    effects,
    feed,
    derived,
)


def every(store: GuardedStore, scope: Scope, after: str | None) -> Page[Version]:
    """A page of everything in force."""
    return store.find(scope, Where(), first=7, after=after)


def sweep(d: Drive) -> None:
    """Everything that can be read at the end, and at one pin before it."""
    for ns in NAMESPACES:
        for who in PRINCIPALS:
            for seq in (d.head, d.head // 2):
                scope = pinned(d, ns, who, seq=seq)
                if scope is None:
                    continue
                store = d.guards[who]
                found = paged(partial(every, store, scope))
                same(f"all of {scope}", [*map(shape, found)], d.oracle.find(scope, Where()))
                met = store.edges(scope, Along(), first=10_000)
                same(f"all of {scope}", [*map(shape, met.items)], d.oracle.edges(scope, Along()))
                derived(d, store, scope)
                feed(d, store, scope)
