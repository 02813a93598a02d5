"""Nodes: the interfaces of everything that has an id, and the nodes that say little beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import strawberry

from ...graph.belief import Status
from ...graph.errors import Invalid
from ...graph.instant import OPEN
from ...graph.kind import Authority, NodeKind
from ...graph.lifecycle import Move
from ...graph.record import Version
from ...graph.scope import Direction, Scope
from .reading import Asked
from .scalar import Instant, Seq

if TYPE_CHECKING:
    from .change_set import ChangeSet, ChangeSetConnection
    from .trace import TraceConnection

strawberry.enum(Direction, description="Up to what something was made from, down to what was made.")
strawberry.enum(Authority, description="How much a statement weighs, the least first.")
strawberry.enum(
    Move, name="Transition", description="To another state, or under a hold or out of it."
)
strawberry.enum(Status, name="FactStatus", description="What the engine says of a fact.")

DEEPEST = 10
"""How many steps a trace goes at most."""


@strawberry.interface
class Node:
    """Anything with an id; `node(id)` finds it again."""

    id: strawberry.ID


@strawberry.type
class PageInfo:
    """Whether there is more, and where to go on."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None

    @classmethod
    def of(cls, cursors: Sequence[str], *, more: bool, begun: bool) -> PageInfo:
        """The page of these cursors; `begun` says that there was one before."""
        ends = (cursors[0], cursors[-1]) if cursors else (None, None)
        return cls(
            has_next_page=more, has_previous_page=begun, start_cursor=ends[0], end_cursor=ends[1]
        )


@strawberry.type
class ValidTime:
    """When something holds in the world; `known` is false where only the statement's own time is known."""

    start: Instant
    end: Instant | None
    known: bool

    @classmethod
    def of(cls, version: Version) -> ValidTime:
        """The valid time of a version."""
        valid = version.validity
        end = None if valid.end >= OPEN else Instant(valid.end)
        return cls(start=Instant(valid.start), end=end, known=valid.known)


@strawberry.type
class Recorded:
    """From which sequence of the log to which a version stood; no end: it stands in this snapshot."""

    start: Seq
    end: Seq | None

    @classmethod
    def of(cls, version: Version, scope: Scope) -> Recorded:
        """The recorded time of a version, as the snapshot knew it."""
        end = Seq(version.to_seq) if version.to_seq <= scope.seq else None
        return cls(start=Seq(version.from_seq), end=end)


@strawberry.interface
class Traceable(Node):
    """What was made from something: where it came from, what it led to, and what became of it."""

    scope: strawberry.Private[Scope]
    versions: strawberry.Private[tuple[Version, ...]]

    @strawberry.field
    async def stale_because(
        self, info: Asked
    ) -> list[Annotated[ChangeSet, strawberry.lazy(".change_set")]]:
        """The changes that ended what this was made from; empty while it may be used."""
        from .change_set import ended_by

        lost = await info.context.missing(self.scope, str(self.id))
        return await ended_by(info.context, self.scope, lost) if lost else []

    @strawberry.field
    async def trace(
        self,
        info: Asked,
        direction: Direction,
        depth: int | None = 3,
        first: int | None = 50,
        after: str | None = strawberry.UNSET,
    ) -> Annotated[TraceConnection, strawberry.lazy(".trace")]:
        """Walk to what this was made from, or to what was made of it, what was withdrawn included."""
        from .trace import traced

        steps = 3 if depth is None else depth
        if not 1 <= steps <= DEEPEST:
            raise Invalid(f"a trace goes 1 to {DEEPEST} steps, not {steps}")
        return await traced(
            info.context, self.scope, str(self.id), direction, steps, first, after or None
        )

    @strawberry.field
    async def history(
        self, info: Asked, first: int | None = 20, after: str | None = strawberry.UNSET
    ) -> Annotated[ChangeSetConnection, strawberry.lazy(".change_set")]:
        """The changes that touched this, the newest first."""
        from .change_set import history_of

        return await history_of(info.context, self.scope, str(self.id), first, after or None)


@strawberry.type
class Agent(Node):
    """A person, a program or a model that acts."""

    name: str


@strawberry.type
class Tag(Node):
    """A name that nodes are tagged with."""

    name: str


@strawberry.type
class Namespace(Node):
    """A set of memories of its own, with its readers and its encoder."""

    name: str
    encoder: str | None
    analyser: str | None


@strawberry.type
class Decision(Node):
    """What somebody decided: a merge, a retraction, feedback."""

    verb: str
    verdict: str | None
    authority: Authority
    recorded: Recorded


def said(version: Version, name: str) -> str | None:
    """One field of a header as text."""
    value = version.get(name)
    return None if value is None else str(value)


def node_of(scope: Scope, versions: tuple[Version, ...]) -> Node | None:
    """The node that these versions are, in the shape of its kind."""
    from .cube import MemCube
    from .entity import Entity
    from .fact import Fact
    from .injection import Injection
    from .source import Source

    first = versions[0]
    node, name = strawberry.ID(first.node), str(first.get("name", ""))
    match first.kind:
        case NodeKind.MEMCUBE:
            return MemCube(id=node, scope=scope, versions=versions)
        case NodeKind.FACT:
            return Fact(id=node, scope=scope, versions=versions)
        case NodeKind.INJECTION:
            return Injection(id=node, scope=scope, versions=versions)
        case NodeKind.ENTITY:
            return Entity(id=node, scope=scope, versions=versions)
        case NodeKind.SOURCE:
            return Source(id=node, scope=scope, versions=versions)
        case NodeKind.AGENT:
            return Agent(id=node, name=name)
        case NodeKind.TAG:
            return Tag(id=node, name=name)
        case NodeKind.NAMESPACE:
            encoder, analyser = said(first, "encoder"), said(first, "analyser")
            return Namespace(id=node, name=name, encoder=encoder, analyser=analyser)
        case NodeKind.DECISION:
            return Decision(
                id=node,
                verb=str(first.get("verb", "")),
                verdict=said(first, "verdict"),
                authority=first.authority,
                recorded=Recorded.of(first, scope),
            )
    return None
