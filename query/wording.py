"""Wording: how much of a question a passage says in one run of its words.

Who asks in the words of a statement ("Who often incorporates Crook's music into his installations?") wants that one,
whatever else is about those it names; a run of several rare words is hardly there by chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def shared_runs(asked: Sequence[str], said: Sequence[Sequence[str]]) -> list[float]:
    """For each text the share of the question, by rarity among the texts, in the heaviest run of words that both have.

    >>> texts = [["bo", "keeps", "bees"], ["bees", "keep", "bo", "busy"]]
    >>> one, other = shared_runs(["who", "keeps", "bees"], texts)
    >>> one > other > 0
    True
    """
    held = frozenset(asked)
    places: list[dict[str, list[int]]] = []
    for text in said:
        mine: dict[str, list[int]] = {}
        for place, word in enumerate(text):
            if word in held:
                mine.setdefault(word, []).append(place)
        places.append(mine)
    weight = {
        word: math.log(1 + len(said) / (1 + sum(word in mine for mine in places)))
        for word in sorted(held)
    }
    whole = sum(weight[word] for word in asked) or 1.0
    return [_heaviest(asked, mine, weight) / whole for mine in places]


def _heaviest(
    asked: Sequence[str], places: dict[str, list[int]], weight: dict[str, float]
) -> float:
    best, ends = 0.0, dict[int, float]()
    for word in asked:
        ends = {place: ends.get(place - 1, 0.0) + weight[word] for place in places.get(word, ())}
        best = max(best, max(ends.values(), default=0.0))
    return best
