"""Filters, facets and pages are the same on every store, and see what the scope sees."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from memcubes.graph import EdgeKind, GuardedStore, NodeKind, Scope, Validity
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.listing import all_found
from memcubes.graph.scope import Where
from memcubes.graph.tag_expression import TagExpression
from memcubes.graph.tagged import Tags
from memcubes.query.cube_filter import Between, CubeFilter
from memcubes.query.facet import Facet
from memcubes.query.memoperator import MemOperator

from .world import World

EXPRESSIONS = {
    # by what the cubes carry below: 0 A/x, 1 a/y and b, 2 b (until closed), 3 b (from 100 to 200), 4 secret, 5 none
    "a": {0, 1},
    "=a/x": {0},
    "b": {1, 2, 3},
    "+a -b": {0},
    "a | secret": {0, 1, 4},
    "-*": {5},
    "-a -b": {4, 5},
    "all(a, b)": {1},
}
"""What meets an expression for ann, when everything is in force."""


class Tagged:
    """Six cubes with tags, as they stood and as they stand."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.source = world.keyed(NodeKind.SOURCE, "u")
        kinds = ("fact", "fact", "episode", "fact", "episode", "document")
        self.cubes = [
            world.cube(f"tea {n}", self.source.node, semantic_type=kind, state="activated")
            for n, kind in enumerate(kinds)
        ]
        tags = {name: world.keyed(NodeKind.TAG, name) for name in ("A/x", "a/y", "b", "secret")}
        world.put(self.source, *self.cubes, *tags.values())
        for number, name in ((0, "A/x"), (1, "a/y"), (1, "b"), (4, "secret")):
            world.put(world.edge(EdgeKind.TAGGED, self.cubes[number], tags[name]))
        closing = world.edge(EdgeKind.TAGGED, self.cubes[2], tags["b"])
        timed = world.by(self.source.node).edge(
            EdgeKind.TAGGED, self.cubes[3].node, tags["b"].node, validity=Validity(100, 200, True)
        )
        world.put(closing, timed)
        self.bob = world.admit("bob", "reader")
        world.restrict(tags["secret"].node, world.agent("ann"))
        self.before = world.scope().seq
        world.close(closing)
        self.operators: dict[str, MemOperator] = {}
        self.read: dict[Scope, tuple[Tags, set[str]]] = {}

    def operator(self, store: GuardedStore) -> MemOperator:
        """What somebody searches with; the index is theirs alone."""
        held = self.operators.get(store.principal)
        if held is None:
            encoder = load_encoder("hashing")
            held = MemOperator(store, GraphIndex(store, encoder), encoder)
            self.operators[store.principal] = held
        return held

    def found(self, store: GuardedStore, scope: Scope, tags: str) -> set[int]:
        """Which cubes are listed, told by both ways of reading tags."""
        result = self.operator(store).search(scope, None, where=CubeFilter.of(tags=tags), limit=100)
        nodes = [hit.cube.node for hit in result.hits]
        assert len(nodes) == len(set(nodes)) == result.total
        if scope not in self.read:
            cubes = all_found(store, scope, Where(kinds=(NodeKind.MEMCUBE,)))
            self.read[scope] = Tags(store, scope), {cube.node for cube in cubes}
        held, cubes_there = self.read[scope]
        asked = TagExpression.parse(tags)
        assert set(nodes) == {n for n in cubes_there if asked.holds(held.of.get(n, ()))}
        return {n for n, cube in enumerate(self.cubes) if cube.node in nodes}


@pytest.fixture
def tagged(world: World) -> Tagged:
    return Tagged(world)


def test_tags_are_those_of_the_scope(world: World, tagged: Tagged) -> None:
    then, now = world.ann.scope("a", seq=tagged.before), world.ann.scope("a")
    for tags, everything in EXPRESSIONS.items():
        assert tagged.found(world.ann, then, tags) == everything, tags
    # 2 is no longer tagged
    assert tagged.found(world.ann, now, "b") == {1, 3}
    assert tagged.found(world.ann, now, "-*") == {2, 5}
    # the tag of 3 holds from 100 to 200 alone
    for at, who in ((50, {1}), (100, {1, 3}), (199, {1, 3}), (200, {1})):
        assert tagged.found(world.ann, now.but(valid_at=at), "b") == who
    # who does not see a tag sees nobody carry it
    theirs = tagged.bob.scope("a")
    assert tagged.found(tagged.bob, theirs, "secret") == set()
    assert tagged.found(tagged.bob, theirs, "-*") == {2, 4, 5}
    # as if its source had never been
    assert tagged.found(world.ann, now.but(without=(tagged.source.node,)), "b") == set()


