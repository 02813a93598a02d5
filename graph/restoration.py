"""Restoration: back to how things stood at a sequence, by one new change that can itself be reverted.

What stood then and does not now is reopened, the same record with a new interval; what stands now and
did not then is closed. Nothing is cut off. Three things stay as they are, because going back must not
touch them: what was given out (receipts cannot be taken back), who may read and write, and the
namespace with its agents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from .change import ChangeSet, Close, Operation, Reopen, Selector
from .decided import against
from .errors import Conflict, Erased, Invalid, NotFound
from .kind import EdgeKind, NodeKind, Verb
from .listing import all_edges, all_found
from .record import Edge, Record, Version
from .scope import Along, Scope, Where
from .store import GraphStore

STAYS = frozenset(
    {NodeKind.NAMESPACE, NodeKind.AGENT, NodeKind.GRANT, NodeKind.INJECTION, EdgeKind.GRANTS}
)
"""Kinds that a restoration leaves alone, with the edges that join a receipt to what it used."""

_JOINS = (EdgeKind.SUBJECT_OF, EdgeKind.OBJECT_OF)
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """What a restoration would do: the records to close, to reopen, and those that were erased.

    >>> Plan(7, None, (), (), ()).empty
    True
    """

    seq: int
    node: str | None
    close: tuple[Record, ...]
    reopen: tuple[Record, ...]
    lost: tuple[Record, ...]

    @property
    def empty(self) -> bool:
        """Whether everything stands as it did then, what was erased left aside."""
        return not self.close and not self.reopen

    def change(self, ns: str, reason: str = "") -> ChangeSet:
        """The one change that does it: closing before reopening, since both may want one place."""
        ops: list[Operation] = []
        if self.close:
            ops.append(Close(Selector(ids=tuple(record.id for record in self.close))))
        if self.reopen:
            ops.append(Reopen(Selector(ids=tuple(record.id for record in self.reopen))))
        targets = {} if self.node is None else {"targets": [self.node]}
        return ChangeSet(
            ns=ns,
            verb=Verb.RESTORE,
            reason=reason,
            note={"restores": self.seq, **targets},
            ops=tuple(ops),
        )


def planned(store: GraphStore, scope: Scope, seq: int, node: str | None = None) -> Plan:
    """What differs between a sequence and the scope, of one node or of all that the viewer may read.

    Raises `NotFound` for a node that never was here, `Invalid` for one that a restoration leaves alone.
    """
    if not 0 <= seq <= scope.seq:
        raise NotFound(f"there is no @{seq} here: the log ends at @{scope.seq}")
    if not store.changes(scope.but(seq=seq), first=1):
        raise NotFound(
            f"nothing was recorded in '{scope.ns}' by @{seq}: `memcubes log` shows where it begins"
        )
    acls = set(store.rights(scope.ns, scope.viewer).acls)
    rows = [r for r in store.feed(scope.ns, seq, scope.seq) if r.acl in acls]
    then = {r.id: r for r in rows if r.from_seq <= seq < r.to_seq}
    now = {r.id: r for r in rows if r.from_seq <= scope.seq < r.to_seq}
    apart = [r for ident, r in then.items() if ident not in now]
    apart += [r for ident, r in now.items() if ident not in then]
    apart = _covered(store, scope, apart)
    if node is not None:
        apart = _belonging(store, scope, apart, then, node)
    emptied = _covered(store, scope, _emptied(store, scope, seq, then.keys()))
    if node is not None:
        emptied = [r for r in emptied if node in (r.origin, *r.ends)]
    back = [r for r in apart if r.id in then]
    return Plan(
        seq,
        node,
        _ordered(r for r in apart if r.id not in then),
        _ordered(r for r in back if not _erased(r)),
        _ordered((*(r for r in back if _erased(r)), *emptied)),
    )


def _emptied(store: GraphStore, scope: Scope, seq: int, then: Collection[str]) -> list[Record]:
    """What stood then and stands now, and was destroyed in between: no interval tells of that."""
    after, destroying = seq, False
    while not destroying:
        page = store.changes(scope, after=after, first=500)
        destroying = any(change.operations.get("shred") for change in page)
        if len(page) < 500:
            break
        after = page[-1].seq
    if not destroying:
        return []
    every: list[Record] = [*all_found(store, scope, Where()), *all_edges(store, scope, Along())]
    return [r for r in every if r.shredded > seq and (r.from_seq <= seq or r.id in then)]


def restoration(
    store: GraphStore,
    scope: Scope,
    seq: int,
    node: str | None = None,
    reason: str = "",
    *,
    without_erased: bool = False,
) -> tuple[ChangeSet, Plan]:
    """The change that restores a sequence, for one node or for everything, with its plan.

    Raises `Erased` where something cannot come back, unless the rest is wanted `without_erased`, and
    `Conflict` where nothing differs.
    """
    plan = planned(store, scope, seq, node)
    if plan.lost and not without_erased:
        raise Erased(
            f"@{seq} cannot come back whole, for ever gone: {_listed(plan.lost)}; "
            "--without-erased (over GraphQL withoutErased) restores the rest"
        )
    if plan.empty:
        what = "everything stands" if node is None else f"{node} stands"
        raise Conflict(f"nothing to restore: {what} as at @{seq}", current=scope.seq)
    return plan.change(scope.ns, reason), plan


def _ordered(records: Iterable[Record]) -> tuple[Record, ...]:
    return tuple(sorted(records, key=lambda r: (isinstance(r, Edge), str(r.kind), r.id)))


def _erased(record: Record) -> bool:
    if record.shredded or record.content is None:
        return True
    payload = record.payload if isinstance(record, Version) else None
    return payload is not None and payload.content is None


def _listed(lost: Sequence[Record]) -> str:
    """What was erased, by kind and id: its name is gone with it."""
    first = (NodeKind.SOURCE, NodeKind.MEMCUBE)
    ordered = sorted(lost, key=lambda r: (r.kind not in first, isinstance(r, Edge)))
    nodes = dict.fromkeys(f"{r.kind} {r.ends[0][:8]}" for r in ordered)
    more = f" and {len(nodes) - _NAMED} more" if len(nodes) > _NAMED else ""
    return ", ".join(list(nodes)[:_NAMED]) + more


def _covered(store: GraphStore, scope: Scope, records: Sequence[Record]) -> list[Record]:
    """Without what stays: by kind, and what a receipt says it used."""
    rest = [r for r in records if r.kind not in STAYS]
    made = {r.src for r in rest if isinstance(r, Edge) and r.kind is EdgeKind.DERIVED_FROM}
    kinds = {r.node: r.kind for r in records if isinstance(r, Version)}
    unknown = sorted(made - kinds.keys())
    kinds |= {v.node: v.kind for v in (store.get(scope, unknown) if unknown else ())}
    for node in made - kinds.keys():  # withdrawn before, and not back by now
        kinds |= {v.node: v.kind for v in store.history(scope, node)[:1]}
    given = {node for node in made if kinds.get(node) is NodeKind.INJECTION}
    return [
        r
        for r in rest
        if not (isinstance(r, Edge) and r.kind is EdgeKind.DERIVED_FROM and r.src in given)
    ]


def _belonging(
    store: GraphStore,
    scope: Scope,
    apart: Sequence[Record],
    then: dict[str, Record],
    node: str,
) -> list[Record]:
    """The part of a difference that belongs to one node, and what that part cannot stand without."""
    past = store.history(scope, node)
    if not past:
        raise NotFound(f"there is no node {node}: `memcubes search` finds what there is")
    if past[0].kind in STAYS:
        raise Invalid(
            f"{past[0].kind} {node} is not restored: what was given out, and who may read, stay as "
            "they are"
        )
    origins = {version.origin for version in past}
    closed = against(store, scope).keys() - {node}
    apart = [r for r in apart if not (isinstance(r, Version) and r.node in closed and r.id in then)]
    mine = {r.id: r for r in apart if node in r.ends}
    # who wants a node back takes back what was decided against it since
    mine |= {
        r.id: r
        for r in apart
        if r.kind is NodeKind.DECISION and r.get("verb") == Verb.RETRACT and r.get("node") == node
    }
    if past[0].kind is NodeKind.SOURCE:
        mine |= {r.id: r for r in apart if r.origin == node}
    if past[0].kind is NodeKind.MEMCUBE:
        stated = {
            r.dst for r in mine.values() if isinstance(r, Edge) and r.kind is EdgeKind.SUPPORTS
        }
        mine |= {
            r.id: r
            for r in apart
            if r.kind in _JOINS and r.ends[1] in stated and r.origin in origins
        }
    footing = {(r.origin, end) for r in mine.values() for end in (*r.ends, r.origin)}
    mine |= {r.id: r for r in apart if isinstance(r, Version) and (r.origin, r.node) in footing}
    return _without_needed(store, scope, list(mine.values()), then, node)


def _without_needed(
    store: GraphStore, scope: Scope, mine: list[Record], then: dict[str, Record], node: str
) -> list[Record]:
    """Leave open what other records of the same origin go on standing on."""
    going = {r.id for r in mine if r.id not in then}
    origins = tuple(sorted({r.origin for r in mine if r.id in going}))
    standing = {e.id: e for e in all_edges(store, scope, Along(origins=origins))} if origins else {}
    standing |= {r.id: r for r in mine if isinstance(r, Edge) and r.id in then}
    stated = {
        (e.origin, e.dst)
        for e in standing.values()
        if e.kind is EdgeKind.SUPPORTS and e.id not in going
    }
    kept = [
        r for r in mine if r.id in going and r.kind in _JOINS and (r.origin, r.ends[1]) in stated
    ]
    left = [e for e in standing.values() if e.id not in going or e in kept]
    needed = {(e.origin, end) for e in left for end in (*e.ends, e.origin)}
    kept += [
        r
        for r in mine
        if isinstance(r, Version)
        and r.id in going
        and r.node != node
        and (r.origin, r.node) in needed
    ]
    # what stays has its place: the record of then does not come back beside it
    places = {(r.kind, r.origin, r.ends) for r in kept}
    return [r for r in mine if (r.kind, r.origin, r.ends) not in places]
