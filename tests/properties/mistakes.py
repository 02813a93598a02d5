"""Changes that no honest client sends: each must be refused, and leave no trace."""

from __future__ import annotations

from dataclasses import replace

from memcubes.graph import (
    Author,
    Authority,
    ChangeSet,
    Close,
    EdgeKind,
    NodeKind,
    Open,
    Payload,
    Selector,
    Version,
)
from memcubes.graph.digest import new_node_id

from .acts import change, desk
from .driving import NAMESPACES, Drive


def mistake(d: Drive) -> list[ChangeSet]:
    """One of the mistakes below."""
    ns = d.rng.choice(NAMESPACES)
    return [d.rng.choice(MISTAKES)(d, ns)]


def _fresh(d: Drive, ns: str) -> Version:
    node = new_node_id()
    return desk(d, ns, node).version(
        NodeKind.MEMCUBE, node, {"title": "x"}, payload=Payload.of("y")
    )


def taken_id(d: Drive, ns: str) -> ChangeSet:
    """A new record under the id of one that stands or stood, in this namespace or another."""
    taken = d.rng.choice(d.oracle.rows).record.id
    return change(d, ns, "remember", Open(replace(_fresh(d, ns), id=taken)))


def forged(d: Drive, ns: str) -> ChangeSet:
    """Content that its digest does not cover."""
    return change(d, ns, "remember", Open(replace(_fresh(d, ns), content={"title": "forged"})))


def foreign_payload(d: Drive, ns: str) -> ChangeSet:
    """A payload digest seen elsewhere, with other content: it must not fetch what lies there."""
    held = [
        r.record.payload
        for r in d.oracle.rows
        if isinstance(r.record, Version) and r.record.payload
    ]
    if not held:
        return forged(d, ns)
    node = new_node_id()
    fake = Payload("plaintext", "mine", b"0" * 32, d.rng.choice(held).digest)
    return change(
        d, ns, "remember", Open(desk(d, ns, node).version(NodeKind.MEMCUBE, node, {}, payload=fake))
    )


def onto_nothing(d: Drive, ns: str) -> ChangeSet:
    """An edge to a node that is not there."""
    edge = desk(d, ns, d.agent(ns, "ann")).edge(EdgeKind.ABOUT, new_node_id(), new_node_id())
    return change(d, ns, "tag", Open(edge))


def other_namespace(d: Drive, ns: str) -> ChangeSet:
    """An edge whose other end, or a version whose node, is in another namespace."""
    other = d.rng.choice([r.record for r in d.oracle.rows if r.record.ns != ns])
    v = _fresh(d, ns)
    by = Author(ns, v.node, Authority.CURATED, 0)
    if isinstance(other, Version) and d.rng.random() < 0.5:
        return change(
            d, ns, "x", Open(v), Open(by.version(other.kind, other.node, {}, key=other.key))
        )
    return change(d, ns, "x", Open(v), Open(by.edge(EdgeKind.ABOUT, v.node, other.ends[0])))


def close_foreign(d: Drive, ns: str) -> ChangeSet:
    """Close by id what another namespace holds."""
    other = d.rng.choice([r.record.id for r in d.oracle.rows if r.record.ns != ns])
    return change(d, ns, "retract", Close(Selector(ids=(other,))))


def wrong_kind(d: Drive, ns: str) -> ChangeSet:
    """A version of another kind, or under another key, than its node has."""
    there = d.open(ns)
    if not there:
        return forged(d, ns)
    held = d.rng.choice(there)
    by = desk(d, ns, held.origin)
    if d.rng.random() < 0.5:
        return change(d, ns, "x", Open(by.version(NodeKind.TAG, held.node, {}, key=held.key)))
    return change(d, ns, "x", Open(by.version(held.kind, held.node, {}, key="another")))


def second_node(d: Drive, ns: str) -> ChangeSet:
    """Another node under a key that is taken."""
    keyed = [v for v in d.open(ns) if v.key]
    if not keyed:
        return forged(d, ns)
    node = new_node_id()
    held = d.rng.choice(keyed)
    return change(d, ns, "x", Open(desk(d, ns, node).version(held.kind, node, {}, key=held.key)))


def close_closed(d: Drive, ns: str) -> ChangeSet:
    """Close what a change closed."""
    return change(d, ns, "x", Close(Selector(closed_by=max(1, d.head))))


def nobody(d: Drive, ns: str) -> ChangeSet:
    """A change without a principal."""
    return replace(change(d, ns, "x"), actor="")


def found_again(d: Drive, ns: str) -> ChangeSet:
    """Found what is there."""
    return change(d, ns, "found")


def stranger(d: Drive, ns: str) -> ChangeSet:
    """Somebody without any grant."""
    return change(d, ns, "x", actor="mallory")


def absent_elsewhere(d: Drive, ns: str) -> ChangeSet:
    """Ask by `absent` whether another namespace holds a node: no answer comes of it."""
    other = d.rng.choice([r.record for r in d.oracle.rows if r.record.ns != ns])
    return change(d, ns, "x", absent=other.ends[:1])


def own_grant(d: Drive, ns: str) -> ChangeSet:
    """Make oneself an owner, or a reader of what one may not read."""
    who = d.rng.choice(["ann", "bob"])
    agent = d.agent(ns, who)
    to = d.rng.choice(d.oracle.rows).record.ends[0]
    edge = Author(ns, agent, Authority.ASSERTED, 0).edge(
        EdgeKind.GRANTS, agent, to, {"role": "owner"}
    )
    return change(d, ns, "grant", Open(edge), actor=who)


MISTAKES = (
    taken_id, forged, foreign_payload, onto_nothing, other_namespace, close_foreign, wrong_kind,
    second_node, close_closed, nobody, found_again, stranger, absent_elsewhere, own_grant,
)  # fmt: skip
