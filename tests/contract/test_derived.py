"""Derived data lies beside the log, and never outlives what it was made from."""

from __future__ import annotations

import pytest

from memcubes.graph import Close, Derived, Selector, Shred
from memcubes.graph.errors import PermissionDenied
from memcubes.graph.verify import verify

from .world import World


def test_derived_data_is_kept_by_producer(world: World) -> None:
    cube = world.cube()
    done = world.put(cube)
    for producer in ("one", "two"):
        row = Derived(cube.id, producer, producer.encode())
        world.store.put_derived("a", producer, [row], watermark=done.seq)
    assert world.store.derived("a", "one", [cube.id, "nothing"]) == {cube.id: b"one"}
    world.store.put_derived("a", "one", [Derived(cube.id, "one", b"new")], watermark=1)
    assert world.store.derived("a", "one", [cube.id]) == {cube.id: b"new"}
    assert world.store.watermark("a", "one") == done.seq
    assert world.store.watermark("a", "three") == 0
    world.ann.commit(world.change(ns="b"))
    assert world.store.derived("b", "one", [cube.id]) == {}
    assert world.store.watermark("b", "one") == 0


def test_derived_data_of_closed_records_stays(world: World) -> None:
    cube = world.cube()
    world.put(cube)
    world.store.put_derived("a", "one", [Derived(cube.id, "one", b"x")], watermark=1)
    world.close(cube)
    assert world.store.derived("a", "one", [cube.id])


def test_derived_data_goes_with_an_erasure(world: World) -> None:
    old = world.cube("secret")
    new = world.by(old.origin).version(old.kind, old.node, {"title": "new"}, payload=old.payload)
    world.put(old)
    world.put(Close(Selector(ids=(old.id,))), new)
    data = [Derived(v.id, "one", b"secret") for v in (old, new)]
    world.store.put_derived("a", "one", data, watermark=1)
    world.put(Shred(Selector(ids=(old.id,))))
    assert world.store.derived("a", "one", [old.id, new.id]) == {}
    world.store.put_derived("a", "one", data[:1], watermark=1)
    assert world.store.derived("a", "one", [old.id]) == {}


def test_derived_data_needs_a_record(world: World) -> None:
    world.store.put_derived("a", "one", [Derived("nothing", "one", b"x")], watermark=1)
    assert world.store.derived("a", "one", ["nothing"]) == {}
    assert verify(world.engine).ok


def test_a_watermark_may_be_nothing_yet(world: World) -> None:
    world.store.put_derived("a", "bm25", (), watermark=0)
    assert world.store.watermark("a", "bm25") == 0


def test_what_was_derived_can_be_forgotten_and_made_anew(world: World) -> None:
    one, other = world.cube("tea"), world.cube("coffee")
    done = world.put(one, other)
    for producer in ("bm25", "e5"):
        data = [Derived(cube.id, producer, b"x", (0.6, 0.8)) for cube in (one, other)]
        world.store.put_derived("a", producer, data, watermark=done.seq)
    world.store.drop_derived("a", "e5", [one.id, "nothing"])
    assert world.store.derived("a", "e5", [one.id, other.id]) == {other.id: b"x"}
    assert world.store.watermark("a", "e5") == 0  # so that what is lacking is found
    world.engine.drop_derived("b", "bm25", [one.id])  # of another namespace
    assert world.store.derived("a", "bm25", [one.id, other.id]) == {one.id: b"x", other.id: b"x"}
    assert world.store.watermark("a", "bm25") == done.seq
    world.store.drop_derived("a", "e5", [other.id])
    for producer in (
        "e5",
        "e6",
        "e7",
        "e8",
        "e9",
    ):  # more in turn than there are places for vectors
        row = Derived(one.id, producer, b"y", (0.6, 0.8))
        world.store.put_derived("a", producer, [row], watermark=1)
        assert world.store.derived("a", producer, [one.id]) == {one.id: b"y"}
        world.store.drop_derived("a", producer, [one.id])
    assert verify(world.engine).ok


def test_only_who_may_write_forgets_what_was_derived(world: World) -> None:
    cube = world.cube("tea")
    world.put(cube)
    bob = world.admit("bob", "reader")
    with pytest.raises(PermissionDenied, match="not drop what was derived"):
        bob.drop_derived("a", "bm25", [cube.id])
