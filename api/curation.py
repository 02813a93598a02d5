"""Curation: the verbs with which people correct memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..graph.change import ChangeSet
from ..graph.curator import Curator
from ..graph.errors import Invalid, NotFound
from ..graph.impact import impact_without
from ..graph.joining import joining_of
from ..graph.kind import NodeKind
from ..graph.merging import Merging
from ..graph.rehearsal import Rehearsal, impact_if
from ..graph.scope import Scope
from ..graph.store import Name
from .outcome import Outcome
from .reference import sequence, written
from .session import Session


def _nameable(name: str) -> str:
    """A name that somebody can write; raises `Invalid`."""
    from ..ingest.extraction import normalise

    if not normalise(name) or not name.isprintable() or len(name) > MOST_NAME:
        raise Invalid(
            f"'{name[:40]}' cannot name anything: use letters or digits, at most {MOST_NAME} characters"
        )
    return name


MOST_NAME = 300
"""Characters of the longest name that a split gives."""


class Curation(Session):
    """Feedback, revise, retract, revert, merge, distinguish, tag, split; each is one change set and tells its impact."""

    def feedback(self, target: str, verdict: str, reason: str = "") -> Outcome:
        """Say of an answer or a cube that it helped or misled."""
        store, scope = self.store(), self.scope()
        node = self.resolve(target, scope)
        change = Curator(store, self.namespace).feedback(scope, node, verdict, reason)
        return self._done(change, node)

    def revise(self, target: str, text: str, reason: str = "", *, dry_run: bool = False) -> Outcome:
        """Give a cube another wording; what is read out of it follows."""
        from ..ingest.statement import revision

        scope = self.scope()
        node = self.resolve(target, scope)
        said = written(text, "a wording")
        change = revision(self.store(), scope, node, said, reason, extractors=self.extractors)
        return self._decided(change, [node], dry_run)

    def retract(self, target: str, reason: str = "", *, dry_run: bool = False) -> Outcome:
        """No longer believe a source, a statement, a passage or a fact; `revert` brings it back."""
        store, scope = self.store(), self.scope()
        node = self.resolve(target, scope)
        curator = Curator(store, self.namespace)
        change = curator.retraction(scope, node, reason)
        if dry_run:
            Rehearsal(store, scope, change)  # a hold refuses to be tried as well
            gone = change.note["targets"]
            return Outcome(None, impact_without(store, scope, gone), node)
        return self._done(change, node)

    def revert(self, change: str | int, reason: str = "", *, dry_run: bool = False) -> Outcome:
        """Undo one change; refused, with the order to undo, while later ones stand on it."""
        seq = sequence(str(change))
        if seq is None:
            raise Invalid(f"'{change}' names no change: write @12, as `memcubes log` shows it")
        scope = self.scope()
        done = Curator(self.store(), self.namespace).reversal(scope, seq, reason)
        return self._decided(done, [""], dry_run)

    def merge(self, names: Sequence[str], reason: str = "", *, dry_run: bool = False) -> Outcome:
        """Say that names (or cubes) mean one thing; nothing is moved, and `revert` undoes it exactly."""
        scope = self.scope()
        nodes = [self._entity(scope, name) for name in names]
        change = self._merging().merging(scope, nodes, reason)
        joins = joining_of(self.store(), scope, change)
        return replace(self._decided(change, nodes, dry_run), joining=joins)

    def distinguish(
        self, names: Sequence[str], reason: str = "", *, dry_run: bool = False
    ) -> Outcome:
        """Say that names (or cubes) do not mean one thing, whoever would merge them later."""
        scope = self.scope()
        nodes = [self._entity(scope, name) for name in names]
        return self._decided(self._merging().distinguishing(scope, nodes, reason), nodes, dry_run)

    def tag(
        self,
        target: str,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
        reason: str = "",
        *,
        dry_run: bool = False,
    ) -> Outcome:
        """Give a cube, or every cube that a source has now, tags such as `project/apollo`, or take some away."""
        from ..graph.tagging import Tagging

        scope = self.scope()
        node = self.resolve(target, scope)
        tagging = Tagging(Curator(self.store(), self.namespace))
        change = tagging.tagging(scope, node, add, remove, reason)
        return self._decided(change, [node], dry_run)

    def split(
        self,
        name: str,
        cubes: Sequence[str],
        reason: str = "",
        *,
        called: str = "",
        dry_run: bool = False,
    ) -> Outcome:
        """Say that in these cubes a name means something else, which is `called` so from now on."""
        scope = self.scope()
        node = self._entity(scope, name)
        chosen = [self.resolve(cube, scope) for cube in cubes]
        to = self._named(_nameable(called)) if called else None
        change = self._merging().splitting(scope, node, chosen, reason, name=called, to=to)
        return self._decided(change, list(change.note["targets"])[::-1], dry_run)

    def _merging(self) -> Merging:
        return Merging(Curator(self.store(), self.namespace))

    def _decided(self, change: ChangeSet, nodes: Sequence[str], dry_run: bool) -> Outcome:
        if dry_run:
            return Outcome(None, impact_if(self.store(), self.scope(), change), nodes[0])
        return self._done(change, nodes[0])

    def _named(self, name: str) -> Name:
        """The entity that a name means, whether or not anything mentions it."""
        from ..ingest.extraction import normalise

        return self.store().name(self.namespace, NodeKind.ENTITY, normalise(name))

    def _entity(self, scope: Scope, name: str) -> str:
        node = self._named(written(name, "a name")).id
        if self.store().get(scope, [node]):
            return node
        try:
            return self.resolve(name, scope)
        except NotFound:
            raise NotFound(
                f"nothing in '{self.namespace}' mentions '{name[:60]}': write the name as a source does"
            ) from None
