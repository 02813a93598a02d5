"""The schema: what may be asked and changed, and how its own description is printed."""

from __future__ import annotations

import inspect

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.execution import ExecutionContext

from ...graph.kind import NodeKind
from ...graph.store import GraphStore
from .asking import AskInput, AskResult, answered
from .change_set import ChangeSetConnection, changes_of
from .cube import MemCube
from .curation import ChangeInput, ChangeResult, ReviewInput, changed
from .difference import Difference, compared
from .entity import Entity
from .fact import Fact
from .filter import AsOf, Changes, ChangeSetFilter, CubeFilter, given, pinned, snapshot
from .graph import Graph
from .handing import CarryOutInput, CarryOutResult, carried_out
from .impact import Impact
from .injecting import InjectInput, InjectResult, injected
from .injection import Injection
from .intake import IngestInput, IngestResult, ingested
from .limit import LIMITS
from .lookup import node_found
from .node import Agent, Decision, Namespace, Node, Tag
from .reading import Asked
from .scalar import SCALARS, Instant
from .search import SearchResult, searched_together
from .source import Source


@strawberry.type
class Query:
    """What may be asked."""

    @strawberry.field
    async def viewer(self, info: Asked) -> Agent:
        """Who is asking: the user that the server was started for."""
        service = info.context.service

        def read(store: GraphStore) -> Agent:
            agent = store.name(service.settings.namespace, NodeKind.AGENT, service.user)
            return Agent(id=strawberry.ID(agent.id), name=service.user)

        return await info.context.run(read)

    @strawberry.field
    async def node(
        self, info: Asked, id: strawberry.ID, as_of: AsOf | None = strawberry.UNSET
    ) -> Node | None:
        """A node by its id; null where it is unknown or not yours to see."""
        return await info.context.run(lambda store: node_found(store, str(id), as_of or None))

    @strawberry.field
    async def graph(
        self, info: Asked, namespace: str, as_of: AsOf | None = strawberry.UNSET
    ) -> Graph:
        """One snapshot of a namespace; everything below it is read there."""
        scope = await info.context.run(lambda store: snapshot(store, namespace, as_of or None))
        return Graph(scope=scope, pinned=pinned(as_of or None))

    @strawberry.field
    async def search(
        self,
        info: Asked,
        namespaces: list[str],
        question: str,
        where: CubeFilter | None = strawberry.UNSET,
        as_of: AsOf | None = strawberry.UNSET,
        first: int | None = 10,
        after: str | None = strawberry.UNSET,
    ) -> SearchResult:
        """The cubes of several namespaces that bear on a question, walked as one graph in which entities of one name
        are one; every edge says where it is. A snapshot is one of an instant; facets are those of one namespace.
        """
        return await searched_together(
            info.context, namespaces, question, where or None, as_of or None, first, after or None
        )

    @strawberry.field
    async def change_sets(
        self,
        info: Asked,
        namespace: str,
        where: ChangeSetFilter | None = strawberry.UNSET,
        first: int | None = 20,
        after: str | None = strawberry.UNSET,
    ) -> ChangeSetConnection:
        """What was done in a namespace, the newest first."""
        scope = await info.context.run(lambda store: store.scope(namespace, ""))
        return await changes_of(
            info.context, scope, Changes.of(where or None), first, after or None
        )

    @strawberry.field
    async def diff(
        self,
        info: Asked,
        namespace: str,
        one: str,
        other: str | None = strawberry.UNSET,
        valid: Instant | None = strawberry.UNSET,
    ) -> Difference:
        """What a change did (`@12`), or what differs between two moments, versions or answers.

        A moment is a sequence or an instant, and no second one is now. A version is `ID@12`, as it stood
        then; `ID` alone compares the last two. Two answers are the ids of their receipts.
        """
        return await compared(info.context, namespace, one, given(other), given(valid))

    @strawberry.field
    async def impact(
        self, info: Asked, namespace: str, target: str, as_of: AsOf | None = strawberry.UNSET
    ) -> Impact:
        """What withdrawing a source would do (its name or id), or what a change did (`@12`)."""
        reading = info.context
        scope = await reading.run(lambda store: snapshot(store, namespace, as_of or None))
        desk = reading.service.desk(namespace)
        found = await reading.walk(
            lambda _: desk.impact(target, as_of=scope.seq, valid_at=scope.valid_at)
        )
        return Impact(scope=scope, found=found)


@strawberry.type
class Mutation:
    """What may be changed."""

    @strawberry.mutation
    async def change(self, info: Asked, input: ChangeInput) -> ChangeResult:
        """Curate memory: try a change, or commit it."""
        return await changed(info.context, input)

    @strawberry.mutation
    async def review(self, info: Asked, input: ReviewInput) -> ChangeResult:
        """Approve or reject what is proposed: try it, or commit it."""
        return await changed(info.context, input)

    @strawberry.mutation
    async def ingest(self, info: Asked, input: IngestInput) -> IngestResult:
        """Take in texts, or files of the server's folder."""
        return await ingested(info.context, input)

    @strawberry.mutation
    async def inject(self, info: Asked, input: InjectInput) -> InjectResult:
        """Plan what a model is given of memory for a question, and write its receipt."""
        return await injected(info.context, input)

    @strawberry.mutation
    async def carry_out(self, info: Asked, input: CarryOutInput) -> CarryOutResult:
        """Carry out a plan that `inject` gave, if it still stands, or give it out once more; each with a receipt."""
        return await carried_out(info.context, input)

    @strawberry.mutation
    async def ask(self, info: Asked, input: AskInput) -> AskResult:
        """Answer a question from quoted evidence, without a model, and write the receipt."""
        return await answered(info.context, input)


class Schema(strawberry.Schema):
    """A schema that leaves the telling of errors to the door."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Write nothing: what was not foreseen is logged once, with its id."""


_NODES = (MemCube, Entity, Fact, Source, Agent, Injection, Tag, Decision, Namespace)


def _drawn() -> Schema:
    return Schema(
        Query,
        mutation=Mutation,
        types=_NODES,
        extensions=LIMITS,
        config=StrawberryConfig(scalar_map=SCALARS),
    )


def made() -> Schema:
    """Make the schema; its descriptions are the docstrings of the code."""
    for concrete in _drawn().schema_converter.type_map.values():
        definition = concrete.definition
        if not isinstance(definition, StrawberryObjectDefinition):
            continue
        definition.description = definition.description or inspect.getdoc(definition.origin)
        for field in definition.fields:
            if field.base_resolver is not None:
                field.description = inspect.getdoc(field.base_resolver.wrapped_func)
    return _drawn()


def printed() -> str:
    """The schema in its own language, as `api/graphql/schema.graphql` holds it.

    >>> "type Query" in printed()
    True
    """
    return f"{SCHEMA.as_str().rstrip()}\n"


SCHEMA = made()
"""The one schema of this process."""
