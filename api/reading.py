"""Reading: what there is, as recorded at one instant and as it holds at another.

Every read takes both clocks. `as_of` is recorded time (a sequence or an instant): what had been said
by then. `valid_at` is valid time: what holds in the world then; a record that does not say when it
holds does so from when it was stated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from ..graph.belief import Belief, beliefs
from ..graph.kind import EdgeKind, NodeKind
from ..graph.listing import all_edges, all_found
from ..graph.record import Edge, Version
from ..graph.scope import Along, Where
from ..graph.tag_expression import TagExpression
from ..graph.tagged import Tags
from .session import Session

When = str | int | None
"""An instant or a sequence (`as_of`), or an instant (`valid_at`)."""


class Reading(Session):
    """Get, find, neighbours, beliefs, counts; none of them changes anything."""

    def get(self, target: str, *, as_of: When = None, valid_at: When = None) -> tuple[Version, ...]:
        """The versions in force of one node."""
        scope = self.scope(as_of, valid_at)
        node = self.resolve(target, scope.but(valid_at=None))
        return self.store().get(scope, [node])

    def find(
        self,
        kinds: Sequence[NodeKind] = (),
        *,
        tags: Sequence[str] = (),
        limit: int = 100,
        as_of: When = None,
        valid_at: When = None,
    ) -> tuple[Version, ...]:
        """The versions in force of some kinds that meet all of these tag expressions, in a stable order."""
        store, scope = self.store(), self.scope(as_of, valid_at)
        where = Where(kinds=tuple(kinds))
        if not tags:
            return store.find(scope, where, first=limit).items
        asked = [TagExpression.parse(tag) for tag in ([tags] if isinstance(tags, str) else tags)]
        held = Tags(store, scope)
        needed = [expression for expression in asked if not expression.holds(())]
        if needed:
            nodes = set.intersection(*map(held.meeting, needed))
            where = replace(where, nodes=tuple(sorted(nodes)))
        meets = (
            version
            for version in all_found(store, scope, where)
            if all(one.holds(held.of.get(version.node, ())) for one in asked)
        )
        return tuple(islice(meets, limit))

    def neighbours(
        self,
        target: str,
        kinds: Sequence[EdgeKind] = (),
        *,
        as_of: When = None,
        valid_at: When = None,
    ) -> tuple[tuple[Edge, Version], ...]:
        """The edges in force at a node, each with the version at its other end."""
        store, scope = self.store(), self.scope(as_of, valid_at)
        node = self.resolve(target, scope.but(valid_at=None))
        near = list(all_edges(store, scope, Along(kinds=tuple(kinds), touching=(node,))))
        far = {edge.id: edge.dst if edge.src == node else edge.src for edge in near}
        held: dict[str, Version] = {}
        for version in store.get(scope, sorted(set(far.values()))):
            held.setdefault(version.node, version)
        return tuple((edge, held[far[edge.id]]) for edge in near if far[edge.id] in held)

    def beliefs(
        self, facts: Sequence[str] | None = None, *, as_of: When = None, valid_at: When = None
    ) -> dict[str, Belief]:
        """What there is reason to believe, with the sources that support it and what supersedes it."""
        return beliefs(self.store(), self.scope(as_of, valid_at), facts)

    def counts(self, *, as_of: When = None, valid_at: When = None) -> dict[str, int]:
        """How many nodes of each kind are in force, by kind."""
        store, scope = self.store(), self.scope(as_of, valid_at)
        found: dict[str, set[str]] = {str(kind): set() for kind in NodeKind}
        for version in all_found(store, scope, Where()):
            found[str(version.kind)].add(version.node)
        return {kind: len(nodes) for kind, nodes in found.items()}
