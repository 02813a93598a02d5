"""Records are looked up by kind and key, and by nothing that is not in force."""

from __future__ import annotations

from typing import Any

from memcubes.graph import NodeKind, Scope, Where
from memcubes.graph.listing import all_found

from .world import World, ids


def test_records_are_found_by_kind_and_key(world: World) -> None:
    told = [("pets", "p1"), ("pets", "p2"), ("people", "p1"), ("people", 'a "q" \\ ü')]
    cubes = [world.cube(f"{a} {b}", record_kind=a, record_key=b) for a, b in told]
    other = world.cube("no record")
    namesake = world.by(other.node).version(
        NodeKind.INJECTION, "i" * 32, {"verb": "ask", "record_kind": "pets"}
    )
    world.put(*cubes, other, namesake)
    begun = world.scope()

    def found(scope: Scope, **header: Any) -> set[str]:
        where = Where(kinds=(NodeKind.MEMCUBE,), header=header)
        whole = ids(world.store.find(scope, where).items)
        paged = ids(all_found(world.store, scope, where))
        small, after = list[str](), None
        while True:
            page = world.store.find(scope, where, first=1, after=after)
            small += ids(page.items)
            if (after := page.after) is None:
                break
        assert whole == paged == small == sorted(whole)
        return set(whole)

    assert found(begun, record_kind="pets") == set(ids(cubes[:2]))
    assert found(begun, record_kind=("pets", "people", "pets")) == set(ids(cubes))
    assert found(begun, record_key="p1") == {cubes[0].id, cubes[2].id}
    assert found(begun, record_key=("p1", "p2", "p3"), record_kind="pets") == set(ids(cubes[:2]))
    assert found(begun, record_key=told[3][1]) == {cubes[3].id}
    assert found(begun, record_key=("p1",), title="people p1") == {cubes[2].id}
    assert found(begun, record_key="P1") == found(begun, record_key=()) == set()
    assert found(begun.but(without=(cubes[0].node,)), record_key="p1") == {cubes[2].id}
    world.close(cubes[0])
    assert found(world.scope(), record_kind="pets") == {cubes[1].id}
    assert found(begun, record_kind="pets") == set(ids(cubes[:2]))
    where = Where(header={"record_kind": "pets"})  # without the kind nothing is looked up
    assert set(ids(world.store.find(begun, where).items)) == {*ids(cubes[:2]), namesake.id}
