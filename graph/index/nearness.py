"""Nearness: how near passages and their sentences are to a question, by the vectors of segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .columns import Array
from .segment import Segment
from .vectors import best_of_runs, cosines

Scores = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a visible passage and how near it is to the question."""

    passage: int
    place: int
    span: tuple[int, int]
    score: float


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near each visible passage is to a question: itself, and its best sentence."""

    passage: Scores
    sentence: Scores
    best: Places
    top: tuple[Sentence, ...]


def nearness(
    segments: Sequence[Segment],
    places: Sequence[Places],
    nodes: Array,
    question: npt.NDArray[Any],
    top: int,
) -> Nearness:
    """Score what is visible against a question's unit vector, with the `top` nearest sentences.

    `places` has for each segment which passage a cube row is (-1 for one that is not visible), `nodes`
    the hash of each passage's node, by which equally near sentences are ordered.
    """
    size = len(nodes)
    passage, best = np.zeros(size), np.zeros(size)
    place = np.full(size, -1, dtype=np.int64)
    found: list[Sentence] = []
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
        seen = alone[mine[alone] >= 0]
        found += _nearest(segment, scores, mine, nodes, top)
        found += _sentences(segment, mine, nodes, whole[seen], (seen, np.zeros_like(seen)), top)
    found.sort(key=lambda s: (-s.score, nodes[s.passage], s.place))
    return Nearness(passage, best, place, tuple(found[:top]))


def _alone(segment: Segment) -> Places:
    """The rows of cubes whose only sentence has the vector of the passage."""
    return segment.noted(
        "alone",
        lambda: np.flatnonzero(
            (np.diff(segment["cube.sense@"]) == 0) & (np.diff(segment["cube.sentence@"]) > 0)
        ),
    )


def _nearest(
    segment: Segment, scores: Scores, mine: Places, nodes: Array, top: int
) -> list[Sentence]:
    """The nearest visible sentences of one segment among those with a vector of their own."""
    if not len(scores):
        return []
    offsets = segment["cube.sense@"]
    owner = np.repeat(mine, np.diff(offsets))
    seen = np.flatnonzero(owner >= 0)
    if len(seen) > top:
        least = np.partition(scores[seen], -top)[-top]
        seen = seen[scores[seen] >= least]
    runs = np.searchsorted(offsets, seen, side="right") - 1
    return _sentences(segment, mine, nodes, scores[seen], (runs, seen - offsets[runs]), top)


def _sentences(
    segment: Segment,
    mine: Places,
    nodes: Array,
    scores: Scores,
    where: tuple[Places, Places],
    top: int,
) -> list[Sentence]:
    """The nearest of some sentences, by the rows of their cubes and their places in them."""
    rows, number = where
    if len(scores) > top:
        # what is equal to the last goes by its node, so that none of them may be cut off here
        least = np.partition(scores, -top)[-top]
        kept = np.flatnonzero(scores >= least)
        rows, number, scores = rows[kept], number[kept], scores[kept]
    order = np.lexsort((number, nodes[mine[rows]], -scores))[:top]
    at = segment["cube.sentence@"]
    return [
        Sentence(int(mine[row]), int(place), (int(span[0]), int(span[1])), float(score))
        for row, place, span, score in zip(
            rows[order].tolist(),
            number[order].tolist(),
            segment["cube.sentence"][at[rows[order]] + number[order]].tolist(),
            scores[order].tolist(),
            strict=True,
        )
    ]
