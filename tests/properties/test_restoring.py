"""A restoration gives what was, keeps what must stay, and can itself be undone exactly."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from memcubes.graph import Along, NodeKind, Record, Scope, Version, Where
from memcubes.graph.curator import Curator
from memcubes.graph.errors import Conflict, DependsOn, Erased
from memcubes.graph.restoration import planned, restoration

from ..oracle import OPEN
from ..oracle.restoring import covered, destroyed, restored
from .conftest import Make
from .driving import CAMPAIGN, NAMESPACES, PRINCIPALS, Drive, run, signed
from .reading import pinned, probe, same
from .repertoire import ALL
from .restoring import agreed

SEEDS = {"sqlite": 400 if CAMPAIGN else 20, "neo4j": 40 if CAMPAIGN else 2}
DONE: list[str] = []
ACTS = {**ALL, "shred again": ALL["shred"], "shred once more": ALL["shred"]}


def standing(d: Drive, scope: Scope) -> dict[str, Any]:
    """What a scope shows of all that a restoration covers: the records, less their intervals."""
    store = d.guards[scope.viewer]
    mine = covered(d.oracle, scope.ns)
    # whether an edge to a receipt or agent counts depends on what a restoration leaves alone
    inside = {r.ends[0] for r in mine.values() if isinstance(r, Version)}
    records: list[Record] = list(store.find(scope, Where(), first=10_000).items)
    records += store.edges(scope, Along(), first=10_000).items
    return {
        r.id: (r.kind, r.ends, r.origin, r.content, r.digest)
        for r in records
        if r.id in mine and inside >= {*r.ends}
    }


def untouched(d: Drive, scope: Scope) -> set[tuple[str, int]]:
    """The open intervals that a restoration leaves alone."""
    mine = covered(d.oracle, scope.ns).keys()
    rows = [r for r in d.oracle.rows if r.record.ns == scope.ns and r.end == OPEN]
    return {(r.record.id, r.start) for r in rows if r.record.id not in mine}


def back_and_forth(d: Drive, counted: list[str]) -> None:
    """Restore each namespace to some sequence, compare, and revert it."""
    for ns in NAMESPACES:
        for who in PRINCIPALS:
            scope = pinned(d, ns, who, seq=d.head)
            if scope is None or d.oracle.access(ns, who) == "reader":
                continue
            store, seq = d.guards[who], d.rng.randrange(2, d.head + 1)
            for some in d.rng.sample(range(2, d.head + 1), min(5, d.head - 1)):
                agreed(d, ns, who, some, restored(d.oracle, ns, who, some))
            before, alone = standing(d, scope), untouched(d, scope)
            try:
                change, plan = restoration(store, scope, seq)
            except Conflict:
                same("nothing to restore", standing(d, scope.but(seq=seq)), before)
                continue
            except Erased:
                counted.append("erased")
                if planned(store, scope, seq).empty:
                    continue
                change, plan = restoration(store, scope, seq, without_erased=True)
            d.apply(signed(change, who))
            if d.outcome != "done":
                counted.append(d.outcome)
                continue
            counted.append("done")
            now = store.scope(ns)
            wanted = standing(d, now.but(seq=seq))
            lost = {r.id for r in plan.lost}
            dead = {r.ends[0] for r in plan.lost if isinstance(r.kind, NodeKind)}
            wanted = {i: r for i, r in wanted.items() if i not in lost and not dead & set(r[1])}
            found = {i: r for i, r in standing(d, now).items() if not dead & set(r[1])}
            same(f"restored '{ns}' to @{seq} by '{who}'", found, wanted)
            same("what stays", untouched(d, now), alone)
            try:
                undo = Curator(store, ns).reversal(now, now.seq, "")
            except DependsOn as error:
                raise AssertionError("nothing came after the restoration") from error
            d.apply(signed(undo, who))
            if any(r.id in destroyed(d.oracle) for r in plan.close):
                same("the revert across an erasure", d.outcome, "Erased")
                continue
            same("the revert of a restoration", d.outcome, "done")
            same(f"reverted '{ns}'", standing(d, store.scope(ns)), before)


@pytest.mark.parametrize("seed", range(max(SEEDS.values())))
def test_restoring_gives_what_was_and_reverts_exactly(
    make: Make, seed: int, request: pytest.FixtureRequest
) -> None:
    kind = request.node.callspec.params["make"]
    if seed >= SEEDS[kind]:
        pytest.skip("enough histories on this store")
    run(
        5_000 + seed,
        40,
        ACTS,
        probe,
        partial(back_and_forth, counted=DONE),
        make=make,
        probes=0,
    )


def test_restorations_of_every_kind_happened() -> None:
    if len(DONE) < 20:
        pytest.skip("only some of the histories were run")
    assert DONE.count("done") > len(DONE) / 2
    assert "erased" in DONE
