"""Tallied facets: the same counts where no index is at hand, by the store's own statements.

They are exact, and of all that the scope shows and the filter meets, not of what a question reached. The store
decides what it can of the filter, and tells of the rest which of its parts are met.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..graph.actors import agent_names
from ..graph.index.columns import Array
from ..graph.kind import NodeKind
from ..graph.listing import all_found
from ..graph.record import Version
from ..graph.scope import Scope, Where
from ..graph.staleness import standing_in
from ..graph.store import GraphStore, Pushdown
from ..graph.tag_expression import Mask, Tagged
from ..graph.tag_path import TagPath, above, said, tag_path
from ..graph.tally import Tallied, Tally
from .cube_filter import HEADER, SOURCE, Between, CubeFilter, sequences
from .facet import Facet, FacetName, FacetValue, checked_first, most, ordered

ANY = -1
"""The level of whatever carries a tag at all."""


def tallied_facets(
    store: GraphStore,
    engine: Pushdown,
    scope: Scope,
    where: CubeFilter,
    names: Sequence[FacetName],
    first: int = 20,
) -> tuple[Facet, ...]:
    """Count what meets a filter by some facets, as `facets` counts the passages of an index."""
    counting = _Counting(store, engine, scope, where, checked_first(first))
    return tuple(counting.of(name) for name in names)


@dataclass
class _Sum:
    """What is counted of one value."""

    count: int = 0
    exact: int = 0
    since: int = 0

    def add(self, row: Tallied) -> None:
        """One more row of it."""
        self.since = min(self.since, row.since) if self.count else row.since
        self.count += row.number
        self.exact += row.exact


@dataclass(frozen=True)
class _Counting:
    """Counts for one filter."""

    store: GraphStore
    engine: Pushdown
    scope: Scope
    where: CubeFilter
    first: int

    def of(self, name: FacetName) -> Facet:
        """One facet."""
        if name is FacetName.TAGS:
            return self._by_tags()
        sums = self._sums(replace(self._asked, by=str(name)))
        missing = sums.pop(None).count if None in sums else 0
        values = [str(value) for value in sums]
        rows = list(sums.values())
        # of years all are compared by name, as there are few
        chosen = list(range(len(rows))) if name is FacetName.YEAR else self._most(rows)
        labels = self._called([values[n] for n in chosen]) if name is FacetName.SOURCE else {}
        found = [
            FacetValue(values[n], labels.get(values[n], values[n]), rows[n].count, rows[n].count)
            for n in chosen
        ]
        return Facet(name, ordered(found)[: self.first], len(rows), missing)

    def _by_tags(self) -> Facet:
        levels = {path: n for n, path in enumerate(sorted(self._levels))}
        numbers = {
            tag: (ANY, *(levels[level] for level in above(path)))
            for tag, path in self._tags.items()
            if path
        }
        whole = self._sums(replace(self._asked, by=str(FacetName.STATE)))
        total = sum(one.count for one in whole.values())
        sums = self._sums(replace(self._asked, by="tags", levels=numbers)) if numbers else {}
        carrying = sums.pop(ANY).count if ANY in sums else 0
        paths, rows = list(levels), list(sums.values())
        places = [paths[int(value or 0)] for value in sums]
        found = [
            FacetValue(said(places[n]), said(places[n]), rows[n].count, rows[n].exact)
            for n in self._most(rows)
        ]
        return Facet(FacetName.TAGS, ordered(found)[: self.first], len(rows), total - carrying)

    def _most(self, rows: Sequence[_Sum]) -> list[int]:
        counts = np.array([row.count for row in rows], np.int64)
        since: Array = np.array([row.since for row in rows], np.int64)
        return [int(n) for n in most(counts, since, self.first)]

    def _sums(self, asked: Tally) -> dict[str | int | None, _Sum]:
        """What is counted, by value, of those groups that meet all of the filter."""
        rows = self.engine.tally(self.scope, asked)
        met = self._met(rows)
        found: dict[str | int | None, _Sum] = {}
        for row, meets in zip(rows, met.tolist(), strict=True):
            if meets:
                found.setdefault(row.value, _Sum()).add(row)
        return found

    def _met(self, rows: Sequence[Tallied]) -> Mask:
        """Which groups meet what the store did not decide: tags, agents, and that summaries stand."""
        met = np.ones(len(rows), np.bool_)
        if not len(rows):
            return met
        held = np.array([row.leaves for row in rows], np.bool_).reshape(len(rows), -1)
        for expression in self.where.tags:
            met &= expression.masked(lambda leaf: held[:, self._leaves.index(leaf)])
        if self.where.agent:
            names = agent_names(self.store, self.scope, {one for row in rows for one in row.by})
            wanted = {agent for agent, name in names.items() if name in self.where.agent}
            met &= [not wanted.isdisjoint(row.by) for row in rows]
        made = {row.made for row in rows if row.made is not None}
        if made:
            held_up = standing_in(self.store, self.scope, self._records(sorted(made)))
            met &= [row.made is None or row.made in held_up for row in rows]
        return met

    def _records(self, records: Sequence[str]) -> list[Version]:
        return [
            record
            for record in self.store.intervals(self.scope, records)
            if isinstance(record, Version) and record.from_seq <= self.scope.seq < record.to_seq
        ]

    @cached_property
    def _asked(self) -> Tally:
        """The filter as the store takes it."""
        where = self.where
        recorded = sequences(self.store, self.scope, where.recorded) if where.recorded else None
        return Tally(
            "",
            {name: getattr(where, name) for name in HEADER if getattr(where, name)},
            {name: getattr(where, name) for name in SOURCE if getattr(where, name)},
            where.source or None,
            _span(where.stated),
            _span(where.valid),
            recorded,
            tuple(tuple(self._carrying(leaf)) for leaf in self._leaves),
            bool(where.agent),
        )

    @cached_property
    def _leaves(self) -> list[Tagged]:
        """The tags that the filter names."""
        found: list[Tagged] = []

        def met(leaf: Tagged) -> Mask:
            found.append(leaf)
            return np.ones(1, np.bool_)

        for expression in self.where.tags:
            expression.masked(met)
        return list(dict.fromkeys(found))

    def _carrying(self, leaf: Tagged) -> list[str]:
        """The visible tags that will do: of an empty path all."""
        return [tag for tag, path in self._tags.items() if not leaf.path or leaf.meets(path)]

    @cached_property
    def _tags(self) -> Mapping[str, TagPath]:
        """The visible tags and where they stand."""
        found = all_found(self.store, self.scope, Where(kinds=(NodeKind.TAG,)))
        return {tag.node: tag_path(str(tag.get("name", ""))) for tag in found if tag.content}

    @cached_property
    def _levels(self) -> set[TagPath]:
        return {level for path in self._tags.values() for level in above(path)}

    def _called(self, origins: Sequence[str]) -> dict[str, str]:
        """What sources are called."""
        found = self.store.get(self.scope, sorted(origins)) if origins else ()
        return {
            source.node: str(source.get("name") or source.get("uri") or source.node)
            for source in found
            if source.kind is NodeKind.SOURCE
        }


def _span(span: Between) -> tuple[int, int] | None:
    return (span.low, span.high) if span else None
