"""Curation: the verbs with which people correct memory."""

from __future__ import annotations

from collections.abc import Sequence

from ..graph.curator import Curator
from ..graph.errors import Invalid, NotFound
from ..graph.impact import impact_without
from ..graph.kind import NodeKind
from ..graph.scope import Scope
from .outcome import Outcome
from .reference import sequence
from .session import Session


class Curation(Session):
    """Feedback, revise, retract, revert, merge; each is one change set and tells its impact."""

    def feedback(self, target: str, verdict: str, reason: str = "") -> Outcome:
        """Say of an answer or a cube that it helped or misled."""
        store, scope = self.store(), self.scope()
        node = self.resolve(target, scope)
        change = Curator(store, self.namespace).feedback(scope, node, verdict, reason)
        return self._done(change, node)

    def revise(self, target: str, text: str, reason: str = "") -> Outcome:
        """Give a cube another wording; what is read out of it follows."""
        from ..ingest.statement import revision

        scope = self.scope()
        node = self.resolve(target, scope)
        change = revision(self.store(), scope, node, text, reason)
        return self._done(change, node)

    def retract(self, target: str, reason: str = "", *, dry_run: bool = False) -> Outcome:
        """No longer believe a source, a statement, a passage or a fact; `revert` brings it back."""
        store, scope = self.store(), self.scope()
        node = self.resolve(target, scope)
        curator = Curator(store, self.namespace)
        change = curator.retraction(scope, node, reason)
        if dry_run:
            gone = change.note["targets"]
            return Outcome(None, impact_without(store, scope, gone), node)
        return self._done(change, node)

    def revert(self, change: str | int, reason: str = "") -> Outcome:
        """Undo one change; refused, with the order to undo, while later ones stand on it."""
        seq = sequence(str(change))
        if seq is None:
            raise Invalid(f"'{change}' names no change: write @12, as `memcubes log` shows it")
        scope = self.scope()
        done = Curator(self.store(), self.namespace).reversal(scope, seq, reason)
        return self._done(done, "")

    def merge(self, names: Sequence[str], reason: str = "") -> Outcome:
        """Say that names mean one entity; undone exactly by `revert`."""
        scope = self.scope()
        nodes = [self._entity(scope, name) for name in names]
        change = Curator(self.store(), self.namespace).merging(scope, nodes, reason)
        return self._done(change, nodes[0])

    def _entity(self, scope: Scope, name: str) -> str:
        from ..ingest.extraction import normalise

        node = self.store().name(self.namespace, NodeKind.ENTITY, normalise(name)).id
        if self.store().get(scope, [node]):
            return node
        try:
            return self.resolve(name, scope)
        except NotFound:
            raise NotFound(
                f"nothing in '{self.namespace}' mentions '{name}': write the name as a source does"
            ) from None
