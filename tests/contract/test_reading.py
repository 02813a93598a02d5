"""What each read gives, at any pin, a page at a time."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from memcubes.graph import (
    Along,
    Close,
    Direction,
    EdgeKind,
    NodeKind,
    Payload,
    Record,
    Reopen,
    Selector,
    Validity,
    Version,
    Where,
)
from memcubes.graph.errors import Invalid, NotFound
from memcubes.graph.instant import OPEN
from memcubes.graph.listing import all_edges, all_found

from .world import World, ids


def clipped(record: Record, seq: int) -> tuple[Any, ...]:
    """A record as it was known at a sequence: what ended later had not ended."""
    end = record.to_seq if record.to_seq <= seq else OPEN
    return (record.id, record.from_seq, end, record.content, record.digest, record.ends)


READS: dict[str, Callable[[World, int, list[str]], list[Any]]] = {
    "get": lambda w, s, n: [clipped(r, s) for r in w.store.get(w.scope(seq=s), n)],
    "find": lambda w, s, n: [clipped(r, s) for r in w.store.find(w.scope(seq=s), Where()).items],
    "history": lambda w, s, n: [clipped(r, s) for r in w.store.history(w.scope(seq=s), n[0])],
    "edges": lambda w, s, n: [clipped(r, s) for r in w.store.edges(w.scope(seq=s), Along()).items],
    "lineage": lambda w, s, n: [
        (link.depth, clipped(link.edge, s))
        for past in (False, True)
        for link in w.store.lineage(w.scope(seq=s), n, Direction.UP, past=past)
    ],
    "intervals": lambda w, s, n: [
        clipped(r, s)
        for r in w.store.intervals(
            w.scope(seq=s), sorted({r.id for r in w.store.feed("a", 0, w.store.head().seq)})
        )
    ],
    "changes": lambda w, s, n: list(w.store.changes(w.scope(seq=s))),
    "effects": lambda w, s, n: [
        [[clipped(r, s) for r in side] for side in w.store.effects(w.scope(seq=s), at)]
        for at in range(s + 2)
    ],
    "feed": lambda w, s, n: sorted(clipped(r, s)[:3] for r in w.store.feed("a", 0, s)),
}


@pytest.mark.parametrize("read", READS)
def test_pinned_read_stays_the_same(world: World, read: str) -> None:
    source = world.keyed(NodeKind.SOURCE, "u")
    cube, more = world.cube("one", source.node), world.cube("two", source.node)
    up = [world.edge(EdgeKind.DERIVED_FROM, c, source) for c in (cube, more)]
    nodes = [cube.node, more.node, source.node]
    seen: dict[int, list[Any]] = {}

    def remember() -> None:
        seq = world.store.head().seq
        seen[seq] = READS[read](world, seq, nodes)

    remember()
    world.put(source, cube, *up[:1])
    remember()
    world.put(more, up[1])
    remember()
    world.put(Close(Selector(origin=source.node)))
    remember()
    world.put(Reopen(Selector(origin=source.node)))
    remember()
    revised = world.by(source.node).version(cube.kind, cube.node, {"title": "revised"})
    world.put(Close(Selector(ids=(cube.id,))), revised)
    remember()
    assert {seq: READS[read](world, seq, nodes) for seq in seen} == seen
    assert len({str(found) for found in seen.values()}) > 2


def test_recorded_instant_is_the_sequence_of_then(world: World) -> None:
    first, second = world.put(world.cube()), world.put(world.cube())
    assert world.scope(recorded=first.at).seq == first.seq
    assert world.scope(recorded=second.at - 1).seq == first.seq
    assert world.scope(recorded=second.at).seq == second.seq
    assert world.scope(recorded=0).seq == 0
    assert world.scope(recorded=OPEN).seq == second.seq
    with pytest.raises(Invalid):
        world.scope(seq=1, recorded=1)
    for seq in (-1, second.seq + 1):
        with pytest.raises(NotFound):
            world.scope(seq=seq)


def test_valid_time_is_a_filter_of_its_own(world: World) -> None:
    cube = world.cube(validity=Validity(10, 20))
    world.put(cube)
    seen = [at for at in (9, 10, 19, 20) if world.store.get(world.scope(valid_at=at), [cube.node])]
    assert seen == [10, 19]


def test_without_a_source_is_as_if_it_had_never_been(world: World) -> None:
    one, other = world.keyed(NodeKind.SOURCE, "u1"), world.keyed(NodeKind.SOURCE, "u2")
    cube = world.cube(origin=one.node)
    alice = world.keyed(NodeKind.ENTITY, "alice", other.node)
    edge = world.edge(EdgeKind.MENTIONS, cube, alice)
    world.put(one, other, cube, alice, edge)
    assert world.store.edges(world.scope(), Along(kinds=(EdgeKind.MENTIONS,))).items
    for missing in (one, other):
        scope = world.scope(without=(missing.node,))
        assert missing.id not in ids(all_found(world.store, scope, Where()))
        assert not world.store.edges(scope, Along(kinds=(EdgeKind.MENTIONS,))).items
    assert world.store.get(world.scope(without=(one.node,)), [alice.node])
    assert not world.store.history(world.scope(without=(one.node,)), cube.node)


def test_edge_is_in_force_while_both_ends_live(world: World) -> None:
    cube, entity = world.cube(), world.keyed(NodeKind.ENTITY, "alice")
    edge = world.by(cube.origin).edge(EdgeKind.MENTIONS, cube.node, entity.node)
    up = world.by(cube.origin).edge(EdgeKind.DERIVED_FROM, cube.node, entity.node)
    opened = world.put(cube, entity, edge, up)
    for end in (cube, entity):
        closed = world.close(end)
        scope = world.scope()
        assert not world.store.edges(scope, Along(src=(cube.node,))).items
        assert not world.store.lineage(scope, [cube.node], Direction.UP)
        assert world.store.lineage(scope, [cube.node], Direction.UP, past=True)
        assert world.store.edges(world.scope(seq=opened.seq), Along(src=(cube.node,))).items
        world.put(Reopen(Selector(closed_by=closed.seq)))
        assert len(world.store.edges(world.scope(), Along(src=(cube.node,))).items) == 2


def test_every_line_of_a_keyed_node_shows_as_of_then_whichever_ends_first(world: World) -> None:
    sources = [world.keyed(NodeKind.SOURCE, uri) for uri in ("u", "v", "w")]
    lines = [world.keyed(NodeKind.ENTITY, "alice", source.node) for source in sources]
    cube = world.cube("old")
    world.put(*sources, *lines, cube)
    for n in range(3):
        newer = world.by(cube.origin).version(NodeKind.MEMCUBE, cube.node, {"title": str(n)})
        world.put(Close(Selector(ids=(cube.id,))), newer)
        cube = newer
    begun = world.scope()
    ends = [world.close(line).seq for line in lines]
    world.close(cube)
    nodes = [lines[0].node, cube.node]
    assert set(ids(world.store.get(begun, nodes))) == {*ids(lines), cube.id}
    for n, seq in enumerate(ends, 1):
        shown = world.store.get(world.scope(seq=seq), nodes)
        assert set(ids(shown)) == {*ids(lines[n:]), cube.id}
    assert not world.store.get(world.scope(), nodes)


def test_find_meets_every_part_of_a_filter(world: World) -> None:
    source = world.keyed(NodeKind.SOURCE, "u")
    cubes = [
        world.cube(str(n), source.node, state="even" if n % 2 == 0 else "odd") for n in range(6)
    ]
    tag = world.keyed(NodeKind.TAG, "t")
    tags = [world.by(tag.node).edge(EdgeKind.TAGGED, c.node, tag.node) for c in cubes[:3]]
    world.put(source, tag, *cubes, *tags)

    def found(**parts: Any) -> set[str]:
        return set(ids(world.store.find(world.scope(), Where(**parts)).items))

    assert cubes[0].payload is not None
    assert found(kinds=(NodeKind.MEMCUBE,)) == set(ids(cubes))
    assert found(kinds=(NodeKind.TAG, NodeKind.SOURCE)) == {tag.id, source.id}
    assert found(nodes=(cubes[1].node,)) == {cubes[1].id}
    assert found(nodes=()) == found(origins=()) == found(payloads=()) == set()
    assert found(origins=(source.node,)) == {source.id, *ids(cubes)}
    assert found(payloads=(cubes[0].payload.digest,)) == {cubes[0].id}
    assert found(header={"state": "odd"}) == set(ids(cubes[1::2]))
    assert found(tags=(tag.node,)) == set(ids(cubes[:3]))
    assert found(tags=(tag.node,), header={"state": "even"}) == {cubes[0].id, cubes[2].id}
    assert found(starts=cubes[4].node[:12]) == {cubes[4].id}


def test_tags_filter_before_the_limit(world: World) -> None:
    tag = world.keyed(NodeKind.TAG, "t")
    cubes = sorted((world.cube(str(n)) for n in range(30)), key=lambda c: c.id)
    edge = world.by(tag.node).edge(EdgeKind.TAGGED, cubes[-1].node, tag.node)
    world.put(tag, *cubes, edge)
    page = world.store.find(world.scope(), Where(tags=(tag.node,)), first=1)
    assert (ids(page.items), page.after) == ([cubes[-1].id], None)
    world.close(tag)
    assert not world.store.find(world.scope(), Where(tags=(tag.node,))).items


@pytest.mark.parametrize("first", [1, 2, 7, 40, 41, 100])
def test_pages_cover_everything_once(world: World, first: int) -> None:
    source = world.keyed(NodeKind.SOURCE, "u")
    cubes = [world.cube(str(n), source.node) for n in range(40)]
    edges = [world.edge(EdgeKind.DERIVED_FROM, cube, source) for cube in cubes]
    world.put(source, *cubes, *edges)
    scope, where = world.scope(), Where(kinds=(NodeKind.MEMCUBE,))
    found, met = list[Record](), list[Record]()
    after: str | None = None
    while True:
        page = world.store.find(scope, where, first=first, after=after)
        found += page.items
        after = page.after
        world.put(world.cube("comes in between"))
        if after is None:
            break
        assert len(page.items) == first
    while True:
        edge_page = world.store.edges(
            scope, Along(origins=(source.node,)), first=first, after=after
        )
        met += edge_page.items
        after = edge_page.after
        if after is None:
            break
    assert ids(found) == sorted(ids(cubes))
    assert ids(met) == sorted(ids(edges))
    assert ids(all_edges(world.store, scope, Along(origins=(source.node,)))) == sorted(ids(edges))


def test_page_holds_at_least_one(world: World) -> None:
    scope = world.scope()
    for first in (0, -1):
        with pytest.raises(Invalid):
            world.store.find(scope, Where(), first=first)
        with pytest.raises(Invalid):
            world.store.edges(scope, Along(), first=first)
        with pytest.raises(Invalid):
            world.store.changes(scope, first=first)
        with pytest.raises(Invalid):
            world.store.lineage(scope, [], Direction.UP, first=first)


def test_edges_meet_every_part_of_a_filter(world: World) -> None:
    one, two, three = (world.cube(str(n)) for n in range(3))
    about = world.edge(EdgeKind.ABOUT, one, two)
    follows = world.edge(EdgeKind.NEXT, two, three)
    loop = world.edge(EdgeKind.NEXT, three, three)
    world.put(one, two, three, about, follows, loop)

    def met(**parts: Any) -> set[str]:
        edges = world.store.edges(world.scope(), Along(**parts)).items
        # the pairs alone are those of the edges
        assert world.store.ends(world.scope(), Along(**parts)) == {edge.ends for edge in edges}
        return set(ids(edges))

    assert met(kinds=(EdgeKind.ABOUT,)) == {about.id}
    assert met(src=(two.node,)) == {follows.id}
    assert met(dst=(two.node,)) == {about.id}
    assert met(touching=(two.node,)) == {about.id, follows.id}
    assert met(touching=(three.node,), kinds=(EdgeKind.NEXT,)) == {follows.id, loop.id}
    assert met(origins=(one.node,)) == {about.id}
    assert met(src=()) == met(touching=()) == set()


def test_lineage_is_bounded_and_meets_each_edge_once(world: World) -> None:
    cubes = [world.cube(str(n)) for n in range(5)]
    up = [world.edge(EdgeKind.DERIVED_FROM, a, b) for a, b in itertools.pairwise(cubes)]
    across = world.edge(EdgeKind.DERIVED_FROM, cubes[0], cubes[2])
    back = world.edge(EdgeKind.DERIVED_FROM, cubes[4], cubes[0])
    world.put(*cubes, *up, across, back)

    def walk(start: Version, way: Direction, **bounds: Any) -> list[tuple[int, str]]:
        links = world.store.lineage(world.scope(), [start.node], way, **bounds)
        return [(link.depth, link.edge.id) for link in links]

    everything = walk(cubes[0], Direction.UP)
    assert sorted(ident for _, ident in everything) == sorted(ids([*up, across, back]))
    assert {ident: depth for depth, ident in everything}[up[3].id] == 3
    assert {d for d, _ in walk(cubes[0], Direction.UP, depth=1)} == {1}
    assert len(walk(cubes[0], Direction.UP, first=3)) == 3
    assert walk(cubes[0], Direction.UP, depth=0) == []
    assert (1, across.id) in walk(cubes[2], Direction.DOWN)


def test_past_lineage_counts_an_edge_of_many_intervals_once(world: World) -> None:
    source, cube = world.keyed(NodeKind.SOURCE, "u"), world.cube()
    other = world.cube()
    often = world.edge(EdgeKind.DERIVED_FROM, cube, source)
    world.put(source, cube, other, world.edge(EdgeKind.DERIVED_FROM, cube, other), often)
    for _ in range(4):
        world.close(often)
        world.put(Reopen(Selector(ids=(often.id,))))
    walk = world.store.lineage(world.scope(), [cube.node], Direction.UP, past=True, first=2)
    assert len(walk) == 2
    assert walk[0].edge.from_seq == world.store.head().seq


def test_changes_tell_who_did_what_and_why(world: World) -> None:
    first = world.put(world.cube(), reason="because", note={"targets": ["x"]}, on_behalf_of="bob")
    second = world.put(verb="retract", enacts="p@1")
    scope = world.scope()
    log = world.store.changes(scope, after=first.seq - 1)
    assert [c.seq for c in log] == [first.seq, second.seq]
    assert (log[0].reason, dict(log[0].note or {})["targets"]) == ("because", ["x"])
    assert log[0].actor == world.engine.name("a", NodeKind.AGENT, "ann").id
    assert log[0].on_behalf_of == world.engine.name("a", NodeKind.AGENT, "bob").id
    assert (log[1].verb, log[1].enacts) == ("retract", "p@1")
    assert [c.seq for c in world.store.changes(scope, first=1, newest=True)] == [second.seq]
    assert [c.seq for c in world.store.changes(scope, verbs=("retract", "x"))] == [second.seq]


def test_effects_are_what_one_change_did(world: World) -> None:
    cube = world.cube()
    opened = world.put(cube)
    closed = world.close(cube)
    again = world.put(Reopen(Selector(closed_by=closed.seq)))
    scope = world.scope()
    sides = [
        [ids(side) for side in world.store.effects(scope, one.seq)]
        for one in (opened, closed, again)
    ]
    assert sides == [[[cube.id], []], [[], [cube.id]], [[cube.id], []]]
    assert world.store.effects(world.scope(seq=opened.seq), again.seq) == ((), ())


def test_intervals_are_told_oldest_first(world: World) -> None:
    source, cube = world.keyed(NodeKind.SOURCE, "u"), world.cube()
    edge = world.edge(EdgeKind.DERIVED_FROM, cube, source)
    opened = world.put(source, cube, edge)
    closed = world.close(cube, edge)
    again = world.put(Reopen(Selector(closed_by=closed.seq)))
    scope, asked = world.scope(), [edge.id, cube.id, "nothing"]
    found = [(r.id, r.from_seq, r.to_seq) for r in world.store.intervals(scope, asked)]
    both = sorted((edge.id, cube.id))
    assert found == [
        *((ident, opened.seq, closed.seq) for ident in both),
        *((ident, again.seq, OPEN) for ident in both),
    ]
    then = world.store.intervals(scope.but(seq=closed.seq), asked)
    assert [(r.id, r.from_seq) for r in then] == [(ident, opened.seq) for ident in both]
    assert world.store.intervals(scope, []) == ()


def test_feed_of_steps_is_the_feed_of_the_whole(world: World) -> None:
    cube = world.cube()
    start = world.store.head().seq
    world.put(cube)
    world.close(cube)
    world.put(Reopen(Selector(ids=(cube.id,))))
    head = world.store.head().seq
    seen = [
        (r.id, r.from_seq, r.to_seq)
        for seq in range(start, head)
        for r in world.store.feed("a", seq, seq + 1)
    ]
    assert set(seen) == {(r.id, r.from_seq, r.to_seq) for r in world.store.feed("a", start, head)}
    assert len(set(seen)) == 2
    assert list(world.store.feed("a", head, head)) == []


def test_unknown_nodes_are_simply_not_there(world: World) -> None:
    scope = world.scope()
    assert world.store.get(scope, ["nothing"]) == ()
    assert world.store.get(scope, []) == ()
    assert world.store.history(scope, "nothing") == ()
    assert world.store.lineage(scope, ["nothing"], Direction.UP) == ()


def test_text_comes_back_as_it_went_in(world: World) -> None:
    texts = ["", "\x00\x01", "naïve 中文 🍵", "a" * 200_000, '"quoted" \\ {}', "line\r\nline\u2028"]
    for text in texts:
        cube = world.cube()
        cube = world.by(cube.node).version(
            cube.kind, cube.node, {"title": text[:50]}, payload=Payload.of(text)
        )
        world.put(cube)
        (held,) = world.store.get(world.scope(), [cube.node])
        assert (held.text, held.get("title")) == (text, text[:50])
