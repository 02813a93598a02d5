"""Carry: what of one view's adjacency holds for the view that comes after it.

Between two sequences a few rows come and go. The passages for which anything may be another are found
from these rows, and are worked out as in a view made from nothing; all others are copied with new numbers.
So what comes out is equal to what would come of nothing, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .adjacency import Adjacency, Grouping, Places
from .columns import Array
from .incidence import Incidence, Renumbering
from .places import Standing, places_of
from .segment import Segment

MOST = 4
"""A view in which more than a fourth of the passages changed is made from nothing."""


@dataclass(frozen=True)
class Stand:
    """A view's segments, the places of its cube rows by segment (-1 for invisible ones), nodes and groups.

    `moving` are passages that are worked out anew each time: those of which a split moved something, and
    summaries that quote.
    """

    segments: Sequence[Segment]
    places: Sequence[Places]
    nodes: Array
    entities: Standing
    grouping: Grouping
    moving: set[int]

    @property
    def size(self) -> int:
        """How many passages there are."""
        return len(self.nodes)


def carried(
    old: Stand,
    held: Adjacency,
    new: Stand,
    anew: Callable[[Places], tuple[Incidence, Incidence]],
) -> tuple[Incidence, Incidence, Places] | None:
    """What the passages of a view name, what follows them, and how frequent each group is, gone on from an older one.

    `anew` works both out for the passages that changed. None where too much did.
    """
    shared = list(_shared(old.segments, new.segments))
    passages = _passages(old, new, shared)
    entities = _entities(old, new, shared)
    groups, broken = _groups(old.grouping, new.grouping, entities)
    if not (_ascending(passages) and _ascending(groups)):
        return None
    gone, fresh = np.flatnonzero(passages.new < 0), passages.fresh
    moved = np.flatnonzero(entities.new < 0)
    ends = [
        old.nodes[gone],
        new.nodes[fresh],
        old.entities.nodes[moved],
        new.entities.nodes[entities.fresh],
        old.entities.nodes[broken],
    ]
    touched = _touched(old.segments, new.segments, shared, np.unique(np.concatenate(ends)))
    # of a node that has several passages, each may have got what another had
    nodes = np.union1d(touched, np.concatenate(ends[:2]))
    changed = np.zeros(new.size, np.bool_)
    changed[fresh] = True
    first = np.searchsorted(new.nodes, nodes, "left")
    last = np.searchsorted(new.nodes, nodes, "right")
    for start, stop in zip(first.tolist(), last.tolist(), strict=True):
        changed[start:stop] = True
    still = passages.new[sorted(old.moving)]
    changed[still[still >= 0]] = True
    changed[sorted(new.moving)] = True
    rows = np.flatnonzero(changed)
    if MOST * len(rows) > new.size:
        return None
    named, following = anew(rows)
    frequency = np.zeros(groups.size, np.int64)
    frequency[groups.new[groups.kept]] = held.frequency[groups.kept]
    # the last place is that of passages that are gone
    replaced = np.flatnonzero(np.append(changed, True)[passages.new])
    lost = groups.of(held.named.of_rows(replaced))
    np.subtract.at(frequency, lost[lost >= 0], 1)
    np.add.at(frequency, named.number, 1)
    return (
        held.named.carried(passages, groups, rows, named),
        held.next.carried(passages, passages, rows, following),
        frequency,
    )


def _shared(old: Sequence[Segment], new: Sequence[Segment]) -> Iterator[tuple[int, int]]:
    """The segments of which both hold the same rows, whatever ended of them meanwhile."""
    places = {id(segment["cube.key"]): number for number, segment in enumerate(new)}
    for number, segment in enumerate(old):
        if id(segment["cube.key"]) in places:
            yield number, places[id(segment["cube.key"])]


def _passages(old: Stand, new: Stand, shared: Sequence[tuple[int, int]]) -> Renumbering:
    now = np.full(old.size, -1, np.int64)
    for here, there in shared:
        before = old.places[here]
        seen = np.flatnonzero(before >= 0)
        now[before[seen]] = new.places[there][seen]
    return Renumbering(now, new.size)


def _entities(old: Stand, new: Stand, shared: Sequence[tuple[int, int]]) -> Renumbering:
    now = np.full(len(old.entities.nodes), -2, np.int64)
    for here, there in shared:
        before = old.entities.places(here)
        seen = np.flatnonzero(before >= 0)
        now[before[seen]] = new.entities.places(there)[seen]
    other = np.flatnonzero(now == -2)
    now[other] = places_of(new.entities.nodes, old.entities.nodes[other])
    return Renumbering(now, len(new.entities.nodes))


def _groups(old: Grouping, new: Grouping, entities: Renumbering) -> tuple[Renumbering, Places]:
    """What the groups are now, and the entities whose group is no more what it was.

    A group stays where its first member is still the first, and no member went to another.
    """
    if old.groups == len(old.group) and new.groups == len(new.group):
        return entities, np.empty(0, np.int64)
    if not new.groups:
        gone = np.full(old.groups, -1, dtype=np.int64)
        return Renumbering(gone, 0), np.arange(len(old.group))
    first = entities.new[old.first]
    now = np.where(first >= 0, new.group[first], -1)
    now[(now >= 0) & (new.first[now] != first)] = -1
    kept = entities.kept
    strayed = kept[new.group[entities.new[kept]] != now[old.group[kept]]]
    now[old.group[strayed]] = -1
    return Renumbering(now, new.groups), np.flatnonzero(now[old.group] < 0)


def _ascending(numbers: Renumbering) -> bool:
    kept = numbers.new[numbers.new >= 0]
    return bool((kept[1:] > kept[:-1]).all())


def _touched(
    old: Sequence[Segment],
    new: Sequence[Segment],
    shared: Sequence[tuple[int, int]],
    ends: Array,
) -> Array:
    """The nodes from which an edge leads that came, went, or leads to one of these ends."""
    found = [np.empty(0, np.uint64)]
    for number, segment in enumerate(old):
        if number not in {here for here, _ in shared}:
            found.append(segment.out.keys)
    for number, segment in enumerate(new):
        if number not in {there for _, there in shared}:
            found.append(segment.out.keys)
        found.append(segment["edge.src"][segment.into.rows_of(ends)[0]])
    for here, there in shared:
        before, now = old[here]["edge.to"], new[there]["edge.to"]
        if before is not now:
            found.append(new[there]["edge.src"][np.flatnonzero(before != now)])
    return np.unique(np.concatenate(found))
