"""Derived data lies beside the log, and never outlives what it was made from."""

from __future__ import annotations

from memcubes.graph import Close, Derived, Selector, Shred
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
