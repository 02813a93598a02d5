"""Places: where the nodes of segments stand in a view, without searching for them each time.

What a segment knows of its own rows (in which order their nodes are, which node each end of an edge is)
is worked out once and kept with it, since a segment never changes but for the ends of intervals. A view
then merges runs that are sorted already, and finds the ends of edges by their numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..kind import EdgeKind
from .columns import Array
from .intake import EDGES
from .postings import Postings
from .segment import Segment

Places = npt.NDArray[np.int64]

NEXT = EDGES.index(EdgeKind.NEXT)


def places_of(nodes: Array, wanted: Array) -> Places:
    """Where hashes stand in an ascending array of hashes, -1 for those that do not.

    >>> places_of(np.array([2, 5], np.uint64), np.array([5, 3], np.uint64)).tolist()
    [1, -1]
    """
    if not len(nodes):
        return np.full(len(wanted), -1, dtype=np.int64)
    found: Places = np.minimum(np.searchsorted(nodes, wanted), len(nodes) - 1).astype(np.int64)
    found[nodes[found] != wanted] = -1
    return found


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes of a table's rows: `rows` has those of each, and `number` for each row which node it is."""

    rows: Postings
    number: npt.NDArray[np.int32]

    @property
    def hashes(self) -> Array:
        """The nodes, each once and ascending."""
        return self.rows.keys


def nodes_of(segment: Segment, table: str) -> Nodes:
    """The nodes of a segment's cubes or entities, worked out once."""

    def made() -> Nodes:
        column = np.asarray(segment[f"{table}.node"])
        rows = Postings.of(column, np.arange(len(column) + 1, dtype=np.int64))
        number = np.empty(len(column), np.int32)
        number[rows.rows] = np.repeat(np.arange(len(rows.keys), dtype=np.int32), np.diff(rows.at))
        return Nodes(rows, number)

    return segment.noted(table, made)


def ends_of(segment: Segment) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """For each edge of a segment, which of its cubes it comes from, and which of its entities (or, for
    NEXT, of its cubes) it leads to; -1 where that lies in another segment."""

    def numbered(edges: Postings, nodes: Array) -> npt.NDArray[np.int32]:
        number = np.empty(len(edges.rows), np.int32)
        number[edges.rows] = np.repeat(
            places_of(nodes, edges.keys).astype(np.int32), np.diff(edges.at)
        )
        return number

    def made() -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        cubes, entities = (nodes_of(segment, table).hashes for table in ("cube", "entity"))
        leads = numbered(segment.into, entities)
        ordered = np.flatnonzero(segment["edge.kind"] == NEXT)
        leads[ordered] = places_of(cubes, segment["edge.dst"][ordered])
        return numbered(segment.out, cubes), leads

    return segment.noted("edge", made)


def first_seen(
    segments: Sequence[Segment],
    postings: Callable[[Segment], Postings],
    keys: Array,
    seen: Callable[[int, Places], npt.NDArray[np.bool_]],
) -> tuple[Places, Places]:
    """For each key the first row that holds it and is `seen` (by segment): its segment and place, or -1."""
    part, row = np.full(len(keys), -1, np.int64), np.full(len(keys), -1, np.int64)
    for number, segment in enumerate(segments):
        lacking = np.flatnonzero(part < 0)
        rows, counts = postings(segment).rows_of(keys[lacking])
        there = seen(number, rows)
        owner, rows = np.repeat(lacking, counts)[there][::-1], rows[there][::-1]
        # written backwards, so that the first row stays
        part[owner], row[owner] = number, rows
    return part, row


class Standing:
    """Where the visible nodes of one table stand among all that are visible, segment by segment.

    `rows` are the visible rows of each segment, ascending. `nodes` are their nodes in order of their
    hashes: with `once` each a single time, else as often as there are rows.
    """

    def __init__(
        self, segments: Sequence[Segment], table: str, rows: Sequence[Places], *, once: bool
    ) -> None:
        self._segments, self._table = segments, table
        self._numbers: list[npt.NDArray[np.int32]] = []
        parts: list[Array] = []
        self.row_parts: list[Places] = []
        for segment, mine in zip(segments, rows, strict=True):
            known = nodes_of(segment, table)
            seen = np.zeros(len(known.number), np.bool_)
            seen[mine] = True
            if once:
                numbers = np.zeros(len(known.hashes), np.bool_)
                numbers[known.number[mine]] = True
                chosen = np.flatnonzero(numbers).astype(np.int32)
            else:
                ordered = known.rows.rows[seen[known.rows.rows]]
                self.row_parts.append(ordered)
                chosen = known.number[ordered]
            self._numbers.append(chosen)
            parts.append(known.hashes[chosen])
        together = np.concatenate(parts) if parts else np.empty(0, np.uint64)
        # runs that are in order are only merged by this sort (it is a timsort)
        order = np.argsort(together, kind="stable")
        ascending = together[order]
        first = _first(ascending) if once else np.ones(len(ascending), np.bool_)
        self.nodes: Array = ascending[first]
        self._place = np.empty(len(together), np.int64)
        self._place[order] = np.cumsum(first) - 1
        self.order = order
        self._found: dict[int, Places] = {}

    def places(self, segment: int) -> Places:
        """Where each node of a segment's table stands in the view; -1 for one that is not visible."""
        held = self._found.get(segment)
        if held is None:
            hashes = nodes_of(self._segments[segment], self._table).hashes
            before = sum(len(numbers) for numbers in self._numbers[:segment])
            mine = self._numbers[segment]
            held = np.full(len(hashes), -1, np.int64)
            held[mine] = self._place[before : before + len(mine)]
            # a node may be visible by a row of another segment
            hidden = np.flatnonzero(held < 0)
            held[hidden] = places_of(self.nodes, hashes[hidden])
            self._found[segment] = held
        return held

    def of(self, segment: int, numbers: npt.NDArray[np.int32], hashes: Array) -> Places:
        """Where nodes stand that a segment knows by these numbers, and by hash where it has none (-1)."""
        places = self.places(segment)
        if not len(places):
            return places_of(self.nodes, hashes)
        found = places[numbers]
        strange = np.flatnonzero(numbers < 0)
        found[strange] = places_of(self.nodes, hashes[strange])
        return found


def _first(ascending: Array) -> npt.NDArray[np.bool_]:
    """Where a new value begins."""
    first = np.ones(len(ascending), np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return first
