"""Staleness: a question that is asked at each use, not a mark that somebody must remember to set.

An artefact (receipt, summary, cache, adapter) may be used exactly while the payload digest of each
source that it was made from is still in force; what it was made from includes what that was made from,
so that a cache of a summary goes with the summary's sources (DESIGN, belief).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import NamedTuple

from .kind import NodeKind
from .lifecycle import State
from .listing import Finding, all_found
from .record import Version
from .scope import Direction, Scope, Where
from .store import GraphStore, Made, Pin


@dataclass(frozen=True, slots=True)
class Missing:
    """A source whose content, as it was used, is no longer in force."""

    artefact: str
    source: str
    digest: str


@dataclass(frozen=True, slots=True)
class Pins:
    """What artefacts were made of: by artefact, the sources with the payload digests that were used.

    Those that were made of the same share one tuple.
    """

    of: Mapping[str, tuple[Pin, ...]]

    @classmethod
    def held(cls, uses: Iterable[Made]) -> Pins:
        """Gather what was used by artefact."""
        found: dict[str, tuple[Pin, ...]] = {}
        for made in uses:
            found.update(dict.fromkeys(made.artefacts, made.of))
        return cls(found)

    def flattened(self, artefact: str) -> tuple[Pin, ...] | frozenset[Pin]:
        """All sources of an artefact, those of its sources among them, each once."""
        mine = self.of.get(artefact, ())
        if any(pin.source in self.of for pin in mine):
            return self._deep(artefact)
        return mine

    def _deep(self, artefact: str) -> frozenset[Pin]:
        found: set[Pin] = set()
        seen, queue = {artefact}, [artefact]
        for node in queue:
            for pin in self.of.get(node, ()):
                found.add(pin)
                if pin.source not in seen:
                    seen.add(pin.source)
                    queue.append(pin.source)
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
    pins = Pins.held(store.uses(scope, artefacts, Direction.UP))
    return {
        artefact: tuple(
            Missing(artefact, pin.source, pin.payload)
            for pin in sorted(pins.flattened(artefact))
            if not pin.standing
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


def standing_in(store: Finding, scope: Scope, versions: Sequence[Version]) -> frozenset[str]:
    """Of these records those that a question may find: all but summaries that stand for nothing now.

    A summary stands in for what it was made of while all of that is in force and archived (the index asks
    the same of its rows, `graph.index.standing`).
    """
    made = {v.id: [str(one) for one in v.get("made_of") or ()] for v in versions}
    pins = tuple(sorted({digest for digests in made.values() for digest in digests}))
    held: set[str] = set()
    for start in range(0, len(pins), 5_000):
        held |= {
            version.payload.digest
            for version in all_found(store, scope, Where(payloads=pins[start : start + 5_000]))
            if version.payload is not None
            and version.payload.content is not None
            and version.get("state") == State.ARCHIVED
        }
    return frozenset(record for record, digests in made.items() if held.issuperset(digests))


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
    made_of: dict[str, list[int]] = defaultdict(list)
    for place, made in enumerate(uses):
        for source in {pin.source for pin in made.of}:
            made_of[source].append(place)
    asked = set(nodes)
    levels: list[list[int]] = []
    inner: dict[int, list[str]] = {}  # of what is reached, the part that something was made of
    level = asked
    while level:
        reached = {place for node in level for place in made_of.get(node, ())} - inner.keys()
        levels.append(sorted(reached))
        for place in reached:
            inner[place] = [one for one in uses[place].artefacts if one in made_of]
        level = {one for place in reached for one in inner[place]}
    partly = _partly(uses, made_of, inner, asked)
    found: list[Reached] = []
    for degree, places in enumerate(levels, 1):
        kinds, solely = dict[str, NodeKind](), dict[str, bool]()
        for place in places:
            if uses[place].alive:
                kinds |= dict.fromkeys(uses[place].artefacts, uses[place].kind)
                solely |= dict.fromkeys(uses[place].artefacts, place not in partly)
        for one in asked & kinds.keys():
            del kinds[one]
        names = sorted(kinds)
        kind, alone = map(kinds.__getitem__, names), map(solely.__getitem__, names)
        found += map(Reached, names, kind, repeat(degree), alone)
    return tuple(found), Pins.held(uses)


def _partly(
    uses: Sequence[Made],
    made_of: Mapping[str, Sequence[int]],
    inner: Mapping[int, Sequence[str]],
    asked: set[str],
) -> set[int]:
    """Which of what is reached rests on something else too, by itself or by what it was made of."""
    within = asked.union(*inner.values())
    found = {place for place in inner if any(pin.source not in within for pin in uses[place].of)}
    queue = list(found)
    for place in queue:
        for one in inner[place]:
            if one not in asked:
                further = set(made_of[one]) - found
                found |= further
                queue += further
    return found
