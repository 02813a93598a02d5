"""The difference between what a source opened before and what it says now.

Only what is gone is closed and only what is new is opened, so the same content twice changes nothing.
What a person decided is left alone: a passage that somebody revised keeps that wording, and what
somebody retracted by itself stays retracted.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..graph.change import Close, Open, Operation, Selector
from ..graph.hold import hold_of
from ..graph.kind import Authority, NodeKind, Verb
from ..graph.lifecycle import aged
from ..graph.listing import all_edges, all_found
from ..graph.record import Record, Version, with_payload
from ..graph.scope import Along, Scope, Where
from ..graph.store import GraphStore
from .draft import Draft


@dataclass(frozen=True, slots=True)
class Difference:
    """Records to close (ids) and to open; `expects` are the ids that the comparison rested on."""

    close: tuple[str, ...]
    open: tuple[Record, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.close and not self.open

    def operations(self) -> tuple[Operation, ...]:
        """The operations that make it so."""
        closing: tuple[Operation, ...] = (Close(Selector(ids=self.close)),) if self.close else ()
        return (*closing, *(Open(record) for record in self.open))


def held_records(store: GraphStore, scope: Scope, source: str) -> dict[tuple[str, ...], Record]:
    """What a source has in force, under the same logical keys as a draft."""
    held: dict[tuple[str, ...], Record] = {}
    for version in all_found(store, scope, Where(origins=(source,))):
        held[str(version.kind), version.node] = version
    for edge in all_edges(store, scope, Along(origins=(source,))):
        held[str(edge.kind), edge.src, edge.dst] = edge
    return held


def difference(
    draft: Draft, held: dict[tuple[str, ...], Record], decided: frozenset[str] = frozenset()
) -> Difference:
    """Compare a draft with what is in force; nodes in `decided` stay closed."""
    every: dict[tuple[str, ...], Record] = {}
    every.update(draft.versions)
    every.update(draft.edges)
    wanted = {key: r for key, r in every.items() if not decided.intersection(r.ends)}
    close = [record.id for key, record in held.items() if key not in wanted]
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


def decided_against(store: GraphStore, scope: Scope) -> frozenset[str]:
    """The nodes that somebody retracted by themselves, which no new reading may bring back."""
    return frozenset(
        str(version.get("node"))
        for version in all_found(
            store, scope, Where(kinds=(NodeKind.DECISION,), header={"verb": str(Verb.RETRACT)})
        )
    )
