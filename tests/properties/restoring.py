"""Going back: restorations as an act of a history, and what must hold after one."""

from __future__ import annotations

from memcubes.graph import ChangeSet, Close, Reopen, Selector
from memcubes.graph.change import Operation
from memcubes.graph.errors import NotFound
from memcubes.graph.kind import Verb
from memcubes.graph.restoration import planned

from ..oracle.restoring import Restored, restored
from .acts import change, somebody
from .driving import NAMESPACES, Difference, Drive


def restore(d: Drive) -> list[ChangeSet]:
    """The namespace goes back to some sequence, at times across an erasure."""
    ns, seq = d.rng.choice(NAMESPACES), d.rng.randrange(2, d.head + 1)
    who = somebody(d, ns)
    wanted = restored(d.oracle, ns, who, seq)
    if d.oracle.access(ns, who) != "none":
        agreed(d, ns, who, seq, wanted)
    reopen = wanted.reopen if d.rng.random() < 0.9 else wanted.reopen | wanted.lost
    ops: list[Operation] = []
    if wanted.close:
        ops.append(Close(Selector(ids=tuple(sorted(wanted.close)))))
    if reopen:
        ops.append(Reopen(Selector(ids=tuple(sorted(reopen)))))
    note = {"restores": seq}
    return [change(d, ns, Verb.RESTORE, *ops, actor=who, note=note)] if ops else []


def agreed(d: Drive, ns: str, who: str, seq: int, wanted: Restored) -> None:
    """Compare the plan of a restoration with the oracle's."""
    store = d.guards[who]
    try:
        plan = planned(store, store.scope(ns), seq)
    except NotFound as error:
        raise Difference(f"plan of @{seq} in '{ns}' for '{who}': {error}") from error
    found = Restored(
        *(frozenset(r.id for r in side) for side in (plan.close, plan.reopen, plan.lost))
    )
    if found != wanted:
        raise Difference(f"plan of @{seq} in '{ns}' for '{who}': {found}, not {wanted}")
