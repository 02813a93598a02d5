"""Source: what was read, as it was read."""

from __future__ import annotations

import strawberry

from ...graph.kind import EdgeKind
from ...graph.record import Version
from ...graph.scope import Scope
from .cube import CubeConnection, title_of
from .cursor import Place, listing, page_size
from .entity import cubes_page
from .node import Node, Recorded, said
from .reading import Asked
from .scalar import Instant


@strawberry.type
class Source(Node):
    """A document, a talk, a record or a statement that memory was read from."""

    scope: strawberry.Private[Scope]
    versions: strawberry.Private[tuple[Version, ...]]

    @property
    def version(self) -> Version:
        """The one version of a source."""
        return self.versions[0]

    @strawberry.field
    def uri(self) -> str | None:
        """Where it came from: a file's path, a record in it, a statement's id."""
        return said(self.version, "uri")

    @strawberry.field
    def name(self) -> str | None:
        """What it was called when it was read."""
        return said(self.version, "name")

    @strawberry.field
    def title(self) -> str:
        """Its title, else the best name for it."""
        return title_of(self.version)

    @strawberry.field
    def media(self) -> str | None:
        """Its media type."""
        return said(self.version, "media")

    @strawberry.field
    def language(self) -> str | None:
        """The ISO 639-1 code of its language."""
        return said(self.version, "language")

    @strawberry.field
    def author(self) -> str | None:
        """Who wrote it, where it says so."""
        return said(self.version, "author")

    @strawberry.field
    def stated(self) -> Instant | None:
        """Its own date, where it has one."""
        value = self.version.get("stated")
        return Instant(value) if isinstance(value, int) else None

    @strawberry.field
    def text(self) -> str | None:
        """The text as it was read, which evidence counts its characters in; null once erased."""
        return self.version.payload.content if self.version.payload else None

    @strawberry.field
    def digest(self) -> str:
        """The salted digest of its text."""
        return self.version.payload.digest if self.version.payload else self.version.digest

    @strawberry.field
    def recorded(self) -> Recorded:
        """From when to when this version stood."""
        return Recorded.of(self.version, self.scope)

    @strawberry.field
    async def cubes(
        self, info: Asked, first: int | None = 20, after: str | None = strawberry.UNSET
    ) -> CubeConnection:
        """The cubes that were made from it."""
        size = page_size(first, 20)
        place = Place.of(self.scope, listing(self.id, "cubes"), after or None)
        edges = await info.context.edges_to(place.scope, str(self.id), EdgeKind.DERIVED_FROM)
        return await cubes_page(info.context, place, [edge.src for edge in edges], size)
