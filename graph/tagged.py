"""Tagged: which nodes of any kind carry which tags in a scope, read from the store in two listings.

What is filtered by an index needs none of this (see `graph.index.catalogue`); both mean the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from .kind import EdgeKind, NodeKind
from .listing import all_found
from .scope import Along, Scope, Where
from .store import GraphStore
from .tag_expression import TagExpression


class Tags:
    """The tags of every node that has one in force, with the edge to it."""

    def __init__(self, store: GraphStore, scope: Scope) -> None:
        names: dict[str, str] = {}
        for version in all_found(store, scope, Where(kinds=(NodeKind.TAG,))):
            if version.content is not None:
                names.setdefault(version.node, str(version.get("name", "")))
        held: dict[str, set[str]] = defaultdict(set)
        for node, tag in store.ends(scope, Along(kinds=(EdgeKind.TAGGED,))):
            if tag in names:
                held[node].add(names[tag])
        self.of: Mapping[str, frozenset[str]] = {n: frozenset(tags) for n, tags in held.items()}

    def meeting(self, expression: TagExpression) -> set[str]:
        """The nodes with a tag that meet an expression."""
        kept: dict[frozenset[str], bool] = {}
        for tags in self.of.values():
            if tags not in kept:
                kept[tags] = expression.holds(tags)
        return {node for node, tags in self.of.items() if kept[tags]}
