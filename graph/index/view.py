"""View: the part of an index that one scope shows, with everything recomputed over that part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..canonical import Moved
from ..digest import hashed
from ..kind import EdgeKind
from ..scope import Scope
from .adjacency import Adjacency, Edges, Places, adjacency, joined_edges, merged
from .bond import Bond, Succeeding
from .columns import Array, spread
from .likeness import Alike, Likenesses, aliases_of, likenesses
from .nearness import Nearness, Scores, nearness
from .places import Standing, ends_of, nodes_of, places_of
from .segment import Segment
from .standing import Quotes, standing_in
from .vectors import cosines


def visible(segment: Segment, table: str, scope: Scope) -> Places:
    """The rows of a table that a scope shows: reader set, system time, valid time, origins left out."""
    seen = (segment[f"{table}.from"] <= scope.seq) & (segment[f"{table}.to"] > scope.seq)
    acl = segment[f"{table}.acl"]
    seen &= acl == 0 if scope.acls == (0,) else np.isin(acl, np.array(scope.acls, np.int64))
    if scope.valid_at is not None:
        seen &= segment[f"{table}.start"] <= scope.valid_at
        seen &= segment[f"{table}.end"] > scope.valid_at
    if scope.without:
        left_out = np.array([hashed(origin) for origin in scope.without], np.uint64)
        seen &= ~np.isin(segment[f"{table}.origin"], left_out)
        if table in ("cube", "entity"):
            seen &= ~np.isin(segment[f"{table}.node"], left_out)
    if table == "cube" and not scope.archived:
        seen &= segment["cube.active"]
    return np.flatnonzero(seen)


class View:
    """The visible part of one namespace's index.

    Passages and entities are numbered in order of their nodes' hashes, so that whatever is computed of
    them does not depend on how the index is divided into segments. Every count, length and degree here
    is that of an index which holds the visible part and nothing else.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        scope: Scope,
        moved: Callable[[Scope], Mapping[tuple[str, str], Sequence[Moved]]] = lambda _: {},
    ) -> None:
        self._segments = tuple(segments)
        self._moved = moved
        self.scope = scope
        cubes = [visible(segment, "cube", scope) for segment in segments]
        cubes = standing_in(segments, cubes, scope, visible)
        self._cubes = Standing(segments, "cube", cubes, once=False)
        self.nodes: Array = self._cubes.nodes
        part = np.repeat(np.arange(len(segments)), [len(rows) for rows in cubes])
        row = np.concatenate([*self._cubes.row_parts, np.empty(0, np.int64)])
        self._part, self._row = part[self._cubes.order], row[self._cubes.order]
        self._places = []
        for number, segment in enumerate(segments):
            # Which passage a row of the segment is, -1 where it is not visible.
            places = np.full(len(segment["cube.key"]), -1, dtype=np.int64)
            mine = np.flatnonzero(self._part == number)
            places[self._row[mine]] = mine
            self._places.append(places)
        self._entity_rows = [visible(segment, "entity", scope) for segment in segments]
        self._entity_seen = []
        for segment, rows in zip(segments, self._entity_rows, strict=True):
            seen = np.zeros(len(segment["entity.key"]), np.bool_)
            seen[rows] = True
            self._entity_seen.append(seen)
        self._named = Standing(segments, "entity", self._entity_rows, once=True)
        self.entities: Array = self._named.nodes

    @property
    def size(self) -> int:
        """How many passages are visible."""
        return len(self.nodes)

    def node(self, passage: int) -> str:
        """The id of a passage's cube."""
        segment = self._segments[self._part[passage]]
        return bytes(segment["cube.id"][self._row[passage]]).decode("utf-8")

    def _column(self, name: str) -> Array:
        """One column of the cube table, by passage."""
        empty = np.empty(0, np.float64)
        parts = [segment[name] for segment in self._segments]
        if not self.size:
            return empty
        found = np.empty(self.size, dtype=parts[0].dtype)
        for number, column in enumerate(parts):
            mine = self._part == number
            found[mine] = column[self._row[mine]]
        return found

    @cached_property
    def lengths(self) -> Scores:
        """Terms of each passage."""
        return self._column("cube.length").astype(np.float64)

    def term(self, term: str) -> tuple[Places, Scores]:
        """The passages that hold a term, ascending, and how often each does."""
        key, places, counts = hashed(term), [], []
        for segment, mine in zip(self._segments, self._places, strict=True):
            rows, found = segment.terms.find(key)
            here = mine[rows]
            places.append(here[here >= 0])
            counts.append(found[here >= 0])
        if not places:
            return np.empty(0, np.int64), np.empty(0)
        where = np.concatenate(places)
        order = np.argsort(where)
        return where[order], np.concatenate(counts)[order].astype(np.float64)

    def nearness(self, question: npt.NDArray[Any], top: int = 5) -> Nearness:
        """Score passages and sentences against a question's unit vector."""
        return nearness(self._segments, self._places, self.nodes, question, top)

    def sentence_span(self, passage: int, place: int) -> tuple[int, int]:
        """The characters of one sentence of a passage."""
        segment, row = self._segments[self._part[passage]], self._row[passage]
        start, end = segment["cube.sentence"][segment["cube.sentence@"][row] + place]
        return int(start), int(end)

    def raw(self, passage: int) -> tuple[list[tuple[int, int]], list[bytes]]:
        """The hashed terms of a passage with their counts, and its vector and those of its sentences."""
        segment, row = self._segments[self._part[passage]], self._row[passage]
        held = slice(segment["cube.term@"][row], segment["cube.term@"][row + 1])
        senses = slice(segment["cube.sense@"][row], segment["cube.sense@"][row + 1])
        terms = zip(
            segment["cube.term"][held].tolist(), segment["cube.count"][held].tolist(), strict=True
        )
        vectors = [segment["cube.vector"][row], *segment["cube.sense"][senses]]
        return list(terms), [vector.tobytes() for vector in vectors]

    def closeness(self, passage: int, question: npt.NDArray[Any]) -> Scores:
        """How close each sentence of a passage is to a question's unit vector."""
        segment, row = self._segments[self._part[passage]], self._row[passage]
        senses = slice(segment["cube.sense@"][row], segment["cube.sense@"][row + 1])
        return cosines(segment["cube.sense"][senses], question)

    @cached_property
    def _quotes(self) -> Quotes:
        """What the visible summaries quote."""
        return Quotes(self._segments, self._places, self.scope, visible)

    @property
    def edges(self) -> Edges:
        """The edges that are themselves visible; those with an invisible end count nowhere."""
        return self._edges[0]

    @cached_property
    def _edges(self) -> tuple[Edges, dict[int, list[tuple[int, int]]]]:
        """The edges, and the characters of those mentions that summaries take over from what they quote."""
        parts = []
        for number, segment in enumerate(self._segments):
            rows = visible(segment, "edge", self.scope)
            offsets = segment["edge.span@"]
            parts.append(
                Edges(
                    segment["edge.kind"][rows],
                    segment["edge.src"][rows],
                    segment["edge.dst"][rows],
                    offsets[rows + 1] - offsets[rows],
                    np.full(len(rows), number),
                    rows,
                )
            )
        return self._quotes.mentions(joined_edges(parts))

    @cached_property
    def adjacency(self) -> Adjacency:
        """Mentions, subjects and order of the visible part, entities of one meaning joined."""
        split = len(self.edges.of(EdgeKind.NOT_SAME_AS)) > 0
        moved = self._moved(self.scope) if split else {}
        alike = self._likenesses.joining
        return adjacency(self.nodes, self.entities, self.edges, self._ends, moved, alike)

    def _ends(self, places: Places, kind: EdgeKind) -> tuple[Places, Places]:
        """Where some edges of one kind, given by their places, come from and lead to."""
        leads = self._cubes if kind is EdgeKind.NEXT else self._named
        src, dst = np.empty(len(places), np.int64), np.empty(len(places), np.int64)
        part = self.edges.part[places]
        own = len(self.edges.kind) - len(self._edges[1])
        for number, segment in enumerate(self._segments):
            mine = np.flatnonzero(part == number)
            if not len(mine):
                continue
            here = places[mine]
            rows = self.edges.row[here]
            from_, to = ends_of(segment)
            # what a summary takes over comes from the summary, not from where the row does
            numbers = np.where(here < own, from_[rows], np.int32(-1))
            src[mine] = self._cubes.of(number, numbers, self.edges.src[here])
            dst[mine] = leads.of(number, to[rows], self.edges.dst[here])
        return src, dst

    @cached_property
    def _likenesses(self) -> Likenesses:
        return likenesses(self._segments, self._entity_rows, self._aliases)

    @cached_property
    def _aliases(self) -> tuple[Array, Array]:
        return aliases_of(self._segments, self.edges, self._remembered)

    def _remembered(self) -> Array:
        """All visible cubes by node hash, those too that are archived: they say what they say."""
        scope = self.scope.but(archived=True)
        parts = [s["cube.node"][visible(s, "cube", scope)] for s in self._segments]
        return np.unique(np.concatenate(parts))

    @cached_property
    def certain(self) -> tuple[tuple[str, str], ...]:
        """The pairs of visible entities whose names say that they are one, by ids."""
        return tuple((pair.one, pair.other) for pair in self.sure())

    def sure(self) -> tuple[Alike, ...]:
        """The same, with what is known of each pair."""
        return tuple(self._likenesses.told(self._segments, certain=True))

    def alike(self) -> tuple[Alike, ...]:
        """The pairs of visible entities that may be one, and are not certain to be."""
        every = likenesses(self._segments, self._entity_rows, self._aliases, doubtful=True)
        return tuple(every.told(self._segments, certain=False))

    @cached_property
    def merged(self) -> list[list[int]]:
        """The passages that are one by somebody's decision, group by group."""
        return merged(self.nodes, self.edges)

    @cached_property
    def links(self) -> tuple[Bond, ...]:
        """Which visible passages replace which others, or dispute them, each link once."""
        order = np.argsort(self._column("cube.mark")) if self.size else np.empty(0, np.int64)
        marks = self._column("cube.mark")[order] if self.size else np.empty(0, np.uint64)
        found: list[Bond] = []
        for segment, places in zip(self._segments, self._places, strict=True):
            rows = np.flatnonzero(places >= 0)
            items, counts = spread(segment["cube.rival@"], rows)
            if not len(items) or not len(marks):
                continue
            owner = np.repeat(places[rows], counts)
            rival = segment["cube.rival"][items]
            at = np.minimum(np.searchsorted(marks, rival), len(marks) - 1)
            seen = marks[at] == rival
            bonds = segment["cube.bond"][items][seen].tolist()
            ends = zip(owner[seen].tolist(), order[at[seen]].tolist(), bonds, strict=True)
            found += [Bond.of(mine, theirs, said) for mine, theirs, said in ends]
        found += self._quotes.bonds(dict(zip(marks.tolist(), order.tolist(), strict=True)))
        return tuple(sorted(found, key=lambda bond: (bond.new, bond.old)))

    @cached_property
    def _entity_source(self) -> tuple[Places, Places]:
        """For each group of entities, a segment and row that has the id of its first member."""
        part = np.full(self.adjacency.groups, -1, dtype=np.int64)
        row = np.zeros(self.adjacency.groups, dtype=np.int64)
        first = np.empty(self.adjacency.groups, dtype=np.int64)
        # written backwards, so that the first of a group stays
        first[self.adjacency.group[::-1]] = np.arange(len(self.entities))[::-1]
        for number, (segment, rows) in enumerate(
            zip(self._segments, self._entity_rows, strict=True)
        ):
            entity = self._named.places(number)[nodes_of(segment, "entity").number[rows]]
            group = self.adjacency.group[entity]
            mine = entity == first[group]
            part[group[mine]], row[group[mine]] = number, rows[mine]
        return part, row

    def entity(self, group: int) -> str:
        """The id of the entity that stands for a group."""
        part, row = self._entity_source
        return bytes(self._segments[part[group]]["entity.id"][row[group]]).decode("utf-8")

    def known_names(self, names: Sequence[str]) -> list[bool]:
        """Which folded names any row of the index bears, visible or not: a sieve before `named`."""
        keys = np.array([hashed(name) for name in names], np.uint64)
        known = np.zeros(len(keys), np.bool_)
        for segment in self._segments:
            known |= segment.names.known(keys)
        return [bool(one) for one in known]

    def named(self, name: str) -> list[int]:
        """The groups of visible entities that a visible record calls by this folded name."""
        key, groups = hashed(name), set[int]()
        for segment, seen in zip(self._segments, self._entity_seen, strict=True):
            rows = segment.names.find(key)[0]
            rows = rows[seen[rows]]
            if len(rows):
                places = places_of(self.entities, segment["entity.node"][rows])
                groups |= set(self.adjacency.group[places].tolist())
        return sorted(groups)

    def entities_in(self, passage: int, span: tuple[int, int]) -> list[int]:
        """The groups that a passage mentions within some of its characters."""
        found = set[int]()
        # a question asks this of a few passages: to look through all is less than to sort them
        for i in np.flatnonzero(self.adjacency.ends[0] == passage).tolist():
            place = self.adjacency.edge[i]
            segment, row = self._segments[self.edges.part[place]], self.edges.row[place]
            offsets = segment["edge.span@"]
            spans = segment["edge.span"][offsets[row] : offsets[row + 1]]
            if int(place) in self._edges[1]:
                spans = np.array(self._edges[1][int(place)])
            here = spans[(spans[:, 0] < span[1]) & (spans[:, 1] > span[0])].tolist()
            for to, mine in self._meant(i, [(start, end) for start, end in here]):
                if mine:
                    found.add(to)
        return sorted(found)

    def _meant(
        self, mention: int, spans: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[int, set[tuple[int, int]]]]:
        """The groups that the characters of a mention mean: more than one where it was split."""
        left = set(spans)
        for moved, group in self.adjacency.moved.get(mention, ()):
            yield group, left.intersection(moved)
            left.difference_update(moved)
        yield int(self.adjacency.ends[1][mention]), left

    @cached_property
    def _where_from(self) -> dict[int, tuple[str, int]]:
        """Source uri and offset of each cube, by hash, as the visible sources place them."""
        found: dict[int, tuple[str, int]] = {}
        for segment in self._segments:
            rows = visible(segment, "source", self.scope)
            places, counts = spread(segment["source.passage@"], rows)
            row_of = np.repeat(rows, counts).tolist()
            cubes, offsets = segment["source.passage"][places], segment["source.offset"][places]
            uris: dict[int, str] = {}
            for cube, offset, row in zip(cubes.tolist(), offsets.tolist(), row_of, strict=True):
                if row not in uris:
                    at = segment["source.uri@"]
                    raw = segment["source.uri"][at[row] : at[row + 1]].tobytes()
                    uris[row] = raw.decode("utf-8", "surrogatepass")
                place = (uris[row], offset)
                found[cube] = min(found.get(cube, place), place)
        return found

    def order_key(self, passage: int) -> tuple[str, int, str]:
        """What orders passages of equal score: source, place in it, id."""
        uri, offset = self._where_from.get(int(self.nodes[passage]), ("", 0))
        return uri, offset, self.node(passage)

    def successions(self) -> list[Succeeding]:
        """The links between visible passages, by the ids of their cubes."""
        return [
            Succeeding(
                self.node(b.new), self.node(b.old), b.verdict, b.chance, b.new_span, b.old_span
            )
            for b in self.links
        ]
