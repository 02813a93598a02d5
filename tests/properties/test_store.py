"""Both stores against the oracle, over random histories of two principals and two namespaces."""

from __future__ import annotations

import pytest

from memcubes.graph.change import Operation
from memcubes.graph.kind import EdgeKind, NodeKind, Verb

from .adjacency import TRIED, Order
from .conftest import STORES, Make
from .driving import CAMPAIGN, GENERATED, Difference, run, shortest
from .reading import probe, sweep
from .repertoire import ALL

SEEDS = {"sqlite": 400 if CAMPAIGN else 12, "neo4j": 400 if CAMPAIGN else 4}
LENGTH = 150 if CAMPAIGN else 60
SHORTENED: list[int] = []  # only the first failure is cut down to the steps that it needs


@pytest.mark.parametrize(
    ("make", "seed"),
    [(store, seed) for store in STORES for seed in range(SEEDS[store])],
    indirect=["make"],
)
def test_store_answers_as_the_oracle_does(
    make: Make, seed: int, request: pytest.FixtureRequest
) -> None:
    store = request.node.callspec.params["make"]
    order = Order(store, seed)
    try:
        run(seed, LENGTH, ALL, probe, sweep, make=make, order=order)
    except Difference as first:
        if SHORTENED:
            raise
        SHORTENED.append(seed)
        acts, length = order.acts, len(order.acts)

        def fails(skipped: frozenset[int]) -> bool:
            again = Order(store, seed, acts)
            try:
                run(seed, length, ALL, probe, sweep, make=make, skipped=skipped, order=again)
            except Difference:
                return True
            return False

        steps = shortest(length, fails)
        few = ", ".join(f"{step}: {acts[step]}" for step in steps)
        raise AssertionError(f"{first}; steps {few} of seed {seed} are enough") from first


def whole() -> bool:
    """Whether all histories of this run were driven."""
    return sum(TRIED.values()) >= 0.9 * sum(SEEDS.values()) * LENGTH


@pytest.mark.parametrize("store", STORES)
def test_every_act_followed_every_other(store: str) -> None:
    if not whole():
        pytest.skip("only some of the histories were run")
    # 625 pairs in 720 steps on SQLite, and in 240 on Neo4j
    least, share = (50, 0.0) if CAMPAIGN else (1, 0.1 if store == "sqlite" else 0.7)
    missing = {(a, b) for a in ALL for b in ALL if TRIED[store, a, b] < least}
    assert len(missing) <= share * len(ALL) ** 2, sorted(missing)


def test_everything_that_the_product_has_was_generated() -> None:
    if not whole():
        pytest.skip("only some of the histories were run")
    wanted = {f"kind {kind}" for kind in (*NodeKind, *EdgeKind)}
    wanted |= {f"verb {verb}" for verb in Verb}
    wanted |= {f"operation {op.__name__}" for op in Operation.__args__}
    wanted |= {f"selector {way}" for way in ("ids", "origin", "closed_by")}
    assert wanted <= set(GENERATED), sorted(wanted - set(GENERATED))
