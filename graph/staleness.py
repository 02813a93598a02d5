"""Staleness: a question that is asked at each use, not a mark that somebody must remember to set.

An artefact (receipt, summary, cache, adapter) may be used exactly while the payload digest of each
source that it was made from is still in force (DESIGN, belief).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .kind import NodeKind, Role
from .listing import all_found
from .scope import Direction, Scope, Where
from .store import GraphStore


@dataclass(frozen=True, slots=True)
class Missing:
    """A source whose content, as it was used, is no longer in force."""

    artefact: str
    source: str
    digest: str


def missing_sources(
    store: GraphStore, scope: Scope, artefacts: Sequence[str]
) -> dict[str, tuple[Missing, ...]]:
    """What each artefact rests on and has lost; an empty tuple means that it may be used.

    Edges are read even where the source is no longer alive, since that is just what is asked.
    """
    pins: dict[str, list[Missing]] = {artefact: [] for artefact in artefacts}
    for link in store.lineage(scope, artefacts, Direction.UP, depth=1, past=True):
        edge = link.edge
        if edge.get("role") == Role.USE and edge.get("payload") and edge.src in pins:
            pins[edge.src].append(Missing(edge.src, edge.dst, str(edge.get("payload"))))
    digests = sorted({pin.digest for held in pins.values() for pin in held})
    alive: set[str] = set()
    for start in range(0, len(digests), 500):
        chunk = tuple(digests[start : start + 500])
        for version in all_found(store, scope, Where(payloads=chunk)):
            if version.payload is not None:
                alive.add(version.payload.digest)
    return {
        artefact: tuple(pin for pin in held if pin.digest not in alive)
        for artefact, held in pins.items()
    }


def usable(store: GraphStore, scope: Scope, artefact: str) -> bool:
    """Whether an artefact may be used now."""
    return not missing_sources(store, scope, (artefact,))[artefact]


def receipts_using(store: GraphStore, scope: Scope, cubes: Sequence[str]) -> tuple[str, ...]:
    """The receipts (answers and injections) that used any of these cubes, in order of their ids."""
    found: set[str] = set()
    for start in range(0, len(cubes), 500):
        for link in _uses(store, scope, cubes[start : start + 500]):
            found.add(link)
    if not found:
        return ()
    versions = store.get(scope, sorted(found))
    return tuple(v.node for v in versions if v.kind is NodeKind.INJECTION)


def _uses(store: GraphStore, scope: Scope, cubes: Sequence[str]) -> set[str]:
    return {
        link.edge.src
        for link in store.lineage(scope, cubes, Direction.DOWN, depth=1, past=True)
        if link.edge.get("role") == Role.USE
    }
