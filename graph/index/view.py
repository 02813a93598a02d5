"""View: the part of an index that one scope shows, with everything recomputed over that part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt

from ..canonical import Moved
from ..digest import hashed
from ..kind import EdgeKind
from ..scope import Scope
from .adjacency import Adjacency, Edges, Grouping, Split, grouped, incidences, joined_edges, merged
from .bond import Bond, Succeeding
from .carry import Stand, carried
from .closeness import Closeness
from .columns import Array, spread
from .incidence import Incidence
from .intake import EDGES
from .likeness import Alike, Likenesses, aliases_of, giving, likenesses
from .linkage import linked, marked
from .nearness import EXACT, Scores
from .places import Standing, ends_of, nodes_of, places_of
from .rivalry import contended, keys_of
from .segment import Segment
from .standing import Quotes, standing_in
from .visibility import Places, placing, shown, visible

Ruled = Callable[["View", Sequence[Bond]], list[Bond]]
"""What is left of computed links after what somebody ruled on them."""
Moving = Callable[[Scope], Mapping[tuple[str, str], Sequence[Moved]]]

DECIDED = (EDGES.index(EdgeKind.SAME_AS), EDGES.index(EdgeKind.NOT_SAME_AS))


class View:
    """The visible part of one namespace's index.

    Passages and entities are numbered in order of their nodes' hashes, so that whatever is computed of
    them does not depend on how the index is divided into segments. Every count, length and degree here
    is that of an index which holds the visible part and nothing else. `former` is the same part at an
    earlier sequence, with an adjacency that is worked out: this one goes on from it where it can (see
    `carry`), and what comes out is the same. Up to `exact` vectors are all compared with a question.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        scope: Scope,
        moved: Moving = lambda _: {},
        former: View | None = None,
        ruled: Ruled = lambda _, bonds: list(bonds),
        exact: int = EXACT,
    ) -> None:
        self._exact = exact
        self.segments = tuple(segments)
        self._moved = moved
        self._ruled = ruled
        self._former = former
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
        self.entities_seen = [shown(segment, "entity", scope) for segment in segments]
        rows = [np.flatnonzero(seen) for seen in self.entities_seen]
        self._named = Standing(segments, "entity", rows, once=True)
        self.entities: Array = self._named.nodes

    @property
    def size(self) -> int:
        """How many passages are visible."""
        return len(self.nodes)

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces of which it shows a part."""
        return (self.scope.ns,)

    def node(self, passage: int) -> str:
        """The id of a passage's cube."""
        segment = self.segments[self._part[passage]]
        return bytes(segment["cube.id"][self._row[passage]]).decode("utf-8")

    def column(self, name: str) -> Array:
        """One column of the cube table, by passage."""
        empty = np.empty(0, np.float64)
        parts = [segment[name] for segment in self.segments]
        if not self.size:
            return empty
        found = np.empty(self.size, dtype=parts[0].dtype)
        for number, column in enumerate(parts):
            mine = self._part == number
            found[mine] = column[self._row[mine]]
        return found

    @cached_property
    def origins(self) -> Array:
        """The hashed origin of each passage."""
        return self.column("cube.origin")

    @property
    def quoting(self) -> set[int]:
        """The passages that quote others: summaries."""
        return self._quotes.passages

    @cached_property
    def lengths(self) -> Scores:
        """Terms of each passage."""
        return self.column("cube.length").astype(np.float64)

    def posted(self, term: str) -> tuple[Places, Scores]:
        """The passages that hold a term, each once and in no order, and how often each does."""
        key, places, counts = hashed(term), [np.empty(0, np.int64)], [np.empty(0)]
        for segment, mine in zip(self.segments, self._places, strict=True):
            rows, found = segment.terms.find(key)
            here = mine[rows]
            places.append(here[here >= 0])
            counts.append(found[here >= 0].astype(np.float64))
        return np.concatenate(places), np.concatenate(counts)

    def term(self, term: str) -> tuple[Places, Scores]:
        """The same, ascending."""
        places, counts = self.posted(term)
        order = np.argsort(places)
        return places[order], counts[order]

    @cached_property
    def close(self) -> Closeness:
        """The vectors of the visible passages."""
        return Closeness(self.segments, self._places, self._part, self._row, self._exact)

    def sentence_span(self, passage: int, place: int) -> tuple[int, int]:
        """The characters of one sentence of a passage."""
        segment, row = self.segments[self._part[passage]], self._row[passage]
        start, end = segment["cube.sentence"][segment["cube.sentence@"][row] + place]
        return int(start), int(end)

    def raw(self, passage: int) -> tuple[list[tuple[int, int]], list[bytes]]:
        """The hashed terms of a passage with their counts, and its vector and those of its sentences."""
        segment, row = self.segments[self._part[passage]], self._row[passage]
        held = slice(segment["cube.term@"][row], segment["cube.term@"][row + 1])
        senses = slice(segment["cube.sense@"][row], segment["cube.sense@"][row + 1])
        terms = zip(
            segment["cube.term"][held].tolist(), segment["cube.count"][held].tolist(), strict=True
        )
        vectors = [segment["cube.vector"][row], *segment["cube.sense"][senses]]
        if len(vectors) == 1:  # of a single sentence
            vectors *= 2
        return list(terms), [vector.tobytes() for vector in vectors]

    @cached_property
    def _quotes(self) -> Quotes:
        """What the visible summaries quote."""
        return Quotes(self.segments, self._places, self.scope, visible)

    def _edges(self, rows: Sequence[Places]) -> Edges:
        """Some visible edges, by segment, with what summaries take over of them."""
        parts = []
        for number, (segment, mine) in enumerate(zip(self.segments, rows, strict=True)):
            offsets = segment["edge.span@"]
            parts.append(
                Edges(
                    segment["edge.kind"][mine],
                    segment["edge.src"][mine],
                    segment["edge.dst"][mine],
                    offsets[mine + 1] - offsets[mine],
                    np.full(len(mine), number),
                    mine,
                )
            )
        return self._quotes.mentions(joined_edges(parts))

    def _edges_from(self, passages: Places) -> Edges:
        """The visible edges of some passages, and of what they quote."""
        quoted = self._quotes.quoted(set(passages.tolist()))
        nodes = np.union1d(self.nodes[passages], quoted)
        rows = []
        for segment in self.segments:
            here = np.sort(segment.out.rows_of(nodes)[0])
            rows.append(visible(segment, "edge", self.scope, here))
        return self._edges(rows)

    @cached_property
    def _decided(self) -> Edges:
        """The visible edges that say who is who."""
        rows = []
        for segment in self.segments:
            some = segment.noted("decided", partial(_deciding, segment))
            rows.append(visible(segment, "edge", self.scope, some))
        return self._edges(rows)

    @cached_property
    def _grouping(self) -> Grouping:
        return grouped(self.entities, self._decided, self._likenesses.joining)

    @cached_property
    def _split(self) -> Split:
        split = len(self._decided.of(EdgeKind.NOT_SAME_AS)) > 0
        moved = self._moved(self.scope) if split else {}
        return Split(self.nodes, self.entities, self._grouping.group, moved)

    @cached_property
    def _stand(self) -> Stand:
        moving = self._split.passages | self._quotes.passages
        places = self.segments, self._places, self.nodes
        return Stand(*places, self._named, self._grouping, moving)

    @property
    def base(self) -> View | None:
        """The view from which a later one may go on: this one, if its adjacency was worked out."""
        return self if "adjacency" in self.__dict__ else self._former

    @cached_property
    def adjacency(self) -> Adjacency:
        """Mentions, subjects and order of the visible part, entities of one meaning joined."""
        found, former = None, self._former
        if former is not None:
            found = carried(former._stand, former.adjacency, self._stand, self._anew)
            self._former = None
        if found is None:
            edges = self._edges([visible(s, "edge", self.scope) for s in self.segments])
            named, following = self._incidences(edges)
            frequency = np.bincount(named.number, minlength=self._grouping.groups)
            found = named, following, frequency
        return Adjacency(self._grouping, *found, self._split)

    def _incidences(
        self, edges: Edges, passages: Places | None = None
    ) -> tuple[Incidence, Incidence]:
        ends = partial(self._ends, edges)
        return incidences(edges, ends, self._grouping, self._split, self.size, passages)

    def _anew(self, passages: Places) -> tuple[Incidence, Incidence]:
        """What some passages name, and what follows them, in rows of their own."""
        return self._incidences(self._edges_from(passages), passages)

    def _ends(self, edges: Edges, places: Places, kind: EdgeKind) -> tuple[Places, Places]:
        """Where some edges of one kind, given by their places, come from and lead to."""
        leads = self._cubes if kind is EdgeKind.NEXT else self._named
        src, dst = np.empty(len(places), np.int64), np.empty(len(places), np.int64)
        part = edges.part[places]
        for number, segment in enumerate(self.segments):
            mine = np.flatnonzero(part == number)
            if not len(mine):
                continue
            here = places[mine]
            rows = edges.row[here]
            from_, to = ends_of(segment)
            # what a summary takes over comes from the summary, not from where the row does
            numbers = np.where(here < edges.own, from_[rows], np.int32(-1))
            src[mine] = self._cubes.of(number, numbers, edges.src[here])
            dst[mine] = leads.of(number, to[rows], edges.dst[here])
        return src, dst

    @cached_property
    def _likenesses(self) -> Likenesses:
        return likenesses(self.segments, self._seen, self._aliases)

    def _seen(self, segment: int, rows: Places) -> npt.NDArray[np.bool_]:
        """Which of some rows of entities are visible."""
        return self.entities_seen[segment][rows]

    @cached_property
    def _aliases(self) -> tuple[Array, Array]:
        mentions = [visible(s, "edge", self.scope, giving(s)) for s in self.segments]
        return aliases_of(self.segments, mentions, self._remembered)

    def _remembered(self, segment: int, rows: Places) -> npt.NDArray[np.bool_]:
        """Which of some rows of cubes are visible, if archived ones are: they say what they say."""
        return shown(self.segments[segment], "cube", self.scope.but(archived=True), rows)

    @cached_property
    def certain(self) -> tuple[tuple[str, str], ...]:
        """The pairs of visible entities whose names say that they are one, by ids."""
        return tuple((pair.one, pair.other) for pair in self.sure())

    def sure(self) -> tuple[Alike, ...]:
        """The same, with what is known of each pair."""
        return tuple(self._likenesses.told(self.segments, certain=True))

    def alike(self) -> tuple[Alike, ...]:
        """The pairs of visible entities that may be one, and are not certain to be."""
        every = likenesses(self.segments, self._seen, self._aliases, doubtful=True)
        return tuple(every.told(self.segments, certain=False))

    @cached_property
    def merged(self) -> list[list[int]]:
        """The passages that are one by somebody's decision, group by group."""
        return merged(self.nodes, self._decided)

    @cached_property
    def links(self) -> tuple[Bond, ...]:
        """Which visible passages replace which others, or dispute them, each link once."""
        found = linked(self.segments, self._places) + self._quotes.bonds(
            partial(marked, self.segments, self._places)
        )
        found = contended(self._ruled(self, found), self._compared)
        return tuple(sorted(found, key=lambda bond: (bond.new, bond.old, bond.old_span)))

    def _compared(self, passage: int) -> frozenset[int]:
        return keys_of(self.segments[self._part[passage]], int(self._row[passage]))

    def entity(self, group: int) -> str:
        """The id of the entity that stands for a group."""
        first = self.entities[self.adjacency.grouping.first[group]]
        for segment in self.segments:
            rows = nodes_of(segment, "entity").rows.find(int(first))[0]
            if len(rows):
                return bytes(segment["entity.id"][rows[0]]).decode("utf-8")
        raise IndexError(group)

    def naming(self, group: int) -> Places:
        """The passages that mention a group or are about it, ascending."""
        nodes = self.entities[self.adjacency.grouping.members(group)]
        found = [np.array(sorted(self._stand.moving), np.int64)]
        for number, segment in enumerate(self.segments):
            edges = segment.into.rows_of(nodes)[0]
            cubes = ends_of(segment)[0][edges]
            found.append(self._cubes.of(number, cubes, segment["edge.src"][edges]))
        near = np.unique(np.concatenate(found))
        near = near[near >= 0]
        items, counts = spread(self.adjacency.named.at, near)
        held = self.adjacency.named.number[items] == group
        found_in: Places = near[np.unique(np.repeat(np.arange(len(near)), counts)[held])]
        return found_in

    def known_names(self, names: Sequence[str]) -> list[bool]:
        """Which folded names any row of the index bears, visible or not: a sieve before `named`."""
        keys = np.array([hashed(name) for name in names], np.uint64)
        known = np.zeros(len(keys), np.bool_)
        for segment in self.segments:
            known |= segment.names.known(keys)
        return [bool(one) for one in known]

    def named(self, name: str) -> list[int]:
        """The groups of visible entities that a visible record calls by this folded name."""
        key, groups = hashed(name), set[int]()
        for segment, seen in zip(self.segments, self.entities_seen, strict=True):
            rows = segment.names.find(key)[0]
            rows = rows[seen[rows]]
            if len(rows):
                places = places_of(self.entities, segment["entity.node"][rows])
                groups |= set(self.adjacency.group[places].tolist())
        return sorted(groups)

    def entities_in(self, passage: int, span: tuple[int, int]) -> list[int]:
        """The groups that a passage mentions within some of its characters."""
        edges = self._edges_from(np.array([passage]))
        places = edges.of(EdgeKind.MENTIONS)
        src, named = self._ends(edges, places, EdgeKind.MENTIONS)
        there = (src == passage) & (named >= 0)
        places, src, named = places[there], src[there], named[there]
        moved = self._split.mentions(src, named)
        found = set[int]()
        for i, (place, entity) in enumerate(zip(places.tolist(), named.tolist(), strict=True)):
            left = {(a, b) for a, b in self._spans(edges, place) if a < span[1] and b > span[0]}
            for others, group in moved.get(i, ()):
                if not left.isdisjoint(others):
                    found.add(group)
                left.difference_update(others)
            if left:
                found.add(int(self.adjacency.group[entity]))
        return sorted(found)

    def _spans(self, edges: Edges, place: int) -> list[Sequence[int]]:
        """The characters of a mention."""
        if place >= edges.own:
            return list(edges.taken[place - edges.own])
        segment, row = self.segments[edges.part[place]], edges.row[place]
        at = segment["edge.span@"]
        spans: list[Sequence[int]] = segment["edge.span"][at[row] : at[row + 1]].tolist()
        return spans

    def order_key(self, passage: int) -> tuple[str, int, str]:
        """What orders passages of equal score: source, place in it, id."""
        return placing(self.segments, self.scope, int(self.nodes[passage]), self.node(passage))

    def successions(self) -> list[Succeeding]:
        """The links between visible passages, by the ids of their cubes."""
        return [Succeeding.of(bond, self.node) for bond in self.links]


def _deciding(segment: Segment) -> Places:
    """The edges of a segment that say who is who."""
    return np.flatnonzero(np.isin(segment["edge.kind"], DECIDED))
