"""Resolving: lets everything that asks a store who is who know what its index finds of names."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from ..graph.canonical import Resolving
from ..graph.errors import ModelMissing
from ..graph.index.graph_index import GraphIndex
from ..graph.scope import Scope
from ..graph.store import GraphStore

LOG = logging.getLogger("memcubes.resolving")


class IndexResolver:
    """The resolver of a store: each namespace's index, opened when it is first asked.

    Where the encoder of a namespace is not installed its index cannot be opened: then decisions alone say who
    is who, and a warning says so once.
    """

    def __init__(self, index: Callable[[str], GraphIndex]) -> None:
        self._index = index
        self._told: set[str] = set()

    def alike(self, scope: Scope) -> Iterable[tuple[str, str]]:
        """See `Resolving.alike`."""
        try:
            return self._index(scope.ns).alike(scope)
        except ModelMissing as error:
            if scope.ns not in self._told:
                self._told.add(scope.ns)
                LOG.warning("names in '%s' are joined by decisions alone: %s", scope.ns, error)
            return ()

    def over(self, store: GraphStore, ns: str) -> Resolving:
        """See `graph.guard.Resolver`."""
        try:
            return self._index(ns).over(store, ns)
        except ModelMissing:
            return self
