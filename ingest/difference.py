"""The difference between what a source opened before and what it says now.

Only what is gone is closed and only what is new is opened, so the same content twice changes nothing.
What a person decided is left alone: a passage that somebody revised keeps that wording, and what
somebody retracted by itself stays retracted.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..graph.change import Close, Open, Operation, Reopen, Selector
from ..graph.decided import Decided, kept_edges
from ..graph.hold import hold_of
from ..graph.instant import OPEN
from ..graph.kind import Authority, EdgeKind, NodeKind
from ..graph.lifecycle import aged
from ..graph.listing import all_edges, all_found
from ..graph.record import Edge, Record, Version, with_payload
from ..graph.scope import Along, Scope, Where
from ..graph.store import GraphStore
from .draft import Draft


@dataclass(frozen=True, slots=True)
class Difference:
    """Records to close (ids), to reopen, and to open."""

    close: tuple[str, ...]
    open: tuple[Record, ...]
    reopen: tuple[Record, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.close or self.open or self.reopen)

    @property
    def begun(self) -> tuple[Version, ...]:
        """The versions that are in force afterwards, and were not before."""
        return tuple(r for r in (*self.reopen, *self.open) if isinstance(r, Version))

    def operations(self) -> tuple[Operation, ...]:
        """The operations that make it so."""
        closing: tuple[Operation, ...] = (Close(Selector(ids=self.close)),) if self.close else ()
        back = tuple(record.id for record in self.reopen)
        reopening: tuple[Operation, ...] = (Reopen(Selector(ids=back)),) if back else ()
        return (*closing, *reopening, *(Open(record) for record in self.open))


def held_records(
    store: GraphStore, scope: Scope, source: str, decided: Decided, until: int = OPEN
) -> dict[tuple[str, ...], Record]:
    """What a source has open, under the same logical keys as a draft.

    For a source that was withdrawn, what it had open when that came (at `until`), as far as that was not
    erased since.
    """
    if until != OPEN:
        scope = scope.but(seq=until - 1)
    held: dict[tuple[str, ...], Record] = {}
    for edge in kept_edges(store, scope, source, decided, until):
        held[str(edge.kind), edge.src, edge.dst] = edge
    for version in all_found(store, scope, Where(origins=(source,))):
        held[str(version.kind), version.node] = version
    for edge in all_edges(store, scope, Along(origins=(source,))):
        held[str(edge.kind), edge.src, edge.dst] = edge
    return (
        held
        if until == OPEN
        else {k: r for k, r in held.items() if r.to_seq == until and _whole(r)}
    )


def reinstated(found: Difference, held: dict[tuple[str, ...], Record]) -> Difference:
    """A difference to what a withdrawn source had open: what it still says comes back as it was.

    So a wording that somebody gave, a state and a hold outlive the withdrawal, and what was made from the
    very same text may be used again.
    """
    gone = frozenset(found.close)
    back = tuple(record for record in held.values() if record.id not in gone)
    return Difference((), found.open, back)


def _whole(record: Record) -> bool:
    """Whether nothing of a record was erased."""
    payload = record.payload if isinstance(record, Version) else None
    return record.content is not None and not (payload is not None and payload.content is None)


def handmade(found: Difference, held: dict[tuple[str, ...], Record]) -> list[Version]:
    """The passages with a wording that somebody gave, which a difference ends."""
    closing = frozenset(found.close)
    return [
        record
        for record in held.values()
        if isinstance(record, Version)
        and record.kind is NodeKind.MEMCUBE
        and record.id in closing
        and record.authority is Authority.CURATED
    ]


def difference(
    draft: Draft, held: dict[tuple[str, ...], Record], decided: Decided | None = None
) -> Difference:
    """Compare a draft with what is open; what a decision closed is not opened a second time."""
    decided = decided or Decided()
    every: dict[tuple[str, ...], Record] = {}
    every.update(draft.versions)
    every.update(draft.edges)
    revised = {
        key[1]
        for key, record in draft.versions.items()
        if record.kind is NodeKind.MEMCUBE and key in held and _revised(held[key], record)
    }
    every = _read_anew(every, revised)
    # what a decision keeps closed is opened (and closed again at once) where something else says it now
    said = {node for key in every.keys() - held.keys() if (node := _stated(key)) is not None}
    wanted = {
        key: record
        for key, record in every.items()
        if not (
            isinstance(record, Version)
            and record.node in decided.by
            and record.node not in said
            and key not in held
            and decided.ended(record.node, record.origin) is not None
        )
    }
    spared = _read_by_hand(held, revised)
    close = [record.id for key, record in held.items() if key not in wanted and key not in spared]
    fresh: list[Record] = []
    for key, record in wanted.items():
        before = held.get(key)
        if before is None:
            fresh.append(record)
            continue
        record = _placed(before, record)
        if not _same(before, record):
            if _revised(before, record):
                continue
            close.append(before.id)
            fresh.append(_carried(before, record))
    return Difference(tuple(close), tuple(fresh))


def _stated(key: tuple[str, ...]) -> str | None:
    """The passage or fact that an edge says, by the edge's key."""
    if key[0] == EdgeKind.SUPPORTS:
        return key[2]
    return key[1] if key[0] == EdgeKind.DERIVED_FROM else None


