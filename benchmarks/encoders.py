"""How well and how fast the encoders find passages: `python -m benchmarks.encoders`.

For each folder with `corpus.json` (title, text) and `questions.json` (question,
gold): recall at 2, 5, 10 and 20 of plain dense retrieval, averaged over the
questions, with BM25 (k1 1.2, b .75) beside it. Then R@1 of Chinese and English
questions on `chinese.json`, passages and questions a second, and the seconds from a fresh
process to the first question's vector (median of three).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from memcubes.graph.index.analyser import Analyser
from memcubes.graph.index.encoder import Encoder, EncoderError
from memcubes.graph.index.encoders import load_encoder

CUTS = (2, 5, 10, 20)
CHINESE = Path(__file__).with_name("chinese.json")
DIRECTIONS = (("zh", "zh"), ("zh", "en"), ("en", "zh"), ("en", "en"))
STARTS = 3

_FIRST_VECTOR = (
    "import sys; from memcubes.graph.index.encoders import load_encoder; "
    "load_encoder(sys.argv[1]).encode_questions(['Who keeps a dog?'])"
)


@dataclass(frozen=True)
class Collection:
    """Passages and the questions on them; gold are indices of passages."""

    name: str
    passages: tuple[str, ...]
    questions: tuple[str, ...]
    gold: tuple[frozenset[int], ...]

    @classmethod
    def read(cls, folder: Path, titles: bool = True) -> Collection:
        """Read `corpus.json` and `questions.json`; `titles` puts "title. " first."""
        corpus = json.loads((folder / "corpus.json").read_text("utf-8"))
        asked = json.loads((folder / "questions.json").read_text("utf-8"))
        return cls(
            folder.name,
            tuple(f"{p['title']}. {p['text']}" if titles else p["text"] for p in corpus),
            tuple(q["question"] for q in asked),
            tuple(frozenset(q["gold"]) for q in asked),
        )

    def reduced(self, size: int) -> Collection:
        """Keep every gold passage and, evenly spread, others up to `size`."""
        if size >= len(self.passages):
            return self
        kept = set().union(*self.gold)
        others = [i for i in range(len(self.passages)) if i not in kept]
        room = max(0, size - len(kept))
        if room:
            step = len(others) / room
            kept |= {others[int(i * step)] for i in range(room)}
        order = sorted(kept)
        place = {old: new for new, old in enumerate(order)}
        return Collection(
            f"{self.name}[{len(order)}]",
            tuple(self.passages[i] for i in order),
            self.questions,
            tuple(frozenset(place[i] for i in gold) for gold in self.gold),
        )


def recall(scores: npt.NDArray[np.floating], gold: Sequence[frozenset[int]]) -> list[float]:
    """Mean share of the gold passages among the best `CUTS`, in percent.

    >>> recall(np.array([[0.1, 0.9, 0.5]]), [frozenset({1})])
    [100.0, 100.0, 100.0, 100.0]
    """
    best = np.argsort(-scores, axis=1, kind="stable")
    shares = [
        [len(right & set(row[:cut].tolist())) / len(right) for cut in CUTS]
        for row, right in zip(best, gold, strict=True)
    ]
    return [round(100 * statistics.mean(column), 1) for column in zip(*shares, strict=True)]


def bm25_scores(passages: Sequence[str], questions: Sequence[str]) -> npt.NDArray[np.floating]:
    """Okapi BM25 of every question and passage, shape (questions, passages)."""
    analyser = Analyser()
    column: dict[str, int] = {}
    counted = [analyser.counts(text) for text in passages]
    for counts in counted:
        for term in counts:
            column.setdefault(term, len(column))
    rows = np.repeat(np.arange(len(counted)), [len(c) for c in counted])
    columns = np.array([column[t] for c in counted for t in c])
    tf = np.array([n for c in counted for n in c.values()], dtype=np.float64)
    length = np.array([sum(c.values()) for c in counted], dtype=np.float64)
    df = np.bincount(columns, minlength=len(column))
    idf = np.log1p((len(passages) - df + 0.5) / (df + 0.5))
    norm = 1.2 * (0.25 + 0.75 * length / length.mean())
    weight = idf[columns] * tf * 2.2 / (tf + norm[rows])
    shape = (len(passages), len(column))
    postings = csr_array((weight, (rows, columns)), shape=shape)
    asked = np.zeros((len(column), len(questions)))
    for i, question in enumerate(questions):
        for term, count in analyser.counts(question).items():
            if term in column:
                asked[column[term], i] = count
    return np.asarray((postings @ asked).T)


def chinese(encoder: Encoder | None) -> dict[str, float]:
    """R@1 in percent, question language → fact language; None takes BM25."""
    facts = json.loads(CHINESE.read_text("utf-8"))["facts"]
    found = {}
    for asked, told in DIRECTIONS:
        questions = [fact[f"question_{asked}"] for fact in facts]
        passages = [fact[f"fact_{told}"] for fact in facts]
        if encoder is None:
            scores = bm25_scores(passages, questions)
        else:
            scores = encoder.encode_questions(questions) @ encoder.encode_passages(passages).T
        hits = scores.argmax(axis=1) == np.arange(len(facts))
        found[f"{asked}→{told}"] = round(100 * float(hits.mean()), 1)
    return found


def first_vector_seconds(name: str) -> float:
    """Seconds of a fresh process from its start to its end, one question encoded."""
    taken = []
    for _ in range(STARTS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", _FIRST_VECTOR, name], check=True)
        taken.append(time.perf_counter() - start)
    return round(statistics.median(taken), 2)


def measure(name: str, collections: Sequence[Collection]) -> dict[str, Any]:
    """Everything about one encoder, as plain data; `bm25` is a name too."""
    encoder = None if name == "bm25" else load_encoder(name)
    result: dict[str, Any] = {"name": name, "recall": {}}
    passages_done = questions_done = 0
    passage_seconds = question_seconds = 0.0
    if encoder is not None:
        result["fingerprint"] = encoder.fingerprint
        result["cold_seconds"] = first_vector_seconds(name)
        encoder.encode_passages(["one text loads the model"])
    for each in collections:
        if encoder is None:
            scores = bm25_scores(each.passages, each.questions)
        else:
            start = time.perf_counter()
            passages = encoder.encode_passages(each.passages)
            middle = time.perf_counter()
            questions = encoder.encode_questions(each.questions)
            question_seconds += time.perf_counter() - middle
            passage_seconds += middle - start
            passages_done += len(each.passages)
            questions_done += len(each.questions)
            scores = questions @ passages.T
        result["recall"][each.name] = recall(scores, each.gold)
    if passages_done:
        result["passages_per_second"] = round(passages_done / passage_seconds, 1)
        result["questions_per_second"] = round(questions_done / question_seconds, 1)
    result["chinese"] = chinese(encoder)
    return result


def table(results: Sequence[dict[str, Any]]) -> str:
    """The results as a Markdown table."""
    sets = list(results[0]["recall"])
    directions = list(results[0]["chinese"])
    head = ["encoder", *(f"{s} R@{'/'.join(map(str, CUTS))}" for s in sets)]
    head += [f"{d} R@1" for d in directions] + ["passages/s", "questions/s", "cold s"]
    lines = [head, ["---"] * len(head)]
    for result in results:
        line = [result["name"]]
        line += ["/".join(f"{r:.1f}" for r in result["recall"][s]) for s in sets]
        line += [f"{result['chinese'][d]:.0f}" for d in directions]
        for figure in ("passages_per_second", "questions_per_second", "cold_seconds"):
            line.append(str(result.get(figure, "")))
        lines.append(line)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 2 when an encoder cannot be loaded."""
    parser = argparse.ArgumentParser(prog="benchmarks.encoders", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR")
    parser.add_argument("--encoder", action="append", metavar="NAME")
    parser.add_argument(
        "--passages",
        type=int,
        metavar="N",
        help="keep the gold passages and others up to N of each corpus",
    )
    parser.add_argument("--untitled", action="store_true", help="leave the titles out of the text")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args(arguments)
    collections = [Collection.read(f, not given.untitled) for f in given.folders]
    if given.passages:
        collections = [each.reduced(given.passages) for each in collections]
    names = given.encoder or ["use", "minilm", "hashing"]
    results = []
    try:
        for name in ["bm25", *(n for n in names if n != "bm25")]:
            results.append(measure(name, collections))
    except EncoderError as error:
        print(error, file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps(results, ensure_ascii=False, indent=1))
    else:
        print(table(results))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
