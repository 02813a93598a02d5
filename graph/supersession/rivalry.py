"""Rivalry: of several earlier statements that one later sentence may replace, the likeliest stands in the others' way.

A sentence takes the place of one thing, mostly. Which of several it is, is asked when somebody reads, of the links that
the reader may see, and of nothing else: so that what came in which order, and what is hidden, changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet

YIELDS = 3.0
"""By how much the log odds of a link fall beside another one that is certain and of something else altogether."""
CERTAIN = 0.95
"""What is so likely by itself yields to nothing: a sentence may end two things, and one thing may be said twice."""


def yielding(chance: float, rival: float) -> float:
    """How likely a link is beside another one of the same later sentence, which weighs `rival` (0 to 1).

    >>> round(yielding(0.8, 1.0), 3), yielding(0.8, 0.0), yielding(0.96, 1.0)  # 4 to 1 becomes 4 / e³ to 1
    (0.166, 0.8, 0.96)
    """
    if not rival or not 0 < chance < CERTAIN:
        return chance
    return 1 / (1 + math.exp(YIELDS * rival - math.log(chance / (1 - chance))))


def otherness(one: AbstractSet[int], other: AbstractSet[int], later: AbstractSet[int]) -> float:
    """How far two earlier statements say different things, 0 to 1, by the keys (`block`) of each and of the later one.

    It is what they do not share of what the later one does not say: two that speak of Oslo are of one thing where Ann
    "has moved to Graz". Where one of them says nothing but what the later one says, all of both counts.

    >>> from .block import keys
    >>> graz, oslo, chess = (frozenset(keys([f"Ann {does}."])) for does in (
    ...     "has moved to Graz", "lives in Oslo", "plays chess on Mondays"))
    >>> otherness(oslo, oslo, graz), otherness(oslo, chess, graz)
    (0.0, 1.0)
    """
    mine, theirs = one - later, other - later
    if mine and theirs:
        return 1 - len(mine & theirs) / min(len(mine), len(theirs))
    every = one | other
    return 1 - len(one & other) / len(every) if every else 0.0
