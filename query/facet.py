"""Facets: how many cubes have which tag, type, state, source or year, of those that meet a filter.

Counts are exact and of what the scope shows: a value that only hidden cubes have does not occur. A tag counts
every cube that carries it or one under it, each once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from ..graph.digest import hashed
from ..graph.errors import Invalid
from ..graph.index.catalogue import Catalogue
from ..graph.index.columns import Array
from ..graph.kind import NodeKind
from ..graph.record import Version
from ..graph.scope import Scope
from ..graph.store import GraphStore
from ..graph.tag_expression import Mask
from ..graph.tag_path import above, said, tag_path

MOST, TIED = 1_000, 2_000
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
    if not 1 <= first <= MOST:
        raise Invalid(f"a facet gives 1 to {MOST:,} values, not {first}")
    return tuple(_Counting(store, scope, catalogue, met, first).of(name) for name in names)


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
        values, at, counts = np.unique(column[places], return_index=True, return_counts=True)
        held = values != 0
        missing = int(counts[~held].sum())
        values, at, counts = values[held], places[at[held]], counts[held]
        chosen = _most(counts, self.first)
        labels = called({int(n): int(at[n]) for n in chosen})
        found = [
            FacetValue(labels[n][0], labels[n][1], int(counts[n]), int(counts[n]))
            for n in map(int, chosen)
            if n in labels
        ]
        return Facet(name, _ordered(found)[: self.first], len(values), missing)

    def _tags(self) -> Facet:
        held = self.catalogue.taggings
        here = self.met[held.passage]
        passage, tag = held.passage[here], held.tag[here]
        missing = int(self.met.sum()) - len(np.unique(passage))
        if not len(tag):
            return Facet(FacetName.TAGS, (), 0, missing)
        # each level once for each passage, whichever of the tags under it that carries
        order = np.argsort(held.owner, kind="stable")
        owners, levels = held.owner[order], held.level[order]
        every, number = np.unique(levels, return_inverse=True)
        first = np.searchsorted(owners, tag, "left")
        many = np.searchsorted(owners, tag, "right") - first
        items = np.repeat(first - np.cumsum(many) + many, many) + np.arange(int(many.sum()))
        pairs = np.unique(np.repeat(passage, many) * len(every) + number[items])
        counts = np.bincount(pairs % len(every), minlength=len(every))
        own = np.unique(passage * len(every) + np.searchsorted(every, held.path[tag]))
        exact = np.bincount(own % len(every), minlength=len(every))
        there = np.flatnonzero(counts)
        chosen = there[_most(counts[there], self.first)]
        found_levels, at = np.unique(number[items], return_index=True)
        # a tag that is carried here, for each level
        below = dict(zip(found_levels.tolist(), owners[items[at]].tolist(), strict=True))
        named = self._names([held.records[below[int(n)]] for n in chosen])
        found = []
        for n in map(int, chosen):
            name = named.get(bytes(held.records[below[n]]).decode())
            paths = {said(path): path for path in above(tag_path(name or ""))}
            path = next((text for text in paths if hashed(text) == int(every[n])), None)
            if path is not None:
                found.append(FacetValue(path, path, int(counts[n]), int(exact[n])))
        return Facet(FacetName.TAGS, _ordered(found)[: self.first], len(there), missing)

    def _years(self) -> Facet:
        stated = self.catalogue.column("stated")[self.met]
        years = stated.astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970
        values, counts = np.unique(years, return_counts=True)
        found = [
            FacetValue(str(year), str(year), count, count)
            for year, count in zip(values.tolist(), counts.tolist(), strict=True)
        ]
        return Facet(FacetName.YEAR, _ordered(found)[: self.first], len(values), 0)

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

    def _names(self, records: Sequence[Any]) -> dict[str, str]:
        found = self._read([bytes(record).decode() for record in records])
        return {record: str(tag.get("name", "")) for record, tag in found.items()}

    def _read(self, records: Sequence[str]) -> dict[str, Version]:
        if not records:
            return {}
        found = self.store.intervals(self.scope, records)
        return {record.id: record for record in found if isinstance(record, Version)}


def _most(counts: Array, first: int) -> Array:
    """The places of the largest counts, with those that equal the last of them as far as may be compared."""
    order = np.argsort(-counts, kind="stable")
    if len(order) <= first:
        return order
    least = counts[order[first - 1]]
    return order[: min(int((counts >= least).sum()), first + TIED)]


def _ordered(values: Sequence[FacetValue]) -> tuple[FacetValue, ...]:
    return tuple(sorted(values, key=lambda value: (-value.count, value.label, value.value)))
