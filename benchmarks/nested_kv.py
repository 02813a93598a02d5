"""Nested keys and values: `python -m benchmarks.nested_kv DIR [--pairs N] [--json]`.

DIR is MemGPT's task: `kv-retrieval-140_keys.jsonl.gz` (500 × 140 pairs of UUIDs) and `random_orderings_…_L_levels.jsonl`
for L = 1 to 6 (100 lines each, L places: the value of each place becomes the key of the next). Every line is
one question: a key, whose answer is the last value of its chain, L look-ups away.

All 500 files of 140 pairs go into one memory by `Memory.ingest`, with the chains of levels 1 to 5 in them; then the
files of level 6 are ingested again as they are with its chains, so that the last hundred answers come from sources
that were edited. As the memory grows (140, 1,400, 14,000, 70,000 pairs) what is in it by then is asked. One plan
(`nested_kv_data/plan.json`) serves every question; its key is put in place of "KEY". One question is one call of `Memory.search`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from memcubes.api import Memory

PLAN = Path(__file__).parent / "nested_kv_data" / "plan.json"
SIZES = (1, 10, 100, 500)
"""Files of 140 pairs that are in memory when it is asked."""

Pairs = dict[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """One question: the key, the last value of its chain, how many look-ups that takes, and its file."""

    key: str
    answer: str
    level: int
    file: int


def nested(pairs: Sequence[tuple[str, str]], places: Sequence[int]) -> Pairs:
    """The pairs with a chain in them: the value at each place is the key at the next.

    >>> nested([("a", "1"), ("b", "2"), ("c", "3")], [2, 0])
    {'a': '1', 'b': '2', 'c': 'a'}
    """
    made: Pairs = dict(pairs)
    keys = list(made)
    for here, following in pairwise(places):
        made[keys[here]] = keys[following]
    return made


def last(pairs: Pairs, key: str) -> tuple[str, int]:
    """The last value of a chain, and how many look-ups it takes.

    >>> last({"a": "1", "c": "a"}, "c")
    ('1', 2)
    """
    value, steps = pairs[key], 1
    while value in pairs:
        value, steps = pairs[value], steps + 1
    return value, steps


def cases(folder: Path) -> tuple[list[Pairs], list[Pairs], list[Case]]:
    """The files of levels 1 to 5, those of level 6, and every question."""
    with gzip.open(folder / "kv-retrieval-140_keys.jsonl.gz", "rt", encoding="utf-8") as opened:
        raw = [json.loads(line)["ordered_kv_records"] for line in opened]
    files: list[Pairs] = [nested(pairs, ()) for pairs in raw]
    again: list[Pairs] = []
    asked: list[Case] = []
    for level in range(1, 7):
        name = f"random_orderings_100_samples_140_indices_{level}_levels.jsonl"
        for number, line in enumerate((folder / name).read_text("utf-8").splitlines()):
            # files of one level lie five apart, so that every size asks all levels
            file = number * 5 + level - 1 if level < 6 else number
            places = json.loads(line)
            made = nested(raw[file], places)
            if level < 6:
                files[file] = made
            else:
                again.append(made)
            key = list(made)[places[0]]
            answer, steps = last(made, key)
            assert steps == level, (steps, level)
            asked.append(Case(key, answer, level, file))
    return files, again, asked


def written(folder: Path, files: Sequence[Pairs], start: int) -> None:
    """Write some files, each one object that maps keys to values."""
    for number, pairs in enumerate(files, start):
        (folder / f"pairs-{number:03}.json").write_text(json.dumps(pairs), "utf-8")


def asked_of(memory: Memory, case: Case, plan: str) -> tuple[bool, float]:
    """Ask one question, and say whether the answer was the right one, and the only one."""
    begun = time.perf_counter()
    rows = memory.search(pattern=plan.replace("KEY", case.key)).rows
    taken = time.perf_counter() - begun
    return [row.values.get("answer") for row in rows] == [case.answer], taken


def measured(
    folder: Path, db: str, sizes: Sequence[int], tell: Callable[[str], None]
) -> dict[str, Any]:
    """Grow a memory, and ask it at each size; `tell` is given how far it has come, in words."""
    files, again, every = cases(folder)
    plan = json.dumps(json.loads(PLAN.read_text("utf-8")))
    found: list[dict[str, Any]] = []
    with (
        tempfile.TemporaryDirectory() as written_to,
        Memory.open(db, user="local:benchmark", encoder="hashing") as memory,
    ):
        place, there = Path(written_to), 0
        for size in (*sizes, 0):
            begun = time.perf_counter()
            if size:
                written(place, files[there:size], there)
                cases_here = [one for one in every if one.level < 6 and one.file < size]
                there = size
            else:
                # the same files, edited: only those of level 6 are asked now
                cases_here = [one for one in every if one.level == 6 and one.file < there]
                written(place, again[:there], 0)
            tell(f"taking in {there * 140:,} pairs" + ("" if size else ", edited"))
            report = memory.ingest(place)
            ingest = time.perf_counter() - begun
            assert not report.failed, report.failed[:3]
            tell(f"asking {len(cases_here)} questions of them, taken in after {ingest:.1f} s")
            told = [(one.level, *asked_of(memory, one, plan)) for one in cases_here]
            seconds = sorted(taken for *_, taken in told)
            found.append(
                {
                    "pairs": there * 140,
                    "edited": not size,
                    "questions": len(told),
                    "calls": len(told),
                    "exact": sum(good for _, good, _ in told),
                    "by_level": {
                        level: [sum(g for a, g, _ in told if a == level), n]
                        for level in range(1, 7)
                        if (n := sum(a == level for a, *_ in told))
                    },
                    "median_ms": round(seconds[len(seconds) // 2] * 1000, 2),
                    "worst_ms": round(seconds[-1] * 1000, 2),
                    "ingest_seconds": round(ingest, 1),
                }
            )
            tell(row_of(found[-1]))
    return {"sizes": found}


HEAD = f"{'pairs':>8} {'exact':>11}  {'ms p50':>8} {'ms max':>8} {'ingest s':>9}  by level"


def row_of(one: Mapping[str, Any]) -> str:
    """The figures of one size for people."""
    levels = " ".join(f"{level}:{good}/{of}" for level, (good, of) in one["by_level"].items())
    exact = f"{one['exact']}/{one['questions']}"
    edited = " (files edited)" if one["edited"] else ""
    return (
        f"{one['pairs']:>8,} {exact:>11}  {one['median_ms']:>8} {one['worst_ms']:>8} "
        f"{one['ingest_seconds']:>9}  {levels}{edited}"
    )


def table(told: Mapping[str, Any]) -> str:
    """The figures for people."""
    rows = [HEAD, *(row_of(one) for one in told["sizes"])]
    return "\n".join([*rows, "one call of Memory.search for each question"])


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.nested_kv")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--pairs", type=int, default=70_000, metavar="N", help="at most this many")
    parser.add_argument("--db", default="", metavar="URL", help="keep the memory here")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    sizes = [size for size in SIZES if size * 140 <= given.pairs]
    with tempfile.TemporaryDirectory() as folder:
        db = given.db or f"sqlite:///{folder}/pairs.db"
        told = measured(
            given.folder, db, sizes, lambda words: print(words, file=sys.stderr, flush=True)
        )
    print(json.dumps(told, indent=1) if given.json else table(told))


if __name__ == "__main__":
    main()
