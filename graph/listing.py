"""Listings without their pages: every item of a filter, fetched a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from .record import Edge, Version
from .scope import Along, Page, Scope, Where
from .store import GraphStore

VERSIONS, EDGES = 5_000, 20_000
"""Records that are fetched at a time: each page looks at all that meets the filter once more, and versions
carry texts."""


class Finding(Protocol):
    """What finds versions: every store does, and the part of an engine that reads."""

    def find(
        self, scope: Scope, where: Where, *, first: int = 100, after: str | None = None
    ) -> Page[Version]:
        """See `GraphStore.find`."""
        ...


def all_found(store: Finding, scope: Scope, where: Where) -> Iterator[Version]:
    """Every version that meets a filter, page after page."""
    after: str | None = None
    while True:
        page = store.find(scope, where, first=VERSIONS, after=after)
        yield from page.items
        if page.after is None:
            return
        after = page.after


def all_edges(store: GraphStore, scope: Scope, along: Along) -> Iterator[Edge]:
    """Every edge that meets a filter, page after page."""
    after: str | None = None
    while True:
        page = store.edges(scope, along, first=EDGES, after=after)
        yield from page.items
        if page.after is None:
            return
        after = page.after
