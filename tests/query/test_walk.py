"""The walk is PageRank on the visible graph, worked out by somebody else."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csr_array

from memcubes.graph import EdgeKind, NodeKind, Scope, Where
from memcubes.graph.canonical import identities
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.nearness import Scores
from memcubes.graph.listing import all_edges, all_found
from memcubes.graph.scope import Along
from memcubes.query.explanation import best_way
from memcubes.query.fusion import fused, logarithm, minmax
from memcubes.query.memoperator import MemOperator
from memcubes.query.network import Network, Star, network
from memcubes.query.recipe import Recipe
from memcubes.query.seeds import named_entities, nearest, seeds
from memcubes.query.walk import alternations, personalised_pagerank, sweeps

from ..graph.index.bookshelf import BOB, NS, Bookshelf

RECIPE = Recipe(tolerance=1e-14)
FLAT = Recipe(tolerance=1e-14, star_edge=0.0)
"""No entity is joined to another: passages and entities take turns."""
RECIPES = [RECIPE, FLAT, replace(FLAT, next_edge=30.0)]
PEOPLE = ["Ada Hill", "Tom Reed", "Curtis Bern", "Eva Moon"]
PLACES = ["Bonn", "Ulm", "Kiel", "Trier"]


def crowded(seed: int, shelf: Bookshelf | None = None) -> Bookshelf:
    """Twenty sources, some withdrawn, archived, restricted or merged."""
    draw = random.Random(seed)
    shelf = shelf or Bookshelf()
    for number in range(20):
        texts = [
            " ".join(
                f"In {draw.choice(PLACES)} lived {draw.choice(PEOPLE)} with {draw.choice(PEOPLE)}."
                for _ in range(draw.randint(1, 3))
            )
            + f" That was {number} {place}."
            for place in range(draw.randint(1, 3))
        ]
        shelf.add(f"{number}.md", *texts, subject=draw.choice([None, *PEOPLE]))
    shelf.share()
    shelf.retract("3.md")
    shelf.archive(shelf.cubes()[5].node)
    shelf.join(EdgeKind.SAME_AS, "Ada Hill", "Eva Moon")
    shelf.grant("local:cleo", shelf.node(NodeKind.SOURCE, "7.md"))
    return shelf


def drawn(shelf: Bookshelf, scope: Scope, recipe: Recipe = RECIPE) -> nx.Graph[str]:
    """The walk's graph as RETRIEVAL's recipe A says it, from the store and nothing else."""
    same = identities(shelf.as_(scope.viewer), scope).roots
    return drawn_of([(shelf, scope, lambda entity: same.get(entity, entity))], recipe)


def drawn_of(
    parts: Sequence[tuple[Bookshelf, Scope, Callable[[str], str]]], recipe: Recipe
) -> nx.Graph[str]:
    """The graph of several namespaces, with what the node of each entity is called."""
    counts: defaultdict[tuple[str, str], float] = defaultdict(float)
    subjects: dict[str, str] = {}
    graph: nx.Graph[str] = nx.Graph()
    for shelf, scope, called in parts:
        store = shelf.as_(scope.viewer)
        cubes = {
            v.node
            for v in all_found(store, scope, Where(kinds=(NodeKind.MEMCUBE,)))
            if v.get("state") == "activated"
        }
        graph.add_nodes_from(cubes)
        for edge in all_edges(store, scope, Along()):
            if edge.kind is EdgeKind.MENTIONS and edge.src in cubes:
                counts[edge.src, called(edge.dst)] += len(edge.get("spans"))
            elif edge.kind is EdgeKind.ABOUT and edge.src in cubes:
                counts[edge.src, called(edge.dst)] += recipe.subject_edge
                subjects[edge.src] = called(edge.dst)
            elif edge.kind is EdgeKind.NEXT and {edge.src, edge.dst} <= cubes:
                graph.add_edge(edge.src, edge.dst, weight=recipe.next_edge)
    size = len(graph)
    frequency = Counter(entity for _, entity in counts)
    weights = {
        (cube, entity): (1 + math.log(count)) * math.log(1 + size / frequency[entity])
        for (cube, entity), count in counts.items()
    }
    for (cube, entity), weight in weights.items():
        graph.add_edge(cube, entity, weight=weight)
        hub = subjects.get(cube)
        if hub is not None and hub != entity:
            before = graph.get_edge_data(hub, entity, {"weight": 0.0})["weight"]
            graph.add_edge(hub, entity, weight=before + recipe.star_edge * weight)
    return graph


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("viewer", "recipe"), [("local:ann", RECIPE), *((BOB, recipe) for recipe in RECIPES)]
)
def test_the_walk_equals_networkx_on_the_visible_graph(
    seed: int, viewer: str, recipe: Recipe
) -> None:
    shelf = crowded(seed)
    scope = shelf.as_(viewer).scope(NS).but(without=(shelf.node(NodeKind.SOURCE, "9.md"),))
    view = shelf.index().view(scope)
    net = network(view, recipe)
    question = "Where did Tom Reed and Ada Hill live?"
    vector = load_encoder("hashing").encode_questions([question])[0]
    nearness = view.close.passages(vector)
    near = nearest(view, nearness, vector, RECIPE.sentence_seeds)
    start = seeds(view, net, question, nearness, near, RECIPE)
    same = identities(shelf.as_(viewer), scope).roots
    ids = [view.node(i) for i in range(view.size)]
    ids += [same.get(e, e) for e in map(view.entity, range(view.adjacency.groups))]
    graph = drawn(shelf, scope, recipe)
    expected = nx.pagerank(
        graph,
        alpha=RECIPE.damping,
        personalization={n: r for n, r in zip(ids, start.reset, strict=True) if n in graph},
        max_iter=1000,
        tol=1e-15,
    )
    mass = personalised_pagerank(net, start.reset, RECIPE.damping, tolerance=1e-14)
    found = {node: m for node, m in zip(ids, mass, strict=True) if node in graph}
    assert set(found) == set(expected)
    assert max(abs(found[node] - expected[node]) for node in expected) < 1e-8
    assert mass.sum() == pytest.approx(1, abs=1e-12)
    shelf.close()


def powered(net: Network, reset: Scores, iterations: int) -> Scores:
    """Power iteration on the written weights, where every node has edges or no reset."""
    share = np.divide(0.5, net.strength, out=np.zeros(net.size), where=net.strength > 0)
    mass = reset
    for _ in range(iterations):
        mass = net.weights @ (share * mass) + 0.5 * reset
    return mass


@pytest.mark.parametrize("recipe", [*RECIPES, replace(FLAT, next_edge=0.0)])
@pytest.mark.parametrize("from_entities", [0.0, 0.4, 1.0])
def test_a_walk_comes_as_near_as_fifteen_power_iterations(
    recipe: Recipe, from_entities: float
) -> None:
    shelf = crowded(1)
    net = network(shelf.index().view(shelf.scope()), recipe)
    reset = np.random.default_rng(2).random(net.size) * (net.strength > 0)
    reset[: net.passages] *= (1 - from_entities) / reset[: net.passages].sum()
    reset[net.passages :] *= from_entities / reset[net.passages :].sum()
    limit = personalised_pagerank(net, reset, tolerance=1e-15)
    least = np.abs(powered(net, reset, 15) - limit).sum()
    assert least < 1e-4
    # so few nodes mix within a few steps, which thirteen sweeps at the worst case's pace do not make use of
    assert np.abs(personalised_pagerank(net, reset) - limit).sum() < max(least, 1e-6)
    shelf.close()


@pytest.mark.parametrize("recipe", RECIPES)
def test_what_a_question_cannot_reach_has_no_mass(recipe: Recipe) -> None:
    shelf = Bookshelf()
    shelf.add("a.md", "In Bonn lived Ada Hill.")
    shelf.add("b.md", "In Ulm lived Tom Reed.")
    view = shelf.index().view(shelf.scope())
    net = network(view, recipe)
    reset = np.zeros(net.size)
    reset[0] = 1.0
    mass = personalised_pagerank(net, reset)
    apart = [
        1,
        *(net.passages + group for group in np.unique(view.adjacency.named.of_rows(np.array([1])))),
    ]
    assert not mass[apart].any()
    assert mass[0] > 0.5
    shelf.close()


def test_sweeps_in_turn_follow_from_what_they_lose() -> None:
    # at .5 each sweep over all loses .2679 = .5 / (1 + √.75) at worst; in turn without edges between passages
    # .0718, its square, so 15 · .85 = 12.75 sweeps are 6.375, and one less of 7
    assert alternations(15, 0.5, 0.0) == 6
    # all edges between passages: ± .5 again, and one less of 13
    assert alternations(15, 0.5, 1.0) == 12
    assert [alternations(n, 0.5, 0.0) for n in (1, 2, 5, 40)] == [2, 2, 2, 16]
    assert alternations(15, 0.0, 0.5) == sweeps(15)


def test_what_sweeps_in_turn_leave_is_what_chebyshev_says() -> None:
    # two passages with an entity each, one set down on the first passage, one on the second's entity
    tf, nobody = csr_array(np.eye(2)), np.arange(0)
    star = Star.of(nobody, nobody, np.zeros(0), 2)
    net = Network(tf, csr_array((2, 2)), star, np.ones(2), np.ones(2), 1.0, lambda _: nobody)
    mass = personalised_pagerank(net, np.array([0.5, 0.0, 0.0, 0.5]))
    # In the end p = 1/4 + e/2 and e = p/2 in the first pair: 1/3 and 1/6; so 1/6 and 1/3 in the second. It begins with
    # 1/2 and 0 on the passages, 1/6 off. All eigenvalues are 1/4, the end of the bounds [0, 1/4]: the first sweep
    # leaves 1/4 of that, the other five 1 / T5((1 - 1/8) / (1/8)), and T5(7) = 16·7⁵ - 20·7³ + 5·7 = 262087.
    left = 1 / 6 / 4 / 262087
    assert mass[:2] == pytest.approx([1 / 3 + left, 1 / 6 - left], abs=1e-13)


@pytest.mark.parametrize("tolerance", [None, 1e-14])
@pytest.mark.parametrize("recipe", RECIPES)
def test_walks_that_go_together_come_where_each_comes_alone(
    tolerance: float | None, recipe: Recipe
) -> None:
    shelf = crowded(1)
    net = network(shelf.index().view(shelf.scope()), recipe)
    resets = np.random.default_rng(0).random((net.size, 5))
    resets[:, 2] = 0.0  # a question that nothing fits
    together = personalised_pagerank(net, resets, tolerance=tolerance)
    assert together.shape == resets.shape
    for place in range(5):
        alone = personalised_pagerank(net, resets[:, place], tolerance=tolerance)
        assert np.abs(together[:, place] - alone).max() < 1e-13
    assert not together[:, 2].any()
    shelf.close()


def test_a_node_without_edges_starts_again() -> None:
    none, nobody = csr_array((1, 1)), np.arange(0)
    star = Star.of(nobody, nobody, np.zeros(0), 1)
    lone = Network(none, none, star, np.ones(1), np.zeros(1), 1.0, lambda _: nobody)
    assert personalised_pagerank(lone, np.array([3.0, 1.0])).tolist() == [0.75, 0.25]
    assert personalised_pagerank(lone, np.zeros(2)).tolist() == [0.0, 0.0]


def test_the_mass_is_split_as_said() -> None:
    shelf = crowded(2)
    view = shelf.index().view(shelf.scope())
    net = network(view, RECIPE)
    question = "Did Tom Reed live in Ulm?"
    vector = load_encoder("hashing").encode_questions([question])[0]
    nearness = view.close.passages(vector)
    near = nearest(view, nearness, vector, RECIPE.sentence_seeds)
    start = seeds(view, net, question, nearness, near, RECIPE)
    assert start.reset.sum() == pytest.approx(1)
    assert start.reset[: view.size].sum() == pytest.approx(1 - RECIPE.entity_share)
    named = named_entities(view, net, question)
    assert [seed.text for seed in named] == ["Tom Reed", "Ulm"]
    assert named[0].weight == net.frequency[named[0].group] ** -0.5
    shelf.close()


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("was curtis bern in kiel", ["curtis bern", "kiel"]),
        ("CURTIS BERN'S TOWN", ["CURTIS BERN"]),
        ("Is Curtis in “Trier”?", ["Trier"]),
        ("What is this?", []),
    ],
)
def test_names_are_found_as_people_write_them(question: str, names: list[str]) -> None:
    shelf = crowded(3)
    view = shelf.index().view(shelf.scope())
    found = named_entities(view, network(view, RECIPE), question)
    assert [seed.text for seed in found] == names
    shelf.close()


def test_the_way_carries_what_it_says() -> None:
    shelf = crowded(1)
    view = shelf.index().view(shelf.scope())
    net = network(view, RECIPE)
    reset = np.zeros(net.size)
    (group,) = view.named("curtis bern")
    reset[net.passages + group] = 1.0
    mass = personalised_pagerank(net, reset, tolerance=1e-14)
    for passage in np.flatnonzero(mass[: net.passages]).tolist():
        way = best_way(net, passage, reset, mass, 0.5)
        assert way.nodes[0] == net.passages + group
        assert way.nodes[-1] == passage
        assert way.masses[-1] <= mass[passage]
        expected = 0.5
        for here, there in zip(way.nodes, way.nodes[1:], strict=False):
            expected *= 0.5 * net.weights[[there], [here]][0] / net.strength[here]
        assert way.masses[-1] == pytest.approx(expected)
    shelf.close()


def test_fusion() -> None:
    assert minmax(np.array([])).tolist() == []
    assert logarithm(np.zeros(2)).tolist() == [0.0, 0.0]
    one, none = np.ones(1), np.zeros(1)
    parts = {"ppr": one, "bm25": one, "dense": none, "sentence": none}
    assert fused(parts, Recipe())[0] == pytest.approx(0.9)
    assert MemOperator.__doc__
