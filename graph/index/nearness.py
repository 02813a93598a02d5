"""Nearness: how near passages and their sentences are to a question, by the vectors of segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .segment import Segment
from .vectors import best_of_runs, cosines

Scores = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near each visible passage is to a question: itself, and its best sentence."""

    passage: Scores
    sentence: Scores
    best: Places


def nearness(
    segments: Sequence[Segment],
    places: Sequence[Places],
    size: int,
    question: npt.NDArray[Any],
) -> Nearness:
    """Score the `size` visible passages against a question's unit vector.

    `places` has for each segment which passage a cube row is (-1 for one that is not visible).
    """
    passage, best = np.zeros(size), np.zeros(size)
    place = np.full(size, -1, dtype=np.int64)
    for segment, mine in zip(segments, places, strict=True):
        rows = np.flatnonzero(mine >= 0)
        if not len(rows):
            continue
        here = mine[rows]
        whole = cosines(segment["cube.vector"], question)
        passage[here] = whole[rows]
        scores = cosines(segment["cube.sense"], question)
        run_best, run_place = best_of_runs(scores, segment["cube.sense@"])
        alone = _alone(segment)
        run_best[alone], run_place[alone] = whole[alone], 0
        best[here], place[here] = run_best[rows], run_place[rows]
    return Nearness(passage, best, place)


def _alone(segment: Segment) -> Places:
    """The rows of cubes whose only sentence has the vector of the passage."""
    return segment.noted(
        "alone",
        lambda: np.flatnonzero(
            (np.diff(segment["cube.sense@"]) == 0) & (np.diff(segment["cube.sentence@"]) > 0)
        ),
    )
