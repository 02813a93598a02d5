"""Deciding: what somebody approves or rejects of the review queue, each an ordinary change set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, NoReturn

from ..graph.canonical import disputed
from ..graph.change import ChangeSet, Committed, Open
from ..graph.curator import Curator
from ..graph.errors import Conflict, Invalid, NotFound
from ..graph.impact import impact_of
from ..graph.joining import joining_of
from ..graph.kind import EdgeKind
from ..graph.listing import all_edges
from ..graph.merging import Merging
from ..graph.record import Edge
from ..graph.rehearsal import impact_if
from ..graph.resolution.proposal import likeness_id
from ..graph.resolve import SHORTEST
from ..graph.scope import Along, Scope
from ..graph.store import GraphStore
from ..graph.supersession.proposal import supersessions
from ..graph.supersession.ruling import proposal_id, ruled_already, ruling_change, rulings
from .outcome import Outcome
from .reference import written
from .session import Session

NEVER = "00000000-0000-0000-0000-000000000000"
"""The id of no record."""

_TIES = (EdgeKind.SAME_AS, EdgeKind.NOT_SAME_AS)


def done_before(
    store: GraphStore, ns: str, key: str, request: Mapping[str, Any]
) -> Committed | None:
    """What the same idempotency key gave before; raises `KeyReused` where it stood for another request.

    A store looks for the key before anything else, so a change that expects a record that cannot be
    there comes back with the earlier one, or not at all; it never writes.
    """
    probe = ChangeSet(
        ns=ns, verb="remember", ops=(), expects=(NEVER,), idempotency=key, request=request
    )
    try:
        return store.commit(probe)[0]
    except Conflict:
        return None


class Deciding(Session):
    """Approves and rejects proposals by their ids."""

    def decision(self, scope: Scope, proposal: str, *, approve: bool, reason: str) -> ChangeSet:
        """The change that approves or rejects what a proposal says, applied already or not.

        Two names are merged or told apart; of two statements the later takes the place of the earlier, whatever
        either weighs, or neither is said of the other again. `proposal` is an id or the beginning of one. Raises
        `NotFound`, `Invalid` for what may mean several, and `Conflict` for what was decided already.
        """
        wanted = written(proposal, "a proposal").strip().lower()
        if len(wanted) < SHORTEST:
            raise Invalid(
                f"'{wanted}' is too short: give at least {SHORTEST} characters of a proposal's id"
            )
        store, curator = self.store(), Curator(self.store(), self.namespace)
        view = self.retrieval.index.view(scope)
        pairs = {
            likeness_id(store, scope.ns, one.one, one.other): (one.one, one.other)
            for one in (*view.alike(), *view.sure())
        }
        found_links = supersessions(store, scope, view.successions(), below=2, explain=False)
        links = {one.id: one for one in found_links}
        found = sorted(name for name in {**pairs, **links} if name.startswith(wanted))
        if not found:
            self._unknown(scope, wanted)
        if len(found) > 1:
            raise Invalid(
                f"'{wanted}' may mean {len(found)} proposals: give more of the id\n  "
                + "\n  ".join(found[:5])
            )
        if found[0] in links:
            link = links[found[0]]
            if link.ruled and approve:
                raise ruled_already(
                    next(r for r in rulings(store, scope).values() if r.seq == link.ruled)
                )
            new, old = (link.new, link.new_span), (link.old, link.old_span)
            return ruling_change(curator, scope, new, old, approve=approve, reason=reason)
        merging, nodes = Merging(curator), pairs[found[0]]
        if approve:
            return merging.merging(scope, nodes, reason)
        return merging.distinguishing(scope, nodes, reason)

    def _unknown(self, scope: Scope, wanted: str) -> NoReturn:
        """Say of a proposal that is none: somebody decided it, or there never was one."""
        store = self.store()
        for ruling in rulings(store, scope).values():
            if proposal_id(store, scope.ns, ruling.new, ruling.old).startswith(wanted):
                raise ruled_already(ruling)
        raise NotFound(
            f"nothing is proposed under '{wanted}': `memcubes review` and `review --applied` list what is"
        )

    def decided_on(
        self,
        approve: Sequence[str],
        reject: Sequence[str],
        reason: str,
        key: str | None,
        dry_run: bool,
    ) -> tuple[Outcome, ...]:
        """Approve and reject proposals, each by a change of its own: all of them, or none where one is refused."""
        for given in (approve, reject):
            if isinstance(given, str):
                raise Invalid("name proposals in a list: several may be decided at once")
        asked = [(one, True) for one in approve] + [(one, False) for one in reject]
        twice = {one for one in approve if one in reject} | {
            one for one, _ in asked if asked.count((one, True)) + asked.count((one, False)) > 1
        }
        if twice:
            raise Invalid(f"'{min(twice)}' is named twice: approve it or reject it, once")
        store, scope = self.store(), self.scope()
        requests = [
            {"review": one, "approve": yes, "reason": reason} if key else None for one, yes in asked
        ]
        keys = [f"{key}/{place}" if key else None for place in range(len(asked))]
        if key and not dry_run:
            before = [
                done_before(store, self.namespace, mine, request or {})
                for mine, request in zip(keys, requests, strict=True)
                if mine
            ]
            if all(before) and before:
                return tuple(self._outcome(one, scope) for one in before if one)
        changes = [
            replace(
                self.decision(scope, one, approve=yes, reason=reason),
                idempotency=mine,
                request=request,
            )
            for (one, yes), mine, request in zip(asked, keys, requests, strict=True)
        ]
        _agreeing(store, scope, changes)
        if dry_run:
            return tuple(self._tried(change, scope) for change in changes)
        joins = [joining_of(store, scope, change) for change in changes]
        committed = store.commit(*changes)
        with suppress(NotFound):
            self.retrieval.refresh()
        return tuple(
            replace(self._outcome(one, self.scope()), joining=join)
            for one, join in zip(committed, joins, strict=True)
        )

    def _outcome(self, committed: Committed, scope: Scope) -> Outcome:
        return Outcome(committed, impact_of(self.store(), scope, committed.seq), _target(committed))

    def _tried(self, change: ChangeSet, scope: Scope) -> Outcome:
        store = self.store()
        target = str(change.note["targets"][0])
        joins = joining_of(store, scope, change)
        return Outcome(None, impact_if(store, scope, change), target, joining=joins)


def _target(committed: Committed) -> str:
    return str(next(iter((committed.note or {}).get("targets", ())), ""))


def _agreeing(store: GraphStore, scope: Scope, changes: Sequence[ChangeSet]) -> None:
    """Refuse decisions on names that cannot all be so."""
    ties = [
        op.record
        for change in changes
        for op in change.ops
        if isinstance(op, Open) and isinstance(op.record, Edge) and op.record.kind in _TIES
    ]
    if len(changes) < 2 or not ties:
        return
    every = [*all_edges(store, scope, Along(kinds=_TIES)), *ties]
    same = [(e.src, e.dst) for e in every if e.kind is EdgeKind.SAME_AS]
    apart = [(e.src, e.dst) for e in every if e.kind is EdgeKind.NOT_SAME_AS]
    against = disputed(same, apart)
    if any(frozenset(tie.ends) in against for tie in ties):
        raise Invalid(
            "these decisions contradict each other, or one that stands: some of the names would be one and "
            "two at once; nothing was written"
        )
