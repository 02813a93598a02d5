"""Standing: whether what was made may be used, asked at each use and of every form.

A plan, a cache or an adapter may be used exactly while the payload of each cube that it was made from is in
force and every fact that it tells by itself is believed (DESIGN, belief). Nothing is marked: a retraction
reaches each form with its commit, and its revert gives each form back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ..graph.belief import beliefs
from ..graph.errors import Stale
from ..graph.lifecycle import State, walked
from ..graph.listing import all_found
from ..graph.record import Version
from ..graph.scope import Scope, Where
from ..graph.staleness import missing_sources
from ..graph.store import GraphStore
from .plan import InjectionPlan


@dataclass(frozen=True, slots=True)
class Standing:
    """Asks a store what still stands, as one viewer, at the head of the moment.

    >>> from ..graph.guard import GuardedStore
    >>> from ..graph.sqlite import SqliteStore
    >>> from ..graph.change import ChangeSet
    >>> store = GuardedStore(SqliteStore(None), "local:ann")
    >>> done = store.commit(ChangeSet(ns="default", verb="remember", ops=()))
    >>> Standing(store, lambda: store.scope("default")).usable("no such cache")
    False
    >>> store.close()
    """

    store: GraphStore
    scope: Callable[[], Scope]

    def usable(self, artefact: str) -> bool:
        """Whether a cache or adapter may be used now: it is there and activated, and what it was made from stands."""
        scope = self.scope()
        held = self.store.get(scope, [artefact])
        if not held or not walked(held[0].content) or held[0].content is None:
            return False
        if missing_sources(self.store, scope, [artefact])[artefact]:
            return False
        return not self._unbelieved(scope, [str(fact) for fact in held[0].get("facts") or ()])

    def check(
        self,
        plan: InjectionPlan,
        pins: Mapping[str, str] = MappingProxyType({}),
        adapters: Sequence[str] = (),
    ) -> tuple[Version, ...]:
        """The versions that a plan tells, once it is sure that it may tell them, and those of its adapters.

        `pins` are the cubes that its adapters were made from, with the digests of what was read, `adapters`
        the cubes that they are.

        Raises `Stale` for one that tells what no longer stands, or what has expired; one that reads the past on purpose is asked as
        of then, and refused for what was erased since.
        """
        now = self.scope()
        scope = now.but(seq=min(plan.read_at, now.seq)) if plan.past else now
        told = {one.payload: one for one in plan.used}
        held = self._held(scope, sorted(told))
        for digest, segment in told.items():
            if digest not in held:
                raise Stale(
                    f"the plan tells cube {segment.node} as it was at @{plan.read_at}, and that is in "
                    "force no more: plan the injection anew"
                )
            if held[digest].get("state") == State.EXPIRED:
                raise Stale(
                    f"the plan tells cube {segment.node}, which has expired since: plan the injection anew"
                )
        facts = sorted({fact for one in plan.used for fact in one.facts})
        gone = [] if plan.past else self._unbelieved(scope, facts)
        if gone:
            raise Stale(
                f"the plan tells fact {gone[0]}, which is believed no more: plan the injection anew"
            )
        lost = set(pins.values()) - self._held(now, sorted(set(pins.values()))).keys()
        for node in (node for node, payload in pins.items() if payload in lost):
            raise Stale(
                f"an adapter of the plan was made from cube {node}, and what it said is in force no more: make it "
                "anew, or plan without it"
            )
        for node in adapters:
            if not self.usable(node):
                raise Stale(
                    f"the plan's adapter {node} is in force no more: bring it back, or plan without it"
                )
        nodes = {segment.node for segment in told.values()}
        told_of = [v for v in held.values() if v.node in nodes]
        return (*told_of, *(self.store.get(now, list(adapters)) if adapters else ()))

    def _held(self, scope: Scope, digests: Sequence[str]) -> dict[str, Version]:
        """The payloads that stand in full: in force, not erased, and so is all that they were made from."""
        found = [
            version
            for start in range(0, len(digests), 5_000)
            for version in all_found(
                self.store, scope, Where(payloads=tuple(digests[start : start + 5_000]))
            )
            if version.payload is not None and version.payload.content is not None
        ]
        lost = missing_sources(self.store, scope, sorted({version.node for version in found}))
        return {v.payload.digest: v for v in found if v.payload is not None and not lost[v.node]}

    def _unbelieved(self, scope: Scope, facts: Sequence[str]) -> list[str]:
        if not facts:
            return []
        found = beliefs(self.store, scope, facts)
        return [fact for fact in facts if not found[fact].believed]
