"""What a restoration must do, worked out from the whole list of intervals."""

from __future__ import annotations

from dataclasses import dataclass

from memcubes.graph.kind import EdgeKind, NodeKind
from memcubes.graph.record import Edge, Record, Version
from memcubes.graph.scope import Scope

from .intervals import OPEN, View
from .reads import Reads

STAYS = ("Namespace", "Agent", "Grant", "Injection", "GRANTS")


@dataclass(frozen=True)
class Restored:
    """The ids to close, to reopen, and of what was destroyed."""

    close: frozenset[str]
    reopen: frozenset[str]
    lost: frozenset[str]


def covered(oracle: Reads, ns: str) -> dict[str, Record]:
    """The records of a namespace that a restoration may touch, by id."""
    receipts = {
        row.record.node
        for row in oracle.rows
        if isinstance(row.record, Version) and row.record.kind is NodeKind.INJECTION
    }
    found: dict[str, Record] = {}
    for row in oracle.rows:
        record = row.record
        used = isinstance(record, Edge) and record.kind is EdgeKind.DERIVED_FROM
        given = used and record.ends[0] in receipts
        if record.ns == ns and str(record.kind) not in STAYS and not given:
            found[record.id] = record
    return found


def destroyed(oracle: Reads) -> set[str]:
    """The ids of records that lost their content, or their payload, to an erasure."""
    return {r.record.id for r in oracle.rows if r.shredded or oracle.hollow(r.record)}


def restored(oracle: Reads, ns: str, who: str, seq: int) -> Restored:
    """What going back to a sequence must do, for somebody who sees what they may see."""
    view, agent = View(oracle.rows), oracle.agent(ns, who)
    mine = {i: r for i, r in covered(oracle, ns).items() if view.record(r, agent)}
    then = {r.record.id for r in oracle.rows if r.start <= seq < r.end} & mine.keys()
    now = {r.record.id for r in oracle.rows if r.end == OPEN} & mine.keys()
    back, gone = then - now, destroyed(oracle)
    parts = oracle.in_force(Scope(ns, who, len(oracle.log)))
    emptied = {row.record.id for part in parts for row, _ in part if row.shredded > seq}
    lost = (back & gone) | (emptied & then & mine.keys())
    return Restored(frozenset(now - then), frozenset(back - gone), frozenset(lost))
