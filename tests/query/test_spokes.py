"""Where few passages have a subject the walk takes turns all the same, and comes to the same masses."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import numpy.typing as npt
import pytest
from scipy.sparse import csr_array, diags_array

from memcubes.query import network as network_of
from memcubes.query.network import Network, Star, network
from memcubes.query.recipe import Recipe
from memcubes.query.walk import _together, alternations, personalised_pagerank, sweeps

from ..graph.index.bookshelf import Bookshelf
from .test_walk import crowded, powered


def made(passages: int, entities: int, told: float, seed: int = 3) -> Network:
    """Passages that mention four entities, some of them very often, a share of them with a subject."""
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(passages), 4)
    there = (entities ** rng.random(len(owner))).astype(np.int64) - 1
    places = np.unique(owner * entities + there)
    owner, there = np.divmod(places, entities)
    tf = csr_array(
        (1 + np.log(rng.integers(1, 4, len(owner))), (owner, there)), shape=(passages, entities)
    )
    tf.sort_indices()
    said = np.sort(rng.choice(passages, int(passages * told), replace=False))
    first = tf.indptr[said]
    star = Star.of(said, tf.indices[first].astype(np.int64), tf.data[first], entities)
    frequency = np.bincount(tf.indices, minlength=entities).astype(np.float64)
    idf = np.log1p(passages / np.maximum(frequency, 1))
    order = diags_array([1.0, 1.0], offsets=[-1, 1], shape=(passages, passages), format="csr")
    return Network(tf, csr_array(order), star, idf, frequency, 0.5, lambda _: np.arange(0))


def set_down(net: Network, seed: int = 1) -> npt.NDArray[np.float64]:
    """A little on each passage, and a fifth on one entity."""
    reset = np.random.default_rng(seed).random(net.size)
    reset[net.passages :] = 0
    reset *= 0.8 / reset.sum()
    reset[net.passages + int(np.argmax(net.frequency))] = 0.2
    return reset


def test_spokes_are_taken_apart_only_where_they_are_few() -> None:
    assert made(1_000, 1_000, 0.02).spokes is not None
    assert made(1_000, 1_000, 0.2).spokes is None
    assert made(1_000, 1_000, 0.0).spokes is None


def test_the_masses_are_those_of_networkx() -> None:
    net = made(300, 200, 0.05)
    assert net.spokes is not None
    reset = set_down(net)
    graph = nx.from_scipy_sparse_array(net.weights)
    expected = nx.pagerank(
        graph, alpha=0.5, personalization=dict(enumerate(reset)), max_iter=1000, tol=1e-15
    )
    mass = personalised_pagerank(net, reset, tolerance=1e-14)
    linked = np.flatnonzero(net.strength > 0)
    assert max(abs(mass[n] - expected[n]) for n in linked) < 1e-8
    assert mass.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("told", [0.001, 0.02, 0.05])
def test_fewer_sweeps_leave_no_more_than_all_nodes_at_once(told: float) -> None:
    net = made(4_000, 4_000, told)
    assert net.spokes is not None
    assert alternations(15, 0.5, net.beside) < 0.7 * sweeps(15)
    reset = set_down(net)
    limit = personalised_pagerank(net, reset, tolerance=1e-15)
    share = np.divide(net.scale, net.strength, out=np.zeros(net.size), where=net.strength > 0)
    at_once = _together(net, 0.5 * share * net.scale, share * reset, 0.5, 15, None)
    at_once *= net.strength / net.scale
    linked = net.strength > 0
    left = np.abs(personalised_pagerank(net, reset) - limit)[linked].sum()
    assert left < max(np.abs(at_once - limit)[linked].sum(), 1e-7)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("recipe", [Recipe(), replace(Recipe(), next_edge=30.0)])
def test_it_holds_however_many_have_a_subject(
    monkeypatch: pytest.MonkeyPatch, seed: int, recipe: Recipe
) -> None:
    """Nearly all do in these, and some sources are withdrawn and names merged."""
    shelf: Bookshelf = crowded(seed)
    view = shelf.index().view(shelf.scope())
    at_once = network(view, recipe)
    assert at_once.spokes is None
    monkeypatch.setattr(network_of, "FEW", 0)
    in_turn = network(view, recipe)
    assert in_turn.spokes is not None
    resets = np.random.default_rng(seed).random((in_turn.size, 4)) * (in_turn.strength > 0)[:, None]
    resets[:, 3] = 0.0
    for tolerance, most in ((1e-15, 1e-13), (None, 1e-5)):
        one = personalised_pagerank(in_turn, resets, tolerance=tolerance)
        assert (
            np.abs(one - personalised_pagerank(at_once, resets, tolerance=tolerance)).sum() < most
        )
        alone = personalised_pagerank(in_turn, resets[:, 1], tolerance=tolerance)
        assert np.abs(one[:, 1] - alone).max() < 1e-13
    reset = resets[:, 0] / resets[:, 0].sum()
    limit = personalised_pagerank(in_turn, reset, tolerance=1e-15)
    left = np.abs(personalised_pagerank(in_turn, reset) - limit).sum()
    assert left < max(np.abs(powered(in_turn, reset, 15) - limit).sum(), 1e-6)
    shelf.close()
