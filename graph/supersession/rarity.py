"""How rare English words are: a fixed table, so that a link depends on its two statements alone.

A memory's own frequencies would make what is found depend on what else is remembered, and on the order.
`python -m benchmarks.word_rarity` makes the table.
"""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def _table() -> dict[str, float]:
    text = resources.files(__package__).joinpath("rarity.txt").read_text("utf-8")
    found: dict[str, float] = {}
    for line in text.splitlines():
        level, *words = line.split()
        found |= dict.fromkeys(words, float(level))
    return found


def rarity(stem: str) -> float:
    """How much a shared word says, between 0 and 1; what the table lacks is rare.

    >>> rarity("time") < rarity("abandon") < rarity("zymurgi")
    True
    """
    return max(0.1, _table().get(stem, 1.0))


def known(stem: str) -> bool:
    """Whether this is a common word, so that a capital at the beginning of a sentence names nobody."""
    return stem in _table()
