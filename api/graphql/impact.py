"""Impact: what a change does, or would do, to what is believed and to answers that were given."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import strawberry

from ...graph.belief import Belief, Status
from ...graph.errors import Invalid
from ...graph.impact import Impact as Found
from ...graph.scope import Scope
from ...graph.staleness import Reached
from ...graph.step import Step
from ..past_answer import MOST as MOST_ANSWERS
from ..past_answer import PastAnswer as Told
from .cursor import MOST, Place, listing
from .injection import Injection, InjectionConnection, injection_of, injections
from .node import PageInfo
from .reading import Asked
from .scalar import Instant
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
class Made:
    """Something that was made from what comes or goes, or from what states a fact whose standing changes.

    `degree` counts the steps of making in between, `solely` says that it rests on nothing else, and
    `stale` that it may be used before and not after.
    """

    id: strawberry.ID
    kind: str
    degree: int
    solely: bool
    stale: bool

    @classmethod
    def of(cls, reached: Reached, *, stale: bool) -> Made:
        """What was reached, as the schema shows it."""
        return cls(
            id=strawberry.ID(reached.node),
            kind=str(reached.kind),
            degree=reached.degree,
            solely=reached.solely,
            stale=stale,
        )


@strawberry.type
class PastAnswer:
    """An answer or injection that rests on what comes or goes: who got it, and when.

    `differs` says whether the question would be answered otherwise after the change than before it, as
    far as you may read; null where nothing was asked. `degree`, `solely` and `stale` are as for `Made`.
    """

    receipt: Injection
    viewer: str
    at: Instant
    question: str
    verb: str
    degree: int
    solely: bool
    stale: bool
    differs: bool | None

    @classmethod
    def of(cls, told: Told, receipt: Injection) -> PastAnswer:
        """A past answer, as the schema shows it."""
        return cls(
            receipt=receipt,
            viewer=told.viewer,
            at=Instant(told.at),
            question=told.question,
            verb=told.verb,
            degree=told.degree,
            solely=told.solely,
            stale=told.stale,
            differs=told.differs,
        )


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
    def made(self) -> list[Made]:
        """What was made from what comes or goes, the nearest first; the first 100 of `madeInAll`."""
        stale = set(self.found.stale)
        return [Made.of(one, stale=one.node in stale) for one in self.found.made[:MOST]]

    @strawberry.field
    def made_in_all(self) -> int:
        """How much was made from what comes or goes."""
        return len(self.found.made)

    @strawberry.field
    async def stale(self, info: Asked) -> TraceConnection:
        """What rests on content that is no longer in force then; the first 100."""
        place = Place.of(self.scope, listing("stale"), None)
        nodes = sorted(self.found.stale)[:MOST]
        degrees = {one.node: one.degree for one in self.found.made}
        read = await asyncio.gather(*(info.context.versions(self.scope, n) for n in nodes))
        edges = []
        for version in (versions[0] for versions in read if versions):
            step = Step(version, degrees[version.node], True, False, None, None)
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

    @strawberry.field
    async def past_answers(self, info: Asked, first: int | None = 5) -> list[PastAnswer]:
        """Who was told what, and whether it would be told otherwise; each is worked out twice, 20 at most."""
        most = 5 if first is None else first
        if not 1 <= most <= MOST_ANSWERS:
            raise Invalid(f"1 to {MOST_ANSWERS} past answers are worked out at a time, not {most}")
        reading, ns = info.context, self.scope.ns
        told = await reading.walk(lambda _: reading.service.past_answers(ns, self.found, most))
        held = await asyncio.gather(*(reading.versions(self.scope, one.receipt) for one in told))
        return [
            PastAnswer.of(one, injection_of(self.scope, versions))
            for one, versions in zip(told, held, strict=True)
            if versions
        ]
