"""Vectors by their sketches against all of them: `python -m benchmarks.vectors [DIR...] [--rows 10000,100000,1000000]`.

A DIR holds `corpus.json` and `questions.json`: its sentences are encoded (for `--seconds` at most, then it is
left at that), and where more rows are wanted they are drawn from those (one moved by a part of the difference
of two others, so that directions and clusters stay those of the encoder). Without a DIR rows and questions are
drawn from clusters. A fourth of the rows are passages, the others sentences, three each. Told are recall at 10
against comparing all, the share that was compared exactly, and milliseconds of both ways.

`--library` adds HNSW as usearch has it (`pip install usearch`; it belongs to no group here) on the same sentences.

`--memory DB` asks the questions of the DIRs of a memory that holds their texts already, with and without
sketches, and tells how many of the first 10 and 20 stay the same, under the graph and by vectors alone.
"""

from __future__ import annotations

import argparse
import importlib
import json
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from memcubes.api.memory import Memory
from memcubes.graph.index.columns import TABLES, Columns, from_rows, starts
from memcubes.graph.index.derivation import SCALE, whole
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.nearness import Nearness, nearness
from memcubes.graph.index.segment import Segment
from memcubes.graph.index.sketch import sketches

Rows = npt.NDArray[np.int16]
Questions = npt.NDArray[np.float32]

TOP = 10
SENTENCES = 3
"""Sentences of a passage."""

CLOCKS: dict[str, Callable[[], float]] = {
    "wall": time.perf_counter,
    "processor": time.process_time,
}


def texts(folders: Sequence[Path]) -> tuple[list[str], list[str]]:
    """The sentences and questions of some folders, each once."""
    said, asked = list[str](), list[str]()
    for folder in folders:
        for one in json.loads((folder / "corpus.json").read_text("utf-8")):
            said += re.split(r"(?<=[.!?])\s+(?=[A-Z\"])", one["text"])
        asked += [
            one["question"] for one in json.loads((folder / "questions.json").read_text("utf-8"))
        ]
    return sorted({one.strip() for one in said if len(one) > 15}), asked


def encoded(
    name: str, said: Sequence[str], asked: Sequence[str], seconds: float
) -> tuple[Rows, Questions]:
    """The vectors of texts, as many as there is time for, and of questions."""
    encoder, until = load_encoder(name), time.monotonic() + seconds
    order = np.random.default_rng(1).permutation(len(said))
    parts = list[Rows]()
    for start in range(0, len(said), 256):
        parts.append(whole(encoder.encode_passages([said[i] for i in order[start : start + 256]])))
        if time.monotonic() > until:
            break
    return np.concatenate(parts), encoder.encode_questions(list(asked))


def drawn(rng: np.random.Generator, dimension: int = 512) -> tuple[Rows, Questions]:
    """Rows in clusters of clusters, with directions of unequal weight, and questions beside some of them."""
    weight = np.arange(1, dimension + 1) ** -0.5

    def near(middle: npt.NDArray[Any], spread: float) -> npt.NDArray[Any]:
        moved: npt.NDArray[Any] = middle + spread * weight * rng.standard_normal(middle.shape)
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        return moved

    topics = near(np.zeros((200, dimension)), 1.0)
    rows = near(near(topics[rng.integers(0, 200, 2_000)], 0.3)[rng.integers(0, 2_000, 20_000)], 0.3)
    asked = near(rows[rng.integers(0, len(rows), 200)], 0.25)
    return whole(rows), asked.astype(np.float32)


def grown(rows: Rows, count: int, rng: np.random.Generator) -> Rows:
    """So many rows: those that there are, and others drawn from them."""
    if count <= len(rows):
        return rows[rng.permutation(len(rows))[:count]]
    parts, size = [rows], len(rows)
    while sum(map(len, parts)) < count:
        base, one, other = (rows[rng.permutation(size)].astype(np.float32) for _ in range(3))
        moved = base + rng.uniform(0.3, 0.8, (size, 1)).astype(np.float32) * (one - other)
        moved /= np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
        parts.append(whole(moved))
    return np.concatenate(parts)[:count]


def segment_of(rows: Rows) -> tuple[Segment, float]:
    """A segment of which only the vectors matter, and the seconds that its sketches took."""
    passages = len(rows) // (1 + SENTENCES)
    columns: Columns = {}
    for table in TABLES:
        columns |= from_rows(table, (), rows.shape[1])
    sentence = starts(np.full(passages, SENTENCES))
    begun = time.perf_counter()
    sketched = sketches(rows)
    seconds = time.perf_counter() - begun
    end = passages * (1 + SENTENCES)
    columns |= {
        "cube.vector": rows[:passages],
        "cube.sketch": sketched[:passages],
        "cube.sense": rows[passages:end],
        "cube.outline": sketched[passages:end],
        "cube.sense@": sentence,
        "cube.sentence@": sentence,
    }
    return Segment(columns, 1, rows.shape[1]), seconds


def held(exact: npt.NDArray[np.float64], found: npt.NDArray[np.float64]) -> float:
    """The share of the first ten found that are as near as the tenth by exact scores."""
    least = np.partition(exact, -TOP)[-TOP]
    return float((exact[np.argsort(-found, kind="stable")[:TOP]] >= least).mean())


