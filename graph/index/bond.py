"""Bond: one link between two passages of a view, by their numbers in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..supersession.link import Verdict

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Bond:
    """The passage `new` replaces (or disputes) the passage `old`, with probability `chance`.

    Spans are the characters of the sentences that say so, in each; `ruled` is the change by which somebody
    approved it, 0 where it is only computed. `rival` is what a likelier link of the same sentence of `new` weighs, by
    which `chance` has fallen, 0 where there is none (`rivalry`).
    """

    new: int
    old: int
    verdict: Verdict
    chance: float
    new_span: Span
    old_span: Span
    ruled: int = 0
    rival: float = 0.0

    @classmethod
    def of(cls, mine: int, theirs: int, said: Sequence[int]) -> Bond:
        """Read a row of the index: whose it is, whom it names, and the seven numbers of `cube.bond`.

        >>> Bond.of(4, 7, [0, 0, 950, 0, 9, 3, 8]).new
        7
        """
        is_new, verdict, chance, start, end, their_start, their_end = said
        here, there = (start, end), (their_start, their_end)
        if is_new:
            return cls(mine, theirs, Verdict(verdict), chance / 1000, here, there)
        return cls(theirs, mine, Verdict(verdict), chance / 1000, there, here)


@dataclass(frozen=True, slots=True)
class Succeeding:
    """The same by the ids of the cubes, for those who do not number passages."""

    new: str
    old: str
    verdict: Verdict
    chance: float
    new_span: Span
    old_span: Span
    ruled: int = 0
    rival: float = 0.0

    @classmethod
    def of(cls, bond: Bond, node: Callable[[int], str]) -> Succeeding:
        """The same link, with `node` giving the cube of a passage."""
        ends = node(bond.new), node(bond.old)
        spans = bond.new_span, bond.old_span
        return cls(*ends, bond.verdict, bond.chance, *spans, bond.ruled, bond.rival)
