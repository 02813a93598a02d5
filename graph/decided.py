"""Decided: what somebody retracted by itself, and what each source had said of it by then.

A source opens all that it says, whoever retracted what before; what a decision keeps closed is closed again
in the same commit, by a change that names the decision. So a decision that is taken back gives back what
every source says, also those that were read meanwhile (DESIGN, ingest is confluent).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .change import ChangeSet, Close, Selector
from .instant import OPEN
from .kind import NodeKind, Verb
from .line import dormant
from .listing import all_found
from .record import Edge, Record, Version
from .scope import Scope, Where
from .store import GraphStore


@dataclass(frozen=True, slots=True)
class Decided:
    """Retracted nodes by the decisions that keep each closed, and the versions that they had."""

    by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    past: Mapping[str, Sequence[Version]] = field(default_factory=dict)

    def ended(self, node: str, origin: str) -> int | None:
        """When the version of a source ended; None where it never had one or has one in force."""
        mine = [version.to_seq for version in self.past.get(node, ()) if version.origin == origin]
        return max(mine) if mine and max(mine) < OPEN else None


def decided_against(store: GraphStore, scope: Scope) -> Decided:
    """Read which nodes somebody retracted by themselves."""
    by = against(store, scope)
    return Decided(by, {node: store.history(scope, node) for node in by})


def against(store: GraphStore, scope: Scope) -> dict[str, tuple[str, ...]]:
    """The nodes that somebody retracted by themselves, each with the decisions that keep it closed.

    There are several where it was stated again and retracted again.
    """
    where = Where(kinds=(NodeKind.DECISION,), header={"verb": str(Verb.RETRACT)})
    found: dict[str, tuple[str, ...]] = {}
    for version in all_found(store, scope, where):
        node = str(version.get("node"))
        found[node] = (*found.get(node, ()), version.node)
    return found


def made_against(records: Iterable[Record]) -> list[Version]:
    """Those of these records that are decisions against a single passage or fact."""
    return [
        record
        for record in records
        if isinstance(record, Version)
        and record.kind is NodeKind.DECISION
        and record.get("verb") == Verb.RETRACT
    ]


def kept_edges(
    store: GraphStore, scope: Scope, source: str, decided: Decided, until: int = OPEN
) -> Iterator[Edge]:
    """The open edges of a source at nodes that a decision keeps closed: no read now shows them.

    With `until`, those that were open until then.
    """
    for node in decided.by:
        ended = decided.ended(node, source)
        if ended is not None and ended <= scope.seq:
            for edge in dormant(store, scope, decided.past[node], until):
                if edge.origin == source:
                    yield edge


def enforcing(ns: str, opened: Sequence[Version], decided: Decided) -> list[ChangeSet]:
    """The change that closes again what decisions keep closed, of what a source has just opened."""
    against = [version for version in opened if version.node in decided.by]
    if not against:
        return []
    return [
        ChangeSet(
            ns=ns,
            verb=Verb.RETRACT,
            ops=(Close(Selector(ids=tuple(version.id for version in against))),),
            reason="retracted before it was read here",
            note={
                "targets": sorted({version.node for version in against}),
                "enforces": sorted({by for version in against for by in decided.by[version.node]}),
            },
        )
    ]
