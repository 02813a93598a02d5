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
        passage[here] = cosines(segment["cube.vector"], question)[rows]
        scores = cosines(segment["cube.sense"], question)
        run_best, run_place = best_of_runs(scores, segment["cube.sentence@"])
        best[here], place[here] = run_best[rows], run_place[rows]
        found += _nearest(segment, scores, mine, top)
    found.sort(key=lambda s: (-s.score, nodes[s.passage], s.place))
    return Nearness(passage, best, place, tuple(found[:top]))


def _nearest(segment: Segment, scores: Scores, mine: Places, top: int) -> list[Sentence]:
    """The nearest visible sentences of one segment, more than `top` only where the last are equal."""
    offsets = segment["cube.sentence@"]
    owner = np.repeat(mine, np.diff(offsets))
    seen = np.flatnonzero(owner >= 0)
    if len(seen) > top:
        least = np.partition(scores[seen], -top)[-top]
        seen = seen[scores[seen] >= least]
    runs = np.searchsorted(offsets, seen, side="right") - 1
    return [
        Sentence(
            int(owner[i]),
            int(i - offsets[run]),
            (int(segment["cube.sentence"][i][0]), int(segment["cube.sentence"][i][1])),
            float(scores[i]),
        )
        for i, run in zip(seen.tolist(), runs.tolist(), strict=True)
    ]
