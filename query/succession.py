"""Succession: at question time the new takes the place of the old, and the old comes after it.

A link counts where both its passages are visible, from `accept` on. It moves ranks only where the sentence that
is superseded is the one of the old passage which is nearest to the question, so that a long passage is not pushed
back for a sentence nobody asked for. A likely link that nobody has decided on yet says nothing of either, but of two passages that
bear on the question about as well the later comes first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from ..graph.belief import Status
from ..graph.index.bond import Bond
from ..graph.index.nearness import Scores
from ..graph.supersession.link import Verdict

Span = tuple[int, int]

NEAR = 0.6
"""What perhaps takes the place of another comes before it, if its own score is so large a part of the other's."""
AMONG = 50
"""The best passages, among which what is perhaps outdated is looked for."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a hit stands to another cube: `status` is what it is because of it.

    `span` are the characters of the hit, `their_span` those of the other; `by` is the other cube's id.
    """

    status: Status
    by: str
    chance: float
    span: Span
    their_span: Span

    def of(self, sentence: Span) -> bool:
        """Whether it is about these characters of the hit."""
        return _touches(self.span, sentence)


class Succession:
    """The links that count on one view."""

    def __init__(self, bonds: Sequence[Bond], accept: float) -> None:
        self._over: dict[int, list[Bond]] = defaultdict(list)
        self._disputes: dict[int, list[Bond]] = defaultdict(list)
        self._doubted: dict[int, list[Bond]] = defaultdict(list)
        for bond in bonds:
            if bond.chance < accept:
                if bond.verdict is Verdict.SUPERSEDES and accept <= 1:
                    self._doubted[bond.old].append(bond)
            elif bond.verdict is Verdict.SUPERSEDES:
                self._over[bond.old].append(bond)
            else:
                self._disputes[bond.old].append(bond)
                self._disputes[bond.new].append(bond)

    def lifted(
        self,
        score: Scores,
        asked: Callable[[int], Span],
        settled: Callable[[Sequence[int]], Collection[int]] = tuple,
    ) -> tuple[Scores, dict[int, int]]:
        """The scores with each new passage raised to its old one's, and how many steps each is outdated.

        `asked` gives the characters of a passage that are nearest to the question, `settled` which of some passages no
        doubtful link moves: turns of a dialogue, where what is said later is so often no other word on the same, and what fits
        the time that is asked about.
        """
        raised = np.array(score, dtype=np.float64)
        moving = {
            old: [b for b in bonds if _touches(b.old_span, asked(old))]
            for old, bonds in self._over.items()
        }
        # an old one of several steps hands its rank on: at most as often as there are old ones
        steps: dict[int, int] = {}
        for _ in range(len(moving)):
            changed = False
            for old, bonds in moving.items():
                for bond in bonds:
                    if raised[bond.new] < raised[old]:
                        raised[bond.new], changed = raised[old], True
                    if steps.get(bond.new, 0) <= len(moving) and steps.get(old, 0) <= steps.get(
                        bond.new, 0
                    ):
                        steps[old], changed = steps.get(bond.new, 0) + 1, True
            if not changed:
                break
        if self._doubted:
            self._order_doubted(raised, steps, asked, settled)
        return raised, steps

    def _order_doubted(
        self,
        raised: Scores,
        steps: dict[int, int],
        asked: Callable[[int], Span],
        settled: Callable[[Sequence[int]], Collection[int]],
    ) -> None:
        """Raise what is proposed to take another's place to that one, where both bear on the question about as well."""
        held = raised.copy()
        least = max(np.sort(held)[-AMONG:].min(), np.finfo(np.float64).tiny)
        near = [
            bond
            for old, bonds in self._doubted.items()
            for bond in bonds
            if old not in steps
            and held[old] >= least
            and held[old] >= held[bond.new] >= NEAR * held[old]
            and _touches(bond.old_span, asked(old))
        ]
        kept = settled(sorted({bond.old for bond in near})) if near else ()
        for bond in near:
            if bond.old not in kept:
                raised[bond.new] = max(raised[bond.new], held[bond.old])
                steps[bond.old] = max(steps.get(bond.old, 0), steps.get(bond.new, 0) + 1)

    def perhaps(
        self, passage: int, sentence: Span, node: Callable[[int], str]
    ) -> tuple[str, float] | None:
        """What is likeliest proposed to take the place of these characters of a passage, and how likely."""
        found = [b for b in self._doubted.get(passage, ()) if _touches(b.old_span, sentence)]
        best = min(found, key=lambda b: (-b.chance, node(b.new)), default=None)
        return None if best is None else (node(best.new), best.chance)

    def doubts(
        self, passage: int, before: Collection[int], node: Callable[[int], str]
    ) -> tuple[Standing, ...]:
        """What is proposed to take the place of a sentence of a passage, of some others, the likeliest first."""
        found = [
            Standing(Status.SUPERSEDED, node(b.new), b.chance, b.old_span, b.new_span)
            for b in self._doubted.get(passage, ())
            if b.new in before
        ]
        return tuple(sorted(found, key=lambda s: (-s.chance, s.by)))

    def standings(self, passage: int, node: Callable[[int], str]) -> tuple[Standing, ...]:
        """What supersedes or disputes a passage, the likeliest first."""
        found = [
            Standing(Status.SUPERSEDED, node(b.new), b.chance, b.old_span, b.new_span)
            for b in self._over.get(passage, ())
        ]
        for bond in self._disputes.get(passage, ()):
            mine = bond.old == passage
            other, here, there = (
                (bond.new, bond.old_span, bond.new_span)
                if mine
                else (bond.old, bond.new_span, bond.old_span)
            )
            found.append(Standing(Status.DISPUTED, node(other), bond.chance, here, there))
        return tuple(sorted(found, key=lambda s: (s.status != Status.SUPERSEDED, -s.chance, s.by)))


def _touches(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
