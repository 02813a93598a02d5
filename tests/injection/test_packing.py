"""Packing: never over the budget, near the best there is, the same every time, and quick."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcubes.graph.errors import Invalid
from memcubes.injection.packing import Option, pack

from .knapsack import KINDS, forms, knapsack, optimum

OPTIONS = st.builds(
    Option,
    st.integers(0, 60) | st.integers(0, 10**6),
    st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(-1, 10, allow_subnormal=False),
)
ITEMS = st.lists(st.lists(OPTIONS, max_size=5), max_size=12)


@given(ITEMS, st.integers(0, 200) | st.integers(0, 10**7))
@settings(deadline=None)
def test_of_each_item_one_option_within_the_budget(items: list[list[Option]], budget: int) -> None:
    made = pack(items, budget)
    assert len(made.chosen) == len(items)
    for item, chosen in zip(items, made.chosen, strict=True):
        assert chosen is None or any(chosen is option for option in item)
    told = [chosen for chosen in made.chosen if chosen is not None]
    assert sum(chosen.tokens for chosen in told) == made.tokens <= budget
    assert sum(chosen.worth for chosen in told) == pytest.approx(made.worth)
    assert all(chosen.worth > 0 for chosen in told)
    assert made.worth <= made.bound
    assert pack(items, budget) == made


@given(ITEMS, st.integers(0, 300))
@settings(deadline=None)
def test_small_ones_are_packed_as_well_as_can_be(items: list[list[Option]], budget: int) -> None:
    # 12 items of 5 options and 300 tokens lie within 640 options and 4,096 tokens
    best = optimum(items, budget)
    made = pack(items, budget)
    assert 0.999 * best <= made.worth + 1e-9
    assert best <= made.bound + 1e-9


@pytest.mark.parametrize("kind", KINDS)
def test_200_items_reach_95_per_cent_of_the_optimum(kind: str) -> None:
    for seed in range(3):
        for budget in (40, 700, 3_000, 20_000):
            items = knapsack(kind, 200, budget, seed)
            best = optimum(items, budget)
            made = pack(items, budget)
            assert 0.95 * best <= made.worth <= best + 1e-6, (seed, budget)
            assert best <= made.bound + 1e-6


def test_a_budget_for_everything_takes_the_best_of_each() -> None:
    items = knapsack("free", 200, 10**9, 0)
    made = pack(items, 10**9)
    assert [chosen.worth for chosen in made.chosen if chosen] == [
        max(option.worth for option in item) for item in items
    ]
    assert made.worth == made.bound
    assert pack(items, 2**80).chosen == made.chosen


def test_one_that_fills_the_budget_alone() -> None:
    # ten of 10 tokens are worth 1.1 each, 11 together, and better for a token than the large one
    small = [[Option(10, 1.1)] for _ in range(10)]
    for worth, taken in ((10.9, 10), (11.1, 1)):
        made = pack([*small, [Option(100, worth)]], 100)
        assert sum(chosen is not None for chosen in made.chosen) == taken


def test_two_halves_beat_what_is_better_for_a_token() -> None:
    # 51 tokens for 52 leave no room for a half; two halves are worth 100
    made = pack([[Option(51, 52.0)], [Option(50, 50.0)], [Option(50, 50.0)]], 100)
    assert (made.tokens, made.worth) == (100, 100.0)


def test_of_equals_the_first() -> None:
    items = [[Option(10, 1.0), Option(10, 1.0)] for _ in range(6)]
    made = pack(items, 35)
    taken = [place for place, chosen in enumerate(made.chosen) if chosen is not None]
    assert len(taken) == 3
    assert all(made.chosen[place] is items[place][0] for place in taken)
    assert pack([[Option(9, 1.0), Option(5, 1.0)]], 100).tokens == 5


def test_what_costs_nothing_is_taken() -> None:
    made = pack([[Option(0, 0.1), Option(0, 0.2)], [Option(3, 1.0)], []], 0)
    assert made.chosen == (Option(0, 0.2), None, None)
    assert pack([], 10).chosen == ()
    assert pack([[], []], 10).chosen == (None, None)


@pytest.mark.parametrize(
    ("option", "budget"),
    [(Option(1, 1.0), -1), (Option(-1, 1.0), 5), (Option(1, float("nan")), 5),
     (Option(1, float("inf")), 5)],
)  # fmt: skip
def test_what_is_no_cost_and_no_worth(option: Option, budget: int) -> None:
    with pytest.raises(Invalid):
        pack([[option]], budget)


def test_ten_thousand_items_are_packed_at_once() -> None:
    draw = random.Random(1)
    items = [forms(draw, 0) for _ in range(10_000)]
    took = []
    for budget in (500, 8_000, 100_000):
        begun = time.process_time()
        made = pack(items, budget)
        took.append(time.process_time() - begun)
        assert made.worth >= 0.99 * made.bound
    # some 15 ms each on a quiet machine; here it is not
    assert min(took) < 0.15
