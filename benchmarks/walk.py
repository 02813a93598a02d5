"""The walk and what is around it at any size: `python -m benchmarks.walk [--nodes 10000,100000,1000000] [--json]`.

A synthetic graph (`benchmarks.synthetic`: half passages, half entities, five edges a node, an entity's name
for each, 512 columns a vector) is turned and published by the index's own code, beside a store that holds
none of it; then everything goes through `Memory`: opening, `search`, `ingest` of one document more, and the
search after it. What is missing from a search is the reading of its hits from the store. Each size runs in a process
of its own, of which the memory is told.

Then the walk alone on the product's `Network`, against Chebyshev's iteration over all nodes at once, power
iteration, push, networkx, and python-igraph's prpack as HippoRAG calls it (`pip install igraph`; it is GPL and belongs to
no group here; left out where it is not installed), in turn and by both clocks. The floor is reading the matrix of all
weights, as arrays of a sparse matrix, once a sweep.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from memcubes.api.memory import Memory
from memcubes.graph.index.nearness import Scores
from memcubes.graph.index.segment import Segment
from memcubes.query.network import Network, network
from memcubes.query.recipe import Recipe
from memcubes.query.walk import _together, alternations, personalised_pagerank, sweeps

from .growth import document, word
from .synthetic import columns, questions

NETWORKX = 150_000
"""Nodes up to which networkx is asked: it keeps a graph as dictionaries."""

PUSHED = 1e-6
"""What push leaves lying on a node, by its strength, times the number of passages."""

FIRST = 1_000_000
"""The number of the first document that is added: no entity of the graph has its names."""


CLOCKS: dict[str, Callable[[], float]] = {
    "wall": time.perf_counter,
    "processor": time.process_time,
}
"""By what is measured: where others are at work, the time of the processor says more."""

clock = CLOCKS["wall"]


def took(run: Callable[[], object]) -> float:
    """Milliseconds of a call."""
    begun = clock()
    run()
    return 1000 * (clock() - begun)


def median(run: Callable[[], object], times: int) -> float:
    """Median milliseconds of several calls."""
    return round(statistics.median(took(run) for _ in range(times)), 2)


def in_turn(runs: dict[str, Callable[[], object]], times: int) -> dict[str, float]:
    """Median milliseconds of several calls by both clocks, each after the other, so that all have the same load."""
    taken: dict[str, list[float]] = {}
    for _ in range(times):
        for name, run in runs.items():
            begun = {key: read() for key, read in CLOCKS.items()}
            run()
            for key, read in CLOCKS.items():
                taken.setdefault(f"{name}_{key}_ms", []).append(1000 * (read() - begun[key]))
    return {name: round(statistics.median(each), 2) for name, each in taken.items()}


def resident() -> dict[str, int]:
    """Megabytes of this process in memory: its own, and those of mapped files."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {
        name: int(lines[key].split()[0]) // 1024
        for name, key in (("own_mb", "RssAnon"), ("mapped_mb", "RssFile"))
    }


