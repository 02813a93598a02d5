"""Restoring: the verb that goes back to an instant by a new change, for one node or for everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from ..graph.change import ChangeSet, Close, Reopen
from ..graph.errors import Invalid
from ..graph.impact import Impact, impact_of
from ..graph.record import Record
from ..graph.rehearsal import Rehearsal
from ..graph.restoration import Plan, restoration
from ..graph.scope import Scope
from ..graph.store import GraphStore
from .outcome import Outcome
from .session import Session


class Restoring(Session):
    """Restore; one change set, which `revert` undoes exactly."""

    def restore(
        self,
        to: str | int,
        target: str | None = None,
        reason: str = "",
        *,
        dry_run: bool = False,
        without_erased: bool = False,
    ) -> Outcome:
        """Go back to a sequence or instant, for one node or for all that the user may read.

        Receipts, grants, agents and the namespace stay as they are. Raises `Erased` where something
        cannot come back (`without_erased` restores the rest), `Conflict` where nothing differs.
        """
        if to == "":
            raise Invalid("restore to when? write a sequence such as @12, or an instant")
        store, scope, then = self.store(), self.scope(), self.scope(to)
        node = None if target is None else self.resolve(target, scope)
        change, plan = restoration(
            store, scope, then.seq, node, reason, without_erased=without_erased
        )
        if not dry_run:
            return self._done(change, node or "")
        tried = cast(GraphStore, _Tried(store, scope, change, plan))
        after = scope.but(seq=scope.seq + 1)
        impact: Impact = impact_of(tried, after, after.seq)
        return Outcome(None, replace(impact, tried=tried), node or "")


class _Tried(Rehearsal):
    """A restoration that nobody has committed: its plan knows every record that it touches."""

    def __init__(self, store: GraphStore, scope: Scope, change: ChangeSet, plan: Plan) -> None:
        self._plan = plan
        super().__init__(store, scope, change)

    def _shut(self, op: Reopen) -> list[Record]:
        return list(self._plan.reopen)

    def _meant(self, op: Close) -> Iterator[Record]:
        yield from self._plan.close
