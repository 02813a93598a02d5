"""Lookup: a node by its id alone, in whichever namespace that the viewer may read."""

from __future__ import annotations

import strawberry

from ...graph.scope import Scope
from ...graph.store import GraphStore
from ..reference import sequence
from .change_set import change_of
from .entity import Entity
from .filter import AsOf, snapshot
from .node import Node, node_of
from .reading import identities


def node_found(store: GraphStore, node: str, as_of: AsOf | None) -> Node | None:
    """The node of an id, None for one that is unknown, forbidden, or not yet there then.

    What was withdrawn is found as it last stood; its recorded time says when it ended. Raises `NotFound`
    for a snapshot that is not there yet.
    """
    for namespace in store.namespaces():
        scope = snapshot(store, namespace, as_of)
        found = _change(store, scope, node) if node.startswith("@") else _node(store, scope, node)
        if found is not None:
            return found
    return None


def _node(store: GraphStore, scope: Scope, node: str) -> Node | None:
    versions = store.get(scope, [node]) or store.history(scope, node)[-1:]
    if not versions:
        return None
    found = node_of(scope, versions)
    if not isinstance(found, Entity):
        return found
    same = identities(store, scope)
    members = same.all(node)
    if len(members) == 1:
        return found
    merged = store.get(scope, members)
    return Entity(id=strawberry.ID(same.of(node)), scope=scope, versions=merged)


def _change(store: GraphStore, scope: Scope, name: str) -> Node | None:
    seq = sequence(name)
    if seq is None or not 0 < seq <= scope.seq:
        return None
    found = store.changes(scope, after=seq - 1, first=1)
    return change_of(scope, found[0]) if found and found[0].seq == seq else None
