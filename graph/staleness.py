"""Staleness: a question that is asked at each use, not a mark that somebody must remember to set.

An artefact (receipt, summary, cache, adapter) may be used exactly while the payload digest of each
source that it was made from is still in force; what it was made from includes what that was made from,
so that a cache of a summary goes with the summary's sources (DESIGN, belief).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .kind import NodeKind
from .listing import all_found
from .scope import Direction, Scope, Where
from .store import GraphStore

DEEP = 8
"""How many times something made from something made is followed."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A source whose content, as it was used, is no longer in force."""

    artefact: str
    source: str
    digest: str


@dataclass(frozen=True, slots=True)
class Pins:
    """What artefacts were made from: by artefact, the sources with the payload digests that were used."""

    of: Mapping[str, frozenset[tuple[str, str]]]

    def flattened(self, artefact: str) -> frozenset[tuple[str, str]]:
        """All sources of an artefact, those of its sources among them."""
        found: set[tuple[str, str]] = set()
        seen, queue = {artefact}, [artefact]
        for node in queue:
            for pin in self.of.get(node, ()):
                found.add(pin)
                if pin[0] not in seen:
                    seen.add(pin[0])
                    queue.append(pin[0])
        return frozenset(found)


def pins_of(
    store: GraphStore, scope: Scope, artefacts: Iterable[str], known: Pins | None = None
) -> Pins:
    """Read what artefacts rest on, level by level; what is `known` is not read again."""
    held = {} if known is None else {node: set(pins) for node, pins in known.of.items()}
    level = sorted(set(artefacts) - held.keys())
    for _ in range(DEEP):
        if not level:
            break
        for use in store.uses(scope, level, Direction.UP):
            held.setdefault(use.artefact, set()).add((use.source, use.payload))
        read = set(level)
        level = sorted(
            {source for node in read for source, _ in held.get(node, ())} - held.keys() - read
        )
    return Pins({artefact: frozenset(pins) for artefact, pins in held.items()})


def digests_in_force(store: GraphStore, scope: Scope, digests: Iterable[str]) -> set[str]:
    """Which of these payloads some version in force holds."""
    asked, alive = sorted(set(digests)), set[str]()
    for start in range(0, len(asked), 5_000):
        for version in all_found(store, scope, Where(payloads=tuple(asked[start : start + 5_000]))):
            if version.payload is not None:
                alive.add(version.payload.digest)
    return alive


def missing_sources(
    store: GraphStore, scope: Scope, artefacts: Sequence[str]
) -> dict[str, tuple[Missing, ...]]:
    """What each artefact rests on and has lost; an empty tuple means that it may be used."""
    pins = pins_of(store, scope, artefacts)
    flat = {artefact: pins.flattened(artefact) for artefact in artefacts}
    alive = digests_in_force(store, scope, (digest for held in flat.values() for _, digest in held))
    return {
        artefact: tuple(
            Missing(artefact, source, digest)
            for source, digest in sorted(held)
            if digest not in alive
        )
        for artefact, held in flat.items()
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


@dataclass(frozen=True, slots=True)
class Reached:
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
    degrees: dict[str, int] = {}
    kinds: dict[str, NodeKind] = {}
    held: dict[str, set[tuple[str, str]]] = defaultdict(set)
    level = sorted(set(nodes))
    for degree in range(1, DEEP + 1):
        if not level:
            break
        for use in store.uses(scope, level, Direction.DOWN):
            held[use.artefact].add((use.source, use.payload))
            degrees.setdefault(use.artefact, degree)
            if use.alive:
                kinds[use.artefact] = use.kind
        level = sorted(node for node, at in degrees.items() if at == degree)
    pins = Pins({artefact: frozenset(mine) for artefact, mine in held.items()})
    others = {source for mine in held.values() for source, _ in mine} - held.keys()
    pins = pins_of(store, scope, others, pins)
    wholly, found = set(nodes), []
    for node in sorted(degrees, key=lambda node: (degrees[node], node)):
        solely = wholly.issuperset(source for source, _ in held[node])
        if solely:
            wholly.add(node)
        if node in kinds:
            found.append(Reached(node, kinds[node], degrees[node], solely))
    return tuple(found), pins
