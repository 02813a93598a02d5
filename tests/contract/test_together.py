"""Reads that are done together ask once what one may do, and give nothing out by a right that is gone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from memcubes.graph import Along, ChangeSet, Edge, GuardedStore, Where
from memcubes.graph.errors import NotFound
from memcubes.graph.reads import together

from .world import World, ids


@pytest.fixture
def asked(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The namespaces whose rights the guard asked for."""
    made: list[str] = []
    readable = GuardedStore._readable

    def counted(store: GuardedStore, ns: str) -> object:
        made.append(ns)
        return readable(store, ns)

    monkeypatch.setattr(GuardedStore, "_readable", counted)
    return made


def several(store: GuardedStore, node: str, between: Callable[[], object] = lambda: None) -> object:
    """Five reads, in the middle of which something happens."""
    scope = store.scope("a")
    first = ids(store.get(scope, [node]))
    between()
    return (
        first,
        ids(store.find(scope, Where()).items),
        ids(store.history(scope, node)),
        ids(list(store.feed("a", 0, scope.seq))),
        store.derived("a", "bm25", ["x"]),
        store.watermark("a", "bm25"),
    )


def test_what_one_may_do_is_asked_once(world: World, asked: list[str]) -> None:
    cube = world.cube()
    world.put(cube)
    apart = several(world.ann, cube.node)
    assert asked.count("a") == 7
    asked.clear()
    assert world.ann.together("a", lambda: several(world.ann, cube.node)) == apart
    assert asked == ["a"]
    asked.clear()
    # within others they are a part of them
    inner = lambda: world.ann.together("a", lambda: several(world.ann, cube.node))
    assert world.ann.together("a", inner) == apart
    assert asked == ["a"]


def test_a_right_that_is_revoked_among_them_gives_nothing_out(world: World) -> None:
    cube = world.cube()
    world.put(cube)
    bob = world.admit("bob", "reader")
    (grant,) = world.ann.edges(world.scope(), Along(src=(world.agent("bob").node,))).items
    with pytest.raises(NotFound):
        bob.together("a", lambda: several(bob, cube.node, lambda: world.close(grant)))
    with pytest.raises(NotFound):
        bob.together("a", lambda: bob.watermark("a", "bm25"))


def test_each_read_goes_by_who_may_read_a_node_at_that_moment(world: World) -> None:
    cube = world.cube()
    world.put(cube)
    bob = world.admit("bob", "reader")
    grants: list[Edge] = []
    times = 0

    def reads() -> tuple[list[str], list[str]]:
        nonlocal times
        times += 1
        scope = bob.scope("a")
        first = ids(bob.get(scope, [cube.node]))
        if times == 1:
            grants.extend(world.restrict(cube.node, world.agent("ann"), world.agent("bob")))
        return first, ids(bob.get(scope, [cube.node]))

    # in between bob comes to have a reader set that he did not have at the beginning
    assert bob.together("a", reads) == ([cube.id], [cube.id])
    assert times == 2

    def revoked() -> tuple[list[str], list[str]]:
        scope = bob.scope("a")
        first = ids(bob.get(scope, [cube.node]))
        world.close(grants[1])
        return first, ids(bob.get(scope, [cube.node]))

    assert bob.together("a", revoked) == ([cube.id], [])


def test_writes_and_reads_of_others_ask_by_themselves(world: World, asked: list[str]) -> None:
    world.ann.commit(ChangeSet(ns="b", verb="begin", ops=()))
    asked.clear()

    def mixed() -> None:
        world.ann.watermark("a", "bm25")
        world.ann.watermark("b", "bm25")
        world.ann.put_derived("a", "bm25", [], watermark=0)
        with ThreadPoolExecutor(1) as other:
            other.submit(world.ann.watermark, "a", "bm25").result()

    world.ann.together("a", mixed)
    assert asked == ["b", "a", "a", "a"]
    mallory = GuardedStore(world.engine, "mallory")
    with pytest.raises(NotFound):
        mallory.together("a", lambda: mallory.put_derived("a", "bm25", []))


def test_what_fails_among_them_leaves_nothing_behind(world: World, asked: list[str]) -> None:
    def wrong() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        world.ann.together("a", wrong)
    asked.clear()
    world.ann.watermark("a", "bm25")
    assert asked == ["a"]
    assert together(world.engine, "a", lambda: 3) == 3  # an engine guards nothing
