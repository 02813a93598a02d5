"""Facets: how many cubes have which tag, type, state, source or year, of those that meet a filter.

Counts are exact and of what the scope shows: a value that only hidden cubes have does not occur. A tag counts
every cube that carries it or one under it, each once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ..graph.digest import hashed
from ..graph.errors import Invalid
from ..graph.index.catalogue import Catalogue
from ..graph.index.columns import Array
from ..graph.instant import OPEN
from ..graph.kind import NodeKind
from ..graph.record import Version
from ..graph.scope import Scope
from ..graph.store import GraphStore
from ..graph.tag_expression import Mask
from ..graph.tag_path import above, said, tag_path

MOST, TIED = 1_000, 100
"""Values of a facet that are given at most, and of equally frequent ones how many are compared by name."""


class FacetName(StrEnum):
    """What cubes are counted by; the names are those of the filter's parts."""

    TAGS = "tags"
    SEMANTIC_TYPE = "semantic_type"
    ORIGIN_TYPE = "origin_type"
    STATE = "state"
    LANGUAGE = "language"
    SPEAKER = "speaker"
    RECORD_KIND = "record_kind"
    MEDIA = "media"
    AUTHOR = "author"
    SOURCE = "source"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value with the number of cubes that have it.

    `value` is what a filter takes (for a source its id), `label` what a person calls it; `exact` is for tags
    the number of cubes that carry this very tag, else the same as `count`.
    """

    value: str
    label: str
    count: int
    exact: int


@dataclass(frozen=True, slots=True)
class Facet:
    """The most frequent values, first those of more cubes and then by name; `distinct` is how many there are.

    `missing` counts the cubes that have no value at all.
    """

    name: FacetName
    values: tuple[FacetValue, ...]
    distinct: int
    missing: int


def facet_names(names: Sequence[str]) -> tuple[FacetName, ...]:
    """Read names of facets, each once.

    >>> facet_names(["state", "state"])
    (<FacetName.STATE: 'state'>,)
    """
    found = []
    for name in dict.fromkeys([names] if isinstance(names, str) else names):
        if name not in tuple(FacetName):
            raise Invalid(f"there is no facet '{name}': choose {', '.join(FacetName)}")
        found.append(FacetName(name))
    return tuple(found)


def facets(
    store: GraphStore,
    scope: Scope,
    catalogue: Catalogue,
    met: Mask,
    names: Sequence[FacetName],
    first: int = 20,
) -> tuple[Facet, ...]:
    """Count the passages of a mask by some facets; what the values are called is read from the store."""
    counting = _Counting(store, scope, catalogue, met, checked_first(first))
    return tuple(counting.of(name) for name in names)


def checked_first(first: int) -> int:
    """How many values a facet gives; `Invalid` for none and for too many."""
    if not 1 <= first <= MOST:
        raise Invalid(f"a facet gives 1 to {MOST:,} values, not {first}")
    return first


def most(counts: Array, since: Array, first: int) -> Array:
    """The places of the largest counts, of equal ones those first that were recorded first.

    With some that equal the last, to be compared by name.

    >>> most(np.array([2, 5, 2]), np.array([9, 1, 3]), 1).tolist()
    [1]
    """
    order = np.lexsort((since, -counts))
    if len(order) <= first:
        return order
    least = counts[order[first - 1]]
    return order[: min(int((counts >= least).sum()), first + TIED)]


@dataclass(frozen=True, slots=True)
class _Counting:
    """Counts for one mask."""

    store: GraphStore
    scope: Scope
    catalogue: Catalogue
    met: Mask
    first: int

    def of(self, name: FacetName) -> Facet:
        """One facet."""
        if not self.catalogue.size:
            return Facet(name, (), 0, 0)
        if name is FacetName.TAGS:
            return self._tags()
        if name is FacetName.YEAR:
            return self._years()
        if name in (FacetName.MEDIA, FacetName.AUTHOR):
            return self._said(
                name, self.catalogue.of_its_source(name), lambda many: self._by_source(many, name)
            )
        if name is FacetName.SOURCE:
            return self._said(name, self.catalogue.column("origin"), self._sources)
        return self._said(
            name,
            self.catalogue.column(name),
            lambda many: {n: (text, text) for n, text in self._fields(many, name).items()},
        )

    def _said(
        self,
        name: FacetName,
        column: Array,
        called: Callable[[Mapping[int, int]], Mapping[int, tuple[str, str]]],
    ) -> Facet:
        """A facet of a hashed column; `called` names its values by one passage of each."""
        places = np.flatnonzero(self.met)
        said_here = places[column[places] != 0]
        values, at, number, counts = np.unique(
            column[said_here], return_index=True, return_inverse=True, return_counts=True
        )
        at, missing = said_here[at], len(places) - len(said_here)
        chosen = self._most(counts, number, said_here)
        labels = called({int(n): int(at[n]) for n in chosen})
        found = [
            FacetValue(labels[n][0], labels[n][1], int(counts[n]), int(counts[n]))
            for n in map(int, chosen)
            if n in labels
        ]
        return Facet(name, ordered(found)[: self.first], len(values), missing)

    def _tags(self) -> Facet:
        held = self.catalogue.taggings
        here = self.met[held.passage]
        passage, under = held.passage[here], held.under[here]
        carrying = np.zeros(self.catalogue.size, np.bool_)
        carrying[passage] = True
        missing = int(self.met.sum()) - int(carrying.sum())
        counts = np.bincount(under, minlength=len(held.level))
        exact = np.bincount(held.own[self.met[held.own_passage]], minlength=len(held.level))
        there = np.flatnonzero(counts)
        number = np.cumsum(counts > 0) - 1
        chosen = there[self._most(counts[there], number[under], passage)]
        records = {int(n): bytes(held.record[n]).decode() for n in chosen}
        tags = self._read(list(records.values()))
        found = []
        for n, record in records.items():
            levels = above(tag_path(str(tags[record].get("name", "")))) if record in tags else []
            path = next((text for text in map(said, levels) if hashed(text) == held.level[n]), None)
            if path is not None:
                found.append(FacetValue(path, path, int(counts[n]), int(exact[n])))
        return Facet(FacetName.TAGS, ordered(found)[: self.first], len(there), missing)

    def _years(self) -> Facet:
        stated = self.catalogue.column("stated")[self.met]
        years = stated.astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970
        values, counts = np.unique(years, return_counts=True)
        found = [
            FacetValue(str(year), str(year), count, count)
            for year, count in zip(values.tolist(), counts.tolist(), strict=True)
        ]
        return Facet(FacetName.YEAR, ordered(found)[: self.first], len(values), 0)

    def _fields(self, passages: Mapping[int, int], name: str) -> dict[int, str]:
        read = self._cubes(passages)
        default = "activated" if name == FacetName.STATE else None
        found = {n: cube.get(name, default) for n, cube in read.items() if cube.content is not None}
        return {n: str(value) for n, value in found.items() if value is not None}

    def _by_source(self, passages: Mapping[int, int], name: str) -> dict[int, tuple[str, str]]:
        sources = self._held({n: cube.origin for n, cube in self._cubes(passages).items()})
        said_ = {n: source.get(name) for n, source in sources.items()}
        return {n: (str(value), str(value)) for n, value in said_.items() if value is not None}

    def _sources(self, passages: Mapping[int, int]) -> dict[int, tuple[str, str]]:
        origins = {n: cube.origin for n, cube in self._cubes(passages).items()}
        sources = self._held(origins)
        return {
            n: (origin, str(sources[n].get("name") or sources[n].get("uri") or origin))
            if n in sources
            else (origin, origin)
            for n, origin in origins.items()
        }

    def _held(self, nodes: Mapping[int, str]) -> dict[int, Version]:
        found = {
            version.node: version
            for version in self.store.get(self.scope, sorted(set(nodes.values())))
            if version.kind is NodeKind.SOURCE
        }
        return {n: found[node] for n, node in nodes.items() if node in found}

    def _cubes(self, passages: Mapping[int, int]) -> dict[int, Version]:
        column = self.catalogue.column("record")
        records = {n: bytes(column[place]).decode() for n, place in passages.items()}
        found = self._read(list(records.values()))
        return {n: found[record] for n, record in records.items() if record in found}

    def _most(self, counts: Array, number: Array, passage: Array) -> Array:
        """See `most`; `number` says which value `passage` has."""
        since = np.full(len(counts), OPEN)
        np.minimum.at(since, number, self.catalogue.column("from")[passage])
        return most(counts, since, self.first)

    def _read(self, records: Sequence[str]) -> dict[str, Version]:
        if not records:
            return {}
        found = self.store.intervals(self.scope, records)
        return {record.id: record for record in found if isinstance(record, Version)}


def ordered(values: Sequence[FacetValue]) -> tuple[FacetValue, ...]:
    """Those of more cubes first, of equally many by name."""
    return tuple(sorted(values, key=lambda value: (-value.count, value.label, value.value)))
