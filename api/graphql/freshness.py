"""Freshness: whether what a change touches was changed after the sequence that its author had read."""

from __future__ import annotations

from dataclasses import replace

from ...graph.change import ChangeSet
from ...graph.errors import Conflict, Invalid
from ...graph.kind import EdgeKind, NodeKind, Verb
from ...graph.listing import all_edges, all_found
from ...graph.record import Record
from ...graph.restoration import planned
from ...graph.scope import Along, Scope, Where
from ...graph.store import GraphStore


def unchanged_since(store: GraphStore, scope: Scope, change: ChangeSet, base: int) -> ChangeSet:
    """Refuse a change of what was changed after the base; what it rests on must still stand at commit."""
    if base >= scope.seq:
        if base > scope.seq:
            raise Invalid(f"there is no sequence {base} yet: the log ends at {scope.seq}")
        return change
    reverted = change.note.get("reverts")
    if isinstance(reverted, int):
        _not_after(store, scope, reverted, base)
        return change
    restored = change.note.get("restores")
    if isinstance(restored, int):
        _same_way_back(store, scope, change, restored, base)
        return change
    then = scope.but(seq=base)
    touched = {record.id for record in _touched(store, scope, change)}
    before = {record.id for record in _touched(store, then, change)}
    known = {version.node for version in store.get(then, _targets(change))}
    if touched != before or not known.issuperset(_targets(change)):
        raise Conflict(
            f"what this {change.verb} touches was changed after @{base}: read it again",
            base=base,
            current=min(touched - before, default=None),
        )
    return replace(change, expects=tuple(sorted({*change.expects, *touched})))


def _not_after(store: GraphStore, scope: Scope, seq: int, base: int) -> None:
    opened = store.effects(scope, seq)[0]
    later = [r.to_seq for r in opened if base < r.to_seq <= scope.seq]
    if seq > base or later:
        raise Conflict(
            f"@{seq} was {'made' if seq > base else 'changed'} after @{base}: read it again",
            base=base,
            current=max(later, default=seq),
        )


def _same_way_back(
    store: GraphStore, scope: Scope, change: ChangeSet, restored: int, base: int
) -> None:
    """Refuse a restoration that would touch other records than it would have at the base."""
    node = next(iter(_targets(change)), None)
    now = planned(store, scope, restored, node)
    then = planned(store, scope.but(seq=base), restored, node) if restored <= base else None
    ways = [
        {(r.id, r.from_seq) for r in (*plan.close, *plan.reopen)} if plan else None
        for plan in (then, now)
    ]
    if ways[0] != ways[1]:
        raise Conflict(
            f"what stands between @{restored} and now was changed after @{base}: read it again",
            base=base,
            current=scope.seq,
        )


def _targets(change: ChangeSet) -> tuple[str, ...]:
    """The nodes that a change is about; those that it makes are not there to be touched."""
    if change.verb == "remember":
        return ()
    return tuple(str(node) for node in change.note.get("targets", ()))


def _touched(store: GraphStore, scope: Scope, change: ChangeSet) -> list[Record]:
    """The records in force that a change means: those of its targets, and for a source all of its own."""
    targets = _targets(change)
    if not targets:
        return []
    if change.verb in (Verb.MERGE, Verb.DISTINGUISH, Verb.SPLIT):
        ties = Along(kinds=(EdgeKind.SAME_AS, EdgeKind.NOT_SAME_AS), touching=targets)
        return list(all_edges(store, scope, ties))
    sources = tuple(
        version.node
        for version in all_found(store, scope, Where(kinds=(NodeKind.SOURCE,), nodes=targets))
    )
    found: list[Record] = list(all_found(store, scope, Where(nodes=targets)))
    if sources:
        found += all_found(store, scope, Where(origins=sources))
        found += all_edges(store, scope, Along(origins=sources))
    else:
        found += all_edges(
            store, scope, Along(kinds=(EdgeKind.SUPPORTS, EdgeKind.TAGGED), touching=targets)
        )
    return found
