"""Fusion: one score out of several, each brought between 0 and 1 over the visible passages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..graph.index.nearness import Scores
from .recipe import Recipe


def minmax(values: Scores) -> Scores:
    """Bring values between 0 and 1; zeros where they are all alike.

    >>> minmax(np.array([2.0, 4.0, 3.0])).tolist(), minmax(np.array([5.0])).tolist()
    ([0.0, 1.0, 0.5], [0.0])
    """
    if not len(values):
        return values
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return np.zeros(len(values))
    return (values - low) / (high - low)


@dataclass(frozen=True, slots=True)
class Ingredients:
    """The four measures of every visible passage, raw."""

    bm25: Scores
    dense: Scores
    sentence: Scores
    ppr: Scores

    def scaled(self) -> dict[str, Scores]:
        """The measures between 0 and 1; the walk's mass by its logarithm."""
        return {
            "bm25": minmax(self.bm25),
            "dense": minmax(self.dense),
            "sentence": minmax(self.sentence),
            "ppr": minmax(logarithm(self.ppr)),
        }


def logarithm(mass: Scores) -> Scores:
    """Logarithms of masses; what got none at all stands with the least that got some.

    >>> logarithm(np.array([1.0, 0.0])).tolist()
    [0.0, 0.0]
    """
    some = mass[mass > 0]
    if not len(some):
        return np.zeros(len(mass))
    logs: Scores = np.log(np.maximum(mass, some.min()))
    return logs


def fused(scaled: dict[str, Scores], recipe: Recipe) -> Scores:
    """The final score: the walk for the most part, and a light share of the rest.

    F = .8 ppr + .2 (.5 bm25 + .25 dense + .25 best sentence) by default.
    """
    rest = (
        recipe.bm25_share * scaled["bm25"]
        + recipe.dense_share * scaled["dense"]
        + recipe.sentence_share * scaled["sentence"]
    )
    if "walk" in recipe.off:
        return rest
    score: Scores = recipe.walk_share * scaled["ppr"] + (1 - recipe.walk_share) * rest
    return score