def _read_anew(
    every: dict[tuple[str, ...], Record], revised: set[str]
) -> dict[tuple[str, ...], Record]:
    """What a reading says without the passages that somebody gave another wording."""
    if not revised:
        return every
    edges = {
        key: record
        for key, record in every.items()
        if isinstance(record, Edge) and not (record.src in revised and record.kind in SAYS)
    }
    facts = {e.dst for e in edges.values() if e.kind is EdgeKind.SUPPORTS}
    edges = {key: e for key, e in edges.items() if e.kind not in JOINS or e.dst in facts}
    names = {e.dst for e in edges.values() if e.kind in (EdgeKind.MENTIONS, EdgeKind.ABOUT)}
    names |= {e.src for e in edges.values() if e.kind in JOINS}
    needed = {NodeKind.FACT: facts, NodeKind.ENTITY: names}
    versions = {
        key: record
        for key, record in every.items()
        if isinstance(record, Version)
        and (record.kind not in needed or record.node in needed[record.kind])
    }
    return {**versions, **edges}


def _read_by_hand(held: dict[tuple[str, ...], Record], revised: set[str]) -> set[tuple[str, ...]]:
    """What was read out of wordings that somebody gave: the reading of a file does not touch it."""
    says = {
        key: r
        for key, r in held.items()
        if isinstance(r, Edge) and r.src in revised and r.kind in SAYS
    }
    facts = {edge.dst for edge in says.values() if edge.kind is EdgeKind.SUPPORTS}
    joins = {
        key: r
        for key, r in held.items()
        if isinstance(r, Edge) and r.kind in JOINS and r.dst in facts
    }
    names = {edge.dst for edge in says.values()} | {edge.src for edge in joins.values()}
    nodes = {key for key, r in held.items() if isinstance(r, Version) and r.node in names | facts}
    return {*says, *joins, *nodes}


SAYS = (EdgeKind.MENTIONS, EdgeKind.ABOUT, EdgeKind.SUPPORTS)
JOINS = (EdgeKind.SUBJECT_OF, EdgeKind.OBJECT_OF)


def held_against(
    found: Difference, held: dict[tuple[str, ...], Record]
) -> tuple[Version, str] | None:
    """A cube that the difference would end and a hold keeps, with that hold; None where there is none."""
    closing = frozenset(found.close)
    for record in held.values():
        if record.id in closing and record.kind is NodeKind.MEMCUBE:
            assert isinstance(record, Version)  # a kind of node
            hold = hold_of(record.content)
            if hold is not None:
                return record, str(hold)
    return None


def _placed(before: Record, record: Record) -> Record:
    """The record in the state that its cube is in by now."""
    if not isinstance(before, Version) or not isinstance(record, Version):
        return record
    return aged(before, record) if record.kind is NodeKind.MEMCUBE else record


def _revised(before: Record, record: Record) -> bool:
    """A person's wording of a passage outlives another reading of its source."""
    return before.authority is Authority.CURATED and before.authority > record.authority


def _carried(before: Record, record: Record) -> Record:
    """Another header for the same text keeps the payload with its salt: nothing becomes stale by it."""
    if (
        isinstance(before, Version)
        and isinstance(record, Version)
        and before.payload is not None
        and record.payload is not None
        and before.payload.content == record.payload.content
    ):
        return with_payload(record, before.payload)
    return record


def _same(before: Record, record: Record) -> bool:
    if before.content != record.content or before.authority != record.authority:
        return False
    if before.validity.known != record.validity.known:
        return False
    if record.validity.known and before.validity != record.validity:
        return False
    if isinstance(before, Version) and isinstance(record, Version):
        old = before.payload.content if before.payload else None
        new = record.payload.content if record.payload else None
        return old == new
    return True
