"""Standing in: which summaries a scope shows, and what the passages that they quote lend them.

A summary is shown exactly while every payload that it was made of is held by a version in force that the same
scope shows and that is archived: the question of `graph.staleness`, answered over the rows of the index,
so that an answer never counts a passage beside its own summary. What a quoted passage mentions, and what
replaces it, is worked out for the summary here and kept nowhere, so that it changes with the passage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..kind import EdgeKind
from ..scope import Scope
from .adjacency import Edges, Places, joined_edges
from .bond import Bond, Span
from .columns import Array, spread
from .intake import EDGES
from .segment import Segment

Seen = Callable[[Segment, str, Scope], Places]


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a visible summary: the summary's place and node, the quoted cube's row, both spans."""

    passage: int
    node: int
    part: int
    row: int
    there: Span
    own: Span

    def mapped(self, start: int, end: int) -> Span | None:
        """Characters of the quoted cube as the summary has them; None for those that it does not quote."""
        begin, stop = max(start, self.there[0]), min(end, self.there[1])
        shift = self.own[0] - self.there[0]
        return (begin + shift, stop + shift) if begin < stop else None


def standing_in(
    segments: Sequence[Segment], rows: Sequence[Places], scope: Scope, seen: Seen
) -> list[Places]:
    """The visible rows of cubes without the summaries that stand for nothing now."""
    made = [_made(segment, mine) for segment, mine in zip(segments, rows, strict=True)]
    if not any(len(places) for places in made):
        return list(rows)
    held = np.concatenate(
        [segment["cube.payload"][places] for segment, places in _archived(segments, scope, seen)]
    )
    shown = []
    for segment, mine, places in zip(segments, rows, made, strict=True):
        items, counts = spread(segment["cube.pin@"], places)
        lost = np.repeat(places, counts)[~np.isin(segment["cube.pin"][items], held)]
        shown.append(mine[~np.isin(mine, lost)])
    return shown


def _made(segment: Segment, rows: Places) -> Places:
    if not len(segment["cube.pin"]):
        return rows[:0]
    at = segment["cube.pin@"]
    return rows[at[rows + 1] > at[rows]]


def _archived(
    segments: Sequence[Segment], scope: Scope, seen: Seen
) -> list[tuple[Segment, Places]]:
    """The rows of archived cubes that the scope shows but for their state."""
    found = []
    for segment in segments:
        places = seen(segment, "cube", scope.but(archived=True))
        found.append((segment, places[segment["cube.archived"][places]]))
    return found


