"""Fact: what sources state, what there is reason to believe of it, and its connection."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

import strawberry

from ...graph.belief import Status
from ...graph.kind import Authority, EdgeKind
from ...graph.record import Edge, Version
from ...graph.scope import Scope
from .cube import MemCube
from .entity import Entity, entities_of
from .evidence import Evidence, evidence_of, spans_of
from .node import PageInfo, Recorded, Traceable, ValidTime
from .page import Found
from .reading import Asked, Reading
from .scalar import Instant


@strawberry.type
class Fact(Traceable):
    """A statement in the form subject, relation, object; what is believed of it is worked out on reading."""

    @strawberry.field
    def subject(self) -> str:
        """What it is about, as it is first written."""
        return str(self.versions[0].get("subject", ""))

    @strawberry.field
    def relation(self) -> str:
        """What is said of the subject."""
        return str(self.versions[0].get("relation", ""))

    @strawberry.field
    def object(self) -> str:
        """The value."""
        return str(self.versions[0].get("object", ""))

    @strawberry.field
    def negated(self) -> bool:
        """Whether it says that this is not so."""
        return bool(self.versions[0].get("negated", False))

    @strawberry.field
    def correction(self) -> bool:
        """Whether some source states it as a correction of something else."""
        return any(bool(version.get("correction", False)) for version in self.versions)

    @strawberry.field
    def authority(self) -> Authority:
        """How much the weightiest statement of it weighs."""
        return max(version.authority for version in self.versions)

    @strawberry.field
    def stated(self) -> Instant | None:
        """When it was last stated, where a source says so."""
        told = [v.get("stated") for v in self.versions if isinstance(v.get("stated"), int)]
        return Instant(max(told)) if told else None

    @strawberry.field
    def valid(self) -> ValidTime:
        """When it holds in the world, by the first statement."""
        return ValidTime.of(self.versions[0])

    @strawberry.field
    def recorded(self) -> Recorded:
        """From when to when the first statement stood."""
        return Recorded.of(self.versions[0], self.scope)

    @strawberry.field
    async def status(self, info: Asked) -> Status:
        """Believed, superseded, disputed, or withdrawn."""
        belief = await info.context.belief(self.scope, str(self.id))
        return belief.status if belief else Status.WITHDRAWN

    @strawberry.field
    async def against(self, info: Asked) -> list[Fact]:
        """The facts that supersede or dispute it."""
        belief = await info.context.belief(self.scope, str(self.id))
        return await facts_of(info.context, self.scope, belief.by if belief else ())

    @strawberry.field
    async def support(self, info: Asked) -> list[Evidence]:
        """The characters that state it, in every source."""
        found = await self._stating(info.context)
        told = await asyncio.gather(
            *(evidence_of(info.context, self.scope, cube, spans_of(edge)) for edge, cube in found)
        )
        return sorted(
            (one for quotes in told for one in quotes),
            key=lambda one: (str(one.source.id), one.start, one.end),
        )

    @strawberry.field
    async def cubes(self, info: Asked) -> list[MemCube]:
        """The cubes that state it."""
        found = {cube.node: cube for _, cube in await self._stating(info.context)}
        return [
            MemCube(id=strawberry.ID(node), scope=self.scope, versions=(found[node],))
            for node in sorted(found)
        ]

    @strawberry.field
    async def subject_entity(self, info: Asked) -> Entity | None:
        """What the subject names, where it names something known."""
        return await self._entity(info.context, EdgeKind.SUBJECT_OF)

    @strawberry.field
    async def object_entity(self, info: Asked) -> Entity | None:
        """What the object names, where it names something known."""
        return await self._entity(info.context, EdgeKind.OBJECT_OF)

    async def _stating(self, reading: Reading) -> list[tuple[Edge, Version]]:
        edges = await reading.edges_to(self.scope, str(self.id), EdgeKind.SUPPORTS)
        cubes = await asyncio.gather(*(reading.versions(self.scope, e.src) for e in edges))
        return [(edge, found[0]) for edge, found in zip(edges, cubes, strict=True) if found]

    async def _entity(self, reading: Reading, kind: EdgeKind) -> Entity | None:
        edges = await reading.edges_to(self.scope, str(self.id), kind)
        named = [edge.src for edge in edges]
        same = await reading.identities(self.scope)
        if same.split:
            stating = await reading.edges_to(self.scope, str(self.id), EdgeKind.SUPPORTS)
            named = sorted({one for name in named for one in same.same.spoken_of(name, stating)})
        found = await entities_of(reading, self.scope, named)
        return found[0] if found else None


async def facts_of(reading: Reading, scope: Scope, nodes: Iterable[str]) -> list[Fact]:
    """These facts, each once, in order of their ids."""
    ordered = sorted(set(nodes))
    found = await asyncio.gather(*(reading.versions(scope, node) for node in ordered))
    return [
        Fact(id=strawberry.ID(node), scope=scope, versions=versions)
        for node, versions in zip(ordered, found, strict=True)
        if versions
    ]


@strawberry.type
class FactEdge:
    """A fact of a listing."""

    node: Fact
    cursor: str


@strawberry.type
class FactConnection:
    """A page of facts."""

    edges: list[FactEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Found[str], facts: Sequence[Fact]) -> FactConnection:
        """The page of facts that was cut; one that cannot be read is left out."""
        cursor = dict(zip(page.items, page.cursors, strict=True))
        edges = [FactEdge(node=fact, cursor=cursor[str(fact.id)]) for fact in facts]
        return cls(edges=edges, page_info=page.info)

    @classmethod
    def listed(cls, scope: Scope, found: Found[tuple[str, tuple[Version, ...]]]) -> FactConnection:
        """The page that a listing found."""
        page = Found(tuple(n for n, _ in found.items), found.cursors, found.more, found.begun)
        facts = [
            Fact(id=strawberry.ID(node), scope=scope, versions=versions)
            for node, versions in found.items
        ]
        return cls.of(page, facts)
