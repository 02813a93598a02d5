"""Neo4j's own searches: only what is visible, as much as was asked for, and nothing read as an operator."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest

from memcubes.cypher import statement
from memcubes.graph import Close, Derived, EdgeKind, NodeKind, Reopen, Selector, Shred, Version
from memcubes.graph.errors import Invalid, NotFound
from memcubes.graph.lifecycle import again
from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.neo4j.pushdown import lucene

from ...contract.world import World
from ...server.server import Server
from ...server.stores import empty_store


@pytest.fixture
def world(neo4j_server: Server) -> Iterator[World]:
    store = empty_store(neo4j_server)
    yield World(store)
    store.close()


def engine(world: World) -> Neo4jStore:
    assert isinstance(world.engine, Neo4jStore)
    return world.engine


def said(world: World, *texts: str, **more: Any) -> list[Version]:
    cubes = [world.cube(text, **more) for text in texts]
    world.put(*cubes)
    return cubes


def words(world: World, text: str, **pin: Any) -> list[str]:
    first = pin.pop("first", 10)
    tags = pin.pop("tags", ())
    found = engine(world).search_text(world.scope(**pin), text, tags=tags, first=first)
    return [match.version.text for match in found]


def test_the_best_words_come_first(world: World) -> None:
    said(world, "green tea", "black coffee", "tea with tea leaves")
    assert set(words(world, "tea")) == {"green tea", "tea with tea leaves"}
    assert words(world, "black tea")[0] == "black coffee"  # the rarer word weighs more
    assert words(world, "wine") == []
    assert words(world, "?! ") == []


def test_past_versions_are_found_where_they_were_in_force(world: World) -> None:
    (cube,) = said(world, "green tea")
    then = world.store.head().seq
    world.close(cube)
    assert words(world, "tea") == []
    assert words(world, "tea", seq=then) == ["green tea"]
    assert words(world, "tea", seq=then, without=(cube.origin,)) == []


def test_archived_cubes_are_found_only_when_asked_for(world: World) -> None:
    said(world, "green tea", state="activated")
    said(world, "white tea", state="archived")
    said(world, "plain tea")
    assert set(words(world, "tea")) == {"green tea", "plain tea"}
    scope = world.scope().but(archived=True)
    every = engine(world).search_text(scope, "tea")
    assert {match.version.text for match in every} == {"green tea", "white tea", "plain tea"}


def test_a_summary_is_found_while_all_that_it_was_made_of_stands_archived(world: World) -> None:
    green, white = said(world, "green tea", "white tea", state="archived")
    digests = [cube.payload.digest for cube in (green, white) if cube.payload]
    made = world.cube("tea is green and white")
    made = world.by(made.node).version(
        NodeKind.MEMCUBE, made.node, {"made_of": digests}, payload=made.payload
    )
    world.put(made)
    assert words(world, "tea") == [made.text]
    assert words(world, "tea", without=(green.origin,)) == []
    done = world.close(white)
    assert words(world, "tea") == []
    assert words(world, "tea", seq=done.seq - 1) == [made.text]
    world.put(Reopen(Selector(ids=(white.id,))))
    world.close(green)
    world.put(again(green, {"state": "activated"}))
    assert words(world, "tea") == ["green tea"]


def test_it_asks_on_until_enough_is_visible(world: World) -> None:
    gone = said(world, *(f"tea number {n}" for n in range(60)))
    world.close(*gone)
    (kept,) = said(
        world, "tea and a great many other words that make it rank behind all the others"
    )
    assert words(world, "tea", first=1) == [kept.text]
    assert engine(world).connection.ran["search_text"] > 1


def test_other_namespaces_and_hidden_cubes_are_not_found(world: World) -> None:
    hidden, shown = said(world, "secret tea", "open tea")
    bob = world.agent("bob")
    world.put(bob)
    world.restrict(hidden.node, bob)
    assert words(world, "tea") == [shown.text]


def test_tags_are_indexed_and_hold_at_their_time(world: World) -> None:
    one, _ = said(world, "green tea", "black tea")
    tag = world.keyed(NodeKind.TAG, "good")
    edge = world.edge(EdgeKind.TAGGED, one, tag)
    world.put(tag, edge)
    then = world.store.head().seq
    assert words(world, "tea", tags=[tag.node]) == ["green tea"]
    world.close(edge)
    assert words(world, "tea", tags=[tag.node]) == []
    assert words(world, "tea", tags=[tag.node], seq=then) == ["green tea"]


def test_erased_words_are_found_nowhere(world: World) -> None:
    (cube,) = said(world, "green tea")
    then = world.store.head().seq
    world.put(Shred(Selector(ids=(cube.id,))))
    assert words(world, "tea", seq=then) == words(world, "green") == []


@pytest.mark.parametrize(
    "text", ['tea" OR title:*', "tea) OR (", "NOT tea", "tea~ +-&&||!^:\\/", "tea AND"]
)
def test_nothing_in_a_question_is_an_operator(world: World, text: str) -> None:
    said(world, "green tea", "black coffee")
    assert words(world, text) == ["green tea"]


def test_a_namespace_of_marks_has_a_place_of_its_own() -> None:
    assert lucene("--", "tea", []) != lucene("---", "tea", [])


def vectors(world: World, cubes: list[Version], *rows: list[float], producer: str = "p") -> None:
    derived = [
        Derived(cube.id, producer, b"x", tuple(row)) for cube, row in zip(cubes, rows, strict=True)
    ]
    world.engine.put_derived("a", producer, derived, watermark=1)


def near(world: World, vector: list[float], **pin: Any) -> list[tuple[str, float]]:
    first = pin.pop("first", 10)
    producer = pin.pop("producer", "p")
    found = engine(world).search_vector(world.scope(**pin), producer, vector, first=first)
    return [(match.version.text, round(match.score, 3)) for match in found]


def test_the_nearest_vector_comes_first_with_its_cosine(world: World) -> None:
    cubes = said(world, "north", "north east", "south")
    half = math.sqrt(0.5)
    vectors(world, cubes, [1.0, 0.0], [half, half], [-1.0, 0.0])
    assert near(world, [1.0, 0.0]) == [("north", 1.0), ("north east", 0.707), ("south", -1.0)]
    assert near(world, [1.0, 0.0], first=1) == [("north", 1.0)]


def test_vectors_of_withdrawn_cubes_do_not_hide_the_others(world: World) -> None:
    gone = said(world, *(f"north {n}" for n in range(50)))
    vectors(world, gone, *([1.0, n / 1000] for n in range(50)))
    (kept,) = said(world, "south")
    vectors(world, [kept], [-1.0, 0.1])
    then = world.store.head().seq
    world.put(Close(Selector(ids=tuple(cube.id for cube in gone))))
    assert [text for text, _ in near(world, [1.0, 0.0], first=1)] == ["south"]
    assert len(near(world, [1.0, 0.0], seq=then, first=100)) == 51


def test_two_producers_never_share_an_index(world: World) -> None:
    one, other = said(world, "one", "other")
    vectors(world, [one], [1.0, 0.0])
    vectors(world, [other], [1.0, 0.0, 0.0], producer="q")
    assert [text for text, _ in near(world, [1.0, 0.0])] == ["one"]
    assert [text for text, _ in near(world, [1.0, 0.0, 0.0], producer="q")] == ["other"]
    with pytest.raises(NotFound, match="'r'"):
        near(world, [1.0], producer="r")


def test_a_neighbourhood_shares_out_the_weight_of_its_seeds(world: World) -> None:
    cube = world.cube("tea")
    one, two = (world.keyed(NodeKind.ENTITY, name) for name in ("leaf", "cup"))
    far = world.cube("coffee")
    edges = [world.edge(EdgeKind.MENTIONS, cube, one), world.edge(EdgeKind.MENTIONS, cube, two)]
    last = world.edge(EdgeKind.MENTIONS, far, two)
    world.put(cube, one, two, far, *edges, last)
    found = dict(engine(world).neighbourhood(world.scope(), {cube.node: 1.0}, damping=0.5))
    # half of 1 stays; a quarter reaches each entity, half of which stays there; leaf sends its other
    # half back to the cube, cup shares its own between the cube and coffee
    assert found == pytest.approx(
        {cube.node: 0.5 + 0.125 + 0.0625, one.node: 0.125, two.node: 0.125, far.node: 0.0625}
    )
    then = world.store.head().seq
    world.close(last)
    assert far.node not in dict(engine(world).neighbourhood(world.scope(), {cube.node: 1.0}))
    assert far.node in dict(engine(world).neighbourhood(world.scope(seq=then), {cube.node: 1.0}))
    assert dict(engine(world).neighbourhood(world.scope(), {far.node: 2.0})) == {far.node: 1.0}
    with pytest.raises(Invalid):
        engine(world).neighbourhood(world.scope(), {}, first=0)


def test_a_neighbourhood_of_many_seeds_takes_the_memory_of_its_nodes(
    world: World, neo4j_server: Server
) -> None:
    """Lists that are grouped by count for each group again: 180 seeds took 1.4 GB so."""
    seeds = [world.cube(f"seed {n}") for n in range(40)]
    near = [world.keyed(NodeKind.ENTITY, f"name {n}") for n in range(400)]
    far = [world.cube(f"far {n}") for n in range(1_200)]
    edges = [world.edge(EdgeKind.MENTIONS, seeds[n % 40], one) for n, one in enumerate(near)]
    edges += [world.edge(EdgeKind.MENTIONS, one, near[n % 400]) for n, one in enumerate(far)]
    world.put(*seeds, *near, *far, *edges)
    asked = dict[str, Any]()
    read = engine(world).connection.read

    def kept(name: str, /, **params: Any) -> Any:
        asked.update(params)
        return read(name, **params)

    engine(world).connection.read = kept  # type: ignore[method-assign]
    found = engine(world).neighbourhood(
        world.scope(), {seed.node: 1.0 for seed in seeds}, first=5_000
    )
    assert len(found) == 40 + 400 + 1_200
    assert sum(weight for _, weight in found) == pytest.approx(40)
    with neo4j_server.driver() as driver, driver.session() as session:
        result = session.run("PROFILE " + statement("neighbourhood"), {"in": asked})
        assert len(list(result)) == len(found)  # only what was read to its end has a profile
        profile = result.consume().profile
    assert profile is not None
    assert profile["args"]["GlobalMemory"] < 20_000_000