class Quotes:
    """What the visible summaries of a view quote; `places` say which passage a row is, -1 if it is none."""

    def __init__(
        self, segments: Sequence[Segment], places: Sequence[Places], scope: Scope, seen: Seen
    ) -> None:
        self._segments = segments
        self._by_node: dict[int, list[Quote]] = defaultdict(list)
        quoting = [
            _made(s, np.flatnonzero(mine >= 0)) for s, mine in zip(segments, places, strict=True)
        ]
        if not any(len(rows) for rows in quoting):
            return
        said: list[tuple[int, int, int, list[int]]] = []
        for segment, mine, rows in zip(segments, places, quoting, strict=True):
            items, counts = spread(segment["cube.quoted@"], rows)
            passages = np.repeat(mine[rows], counts).tolist()
            nodes = np.repeat(segment["cube.node"][rows], counts).tolist()
            there, spans = segment["cube.quoted"][items].tolist(), segment["cube.quote"][items]
            said += zip(passages, nodes, there, spans.tolist(), strict=True)
        wanted = np.array([there for _, _, there, _ in said], np.uint64)
        rows_of: dict[int, tuple[int, int]] = {}
        for part, (segment, rows) in enumerate(_archived(segments, scope, seen)):
            rows = rows[np.isin(segment["cube.node"][rows], wanted)]
            for node, row in zip(segment["cube.node"][rows].tolist(), rows.tolist(), strict=True):
                rows_of[node] = part, row
        for passage, node, there, (start, end, own) in said:
            if there in rows_of:
                own_span = own, own + end - start
                quote = Quote(passage, node, *rows_of[there], (start, end), own_span)
                self._by_node[there].append(quote)

    @property
    def passages(self) -> set[int]:
        """The passages that quote."""
        return {quote.passage for quotes in self._by_node.values() for quote in quotes}

    def quoted(self, passages: set[int]) -> Array:
        """The nodes that some passages quote."""
        found = (
            node
            for node, quotes in self._by_node.items()
            if any(quote.passage in passages for quote in quotes)
        )
        return np.array(sorted(found), np.uint64)

    def mentions(self, edges: Edges) -> Edges:
        """The edges with those mentions that summaries take over."""
        if not self._by_node:
            return edges
        nodes = np.array(sorted(self._by_node), np.uint64)
        there = np.flatnonzero(
            (edges.kind == EDGES.index(EdgeKind.MENTIONS)) & np.isin(edges.src, nodes)
        )
        source, taken = list[int](), list[tuple[int, list[Span]]]()
        for place in there.tolist():
            segment, row = self._segments[edges.part[place]], edges.row[place]
            at = segment["edge.span@"]
            spans = segment["edge.span"][at[row] : at[row + 1]].tolist()
            mine: dict[int, list[Span]] = defaultdict(list)
            for quote in self._by_node[int(edges.src[place])]:
                mine[quote.node] += [m for s in spans if (m := quote.mapped(*s)) is not None]
            for node, mapped in mine.items():
                if mapped:
                    source.append(place)
                    taken.append((node, mapped))
        if not taken:
            return edges
        more = Edges(
            edges.kind[source],
            np.array([node for node, _ in taken], np.uint64),
            edges.dst[source],
            np.array([len(mapped) for _, mapped in taken], edges.spans.dtype),
            edges.part[source],
            edges.row[source],
        )
        return joined_edges([edges, more], [mapped for _, mapped in taken])

    def bonds(self, marked: Callable[[Array], Places]) -> list[Bond]:
        """What replaces or disputes the quoted sentences; `marked` finds visible passages by their records' names.

        A summary itself replaces nothing: it was inferred.
        """
        found: list[Bond] = []
        if not self._by_node:
            return found
        hidden: dict[int, list[Quote]] = defaultdict(list)
        for quotes in self._by_node.values():
            for quote in quotes:
                mark = int(self._segments[quote.part]["cube.mark"][quote.row])
                hidden[mark].append(quote)
        linking = self._linking(hidden)
        names = sorted({name for mine, theirs, _ in linking for name in (mine, theirs)})
        places = marked(np.array(names, np.uint64)).tolist()
        marks = {name: place for name, place in zip(names, places, strict=True) if place >= 0}
        for mine, theirs, said in linking:
            is_new, verdict, chance, *spans = said
            new, old = (mine, theirs) if is_new else (theirs, mine)
            new_span, old_span = (spans[:2], spans[2:]) if is_new else (spans[2:], spans[:2])
            if new not in marks:
                continue
            for quote in hidden.get(old, ()):
                span = quote.mapped(*old_span)
                if span is not None and marks[new] != quote.passage:
                    told = [1, verdict, chance, *new_span, *span]
                    found.append(Bond.of(marks[new], quote.passage, told))
        return found

    def _linking(self, hidden: Mapping[int, object]) -> list[tuple[int, int, list[int]]]:
        """The links of quoted records, as whichever of the two ends came later keeps them."""
        names = np.array(sorted(hidden), np.uint64)
        found: list[tuple[int, int, list[int]]] = []
        for segment in self._segments:
            marks: Array = segment["cube.mark"]
            owner = np.repeat(marks, np.diff(segment["cube.rival@"]))
            rival: npt.NDArray[np.uint64] = segment["cube.rival"]
            near = np.flatnonzero(np.isin(rival, names) | np.isin(owner, names))
            ends = zip(owner[near].tolist(), rival[near].tolist(), strict=True)
            said = segment["cube.bond"][near].tolist()
            found += [(*both, bond) for both, bond in zip(ends, said, strict=True)]
        return found
