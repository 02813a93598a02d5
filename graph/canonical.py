"""Canonical identity: which entities are the same by somebody's decision.

A merge writes one SAME_AS edge and moves nothing; a mention stays on the entity that its surface names.
Who is who is worked out on read: components of SAME_AS, without the pairs that a NOT_SAME_AS keeps
apart. Only so can a merge be undone exactly (DESIGN, a write never follows a merge redirect).
"""

from __future__ import annotations

from collections.abc import Iterable

from .kind import EdgeKind
from .listing import all_edges
from .scope import Along, Scope
from .store import GraphStore


def components(
    edges: Iterable[tuple[str, str]], apart: Iterable[tuple[str, str]] = ()
) -> dict[str, str]:
    """Map every node of the edges to the smallest id of its component.

    >>> components([("b", "a"), ("c", "b"), ("e", "d")], apart=[("d", "e")])
    {'a': 'a', 'b': 'a', 'c': 'a'}
    """
    forbidden = {frozenset(pair) for pair in apart}
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, other in edges:
        if frozenset((one, other)) in forbidden:
            continue
        parent.setdefault(one, one)
        parent.setdefault(other, other)
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return {node: root(node) for node in sorted(parent)}


def canonical_entities(store: GraphStore, scope: Scope) -> dict[str, str]:
    """Map each merged entity that the scope shows to its canonical one; the others are their own."""
    same: list[tuple[str, str]] = []
    apart: list[tuple[str, str]] = []
    for edge in all_edges(store, scope, Along(kinds=(EdgeKind.SAME_AS, EdgeKind.NOT_SAME_AS))):
        (same if edge.kind is EdgeKind.SAME_AS else apart).append((edge.src, edge.dst))
    return components(same, apart)
