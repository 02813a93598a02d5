"""Wording: how much of a question a passage says in one run of its words.

Who asks in the words of a statement ("Who often incorporates Crook's music into his installations?") wants that one,
whatever else is about those it names; a run of several rare words is hardly there by chance.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence


def rarity(asked: Collection[str], texts: Sequence[Collection[str]]) -> dict[str, float]:
    """Weigh words of a question by how few of some texts hold them.

    >>> {word: round(weight, 2) for word, weight in rarity("ab", ["a", "ab"]).items()}
    {'a': 0.51, 'b': 0.69}
    """
    return {
        word: math.log(1 + len(texts) / (1 + sum(word in text for text in texts)))
        for word in sorted(set(asked))
    }


def longest_run(asked: Sequence[str], said: Sequence[str], weight: Mapping[str, float]) -> float:
    """The weight of the heaviest run of words that question and text share, in order.

    >>> even = {"a": 1.0, "b": 1.0, "c": 1.0}
    >>> longest_run(["c", "a", "b"], ["a", "b", "x", "c"], even)
    2.0
    """
    held, places = frozenset(asked), defaultdict[str, list[int]](list)
    for place, word in enumerate(said):
        if word in held:
            places[word].append(place)
    best, ends = 0.0, dict[int, float]()
    for word in asked:
        worth = weight.get(word, 0.0)
        ends = {place: ends.get(place - 1, 0.0) + worth for place in places.get(word, ())}
        best = max(best, max(ends.values(), default=0.0))
    return best


def shared_runs(asked: Sequence[str], said: Sequence[Sequence[str]]) -> list[float]:
    """For each text the share of the question, by rarity among the texts, in the heaviest run of words that both have.

    >>> texts = [["bo", "keeps", "bees"], ["bees", "keep", "bo", "busy"]]
    >>> one, other = shared_runs(["who", "keeps", "bees"], texts)
    >>> one > other > 0
    True
    """
    weight = rarity(asked, [frozenset(text) for text in said])
    whole = sum(weight[word] for word in asked) or 1.0
    return [longest_run(asked, text, weight) / whole for text in said]
