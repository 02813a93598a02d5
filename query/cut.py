"""Cut: what was a candidate and is not among the hits of a page, at which step it fell out, and by what.

Only what the viewer sees can be cut: what access, time or a scope hides is no candidate, and so is never told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ..graph.record import Version

Span = tuple[int, int]

CUTS = 5
"""Candidates that are told of for each step, the best first."""
BEHIND = 3
"""Parts of a score that are told of, where it is behind the last hit's."""
_LEAST = 1e-9
"""A part that is less behind is not."""


class CutStep(StrEnum):
    """Where a candidate falls out; `duplicates` and `succession` are steps of the recipe.

    `filter`: it does not meet the filter; `merged`: somebody decided that its cube and a hit are one; `duplicates`: it
    says what a hit says; `succession`: what supersedes it, or is proposed to, took its place; `limit`: it stands further down.
    """

    FILTER = "filter"
    MERGED = "merged"
    DUPLICATES = "duplicates"
    SUCCESSION = "succession"
    LIMIT = "limit"


def _turn(parts: Mapping[str, float]) -> bool:
    return any(name.startswith("turn_") for name in parts)


@dataclass(frozen=True, slots=True)
class Cut:
    """One candidate that is no hit of the page.

    `cube` was read through the guarded store, `sentence` are the characters of its sentence nearest to the question.
    `by` is the cube for which it is left out: the hit that says or is the same, or what supersedes it. `place` is where
    it would have stood, from 1 (of `filter` and `succession`), `chance` how likely `by` supersedes it: below
    `AUTOMATIC` that is a proposal, which only says which comes first. Of `limit`, `gap` is how much its score is below that of
    the last hit, and `behind` in which parts (of `Hit.added`) it is most; `unmet` are the parts of the filter that it
    does not meet.
    """

    cube: Version
    step: CutStep
    score: float
    sentence: Span
    by: str | None = None
    place: int | None = None
    chance: float | None = None
    gap: float | None = None
    behind: Mapping[str, float] = field(default_factory=dict)
    unmet: tuple[str, ...] = ()

    @property
    def quote(self) -> str:
        """The words of the nearest sentence."""
        return self.cube.text[self.sentence[0] : self.sentence[1]]


def behind(last: Mapping[str, float], cut: Mapping[str, float]) -> dict[str, float]:
    """In which parts of a score a candidate is most behind the last hit, and by how much.

    >>> behind({"fused": 0.5, "title": 0.25}, {"fused": 0.75, "wording": -0.5})
    {'wording': 0.5, 'title': 0.25}

    Turns of dialogues are ordered by other parts, which are compared among themselves alone.

    >>> behind({"turn_near": 0.5}, {"fused": 0.75})
    {}
    """
    if _turn(last) != _turn(cut):
        return {}
    lacking = {
        name: last.get(name, 0.0) - cut.get(name, 0.0) for name in dict.fromkeys([*last, *cut])
    }
    most = sorted(lacking.items(), key=lambda part: (-part[1], part[0]))
    return {name: value for name, value in most[:BEHIND] if value > _LEAST}
