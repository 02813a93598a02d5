"""Rank: where a page of a ranking goes on, found again though something was destroyed since."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..graph.errors import Invalid
from ..graph.index.nearness import Scores
from .best import DIGITS

_OTHER = "the cursor belongs to another listing: leave `after` out"


@dataclass(frozen=True, slots=True)
class Rank:
    """The last hit of a page: how many there were up to it, its score and its cube.

    >>> Rank.read(Rank(3, 0.5, "n1").text)
    Rank(offset=3, score=0.5, node='n1')
    """

    offset: int = 0
    score: float = 0.0
    node: str = ""

    @property
    def text(self) -> str:
        """The place as a cursor holds it."""
        score = round(self.score, DIGITS)
        return json.dumps([self.offset, score, self.node], separators=(",", ":"))

    @classmethod
    def read(cls, text: str | None) -> Rank:
        """Read a place; the very beginning where there is none."""
        if text is None:
            return cls()
        try:
            offset, score, node = json.loads(text)
        except (ValueError, TypeError, RecursionError):
            raise Invalid(_OTHER) from None
        if type(offset) is not int or not isinstance(score, float | int) or offset < 0:
            raise Invalid(_OTHER)
        return cls(offset, float(score), str(node))

    def start(self, chosen: Sequence[int], score: Scores, node: Callable[[int], str]) -> int:
        """Where the next page begins in a ranking, best first.

        That is behind the hit; where it was destroyed since, at the first of those that stood behind it: of
        a lower score, or of the same and further down.
        """
        if not self.node:
            return 0
        for at, passage in enumerate(chosen):
            if node(passage) == self.node:
                return at + 1
        for at, passage in enumerate(chosen):
            near = round(float(score[passage]), DIGITS)
            if near < self.score or (near == self.score and at >= self.offset - 1):
                return at
        return len(chosen)
