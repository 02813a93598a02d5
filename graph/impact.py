"""Impact: what a change does to what is believed, and to every answer that was given.

The same computation compares "with and without a source" (before a retraction, by excluding its
origin) and "before and after a change" (by pinning two sequences), so a preview equals what then
happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .belief import Belief, beliefs
from .canonical import identities
from .kind import EdgeKind, NodeKind
from .listing import all_edges, all_found
from .record import Edge, Record, Version
from .scope import Along, Scope, Where
from .staleness import missing_sources, receipts_using
from .store import GraphStore


@dataclass(frozen=True, slots=True)
class Impact:
    """What differs between two scopes.

    `withdrawn`, `revived`, `weakened`, `superseded` and `learned` are beliefs: no longer stated by any
    source, held again, held on fewer sources, overruled (or disputed), and stated for the first time.
    `entities` lose their last mention; `answers` are the receipts that used what goes or comes, and
    `stale` those among them that rest on content no longer in force.
    """

    withdrawn: tuple[Belief, ...]
    revived: tuple[Belief, ...]
    weakened: tuple[Belief, ...]
    superseded: tuple[Belief, ...]
    learned: tuple[Belief, ...]
    entities: tuple[str, ...]
    cubes: tuple[str, ...]
    answers: tuple[str, ...]
    stale: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing that anybody believes or was told is touched."""
        return not (
            self.withdrawn
            or self.revived
            or self.weakened
            or self.superseded
            or self.learned
            or self.answers
        )


def impact_without(store: GraphStore, scope: Scope, nodes: Sequence[str]) -> Impact:
    """What would differ if these sources, passages or facts had never been: the preview of a retraction."""
    gone = tuple(sorted(nodes))
    after = scope.but(without=tuple(sorted({*scope.without, *gone})))
    records: dict[str, Record] = {}
    for where in (Where(origins=gone), Where(nodes=gone)):
        records |= {version.id: version for version in all_found(store, scope, where)}
    near = Along(kinds=(EdgeKind.SUPPORTS,), touching=gone)
    records |= {edge.id: edge for edge in all_edges(store, scope, near)}
    return _impact(store, scope, after, list(records.values()))


def impact_of(store: GraphStore, scope: Scope, seq: int) -> Impact:
    """What one committed change did, between the sequence before it and its own."""
    opened, closed = store.effects(scope, seq)
    before, after = scope.but(seq=seq - 1), scope.but(seq=seq)
    found = _impact(store, before, after, [*opened, *closed])
    change = store.changes(scope, after=seq - 1, first=1)
    if change and change[0].operations.get("reopen"):
        # what comes back was known before
        return replace(found, revived=(*found.revived, *found.learned), learned=())
    return found


def impact_between(store: GraphStore, before: Scope, after: Scope) -> Impact:
    """What differs between two instants: everything that any change between them opened or closed."""
    low, high = sorted((before.seq, after.seq))
    records: list[Record] = []
    for change in store.changes(after.but(seq=high), after=low, first=100_000):
        opened, closed = store.effects(after.but(seq=high), change.seq)
        records += [*opened, *closed]
    return _impact(store, before, after, list({(r.id, r.from_seq): r for r in records}.values()))


def _impact(store: GraphStore, before: Scope, after: Scope, records: Sequence[Record]) -> Impact:
    versions = [r for r in records if isinstance(r, Version)]
    facts = sorted(_facts(store, before, after, records))
    was, will = beliefs(store, before, facts), beliefs(store, after, facts)
    withdrawn: list[Belief] = []
    revived: list[Belief] = []
    weakened: list[Belief] = []
    superseded: list[Belief] = []
    learned: list[Belief] = []
    for fact in facts:
        old, new = was[fact], will[fact]
        if old.believed and not new.believed:
            (superseded if new.sources else withdrawn).append(old if not new.sources else new)
        elif new.believed and not old.believed:
            (revived if old.sources else learned).append(new)
        elif old.believed and new.believed and len(new.sources) < len(old.sources):
            weakened.append(new)
    cubes = sorted({v.node for v in versions if v.kind is NodeKind.MEMCUBE})
    answers = receipts_using(store, before, cubes) if cubes else ()
    lost_before = missing_sources(store, before, answers)
    lost_after = missing_sources(store, after, answers)
    return Impact(
        withdrawn=tuple(withdrawn),
        revived=tuple(revived),
        weakened=tuple(weakened),
        superseded=tuple(superseded),
        learned=tuple(learned),
        entities=_unmentioned(store, before, after, versions),
        cubes=tuple(cubes),
        answers=answers,
        stale=tuple(a for a in answers if lost_after[a] and not lost_before[a]),
    )


def _facts(store: GraphStore, before: Scope, after: Scope, records: Sequence[Record]) -> set[str]:
    """The facts that records state, and every other fact about the same subjects."""
    facts = {r.node for r in records if isinstance(r, Version) and r.kind is NodeKind.FACT}
    subjects: set[str] = set()
    for record in records:
        if isinstance(record, Edge) and record.kind in (EdgeKind.SAME_AS, EdgeKind.NOT_SAME_AS):
            subjects |= {record.src, record.dst}
        elif isinstance(record, Edge) and record.kind is EdgeKind.SUPPORTS:
            facts.add(record.dst)
    # a passage that goes alone takes no edge along: what it states is reached from it
    cubes = {r.node for r in records if isinstance(r, Version) and r.kind is NodeKind.MEMCUBE}
    for scope in (before, after):
        if cubes:
            states = Along(kinds=(EdgeKind.SUPPORTS,), src=tuple(sorted(cubes)))
            facts |= {edge.dst for edge in all_edges(store, scope, states)}
    for scope in (before, after):
        if facts:
            near = Along(kinds=(EdgeKind.SUBJECT_OF,), dst=tuple(sorted(facts)))
            subjects |= {edge.src for edge in all_edges(store, scope, near)}
    reached = set(facts)
    for scope in (before, after):
        alike = identities(store, scope).alike(subjects)
        if alike:
            along = Along(kinds=(EdgeKind.SUBJECT_OF,), src=tuple(sorted(alike)))
            reached |= {edge.dst for edge in all_edges(store, scope, along)}
    return reached


def _unmentioned(
    store: GraphStore, before: Scope, after: Scope, versions: Sequence[Version]
) -> tuple[str, ...]:
    names = {v.node: str(v.get("name", "")) for v in versions if v.kind is NodeKind.ENTITY}
    if not names:
        return ()
    nodes = sorted(names)
    was = {v.node for v in store.get(before, nodes)}
    still = {v.node for v in store.get(after, nodes)}
    return tuple(sorted(names[node] for node in was - still))
