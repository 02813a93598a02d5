"""A walk that a library of the engine goes is the walk that is gone here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import networkx as nx
import numpy as np
import pytest

from memcubes.graph.store import Course, Pushdown
from memcubes.query.delegate import Delegate
from memcubes.query.network import Network, network
from memcubes.query.recipe import Recipe
from memcubes.query.walk import personalised_pagerank

from .test_spokes import made, set_down
from .test_walk import crowded


@dataclass
class Library:
    """An engine that walks by networkx over what it is given."""

    walks: bool = True
    asked: int = 0

    def pagerank(self, course: Course) -> Mapping[int, float] | None:
        self.asked += 1
        graph: Any = nx.DiGraph()
        graph.add_weighted_edges_from(
            zip(course.sources, course.targets, course.weights, strict=True)
        )
        shares = {node: sum(w for *_, w in graph.out_edges(node, data="weight")) for node in graph}
        now = {course.start: 1 - course.damping}
        found = dict(now)
        for _ in range(60):  # what has no edges goes nowhere
            after: dict[int, float] = {}
            for node, mass in now.items():
                for _, there, weight in graph.out_edges(node, data="weight"):
                    after[there] = (
                        after.get(there, 0.0) + course.damping * mass * weight / shares[node]
                    )
            for node, mass in after.items():
                found[node] = found.get(node, 0.0) + mass
            now = after
        return found


def by(library: Any, net: Network, reset: Any) -> Any:
    return Delegate(cast(Pushdown, library)).walk(net, reset, 0.5)


@pytest.mark.parametrize("seed", range(3))
def test_it_brings_the_same_mass_to_every_node(seed: int) -> None:
    shelf = crowded(seed)
    net = network(shelf.index().view(shelf.scope()), Recipe())
    reset = np.random.default_rng(seed).random(net.size)
    reset[::3] = 0.0
    mass = by(Library(), net, reset)
    own = personalised_pagerank(net, reset, tolerance=1e-14)
    assert np.abs(mass - own).max() < 1e-9
    assert mass.sum() == pytest.approx(1, abs=1e-12)
    shelf.close()


def test_a_node_without_edges_starts_again() -> None:
    net = made(40, 400, 0.2)  # many entities are mentioned by nobody
    reset = set_down(net)
    lone = np.flatnonzero(net.strength <= 0)[:3]
    assert len(lone) == 3
    reset[lone] = 0.1
    own = personalised_pagerank(net, reset, tolerance=1e-14)
    assert own[lone].min() > 0
    assert np.abs(by(Library(), net, reset) - own).max() < 1e-9


def test_what_the_engine_cannot_do_is_left_to_the_own_walk() -> None:
    net = made(20, 20, 0.0)
    library = Library(walks=False)
    assert by(library, net, set_down(net)) is None
    assert library.asked == 0
    assert by(Library(), net, np.zeros(net.size)) is None
    failing = Library()
    failing.pagerank = lambda *_: None  # type: ignore[method-assign]
    assert by(failing, net, set_down(net)) is None
