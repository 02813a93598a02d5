"""Staleness: a question that is asked at each use, not a mark that somebody must remember to set.

An artefact (receipt, summary, cache, adapter) may be used exactly while the payload digest of each
source that it was made from is still in force; what it was made from includes what that was made from,
so that a cache of a summary goes with the summary's sources (DESIGN, belief).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .kind import NodeKind
from .listing import all_found
from .scope import Direction, Scope, Where
from .store import GraphStore, Use


@dataclass(frozen=True, slots=True)
class Missing:
    """A source whose content, as it was used, is no longer in force."""

    artefact: str
    source: str
    digest: str


@dataclass(frozen=True, slots=True)
class Pins:
    """What artefacts were made from: by artefact, the sources with the payload digests that were used.

    `missing` are those of the digests that are not in force.
    """

    of: Mapping[str, tuple[tuple[str, str], ...]]
    missing: frozenset[str] = frozenset()

    @classmethod
    def held(cls, uses: Iterable[Use]) -> Pins:
        """Gather what was used by artefact."""
        found: dict[str, tuple[tuple[str, str], ...]] = {}
        alone: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
        several: dict[str, list[tuple[str, str]]] = {}
        missing: set[str] = set()
        for artefact, _, _, source, payload, standing in uses:
            pin = (source, payload)
            if not standing:
                missing.add(payload)
            if artefact not in found:
                # what very many were made from alone is kept once
                found[artefact] = alone.get(pin) or alone.setdefault(pin, (pin,))
            elif artefact in several:
                several[artefact].append(pin)
            else:
                several[artefact] = [*found[artefact], pin]
        found |= {artefact: tuple(pins) for artefact, pins in several.items()}
        return cls(found, frozenset(missing))

    def flattened(self, artefact: str) -> tuple[tuple[str, str], ...] | frozenset[tuple[str, str]]:
        """All sources of an artefact, those of its sources among them, each once."""
        of = self.of
        mine = of.get(artefact, ())
        for source, _ in mine:
            if source in of:
                return self._deep(artefact)
        return mine

    def _deep(self, artefact: str) -> frozenset[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        seen, queue = {artefact}, [artefact]
        for node in queue:
            for pin in self.of.get(node, ()):
                found.add(pin)
                if pin[0] not in seen:
                    seen.add(pin[0])
                    queue.append(pin[0])
        return frozenset(found)


def digests_in_force(store: GraphStore, scope: Scope, digests: Iterable[str]) -> set[str]:
    """Which of these payloads some version in force holds, and nobody has erased."""
    asked, alive = sorted(set(digests)), set[str]()
    for start in range(0, len(asked), 5_000):
        for version in all_found(store, scope, Where(payloads=tuple(asked[start : start + 5_000]))):
            if version.payload is not None and version.payload.content is not None:
                alive.add(version.payload.digest)
    return alive


def missing_sources(
    store: GraphStore, scope: Scope, artefacts: Sequence[str]
) -> dict[str, tuple[Missing, ...]]:
    """What each artefact rests on and has lost; an empty tuple means that it may be used."""
    uses = store.uses(scope, artefacts, Direction.UP)
    pins = Pins.held(uses)
    alive = {use.payload for use in uses if use.standing}
    return {
        artefact: tuple(
            Missing(artefact, source, digest)
            for source, digest in sorted(pins.flattened(artefact))
            if digest not in alive
        )
        for artefact in artefacts
    }


def usable(store: GraphStore, scope: Scope, artefact: str) -> bool:
    """Whether an artefact may be used now: asked at every use, and never kept.

    >>> from .guard import GuardedStore
    >>> from .sqlite import SqliteStore
    >>> from .change import ChangeSet
    >>> store = GuardedStore(SqliteStore(None), "local:ann")
    >>> done = store.commit(ChangeSet(ns="default", verb="remember", ops=()))
    >>> usable(store, store.scope("default"), "made of nothing")
    True
    >>> store.close()
    """
    return not missing_sources(store, scope, (artefact,))[artefact]


class Reached(NamedTuple):
    """An artefact that rests on something, `degree` steps of making away.

    `solely` says that it rests on nothing else.
    """

    node: str
    kind: NodeKind
    degree: int
    solely: bool


def artefacts_of(
    store: GraphStore, scope: Scope, nodes: Sequence[str]
) -> tuple[tuple[Reached, ...], Pins]:
    """Everything that was made from these nodes, by degree and then by id, and what it all rests on."""
    uses = store.uses(scope, nodes, Direction.DOWN)
    pins = Pins.held(uses)
    alive = {use.artefact: use.kind for use in uses if use.alive}
    made: dict[str, list[str]] = defaultdict(list)
    for use in uses:
        made[use.source].append(use.artefact)
    wholly, level = set(nodes), sorted(set(nodes))
    seen, found = set(nodes), list[Reached]()
    degree = 0
    while level:
        degree += 1
        level = sorted({one for node in level for one in made.get(node, ())} - seen)
        seen.update(level)
        for node in level:
            held = pins.of[node]
            solely = held[0][0] in wholly and (
                len(held) == 1 or wholly.issuperset([source for source, _ in held])
            )
            if solely:
                wholly.add(node)
            if node in alive:
                found.append(Reached(node, alive[node], degree, solely))
    return tuple(found), pins
