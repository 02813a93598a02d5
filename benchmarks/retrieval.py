"""How well memory finds what supports an answer: `python -m benchmarks.retrieval DIR`.

DIR holds `corpus.json` (title, text) and `questions.json` (question, gold). The corpus goes in and the
questions are asked through `memcubes.api.Memory`, as anybody's would. Printed are recall at 2, 5, 10
and 20 of words alone (bm25), vectors alone (dense) and the graph, the graph's lead over both with its
paired bootstrap interval, rates, and the latency of a question.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memcubes.api.memory import Memory
from memcubes.graph.kind import NodeKind
from memcubes.graph.listing import all_found
from memcubes.graph.scope import Where

from .bootstrap import paired
from .question import Question, read_questions

CUTS = (2, 5, 10, 20)
RANKINGS = ("bm25", "dense", "graph")
LIMIT = 60
"""Cubes asked for: a record may have become several, and counts where its first one stands."""


@dataclass(frozen=True)
class Run:
    """What one ranking found: for each question the records in order, and the seconds it took."""

    found: tuple[tuple[int, ...], ...]
    seconds: tuple[float, ...]

    def recalls(self, questions: Sequence[Question], cut: int) -> list[float]:
        """Recall of each question, in percent."""
        return [100 * q.recall(f, cut) for q, f in zip(questions, self.found, strict=True)]


def untitled(folder: Path, place: Path) -> Path:
    """Write the corpus without its titles and give the file."""
    corpus = json.loads((folder / "corpus.json").read_text("utf-8"))
    place.write_text(json.dumps([{"text": one["text"]} for one in corpus]), "utf-8")
    return place


def take_in(memory: Memory, corpus: Path) -> dict[str, Any]:
    """Ingest the corpus and give counts and rates; the index is opened as well."""
    begun = time.perf_counter()

    def shown(done: int, total: int) -> None:
        print(f"\rindexed {done} of {total}", end="", file=sys.stderr, flush=True)

    report = memory.ingest(corpus, indexing=shown)
    seconds = time.perf_counter() - begun
    if report.failed:
        raise SystemExit(f"{len(report.failed)} records could not be read: {report.failed[0]}")
    return {
        "records": len(report.added) + len(report.unchanged),
        "cubes": report.cubes,
        "characters": report.characters,
        "reading_s": round(report.seconds, 2),
        "total_s": round(seconds, 2),
        "records_per_s": round(len(report.added) / seconds, 2),
    }


def places(memory: Memory) -> dict[str, int]:
    """Which record of the corpus each source is."""
    sources = all_found(memory.store(), memory.scope(), Where(kinds=(NodeKind.SOURCE,)))
    return {source.node: int(source.get("record")) for source in sources}


def ask_all(
    memory: Memory, questions: Sequence[Question], ranking: str, record_of: dict[str, int]
) -> Run:
    """Ask every question under one ranking."""
    found, seconds = [], []
    for question in questions:
        begun = time.perf_counter()
        result = memory.search(question.text, limit=LIMIT, ranking=ranking)
        seconds.append(time.perf_counter() - begun)
        found.append(tuple(dict.fromkeys(record_of[hit.cube.origin] for hit in result.hits)))
    return Run(tuple(found), tuple(seconds))


def summary(questions: Sequence[Question], runs: dict[str, Run]) -> dict[str, Any]:
    """Recalls, leads and latencies, in percent and milliseconds."""
    told: dict[str, Any] = {"questions": len(questions), "recall": {}, "lead": {}, "p50_ms": {}}
    for ranking, run in runs.items():
        told["recall"][ranking] = {
            cut: round(statistics.fmean(run.recalls(questions, cut)), 1) for cut in CUTS
        }
        told["p50_ms"][ranking] = round(1000 * statistics.median(run.seconds), 1)
    for other in RANKINGS[:-1]:
        told["lead"][other] = {}
        for cut in CUTS:
            graph = runs["graph"].recalls(questions, cut)
            lead = paired(graph, runs[other].recalls(questions, cut))
            told["lead"][other][cut] = [round(x, 1) for x in (lead.mean, lead.low, lead.high)]
    return told


def _print(told: dict[str, Any]) -> None:
    print(f"{told['set']}: {told['questions']} questions, encoder {told['encoder']}")
    print("  " + ", ".join(f"{name} {value}" for name, value in told["ingest"].items()))
    print("  " + " " * 8 + "".join(f"R@{cut:<6}" for cut in CUTS) + "p50 ms")
    for ranking, recall in told["recall"].items():
        cells = "".join(f"{recall[cut]:<8.1f}" for cut in CUTS)
        print(f"  {ranking:<8}{cells}{told['p50_ms'][ranking]}")
    for other, leads in told["lead"].items():
        cells = "  ".join(
            f"@{c} {m:+.1f} [{lo:+.1f}, {hi:+.1f}]" for c, (m, lo, hi) in leads.items()
        )
        print(f"  graph − {other}: {cells}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark that the command line names."""
    parser = argparse.ArgumentParser(prog="benchmarks.retrieval", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--db", help="keep the memory here (default: a temporary file)")
    parser.add_argument("--encoder", default="use")
    parser.add_argument("--untitled", action="store_true", help="take the titles out first")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    questions = read_questions(given.folder)
    with tempfile.TemporaryDirectory() as scratch:
        corpus = given.folder / "corpus.json"
        if given.untitled:
            corpus = untitled(given.folder, Path(scratch) / "corpus.json")
        db = given.db or f"{scratch}/memory.db"
        with Memory.open(db, user="local:benchmark", encoder=given.encoder) as memory:
            told: dict[str, Any] = {
                "set": given.folder.name + (" untitled" if given.untitled else ""),
                "encoder": given.encoder,
                "ingest": take_in(memory, corpus),
            }
            record_of = places(memory)
            memory.search(questions[0].text)
            runs = {name: ask_all(memory, questions, name, record_of) for name in RANKINGS}
            told |= summary(questions, runs)
    if given.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        _print(told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
