"""Audit: the verbs that say where memory comes from, what changed, and whether the log holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..graph.belief import Belief, Status, beliefs
from ..graph.change import Committed
from ..graph.errors import NotFound
from ..graph.impact import Impact, impact_of, impact_without
from ..graph.kind import EdgeKind, NodeKind, Role
from ..graph.listing import all_edges, all_found
from ..graph.record import Version
from ..graph.scope import Along, Direction, Where
from ..graph.verify import Report, verify
from .reference import sequence
from .session import Session

if TYPE_CHECKING:
    from ..graph.trace import Trace


class Audit(Session):
    """Trace, log, diff, impact, verify; none of them changes anything."""

    def impact(self, target: str) -> Impact:
        """What withdrawing a source or statement would do, or what a change (`@12`) did."""
        store, scope = self.store(), self.scope()
        seq = sequence(target)
        if seq is not None:
            known = store.changes(scope, after=seq - 1, first=1)
            if not known or known[0].seq != seq:
                raise NotFound(f"there is no change @{seq} here: `memcubes log` lists them")
            return impact_of(store, scope, seq)
        return impact_without(store, scope, [self._source(scope, target)])

    def trace(
        self,
        target: str,
        direction: Direction = Direction.UP,
        *,
        depth: int = 8,
        as_of: str | int | None = None,
    ) -> Trace:
        """Follow what something was made from (up), or what was made from it (down)."""
        from ..graph.trace import trace

        scope = self.scope(as_of)
        return trace(self.store(), scope, self.resolve(target, scope), direction, depth=depth)

    def statuses(self, trace: Trace) -> dict[str, str]:
        """What is believed now of the facts and quotes of a trace, by node, where it is not simply true."""
        store, scope = self.store(), self.scope()
        facts: dict[str, set[str]] = {
            step.node: {step.node} for step in trace.of_kind(NodeKind.FACT) if step.in_force
        }
        spans: dict[str, list[tuple[int, int]]] = {}
        for join in trace.joins:
            if join.quotes and join.role == str(Role.USE):
                spans.setdefault(join.of, []).extend(quote.span for quote in join.quotes)
        if spans:
            near = Along(kinds=(EdgeKind.SUPPORTS,), src=tuple(sorted(spans)))
            for edge in all_edges(store, scope, near):
                if any(
                    a < d and c < b for a, b in spans[edge.src] for c, d in edge.get("spans", [])
                ):
                    facts.setdefault(edge.src, set()).add(edge.dst)
        asked = sorted(set().union(*facts.values())) if facts else []
        held = beliefs(store, scope, asked, rivals=True) if asked else {}
        found: dict[str, str] = {}
        for node, stated in facts.items():
            for fact in sorted(stated):
                belief = held.get(fact)
                if belief and belief.status in (Status.SUPERSEDED, Status.DISPUTED):
                    words = sorted(held[other].words for other in belief.by if other in held)
                    found[node] = f"{belief.status} by: {'; '.join(words)}"
        return found

    def log(self, target: str | None = None, *, limit: int = 20) -> tuple[Committed, ...]:
        """The changes of the namespace, newest first; with a target, those that touched it."""
        store, scope = self.store(), self.scope()
        if target is None:
            return store.changes(scope, first=limit, newest=True)
        node = self.resolve(target, scope)
        touched: set[int] = set()
        for version in store.history(scope, node):
            touched |= {version.from_seq, version.to_seq}
        found = [
            change
            for seq in sorted(touched & set(range(scope.seq + 1)), reverse=True)[:limit]
            for change in store.changes(scope, after=seq - 1, first=1)
        ]
        return tuple(found)

    def actors(self, changes: Sequence[Committed]) -> dict[str, str]:
        """The names of the agents who made these changes."""
        versions = self.store().get(self.scope(), sorted({c.actor for c in changes if c.actor}))
        return {v.node: str(v.get("name", v.node)) for v in versions}

    def beliefs(self, facts: Sequence[str] | None = None) -> dict[str, Belief]:
        """What there is reason to believe now."""
        return beliefs(self.store(), self.scope(), facts)

    def diff(self, one: str, other: str = "") -> Impact:
        """What a change did (`@12`), or what differs between two instants or sequences."""
        from ..graph.impact import impact_between

        store = self.store()
        if not other:
            seq = sequence(one)
            if seq is not None:
                return self.impact(one)
        before, after = self.scope(one), self.scope(other or None)
        return impact_between(store, before, after)

    def verify(self, progress: Callable[[int, int], None] | None = None) -> Report:
        """Prove that rows and log agree, and that nothing derived is left over."""
        store = self.store()
        return verify(store.engine, progress=progress)

    def get(self, target: str, *, as_of: str | int | None = None) -> tuple[Version, ...]:
        """The versions in force of one node."""
        scope = self.scope(as_of)
        return self.store().get(scope, [self.resolve(target, scope)])

    def counts(self) -> dict[str, int]:
        """How many nodes of each kind are in force, by kind."""
        store, scope = self.store(), self.scope()
        found: dict[str, set[str]] = {str(kind): set() for kind in NodeKind}
        for version in all_found(store, scope, Where()):
            found[str(version.kind)].add(version.node)
        return {kind: len(nodes) for kind, nodes in found.items()}

    def answers_in_words(self, receipts: Sequence[str], stale: Sequence[str] = ()) -> list[str]:
        """Past answers in a line each: who asked, when, what, and whether they still stand."""
        from .evidence import receipt_line

        store, scope = self.store(), self.scope()
        lines = []
        for version in store.get(scope, receipts):
            viewer = str(version.get("viewer", ""))
            question = str(version.get("question", ""))
            stated = version.validity.start
            lines.append(receipt_line(question, viewer, stated, version.node in stale))
        return lines
