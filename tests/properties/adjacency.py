"""The adjacency table, printed at the end of a run: which act came right after which, how often."""

from __future__ import annotations

from collections.abc import Iterator

from .driving import ADJACENT, OUTCOMES

Told = list[list[str | int]]


def table() -> Iterator[str]:
    """Rows came first, columns right after."""
    names = sorted({name for pair in ADJACENT for name in pair})
    width = max(map(len, names), default=0)
    yield " " * width + "".join(f"{name[:6]:>7}" for name in names)
    for one in names:
        yield f"{one:<{width}}" + "".join(f"{ADJACENT[one, other]:>7}" for other in names)
    pairs = [ADJACENT[one, other] for one in names for other in names]
    yield f"{len(pairs)} ordered pairs, each tried {min(pairs, default=0)} times or more, {sum(pairs)} in all"
    for name in names:
        came = ", ".join(
            f"{what} {n}" for (act, what), n in sorted(OUTCOMES.items()) if act == name
        )
        yield f"{name:<{width}}  {came}"


def told() -> tuple[Told, Told]:
    """What this process counted, as one process tells another."""
    return [[*pair, n] for pair, n in ADJACENT.items()], [
        [*pair, n] for pair, n in OUTCOMES.items()
    ]


def heard(pairs: Told, outcomes: Told) -> None:
    """Add what another process counted."""
    for counts, rows in ((ADJACENT, pairs), (OUTCOMES, outcomes)):
        for one, other, n in rows:
            counts[str(one), str(other)] += int(n)
