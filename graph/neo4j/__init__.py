"""The graph in Neo4j 5.26 or newer: the engine that people grow into."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .store import Neo4jStore

__all__ = ["Neo4jStore"]


def __getattr__(name: str) -> object:
    """Load the store only where one is opened: an embedded store needs none of this."""
    if name == "Neo4jStore":
        from .store import Neo4jStore

        return Neo4jStore
    raise AttributeError(name)