def counted(facet: Facet) -> list[tuple[str, int, int]]:
    return [(value.value, value.count, value.exact) for value in facet.values]


def test_facets_count_what_the_scope_shows(world: World, tagged: Tagged) -> None:
    mine = tagged.operator(world.ann)
    then = world.ann.scope("a", seq=tagged.before)
    tags, kinds, source, year = mine.facets(
        then, CubeFilter(), ("tags", "semantic_type", "source", "year")
    )
    # b: 1, 2, 3; a: 0 and 1, below it x and y once each
    assert counted(tags) == [
        ("b", 3, 3),
        ("a", 2, 0),
        ("a/x", 1, 1),
        ("a/y", 1, 1),
        ("secret", 1, 1),
    ]
    assert (tags.distinct, tags.missing) == (5, 1)
    assert counted(kinds) == [("fact", 3, 3), ("episode", 2, 2), ("document", 1, 1)]
    assert counted(source) == [(tagged.source.node, 6, 6)]
    assert counted(year) == [("1970", 6, 6)]
    few = mine.facets(then, CubeFilter.of(tags="a", semantic_type="fact"), ("tags",), 2)[0]
    assert (counted(few), few.distinct) == ([("a", 2, 0), ("a/x", 1, 1)], 4)
    (theirs,) = tagged.operator(tagged.bob).facets(tagged.bob.scope("a"), CubeFilter(), ("tags",))
    assert counted(theirs) == [("a", 2, 0), ("b", 2, 2), ("a/x", 1, 1), ("a/y", 1, 1)]
    assert theirs.missing == 3


def test_other_parts_of_a_filter(world: World, tagged: Tagged) -> None:
    mine = tagged.operator(world.ann)
    late = world.cube("late tea", semantic_type="fact", validity=Validity(500, 900, True))
    began = world.put(late).seq
    scope = world.ann.scope("a")

    def found(**parts: object) -> set[str]:
        hits = mine.search(scope, None, where=CubeFilter.of(**parts), limit=100).hits
        return {str(hit.cube.get("title")) for hit in hits}

    everything = {f"tea {n}" for n in range(6)}
    assert found() == everything | {"late tea"}
    assert found(semantic_type=["episode", "document"]) == {"tea 2", "tea 4", "tea 5"}
    assert found(source=tagged.source.node) == everything
    assert found(state="archived") == set()
    assert found(valid=Between(400, 501)) == everything | {"late tea"}
    assert found(valid=Between(900)) == everything
    assert found(stated=Between(500, 501)) == {"late tea"}
    assert found(recorded=Between(began - 1, None, sequences=True)) == {"late tea"}
    assert found(recorded=Between(began, None, sequences=True)) == set()
    assert found(recorded=Between(None, began - 1, sequences=True)) == everything
    assert found(agent="ann") == everything | {"late tea"}
    assert found(agent="bob") == set()


def test_pages_stand_in_their_snapshot(world: World, tagged: Tagged) -> None:
    mine = tagged.operator(world.ann)

    def pages(question: str | None, write: Callable[[int], object]) -> list[str]:
        titles, totals = list[str](), set[int]()
        after: str | None = None
        for turn in range(10):
            page = mine.search(world.ann.scope("a"), question, limit=2, after=after)
            titles += [str(hit.cube.get("title")) for hit in page.hits]
            totals.add(page.total)
            after = page.after
            if after is None:
                break
            write(turn)
        assert totals == {len(titles)}
        return titles

    def write(turn: int) -> None:
        world.put(world.cube(f"late {turn} tea", state="activated"))
        if turn == 0:
            world.close(tagged.cubes[5], tagged.cubes[0])

    # one change recorded them all, and none of them has a place in its source
    assert sorted(pages(None, write)) == [f"tea {n}" for n in range(6)]
    now = {"late 0 tea", "late 1 tea", *(f"tea {n}" for n in range(1, 5))}
    assert set(pages(None, write=lambda _: None)) == now
    assert set(pages("Is there tea?", lambda turn: world.put(world.cube(f"{turn} tea")))) == now
