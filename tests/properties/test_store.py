"""Both stores against the oracle, over random histories of two principals and two namespaces."""

from __future__ import annotations

import pytest

from memcubes.graph.change import Operation
from memcubes.graph.kind import EdgeKind, NodeKind, Verb

from .conftest import STORES, Make
from .driving import ADJACENT, CAMPAIGN, GENERATED, Difference, run, shortest
from .reading import probe, sweep
from .repertoire import ALL

SEEDS = 1000 if CAMPAIGN else 14
SHORTENED: list[int] = []  # only the first failure is cut down to the steps that it needs
LENGTH = 150 if CAMPAIGN else 60


@pytest.mark.parametrize("seed", range(SEEDS))
def test_store_answers_as_the_oracle_does(make: Make, seed: int) -> None:
    try:
        run(seed, LENGTH, ALL, probe, sweep, make=make)
    except Difference as first:
        if SHORTENED:
            raise
        SHORTENED.append(seed)

        def fails(skipped: frozenset[int]) -> bool:
            try:
                run(seed, LENGTH, ALL, probe, sweep, make=make, skipped=skipped)
            except Difference:
                return True
            return False

        steps = shortest(seed, LENGTH, fails)
        raise AssertionError(f"{first}; steps {steps} of seed {seed} are enough") from first


def whole() -> bool:
    """Whether all histories of this run were driven."""
    return sum(ADJACENT.values()) >= 0.8 * SEEDS * LENGTH * len(STORES)


def test_every_act_followed_every_other() -> None:
    if not whole():
        pytest.skip("only some of the histories were run")
    least, share = (50, 0.0) if CAMPAIGN else (1, 0.3)
    missing = {(a, b) for a in ALL for b in ALL if ADJACENT[a, b] < least}
    assert len(missing) <= share * len(ALL) ** 2, sorted(missing)


def test_everything_that_the_product_has_was_generated() -> None:
    if not whole():
        pytest.skip("only some of the histories were run")
    wanted = {f"kind {kind}" for kind in (*NodeKind, *EdgeKind)}
    wanted |= {f"verb {verb}" for verb in Verb}
    wanted |= {f"operation {op.__name__}" for op in Operation.__args__}
    wanted |= {f"selector {way}" for way in ("ids", "origin", "closed_by")}
    assert wanted <= set(GENERATED), sorted(wanted - set(GENERATED))
