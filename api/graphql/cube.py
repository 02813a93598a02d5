"""MemCube, the unit of memory, and its connection."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import strawberry

from ...graph.kind import Authority, EdgeKind, NodeKind
from ...graph.record import Version
from ...graph.scope import Scope
from ...graph.step import Step, activation
from .evidence import Evidence, evidence_of
from .node import PageInfo, Recorded, Tag, Traceable, ValidTime, said
from .page import Found
from .reading import Asked, Reading
from .scalar import Instant

if TYPE_CHECKING:
    from .entity import Entity
    from .fact import Fact
    from .source import Source


def title_of(version: Version) -> str:
    """What a person would call a node."""
    return Step(version, 0, True, False, None, None).title


@strawberry.type
class MemCube(Traceable):
    """The unit of memory: a passage, a turn of a talk, a statement, with its header and its lineage."""

    @property
    def version(self) -> Version:
        """The one version of a cube."""
        return self.versions[0]

    @strawberry.field
    def title(self) -> str:
        """What a person would call it."""
        return title_of(self.version)

    @strawberry.field
    def text(self) -> str | None:
        """Its plain text; null once it was erased, and of an activation, which has none."""
        payload = self.version.payload
        return payload.content if payload and not activation(self.version) else None

    @strawberry.field
    def form(self) -> str | None:
        """What is kept of it: plaintext, or an activation (a KV cache or steering made of it)."""
        return self.version.payload.form if self.version.payload else None

    @strawberry.field
    def model(self) -> str | None:
        """The model that an activation is for; null of plain text."""
        return said(self.version, "model")

    @strawberry.field
    def tokens(self) -> int | None:
        """How many tokens a KV cache keeps; null of everything else."""
        value = self.version.get("tokens")
        return value if isinstance(value, int) else None

    @strawberry.field
    def injection_layer(self) -> int | None:
        """The layer after which a steering is added (MemOS); null of everything else."""
        value = self.version.get("injection_layer")
        return value if isinstance(value, int) else None

    @strawberry.field
    def effect(self) -> str | None:
        """What a steering was measured to do on pairs that it is not made of, and to neutral text."""
        return said(self.version, "effect")

    @strawberry.field
    def semantic_type(self) -> str | None:
        """Fact, preference, episode, document, … (MemOS)."""
        return said(self.version, "semantic_type")

    @strawberry.field
    def origin_type(self) -> str | None:
        """User input, retrieved, … (MemOS)."""
        return said(self.version, "origin_type")

    @strawberry.field
    def state(self) -> str | None:
        """Generated, activated, archived or expired (MemLifecycle)."""
        return said(self.version, "state")

    @strawberry.field
    def language(self) -> str | None:
        """The ISO 639-1 code of its language."""
        return said(self.version, "language")

    @strawberry.field
    def subject(self) -> str | None:
        """What it is about, where that could be told."""
        return said(self.version, "subject")

    @strawberry.field
    def speaker(self) -> str | None:
        """Who says it, in a talk or a statement."""
        return said(self.version, "speaker")

    @strawberry.field
    def stated(self) -> Instant | None:
        """When the source says that it was written."""
        value = self.version.get("stated")
        return Instant(value) if isinstance(value, int) else None

    @strawberry.field
    def authority(self) -> Authority:
        """How much it weighs where statements disagree."""
        return self.version.authority

    @strawberry.field
    def valid(self) -> ValidTime:
        """When it holds in the world."""
        return ValidTime.of(self.version)

    @strawberry.field
    def recorded(self) -> Recorded:
        """From when to when this wording stood."""
        return Recorded.of(self.version, self.scope)

    @strawberry.field
    def digest(self) -> str:
        """The salted digest of its text: what lineage pins."""
        return self.version.payload.digest if self.version.payload else self.version.digest

    @strawberry.field
    async def tags(self, info: Asked) -> list[Tag]:
        """What it is tagged with."""
        edges = await info.context.edges_from(self.scope, str(self.id), EdgeKind.TAGGED)
        tagged = sorted({edge.dst for edge in edges})
        found = await asyncio.gather(*(info.context.versions(self.scope, tag) for tag in tagged))
        return [
            Tag(id=strawberry.ID(versions[0].node), name=str(versions[0].get("name", "")))
            for versions in found
            if versions
        ]

    @strawberry.field
    async def evidence(self, info: Asked) -> list[Evidence]:
        """Where it stands in its sources."""
        return await evidence_of(info.context, self.scope, self.version)

    @strawberry.field
    async def sources(self, info: Asked) -> list[Annotated[Source, strawberry.lazy(".source")]]:
        """What it was made from."""
        from .source import Source

        edges = await info.context.edges_from(self.scope, str(self.id), EdgeKind.DERIVED_FROM)
        nodes = dict.fromkeys(edge.dst for edge in edges)
        found = await asyncio.gather(*(info.context.versions(self.scope, node) for node in nodes))
        return [
            Source(id=strawberry.ID(versions[0].node), scope=self.scope, versions=versions)
            for versions in found
            if versions and versions[0].kind is NodeKind.SOURCE
        ]

    @strawberry.field
    async def entities(self, info: Asked) -> list[Annotated[Entity, strawberry.lazy(".entity")]]:
        """What it mentions; names that were merged are one entity."""
        from .entity import entities_of

        edges = await info.context.edges_from(self.scope, str(self.id), EdgeKind.MENTIONS)
        same = await info.context.identities(self.scope)
        named = [entity for edge in edges for entity in same.named_by(edge.src, edge.dst)]
        return await entities_of(info.context, self.scope, named)

    @strawberry.field
    async def facts(self, info: Asked) -> list[Annotated[Fact, strawberry.lazy(".fact")]]:
        """What it states."""
        from .fact import facts_of

        edges = await info.context.edges_from(self.scope, str(self.id), EdgeKind.SUPPORTS)
        return await facts_of(info.context, self.scope, [edge.dst for edge in edges])


async def cube_of(reading: Reading, scope: Scope, node: str) -> MemCube | None:
    """A cube by its id, None where it is not in force here, or is none."""
    versions = await reading.versions(scope, node) if node else ()
    if not versions or versions[0].kind is not NodeKind.MEMCUBE:
        return None
    return MemCube(id=strawberry.ID(node), scope=scope, versions=versions)


@strawberry.type
class CubeEdge:
    """A cube of a listing."""

    node: MemCube
    cursor: str


@strawberry.type
class CubeConnection:
    """A page of cubes."""

    edges: list[CubeEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, scope: Scope, found: Found[Version]) -> CubeConnection:
        """The page that was found."""
        edges = [
            CubeEdge(
                node=MemCube(id=strawberry.ID(version.node), scope=scope, versions=(version,)),
                cursor=cursor,
            )
            for version, cursor in zip(found.items, found.cursors, strict=True)
        ]
        return cls(edges=edges, page_info=found.info)
