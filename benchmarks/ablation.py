"""What each step of a search is worth: `python -m benchmarks.ablation DIR_OR_FILE`.

A folder with `corpus.json` and `questions.json` or a file in LoCoMo's format goes in by `Memory.ingest`; its questions are
asked by `Memory.search` with all steps, and again without each of them in turn. Printed is the recall that is
lost without a step, with its paired bootstrap interval.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from memcubes.api.memory import Memory
from memcubes.query.recipe import STEPS

from . import dialogue, retrieval
from .bootstrap import paired
from .question import read_questions

CUTS = (2, 5, 10, 20)
Recalls = dict[int, list[float]]


@contextmanager
def left_out(memory: Memory, steps: Sequence[str]) -> Iterator[None]:
    """Search without some steps for a while."""
    operator = memory.retrieval.operator
    whole = operator.recipe
    operator.recipe = whole.without(steps)
    try:
        yield
    finally:
        operator.recipe = whole


def of_folder(folder: Path, db: str, encoder: str, runs: Sequence[Sequence[str]]) -> list[Recalls]:
    """The recalls of a folder's questions, once for each choice of steps left out."""
    questions = read_questions(folder)
    with Memory.open(db, user="local:benchmark", encoder=encoder) as memory:
        retrieval.take_in(memory, folder / "corpus.json")
        record_of = retrieval.places(memory)
        found = []
        for steps in runs:
            with left_out(memory, steps):
                run = retrieval.ask_all(memory, questions, "graph", record_of)
            found.append({cut: run.recalls(questions, cut) for cut in CUTS})
            print(".", end="", file=sys.stderr, flush=True)
    return found


def of_dialogues(file: Path, db: str, encoder: str, runs: Sequence[Sequence[str]]) -> list[Recalls]:
    """The recalls of a file's questions, once for each choice of steps left out."""
    found: list[Recalls] = [{cut: [] for cut in CUTS} for _ in runs]

    def asked(memory: Memory, questions: list[dialogue.Asked], turn_of: dict[str, str]) -> None:
        for steps, recalls in zip(runs, found, strict=True):
            with left_out(memory, steps):
                turns, _ = dialogue.ask_all(memory, questions, "graph", turn_of)
            for cut in CUTS:
                recalls[cut] += [q.recall(t, cut) for q, t in zip(questions, turns, strict=True)]
            print(".", end="", file=sys.stderr, flush=True)

    dialogue.each(file, Path(db), encoder, asked)
    return found


def table(runs: Sequence[Sequence[str]], found: Sequence[Recalls]) -> list[dict[str, Any]]:
    """The recall with every step, and what is lost without each, in points."""
    whole = found[0]
    rows: list[dict[str, Any]] = [
        {"without": "", **{f"R@{cut}": round(statistics.fmean(whole[cut]), 1) for cut in CUTS}}
    ]
    for steps, recalls in zip(runs[1:], found[1:], strict=True):
        row: dict[str, Any] = {"without": ", ".join(steps)}
        for cut in CUTS:
            lost = paired(whole[cut], recalls[cut])
            row[f"R@{cut}"] = [round(x, 1) for x in (lost.mean, lost.low, lost.high)]
        rows.append(row)
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark that the command line names."""
    parser = argparse.ArgumentParser(prog="benchmarks.ablation", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DIR_OR_FILE")
    parser.add_argument("--encoder", default="use")
    parser.add_argument("--db", help="keep the memory here (default: a temporary file)")
    parser.add_argument("--steps", nargs="*", default=list(STEPS), choices=list(STEPS))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    runs = [[], *([step] for step in given.steps)]
    measure: Callable[[Path, str, str, Sequence[Sequence[str]]], list[Recalls]]
    measure = of_folder if given.data.is_dir() else of_dialogues
    with tempfile.TemporaryDirectory() as scratch:
        found = measure(given.data, given.db or f"{scratch}/memory.db", given.encoder, runs)
    rows = table(runs, found)
    if given.json:
        print(json.dumps({"set": given.data.name, "encoder": given.encoder, "rows": rows}))
        return 0
    print(f"\n{given.data.name}, encoder {given.encoder}: {len(found[0][CUTS[0]])} questions")
    for row in rows:
        if not row["without"]:
            print("  all steps   " + "  ".join(f"R@{cut} {row[f'R@{cut}']}" for cut in CUTS))
            continue
        cells = "  ".join(
            f"@{cut} {row[f'R@{cut}'][0]:+.1f} [{row[f'R@{cut}'][1]:+.1f}, {row[f'R@{cut}'][2]:+.1f}]"
            for cut in CUTS
        )
        print(f"  − {row['without']:<11}{cells}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
