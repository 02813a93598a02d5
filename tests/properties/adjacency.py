"""Adjacency: which act came right after which, on each store; it is evened out, and printed at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from random import Random

TRIED: Counter[tuple[str, str, str]] = Counter()
"""How often, on a store, an act that changed something (or was refused) came right after another."""
ASKED: Counter[tuple[str, str, str]] = Counter()
"""How often it was asked whether it had anything to do then."""
OUTCOMES: Counter[tuple[str, str, str]] = Counter()
"""What came of each act on a store: done, or the name of the error on which store and oracle agreed."""

Told = list[list[str | int]]


class Order:
    """The acts of one history: at each step, what has come least often after the act before.

    `acts` are those that came; with them, the history is told again as it was, whatever was tried since.
    """

    def __init__(self, store: str, seed: int, acts: Sequence[str] = ()) -> None:
        self.store, self.seed, self.acts = store, seed, list(acts)
        self._again = bool(acts)

    def candidates(self, step: int, before: str, acts: Collection[str]) -> list[str]:
        """The acts to be tried at a step, the first that has something to do is taken."""
        if self._again:
            return [name for name in (self.acts[step],) if name]
        names = sorted(acts)
        Random(f"{self.seed}:{step}:order").shuffle(names)
        names.sort(key=lambda name: self._turn(before, name))
        return names

    def _turn(self, before: str, name: str) -> float:
        pair = self.store, before, name
        return TRIED[pair] + ASKED[pair] / 15

    def ask(self, before: str, name: str) -> None:
        """Count that an act was asked for something to do, so that one that seldom has waits for the others."""
        ASKED[self.store, before, name] += 1

    def note(self, before: str, name: str, outcome: str) -> None:
        """Count what came, or that nothing had anything to do."""
        if self._again:
            return
        self.acts.append(name)
        if name:
            OUTCOMES[self.store, name, outcome] += 1
        if name and before:
            TRIED[self.store, before, name] += 1


def table() -> Iterator[str]:
    """Rows came first, columns right after."""
    for store in sorted({store for store, _, _ in TRIED}):
        names = sorted({name for held, *pair in TRIED if held == store for name in pair})
        width = max(map(len, names), default=0)
        yield f"{store:<{width}}" + "".join(f"{name[:6]:>7}" for name in names)
        for one in names:
            cells = "".join(f"{TRIED[store, one, other]:>7}" for other in names)
            yield f"{one:<{width}}{cells}"
        pairs = [TRIED[store, one, other] for one in names for other in names]
        yield f"{len(pairs)} ordered pairs, each {min(pairs)} times or more, {sum(pairs)} in all"
        for name in names:
            came = [
                f"{what} {n}"
                for (held, act, what), n in sorted(OUTCOMES.items())
                if (held, act) == (store, name)
            ]
            yield f"{name:<{width}}  {', '.join(came)}"


def told() -> tuple[Told, Told]:
    """What this process counted, as one process tells another."""
    return tuple([[*key, n] for key, n in counts.items()] for counts in (TRIED, OUTCOMES))  # type: ignore[return-value]


def heard(tried: Told, outcomes: Told) -> None:
    """Add what another process counted."""
    for counts, rows in ((TRIED, tried), (OUTCOMES, outcomes)):
        for store, one, other, n in rows:
            counts[str(store), str(one), str(other)] += int(n)
