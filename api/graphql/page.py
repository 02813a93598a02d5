"""Pages: which nodes of a listing come next, each once, in an order that does not move."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from ...graph.listing import all_found
from ...graph.record import Version
from ...graph.scope import Where
from ...graph.step import activation
from ...graph.store import GraphStore
from .cursor import Place
from .node import PageInfo
from .reading import Identities

T = TypeVar("T")

CHUNK = 1_000
"""Versions that are looked through at a time, where several of them are one node."""


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """One page: the items, a cursor for each, and whether there are more."""

    items: tuple[T, ...]
    cursors: tuple[str, ...]
    more: bool
    begun: bool

    @property
    def info(self) -> PageInfo:
        """What the client is told of it."""
        return PageInfo.of(self.cursors, more=self.more, begun=self.begun)


def cubes_found(
    store: GraphStore, place: Place, where: Where, first: int, *, activations: bool = False
) -> Found[Version]:
    """A page of cubes, by record id; without `activations` of those that have words."""
    found: list[Version] = []
    after, more = place.after, True
    while more and len(found) <= first:
        page = store.find(place.scope, where, first=first + 1 - len(found), after=after)
        after, more = page.after, page.after is not None
        found += [one for one in page.items if activations or not activation(one)]
    kept = tuple(found[:first])
    cursors = tuple(place.cursor(version.id) for version in kept)
    return Found(kept, cursors, len(found) > first, place.after is not None)


def nodes_found(
    store: GraphStore, place: Place, where: Where, first: int, same: Identities
) -> Found[tuple[str, tuple[Version, ...]]]:
    """A page of nodes of which each origin has a version; a merged entity comes once, under its root.

    A node stands in the listing where its first version does, so that a page neither repeats nor
    passes over one.
    """
    chosen: list[tuple[str, str]] = []
    after, more = place.after, True
    while more and len(chosen) <= first:
        page = store.find(place.scope, where, first=CHUNK, after=after)
        after, more = page.after, page.after is not None
        begins = _beginnings(store, place, where, page.items, same)
        for version in page.items:
            root = same.of(version.node)
            if begins[root] == version.id:
                chosen.append((root, version.id))
    kept = chosen[:first]
    found: dict[str, list[Version]] = defaultdict(list)
    members = [member for root, _ in kept for member in same.all(root)]
    for version in store.get(place.scope, members) if members else ():
        found[same.of(version.node)].append(version)
    return Found(
        tuple((root, tuple(found[root])) for root, _ in kept),
        tuple(place.cursor(record) for _, record in kept),
        len(chosen) > first,
        place.after is not None,
    )


def _beginnings(
    store: GraphStore,
    place: Place,
    where: Where,
    versions: Sequence[Version],
    same: Identities,
) -> dict[str, str]:
    """The first version that meets the filter, by root."""
    nodes = {member for version in versions for member in same.all(version.node)}
    if where.nodes is not None:
        nodes &= set(where.nodes)
    begins: dict[str, str] = {}
    if not nodes:
        return begins
    for version in all_found(store, place.scope, replace(where, nodes=tuple(sorted(nodes)))):
        begins.setdefault(same.of(version.node), version.id)
    return begins


def cut(ids: Sequence[str], place: Place, first: int) -> Found[str]:
    """A page of ids that are known already, in the order of the ids."""
    ordered = sorted(set(ids))
    rest = [one for one in ordered if place.after is None or one > place.after]
    kept = tuple(rest[:first])
    cursors = tuple(place.cursor(one) for one in kept)
    return Found(kept, cursors, len(rest) > first, place.after is not None)
