"""Trees are walked as they are written, and the steps through them add up to the score."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.supersession.trees import Trees

TABLE = {
    "features": ["swap", "negated"],
    "trees": [
        # swap <= .5: -1, or else by negated: 1 or 3; expected of all -.4, of the upper half 1.5
        [[0, 0.5, 2, -0.4], [-1.0], [1, 0.5, 4, 1.5], [1.0], [3.0]],
        [[1, 0.25, 2, 0.1], [0.0], [0.5]],
    ],
}
SHARES = st.floats(0, 1)


@pytest.mark.parametrize(
    ("swap", "negated", "odds"),
    [
        (0.0, 0.0, -1.0),  # -1 + 0
        (0.5, 1.0, -0.5),  # a value at the threshold goes the first way: -1 + .5
        (1.0, 0.0, 1.0),  # 1 + 0
        (1.0, 1.0, 3.5),  # 3 + .5
    ],
)
def test_each_tree_gives_one_leaf(swap: float, negated: float, odds: float) -> None:
    found = Trees.read(TABLE).probability({"swap": swap, "negated": negated})
    assert math.isclose(found, 1 / (1 + math.exp(-odds)))


def test_what_a_feature_adds_is_the_steps_that_it_decided() -> None:
    told = dict(Trees.read(TABLE).explained({"swap": 1.0, "negated": 1.0}, most=9))
    # bias -.4 + .1; swap -.4 -> 1.5; negated 1.5 -> 3 and .1 -> .5
    assert told == pytest.approx({"bias": -0.3, "swap": 1.9, "negated": 1.9})


@given(SHARES, SHARES)
def test_the_parts_add_up(swap: float, negated: float) -> None:
    made = Trees.read(TABLE)
    measured = {"swap": swap, "negated": negated}
    odds = sum(part for _, part in made.explained(measured, most=9))
    assert math.isclose(made.probability(measured), 1 / (1 + math.exp(-odds)))
