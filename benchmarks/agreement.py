"""Whether both stores answer alike: `python -m benchmarks.agreement DIR… [--server URL]`.

The corpora of all DIRs (`corpus.json`, `questions.json`) go into an embedded store and into a Neo4j store
through `Memory`; the questions are asked on both. Printed are the rates of ingest, how many questions
gave the same passages in the same order, whether both verify, and what Neo4j's own full-text and vector
indexes find of the index's first ten (recall), and what a walk over what comes back of them finds of its first
twenty (MEMCUBES_PUSHDOWN), with the median of each in milliseconds.
Without --server (password in MEMCUBES_DB_PASSWORD) the server of the tests is started.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from memcubes.api.memory import Memory
from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.neo4j.address import PASSWORD
from memcubes.graph.verify import verify

from .question import Question, read_questions
from .retrieval import take_in

TEN, TWENTY = 10, 20
Found = list[list[str]]


def joined(folders: Sequence[Path], place: Path, most: int) -> Path:
    """Write the records of several corpora as one, filled up with short facts, and give the file."""
    records = [one for f in folders for one in json.loads((f / "corpus.json").read_text("utf-8"))]
    for n in range(most - len(records)):
        text = f"The pump P-{n} of hall {n % 40} was replaced by crew {n % 7} in {1990 + n % 35}."
        records.append({"title": f"Pump P-{n}", "text": text})
    place.write_text(json.dumps(records[:most], ensure_ascii=False), "utf-8")
    return place


def asked(
    questions: Sequence[Question], search: Callable[[str], Sequence[tuple[str, str]]]
) -> tuple[Found, float]:
    """What each question finds, as title and text, and the median in milliseconds."""
    found, taken = [], []
    search(questions[0].text)
    for question in questions:
        begun = time.perf_counter()
        hits = search(question.text)
        taken.append(time.perf_counter() - begun)
        found.append([f"{title}\n{text}" for title, text in hits])
    return found, round(statistics.median(taken) * 1000, 1)


def overlap(found: Found, wanted: Found) -> float:
    """The share of what is wanted that is found, in percent."""
    shares = [len(set(f) & set(w)) / len(w) for f, w in zip(found, wanted, strict=True) if w]
    return round(100 * statistics.fmean(shares), 1)


def by_memory(memory: Memory, ranking: str, limit: int) -> Callable[[str], Any]:
    """Search through `Memory`."""
    return lambda text: [
        (str(hit.cube.get("title")), hit.cube.text)
        for hit in memory.search(text, limit=limit, ranking=ranking).hits
    ]


def pushed_down(memory: Memory, questions: Sequence[Question]) -> dict[str, Any]:
    """Neo4j's own searches against the index's, by their first ten."""
    engine = memory.store().engine
    assert isinstance(engine, Neo4jStore)
    scope, encoder = memory.scope(), memory.retrieval.encoder

    def words(text: str) -> list[tuple[str, str]]:
        hits = engine.search_text(scope, text, first=TEN)
        return [(str(hit.version.get("title")), hit.version.text) for hit in hits]

    def vectors(text: str) -> list[tuple[str, str]]:
        row = encoder.encode_questions([text])[0].tolist()
        hits = engine.search_vector(scope, encoder.fingerprint, row, first=TEN)
        return [(str(hit.version.get("title")), hit.version.text) for hit in hits]

    pushed = Memory(memory.settings.model_copy(update={"pushdown": True}))
    told: dict[str, Any] = {}
    for name, search, ranking, most in (
        ("full text", words, "bm25", TEN),
        ("vectors", vectors, "dense", TEN),
        ("excerpt", by_memory(pushed, "graph", TWENTY), "graph", TWENTY),
    ):
        mine, mine_ms = asked(questions, search)
        index, index_ms = asked(questions, by_memory(memory, ranking, most))
        told[name] = {
            "recall": overlap(mine, index), "ms": mine_ms, "index": ranking, "index_ms": index_ms,
        }  # fmt: skip
    pushed.close()
    return told


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison; 1 where the stores differ."""
    parser = argparse.ArgumentParser(prog="benchmarks.agreement", description=__doc__)
    parser.add_argument("folders", type=Path, metavar="DIR", nargs="+")
    parser.add_argument("--encoder", default="minilm")
    parser.add_argument("--passages", type=int, default=6_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--server", default="")
    given = parser.parse_args(arguments)
    questions = [q for folder in given.folders for q in read_questions(folder)][: given.questions]
    told: dict[str, Any] = {"questions": len(questions), "encoder": given.encoder}
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = given.server
        if not server:
            from tests.server.server import Server

            served = stack.enter_context(Server(["dbms.cypher.min_replan_interval=10s"]))
            os.environ[PASSWORD], server = served.password, served.url
        corpus = joined(given.folders, scratch / "corpus.json", given.passages)
        orders = {}
        for name, db in (("sqlite", f"{scratch}/memory.db"), ("neo4j", server)):
            with Memory.open(db, user="local:benchmark", encoder=given.encoder) as memory:
                told[name] = take_in(memory, corpus)
                orders[name], told[name]["search_ms"] = asked(
                    questions, by_memory(memory, "graph", 20)
                )
                told[name]["verifies"] = verify(memory.store().engine).ok
                if name == "neo4j":
                    told["pushdown"] = pushed_down(memory, questions)
        same = [a == b for a, b in zip(orders["sqlite"], orders["neo4j"], strict=True)]
        told["same order"] = sum(same)
    print(json.dumps(told, indent=1))
    alike = all(same) and told["sqlite"]["verifies"] and told["neo4j"]["verifies"]
    return 0 if alike else 1


if __name__ == "__main__":
    sys.exit(main())
