"""Summarising: which summaries are lacking in a namespace, which have had their time, and the changes for both.

What should be there follows from the records in force and the policies alone, so that a second look finds
nothing to do, and two that look at once make nothing twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .canonical import sentences_of
from .change import MOST_OPERATIONS, ChangeSet, Close, Open, Operation, Selector, Shred
from .decided import against
from .hold import hold_of
from .kind import EdgeKind, NodeKind, Verb
from .lifecycle import Move, State
from .listing import all_edges, all_found
from .record import Version
from .retention import POLICIES, Policy, introduced
from .scope import Along, Direction, Scope, Where
from .staleness import missing_sources
from .store import GraphStore
from .summary import (
    MOST_PASSAGES,
    SUMMARY,
    Passage,
    Summary,
    Wanted,
    drafted,
    in_order,
    title_of,
)

Group = tuple[str, str]
"""A source, and the semantic type of some of its passages."""

_AFTER = {Move.ARCHIVE: State.ARCHIVED, Move.EXPIRE: State.EXPIRED}


@dataclass(slots=True)
class _Found:
    """What is in force of a group: the archived passages, whether others are still walked, all payloads."""

    archived: list[Passage] = field(default_factory=list)
    sentences: int = 0
    whole: bool = True
    payloads: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Renewal:
    """What is done at once: a summary that a group lacks, with the closing of those that no longer fit."""

    opened: tuple[Summary, ...]
    closed: tuple[Version, ...]
    rests_on: tuple[str, ...] = ()
    """The records that must still be in force when it is done."""
    destroyed: tuple[str, ...] = ()
    """Summaries whose words are destroyed, because they quote what was erased."""

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What does it."""
        return (
            *(Close(Selector(origin=version.node)) for version in self.closed),
            *(Shred(Selector(origin=node)) for node in self.destroyed),
            *(Open(record) for summary in self.opened for record in summary.records),
        )


