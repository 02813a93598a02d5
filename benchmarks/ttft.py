"""Time to the first token: `python -m benchmarks.ttft [--model NAME] [--grid M/Q,…] [--rounds N] [--threads N] [--cpu] [--json]`.

A prompt of M tokens of memory and Q of a question, four ways in turn in each round: all of it in one pass
(`direct`); from a deep copy of the memory's `past_key_values`, as the documentation of transformers reuses
a prefix (`engine`); and through the activation tier, with the entry in memory (`memory`) and read from its
file and verified each time, page cache warm (`disk`). Whether a kept entry is used is up to the guard, as it
is in use; `direct` under `used` says that it was not.

Medians over the rounds. `speed-up` is 1 - t / t(direct), `ideal` M / (M + Q), `attainment` their quotient,
`spread` the standard deviation as a share of the median. `exact` says that in every round the logits were
those of the two-step reading with nothing kept, by `torch.equal`; the direct way's never need be.

The linear ideal leaves out that each token of the question looks at all of the memory, and that a pass has a cost of its own. `floor` counts both: it is
what reading the question with no memory at all takes, and the attention of its tokens to the memory's kept keys by
itself, in every layer, measured in turn with the ways; no engine that attends to the memory is faster with these
kernels. `of floor` is the speed-up as a share of 1 - t(floor) / t(direct). With `--cpu` it is processor time of one thread, which a
busy machine disturbs less.
"""

from __future__ import annotations

import argparse
import copy
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, stdev
from typing import Any

from memcubes.injection.activation import ActivationTier, Guard
from memcubes.injection.local_model import LocalModel

GRID = "512/20,512/167,512/953,1500/20,1500/167,1500/953,6000/20,6000/167,6000/953"
WAYS = ("direct", "engine", "memory", "disk")
TEXT = (
    "Unit {0} reported that valve RV-{1} on line {2} was opened at {3:02d}:{4:02d} by crew {5}, and the "
    "pressure fell from {6} to {7} bar before the horn HR-{8} was heard. "
)


def tokens(model: LocalModel, count: int, seed: int) -> list[int]:
    """So many tokens of invented reports, no two alike."""
    found: list[int] = []
    number = seed
    while len(found) < count:
        parts = [(number * prime) % 97 for prime in (7, 11, 13, 17, 19, 23, 29, 31, 37)]
        found += model.ids(TEXT.format(*parts))
        number += 1
    return found[:count]


