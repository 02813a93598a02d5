"""Vectors: exact dot products with rows of whole numbers, a block at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .derivation import SCALE, whole

BLOCK = 256
"""Rows that are widened to float32 at once: they stay in the processor's cache."""


def cosines(
    rows: npt.NDArray[Any],
    question: npt.NDArray[Any],
    places: npt.NDArray[np.int64] | None = None,
) -> npt.NDArray[np.float64]:
    """Score rows of shape (n, columns) against a unit vector, or those in some places; float64 of shape (n,).

    The same bits whatever other rows stand beside a row: see `derivation`.

    >>> cosines(whole(np.eye(3)), np.array([0.0, 1.0, 0.0])).tolist()
    [0.0, 1.0, 0.0]
    """
    asked = whole(question).astype(np.float32)
    size = len(rows) if places is None else len(places)
    scores = np.empty(size, dtype=np.float64)
    wide = np.empty((min(BLOCK, size), len(asked)), dtype=np.float32)
    taken = np.empty_like(wide, dtype=rows.dtype)
    for start in range(0, size, BLOCK):
        if places is None:
            block = rows[start : start + BLOCK]
        else:
            here_at = places[start : start + BLOCK]
            # into the same place each time: memory that is new costs more than the reading; clipped, for only
            # then it is written there without a copy
            block = rows.take(here_at, axis=0, out=taken[: len(here_at)], mode="clip")
        here = wide[: len(block)]
        np.copyto(here, block)
        # Not `@`: the threads of a BLAS wait for each other where other processes are busy.
        scores[start : start + BLOCK] = np.vecdot(here, asked)
    scores /= SCALE * SCALE
    return scores


def best_of_runs(
    scores: npt.NDArray[np.float64], offsets: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """The highest score of each run and its place in the run, the first of equals; -1 for an empty run.

    >>> [part.tolist() for part in best_of_runs(np.array([1.0, 3.0, 2.0]), np.array([0, 2, 2, 3]))]
    [[3.0, -inf, 2.0], [1, -1, 0]]
    """
    counts = np.diff(offsets)
    best = np.full(len(counts), -np.inf)
    place = np.full(len(counts), -1, dtype=np.int64)
    filled = np.flatnonzero(counts)
    if len(filled):
        best[filled] = np.maximum.reduceat(scores, offsets[filled])
        hit = np.flatnonzero(scores == np.repeat(best, counts))
        run = np.repeat(np.arange(len(counts)), counts)[hit]
        # Written backwards, so that the first of equal scores stays.
        place[run[::-1]] = (hit - offsets[run])[::-1]
    return best, place
