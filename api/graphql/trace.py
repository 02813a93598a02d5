"""Traces: where something came from, or what was made of it, as a connection."""

from __future__ import annotations

from enum import Enum

import strawberry

from ...graph.scope import Direction, Scope
from ...graph.step import Join, Step
from ...graph.step import Quote as Quoted
from ...graph.trace import trace
from .change_set import ChangeSet, change_of
from .cursor import Place, listing, page_size
from .node import Node, PageInfo, node_of
from .page import Found
from .reading import Asked, Reading


@strawberry.enum(description="What became of the content that a trace shows.")
class TraceStatus(Enum):
    """What became of the content that a trace shows."""

    IN_FORCE = "in force"
    REVISED = "revised since"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


@strawberry.type
class Quote:
    """Characters of a cube, and where they stand in its source, where that can be read."""

    text: str
    start: int
    end: int
    source: strawberry.ID | None
    source_start: int | None
    source_end: int | None

    @classmethod
    def of(cls, quoted: Quoted) -> Quote:
        """A quote of a trace."""
        place = quoted.place or (None, None)
        return cls(
            text=quoted.text,
            start=quoted.span[0],
            end=quoted.span[1],
            source=None if quoted.source is None else strawberry.ID(quoted.source),
            source_start=place[0],
            source_end=place[1],
        )


@strawberry.type
class TraceJoin:
    """One tie of a trace: `made` rests on `of`.

    `matches` says of what was used in an answer whether that very text still stands.
    """

    kind: str
    role: str | None
    made: strawberry.ID
    of: strawberry.ID
    in_force: bool
    matches: bool | None
    quotes: list[Quote]

    @classmethod
    def told(cls, join: Join) -> TraceJoin:
        """A join of a trace."""
        return cls(
            kind=str(join.kind),
            role=join.role or None,
            made=strawberry.ID(join.made),
            of=strawberry.ID(join.of),
            in_force=join.in_force,
            matches=join.matches,
            quotes=[Quote.of(quote) for quote in join.quotes],
        )


@strawberry.type
class TraceEdge:
    """One node of a trace, as the trace rests on it, and the ties by which it was reached."""

    scope: strawberry.Private[Scope]
    ends: strawberry.Private[tuple[int, int]]
    node: Node
    cursor: str
    depth: int
    status: TraceStatus
    joins: list[TraceJoin]

    @strawberry.field
    async def since(self, info: Asked) -> ChangeSet | None:
        """The change that brought it."""
        return await self._change(info.context, self.ends[0])

    @strawberry.field
    async def until(self, info: Asked) -> ChangeSet | None:
        """The change that ended it; null while it stands."""
        return await self._change(info.context, self.ends[1])

    async def _change(self, reading: Reading, seq: int) -> ChangeSet | None:
        found = await reading.change(self.scope, seq) if seq else None
        return change_of(self.scope, found) if found else None


@strawberry.type
class TraceConnection:
    """A page of a trace, level by level; `truncated` says that the walk itself was cut short."""

    edges: list[TraceEdge]
    page_info: PageInfo
    truncated: bool


async def traced(
    reading: Reading,
    scope: Scope,
    node: str,
    direction: Direction,
    depth: int,
    first: int | None,
    after: str | None,
) -> TraceConnection:
    """Trace a node, a page at a time; the node itself is not among the edges."""
    size = page_size(first, 50)
    place = Place.of(scope, listing("trace", node, str(direction), depth), after)
    found = await reading.walk(
        lambda store: trace(store, place.scope, node, direction, depth=depth)
    )
    rest = found.steps[1 + place.offset :]
    kept = rest[:size]
    reading.count(len(kept))
    cursors = tuple(place.cursor(str(place.offset + at)) for at in range(1, len(kept) + 1))
    page = Found(kept, cursors, len(rest) > size, place.after is not None)
    joins: dict[str, list[TraceJoin]] = {}
    for join in found.joins:
        joins.setdefault(join.ends(direction)[1], []).append(TraceJoin.told(join))
    edges = [
        edge_of(place.scope, step, cursor, joins.get(step.node, []))
        for step, cursor in zip(page.items, page.cursors, strict=True)
    ]
    shown = [edge for edge in edges if edge is not None]
    return TraceConnection(edges=shown, page_info=page.info, truncated=found.truncated)


def edge_of(scope: Scope, step: Step, cursor: str, joins: list[TraceJoin]) -> TraceEdge | None:
    """One step of a trace as the schema shows it."""
    node = node_of(scope, (step.version,))
    if node is None:
        return None
    return TraceEdge(
        scope=scope,
        ends=(step.since.seq if step.since else 0, step.until.seq if step.until else 0),
        node=node,
        cursor=cursor,
        depth=step.depth,
        status=TraceStatus(step.status),
        joins=joins,
    )