def measured(rows: Rows, asked: Questions, clock: Callable[[], float]) -> dict[str, Any]:
    """Recall and milliseconds at one size."""
    segment, seconds = segment_of(rows)
    size = len(segment["cube.vector"])
    mine = np.arange(size)
    times: dict[str, list[float]] = {"exact": [], "sketched": []}
    passage, sentence, share = list[float](), list[float](), list[float]()
    for question in asked:
        both = dict[str, Nearness]()
        for way, most in (("exact", len(rows)), ("sketched", 0)):
            begun = clock()
            both[way] = nearness([segment], [mine], size, question, exact=most)
            times[way].append(clock() - begun)
        one, other = both["exact"], both["sketched"]
        passage.append(held(one.passage, other.passage))
        sentence.append(held(one.sentence, other.sentence))
        share.append(float((other.best >= 0).mean()))
    return {
        "rows": len(rows),
        "sketching_s": round(seconds, 2),
        "exact_ms": round(1000 * statistics.median(times["exact"]), 2),
        "sketched_ms": round(1000 * statistics.median(times["sketched"]), 2),
        "recall_passages": round(statistics.fmean(passage), 4),
        "recall_sentences": round(statistics.fmean(sentence), 4),
        "compared": round(statistics.fmean(share), 4),
    }


def library(rows: Rows, asked: Questions, clock: Callable[[], float]) -> dict[str, Any]:
    """HNSW on the sentences: seconds to build, and for each breadth of its search recall and milliseconds."""
    usearch = importlib.import_module("usearch.index")
    sentences = rows[len(rows) // (1 + SENTENCES) :]
    graph = usearch.Index(
        ndim=rows.shape[1], metric="ip", dtype="bf16", connectivity=16, expansion_add=128
    )
    begun = clock()
    for start in range(0, len(sentences), 10_000):
        part = sentences[start : start + 10_000].astype(np.float32) / SCALE
        graph.add(np.arange(start, start + len(part)), part, threads=1)
    told: dict[str, Any] = {"rows": len(rows), "build_s": round(clock() - begun, 1)}
    exact = [sentences.astype(np.float32) @ whole(q).astype(np.float32) for q in asked]
    for breadth in (64, 128, 256, 512):
        graph.expansion_search = breadth
        recalls, seconds = list[float](), list[float]()
        for question, scores in zip(asked, exact, strict=True):
            begun = clock()
            keys = graph.search(question, TOP, threads=1).keys
            seconds.append(clock() - begun)
            recalls.append(float((scores[keys] >= np.partition(scores, -TOP)[-TOP]).mean()))
        told[f"breadth_{breadth}"] = {
            "recall": round(statistics.fmean(recalls), 4),
            "ms": round(1000 * statistics.median(seconds), 2),
        }
    return told


def agreement(db: str, user: str, asked: Sequence[str]) -> dict[str, Any]:
    """How much of the first 10 and 20 stays the same where a memory is searched by sketches."""
    told: dict[str, Any] = {}
    with Memory.open(db, user=user) as memory:
        for ranking in ("graph", "dense"):
            found = list[list[list[str]]]()
            for exact in (1 << 60, 0):
                memory.settings.exact_vectors = exact
                memory._let_go()
                found.append(
                    [
                        [h.cube.node for h in memory.search(q, limit=20, ranking=ranking).hits]
                        for q in asked
                    ]
                )
            told[ranking] = {
                cut: round(
                    statistics.fmean(
                        len(set(one[:cut]) & set(other[:cut])) / max(len(one[:cut]), 1)
                        for one, other in zip(*found, strict=True)
                    ),
                    4,
                )
                for cut in (10, 20)
            }
            told[ranking]["first_the_same"] = round(
                statistics.fmean(one[:1] == other[:1] for one, other in zip(*found, strict=True)), 4
            )
    return told


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark that the command line names."""
    parser = argparse.ArgumentParser(prog="benchmarks.vectors", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR")
    parser.add_argument("--rows", default="10000,100000", help="sizes, with commas between")
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--encoder", default="use")
    parser.add_argument("--seconds", type=float, default=300, help="to encode sentences")
    parser.add_argument("--clock", choices=sorted(CLOCKS), default="wall")
    parser.add_argument("--library", action="store_true", help="HNSW of usearch beside it")
    parser.add_argument("--memory", metavar="DB", help="a memory that holds the texts of the DIRs")
    parser.add_argument("--user", default="local:benchmark", help="who may read it")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    clock, rng = CLOCKS[given.clock], np.random.default_rng(5)
    said, questions = texts(given.folders)
    questions = [questions[i] for i in rng.permutation(len(questions))[: given.questions]]
    told: dict[str, Any] = {"clock": given.clock}
    if given.memory:
        told["agreement"] = agreement(given.memory, given.user, questions)
    else:
        if said:
            base, asked = encoded(given.encoder, said, questions, given.seconds)
        else:
            base, asked = drawn(rng)
        asked = asked[: given.questions]
        told |= {"encoded": len(base) if said else 0, "sizes": []}
        for count in map(int, given.rows.split(",")):
            rows = grown(base, count, rng)
            line = measured(rows, asked, clock)
            if given.library:
                line["library"] = library(rows, asked, clock)
            told["sizes"].append(line)
    if given.json:
        print(json.dumps(told))
    else:
        _print(told)
    return 0


def _print(told: dict[str, Any]) -> None:
    for ranking, cells in told.get("agreement", {}).items():
        print(f"{ranking}: " + ", ".join(f"{name} {value}" for name, value in cells.items()))
    for line in told.get("sizes", ()):
        print(", ".join(f"{name} {value}" for name, value in line.items() if name != "library"))
        for name, value in line.get("library", {}).items():
            print(f"  usearch {name}: {value}")


if __name__ == "__main__":
    sys.exit(main())
