"""Nearness: how near passages and their sentences are to a question, by the vectors of segments.

Up to a number of vectors all are compared. Above it those that may be near are told by their sketches (see
`sketch`) and compared as exactly; the others have the score that their sketch speaks for. Which are compared
depends on the visible vectors alone, and not on how they are divided into segments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from .columns import spread
from .derivation import whole
from .hamming import Distances, distances
from .segment import Segment
from .sketch import expected, reach, sketches
from .vectors import best_of_runs, cosines

Scores = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Seen = npt.NDArray[np.bool_]

EXACT = 100_000
"""Visible vectors up to which all are compared."""

DEPTH = 32
"""Of how many passages, and of how many by their best sentence, the order is to be exact at least."""

FIRST = 4
"""How many times as many are compared first, to learn how near the last of them is."""

UNSEEN = 60_000
"""What a vector that does not count differs by: more than any has bits."""

MANY = 3
"""Where a third of the rows has to be compared, reading all in order is no slower."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near each visible passage is to a question: itself, and its best sentence.

    `best` is the place of that sentence, -1 where none is known. Where not all are `exact`, those that can
    be among the first by either score have exact ones, no other has a higher one than the last of the
    first, and what others have is an estimate.
    """

    passage: Scores
    sentence: Scores
    best: Places
    exact: bool = True


def nearness(
    segments: Sequence[Segment],
    places: Sequence[Places],
    size: int,
    question: npt.NDArray[Any],
    *,
    exact: int = EXACT,
    depth: int = DEPTH,
    among: Seen | None = None,
) -> Nearness:
    """Score the `size` visible passages against a question's unit vector.

    `places` has for each segment which passage a cube row is (-1 for one that is not visible). More
    than `exact` visible vectors are compared by their sketches first, and only the best `depth` and
    the passages `among` which some are sought by themselves.
    """
    if vectors(segments, places) > exact:
        return _sketched(segments, places, size, question, depth, among)
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


def vectors(segments: Sequence[Segment], places: Sequence[Places]) -> int:
    """How many vectors the visible passages and their sentences have."""
    return sum(
        int((1 + np.diff(segment["cube.sense@"]))[mine >= 0].sum())
        for segment, mine in zip(segments, places, strict=True)
    )


def _alone(segment: Segment) -> Places:
    """The rows of cubes whose only sentence has the vector of the passage."""
    return segment.noted(
        "alone",
        lambda: np.flatnonzero(
            (np.diff(segment["cube.sense@"]) == 0) & (np.diff(segment["cube.sentence@"]) > 0)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Runs:
    """The cubes that have sentences, those with most first; where those of each begin; and how many have a first
    one, a second and so on.

    The least of each run is found sentence by sentence of all at once: NumPy takes longer for each of many runs.
    """

    cubes: Places
    begin: Places
    having: tuple[int, ...]

    @classmethod
    def of(cls, at: Places) -> _Runs:
        """The runs that begin at each place but the last."""
        counts = np.diff(at)
        order = np.argsort(-counts, kind="stable")
        order = order[: np.count_nonzero(counts)]
        having = len(order) - np.cumsum(np.bincount(counts[order]))[:-1]
        return cls(order, at[order], tuple(having.tolist()))

    def least(self, values: Distances) -> Distances:
        """The least value of each run."""
        found = values[self.begin]
        for place, many in enumerate(self.having[1:], start=1):
            here = found[:many]
            np.minimum(here, values[self.begin[:many] + place], out=here)
        return found


@dataclass(frozen=True, slots=True)
class _Strip:
    """Some vectors of a segment, and in how many bits each differs from the question.

    Those that do not count differ in more bits than there are. `passage` says of each cube which one it
    is, `at` where the vectors of each begin, in `runs`; None where each has one.
    """

    vectors: npt.NDArray[np.int16]
    apart: Distances
    passage: Places
    at: Places | None = None
    runs: _Runs | None = None

    def cubes(self, rows: Places) -> Places:
        """The cubes that some vectors are of."""
        return rows if self.at is None else np.searchsorted(self.at, rows, "right") - 1

    def within(self, most: int, among: Seen | None = None) -> Places:
        """The vectors that differ in so many bits at most, and those of some passages."""
        near = np.flatnonzero(self.apart <= most)
        if among is None:
            return near
        cubes = np.flatnonzero((self.passage >= 0) & among[self.passage])
        rows = cubes if self.at is None else spread(self.at, cubes)[0]
        counted: Places = np.union1d(near, rows[self.apart[rows] < UNSEEN])
        return counted

    def scores(self, rows: Places, question: npt.NDArray[Any]) -> Scores:
        """The exact scores of some vectors."""
        if MANY * len(rows) > len(self.vectors):
            return cosines(self.vectors, question)[rows]
        return cosines(self.vectors, question, rows)

    def nearest(self) -> tuple[Places, Distances]:
        """The passages that have vectors here, and in how many bits the nearest of each differs."""
        passage, apart = self.passage, self.apart
        if self.runs is not None:
            passage, apart = passage[self.runs.cubes], self.runs.least(apart)
        seen = apart < UNSEEN
        return (passage, apart) if seen.all() else (passage[seen], apart[seen])

    def best(self, rows: Places, question: npt.NDArray[Any]) -> tuple[Places, Places, Scores]:
        """Of the passages that some vectors (ascending) are of the best score, and which of theirs has it first."""
        values = self.scores(rows, question)
        if self.at is None:
            return self.passage[rows], np.zeros(len(rows), np.int64), values
        cubes = self.cubes(rows)
        begin = np.flatnonzero(np.diff(cubes, prepend=-1))
        best, place = best_of_runs(values, np.append(begin, len(rows)))
        cubes = cubes[begin]
        return self.passage[cubes], rows[begin + place] - self.at[cubes], best


def _sketched(
    segments: Sequence[Segment],
    places: Sequence[Places],
    size: int,
    question: npt.NDArray[Any],
    depth: int,
    among: Seen | None,
) -> Nearness:
    """The same by sketches: what may be among the first `depth` is compared, the rest is estimated."""
    asked = sketches(whole(question)[None])[0]
    passages, sentences = list[_Strip](), list[_Strip]()
    for segment, mine in zip(segments, places, strict=True):
        apart = distances(segment["cube.sketch"], asked)
        apart[mine < 0] = UNSEEN
        passages.append(_Strip(segment["cube.vector"], apart, mine))
        at = segment["cube.sense@"]
        said = distances(segment["cube.outline"], asked)
        if (mine < 0).any():
            said[np.repeat(mine < 0, np.diff(at))] = UNSEEN
        runs = segment.noted("runs", partial(_Runs.of, at))
        sentences.append(_Strip(segment["cube.sense"], said, mine, at, runs))
        alone, only = _alone(segment), np.full(len(mine), UNSEEN, np.uint16)
        only[alone] = apart[alone]
        sentences.append(_Strip(segment["cube.vector"], only, mine))
    bits = 64 * len(asked)
    passage, _ = _scored(passages, size, question, depth, bits, among)
    return Nearness(passage, *_scored(sentences, size, question, depth, bits, among), exact=False)


def _scored(
    strips: Sequence[_Strip],
    size: int,
    question: npt.NDArray[Any],
    depth: int,
    bits: int,
    among: Seen | None,
) -> tuple[Scores, Places]:
    """The score of each passage by the nearest of its vectors, and which of them that is, if it is known."""
    counts = np.zeros(UNSEEN + 1, np.int64)
    for strip in strips:
        counts += np.bincount(strip.apart, minlength=UNSEEN + 1)
    within, first = np.cumsum(counts[: bits + 1]), FIRST * depth
    while True:
        most = int(np.searchsorted(within, min(first, int(within[-1]))))
        best = _best(strips, most, question)
        if len(best) >= depth or within[most] == within[-1]:
            break
        first *= 2  # many were of the same passages
    least = best[min(depth, len(best)) - 1] if best else -1.0
    most = max(most, reach(least, bits))
    score, place = np.full(size, -np.inf), np.full(size, -1, np.int64)
    table = np.minimum(expected(counts[: bits + 1]), least)
    for strip in strips:
        owner, apart = strip.nearest()
        score[owner] = table[apart]
        owner, first_of, values = strip.best(strip.within(most, among), question)
        score[owner], place[owner] = values, first_of
    return score, place


def _best(strips: Sequence[_Strip], most: int, question: npt.NDArray[Any]) -> list[float]:
    """The scores of the passages of which a vector differs in so many bits at most, best first."""
    best: dict[int, float] = {}
    for strip in strips:
        rows = strip.within(most)
        owner, scores = strip.passage[strip.cubes(rows)], strip.scores(rows, question)
        for passage, score in zip(owner.tolist(), scores.tolist(), strict=True):
            best[passage] = max(score, best.get(passage, -1.0))
    return sorted(best.values(), reverse=True)