def prepared(url: str, scratch: Path, nodes: int) -> dict[str, float]:
    """Make a memory whose index holds the synthetic graph."""
    with Memory.open(url, user="local:benchmark", encoder="hashing") as memory:
        first = scratch / "first.md"
        first.write_text(document(FIRST, 1), "utf-8")
        memory.ingest(first)
        index = memory.retrieval.index
        drawn = columns(nodes, index.encoder.dimension)
        made: list[Segment] = []
        turn = took(
            lambda: made.append(
                Segment.of_columns(drawn, index.store.head().seq, index.encoder.dimension)
            )
        )
        folder = index._folder(memory.namespace)
        assert folder is not None
        folder.clear()
        publish = took(lambda: folder.publish(made[0]))
        size = sum(column.nbytes for column in made[0].columns.values())
    return {"build_ms": round(turn + publish), "index_mb": size // 1_000_000}


def asked(memory: Memory, nodes: int, count: int) -> dict[str, float]:
    """Searches of an index that is open."""
    times = [took(partial(memory.search, question)) for question in questions(nodes, count)]
    return {
        "search_p50_ms": round(float(np.percentile(times, 50)), 1),
        "search_p95_ms": round(float(np.percentile(times, 95)), 1),
    }


def grown(memory: Memory, scratch: Path, nodes: int, times: int) -> dict[str, float]:
    """One document more, and the next search; the median of several."""
    taken: dict[str, list[float]] = {"insert": [], "next_search": [], "again": []}
    lines = questions(nodes, times + 1, seed=13)
    for number in range(1, times + 2):
        path = scratch / f"one-{number}.md"
        path.write_text(document(FIRST + number, 1), "utf-8")
        taken["insert"].append(took(partial(memory.ingest, path)))
        question = f"¿Quién cambió la bomba {word(2 * (FIRST + number) * 25)}?"
        taken["next_search"].append(took(partial(memory.search, question)))
        assert memory.search(question).hits, "what was just written is found"
        taken["again"].append(took(partial(memory.search, lines[number - 1])))
    return {f"{name}_ms": round(statistics.median(t[1:]), 1) for name, t in taken.items()}


def power(net: Network, reset: Scores, damping: float, iterations: int) -> Scores:
    """Power iteration over the same factors, without nodes that lack edges."""
    share = np.divide(damping, net.strength, out=np.zeros(net.size), where=net.strength > 0)
    start: Scores = reset / reset.sum()
    mass = start.copy()
    for _ in range(iterations):
        spread = net.scale * net.flow(net.scale * (share * mass))
        mass = spread + (1 - damping) * start
    return mass


def together(net: Network, reset: Scores, damping: float, iterations: int) -> Scores:
    """Chebyshev's iteration over all nodes at once, as where entities are joined to each other."""
    share = np.divide(net.scale, net.strength, out=np.zeros(net.size), where=net.strength > 0)
    first = share * reset / reset.sum()
    mass = _together(net, damping * share * net.scale, first, damping, iterations, None)
    return np.asarray(mass * net.strength / net.scale)


def pushed(net: Network, reset: Scores, damping: float, least: float) -> tuple[Scores, float]:
    """Push (Andersen, Chung and Lang 2006), all nodes above the threshold at once: the masses, and how many
    sweeps over all edges the edges that were gone along would make."""
    rest = reset / reset.sum()
    share = np.divide(1.0, net.strength, out=np.zeros(net.size), where=net.strength > 0)
    mass, edges = np.zeros(net.size), 0.0
    degree = np.diff(net.tf.indptr) + np.diff(net.order.indptr)
    degree = np.concatenate([degree, net.frequency])
    while (active := rest > least * net.strength).any():
        held = np.where(active, rest, 0.0)
        edges += float(degree[active].sum())
        mass += (1 - damping) * held
        rest = rest - held + damping * net.scale * net.flow(net.scale * (held * share))
    return mass, edges / float(degree.sum())


def error(mass: Scores, limit: Scores) -> dict[str, float]:
    """How far masses are from the limit: in all, and the worst of any node by its own mass."""
    return {
        "l1": float(np.abs(mass - limit).sum()),
        "relative": float((np.abs(mass - limit) / limit).max()),
    }


def walked(memory: Memory, nodes: int, times: int) -> dict[str, Any]:
    """The walk alone, and others' walks on the same weights."""
    recipe, view = Recipe(), memory.retrieval.index.view(memory.scope())
    net = network(view, recipe)
    rng = np.random.default_rng(3)
    # as a question sets it down: on every passage a little, and on a few entities the share of entities
    reset = np.zeros(net.size)
    near = rng.random(net.passages)
    reset[: net.passages] = (1 - recipe.entity_share) * near / near.sum()
    there = net.passages + rng.choice(np.flatnonzero(net.frequency), 5)
    np.add.at(reset, there, recipe.entity_share / 5)
    reset[net.strength <= 0] = 0.0
    reset /= reset.sum()
    limit = personalised_pagerank(net, reset, recipe.damping, tolerance=1e-14)
    pace = recipe.damping, recipe.iterations
    walk = partial(personalised_pagerank, net, reset, *pace)
    over_all = partial(together, net, reset, *pace)
    powered = partial(power, net, reset, *pace)
    linked = net.strength > 0
    count: float = sweeps(recipe.iterations)
    if not net.starred or net.spokes:  # it begins with half a sweep
        count = alternations(recipe.iterations, recipe.damping, net.beside) + 0.5
    told: dict[str, Any] = {"nodes": net.size, "sweeps": count, "beside": round(net.beside, 3)}
    for name, run in (("walk", walk), ("together", over_all), ("power", powered)):
        told[f"{name}_error"] = error(run()[linked], limit[linked])
    mass, worth = pushed(net, reset, recipe.damping, PUSHED / net.passages)
    told["push_sweeps"], told["push_error"] = round(worth, 1), error(mass[linked], limit[linked])
    written = net.weights
    told["edges"] = written.nnz // 2
    told["weights_mb"] = round((written.data.nbytes + written.indices.nbytes) / 1e6, 1)
    factors = sum(part.data.nbytes + part.indices.nbytes for part in (net.tf, net.order))
    told["factors_mb"] = round(factors / 1e6, 1)
    runs: dict[str, Callable[[], object]] = {
        "walk": walk,
        "together": over_all,
        "power": powered,
        "read": partial(_read, written),
    }
    try:
        runs["prpack"] = prpack(written, reset, recipe.damping)
    except ImportError:
        pass
    else:
        found = np.array(runs["prpack"]())
        told["prpack_difference"] = float(np.abs(found - limit).max())
    told |= in_turn(runs, times)
    for name in CLOCKS:
        floor = count * max(told[f"read_{name}_ms"], 0.01)
        told[f"walk_to_floor_{name}"] = round(told[f"walk_{name}_ms"] / floor, 1)
        if "prpack" in runs:
            of_it = told[f"prpack_{name}_ms"] / told[f"walk_{name}_ms"]
            told[f"prpack_to_walk_{name}"] = round(of_it, 1)
    told |= peer(written, reset, limit, recipe.damping)
    return told


def _read(matrix: csr_array) -> float:
    """Read all numbers of a matrix once."""
    whole: npt.NDArray[np.int64] = matrix.indices[: len(matrix.indices) // 2 * 2].view(np.int64)
    return float(matrix.data.sum()) + float(whole.sum())


def _ends(written: csr_array) -> tuple[npt.NDArray[np.integer[Any]], Scores]:
    """The edges of a symmetric matrix, each once, and their weights."""
    half = written.tocoo()
    upper = np.flatnonzero(half.row < half.col)
    return np.stack([half.row[upper], half.col[upper]], axis=1), half.data[upper]


def prpack(written: csr_array, reset: Scores, damping: float) -> Callable[[], Sequence[float]]:
    """igraph's walk on the same weights; raises `ImportError` without it."""
    igraph: Any = importlib.import_module("igraph")
    ends, weights = _ends(written)
    graph = igraph.Graph(n=written.shape[0], edges=ends)
    graph.es["weight"] = weights.tolist()
    found: Callable[[], Sequence[float]] = partial(
        graph.personalized_pagerank,
        damping=damping,
        directed=False,
        weights="weight",
        reset=reset,
        implementation="prpack",
    )
    return found


def peer(written: csr_array, reset: Scores, limit: Scores, damping: float) -> dict[str, Any]:
    """networkx on the same weights, and how far it is from our limit."""
    if written.shape[0] > NETWORKX:
        return {}
    import networkx as nx

    ends, weights = _ends(written)
    drawn: nx.Graph[int] = nx.Graph()
    drawn.add_nodes_from(range(written.shape[0]))
    drawn.add_weighted_edges_from(zip(*ends.T.tolist(), weights.tolist(), strict=True))
    there = dict(enumerate(reset.tolist()))
    told: dict[str, Any] = {
        "networkx_ms": median(lambda: nx.pagerank(drawn, alpha=damping, personalization=there), 1)
    }
    exact = nx.pagerank(drawn, alpha=damping, personalization=there, max_iter=1000, tol=1e-15)
    told["networkx_difference"] = max(abs(exact[n] - limit[n]) for n in range(len(limit)))
    return told


def measured(nodes: int, times: int, count: int, alone: bool = False) -> dict[str, Any]:
    """Everything at one size, or the walk alone."""
    with tempfile.TemporaryDirectory() as scratch:
        url = f"sqlite:///{scratch}/memory.db"
        # in a process of its own, so that what was needed to make the graph is not counted here
        call = [sys.executable, "-m", "benchmarks.walk", "--prepare", url, "--nodes", str(nodes)]
        call += ["--clock", next(name for name, one in CLOCKS.items() if one is clock)]
        told: dict[str, Any] = json.loads(
            subprocess.run(call, check=True, capture_output=True).stdout
        )
        first = questions(nodes, 1, seed=1)[0]
        opened: list[Memory] = []

        def reopen() -> None:
            opened.append(Memory.open(url, user="local:benchmark", encoder="hashing"))
            opened[0].search(first)

        told["reopen_ms"] = round(took(reopen))
        with opened[0] as memory:
            if not alone:
                told |= asked(memory, nodes, count)
                told |= resident()
                told |= grown(memory, Path(scratch), nodes, times)
            told |= walked(memory, nodes, times)
        told["load"] = round(os.getloadavg()[0], 1)
    return told


def printed(points: Sequence[dict[str, Any]]) -> str:
    """What was measured, one line a figure and one column a size."""
    names = list(dict.fromkeys(name for point in points for name in point))
    return "\n".join(
        f"{name:22}" + "".join(f"{_said(point.get(name)):>26}" for point in points)
        for name in names
    )


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {one:.1e}" for name, one in value.items())
    return "" if value is None else f"{value:.1e}" if 0 < value < 1e-3 else f"{value:,}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark that the command line names."""
    parser = argparse.ArgumentParser(prog="benchmarks.walk", description=__doc__)
    parser.add_argument("--nodes", default="10000,100000,1000000", metavar="N,…")
    parser.add_argument("--times", type=int, default=7, help="documents, and walks, at each size")
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--alone", action="store_true", help="the walk, and nothing before it")
    parser.add_argument("--prepare", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    global clock
    clock = CLOCKS[given.clock]
    sizes = [int(size) for size in given.nodes.split(",")]
    if given.prepare:
        place = Path(given.prepare.removeprefix("sqlite:///")).parent
        print(json.dumps(prepared(given.prepare, place, sizes[0])))
        return 0
    points = []
    for size in sizes:
        if len(sizes) == 1:
            points.append(measured(size, given.times, given.questions, given.alone))
        else:
            call = [sys.executable, "-m", "benchmarks.walk", "--nodes", str(size), "--json"]
            call += [
                "--clock",
                given.clock,
                "--times",
                str(given.times),
                "--questions",
                str(given.questions),
            ]
            call += ["--alone"] * given.alone
            run = subprocess.run(call, check=True, stdout=subprocess.PIPE)
            points += json.loads(run.stdout)
    print(json.dumps(points) if given.json else printed(points))
    return 0


if __name__ == "__main__":
    sys.exit(main())
