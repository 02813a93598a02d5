"""Review: names that may be one and statements that may be outdated, computed when asked."""

from __future__ import annotations

import strawberry

from ...graph.resolution.proposal import Likeness
from ...graph.scope import Scope
from ...graph.supersession.proposal import Supersession
from .cube import MemCube
from .cursor import page_size
from .reading import Reading
from .scalar import Seq


@strawberry.type
class Feature:
    """What speaks for a proposal or against it, and how much it adds to the log odds."""

    name: str
    adds: float


@strawberry.type
class NameProposal:
    """Two entities whose names say that they may be one; `merge` or `distinguish` decides.

    `cosine` is what the encoder makes of the names, where the letters say too little; `rivals` how many
    other names one of the two may be as well.
    """

    id: strawberry.ID
    entities: list[strawberry.ID]
    names: list[str]
    chance: float
    cosine: float | None
    rivals: int
    because: list[Feature]

    @classmethod
    def of(cls, found: Likeness) -> NameProposal:
        """The pair as the schema shows it."""
        return cls(
            id=strawberry.ID(found.id),
            entities=[strawberry.ID(found.one), strawberry.ID(found.other)],
            names=list(found.names),
            chance=found.chance,
            cosine=found.cosine,
            rivals=found.rivals,
            because=_because(found.parts),
        )


@strawberry.type
class StatementProposal:
    """A statement that may take the place of another, or contradict it; the quotes are the sentences meant.

    `approvedBy` is the change by which somebody said that it does, null where it is only computed.
    """

    id: strawberry.ID
    new: MemCube
    old: MemCube
    verdict: str
    chance: float
    reason: str
    new_quote: str
    old_quote: str
    because: list[Feature]
    approved_by: Seq | None

    @classmethod
    def of(cls, scope: Scope, found: Supersession) -> StatementProposal:
        """The link as the schema shows it."""
        new, old = (
            MemCube(id=strawberry.ID(cube.node), scope=scope, versions=(cube,))
            for cube in (found.new, found.old)
        )
        return cls(
            id=strawberry.ID(found.id),
            new=new,
            old=old,
            verdict=found.verdict.name.lower(),
            chance=found.chance,
            reason=found.reason,
            new_quote=found.new.text[slice(*found.new_span)],
            old_quote=found.old.text[slice(*found.old_span)],
            because=_because(found.parts),
            approved_by=Seq(found.ruled) if found.ruled else None,
        )


@strawberry.type
class Review:
    """What is for somebody to look at, likeliest first, and how many there are beyond those given."""

    names: list[NameProposal]
    statements: list[StatementProposal]
    more_names: int
    more_statements: int


def _because(parts: tuple[tuple[str, float], ...]) -> list[Feature]:
    return [Feature(name=name, adds=part) for name, part in parts]


async def reviewed(reading: Reading, scope: Scope, applied: bool, first: int | None) -> Review:
    """Compute the queue of a snapshot."""
    size = page_size(first, 20)
    found = await reading.walk(lambda _: reading.service.review(scope, applied=applied, first=size))
    reading.count(len(found.names) + 2 * len(found.statements))
    return Review(
        names=[NameProposal.of(one) for one in found.names],
        statements=[StatementProposal.of(scope, one) for one in found.statements],
        more_names=found.more[0],
        more_statements=found.more[1],
    )
