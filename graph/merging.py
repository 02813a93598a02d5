"""Merging: saying that two names mean one thing, that they do not, or that one name means two things.

Each is a Decision with edges or a new entity of its own; nothing that a source opened is touched, so
taking the decision back leaves exactly what would be there without it, whatever came later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .canonical import components, identities, sentence_key, sentences_of, spoken
from .change import ChangeSet
from .curator import Curator
from .digest import hashed, new_node_id
from .errors import Conflict, DependsOn, Invalid, NotFound
from .kind import EdgeKind, NodeKind, Verb
from .listing import all_edges
from .record import Edge, Version
from .scope import Along, Scope
from .store import Name

MERGED = (NodeKind.ENTITY, NodeKind.MEMCUBE)
"""What can be merged: names, and cubes that say the same."""


class Merging:
    """Decides who is who in one namespace."""

    def __init__(self, curator: Curator) -> None:
        self.curator = curator
        self.store = curator.store

    def merging(self, scope: Scope, nodes: Sequence[str], reason: str) -> ChangeSet:
        """The change that makes entities, or cubes, one: SAME_AS edges alone, nothing is moved.

        Raises `NotFound`, `Invalid`, and `Conflict` where somebody said that two of them differ.
        """
        distinct = list(dict.fromkeys(nodes))
        if len(distinct) < 2:
            raise Invalid("a merge needs two different entities or cubes")
        found = self._named(scope, distinct)
        ties = self._ties(scope)
        pairs = [(other, distinct[0]) for other in distinct[1:]]
        said = {frozenset(e.ends): e.from_seq for e in ties if e.kind is EdgeKind.SAME_AS}
        if said.keys() >= {frozenset(pair) for pair in pairs}:
            # what is one by a detour may be said again: the detour can be undone
            by = sorted({said[frozenset(pair)] for pair in pairs}, reverse=True)
            told = ", ".join(f"@{seq}" for seq in by)
            raise Conflict(f"these are one already, by {told}", current=str(by[0]))
        same = [(e.src, e.dst) for e in ties if e.kind is EdgeKind.SAME_AS]
        roots = components([*same, *pairs], (), hashed)
        for edge in ties:
            if edge.kind is not EdgeKind.NOT_SAME_AS or edge.src not in roots:
                continue
            if roots[edge.src] == roots.get(edge.dst):
                raise Conflict(
                    f"{self._called(scope, edge.src)} and {self._called(scope, edge.dst)} are kept apart "
                    f"since @{edge.from_seq}: undo that first (`memcubes revert @{edge.from_seq}`)",
                    current=edge.id,
                )
        return self.curator.decided(
            Verb.MERGE,
            {"entities" if found[distinct[0]].kind is NodeKind.ENTITY else "cubes": distinct},
            reason,
            edges=[(EdgeKind.SAME_AS, other, first, {}) for other, first in pairs],
            targets=distinct,
        )

    def distinguishing(self, scope: Scope, nodes: Sequence[str], reason: str) -> ChangeSet:
        """The change that keeps entities or cubes apart, whoever would merge them later.

        Raises `NotFound`, `Invalid`, `Conflict` where they are kept apart already, and `DependsOn`
        where a merge made them one: it names the changes to undo, in order.
        """
        distinct = list(dict.fromkeys(nodes))
        if len(distinct) < 2:
            raise Invalid("telling apart needs two different entities or cubes")
        self._named(scope, distinct)
        ties = self._ties(scope)
        same = [edge for edge in ties if edge.kind is EdgeKind.SAME_AS]
        pairs = [(a, b) for i, a in enumerate(distinct) for b in distinct[i + 1 :]]
        known = {
            frozenset(edge.ends): edge.from_seq
            for edge in ties
            if edge.kind is EdgeKind.NOT_SAME_AS
        }
        fresh = [pair for pair in pairs if frozenset(pair) not in known]
        if not fresh:
            since = max(known[frozenset(pair)] for pair in pairs)
            raise Conflict(f"these are kept apart already, since @{since}", current=str(since))
        for one, other in fresh:
            path = _paths(same, one, other)
            if path:
                order = sorted({edge.from_seq for edge in path}, reverse=True)
                raise DependsOn(
                    f"{self._called(scope, one)} and {self._called(scope, other)} are one by "
                    f"{', '.join(f'@{seq}' for seq in order)}: undo what joins them first, or split",
                    sequences=tuple(order),
                )
        return self.curator.decided(
            Verb.DISTINGUISH,
            {"entities": distinct},
            reason,
            edges=[(EdgeKind.NOT_SAME_AS, one, other, {}) for one, other in fresh],
            targets=distinct,
        )

    def splitting(
        self,
        scope: Scope,
        entity: str,
        cubes: Sequence[str],
        reason: str,
        *,
        name: str = "",
        to: Name | None = None,
    ) -> ChangeSet:
        """The change that gives the mentions in these passages to another entity, called `name`.

        `to` is the entity that this name means, where one is given; else it is one of its own. The
        decision names source and sentence (under the store's secret), not passage or offset, so it
        holds after the source was read again or edited elsewhere. Raises `NotFound`, `Invalid`.
        """
        version = self._named(scope, [entity])[entity]
        if version.kind is not NodeKind.ENTITY:
            raise Invalid(f"{entity} is a {version.kind}: only entities are split")
        if not cubes:
            raise Invalid("a split needs evidence: the cubes whose mention means somebody else")
        same = identities(self.store, scope)
        members = tuple(
            sorted(e for e in same.alike([entity]) if same.root(e) == same.root(entity))
        )
        along = Along(kinds=(EdgeKind.MENTIONS,), dst=members)
        wanted = set(cubes)
        chosen = [edge for edge in all_edges(self.store, scope, along) if edge.src in wanted]
        lacking = wanted - {edge.src for edge in chosen}
        if lacking:
            raise NotFound(
                f"{', '.join(sorted(lacking))} does not mention {version.get('name')}: name cubes that "
                "`memcubes search` finds for it"
            )
        held = {v.node: v for v in self.store.get(scope, sorted({edge.src for edge in chosen}))}
        evidence = sorted(
            {
                (edge.dst, edge.origin, key)
                for edge in chosen
                for key in self._sentences(held[edge.src], edge)
            }
        )
        moved = {cube for cube, member in same.moved if member in members}
        if to is not None and moved.issuperset(wanted):
            given = {
                part.to for pair, parts in same.moved.items() if pair[0] in wanted for part in parts
            }
            if given == {to.id}:
                raise Conflict(f"these mean '{name}' already: nothing would change", current=to.id)
        if to is not None and same.root(to.id) == same.root(entity):
            raise Invalid(
                f"'{name}' is {version.get('name')}: give what these cubes mean another name, or undo "
                "the merge"
            )
        versions = self.store.get(scope, [entity])
        called, label = spoken(versions, "name"), spoken(versions, "label") or "TOPIC"
        return self._split(version, evidence, name or called, label, to, reason)

    def _split(
        self,
        entity: Version,
        evidence: Sequence[tuple[str, str, str]],
        name: str,
        label: str,
        to: Name | None,
        reason: str,
    ) -> ChangeSet:
        ns, decision = self.curator.ns, new_node_id()
        to = to or self.store.name(ns, NodeKind.ENTITY, "split", decision)
        members = sorted({member for member, _, _ in evidence})
        return self.curator.decided(
            Verb.SPLIT,
            {"entity": entity.node, "to": to.id, "evidence": [list(one) for one in evidence]},
            reason,
            keyed=[(NodeKind.ENTITY, to, {"name": name, "label": label})],
            edges=[(EdgeKind.NOT_SAME_AS, to.id, member, {"split": True}) for member in members],
            targets=[entity.node, to.id],
            decision=decision,
        )

    def _sentences(self, cube: Version, edge: Edge) -> Iterable[str]:
        spans = [(int(start), int(end)) for start, end in edge.get("spans", ())]
        for start, end in sentences_of(cube):
            if any(start <= at < end for at, _ in spans):
                yield sentence_key(self.store, cube.ns, cube.text[start:end])

    def _named(self, scope: Scope, nodes: Sequence[str]) -> dict[str, Version]:
        """The nodes that are meant, all of them of one kind that can be merged."""
        found = {v.node: v for v in self.store.get(scope, nodes)}
        for node in nodes:
            if node not in found:
                raise NotFound(f"there is no entity {node}: `memcubes search` finds what there is")
            if found[node].kind not in MERGED:
                raise Invalid(f"{node} is a {found[node].kind}: only entities and cubes are merged")
        if len({found[node].kind for node in nodes}) > 1:
            raise Invalid("an entity and a cube are never one: name entities, or cubes")
        return found

    def _ties(self, scope: Scope) -> list[Edge]:
        kinds = (EdgeKind.SAME_AS, EdgeKind.NOT_SAME_AS)
        return list(all_edges(self.store, scope, Along(kinds=kinds)))

    def _called(self, scope: Scope, node: str) -> str:
        for version in self.store.get(scope, [node]):
            said = version.get("name") or version.get("title")
            if said:
                return f"'{said}'"
        return node


def _paths(edges: Sequence[Edge], one: str, other: str) -> list[Edge]:
    """The SAME_AS edges of every way between two nodes that shares none with another."""
    left = [edge for edge in edges if edge.kind is EdgeKind.SAME_AS]
    found: list[Edge] = []
    while path := _path(left, one, other):
        found += path
        left = [edge for edge in left if edge not in path]
    return found


def _path(edges: Sequence[Edge], one: str, other: str) -> list[Edge]:
    """The SAME_AS edges that lead from one node to another, nearest first; empty where none does."""
    came: dict[str, tuple[str, Edge] | None] = {one: None}
    queue = [one]
    for node in queue:
        for edge in edges:
            if node in edge.ends:
                (far,) = set(edge.ends) - {node} or {node}
                if far not in came:
                    came[far] = (node, edge)
                    queue.append(far)
    path: list[Edge] = []
    step = came.get(other)
    while step is not None:
        path.append(step[1])
        step = came[step[0]]
    return path
