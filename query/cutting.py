"""Cutting: which candidates a page leaves out, told by the step at which each fell out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from ..graph.belief import Status
from ..graph.index.nearness import Scores
from ..graph.index.view import View
from ..graph.tag_expression import Mask
from .asking import Asking
from .best import DIGITS, best
from .cut import CUTS, Cut, CutStep, behind
from .succession import Succession

Unmet = Callable[[Sequence[int]], Mapping[int, tuple[str, ...]]]
"""Which parts of the filter each of some passages does not meet."""


@dataclass(frozen=True, slots=True)
class Line:
    """A ranking and the page that is shown of it: scores before and after succession, how many steps each passage is
    outdated, the best passages with some beyond the page, where the page begins, and whether reasons are kept."""

    alone: Scores
    score: Scores
    steps: Mapping[int, int]
    ranked: Sequence[int]
    start: int
    page: Sequence[int]
    reasons: bool

    @property
    def end(self) -> int:
        """How many stand up to the end of the page."""
        return self.start + len(self.page)

    @property
    def further(self) -> Sequence[int]:
        """The first that stand behind the page."""
        return self.ranked[self.end : self.end + CUTS]

    def value(self, passage: int) -> float:
        """A score as scores are compared."""
        return round(float(self.score[passage]), DIGITS)


class Cutting:
    """The cuts of one page: `CUTS` of each step at most, the best first."""

    def __init__(self, view: View, succession: Succession, asking: Asking, line: Line) -> None:
        self._view = view
        self._succession = succession
        self._asking = asking
        self._line = line
        self._found: dict[int, tuple[CutStep, dict[str, Any]]] = {}

    def filtered(self, met: Mask, unmet: Unmet) -> None:
        """What does not meet the filter and would stand within the page."""
        line = self._line
        rounded = np.round(line.score, DIGITS)
        inside = ~met
        if line.start:
            inside &= rounded <= line.value(line.ranked[line.start - 1])
        if line.further and line.page:
            inside &= rounded >= line.value(line.page[-1])
        chosen = best(self._view, line.score, CUTS, inside, line.steps)
        places = {i: place for i in chosen if (place := self._place(i)) > line.start}
        if line.further:
            places = {i: place for i, place in places.items() if place <= line.end}
        parts = unmet(list(places)) if places else {}
        for i, place in places.items():
            self._found[i] = CutStep.FILTER, {"place": place, "unmet": parts[i]}

    def _place(self, passage: int) -> int:
        """Where a passage would stand among those up to the end of the page, from 1."""
        line = self._line
        alike = [i for i in line.ranked[: line.end] if line.value(i) == line.value(passage)]
        before = sum(line.value(i) > line.value(passage) for i in line.ranked[: line.end])
        among = np.zeros(len(line.score), np.bool_)
        among[[passage, *alike]] = True
        order = best(self._view, line.score, len(alike) + 1, among, line.steps)
        return before + order.index(passage) + 1

    def stood_for(self, step: CutStep, groups: Mapping[int, Sequence[int]]) -> None:
        """What the hits stand for; `groups` has it by passage."""
        others = ((i, hit) for hit in self._line.page for i in groups.get(hit, ()))
        for i, hit in islice(others, CUTS):
            self._found[i] = step, {"by": self._view.node(hit)}

    def below(self, allowed: Mask) -> None:
        """What stands behind the page: for what supersedes it, or by its score."""
        line = self._line
        if not line.page:
            return
        alone: list[int] = []
        why: dict[str, Any]
        if any(i in line.steps for i in line.further):
            alone = best(self._view, line.alone, line.end, allowed)
        last = line.page[-1]
        for i in line.further:
            if i in alone:
                place = alone.index(i) + 1
                by, chance = self._successor(i)
                why = {"place": place, "by": by, "chance": chance}
                self._found[i] = CutStep.SUCCESSION, why
                continue
            why = {"gap": float(line.score[last] - line.score[i])}
            if line.reasons:
                why["behind"] = behind(
                    *(self._asking.added(p, float(line.score[p])) for p in (last, i))
                )
            self._found[i] = CutStep.LIMIT, why

    def _successor(self, passage: int) -> tuple[str | None, float | None]:
        """What supersedes the sentence that is nearest to the question, or perhaps does."""
        sentence = self._asking.sentence(passage)
        for standing in self._succession.standings(passage, self._view.node):
            if standing.status is Status.SUPERSEDED and standing.of(sentence):
                return standing.by, standing.chance
        return self._succession.perhaps(passage, sentence, self._view.node) or (None, None)

    def told(self) -> tuple[Cut, ...]:
        """The cuts that were found, by their steps in the order in which they were looked for."""
        cubes = self._asking.cubes(list(self._found))
        return tuple(
            Cut(cubes[i], step, float(self._line.score[i]), self._asking.sentence(i), **why)
            for i, (step, why) in self._found.items()
            if i in cubes
        )
