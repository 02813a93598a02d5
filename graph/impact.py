"""Impact: what a change does to what is believed, and to every answer that was given.

The same computation compares "with and without a source" (before a retraction, by excluding its
origin) and "before and after a change" (by pinning two sequences), so a preview equals what then
happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import compress

from .belief import Belief, grounded
from .canonical import certain, identities
from .kind import EdgeKind, NodeKind
from .listing import all_edges, all_found
from .record import Edge, Record, Version
from .scope import Along, Scope, Where
from .staleness import Pins, Reached, artefacts_of, digests_in_force
from .store import GraphStore


@dataclass(frozen=True, slots=True)
class Impact:
    """What differs between two scopes.

    `withdrawn`, `revived`, `weakened`, `superseded` and `learned` are beliefs: no longer stated by any
    source, held again, held on fewer sources, overruled (or disputed), and stated for the first time.
    `entities` lose their last mention; `made` is everything that was made from what goes or comes, by
    degree, with whether it rests on nothing else, and from what states a fact whose standing changes; `answers` are the receipts among that, and `stale`
    the artefacts that may no longer be used, and might before. `scopes` are the two that were compared;
    where the second is only tried, `tried` is the store in which it can be read.
    """

    withdrawn: tuple[Belief, ...]
    revived: tuple[Belief, ...]
    weakened: tuple[Belief, ...]
    superseded: tuple[Belief, ...]
    learned: tuple[Belief, ...]
    entities: tuple[str, ...]
    cubes: tuple[str, ...]
    made: tuple[Reached, ...]
    stale: tuple[str, ...]
    scopes: tuple[Scope, Scope] | None = field(default=None, compare=False, repr=False)
    tried: GraphStore | None = field(default=None, compare=False, repr=False)

    @property
    def answers(self) -> tuple[str, ...]:
        """The receipts of what was given out and rests on what changes."""
        return tuple(one.node for one in self.made if one.kind is NodeKind.INJECTION)

    @property
    def solely(self) -> tuple[Belief, ...]:
        """The facts that nothing else supports."""
        return self.withdrawn

    @property
    def partly(self) -> tuple[Belief, ...]:
        """The facts that stand on less than before."""
        return self.weakened

    @property
    def empty(self) -> bool:
        """Whether nothing that anybody believes or was told is touched."""
        return not (
            self.withdrawn
            or self.revived
            or self.weakened
            or self.superseded
            or self.learned
            or self.made
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
    (was, stating), (will, _) = (grounded(store, scope, facts) for scope in (before, after))
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
    made, pins = artefacts_of(store, before, cubes) if cubes else ((), Pins({}))
    moved = (*withdrawn, *revived, *superseded)
    told = set[str]().union(*(stating.get(belief.fact, ()) for belief in moved)).difference(cubes)
    if told:
        others, more = artefacts_of(store, before, sorted(told))
        known = {one.node for one in made}
        # what these rest on stands, only what is thought of it does not
        made += tuple(one._replace(solely=False) for one in others if one.node not in known)
        pins = Pins({**more.of, **pins.of})
    return Impact(
        withdrawn=tuple(withdrawn),
        revived=tuple(revived),
        weakened=tuple(weakened),
        superseded=tuple(superseded),
        learned=tuple(learned),
        entities=_unmentioned(store, before, after, records),
        cubes=tuple(cubes),
        made=made,
        stale=_lost(store, after, [one.node for one in made], pins),
        scopes=(before, after),
    )


def _lost(store: GraphStore, after: Scope, artefacts: Sequence[str], pins: Pins) -> tuple[str, ...]:
    """The artefacts that could be used when their pins were read, and cannot be afterwards."""
    if not artefacts:
        return ()
    every = {pin.payload for held in set(pins.of.values()) for pin in held}
    gone = every - digests_in_force(store, after, every)
    rest = [pins.of[artefact] for artefact in artefacts]
    lost = set()
    # very many were made of the same: one of them tells for all
    for held, one in dict(zip(rest, artefacts, strict=True)).items():
        deep = pins.flattened(one)
        if all(pin.standing for pin in deep) and any(pin.payload in gone for pin in deep):
            lost.add(held)
    return tuple(compress(artefacts, map(lost.__contains__, rest)))


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
    sides = _sides(before, after)
    for scope in sides:
        if cubes:
            states = Along(kinds=(EdgeKind.SUPPORTS,), src=tuple(sorted(cubes)))
            facts |= {fact for _, fact in store.ends(scope, states)}
    subjects |= _rejoined(store, before, after, records)
    reached = set(facts)
    if not subjects and not _overruling(store, sides, facts):
        return reached | _corrections(store, sides, facts)
    subjects |= _subjects(store, sides, facts)
    for scope in sides:
        alike = identities(store, scope).alike(subjects)
        if alike:
            along = Along(kinds=(EdgeKind.SUBJECT_OF,), src=tuple(sorted(alike)))
            reached |= {fact for _, fact in store.ends(scope, along)}
    return reached


def _rejoined(
    store: GraphStore, before: Scope, after: Scope, records: Sequence[Record]
) -> set[str]:
    """The names that are one by computation on one side only, where that can change what is believed."""
    naming = any(
        r.kind is NodeKind.ENTITY if isinstance(r, Version) else r.kind is EdgeKind.MENTIONS
        for r in records
    )
    # one name has another's slots only where something is corrected
    if not naming or not any(
        store.find(scope, _CORRECTIONS, first=1).items for scope in _sides(before, after)
    ):
        return set()
    pairs = set(certain(store, before)) ^ set(certain(store, after))
    return {name for pair in pairs for name in pair}


def _subjects(store: GraphStore, sides: Sequence[Scope], facts: set[str]) -> set[str]:
    """Whom these facts are about."""
    near = Along(kinds=(EdgeKind.SUBJECT_OF,), dst=tuple(sorted(facts)))
    return (
        {subject for scope in sides for subject, _ in store.ends(scope, near)} if facts else set()
    )


def _sides(before: Scope, after: Scope) -> tuple[Scope, ...]:
    """Where to look for what is on either side; a scope that only leaves something out shows no more."""
    less = set(before.without) <= set(after.without)
    return (before,) if less and after == before.but(without=after.without) else (before, after)


def _overruling(store: GraphStore, sides: Sequence[Scope], facts: set[str]) -> bool:
    """Whether one of these facts is a correction, which can overrule others."""
    where = replace(_CORRECTIONS, nodes=tuple(sorted(facts)))
    return bool(facts) and any(store.find(scope, where, first=1).items for scope in sides)


def _corrections(store: GraphStore, sides: Sequence[Scope], facts: set[str]) -> set[str]:
    """The corrections about the subjects of these: an ordinary claim may bring one into dispute."""
    found: set[str] = set()
    subjects: set[str] | None = None  # looked up only where anything is ever corrected
    for scope in sides:
        nodes = tuple(sorted({version.node for version in all_found(store, scope, _CORRECTIONS)}))
        if nodes:
            subjects = _subjects(store, sides, facts) if subjects is None else subjects
            alike = identities(store, scope).alike(subjects)
            along = Along(kinds=(EdgeKind.SUBJECT_OF,), dst=nodes)
            found |= {fact for subject, fact in store.ends(scope, along) if subject in alike}
    return found


def _unmentioned(
    store: GraphStore, before: Scope, after: Scope, records: Sequence[Record]
) -> tuple[str, ...]:
    """The names that some passage mentioned before and none does afterwards."""
    cubes = sorted(
        {r.node for r in records if isinstance(r, Version) and r.kind is NodeKind.MEMCUBE}
    )
    named = {r.dst for r in records if isinstance(r, Edge) and r.kind in _MENTIONS}
    gone: set[str] = set()
    if cubes:
        from_them = Along(kinds=_MENTIONS, src=tuple(cubes))
        gone |= {entity for _, entity in store.ends(before, from_them)}
    gone |= _mentioned(store, before, named - gone)
    if not gone:
        return ()
    gone -= _mentioned(store, after, gone)
    names = {v.node: str(v.get("name", "")) for v in store.get(before, sorted(gone))}
    return tuple(sorted(names.values()))


def _mentioned(store: GraphStore, scope: Scope, entities: set[str]) -> set[str]:
    """Which of these some passage mentions; one that many do is looked at once."""
    found: set[str] = set()
    while entities - found:
        along = Along(kinds=_MENTIONS, dst=tuple(sorted(entities - found)))
        page = store.edges(scope, along, first=1_000 if len(along.dst or ()) > 1 else 1)
        found |= {edge.dst for edge in page.items}
        if page.after is None:
            break
    return found


_MENTIONS = (EdgeKind.MENTIONS, EdgeKind.ABOUT)
_CORRECTIONS = Where(kinds=(NodeKind.FACT,), header={"correction": True})
