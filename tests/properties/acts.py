"""What a history is made of: changes like those that ingest, curation and mistakes make."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from memcubes.graph import (
    Author,
    Authority,
    ChangeSet,
    Close,
    Derived,
    Edge,
    EdgeKind,
    NodeKind,
    Open,
    Payload,
    Reopen,
    Selector,
    Validity,
    Version,
)
from memcubes.graph.change import Operation
from memcubes.graph.digest import new_node_id
from memcubes.graph.errors import NotFound

from ..oracle import OPEN
from .driving import NAMESPACES, PRINCIPALS, Drive, signed

WORDS = ("tea", "mill", "river", "lamp", "stone", "bell")
URIS = ("u0", "u1", "u2")


def somebody(d: Drive, ns: str) -> str:
    """Mostly the namespace's owner."""
    return PRINCIPALS[NAMESPACES.index(ns)] if d.rng.random() < 0.65 else d.rng.choice(PRINCIPALS)


def change(d: Drive, ns: str, verb: str, *ops: Operation, **more: object) -> ChangeSet:
    """A change by somebody, at times with an idempotency key."""
    who = str(more.pop("actor", "")) or somebody(d, ns)
    if d.rng.random() < 0.3 and "idempotency" not in more:
        more |= {"idempotency": f"k{d.rng.randrange(12)}", "request": {"verb": verb, "n": d.head}}
    return ChangeSet(ns=ns, verb=verb, ops=ops, actor=who, **more)  # type: ignore[arg-type]


def validity(rng: Random) -> Validity:
    """Some interval, often an open one."""
    start = rng.randrange(100)
    return Validity(
        start, OPEN if rng.random() < 0.6 else start + rng.randrange(40), rng.random() < 0.5
    )


def desk(d: Drive, ns: str, origin: str) -> Author:
    """The author of one origin's records."""
    return Author(ns, origin, d.rng.choice(list(Authority)), d.rng.randrange(100))


def statements(d: Drive, ns: str, uri: str, texts: list[str]) -> dict[str, Version | Edge]:
    """The records that a source opens, by what they state."""
    name = d.engine.name
    source = name(ns, NodeKind.SOURCE, uri)
    by = desk(d, ns, source.id)
    out: dict[str, Version | Edge] = {}
    out["source"] = by.version(
        NodeKind.SOURCE,
        source.id,
        {"uri": uri},
        key=source.key,
        payload=Payload.of(" ".join(texts)),
    )
    before = ""
    for text in texts:
        cube = name(ns, NodeKind.MEMCUBE, uri, text)
        out[f"cube {text}"] = by.version(
            NodeKind.MEMCUBE,
            cube.id,
            {"title": text, "state": "activated"},
            key=cube.key,
            payload=Payload.of(text),
            validity=validity(d.rng),
        )
        out[f"from {text}"] = by.edge(
            EdgeKind.DERIVED_FROM, cube.id, source.id, {"role": "primary source"}
        )
        fact = name(ns, NodeKind.FACT, text)
        out[f"fact {text}"] = by.version(NodeKind.FACT, fact.id, {"relation": text}, key=fact.key)
        out[f"supports {text}"] = by.edge(
            EdgeKind.SUPPORTS, cube.id, fact.id, validity=validity(d.rng)
        )
        for kind, word in zip((EdgeKind.SUBJECT_OF, EdgeKind.OBJECT_OF), text.split(), strict=True):
            entity = name(ns, NodeKind.ENTITY, word)
            out[f"entity {word}"] = by.version(
                NodeKind.ENTITY, entity.id, {"name": word}, key=entity.key
            )
            out[f"mentions {text} {word}"] = by.edge(
                EdgeKind.MENTIONS, cube.id, entity.id, {"spans": [[0, 3]]}
            )
            out[f"{kind} {text} {word}"] = by.edge(kind, entity.id, fact.id)
        if before:
            out[f"next {before} {cube.id}"] = by.edge(EdgeKind.NEXT, before, cube.id)
        before = cube.id
    return out


