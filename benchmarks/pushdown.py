"""A graph larger than memory: `python -m benchmarks.pushdown [--nodes N] [--questions N] [--server URL] [--json]`.

A memory in Neo4j is filled with generated notes (`benchmarks.growth`), and questions are asked of it twice: on the index
in memory, and with `MEMCUBES_PUSHDOWN`, where the store's own indexes find what is walked. Half of them name a pump, of
which one note tells; half name a plant, of which forty notes tell. Printed are the overlap of the first twenty, whether
the first hit is the same, and the median and 95th percentile of a question in milliseconds; each question is asked once
before it is timed. Without --server (password in MEMCUBES_DB_PASSWORD) the server of the tests is started.
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
from random import Random
from typing import Any

from memcubes.api.memory import Memory
from memcubes.graph.neo4j.address import PASSWORD

from .growth import SECTIONS, filled, word

TWENTY = 20
FROM_PLANT = 40
"""Notes that name one plant."""


def questions_of(documents: int, count: int) -> dict[str, list[str]]:
    """Questions about pumps and about plants, drawn by a fixed seed.

    >>> {kind: len(asked) for kind, asked in questions_of(10, 4).items()}
    {'pump': 2, 'plant': 2}
    """
    draw = Random(7)
    notes = [draw.randrange(documents * SECTIONS) for _ in range(count)]
    return {
        "pump": [f"¿Quién cambió la bomba {word(2 * n)}?" for n in notes[::2]],
        "plant": [
            f"¿Qué bombas de la planta {word(n // FROM_PLANT)} se cambiaron?" for n in notes[1::2]
        ],
    }


def asked(
    search: Callable[[str], list[str]], questions: Sequence[str]
) -> tuple[list[list[str]], list[float]]:
    """What was found for each question, and the milliseconds that it took the second time."""
    found, taken = [], []
    for question in questions:
        found.append(search(question))
        begun = time.perf_counter()
        search(question + " ")
        taken.append(1000 * (time.perf_counter() - begun))
    return found, taken


def compared(memory: Memory, questions: Sequence[str]) -> dict[str, Any]:
    """Both ways on the same questions."""
    pushed = Memory(memory.settings.model_copy(update={"pushdown": True}))

    def by(one: Memory) -> Callable[[str], list[str]]:
        return lambda text: [hit.cube.text for hit in one.search(text, limit=TWENTY).hits]

    whole, whole_ms = asked(by(memory), questions)
    part, part_ms = asked(by(pushed), questions)
    pushed.close()
    shares = [len(set(p) & set(w)) / len(w) for p, w in zip(part, whole, strict=True) if w]
    return {
        "questions": len(questions),
        "overlap": round(100 * statistics.fmean(shares), 1),
        "same_first": sum(p[:1] == w[:1] for p, w in zip(part, whole, strict=True)),
        "index_ms": _spread(whole_ms),
        "pushdown_ms": _spread(part_ms),
    }


def _spread(taken: Sequence[float]) -> list[float]:
    """The median and the 95th percentile."""
    ordered = sorted(taken)
    return [round(statistics.median(ordered), 1), round(ordered[int(0.95 * (len(ordered) - 1))], 1)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark that the command line names."""
    parser = argparse.ArgumentParser(prog="benchmarks.pushdown", description=__doc__)
    parser.add_argument("--nodes", type=int, default=100_000, metavar="N")
    parser.add_argument("--questions", type=int, default=40, metavar="N")
    parser.add_argument("--server", default="", metavar="URL")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = given.server
        if not server:
            from tests.server.server import Server

            served = stack.enter_context(Server(["dbms.cypher.min_replan_interval=10s"]))
            os.environ[PASSWORD], server = served.password, served.url
        memory = stack.enter_context(Memory.open(server, user="local:benchmark", encoder="hashing"))
        begun = time.perf_counter()
        nodes, cubes, documents = filled(memory, scratch, given.nodes)
        told: dict[str, Any] = {"nodes": nodes, "cubes": cubes}
        told["fill_seconds"] = round(time.perf_counter() - begun, 1)
        print(f"{nodes:,} nodes after {told['fill_seconds']} s", file=sys.stderr, flush=True)
        for kind, questions in questions_of(documents, given.questions).items():
            told[kind] = compared(memory, questions)
            print(f"{kind}: {told[kind]}", file=sys.stderr, flush=True)
    if given.json:
        print(json.dumps(told))
        return 0
    print(f"{told['nodes']:,} nodes, {told['cubes']:,} cubes, filled in {told['fill_seconds']} s")
    for kind in ("pump", "plant"):
        one = told[kind]
        print(
            f"  {kind:<6} overlap of 20 {one['overlap']} %  same first {one['same_first']}/{one['questions']}  "
            f"index {one['index_ms']} ms  pushdown {one['pushdown_ms']} ms (p50, p95)"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
