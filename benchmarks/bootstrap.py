"""Paired bootstrap (Efron and Tibshirani 1993): what the same questions say of two rankings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 10_000
SEED = 20_260_101


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with the interval that holds 95 % of its resampled means."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:+.1f} [{self.low:+.1f}, {self.high:+.1f}]"


def paired(one: Sequence[float], other: Sequence[float], draws: int = DRAWS) -> Interval:
    """The mean difference one − other over the same items, resampled item by item.

    >>> paired([1.0, 1.0, 1.0], [0.0, 0.0, 0.0], draws=10)
    Interval(mean=1.0, low=1.0, high=1.0)
    """
    difference = np.asarray(one, np.float64) - np.asarray(other, np.float64)
    drawn = np.random.default_rng(SEED).integers(len(difference), size=(draws, len(difference)))
    low, high = np.percentile(difference[drawn].mean(axis=1), [2.5, 97.5])
    return Interval(float(difference.mean()), float(low), float(high))
