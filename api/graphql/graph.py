"""Graph: one snapshot of one namespace; whatever is asked below it is read in that snapshot."""

from __future__ import annotations

import strawberry
from strawberry.scalars import JSON

from ...graph.errors import Invalid
from ...graph.scope import Scope, Where
from ...graph.store import GraphStore
from ...query.cube_order import CubeOrder
from .cube import CubeConnection
from .cursor import Pins, Place, listing, page_size
from .entity import EntityConnection
from .fact import FactConnection
from .filter import CubeFilter, EntityFilter, FactFilter, described, stored
from .page import Found, cubes_found, nodes_found
from .pattern import PatternResult, matched
from .reading import NOBODY, Asked, identities
from .review import Review, reviewed
from .scalar import Seq
from .search import SearchResult, searched

strawberry.enum(CubeOrder, description=CubeOrder.__doc__)


@strawberry.type
class Graph:
    """One snapshot of one namespace: what was recorded up to `seq`, for the readers of now."""

    scope: strawberry.Private[Scope]
    pinned: strawberry.Private[Pins]

    @strawberry.field
    def seq(self) -> Seq:
        """The sequence of the log that is read."""
        return Seq(self.scope.seq)

    @strawberry.field
    async def cubes(
        self,
        info: Asked,
        where: CubeFilter | None = strawberry.UNSET,
        order_by: CubeOrder | None = strawberry.UNSET,
        first: int | None = 20,
        after: str | None = strawberry.UNSET,
    ) -> CubeConnection:
        """The cubes of every state, in an order that does not move: if none is asked for, the oldest first.

        Activations, which have no words, are among them where `where` asks for that semantic type and nothing
        else than headers and sources.
        """
        size, order = page_size(first, 20), order_by or None
        service = info.context.service

        def read(store: GraphStore) -> CubeConnection:
            desk = service.desk(self.scope.ns)
            asked = (where or CubeFilter()).read(lambda name: desk.source(self.scope, name))
            meets = None if order else stored(asked)
            kept = "activation" in asked.semantic_type
            if meets is not None:
                place = self._place(meets, after)
                page = cubes_found(store, place, meets, size, activations=kept)
                return CubeConnection.of(place.scope, page)
            if kept:
                raise Invalid(
                    "activations have no words: list them without `orderBy`, tags, times, media and people"
                )
            found = service.search(
                self.scope.but(archived=True),
                None,
                size,
                where=asked,
                order=str(order or CubeOrder.OLDEST),
                after=after or None,
                pinned=self.pinned,
            )
            cubes = tuple(hit.cube for hit in found.hits)
            listed = Found(cubes, found.cursors, found.after is not None, found.begun)
            return CubeConnection.of(self.scope.but(seq=found.seq, valid_at=found.valid_at), listed)

        found = await info.context.run(read)
        info.context.count(len(found.edges))
        return found

    @strawberry.field
    async def entities(
        self,
        info: Asked,
        where: EntityFilter | None = strawberry.UNSET,
        first: int | None = 20,
        after: str | None = strawberry.UNSET,
    ) -> EntityConnection:
        """The entities, about in the order in which they were first mentioned; merged ones once."""
        size = page_size(first, 20)

        def read(store: GraphStore) -> EntityConnection:
            meets = (where or EntityFilter()).where(store, self.scope)
            place = self._place(meets, after)
            same = identities(store, place.scope)
            found = nodes_found(store, place, meets, size, same)
            return EntityConnection.of(place.scope, found)

        found = await info.context.run(read)
        info.context.count(len(found.edges))
        return found

    @strawberry.field
    async def facts(
        self,
        info: Asked,
        where: FactFilter | None = strawberry.UNSET,
        first: int | None = 20,
        after: str | None = strawberry.UNSET,
    ) -> FactConnection:
        """The facts, about in the order in which they were first stated, believed or not."""
        size = page_size(first, 20)

        def read(store: GraphStore) -> FactConnection:
            meets = (where or FactFilter()).where(store, self.scope)
            place = self._place(meets, after)
            found = nodes_found(store, place, meets, size, NOBODY)
            return FactConnection.listed(place.scope, found)

        found = await info.context.run(read)
        info.context.count(len(found.edges))
        return found

    @strawberry.field
    async def search(
        self,
        info: Asked,
        question: str | None = strawberry.UNSET,
        where: CubeFilter | None = strawberry.UNSET,
        first: int | None = 10,
        after: str | None = strawberry.UNSET,
    ) -> SearchResult:
        """The cubes that bear on a question, best first, and why; without one a filter, the newest first.

        Only activated cubes are found, unless `where` asks for another state.
        """
        return await searched(
            info.context,
            self.scope,
            self.pinned,
            question or None,
            where or None,
            first,
            after or None,
        )

    @strawberry.field
    async def match(self, info: Asked, pattern: JSON) -> PatternResult:
        """The rows of a plan (an object or list, or a text that holds it as JSON) over records and links."""
        return await matched(info.context, self, pattern)

    @strawberry.field
    async def review(self, info: Asked, applied: bool = False, first: int | None = 20) -> Review:
        """What is likely and not decided, or with `applied` what reads go by already."""
        return await reviewed(info.context, self.scope, applied, first)

    def _place(self, meets: Where, after: str | None) -> Place:
        name = listing(self.scope.ns, described(meets))
        return Place.of(self.scope, name, after or None, pinned=self.pinned)