def some_texts(rng: Random) -> list[str]:
    """One to three different passages of two words each."""
    texts = {f"{rng.choice(WORDS)} {rng.choice(WORDS)}" for _ in range(rng.randrange(1, 4))}
    return sorted(texts)


def ingest(d: Drive) -> list[ChangeSet]:
    """A source comes in, mostly one that is not there yet."""
    ns, uri = d.rng.choice(NAMESPACES), d.rng.choice(URIS)
    source = d.engine.name(ns, NodeKind.SOURCE, uri).id
    opens = [Open(r) for r in statements(d, ns, uri, some_texts(d.rng)).values()]
    absent = (source,) if d.rng.random() < 0.5 else ()
    return [change(d, ns, "ingest", *opens, absent=absent)]


def reingest(d: Drive) -> list[ChangeSet]:
    """An edited source: what it still states stays as it is, the rest is closed, the new opened."""
    ns, uri = d.rng.choice(NAMESPACES), d.rng.choice(URIS)
    source = d.engine.name(ns, NodeKind.SOURCE, uri).id
    held = [row.record for row in d.oracle.rows if row.end == OPEN and row.record.origin == source]
    new = statements(d, ns, uri, some_texts(d.rng))
    stays = {r.ends for r in held if not isinstance(r, Version) or r.kind is not NodeKind.SOURCE}
    wanted = {r.ends for r in new.values() if r.kind is not NodeKind.SOURCE}
    drop = tuple(r.id for r in held if r.ends not in wanted or r.kind is NodeKind.SOURCE)
    opens = [Open(r) for r in new.values() if r.ends not in stays or r.kind is NodeKind.SOURCE]
    expects = tuple(r.id for r in held if r.kind is NodeKind.SOURCE)
    closes = [Close(Selector(ids=drop))] if drop else []
    return [change(d, ns, "ingest", *closes, *opens, expects=expects)]


def origin(d: Drive, ns: str) -> str:
    """What just changed, mostly; or a source, a decision, or the origin of any record."""
    way = d.rng.random()
    recent = [
        r.record.origin
        for r in d.oracle.rows
        if r.record.ns == ns and (r.start > d.head - 6 or d.head - 6 < r.end < OPEN)
    ]
    if way < 0.4 and recent:
        return d.rng.choice(recent)
    if way < 0.7:
        return d.engine.name(ns, NodeKind.SOURCE, d.rng.choice(URIS)).id
    rows = [r.record for r in d.oracle.rows if r.record.ns == ns]
    decided = [r.origin for r in rows if r.kind is NodeKind.DECISION]
    return d.rng.choice(decided if decided and way < 0.85 else [r.origin for r in rows])


def retract(d: Drive) -> list[ChangeSet]:
    """Withdraw everything of one origin."""
    ns = d.rng.choice(NAMESPACES)
    what = origin(d, ns)
    if what == d.engine.name(ns, NodeKind.NAMESPACE, ns).id:
        return []
    return [change(d, ns, "retract", Close(Selector(origin=what)))]


def reinstate(d: Drive) -> list[ChangeSet]:
    """Bring everything of one origin back."""
    ns = d.rng.choice(NAMESPACES)
    return [change(d, ns, "ingest", Reopen(Selector(origin=origin(d, ns))))]


def revert(d: Drive) -> list[ChangeSet]:
    """Undo a change: close what it opened, reopen what it closed."""
    entry = d.rng.choice(d.oracle.log[-8:])
    opened = tuple(r.record.id for r in d.oracle.rows if r.start == entry.seq and r.end == OPEN)
    ops: list[Operation] = [Close(Selector(ids=opened))] if opened else []
    ops.append(Reopen(Selector(closed_by=entry.seq)))
    return [change(d, entry.ns, "revert", *ops)] if entry.verb != "found" else []


