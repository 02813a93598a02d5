"""Cursors of GraphQL: those of every listing, and how many items a page holds."""

from __future__ import annotations

from ...graph.errors import Invalid
from ...query.cursor import Cursor, Pins, Place, listing

__all__ = ["MOST", "Cursor", "Pins", "Place", "listing", "page_size"]

MOST = 100
"""A page holds at most this many items."""


def page_size(first: int | None, default: int) -> int:
    """How many items are asked for; `Invalid` beyond a page."""
    size = default if first is None else first
    if not 1 <= size <= MOST:
        raise Invalid(
            f"a page holds 1 to {MOST} items, not {size}: ask for the next page with `after`"
        )
    return size
