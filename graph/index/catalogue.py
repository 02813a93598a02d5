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
    """Which passage carries which tag: both numbered, each pair once; paths and levels are hashed.

    `records` are the ids of a visible version of each tag. Of the levels (the tag's own path and those above
    it) the tag `owner[i]` has `level[i]`.
    """

    passage: Places
    tag: Places
    path: Array
    records: Array
    level: Array
    owner: Places


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
        levels, level_nodes = [np.empty(0, np.uint64)], [np.empty(0, np.uint64)]
        for segment, rows in self._rows("tag"):
            items, counts = spread(segment["tag.above@"], rows)
            nodes.append(segment["tag.node"][rows])
            paths.append(segment["tag.path"][rows])
            records.append(segment["tag.record"][rows])
            levels.append(segment["tag.above"][items])
            level_nodes.append(np.repeat(nodes[-1], counts))
        tags, first = np.unique(np.concatenate(nodes), return_index=True)
        record = np.concatenate([*records, np.empty(0, "S36")])[first]
        pairs = np.unique(np.stack([np.concatenate(level_nodes), np.concatenate(levels)]), axis=1)
        passage, tag = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for segment, rows in self._rows("tagging"):
            to = places_of(tags, segment["tagging.dst"][rows])
            from_ = places_of(self._nodes, segment["tagging.src"][rows])
            both = (to >= 0) & (from_ >= 0)
            passage.append(from_[both])
            tag.append(to[both])
        joined = np.unique(np.concatenate(passage) * max(len(tags), 1) + np.concatenate(tag))
        return Taggings(
            joined // max(len(tags), 1),
            joined % max(len(tags), 1),
            np.concatenate(paths)[first],
            record,
            pairs[1],
            places_of(tags, pairs[0]),
        )

    def tagged(self, asked: Tagged) -> Mask:
        """Which passages carry a tag, or one under it."""
        held, found = self.taggings, np.zeros(self.size, np.bool_)
        if not asked.path:
            found[held.passage] = True
            return found
        meant = np.zeros(len(held.path), np.bool_)
        key = np.uint64(hashed(said(asked.path)))
        if asked.exact:
            meant |= held.path == key
        else:
            meant[held.owner[held.level == key]] = True
        found[held.passage[meant[held.tag]]] = True
        return found

    def _among(self, column: Array, values: Sequence[int]) -> Mask:
        return np.isin(column, np.array(values, np.uint64))


def _rows(view: View, table: str) -> list[tuple[Segment, Places]]:
    return [(segment, visible(segment, table, view.scope)) for segment in view.segments]
