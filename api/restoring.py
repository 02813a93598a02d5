"""Restoring: the verb that goes back to an instant by a new change, for one node or for everything."""

from __future__ import annotations

from ..graph.errors import Invalid
from ..graph.rehearsal import impact_if
from ..graph.restoration import restoration
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
        change, _ = restoration(store, scope, then.seq, node, reason, without_erased=without_erased)
        if not dry_run:
            return self._done(change, node or "")
        return Outcome(None, impact_if(store, scope, change), node or "")
