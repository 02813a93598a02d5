"""Knapsacks to be packed, of kinds that are hard in different ways, and their exact optimum."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np

from memcubes.injection.packing import Option

Items = list[list[Option]]


def forms(draw: random.Random, budget: int) -> list[Option]:
    """A passage, some sentences of it, its triples: each says less, most of it for far less."""
    tokens, score = draw.randint(20, 400), draw.random() ** 2
    return [
        Option(tokens, score),
        Option(max(5, tokens // 4), score * 0.9 * draw.uniform(0.3, 0.9)),
        Option(max(4, tokens // 8), score * 0.7 * draw.uniform(0.2, 0.7)),
    ]


def free(draw: random.Random, budget: int) -> list[Option]:
    """Tokens and worth have nothing to do with each other."""
    return [Option(draw.randint(1, 500), draw.random()) for _ in range(draw.randint(1, 4))]


def weak(draw: random.Random, budget: int) -> list[Option]:
    """Worth follows tokens loosely."""
    sizes = [draw.randint(1, 500) for _ in range(3)]
    return [Option(size, size / 500 + draw.uniform(0, 0.1)) for size in sizes]


def strong(draw: random.Random, budget: int) -> list[Option]:
    """Each is worth its tokens and a fixed sum: the smallest are the best for a token."""
    return [Option(size, size / 500 + 0.2) for size in (draw.randint(100, 500) for _ in range(3))]


def even(draw: random.Random, budget: int) -> list[Option]:
    """All are worth their tokens: only how well the budget is filled counts."""
    return [Option(size, float(size)) for size in (draw.randint(100, 500) * 7 for _ in range(2))]


def convex(draw: random.Random, budget: int) -> list[Option]:
    """More of an item is worth more for each token: the hull passes over all but the largest."""
    size, score = draw.randint(10, 60), draw.uniform(0.5, 1)
    return [Option(size * n, score * n**1.5) for n in range(1, 5)]


def halves(draw: random.Random, budget: int) -> list[Option]:
    """A little over half of the budget looks better than a half, of which two fit."""
    half = budget // 2
    if draw.random() < 0.5:
        return [Option(half + 1, half * draw.uniform(1.01, 1.05))]
    return [Option(half - draw.randint(0, 2), half * draw.uniform(0.9, 1))]


def thirds(draw: random.Random, budget: int) -> list[Option]:
    """The same with three, and crumbs between them that the greedy choice takes first."""
    kind = draw.random()
    if kind < 0.4:
        tokens = draw.randint(1, 3)
        return [Option(tokens, 1.3 * tokens)]
    third = budget // 3 + (draw.randint(1, 5) if kind < 0.7 else -draw.randint(0, 5))
    return [Option(max(1, third), third * draw.uniform(0.9, 1.05 if kind < 0.7 else 1.0))]


KINDS: dict[str, Callable[[random.Random, int], list[Option]]] = {
    kind.__name__: kind for kind in (forms, free, weak, strong, even, convex, halves, thirds)
}


def knapsack(kind: str, count: int, budget: int, seed: int) -> Items:
    """Items of one kind; every third time one that alone fills the budget is put among them."""
    draw = random.Random(f"{kind} {count} {budget} {seed}")
    items = [KINDS[kind](draw, budget) for _ in range(count)]
    if seed % 3 == 2:
        total = sum(max(option.worth for option in item) for item in items)
        items[draw.randrange(count)] = [Option(budget, total * draw.choice([0.01, 0.1, 1.0]))]
    return items


def optimum(items: Sequence[Sequence[Option]], budget: int) -> float:
    """The most worth within a budget, token by token: best[b] after each item."""
    budget = min(budget, sum(max((o.tokens for o in item), default=0) for item in items))
    best = np.zeros(budget + 1)
    for item in items:
        rows = [best]
        for option in item:
            if option.tokens <= budget and option.worth > 0:
                row = np.zeros(budget + 1)
                row[option.tokens :] = best[: budget + 1 - option.tokens] + option.worth
                rows.append(row)
        best = np.max(rows, axis=0)
    return float(best[-1])


def plain_greedy(items: Sequence[Sequence[Option]], budget: int) -> float:
    """The worth of what is taken by worth for a token, each item in the form that comes first."""
    ranked = sorted(
        ((option, place) for place, item in enumerate(items) for option in item),
        key=lambda pair: -pair[0].worth / max(pair[0].tokens, 1e-9),
    )
    told, seen = 0.0, set[int]()
    for option, place in ranked:
        if place not in seen and option.tokens <= budget:
            seen.add(place)
            budget -= option.tokens
            told += option.worth
    return told
