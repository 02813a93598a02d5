"""Joined view: the visible parts of several namespaces as one, entities of the same name joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .adjacency import Adjacency, Grouping, Split
from .bond import Bond
from .columns import Array
from .incidence import Incidence
from .places import places_of
from .view import View
from .visibility import Places

NOTHING = np.empty(0, np.uint64)


class JoinedView(View):
    """The views of several namespaces as one, whose counts and degrees are those of them all.

    Passages stay apart; they are numbered namespace by namespace. `keys` has for each view the entities that may
    be joined, by the hashes of their nodes, with the key of each: those of one key are one. Who is who within a
    namespace stays as it is decided there: where a key would make two of one namespace the same, by way of
    another namespace, it joins nothing. Keys take turns in their order, so that this follows from the names.
    """

    def __init__(self, views: Sequence[View], keys: Sequence[Mapping[int, str]]) -> None:
        self.views = tuple(views)
        self._keys = tuple(keys)
        self._exact = min(view._exact for view in views)
        self._former = None
        self.scope = views[0].scope
        self.segments = tuple(segment for view in views for segment in view.segments)
        self.nodes: Array = np.concatenate([view.nodes for view in views])
        self.entities: Array = np.concatenate([view.entities for view in views])
        self._first = np.cumsum([0, *(view.size for view in views)])
        parts = np.cumsum([0, *(len(view.segments) for view in views)])
        self._part = np.concatenate(
            [view._part + before for view, before in zip(views, parts[:-1], strict=True)]
        )
        self._row = np.concatenate([view._row for view in views])
        self._places = [
            np.where(places >= 0, places + before, -1)
            for view, before in zip(views, self._first[:-1].tolist(), strict=True)
            for places in view._places
        ]

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces that are joined."""
        return tuple(view.scope.ns for view in self.views)

    def _of(self, passage: int) -> tuple[int, int]:
        """Which view a passage is of, and its number there."""
        number = int(np.searchsorted(self._first, passage, side="right")) - 1
        return number, passage - int(self._first[number])

    @cached_property
    def _numbers(self) -> list[Places]:
        """For each view which group of all each of its groups is."""
        groups = np.cumsum([0, *(view.adjacency.groups for view in self.views)])
        root = np.arange(groups[-1])
        held = self._keyed(groups.tolist())
        members = {first: {view: first} for places in held.values() for view, first in places}
        for _, places in sorted(held.items()):
            for place, (_, other) in enumerate(places):
                for _, one in places[:place]:
                    here, there = int(root[one]), int(root[other])
                    if here != there and not members[here].keys() & members[there].keys():
                        kept, gone = min(here, there), max(here, there)
                        members[kept] |= members.pop(gone)
                        root[list(members[kept].values())] = kept
                        break
        own = root == np.arange(len(root))
        numbers = (np.cumsum(own) - 1)[root]
        return [numbers[start:stop] for start, stop in pairwise(groups.tolist())]

    def _keyed(self, groups: Sequence[int]) -> dict[str, list[tuple[int, int]]]:
        """For each key its groups, by view and number among all groups, of each view one."""
        held: dict[str, dict[int, int]] = defaultdict(dict)
        for number, (view, keys) in enumerate(zip(self.views, self._keys, strict=True)):
            nodes = np.array(sorted(keys), np.uint64)
            places = places_of(view.entities, nodes)
            for node, place in zip(nodes.tolist(), places.tolist(), strict=True):
                if place >= 0:
                    group = groups[number] + int(view.adjacency.group[place])
                    held[keys[node]].setdefault(number, group)
        return {key: sorted(places.items()) for key, places in held.items() if len(places) > 1}

    @cached_property
    def adjacency(self) -> Adjacency:
        """Mentions, subjects and order of all visible parts, entities of one key joined."""
        parts = [view.adjacency for view in self.views]
        numbers, size = self._numbers, int(self._first[-1])
        groups = 1 + max((int(one.max(initial=-1)) for one in numbers), default=-1)
        firsts = self._first[:-1].tolist()
        named = Incidence.of(
            np.concatenate([p.named.owners + f for p, f in zip(parts, firsts, strict=True)]),
            np.concatenate([n[p.named.number] for p, n in zip(parts, numbers, strict=True)]),
            np.concatenate([p.named.value for p in parts]),
            (size, groups),
        )
        following = Incidence.of(
            np.concatenate([p.next.owners + f for p, f in zip(parts, firsts, strict=True)]),
            np.concatenate([p.next.number + f for p, f in zip(parts, firsts, strict=True)]),
            np.concatenate([p.next.value for p in parts]),
            (size, size),
        )
        group = np.concatenate([n[p.group] for p, n in zip(parts, numbers, strict=True)])
        first = np.unique(group, return_index=True)[1]
        frequency = np.bincount(named.number, minlength=groups)
        split = Split(NOTHING, NOTHING, np.empty(0, np.int64), {})
        return Adjacency(Grouping(group, first), named, following, frequency, split)

    @cached_property
    def merged(self) -> list[list[int]]:
        """The passages that are one by somebody's decision, group by group."""
        return [
            [passage + first for passage in group]
            for view, first in zip(self.views, self._first.tolist(), strict=False)
            for group in view.merged
        ]

    @cached_property
    def links(self) -> tuple[Bond, ...]:
        """Which visible passages of a namespace replace others of it, or dispute them."""
        return tuple(
            replace(bond, new=bond.new + first, old=bond.old + first)
            for view, first in zip(self.views, self._first.tolist(), strict=False)
            for bond in view.links
        )

    def _members(self, group: int) -> list[tuple[View, int]]:
        """The groups of the views that are one."""
        return [
            (view, int(one))
            for view, numbers in zip(self.views, self._numbers, strict=True)
            for one in np.flatnonzero(numbers == group)
        ]

    def entity(self, group: int) -> str:
        """The id of the entity that stands for a group, in the first of its namespaces."""
        for view, one in self._members(group):
            return view.entity(one)
        raise IndexError(group)

    def naming(self, group: int) -> Places:
        """The passages that mention a group or are about it, ascending."""
        found = [np.empty(0, np.int64)]
        for view, numbers, first in zip(self.views, self._numbers, self._first, strict=False):
            found += [view.naming(int(one)) + first for one in np.flatnonzero(numbers == group)]
        return np.concatenate(found)

    def named(self, name: str) -> list[int]:
        """The groups of visible entities that a visible record calls by this folded name."""
        return sorted(
            {
                int(numbers[one])
                for view, numbers in zip(self.views, self._numbers, strict=True)
                for one in view.named(name)
            }
        )

    def entities_in(self, passage: int, span: tuple[int, int]) -> list[int]:
        """The groups that a passage mentions within some of its characters."""
        number, own = self._of(passage)
        numbers = self._numbers[number]
        return sorted({int(numbers[one]) for one in self.views[number].entities_in(own, span)})

    def order_key(self, passage: int) -> tuple[str, int, str]:
        """What orders passages of equal score: source, place in it, namespace, id."""
        number, own = self._of(passage)
        view = self.views[number]
        uri, offset, cube = view.order_key(own)
        return uri, offset, f"{view.scope.ns}\0{cube}"


def shared_names(views: Sequence[View]) -> Array:
    """The folded names, as hashes, that more than one of several views has rows of: a sieve before keys."""
    seen = shared = NOTHING
    for view in views:
        mine = np.unique(np.concatenate([NOTHING, *(s.names.keys for s in view.segments)]))
        shared = np.union1d(shared, np.intersect1d(seen, mine))
        seen = np.union1d(seen, mine)
    return shared


class Called(NamedTuple):
    """A visible version of an entity: its record, the entity's id, and the hash of that."""

    record: bytes
    entity: bytes
    node: int


def called(view: View, names: Array) -> list[Called]:
    """The visible versions of entities that have one of some names, or none that can be folded."""
    found: list[Called] = []
    for segment, seen in zip(view.segments, view.entities_seen, strict=True):
        nameless = np.flatnonzero(np.diff(segment["entity.name@"]) == 0)
        rows = np.union1d(segment.names.rows_of(names)[0], nameless)
        rows = rows[seen[rows]]
        columns = (segment[f"entity.{name}"][rows].tolist() for name in ("record", "id", "node"))
        found += map(Called._make, zip(*columns, strict=True))
    return found
