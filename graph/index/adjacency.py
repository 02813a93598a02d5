"""Adjacency: the visible part of the graph as matrices of raw counts, entities of one meaning joined."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array

from ..canonical import Moved, Span, joined
from ..digest import hashed
from ..kind import EdgeKind
from .columns import Array
from .intake import EDGES
from .places import places_of

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Edges:
    """Visible edges: kind code, ends as node hashes, number of spans, segment and row they come from."""

    kind: Array
    src: Array
    dst: Array
    spans: Array
    part: Array
    row: Array

    def of(self, kind: EdgeKind) -> Places:
        """The places of the edges of one kind."""
        return np.flatnonzero(self.kind == EDGES.index(kind))


@dataclass(frozen=True, slots=True)
class Adjacency:
    """What joins the visible passages (P) and entity groups (E).

    `group` maps each visible entity (in order of its hash) to its group. `mentions` counts spans,
    `about` marks explicit subjects (both P × E), `following` joins a passage to the next (P × P).
    `edge` has, for each MENTIONS edge that counts, its place among the edges; `ends` are its passage
    and group; `moved` the characters of some of them that a split gave to another group, by their place
    in `edge`.
    """

    group: Places
    groups: int
    mentions: csr_array
    about: csr_array
    following: csr_array
    edge: Places
    ends: tuple[Places, Places]
    moved: Mapping[int, Sequence[tuple[tuple[Span, ...], int]]]


def adjacency(
    passages: Array,
    entities: Array,
    edges: Edges,
    ends: Callable[[Places, EdgeKind], tuple[Places, Places]],
    moved: Mapping[tuple[str, str], Sequence[Moved]] | None = None,
    alike: tuple[Array, Array] | None = None,
) -> Adjacency:
    """Join visible passages and entities (ascending hashes) along the visible edges.

    `ends` says where the ends of some edges of one kind stand, -1 where they are not visible.
    An edge counts where both of its ends are visible; merged entities, and those that are `alike` by
    computation (pairs of hashes), become one group; what a split `moved` counts for the entity that it was
    given to.
    """
    group, groups = _grouped(entities, edges, alike)
    size = len(passages)
    split = _Split(passages, entities, group, moved or {})

    def between(kind: EdgeKind) -> tuple[Places, Places, Places]:
        here = edges.of(kind)
        src, dst = ends(here, kind)
        there = (src >= 0) & (dst >= 0)
        return here[there], src[there], dst[there]

    place, src, named = between(EdgeKind.MENTIONS)
    dst, counts = group[named], np.maximum(edges.spans[place], 1)
    given = split.mentions(src, named)
    rows, columns, values = [src], [dst], [counts]
    for i, parts in given.items():
        for spans, to_group in parts:
            counts[i] -= len(spans)
            rows.append(np.array([src[i]]))
            columns.append(np.array([to_group]))
            values.append(np.array([len(spans)]))
    mentions = _matrix(
        np.concatenate(values), np.concatenate(rows), np.concatenate(columns), (size, groups)
    )
    mentions.eliminate_zeros()
    _, from_, subject = between(EdgeKind.ABOUT)
    about = _matrix(
        np.ones(len(from_)), from_, split.subjects(from_, subject, group[subject]), (size, groups)
    )
    about.data[:] = 1.0
    first, second = ends(edges.of(EdgeKind.NEXT), EdgeKind.NEXT)
    there = (first >= 0) & (second >= 0) & (first != second)
    following = _matrix(np.ones(int(there.sum())), first[there], second[there], (size, size))
    following.data[:] = 1.0
    return Adjacency(group, groups, mentions, about, following, place, (src, dst), given)


class _Split:
    """What splits moved, as places: passage and entity of a mention, characters and group it went to."""

    def __init__(
        self,
        passages: Array,
        entities: Array,
        group: Places,
        moved: Mapping[tuple[str, str], Sequence[Moved]],
    ) -> None:
        self._parts: dict[tuple[int, int], list[tuple[tuple[Span, ...], int]]] = {}
        self._whole: dict[tuple[int, int], int] = {}
        for (cube, entity), parts in moved.items():
            here = int(places_of(passages, np.array([hashed(cube)], np.uint64))[0])
            old = int(places_of(entities, np.array([hashed(entity)], np.uint64))[0])
            for part in parts:
                new = int(places_of(entities, np.array([hashed(part.to)], np.uint64))[0])
                if min(here, old, new) < 0:
                    continue
                self._parts.setdefault((here, old), []).append((part.spans, int(group[new])))
                if part.whole:
                    self._whole[here, old] = int(group[new])

    def mentions(self, src: Places, named: Places) -> dict[int, list[tuple[tuple[Span, ...], int]]]:
        """The moved parts of mentions, by their place among them."""
        if not self._parts:
            return {}
        inside = np.flatnonzero(np.isin(src, [here for here, _ in self._parts]))
        pairs = ((int(i), (int(src[i]), int(named[i]))) for i in inside)
        # one source's mention has all the characters; another's of the same passage does not occur
        return {i: self._parts[pair] for i, pair in pairs if pair in self._parts}

    def subjects(self, src: Places, named: Places, dst: Places) -> Places:
        """The groups of explicit subjects, where the whole mention was moved."""
        moved = dst.copy()
        for i in np.flatnonzero(np.isin(src, [here for here, _ in self._whole])):
            moved[i] = self._whole.get((int(src[i]), int(named[i])), int(dst[i]))
        return moved


def _matrix(values: Array, rows: Array, columns: Array, shape: tuple[int, int]) -> csr_array:
    made = coo_array((np.asarray(values, np.float64), (rows, columns)), shape=shape).tocsr()
    made.sum_duplicates()
    made.sort_indices()
    return csr_array(made)


def merged(nodes: Array, edges: Edges) -> list[list[int]]:
    """The places of the nodes that somebody merged, group by group: cubes that say the same."""
    group, groups = _grouped(nodes, edges)
    if groups == len(nodes):
        return []
    order = np.argsort(group, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    return [part.tolist() for part in parts if len(part) > 1]


def _grouped(
    entities: Array, edges: Edges, alike: tuple[Array, Array] | None = None
) -> tuple[Places, int]:
    """Who is who among these: decisions first, then what is alike (see `graph.canonical`)."""
    size = len(entities)
    same, apart = edges.of(EdgeKind.SAME_AS), edges.of(EdgeKind.NOT_SAME_AS)
    computed = _numbered(entities, *alike) if alike is not None else []
    if not len(same) and not computed:
        return np.arange(size, dtype=np.int64), size
    decided = _pairs(entities, edges, same)
    roots = joined(decided, _pairs(entities, edges, apart), computed)
    first = np.arange(size, dtype=np.int64)
    for member, root in roots.items():
        first[int(member)] = int(root)
    # Named in order of first members, so that the numbering follows from the entities alone.
    labels, group = np.unique(first, return_inverse=True)
    return group.astype(np.int64), len(labels)


def _pairs(entities: Array, edges: Edges, chosen: Places) -> list[tuple[str, str]]:
    """The visible ends of edges."""
    return _numbered(entities, edges.src[chosen], edges.dst[chosen])


def _numbered(entities: Array, one: Array, other: Array) -> list[tuple[str, str]]:
    """Visible pairs by place; written so that their order as text is that of the places."""
    ends = zip(places_of(entities, one).tolist(), places_of(entities, other).tolist(), strict=True)
    return [(f"{a:012}", f"{b:012}") for a, b in ends if min(a, b) >= 0]


def joined_edges(parts: Sequence[Edges]) -> Edges:
    """The edges of several segments as one."""
    return Edges(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("kind", "src", "dst", "spans", "part", "row")
        )
    )
