"""What the four operations do, and that a transaction is all or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memcubes.graph import (
    Close,
    EdgeKind,
    NodeKind,
    Open,
    Payload,
    Reopen,
    Selector,
    Shred,
)
from memcubes.graph.change import MOST_OPERATIONS
from memcubes.graph.digest import new_node_id
from memcubes.graph.errors import Conflict, Erased, Invalid, KeyReused, PermissionDenied
from memcubes.graph.instant import OPEN
from memcubes.graph.verify import verify

from .world import World, ids


def test_opened_record_is_there_with_all_that_it_holds(world: World) -> None:
    cube = world.cube("tea at four", state="activated")
    done = world.put(cube)
    (held,) = world.store.get(world.scope(), [cube.node])
    assert replace(held, from_seq=0) == cube
    assert held.from_seq == done.seq
    assert held.text == "tea at four"
    assert dict(done.operations) == {"open": 1}


def test_closed_record_is_gone_now_and_there_before(world: World) -> None:
    cube = world.cube()
    opened = world.put(cube)
    closed = world.close(cube)
    assert world.store.get(world.scope(), [cube.node]) == ()
    assert ids(world.store.get(world.scope(seq=opened.seq), [cube.node])) == [cube.id]
    (interval,) = world.store.history(world.scope(), cube.node)
    assert (interval.from_seq, interval.to_seq) == (opened.seq, closed.seq)


def test_reopened_record_is_the_same_record(world: World) -> None:
    cube = world.cube()
    world.put(cube)
    world.close(cube)
    again = world.put(Reopen(Selector(ids=(cube.id,))))
    (held,) = world.store.get(world.scope(), [cube.node])
    assert (held.id, held.salt, held.digest) == (cube.id, cube.salt, cube.digest)
    assert held.from_seq == again.seq
    assert len(world.store.history(world.scope(), cube.node)) == 2


@pytest.mark.parametrize("by", ["ids", "origin", "closed_by"])
def test_each_selector_reopens_versions_and_edges(world: World, by: str) -> None:
    source = world.keyed(NodeKind.SOURCE, "u")
    cube = world.cube(origin=source.node)
    edge = world.edge(EdgeKind.DERIVED_FROM, cube, source)
    world.put(source, cube, edge)
    closed = world.put(Close(Selector(origin=source.node)))
    assert dict(closed.operations) == {"close": 3}
    selector = {
        "ids": Selector(ids=(source.id, cube.id, edge.id)),
        "origin": Selector(origin=source.node),
        "closed_by": Selector(closed_by=closed.seq),
    }[by]
    assert dict(world.put(Reopen(selector)).operations) == {"reopen": 3}
    assert len(world.store.get(world.scope(), [source.node, cube.node])) == 2


def test_shredded_content_is_gone_at_every_pin(world: World) -> None:
    cube = world.cube("secret")
    opened = world.put(cube)
    world.close(cube)
    done = world.put(Shred(Selector(ids=(cube.id,))))
    for seq in (opened.seq, done.seq):
        for held in world.store.history(world.scope(seq=seq), cube.node):
            assert (held.content, held.salt, held.text) == (None, None, "")
            assert held.shredded == done.seq
            assert held.payload is not None
            assert (held.payload.content, held.payload.salt) == (None, None)
    with pytest.raises(Erased):
        world.put(Reopen(Selector(ids=(cube.id,))))
    assert verify(world.engine).ok


def test_payload_shared_by_two_versions_is_erased_with_either(world: World) -> None:
    old = world.cube("secret")
    new = world.by(old.origin).version(old.kind, old.node, {"title": "new"}, payload=old.payload)
    world.put(old)
    world.put(Close(Selector(ids=(old.id,))), new)
    world.put(Shred(Selector(ids=(old.id,))))
    (held,) = world.store.get(world.scope(), [old.node])
    assert (held.id, held.text) == (new.id, "")
    world.close(new)
    with pytest.raises(Erased):
        world.put(Reopen(Selector(ids=(new.id,))))
    with pytest.raises(Erased):
        world.put(world.by(old.origin).version(old.kind, old.node, {}, payload=old.payload))
    with pytest.raises(Erased):
        world.put(world.by(old.origin).version(old.kind, old.node, {}, payload=held.payload))


def test_one_line_kinds_have_one_open_version(world: World) -> None:
    cube = world.cube()
    world.put(cube)
    late = world.by(new_node_id()).version(NodeKind.MEMCUBE, cube.node, {"title": "late"})
    with pytest.raises(Conflict) as caught:
        world.put(replace(late, origin=cube.origin))
    assert caught.value.current == cube.id


def test_keyed_kinds_have_one_open_version_for_each_origin(world: World) -> None:
    one, other = world.keyed(NodeKind.SOURCE, "u1"), world.keyed(NodeKind.SOURCE, "u2")
    first = world.keyed(NodeKind.ENTITY, "alice", one.node)
    second = world.keyed(NodeKind.ENTITY, "alice", other.node)
    world.put(one, other, first, second)
    assert ids(world.store.get(world.scope(), [first.node])) == sorted([first.id, second.id])
    with pytest.raises(Conflict):
        world.put(world.keyed(NodeKind.ENTITY, "alice", one.node))
    world.put(Close(Selector(origin=one.node)))
    assert ids(world.store.get(world.scope(), [first.node])) == [second.id]


def test_a_key_names_one_node(world: World) -> None:
    alice = world.keyed(NodeKind.ENTITY, "alice")
    world.put(alice)
    node = new_node_id()
    with pytest.raises(Conflict):
        world.put(world.by(node).version(NodeKind.ENTITY, node, {}, key=alice.key))


def test_revision_closes_and_opens_in_any_order_of_operations(world: World) -> None:
    old = world.cube()
    world.put(old)
    new = world.by(old.origin).version(old.kind, old.node, {"title": "new"})
    world.put(new, Close(Selector(ids=(old.id,))), expects=(old.id,))
    assert ids(world.store.get(world.scope(), [old.node])) == [new.id]


def test_expected_version_that_was_closed_conflicts(world: World) -> None:
    old = world.cube()
    world.put(old)
    new = world.by(old.origin).version(old.kind, old.node, {"title": "new"})
    world.put(Close(Selector(ids=(old.id,))), new)
    head = world.store.head()
    with pytest.raises(Conflict) as caught:
        world.put(Close(Selector(ids=(old.id,))), expects=(old.id,))
    assert (caught.value.base, caught.value.current) == (old.id, new.id)
    with pytest.raises(Conflict):
        world.close(old)
    with pytest.raises(Conflict):
        world.put(absent=(old.node,))
    assert world.store.head() == head


@pytest.mark.parametrize("again", ["open", "closed", "other table"])
def test_record_id_is_used_once(world: World, again: str) -> None:
    cube = world.cube()
    world.put(cube)
    if again == "closed":
        world.close(cube)
    if again == "other table":
        edge = replace(world.edge(EdgeKind.ABOUT, cube, cube), id=cube.id)
        with pytest.raises(Conflict):
            world.put(edge)
    with pytest.raises(Conflict):
        world.put(replace(world.cube("another"), id=cube.id))


def test_group_commits_as_a_whole(world: World) -> None:
    head, good = world.store.head(), world.cube()
    bad = world.change(Open(replace(world.cube(), content={"title": "forged"})))
    with pytest.raises(Invalid):
        world.store.commit(world.change(Open(good)), bad)
    assert world.store.head() == head
    assert world.store.get(world.scope(), [good.node]) == ()
    two = world.store.commit(
        world.change(Open(good)), world.change(Close(Selector(ids=(good.id,))))
    )
    assert [one.seq for one in two] == [head.seq + 1, head.seq + 2]
    assert world.store.get(world.scope(), [good.node]) == ()
    assert len(world.store.get(world.scope(seq=head.seq + 1), [good.node])) == 1


def test_instants_strictly_increase_and_sequences_have_no_gap(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([5_000_000, 4_000_000, 4_000_000])
    for engine in ("sqlite", "neo4j"):
        monkeypatch.setattr(f"memcubes.graph.{engine}.writer.now", lambda: next(clock))
    world.store.commit(world.change(), world.change(), world.change())
    log = world.store.changes(world.scope())
    assert [c.seq for c in log] == list(range(1, len(log) + 1))
    instants = [c.at for c in log]
    assert instants == sorted(set(instants))
    assert instants[-1] - instants[-3] == 2


def test_retry_after_an_unknown_outcome_applies_once(world: World) -> None:
    cube = world.cube()
    change = world.change(Open(cube))
    (first,) = world.store.commit(change)
    (second,) = world.store.commit(change)
    assert (second.seq, second.id, second.repeated) == (first.seq, first.id, True)
    assert second.leaf == first.leaf
    assert len(world.store.history(world.scope(), cube.node)) == 1


def test_idempotency_key_is_one_request(world: World) -> None:
    say = {"idempotency": "k", "request": {"text": "tea"}}
    first = world.put(world.cube(), **say)
    second = world.put(world.cube(), **say)
    assert (second.seq, second.repeated) == (first.seq, True)
    with pytest.raises(KeyReused):
        world.put(world.cube(), idempotency="k", request={"text": "coffee"})
    with pytest.raises(KeyReused):
        world.put(world.cube(), idempotency="k")
    twice = world.store.commit(
        world.change(idempotency="k2", request={"n": 1}),
        world.change(idempotency="k2", request={"n": 1}),
    )
    assert [one.repeated for one in twice] == [False, True]


def test_change_id_belongs_to_who_used_it(world: World) -> None:
    bob = world.admit("bob", "writer")
    change = world.change()
    world.store.commit(change)
    with pytest.raises(Conflict):
        bob.commit(change)
    with pytest.raises(KeyReused):
        world.store.commit(replace(change, request={"another": 1}))


@pytest.mark.parametrize("wrong", ["content", "valid", "payload", "digest"])
def test_what_does_not_match_its_digest_is_refused(world: World, wrong: str) -> None:
    cube = world.cube("tea")
    assert cube.payload is not None
    world.put(cube)
    other = world.cube("coffee")
    forged = {
        "content": replace(other, content={"title": "forged"}),
        "valid": replace(other, validity=cube.validity.__class__(0)),
        "payload": world.by(other.node).version(
            other.kind,
            other.node,
            {},
            payload=Payload("plaintext", "x", b"0" * 32, cube.payload.digest),
        ),
        "digest": replace(other, digest="0" * 64),
    }[wrong]
    with pytest.raises(Invalid):
        world.put(forged)


def test_record_stands_on_nodes_of_its_namespace(world: World) -> None:
    world.ann.commit(world.change(ns="b"))
    there = world.keyed(NodeKind.ENTITY, "alice", ns="b")
    world.ann.commit(world.change(Open(there), ns="b"))
    cube = world.cube()
    with pytest.raises(Invalid):
        world.put(cube, world.edge(EdgeKind.MENTIONS, cube, there))
    with pytest.raises(Invalid):
        world.put(cube, world.edge(EdgeKind.MENTIONS, cube, world.cube()))
    with pytest.raises(Invalid):
        world.put(world.by(new_node_id()).version(NodeKind.MEMCUBE, new_node_id(), {}))
    with pytest.raises(Invalid):
        world.put(world.by(cube.node).version(there.kind, there.node, {}, key=there.key))
    with pytest.raises(Invalid):
        world.change(Open(there))
    with pytest.raises(Conflict):
        world.close(there)
    world.put(absent=(there.node,))  # nothing is learnt about another namespace


def test_node_keeps_its_kind_and_key(world: World) -> None:
    cube = world.cube()
    world.put(cube)
    world.close(cube)
    for kind, key in ((NodeKind.INJECTION, None), (NodeKind.MEMCUBE, "k")):
        with pytest.raises(Invalid):
            world.put(world.by(cube.node).version(kind, cube.node, {}, key=key))


def test_wrong_changes_are_refused(world: World) -> None:
    cube = world.cube()
    with pytest.raises(Invalid):
        world.change(*[Open(cube)] * (MOST_OPERATIONS + 1))
    with pytest.raises(Invalid):
        world.put(Close(Selector(closed_by=1)))
    for closed_by in (0, -1, OPEN):
        with pytest.raises(Invalid):
            Selector(closed_by=closed_by)
    with pytest.raises(Conflict):
        world.put(cube, cube)
    with pytest.raises(Invalid):
        world.put(note={"weight": 0.5})
    with pytest.raises(PermissionDenied):
        world.engine.commit(world.change(actor=""))


def test_largest_change_commits(world: World) -> None:
    source = world.keyed(NodeKind.SOURCE, "u")
    cubes = [world.cube(str(n), source.node) for n in range(MOST_OPERATIONS - 1)]
    assert dict(world.put(source, *cubes).operations) == {"open": MOST_OPERATIONS}
    closed = world.put(Close(Selector(origin=source.node)))
    assert dict(closed.operations) == {"close": MOST_OPERATIONS}


def test_what_a_client_says_of_intervals_and_readers_is_ignored(world: World) -> None:
    cube = world.cube()
    done = world.put(replace(cube, from_seq=900, to_seq=901, acl=7, shredded=5))
    (held,) = world.store.get(world.scope(), [cube.node])
    assert (held.from_seq, held.to_seq, held.acl, held.shredded) == (done.seq, OPEN, 0, 0)
    assert verify(world.engine).ok
