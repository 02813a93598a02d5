"""Packing: which form of which cube is told, so that most is said within a budget of tokens.

Of each item at most one option is taken (its passage, some sentences, its triples): the multiple-choice
knapsack problem. The linear relaxation is solved on the convex hull of each item's options (Sinha and
Zoltners 1979; Dyer 1984, Zemel 1984); then, as in Pisinger's MCKNAP ("A minimal algorithm for the
multiple-choice knapsack problem", EJOR 83, 1995), only a core of items around the one that the relaxation
breaks is worked out by dynamic programming. Unlike there the core is bounded, and large budgets are counted
in coarser units, so that the time is bounded too; `Packing.bound` says how much could be missing at most.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from ..graph.errors import Invalid

CORE = 640
"""Options that the dynamic program looks at, and the units of budget that it tells apart."""
WIDTH = 4096
MANY = 4096
"""Options from which on both are halved: what is hard among so many has near equals, and time is bounded."""
_LARGE = 8
_FILLS = 12
_ENOUGH = 0.999
_MANY_ENOUGH = 0.99
"""Of the bound: what a choice reaches that is not searched on for a better one; of more options than a core."""

_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


class Priced(Protocol):
    """Something that costs tokens and is worth something."""

    @property
    def tokens(self) -> int:
        """What it costs, 0 or more."""
        ...

    @property
    def worth(self) -> float:
        """What it is worth; 0 or less is never taken."""
        ...


@dataclass(frozen=True, slots=True)
class Option:
    """One way to tell an item."""

    tokens: int
    worth: float


P = TypeVar("P", bound=Priced)


@dataclass(frozen=True, slots=True)
class Packing(Generic[P]):
    """What was chosen of each item, in their order; `bound` is a worth that no choice exceeds."""

    chosen: tuple[P | None, ...]
    tokens: int
    worth: float
    bound: float


def pack(items: Sequence[Sequence[P]], budget: int) -> Packing[P]:
    """Choose at most one option of each item, together of at most `budget` tokens.

    The same input gives the same choice; of equals the first is taken. With up to 640 options and 4,096
    tokens the choice is at least 99.9 % of the best one; beyond that `bound` tells. 10,000 items of three
    options take 10 to 20 milliseconds, also where large ones make it hard. Raises `Invalid` for a
    negative budget, negative tokens, or a worth that is no number.

    >>> whole, part, other = Option(90, 1.0), Option(30, 0.8), Option(60, 0.7)
    >>> made = pack([[whole, part], [other]], 100)
    >>> made.chosen == (part, other), made.tokens, made.worth
    (True, 90, 1.5)
    """
    if budget < 0:
        raise Invalid(f"a budget is a number of tokens, not {budget}")
    flat = list(chain.from_iterable(items))
    sizes = np.fromiter(map(len, items), np.int64, len(items))
    tokens = np.fromiter(map(attrgetter("tokens"), flat), np.int64, len(flat))
    worth = np.fromiter(map(attrgetter("worth"), flat), np.float64, len(flat))
    if len(flat) and (int(tokens.min()) < 0 or not np.isfinite(worth).all()):
        raise Invalid("an option costs 0 tokens or more, and its worth is a finite number")
    owner = np.repeat(np.arange(len(items)), sizes)
    usable = np.flatnonzero((tokens <= budget) & (worth > 0))
    chosen: list[P | None] = [None] * len(items)
    if not len(usable):
        return Packing(tuple(chosen), 0, 0.0, 0.0)
    knapsack = _Knapsack(owner[usable], tokens[usable], worth[usable], budget)
    taken = usable[knapsack.solve()]
    for place in taken.tolist():
        chosen[owner[place]] = flat[place]
    told = math.fsum(worth[taken].tolist())
    return Packing(tuple(chosen), int(tokens[taken].sum()), told, max(told, knapsack.bound))


class _Steps(NamedTuple):
    """Options, each with what it costs and adds beyond the one before it of its item."""

    option: _Ints
    cost: _Ints
    gain: _Floats


class _Knapsack:
    """The options that fit alone, sorted by item; a choice is an option for each item, or -1."""

    def __init__(self, owner: _Ints, tokens: _Ints, worth: _Floats, budget: int) -> None:
        self.tokens, self.worth, self.budget = tokens, worth, budget
        self.starts = np.flatnonzero(np.diff(owner, prepend=-1))
        self.ends = np.append(self.starts[1:], len(owner))
        self.row = np.repeat(np.arange(len(self.starts)), self.ends - self.starts)
        self.bound = 0.0
        smaller = 2 if len(owner) > MANY else 1
        self.most, self.width = CORE // smaller, WIDTH // smaller

    def solve(self) -> _Ints:
        """The options taken."""
        best = _first_highest(self.worth, self.starts, self.row, self.tokens)
        if int(self.tokens[best].sum()) <= self.budget:
            self.bound = math.fsum(self.worth[best].tolist())
            return best
        steps = self._steps()
        choice, broken = self._greedy(steps)
        choice = self._filled(choice)
        if self._worth(choice) >= _ENOUGH * self.bound:
            return choice[choice >= 0]
        choice = self._better(choice, self._filled(self._past(steps)))
        enough = _ENOUGH if len(self.row) <= CORE else _MANY_ENOUGH
        nothing = np.full(len(self.starts), -1, np.int64)
        alone, largest = nothing.copy(), int(self.worth.argmax())
        alone[self.row[largest]] = largest
        choice = self._better(choice, self._beside(alone, steps))
        self.bound = min(self.bound, self._one_large(steps))
        if self._worth(choice) >= self.bound * (enough if len(self.row) > MANY else _ENOUGH):
            return choice[choice >= 0]
        core = self._core(steps.option, broken)
        choice = self._better(choice, self._filled(self._exact(choice, core, self.width)))
        if self._worth(choice) < enough * self.bound and self._room(choice, core) > self.width:
            # each token of the small items, where the core was counted in coarser units
            small = self._small(choice, core)
            choice = self._better(choice, self._filled(self._exact(choice, small, self.width)))
        if self._worth(choice) < enough * self.bound:
            # finer units for the first of the core, beside the others or before them
            options = np.cumsum(self.ends[core] - self.starts[core])
            core = core[: max(1, int(np.searchsorted(options, self.most // 8, side="right")))]
            choice = self._better(choice, self._filled(self._exact(choice, core, 8 * WIDTH)))
            first = self._exact(nothing, core, 8 * WIDTH)
            choice = self._better(choice, self._filled(self._beside(first, steps)))
        return choice[choice >= 0]

    def _steps(self) -> _Steps:
        """The options on the convex hulls, by what each adds for a token to the one before it.

        All hulls are walked at once, from nothing to the best: the next option of each is the one in the
        steepest direction.
        """
        rows = len(self.starts)
        spent, gained = np.zeros(rows, np.int64), np.zeros(rows)
        slope = np.full(rows, np.inf)
        left = np.arange(len(self.row))
        options, costs, gains, slopes = [], [], [], []
        while True:
            more = self.worth[left] - gained[self.row[left]]
            left, more = left[more > 0], more[more > 0]
            if not len(left):
                break
            row = self.row[left]
            cost = self.tokens[left] - spent[row]
            steep = np.divide(more, cost, out=np.full(len(left), np.inf), where=cost > 0)
            starts = np.flatnonzero(np.diff(row, prepend=-1))
            dense = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(left))))
            at = _first_highest(steep, starts, dense, self.tokens[left])
            step, row = left[at], row[at]
            # rounding must not bring a later step of an item before an earlier one
            slope[row] = np.minimum(slope[row], steep[at])
            spent[row], gained[row] = self.tokens[step], self.worth[step]
            options.append(step)
            costs.append(cost[at])
            gains.append(more[at])
            slopes.append(slope[row])
        order = np.argsort(-np.concatenate(slopes), kind="stable")
        return _Steps(*(np.concatenate(part)[order] for part in (options, costs, gains)))

    def _greedy(self, steps: _Steps) -> tuple[_Ints, int]:
        """The relaxation without the step that it breaks, and that step's place; sets the bound."""
        spent = np.cumsum(steps.cost)
        broken = int(np.searchsorted(spent, self.budget, side="right"))
        self.bound = float(steps.gain[:broken].sum())
        if broken < len(spent):
            room = self.budget - (int(spent[broken - 1]) if broken else 0)
            self.bound += float(steps.gain[broken]) * room / int(steps.cost[broken])
        self.bound *= 1 + 1e-12
        return self._standing(steps.option[:broken]), broken

    def _past(self, steps: _Steps) -> _Ints:
        """The relaxation without the items whose step it breaks: what comes after them is taken as well."""
        kept = np.ones(len(steps.option), bool)
        rows = self.row[steps.option]
        for _ in range(_FILLS):
            spent = np.cumsum(np.where(kept, steps.cost, 0))
            broken = int(np.searchsorted(spent, self.budget, side="right"))
            if broken == len(spent):
                break
            kept[broken:] &= rows[broken:] != rows[broken]
        kept[broken:] = False
        return self._standing(steps.option[kept])

    def _one_large(self, steps: _Steps) -> float:
        """A bound that knows that of the items beyond half of the budget one is taken at most."""
        least = np.minimum.reduceat(self.tokens, self.starts)
        large = least > self.budget // 2
        if not large.any():
            return math.inf
        small = ~large[self.row[steps.option]]
        spent = np.concatenate(([0], np.cumsum(steps.cost[small]), [np.iinfo(np.int64).max]))
        cost = np.concatenate((steps.cost[small], [1]))
        gain = np.concatenate((steps.gain[small], [0.0]))
        gained = np.concatenate(([0.0], np.cumsum(gain)))
        taken = np.flatnonzero(large[self.row])
        room = self.budget - np.concatenate(([0], self.tokens[taken]))
        at = np.searchsorted(spent, room, side="right") - 1  # the steps that fit whole
        rest = gained[at] + gain[at] * (room - spent[at]) / np.maximum(cost[at], 1)
        worth = np.concatenate(([0.0], self.worth[taken]))
        return float((worth + rest).max()) * (1 + 1e-12)

    def _beside(self, choice: _Ints, steps: _Steps) -> _Ints:
        """A choice, and what the relaxation takes of the other items in the room beside it."""
        others = choice[self.row[steps.option]] < 0
        spent = np.cumsum(steps.cost[others])
        room = self.budget - int(self._costs(choice).sum())
        fits = np.searchsorted(spent, room, side="right")
        return np.where(choice >= 0, choice, self._standing(steps.option[others][:fits]))

    def _standing(self, steps: _Ints) -> _Ints:
        choice = np.full(len(self.starts), -1, np.int64)
        choice[self.row[steps]] = steps  # of an item's steps the last one stands
        return choice

    def _core(self, steps: _Ints, broken: int) -> _Ints:
        """The items whose steps are nearest to the broken one, and those that are worth the most."""
        low = max(0, min(broken - self.most // 2, len(steps) - self.most))
        near = np.arange(low, min(len(steps), low + self.most))
        near = near[np.argsort(np.abs(near - broken), kind="stable")]
        rows = self.row[np.concatenate([*map(self._large, range(1, 5)), steps[near]])]
        _, first = np.unique(rows, return_index=True)
        rows = rows[np.sort(first)]
        within = np.cumsum(self.ends[rows] - self.starts[rows]) <= self.most
        within[0] = True
        core: _Ints = rows[within]
        return core

    def _large(self, times: int) -> _Ints:
        """The options of the most worth among those that fit so many times."""
        fits = np.flatnonzero(self.tokens <= self.budget // times)
        if len(fits) > _LARGE:
            fits = fits[np.argpartition(-self.worth[fits], _LARGE)[:_LARGE]]
        return fits

    def _small(self, choice: _Ints, core: _Ints) -> _Ints:
        """The smallest items of the core, as many as leave a room that is counted token by token."""
        most = np.maximum.reduceat(self.tokens, self.starts)[core]
        order = np.argsort(most, kind="stable")
        held = np.cumsum(self._costs(choice)[core[order]])
        room = self.budget - int(self._costs(choice).sum())
        return core[order[: max(1, int(np.searchsorted(held, self.width - room, side="right")))]]

    def _exact(self, choice: _Ints, core: _Ints, width: int) -> _Ints:
        """The best choice in the core, the other items left as they are (dynamic programming)."""
        room = self._room(choice, core)
        unit = max(1, -(-room // width))
        width = room // unit
        cost = (-(-self.tokens // unit)).tolist()
        best, spare = np.zeros(width + 1), np.empty(width + 1)
        took = np.full((len(core), width + 1), -1, np.int32)
        for place, row in enumerate(core.tolist()):
            before = best.copy()
            for option in range(self.starts[row], self.ends[row]):
                at = cost[option]
                if at <= width:
                    value = np.add(before[: width + 1 - at], self.worth[option], out=spare[at:])
                    higher = value > best[at:]
                    np.copyto(best[at:], value, where=higher)
                    np.copyto(took[place, at:], option, where=higher)
        made = choice.copy()
        for place in range(len(core) - 1, -1, -1):
            option = int(took[place, width])
            made[core[place]] = option
            width -= cost[option] if option >= 0 else 0
        return made

    def _filled(self, choice: _Ints) -> _Ints:
        """The same with what room is left: each time the change that adds the most."""
        choice = choice.copy()
        held = self._costs(choice)
        room = self.budget - int(held.sum())
        more = self.tokens - held[self.row]
        gain = self.worth - np.where(choice >= 0, self.worth[choice], 0.0)[self.row]
        fits = np.flatnonzero((gain > 0) & (more <= room))
        for _ in range(_FILLS):
            if not len(fits):
                break
            option = int(fits[gain[fits].argmax()])
            row, cost, won = self.row[option], more[option], gain[option]
            choice[row] = option
            room -= int(cost)
            more[self.starts[row] : self.ends[row]] -= cost
            gain[self.starts[row] : self.ends[row]] -= won
            if cost < 0:  # there is more room than before
                fits = np.flatnonzero(gain > 0)
            fits = fits[(gain[fits] > 0) & (more[fits] <= room)]
        return choice

    def _costs(self, choice: _Ints) -> _Ints:
        return np.where(choice >= 0, self.tokens[choice], 0)

    def _room(self, choice: _Ints, core: _Ints) -> int:
        """What the core may cost."""
        held = self._costs(choice)
        return self.budget - int(held.sum()) + int(held[core].sum())

    def _worth(self, choice: _Ints) -> float:
        return math.fsum(self.worth[choice[choice >= 0]].tolist())

    def _better(self, one: _Ints, other: _Ints) -> _Ints:
        return other if self._worth(other) > self._worth(one) else one


def _first_highest(value: _Floats, starts: _Ints, row: _Ints, tokens: _Ints) -> _Ints:
    """In each run the place of the highest value: of equals the fewest tokens, then the first."""
    top = np.maximum.reduceat(value, starts)
    hit = np.flatnonzero(value == top[row])
    if len(hit) == len(starts):
        return hit
    begins = np.flatnonzero(np.diff(row[hit], prepend=-1))
    least = np.repeat(
        np.minimum.reduceat(tokens[hit], begins), np.diff(np.append(begins, len(hit)))
    )
    hit = hit[tokens[hit] == least]
    first: _Ints = hit[np.diff(row[hit], prepend=-1) != 0]
    return first
