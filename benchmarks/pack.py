"""How much of what could be told is told, and how long the choice takes: `python -m benchmarks.pack`.

`injection.packing` chooses forms of cubes under a budget of tokens. It is held against the exact optimum (dynamic
programming, token by token) on 200 items of eight kinds, and against the bound of the relaxation on 10,000
candidates, where its time is taken; beside it, on the same items, the plain greedy choice by worth for a
token. Times are processor time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Sequence
from time import process_time
from typing import Any

from memcubes.injection.packing import Option, pack
from tests.injection.knapsack import KINDS, Items, knapsack, optimum, plain_greedy

ITEMS, CANDIDATES = 200, 10_000
BUDGETS = (100, 500, 2_000, 8_000, 32_000)


def shares(kind: str, seeds: int) -> dict[str, Any]:
    """The least and the median share of the optimum, over all budgets and seeds; empty optima are left out."""
    packed, greedy = [], []
    for seed in range(seeds):
        for budget in BUDGETS:
            items = knapsack(kind, ITEMS, budget, seed)
            best = optimum(items, budget)
            if best:
                packed.append(100 * pack(items, budget).worth / best)
                greedy.append(100 * plain_greedy(items, budget) / best)
    return {"kind": kind, "of": len(packed), "pack": _spread(packed), "greedy": _spread(greedy)}


def speed(options: int, budget: int, times: int) -> dict[str, Any]:
    """Milliseconds for 10,000 candidates of so many forms each, and the share of the bound."""
    drawn = knapsack("forms", CANDIDATES, 0, 0)
    items: Items = [item[:options] for item in drawn]
    made = pack(items, budget)
    return {
        "options": options * CANDIDATES,
        "budget": budget,
        "pack_ms": _taken(lambda: pack(items, budget), times),
        "greedy_ms": _taken(lambda: plain_greedy(items, budget), times),
        "pack": 100 * made.worth / made.bound,
        "greedy": 100 * plain_greedy(items, budget) / made.bound,
    }


def _spread(shares: Sequence[float]) -> dict[str, float]:
    return {"min": min(shares), "median": statistics.median(shares)}


def _taken(act: Callable[[], object], times: int) -> float:
    took = []
    for _ in range(times):
        begun = process_time()
        act()
        took.append(1000 * (process_time() - begun))
    return statistics.median(took)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both halves and print them."""
    parser = argparse.ArgumentParser(prog="benchmarks.pack", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="instances of each kind and budget")
    parser.add_argument("--times", type=int, default=11, help="runs of which the median is taken")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    pack([[Option(1, 1.0)]], 0)
    quality = [shares(kind, given.seeds) for kind in KINDS]
    times = [speed(n, budget, given.times) for n in (1, 3) for budget in (2_000, 8_000, 100_000)]
    if given.json:
        print(
            json.dumps(
                {"items": ITEMS, "quality": quality, "candidates": CANDIDATES, "times": times}
            )
        )
        return 0
    print(f"{ITEMS} items, budgets {', '.join(f'{b:,}' for b in BUDGETS)}: % of the optimum")
    print(
        f"{'kind':8}{'instances':>10}{'pack min':>10}{'median':>9}{'greedy min':>12}{'median':>9}"
    )
    for row in quality:
        mine, peer = row["pack"], row["greedy"]
        print(
            f"{row['kind']:8}{row['of']:10}{mine['min']:10.2f}{mine['median']:9.2f}"
            f"{peer['min']:12.2f}{peer['median']:9.2f}"
        )
    print(f"\n{CANDIDATES:,} candidates: median ms of {given.times} runs, % of the bound")
    print(f"{'options':8}{'budget':>10}{'pack ms':>10}{'%':>9}{'greedy ms':>12}{'%':>9}")
    for row in times:
        print(
            f"{row['options']:<8,}{row['budget']:10,}{row['pack_ms']:10.1f}{row['pack']:9.2f}"
            f"{row['greedy_ms']:12.1f}{row['greedy']:9.2f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
