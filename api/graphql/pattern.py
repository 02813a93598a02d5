"""Pattern: the rows of a plan in the language of `docs/patterns.md`, in one snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry
from strawberry.scalars import JSON

from ...graph.errors import Invalid
from .reading import Reading
from .scalar import Seq

if TYPE_CHECKING:
    from .graph import Graph

MOST_ROWS = 1_000
"""Rows that come back in one answer."""


@strawberry.type
class PatternRow:
    """One row: its columns as an object of texts (lists where there are several values).

    `node` and `key` are those of the cube or entity that the row is, null for a group; `cubes` are the ids
    of all cubes that it rests on.
    """

    kind: str
    node: strawberry.ID | None
    key: str | None
    values: JSON
    cubes: list[strawberry.ID]


@strawberry.type
class PatternResult:
    """The rows of a plan, in the plan's order."""

    seq: Seq
    rows: list[PatternRow]


async def matched(reading: Reading, graph: Graph, pattern: Any) -> PatternResult:
    """Carry a plan out in a snapshot."""
    service = reading.service

    def work() -> PatternResult:
        found = service.desk(graph.scope.ns).matched(graph.scope, pattern)
        if len(found.rows) > MOST_ROWS:
            raise Invalid(
                f"the pattern finds {len(found.rows):,} rows, and an answer holds {MOST_ROWS:,}: end it "
                'with {"limit": …} and page by "skip"'
            )
        rows = [
            PatternRow(
                kind=row.kind,
                node=None if row.node is None else strawberry.ID(row.node),
                key=row.key,
                values=JSON(dict(row.values)),
                cubes=[strawberry.ID(cube) for cube in row.cubes],
            )
            for row in found.rows
        ]
        return PatternResult(seq=Seq(found.seq), rows=rows)

    found = await reading.waves.run(work)
    reading.count(len(found.rows))
    return found
