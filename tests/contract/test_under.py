"""Sources are looked up by how their uri begins."""

from __future__ import annotations

from memcubes.graph import NodeKind, Where
from memcubes.graph.listing import all_found

from .world import World, ids


def test_sources_are_found_by_how_their_uri_begins(world: World) -> None:
    told = ["/a/b.md", "/a/c d.md", "/ab.md", "/a/b.json#x", "/ü/ü%23.md", "/A/b.md"]
    sources = [
        world.by(f"{n}" * 32).version(NodeKind.SOURCE, f"{n}" * 32, {"uri": uri, "name": "n"})
        for n, uri in enumerate(told)
    ]
    cube = world.cube("no source", uri="/a/b.md")
    world.put(*sources, cube)
    begun = world.scope()

    def found(*under: str) -> set[str]:
        where = Where(kinds=(NodeKind.SOURCE,), under=under)
        paged = ids(all_found(world.store, begun, where))
        small, after = list[str](), None
        while True:
            page = world.store.find(begun, where, first=1, after=after)
            small += ids(page.items)
            if (after := page.after) is None:
                break
        assert paged == small == sorted(set(small))
        return set(small)

    def of(*numbers: int) -> set[str]:
        return {sources[n].id for n in numbers}

    assert found("/a/") == of(0, 1, 3)
    assert found("/a/", "/a/b", "/a") == of(0, 1, 2, 3)
    assert found("/a/b.json") == of(3)
    assert found("/ü/") == of(4)
    assert found("/x", "") == of(*range(6))
    assert found("/x") == found() == set()
    assert ids(world.store.find(begun, Where(under=("/a/b.m",))).items) == [sources[0].id]
    world.close(sources[0])
    later = world.scope()
    where = Where(kinds=(NodeKind.SOURCE,), under=("/a/",))
    assert set(ids(world.store.find(later, where).items)) == of(1, 3)
    assert found("/a/") == of(0, 1, 3)