@dataclass(frozen=True)
class Summarising:
    """The summaries of one namespace as they should be; `moves` are taken to have happened (a dry run).

    A group leaves a summary when all of its passages are archived, those that expired left out; it says
    fewer sentences than they have. What somebody retracted is not made again of the same passages.
    """

    store: GraphStore
    scope: Scope
    at: int
    policies: Mapping[str, Policy] = field(default_factory=lambda: POLICIES)
    moves: Mapping[str, Move] = field(default_factory=dict)

    @cached_property
    def due(self) -> tuple[Renewal, ...]:
        """What is to be done, in order of sources and types."""
        groups = [group for group in sorted(self._groups) if not self._kept(group)]
        renewals = [one for group in groups for one in self._renewals(group)]
        return tuple(one for one in (*self._erasures(), *renewals) if one.operations)

    @property
    def made(self) -> tuple[Version, ...]:
        """The summaries that are opened."""
        return tuple(one.version for renewal in self.due for one in renewal.opened)

    @property
    def ended(self) -> tuple[Version, ...]:
        """The summaries that are closed."""
        return tuple(version for renewal in self.due for version in renewal.closed)

    @property
    def held(self) -> tuple[Version, ...]:
        """The summaries that a hold keeps as they are, though they no longer fit."""
        return tuple(version for group in sorted(self._groups) for version in self._kept(group))

    def changes(self) -> Iterator[tuple[tuple[Renewal, ...], ChangeSet]]:
        """What is due in changes of a size that a log takes; the agent's name comes with the first."""
        part: list[Renewal] = []
        size, first = 1, True
        for renewal in self.due:
            more = len(renewal.operations)
            if part and size + more > MOST_OPERATIONS:
                yield tuple(part), self._change(part, first=first)
                part, size, first = [], 1, False
            part.append(renewal)
            size += more
        if part:
            yield tuple(part), self._change(part, first=first)

    def _change(self, part: Sequence[Renewal], *, first: bool) -> ChangeSet:
        opened = [one.version.node for renewal in part for one in renewal.opened]
        closed = [version for renewal in part for version in renewal.closed]
        named = introduced(self.store, self.scope, self.at) if first else ()
        return ChangeSet(
            ns=self.scope.ns,
            verb=Verb.EXPIRE,
            reason="what was archived leaves a summary, as the policies say",
            note={
                "targets": [*opened, *(version.node for version in closed)][:20],
                "summarised": len(opened),
                "ended": len(closed),
                "erased": sum(len(renewal.destroyed) for renewal in part),
            },
            expects=(
                *(version.id for version in closed),
                *(record for renewal in part for record in renewal.rests_on),
            ),
            absent=tuple(opened),
            base_seq=self.scope.seq,
            ops=(*(op for renewal in part for op in renewal.operations), *named),
        )

    def _kept(self, group: Group) -> list[Version]:
        return [v for v in self._plans[group][1] if hold_of(v.content) is not None]

    @cached_property
    def _plans(self) -> dict[Group, tuple[dict[str, Wanted], tuple[Version, ...]]]:
        """For each group the summaries that it should have, by id, and those that no longer fit."""
        made = {group: self._fitting(group) for group in self._groups}
        return {group: (fitting, self._outdated(group, fitting)) for group, fitting in made.items()}

    def _renewals(self, group: Group) -> list[Renewal]:
        """What is done for a group, a summary at a time: a large source has many, with many pins each."""
        fitting, closed = self._plans[group]
        closed = tuple(version for version in closed if version.node not in self._emptied)
        there = {version.node for version in self._there.get(group, ())}
        lacking = [wanted for node, wanted in fitting.items() if node not in there | self._unwanted]
        if not lacking:
            return [Renewal((), closed)]
        source = self._source(group[0])
        cubes = {cube.node: cube for cube in self._passages(lacking)}
        found = []
        for wanted in lacking:
            mine = in_order(source, [cubes[one.node] for one in wanted.passages])
            made = drafted(self.store, self.scope.ns, wanted, mine, title_of(source, mine))
            found.append(Renewal((made,), closed, tuple(cube.id for cube in mine)))
            closed = ()
        return found

    def _erasures(self) -> list[Renewal]:
        """What destroys the words of summaries that quote what was erased; a hold keeps theirs."""
        there = {v.node: v for group in self._there.values() for v in group}
        held = {node for node, version in there.items() if hold_of(version.content) is not None}
        return [
            Renewal((), (there[node],) if node in there else (), destroyed=(node,))
            for node in sorted(self._emptied - held)
        ]

    @cached_property
    def _emptied(self) -> frozenset[str]:
        """The summaries, past ones too, that were made of a payload which was erased, and still hold words."""
        fitting = {node for plan, _ in self._plans.values() for node in plan}
        unsure = [v.node for vs in self._there.values() for v in vs if v.node not in fitting]
        lost = missing_sources(self.store, self.scope, unsure).values() if unsure else ()
        nodes = {one.source for missing in lost for one in missing} | self._hollow
        erased = {
            version.payload.digest
            for node in sorted(nodes)
            for version in self.store.history(self.scope, node)
            if version.payload is not None and version.payload.content is None
        }
        if not erased:
            return frozenset()
        made = self.store.uses(self.scope, sorted(nodes), Direction.DOWN)
        return frozenset(
            artefact
            for one in made
            if one.kind is NodeKind.MEMCUBE and any(pin.payload in erased for pin in one.of)
            for artefact in one.artefacts
            if any(v.get("made_of") for v in self.store.history(self.scope, artefact))
        )

    def _outdated(self, group: Group, fitting: Mapping[str, Wanted]) -> tuple[Version, ...]:
        """The summaries that no longer fit; those of passages that are only back in the walk may again."""
        found = self._groups[group]
        there = [one for one in self._there.get(group, ()) if one.node not in fitting]
        if not found.whole and self._size(group[1]):
            there = [v for v in there if not found.payloads.issuperset(v.get("made_of", ()))]
        return tuple(there)

    def _fitting(self, group: Group) -> dict[str, Wanted]:
        """The summaries that a group should have, by the id of each."""
        found, policy = self._groups[group], self.policies.get(group[1], Policy())
        if not found.whole or not 0 < policy.summary < found.sentences:
            return {}
        passages = found.archived
        if len(passages) > MOST_PASSAGES:
            source = self._source(group[0])
            pins = dict(passages)
            listed = self.store.get(self.scope, sorted(pins))
            passages = [Passage(v.node, pins[v.node]) for v in in_order(source, listed)]
        made: dict[str, Wanted] = {}
        for start in range(0, len(passages), MOST_PASSAGES):
            mine = tuple(passages[start : start + MOST_PASSAGES])
            readers = self._readers(group[0], mine)
            wanted = Wanted(*group, mine, policy.summary, policy.gist, readers)
            made[wanted.name(self.store, self.scope.ns).id] = wanted
        return made

    def _size(self, kind: str) -> int:
        return self.policies.get(kind, Policy()).summary

    def _source(self, node: str) -> Version | None:
        found = [v for v in self.store.get(self.scope, [node]) if v.kind is NodeKind.SOURCE]
        return found[0] if found else None

    def _passages(self, wanted: Sequence[Wanted]) -> tuple[Version, ...]:
        nodes = sorted({passage.node for one in wanted for passage in one.passages})
        return self.store.get(self.scope, nodes)

    def _readers(self, source: str, passages: Sequence[Passage]) -> tuple[str, ...]:
        """Who may read all of these passages, as the grants of now have it; empty for everybody."""
        places = {source, *(passage.node for passage in passages)}
        sets = [self._granted[node] for node in sorted(places & self._granted.keys())]
        return tuple(sorted(set.intersection(*sets))) if sets else ()

    @cached_property
    def _granted(self) -> dict[str, set[str]]:
        granted: dict[str, set[str]] = {}
        for edge in all_edges(self.store, self.scope, Along(kinds=(EdgeKind.GRANTS,))):
            granted.setdefault(edge.dst, set()).add(edge.src)
        return granted

    @cached_property
    def _unwanted(self) -> frozenset[str]:
        """The summaries that somebody retracted."""
        return frozenset(against(self.store, self.scope))

    @cached_property
    def _there(self) -> dict[Group, list[Version]]:
        """The summaries in force."""
        where = Where(kinds=(NodeKind.MEMCUBE,), header={"semantic_type": SUMMARY})
        found: dict[Group, list[Version]] = defaultdict(list)
        for version in all_found(self.store, self.scope, where):
            if version.get("made_of") is not None:
                found[str(version.get("summarised")), str(version.get("summarises"))].append(
                    version
                )
        return found

    @property
    def _groups(self) -> dict[Group, _Found]:
        """What is in force of each group that a summary might be of, or is."""
        return self._read[0]

    @property
    def _hollow(self) -> frozenset[str]:
        """The cubes in force of which nothing but their leaves is left."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[dict[Group, _Found], frozenset[str]]:
        sizes = {kind for kind, policy in self.policies.items() if policy.summary}
        found: dict[Group, _Found] = defaultdict(_Found)
        hollow = set[str]()
        for cube in all_found(self.store, self.scope, Where(kinds=(NodeKind.MEMCUBE,))):
            group = cube.origin, str(cube.get("semantic_type"))
            if cube.content is None:
                hollow.add(cube.node)
                continue
            if cube.get("made_of") is not None:
                continue  # what is made of others is not summed up again
            if group[1] in sizes or group in self._there:
                self._take(found[group], group, cube)
        return dict(found), frozenset(hollow)

    def _take(self, found: _Found, group: Group, cube: Version) -> None:
        move = self.moves.get(cube.node)
        state = cube.get("state", State.ACTIVATED) if move is None else _AFTER[move]
        payload = cube.payload
        if payload is None or payload.content is None or payload.form != "plaintext":
            return
        if group in self._there:
            found.payloads.add(payload.digest)
        if state == State.EXPIRED:
            return
        if state != State.ARCHIVED:
            found.whole = False
            found.archived.clear()
        elif found.whole:
            found.archived.append(Passage(cube.node, payload.digest))
            found.sentences += len(sentences_of(cube))
