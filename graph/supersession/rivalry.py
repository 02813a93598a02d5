"""Rivalry: of several earlier statements that one later sentence may replace, the likeliest stands in the others' way.

A sentence takes the place of one thing, mostly. Which of several it is, is asked when somebody reads, of the links that
the reader may see, and of nothing else: so that what came in which order, and what is hidden, changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Told:
    """What an earlier statement says, by its keys (`block`), beside a later one: `beyond` is what that one does not say."""

    every: AbstractSet[int]
    beyond: AbstractSet[int]

    @classmethod
    def of(cls, keys: AbstractSet[int], later: AbstractSet[int]) -> Told:
        """Set what a statement says against what the later one says."""
        return cls(keys, keys - later)


def otherness(one: Told, other: Told) -> float:
    """How far two earlier statements say different things, 0 to 1.

    It is what they do not share of what the later one does not say: two that speak of Oslo are of one thing where Ann
    "has moved to Graz". Where one of them says nothing but what the later one says, all of both counts.

    >>> from .block import keys
    >>> graz, oslo, chess = (frozenset(keys([f"Ann {does}."])) for does in (
    ...     "has moved to Graz", "lives in Oslo", "plays chess on Mondays"))
    >>> lives, plays = Told.of(oslo, graz), Told.of(chess, graz)
    >>> otherness(lives, lives), otherness(lives, plays)
    (0.0, 1.0)
    """
    mine, theirs = one.beyond, other.beyond
    if mine and theirs:
        shared = 0 if mine.isdisjoint(theirs) else len(mine & theirs)
        return 1 - shared / min(len(mine), len(theirs))
    every = one.every | other.every
    return 1 - len(one.every & other.every) / len(every) if every else 0.0
