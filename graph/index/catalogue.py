"""Catalogue: what the visible passages of a view are filtered and counted by, a column each.

Everything is a mask or a number by passage, worked out of the rows that the scope of the view shows: a tag
counts where the tag itself and the edge to it are in force for the scope, as in `GraphStore.find`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt

from ..digest import hashed
from ..tag_expression import Mask, Tagged
from ..tag_path import said
from .columns import Array, spread
from .places import places_of
from .segment import Segment
from .view import View
from .visibility import Places, visible

NOWHERE = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Taggings:
    """Which passage carries which tag, by levels: a tag's own path, and each that this is under.

    `level` are hashed paths, ascending, and `record` the id of a visible version of a tag at or under each. The
    passage `passage[i]` carries a tag at or under the level of number `under[i]`; `own_passage[i]` carries one of
    the very path of number `own[i]`. Each pair stands once.
    """

    level: Array
    record: Array
    passage: Places
    under: Places
    own_passage: Places
    own: Places


class Catalogue:
    """The columns of one view, each when it is first asked for.

    >>> from ..guard import GuardedStore
    >>> from ..scope import Scope
    >>> Catalogue(View((), Scope("a", "ann", 1))).size
    0
    """

    def __init__(self, view: View) -> None:
        self.size = view.size
        self._column = view.column
        self._nodes = view.nodes
        self._rows = partial(_rows, view)
        self._held: dict[str, Array] = {}

    def column(self, name: str) -> Array:
        """A column of the cube table (`state`, `from`, `origin`, `record`, …) by passage."""
        held = self._held.get(name)
        if held is None:
            held = self._held[name] = self._column(f"cube.{name}")
        return held

    def says(self, name: str, values: Sequence[str]) -> Mask:
        """Where a field of the header has one of some values."""
        return self._among(self.column(name), [hashed(value) for value in values])

    def of_source(self, sources: Sequence[str]) -> Mask:
        """What comes from one of some sources, by their ids."""
        return self._among(self.column("origin"), [hashed(source) for source in sources])

    def source_says(self, name: str, values: Sequence[str]) -> Mask:
        """Where the header of the source (`media`, `author`) has one of some values."""
        return self._among(self.of_its_source(name), [hashed(value) for value in values])

    def of_its_source(self, name: str) -> Array:
        """A column of the visible source that each passage comes from, 0 where there is none."""
        held = self._held.get(f"source {name}")
        if held is None:
            nodes, values = [np.empty(0, np.uint64)], [np.empty(0, np.uint64)]
            for segment, rows in self._rows("source"):
                nodes.append(segment["source.node"][rows])
                values.append(segment[f"source.{name}"][rows])
            held = self._looked_up(np.concatenate(nodes), np.concatenate(values))
            self._held[f"source {name}"] = held
        return held

    def _looked_up(self, nodes: Array, values: Array) -> Array:
        order = np.argsort(nodes, kind="stable")
        places = places_of(nodes[order], self.column("origin"))
        found = np.zeros(self.size, np.uint64)
        found[places >= 0] = values[order][places[places >= 0]]
        return found

    @cached_property
    def offset(self) -> npt.NDArray[np.int64]:
        """Where each passage begins in its source, a large number where that is not told."""
        found = np.full(self.size, NOWHERE, np.int64)
        for segment, rows in self._rows("source"):
            items, counts = spread(segment["source.passage@"], rows)
            origins = np.repeat(segment["source.node"][rows], counts)
            here = places_of(self._nodes, segment["source.passage"][items])
            known = here >= 0
            known[known] = self.column("origin")[here[known]] == origins[known]
            np.minimum.at(found, here[known], segment["source.offset"][items[known]])
        return found

    @cached_property
    def taggings(self) -> Taggings:
        """Which passages carry which tags."""
        nodes, paths, records = [np.empty(0, np.uint64)], [np.empty(0, np.uint64)], []
        owners, levels = [np.empty(0, np.int64)], [np.empty(0, np.uint64)]
        rows_before = 0
        for segment, rows in self._rows("tag"):
            items, counts = spread(segment["tag.above@"], rows)
            nodes.append(segment["tag.node"][rows])
            paths.append(segment["tag.path"][rows])
            records.append(segment["tag.record"][rows])
            levels.append(segment["tag.above"][items])
            owners.append(np.repeat(np.arange(len(rows)) + rows_before, counts))
            rows_before += len(rows)
        # one version of each tag, for all that are visible say the same of its name
        tags, first = np.unique(np.concatenate(nodes), return_index=True)
        path = np.concatenate(paths)[first]
        every, example, number = np.unique(
            np.concatenate(levels), return_index=True, return_inverse=True
        )
        owner = np.concatenate(owners)
        record = np.concatenate([*records, np.empty(0, "S36")])[owner[example]]
        at = np.searchsorted(owner, np.arange(rows_before + 1))
        passage, tag = self._carried(tags)
        items, counts = spread(at, first[tag])
        under = _pairs(np.repeat(passage, counts), number[items], len(every))
        own = _pairs(passage, np.searchsorted(every, path[tag]), len(every))
        return Taggings(every, record, *under, *own)

    def _carried(self, tags: Array) -> tuple[Places, Places]:
        """The ends of the edges in force, by place among the passages and among these tags."""
        passage, tag = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for segment, rows in self._rows("tagging"):
            to = places_of(tags, segment["tagging.dst"][rows])
            from_ = places_of(self._nodes, segment["tagging.src"][rows])
            both = (to >= 0) & (from_ >= 0)
            passage.append(from_[both])
            tag.append(to[both])
        return np.concatenate(passage), np.concatenate(tag)

    def tagged(self, asked: Tagged) -> Mask:
        """Which passages carry a tag, or one under it."""
        held, found = self.taggings, np.zeros(self.size, np.bool_)
        if not asked.path:
            found[held.passage] = True
            return found
        number = places_of(held.level, np.array([hashed(said(asked.path))], np.uint64))[0]
        if number >= 0 and asked.exact:
            found[held.own_passage[held.own == number]] = True
        elif number >= 0:
            found[held.passage[held.under == number]] = True
        return found

    def _among(self, column: Array, values: Sequence[int]) -> Mask:
        return np.isin(column, np.array(values, np.uint64))


def _rows(view: View, table: str) -> list[tuple[Segment, Places]]:
    return [(segment, visible(segment, table, view.scope)) for segment in view.segments]


def _pairs(one: Places, other: Places, size: int) -> tuple[Places, Places]:
    """Pairs of numbers, each once; of the second there are `size`."""
    joined = np.sort(one * max(size, 1) + other)
    # by sorting: of large numbers `np.unique` makes a table of hashes, which takes several times as long
    joined = joined[np.append(True, joined[1:] != joined[:-1])[: len(joined)]]
    return joined // max(size, 1), joined % max(size, 1)