def remember(d: Drive) -> list[ChangeSet]:
    """A statement is its own source: one cube with a random id."""
    ns = d.rng.choice(NAMESPACES)
    cube = new_node_id()
    version = desk(d, ns, cube).version(
        NodeKind.MEMCUBE,
        cube,
        {"title": "said"},
        payload=Payload.of(d.rng.choice(WORDS)),
        validity=validity(d.rng),
    )
    return [change(d, ns, "remember", Open(version))]


def cubes(d: Drive, ns: str) -> list[Version]:
    """The open cubes of a namespace."""
    return [v for v in d.open(ns) if v.kind is NodeKind.MEMCUBE]


def revise(d: Drive) -> list[ChangeSet]:
    """A cube gets a new header, and either new text or the same payload."""
    ns = d.rng.choice(NAMESPACES)
    held = cubes(d, ns)
    if not held:
        return []
    old = d.rng.choice(held)
    payload = old.payload if d.rng.random() < 0.6 else Payload.of("revised")
    if payload is not None and payload.digest in d.oracle.lost:
        payload = replace(payload, content=None, salt=None)
    new = desk(d, ns, old.origin).version(
        old.kind,
        old.node,
        {"title": "revised", "state": d.rng.choice(WORDS)},
        key=old.key,
        payload=payload,
    )
    return [change(d, ns, "revise", Close(Selector(ids=(old.id,))), Open(new), expects=(old.id,))]


def stale(d: Drive) -> list[ChangeSet]:
    """A write by somebody who has not seen what happened since: mostly a Conflict."""
    ns = d.rng.choice(NAMESPACES)
    way = d.rng.randrange(4)
    closed = [r.record.id for r in d.oracle.rows if r.end < OPEN and r.record.ns == ns]
    there = d.open(ns)
    if not there:
        return []
    held = d.rng.choice(there)
    if way == 0 and closed:
        return [change(d, ns, "revise", expects=(d.rng.choice(closed),))]
    if way == 1 and closed:
        return [change(d, ns, "retract", Close(Selector(ids=(held.id, d.rng.choice(closed)))))]
    if way == 2:
        return [change(d, ns, "revise", absent=(held.node,))]
    by = desk(d, ns, held.origin if d.rng.random() < 0.5 else origin(d, ns))
    return [
        change(
            d, ns, "revise", Open(by.version(held.kind, held.node, {"title": "late"}, key=held.key))
        )
    ]


def retry(d: Drive) -> list[ChangeSet]:
    """What was done comes again: the same, under the same key with another body, or by another."""
    before = d.rng.choice(d.done)
    way = d.rng.randrange(4)
    if way == 0:
        return [replace(before, request={"other": d.head})]
    if way == 1:
        return [replace(before, actor=d.rng.choice(PRINCIPALS))]
    if way == 2:
        return [replace(before, id=new_node_id())]
    return [before]


def batch(d: Drive) -> list[ChangeSet]:
    """Several changes in one transaction: all or none."""
    made = [d.rng.choice([ingest, remember, revise, retract, stale, retry])(d) for _ in range(3)]
    out = [one for part in made for one in part]
    return [signed(one, out[0].actor) for one in out]


def derive(d: Drive) -> list[ChangeSet]:
    """A producer keeps bytes for some versions; no change of the log."""
    ns = d.rng.choice(NAMESPACES)
    ids = [r.record.id for r in d.rng.sample(d.oracle.rows, min(4, len(d.oracle.rows)))]
    producer = d.rng.choice(["bm25", "vector"])
    who = d.rng.choice(PRINCIPALS)
    try:
        d.guards[who].put_derived(
            ns, producer, [Derived(i, producer, i.encode()) for i in ids], watermark=d.head
        )
    except NotFound:
        assert d.oracle.access(ns, who) == "none"
        d.outcome = "NotFound"
        return []
    for ident in ids:
        d.oracle.put_derived(ns, producer, ident, ident.encode())
    d.outcome = "done"
    return []
