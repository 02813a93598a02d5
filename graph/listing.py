"""Listings without their pages: every item of a filter, fetched a page at a time."""

from __future__ import annotations

from collections.abc import Iterator

from .record import Edge, Version
from .scope import Along, Scope, Where
from .store import GraphStore

VERSIONS, EDGES = 5_000, 20_000
"""Records that are fetched at a time: each page looks at all that meets the filter once more, and versions
carry texts."""


def all_found(store: GraphStore, scope: Scope, where: Where) -> Iterator[Version]:
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
