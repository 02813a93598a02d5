"""Impact: what a change does, or would do, to what is believed and to answers that were given."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import strawberry

from ...graph.belief import Belief, Status
from ...graph.impact import Impact as Found
from ...graph.scope import Scope
from ...graph.step import Step
from .cursor import MOST, Place, listing
from .injection import InjectionConnection, injections
from .node import PageInfo
from .reading import Asked
from .trace import TraceConnection, edge_of


@strawberry.type
class FactBelief:
    """What there is reason to think of one fact: on one side of a change, where that side knows it.

    `support` counts the distinct primary sources that state it.
    """

    fact: strawberry.ID
    words: str
    status: Status
    support: int

    @classmethod
    def of(cls, beliefs: Sequence[Belief]) -> list[FactBelief]:
        """Beliefs as the schema shows them."""
        return [
            cls(
                fact=strawberry.ID(belief.fact),
                words=belief.words,
                status=belief.status,
                support=len(belief.sources),
            )
            for belief in beliefs
        ]


@strawberry.type
class FactDelta:
    """The facts whose standing differs before and after.

    Withdrawn: no source states them any more. Revived: believed again. Weakened: on fewer sources.
    Superseded: overruled or disputed. Learned: stated for the first time.
    """

    withdrawn: list[FactBelief]
    revived: list[FactBelief]
    weakened: list[FactBelief]
    superseded: list[FactBelief]
    learned: list[FactBelief]


@strawberry.type
class Impact:
    """What follows from a change."""

    scope: strawberry.Private[Scope]
    found: strawberry.Private[Found]

    @strawberry.field
    def facts(self) -> FactDelta:
        """The facts whose standing differs."""
        return FactDelta(
            withdrawn=FactBelief.of(self.found.withdrawn),
            revived=FactBelief.of(self.found.revived),
            weakened=FactBelief.of(self.found.weakened),
            superseded=FactBelief.of(self.found.superseded),
            learned=FactBelief.of(self.found.learned),
        )

    @strawberry.field
    def entities(self) -> list[str]:
        """The names that nothing mentions any more."""
        return list(self.found.entities)

    @strawberry.field
    def cubes(self) -> list[strawberry.ID]:
        """The cubes that come or go."""
        return [strawberry.ID(cube) for cube in self.found.cubes]

    @strawberry.field
    async def stale(self, info: Asked) -> TraceConnection:
        """What rests on content that is no longer in force then; the first 100."""
        place = Place.of(self.scope, listing("stale"), None)
        nodes = sorted(self.found.stale)[:MOST]
        read = await asyncio.gather(*(info.context.versions(self.scope, n) for n in nodes))
        edges = []
        for version in (versions[0] for versions in read if versions):
            step = Step(version, 1, True, False, None, None)
            edge = edge_of(self.scope, step, place.cursor(version.node), [])
            edges += [] if edge is None else [edge]
        more = len(self.found.stale) > MOST
        page = PageInfo.of([edge.cursor for edge in edges], more=more, begun=False)
        return TraceConnection(edges=edges, page_info=page, truncated=more)

    @strawberry.field
    async def answers_given(self, info: Asked) -> InjectionConnection:
        """The answers and injections that used what comes or goes; the first 100."""
        place = Place.of(self.scope, listing("answers"), None)
        return await injections(info.context, place, list(self.found.answers), MOST)
