"""Adjacency: the visible part of the graph as matrices of raw counts, entities of one meaning joined."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from ..canonical import Moved, Span, joined
from ..digest import hashed
from ..kind import EdgeKind
from .columns import Array
from .incidence import Incidence
from .intake import EDGES
from .places import places_of

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Edges:
    """Visible edges: kind code, ends as node hashes, number of spans, segment and row they come from.

    The last of them may be mentions that summaries take over from what they quote: `taken` are their characters.
    """

    kind: Array
    src: Array
    dst: Array
    spans: Array
    part: Array
    row: Array
    taken: Sequence[Sequence[Span]] = ()

    @property
    def own(self) -> int:
        """How many of them are edges of what they come from."""
        return len(self.kind) - len(self.taken)

    def of(self, kind: EdgeKind) -> Places:
        """The places of the edges of one kind."""
        return np.flatnonzero(self.kind == EDGES.index(kind))


@dataclass(frozen=True)
class Grouping:
    """Who is who among the visible entities, in order of their hashes.

    `group` has the group of each, `first` the first member of each group; groups are numbered in order of
    their first members, so that the numbering follows from the entities alone.
    """

    group: Places
    first: Places

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self.first)

    @cached_property
    def _joined(self) -> Places:
        """The entities that are not the first of their group."""
        return np.flatnonzero(self.first[self.group] != np.arange(len(self.group)))

    def members(self, group: int) -> Places:
        """The entities of a group, the first of them first."""
        others = self._joined
        return np.append(self.first[group], others[self.group[others] == group])


@dataclass(frozen=True)
class Adjacency:
    """What joins the visible passages (P) and entity groups (E).

    `named` has for each passage the groups that it mentions or is about: twice the number of spans, and one
    more for an explicit subject. `next` has the passages that follow it; `frequency` says in how many passages each group occurs. The matrices say the same:
    `mentions` counts spans, `about` marks explicit subjects (both P × E), `following` joins a passage to the
    next (P × P). `split` are the mentions of which somebody gave a part to another group.
    """

    grouping: Grouping
    named: Incidence
    next: Incidence
    frequency: Places
    split: Split

    @property
    def group(self) -> Places:
        """The group of each entity."""
        return self.grouping.group

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return self.grouping.groups

    @cached_property
    def mentions(self) -> csr_array:
        """How often each passage mentions each group."""
        return self.named.matrix((self.named.value >> 1).astype(np.float64), self.groups)

    @cached_property
    def about(self) -> csr_array:
        """Which groups each passage is explicitly about."""
        return self.named.matrix((self.named.value & 1).astype(np.float64), self.groups)

    @cached_property
    def following(self) -> csr_array:
        """Which passages follow each passage."""
        return self.next.matrix(np.ones(len(self.next.number)), self.next.rows)


Ends = Callable[[Places, EdgeKind], tuple[Places, Places]]
"""Where the ends of some edges of one kind, given by their places, stand in a view; -1 for invisible ones."""


def incidences(
    edges: Edges,
    ends: Ends,
    grouping: Grouping,
    split: Split,
    size: int,
    passages: Places | None = None,
) -> tuple[Incidence, Incidence]:
    """What these edges say of the `size` visible passages: the groups that they name, and what follows them.

    An edge counts where both of its ends are visible; what a split moved counts for the entity that it was
    given to. With `passages` (ascending) only those have rows.
    """
    lines = size if passages is None else len(passages)

    def collected(src: Places, dst: Places, values: Array, columns: int) -> Incidence:
        if passages is not None:
            place = np.searchsorted(passages, src)
            there = np.flatnonzero(passages[np.minimum(place, lines - 1)] == src)
            src, dst, values = place[there], dst[there], values[there]
        return Incidence.of(src, dst, values, (lines, columns))

    def between(kind: EdgeKind) -> tuple[Places, Places, Places]:
        here = edges.of(kind)
        src, dst = ends(here, kind)
        there = (src >= 0) & (dst >= 0)
        return here[there], src[there], dst[there]

    _, about, subject = between(EdgeKind.ABOUT)
    subject = split.subjects(about, subject, grouping.group[subject])
    # of several records that make the same subject, one counts
    about, subject = np.unique(np.stack([about, subject]), axis=1)
    place, src, to = between(EdgeKind.MENTIONS)
    counts = np.maximum(edges.spans[place], 1)
    rows, columns, values = [about], [subject], [np.ones(len(about), np.int64)]
    for i, parts in split.mentions(src, to).items():
        for spans, group in parts:
            counts[i] -= len(spans)
            rows.append(src[i : i + 1])
            columns.append(np.array([group]))
            values.append(np.array([2 * len(spans)]))
    named = collected(
        np.concatenate([*rows, src]),
        np.concatenate([*columns, grouping.group[to]]),
        np.concatenate([*values, 2 * counts]),
        grouping.groups,
    )
    _, one, other = between(EdgeKind.NEXT)
    apart = one != other
    following = collected(one[apart], other[apart], np.ones(int(apart.sum()), np.int64), size)
    return named, following


class Split:
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

    @property
    def passages(self) -> set[int]:
        """The passages of which something was moved."""
        return {here for here, _ in self._parts}

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


def merged(nodes: Array, edges: Edges) -> list[list[int]]:
    """The places of the nodes that somebody merged, group by group: cubes that say the same."""
    parts: dict[int, list[int]] = {}
    for member, root in sorted(_roots(nodes, edges).items()):
        parts.setdefault(root, []).append(member)
    return [part for _, part in sorted(parts.items()) if len(part) > 1]


def grouped(entities: Array, edges: Edges, alike: tuple[Array, Array]) -> Grouping:
    """Who is who among these entities: decisions first, then what is `alike` by computation (pairs of hashes)."""
    first = np.arange(len(entities), dtype=np.int64)
    roots = _roots(entities, edges, alike)
    if not roots:
        return Grouping(first, first)
    first[list(roots)] = list(roots.values())
    own = first == np.arange(len(entities))
    return Grouping((np.cumsum(own) - 1)[first], np.flatnonzero(own))


def _roots(
    entities: Array, edges: Edges, alike: tuple[Array, Array] | None = None
) -> dict[int, int]:
    """The first of its group for each of these that is joined to another (see `graph.canonical`)."""
    same, apart = edges.of(EdgeKind.SAME_AS), edges.of(EdgeKind.NOT_SAME_AS)
    computed = _numbered(entities, *alike) if alike is not None else []
    if not len(same) and not computed:
        return {}
    decided = _pairs(entities, edges, same)
    roots = joined(decided, _pairs(entities, edges, apart), computed)
    return {int(member): int(root) for member, root in roots.items()}


def _pairs(entities: Array, edges: Edges, chosen: Places) -> list[tuple[str, str]]:
    """The visible ends of edges."""
    return _numbered(entities, edges.src[chosen], edges.dst[chosen])


def _numbered(entities: Array, one: Array, other: Array) -> list[tuple[str, str]]:
    """Visible pairs by place; written so that their order as text is that of the places."""
    ends = zip(places_of(entities, one).tolist(), places_of(entities, other).tolist(), strict=True)
    return [(f"{a:012}", f"{b:012}") for a, b in ends if min(a, b) >= 0]


def joined_edges(parts: Sequence[Edges], taken: Sequence[Sequence[Span]] = ()) -> Edges:
    """Several sets of edges as one."""
    kind, src, dst, spans, part, row = (
        np.concatenate([getattr(one, name) for one in parts])
        for name in ("kind", "src", "dst", "spans", "part", "row")
    )
    return Edges(kind, src, dst, spans, part, row, taken)
