"""The factors of the weights say what the written matrix says, whatever came before."""

from __future__ import annotations

import gc
from weakref import ref

import numpy as np
import pytest
from scipy.sparse import csc_array

from memcubes.graph import EdgeKind
from memcubes.graph.index.encoders import load_encoder
from memcubes.query import factor as module
from memcubes.query.memoperator import MemOperator
from memcubes.query.network import Network, network
from memcubes.query.recipe import Recipe
from memcubes.query.walk import personalised_pagerank

from ..graph.index.bookshelf import Bookshelf
from .test_walk import crowded

RECIPES = [Recipe(), Recipe(star_edge=0.0), Recipe(star_edge=0.5, subject_edge=0.0, next_edge=2.0)]


def nets(recipe: Recipe) -> list[tuple[Bookshelf, Network]]:
    made = []
    for seed in range(3):
        shelf = crowded(seed)
        made.append((shelf, network(shelf.index().view(shelf.scope()), recipe)))
    return made


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_flow_is_a_product_with_the_written_weights(recipe: Recipe) -> None:
    for shelf, net in nets(recipe):
        mass = np.random.default_rng(1).random(net.size)
        written = net.weights
        assert (abs(written - written.T)).max() < 1e-12
        assert net.scale * net.flow(net.scale * mass) == pytest.approx(written @ mass, abs=1e-10)
        assert net.strength == pytest.approx(written.sum(axis=0), abs=1e-10)
        shelf.close()


@pytest.mark.parametrize("recipe", RECIPES)
def test_neighbours_are_the_rows_of_the_written_weights(recipe: Recipe) -> None:
    for shelf, net in nets(recipe):
        written = net.weights
        for node in range(net.size):
            row = slice(written.indptr[node], written.indptr[node + 1])
            nodes, weights = net.near(node)
            assert nodes.tolist() == written.indices[row].tolist()
            assert weights == pytest.approx(written.data[row], abs=1e-12)
        shelf.close()


def test_views_of_the_past_are_let_go() -> None:
    shelf = crowded(0)
    index = shelf.index()
    operator = MemOperator(shelf.store, index, load_encoder("hashing"))
    views = []
    for number in range(3):
        assert operator.search(shelf.scope(), "Did Tom Reed live in Ulm?").hits
        views.append(ref(index.view(shelf.scope())))
        shelf.add(f"new-{number}.md", "In Ulm lived Tom Reed with Ada Hill.")
    assert operator.search(shelf.scope(), "Did Tom Reed live in Ulm?").hits
    gc.collect()
    assert [view() for view in views] == [None] * 3
    shelf.close()


def test_two_threads_say_what_two_halves_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGE", 1)
    for shelf, net in nets(Recipe()):
        draw = np.random.default_rng(4)
        cut = net.factor._cut
        assert 0 < cut < net.passages
        tf, turned = net.tf, csc_array(net.tf.T)
        for part in (*net.factor._parts, *net.factor._turned):
            assert np.shares_memory(part.data, tf.data)
            assert np.shares_memory(part.indices, tf.indices)
        for width in ((), (3,)):
            there, here = draw.random((tf.shape[1], *width)), draw.random((net.passages, *width))
            assert net.factor.forth(there).tolist() == (tf @ there).tolist()
            upper, lower = turned[:, :cut] @ here[:cut], turned[:, cut:] @ here[cut:]
            assert net.factor.back(here).tolist() == (upper + lower).tolist()
        shelf.close()


def test_two_passages_that_follow_each_other_are_joined_twice() -> None:
    shelf = Bookshelf()
    shelf.add("a.md", "We met Ada Hill.", "Then Tom Reed left.")
    first, second = (cube.node for cube in shelf.cubes())
    index = shelf.index()
    one, other = (index.view(shelf.scope()).node(i) for i in range(2))
    assert {one, other} == {first, second}
    net = network(index.view(shelf.scope()), Recipe())
    assert net.near(0)[0].tolist()[0] == 1
    assert net.near(0)[1].tolist()[0] == 1.0
    shelf.close()


def test_a_network_after_a_write_equals_a_fresh_one() -> None:
    shelf = crowded(0)
    index = shelf.index()
    assert network(index.view(shelf.scope()), Recipe()).size
    shelf.add("new.md", "In Bonn lived Tom Reed with Ada Hill.", subject="Curtis Bern")
    shelf.join(EdgeKind.SAME_AS, "Tom Reed", "Curtis Bern")
    along = network(index.view(shelf.scope()), Recipe())
    fresh = network(shelf.index().view(shelf.scope()), Recipe())
    reset = np.random.default_rng(2).random(fresh.size)
    assert along.strength.tolist() == fresh.strength.tolist()
    assert (
        personalised_pagerank(along, reset).tolist() == personalised_pagerank(fresh, reset).tolist()
    )
    shelf.close()


def left(net: Network) -> tuple[float, float]:
    """What the sweeps that stand for fifteen power iterations leave of the error, and what those leave."""
    reset = np.random.default_rng(3).random(net.size) * (net.strength > 0)
    reset /= reset.sum()
    limit = personalised_pagerank(net, reset, tolerance=1e-15)
    power = reset.copy()
    share = np.divide(0.5, net.strength, out=np.zeros(net.size), where=net.strength > 0)
    for _ in range(15):
        power = net.scale * net.flow(net.scale * share * power) + 0.5 * reset
    near = personalised_pagerank(net, reset, iterations=15)
    assert near.sum() == pytest.approx(1.0)
    return float(np.abs(near - limit).sum()), float(np.abs(power - limit).sum())


def test_fewer_sweeps_come_as_near_as_power_iterations() -> None:
    for shelf, net in nets(Recipe()):
        # of a few dozen nodes that all lie close together either leaves nothing that counts
        assert left(net)[0] < 2 * 0.268**12
        shelf.close()
    shelf = Bookshelf()
    shelf.add("chain.md", *(f"and then {number}." for number in range(80)))
    mine, power = left(network(shelf.index().view(shelf.scope()), Recipe()))
    assert mine < 0.1 * power
    shelf.close()
