"""The embedded store against the oracle, over random histories of two principals and two namespaces."""

import pytest

from .driving import ADJACENT, CAMPAIGN, Difference, run, shortest
from .reading import probe, sweep
from .repertoire import ALL

SEEDS = 2000 if CAMPAIGN else 60
SHORTENED: list[int] = []  # only the first failure is cut down to the steps that it needs
LENGTH = 150 if CAMPAIGN else 60


@pytest.mark.parametrize("seed", range(SEEDS))
def test_store_answers_as_the_oracle_does(seed: int) -> None:
    try:
        run(seed, LENGTH, ALL, probe, sweep)
    except Difference as first:
        if SHORTENED:
            raise
        SHORTENED.append(seed)

        def fails(skipped: frozenset[int]) -> bool:
            try:
                run(seed, LENGTH, ALL, probe, sweep, skipped=skipped)
            except Difference:
                return True
            return False

        steps = shortest(seed, LENGTH, fails)
        raise AssertionError(f"{first}; steps {steps} of seed {seed} are enough") from first


def test_every_act_followed_every_other() -> None:
    if sum(ADJACENT.values()) < 0.8 * SEEDS * LENGTH:
        pytest.skip("only some of the histories were run")
    missing = {(a, b) for a in ALL for b in ALL if not ADJACENT[a, b]}
    assert len(missing) <= 0.1 * len(ALL) ** 2, sorted(missing)