clock: Callable[[], float] = time.perf_counter


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that it took, and what came of it."""
    begun = clock()
    done = act()
    return clock() - begun, done


class Bench:
    """One model, one memory tier, one that keeps nothing in memory, and what was measured."""

    def __init__(self, model: LocalModel, folder: Path, rounds: int) -> None:
        self.model, self.rounds = model, rounds
        kept: dict[str, Any] = {"usable": lambda _: True, "disk_bytes": 10**11}
        self.tiers = {
            "memory": ActivationTier(model, "a", memory_bytes=10**11, guard=Guard(), **kept),
            "disk": ActivationTier(model, "b", folder, memory_bytes=0, guard=Guard(), **kept),
        }

    def memory(self, count: int, asked: Sequence[int]) -> list[dict[str, Any]]:
        """Measure one memory with each of the questions."""
        text = tokens(self.model, count, 1)
        for tier in self.tiers.values():
            for part in (64, count // 2):  # what a tier in use has learnt of the model's pace
                tier.keep(text[:part], "warm", ())
                tier.drop("warm")
            tier.keep(text, f"memory of {count}", ())
        build, (_, prefix) = timed(lambda: self.model.forward(text))
        return [self.cell(text, prefix, build, many) for many in asked]

    def cell(self, text: list[int], prefix: Any, build: float, asked: int) -> dict[str, Any]:
        """The ways in turn, each round."""
        import torch

        question = tokens(self.model, asked, 10_000)
        ids = [*text, *question]
        reference, _ = self.model.forward(question, copy.deepcopy(prefix))
        seconds: dict[str, list[float]] = {way: [] for way in (*WAYS, "floor")}
        exact, used = dict.fromkeys(WAYS, True), dict[str, set[str]]()
        for _ in range(self.rounds):
            for way in WAYS:
                if way == "direct":
                    took, (logits, _) = timed(lambda: self.model.forward(ids))
                    source = way
                elif way == "engine":
                    took, (logits, _) = timed(
                        lambda: self.model.forward(question, copy.deepcopy(prefix))
                    )
                    source = way
                else:
                    took, read = timed(lambda: self.tiers[way].read(ids))  # noqa: B023
                    logits, source = read.logits, str(read.source).replace("none", "direct")
                    del read
                seconds[way].append(took)
                exact[way] &= torch.equal(logits, reference)
                used.setdefault(way, set()).add(source)
            alone, _ = timed(lambda: self.model.forward(question))
            looks, _ = timed(lambda: looked(self.model, prefix, asked))
            seconds["floor"].append(alone + looks)
        return told(len(text), asked, build, seconds, exact, used)


def looked(model: LocalModel, prefix: Any, asked: int) -> None:
    """Have so many queries attend to the kept keys of every layer, and do nothing else."""
    import torch

    heads = model._network.config.num_attention_heads
    with torch.inference_mode():
        for layer in prefix.layers:
            keys, values = layer.keys, layer.values
            groups = heads // keys.shape[1]
            # queries of one group look at the same keys, so that they are one longer query
            queries = keys.new_ones(1, keys.shape[1], groups * asked, keys.shape[3])
            torch.nn.functional.scaled_dot_product_attention(queries, keys, values)


def told(
    memory: int,
    asked: int,
    build: float,
    seconds: dict[str, list[float]],
    exact: dict[str, bool],
    used: dict[str, set[str]],
) -> dict[str, Any]:
    """One cell as it is printed and written."""
    direct, ideal = median(seconds["direct"]), memory / (memory + asked)
    least = median(seconds["floor"])
    ways = {}
    for way in WAYS:
        mine = median(seconds[way])
        ways[way] = {
            "seconds": round(mine, 4),
            "spread": round(stdev(seconds[way]) / mine, 4) if len(seconds[way]) > 1 else None,
            "speed-up": round(1 - mine / direct, 4),
            "attainment": round((1 - mine / direct) / ideal, 4),
            "of floor": round((direct - mine) / (direct - least), 4) if least < direct else None,
            "exact": exact[way],
            "used": "/".join(sorted(used[way])),
        }
    return {
        "memory": memory, "question": asked, "ideal": round(ideal, 4), "build": round(build, 4),
        "floor": round(least, 4),
        "ways": ways,
    }  # fmt: skip


def printed(cell: dict[str, Any]) -> str:
    """The lines of a cell."""
    lines = [
        f"{cell['memory']}/{cell['question']}  ideal {cell['ideal']:.1%}  floor {cell['floor']:.3f} s"
    ]
    for way, found in cell["ways"].items():
        share = "" if found["of floor"] is None else f"{found['of floor']:6.3f}"
        spread = "" if found["spread"] is None else f"±{found['spread']:.1%}"
        lines.append(
            f"  {way:7}{found['seconds']:9.3f} s {spread:7} speed-up {found['speed-up']:7.1%} attainment "
            f"{found['attainment']:6.3f} of floor {share}  {'exact' if found['exact'] else '     '}  used {found['used']}"
        )
    return "\n".join(lines)


def main() -> None:
    """Run the grid."""
    parser = argparse.ArgumentParser(prog="benchmarks.ttft", description=__doc__)
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--grid", default=GRID, help="memory/question tokens, with commas")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cpu", action="store_true", help="processor time; one thread")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    import torch

    if chosen.cpu:
        global clock
        clock = time.process_time

    torch.set_num_threads(chosen.threads)
    rows: dict[int, list[int]] = {}
    for pair in chosen.grid.split(","):
        count, asked = map(int, pair.split("/"))
        rows.setdefault(count, []).append(asked)
    model = LocalModel(chosen.model)
    model.forward(tokens(model, 64, 1))
    cells = []
    for count, questions in rows.items():
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(model, Path(folder), chosen.rounds)
            for cell in bench.memory(count, questions):
                cells.append(cell)
                if not chosen.json:
                    print(printed(cell), flush=True)
    if chosen.json:
        print(json.dumps({"model": model.fingerprint, "threads": chosen.threads, "cells": cells}))


if __name__ == "__main__":
    main()
