"""Closeness: the vectors of a view's passages, of all at once, of some, or of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from .columns import spread, starts
from .nearness import DEPTH, Nearness, Places, Scores, Seen, nearness
from .segment import Segment
from .vectors import best_of_runs, cosines


@dataclass(frozen=True, slots=True)
class Closeness:
    """How close the passages of a view are to a question.

    `places` has for each segment which passage a cube row is (-1 for one that is not visible), `part` and
    `row` for each passage where it stands. More than `exact` vectors are not all compared.
    """

    segments: Sequence[Segment]
    places: Sequence[Places]
    part: Places
    row: Places
    exact: int

    def passages(
        self, question: npt.NDArray[Any], depth: int = DEPTH, among: Seen | None = None
    ) -> Nearness:
        """Score all passages and their sentences against a question's unit vector.

        Where they are too many to compare them all, the order of the first `depth` is exact, and the
        scores of those `among` which some are sought.
        """
        return nearness(
            self.segments,
            self.places,
            len(self.part),
            question,
            exact=self.exact,
            depth=depth,
            among=among,
        )

    def compared(
        self, found: Nearness, passages: Sequence[int], question: npt.NDArray[Any]
    ) -> Nearness:
        """The same with exact scores of some passages."""
        passage, sentence, best = found.passage.copy(), found.sentence.copy(), found.best.copy()
        wanted = np.array(sorted(passages), np.int64)
        for number, segment in enumerate(self.segments):
            mine = wanted[self.part[wanted] == number]
            rows = self.row[mine]
            own = cosines(segment["cube.vector"][rows], question)
            items, counts = spread(segment["cube.sense@"], rows)
            said = cosines(segment["cube.sense"][items], question)
            nearest, place = best_of_runs(said, starts(counts))
            # a single sentence has the vector of its passage
            alone = counts == 0
            nearest[alone], place[alone] = own[alone], 0
            passage[mine], sentence[mine], best[mine] = own, nearest, place
        return replace(found, passage=passage, sentence=sentence, best=best)

    def sentences(self, passage: int, question: npt.NDArray[Any]) -> Scores:
        """How close each sentence of a passage is to a question's unit vector."""
        segment, row = self.segments[self.part[passage]], self.row[passage]
        at = segment["cube.sense@"]
        senses = segment["cube.sense"][at[row] : at[row + 1]]
        # a single sentence has the vector of its passage
        return cosines(senses if len(senses) else segment["cube.vector"][row : row + 1], question)

    def rows(self, passages: Sequence[int]) -> npt.NDArray[np.int16]:
        """The vectors of some passages as whole numbers, of shape (passages, columns)."""
        wanted = np.array(passages, np.int64)
        found = np.empty((len(wanted), self.segments[0].dimension), np.int16)
        for number, segment in enumerate(self.segments):
            mine = self.part[wanted] == number
            found[mine] = segment["cube.vector"][self.row[wanted[mine]]]
        return found
