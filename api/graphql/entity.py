"""Entity: what names mean, with everybody's decisions about who is who, and its connection."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import strawberry

from ...graph.canonical import spoken
from ...graph.kind import EdgeKind
from ...graph.record import Version
from ...graph.scope import Scope
from .cube import CubeConnection
from .cursor import Place, listing, page_size
from .node import Node, PageInfo
from .page import Found, cut
from .reading import Asked, Reading

if TYPE_CHECKING:
    from .fact import FactConnection


@strawberry.type
class Entity(Node):
    """Something that cubes mention; names that somebody merged are one entity, under one id."""

    scope: strawberry.Private[Scope]
    versions: strawberry.Private[tuple[Version, ...]]

    @strawberry.field
    def name(self) -> str:
        """Its name, as most of those write it who weigh most."""
        return spoken(self.versions, "name")

    @strawberry.field
    def names(self) -> list[str]:
        """Every name that sources give it."""
        return sorted({str(version.get("name", "")) for version in self.versions})

    @strawberry.field
    def label(self) -> str | None:
        """What kind of thing it is (OntoNotes), where that could be told."""
        return spoken(self.versions, "label") or None

    @strawberry.field
    async def merged(self, info: Asked) -> list[strawberry.ID]:
        """The ids of the names that were merged into it; empty where nobody merged any."""
        same = await info.context.identities(self.scope)
        members = same.all(str(self.id))
        return [strawberry.ID(member) for member in members] if len(members) > 1 else []

    @strawberry.field
    async def cubes(
        self, info: Asked, first: int | None = 20, after: str | None = strawberry.UNSET
    ) -> CubeConnection:
        """The cubes that mention it."""
        size = page_size(first, 20)
        place = Place.of(self.scope, listing(self.id, "cubes"), after or None)
        nodes = await _cubes(info.context, place.scope, str(self.id))
        return await cubes_page(info.context, place, nodes, size)

    @strawberry.field
    async def facts(
        self, info: Asked, first: int | None = 20, after: str | None = strawberry.UNSET
    ) -> Annotated[FactConnection, strawberry.lazy(".fact")]:
        """The facts of which it is the subject or the object."""
        from .fact import FactConnection, facts_of

        size = page_size(first, 20)
        place = Place.of(self.scope, listing(self.id, "facts"), after or None)
        page = cut(await _facts(info.context, place.scope, str(self.id)), place, size)
        return FactConnection.of(page, await facts_of(info.context, place.scope, page.items))


async def _cubes(reading: Reading, scope: Scope, entity: str) -> list[str]:
    """The passages that mention it by whichever of its names, or that a split says to mean it."""
    same = await reading.identities(scope)
    found = await asyncio.gather(
        *(reading.edges_to(scope, name, EdgeKind.MENTIONS) for name in same.all(entity))
    )
    ends = [(edge.src, edge.dst) for edges in found for edge in edges]
    return [src for src, dst in ends if dst in same.named_by(src, dst)] + same.given(entity)


async def _facts(reading: Reading, scope: Scope, entity: str) -> list[str]:
    """The facts that name it as subject or object, where who states them means it."""
    same = await reading.identities(scope)
    names = sorted({*same.all(entity), *same.lenders(entity)})
    kinds = (EdgeKind.SUBJECT_OF, EdgeKind.OBJECT_OF)
    found = await asyncio.gather(
        *(reading.edges_from(scope, name, kind) for name in names for kind in kinds)
    )
    named = [(edge.src, edge.dst) for edges in found for edge in edges]
    if not same.split:
        return [fact for _, fact in named]
    stating = await asyncio.gather(
        *(reading.edges_to(scope, fact, EdgeKind.SUPPORTS) for _, fact in named)
    )
    root = same.of(entity)
    return [
        fact
        for (name, fact), edges in zip(named, stating, strict=True)
        if root in same.same.spoken_of(name, edges)
    ]


async def cubes_page(
    reading: Reading, place: Place, nodes: Iterable[str], size: int
) -> CubeConnection:
    """A page of cubes whose ids are known."""
    page = cut(list(nodes), place, size)
    found = await asyncio.gather(*(reading.versions(place.scope, node) for node in page.items))
    kept = [
        (versions[0], cursor)
        for versions, cursor in zip(found, page.cursors, strict=True)
        if versions
    ]
    items, cursors = tuple(v for v, _ in kept), tuple(c for _, c in kept)
    return CubeConnection.of(place.scope, Found(items, cursors, page.more, page.begun))


async def entities_of(reading: Reading, scope: Scope, nodes: Iterable[str]) -> list[Entity]:
    """The entities that these names mean, each once, in order of their names."""
    same = await reading.identities(scope)
    roots = dict.fromkeys(same.of(node) for node in nodes)
    groups = await asyncio.gather(
        *(
            asyncio.gather(*(reading.versions(scope, member) for member in same.all(root)))
            for root in roots
        )
    )
    found = []
    for root, group in zip(roots, groups, strict=True):
        versions = tuple(version for member in group for version in member)
        if versions:
            found.append(Entity(id=strawberry.ID(root), scope=scope, versions=versions))
    return sorted(found, key=lambda one: (str(one.versions[0].get("name", "")), str(one.id)))


@strawberry.type
class EntityEdge:
    """An entity of a listing."""

    node: Entity
    cursor: str


@strawberry.type
class EntityConnection:
    """A page of entities."""

    edges: list[EntityEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, scope: Scope, found: Found[tuple[str, tuple[Version, ...]]]) -> EntityConnection:
        """The page that was found."""
        edges = [
            EntityEdge(
                node=Entity(id=strawberry.ID(root), scope=scope, versions=versions), cursor=cursor
            )
            for (root, versions), cursor in zip(found.items, found.cursors, strict=True)
        ]
        return cls(edges=edges, page_info=found.info)
