"""Joining: what a merge makes one, before it is made."""

from __future__ import annotations

import strawberry

from ...graph.joining import Joining as Found


@strawberry.type
class MovingEdges:
    """How many edges of one kind would count under another node."""

    kind: str
    count: int


@strawberry.type
class PropertyConflict:
    """A property on which the joined differ: the value that is shown, and those that are not."""

    name: str
    chosen: str
    others: list[str]


@strawberry.type
class Joining:
    """What a merge makes one: all nodes that are one then, the edges that count elsewhere, what differs."""

    members: list[strawberry.ID]
    moves: list[MovingEdges]
    conflicts: list[PropertyConflict]

    @classmethod
    def of(cls, found: Found | None) -> Joining | None:
        """The joining as the schema shows it; None for a change that joins nothing."""
        if found is None:
            return None
        return cls(
            members=[strawberry.ID(member) for member in found.members],
            moves=[MovingEdges(kind=kind, count=count) for kind, count in found.moves.items()],
            conflicts=[
                PropertyConflict(name=one.name, chosen=one.chosen, others=list(one.others))
                for one in found.conflicts
            ],
        )
