"""Who may read and write what: by the grants of now, whatever the pin."""

from __future__ import annotations

import pytest

from memcubes.graph import (
    Access,
    Along,
    Author,
    ChangeSet,
    Close,
    EdgeKind,
    GuardedStore,
    NodeKind,
    Open,
    Reopen,
    Selector,
    Shred,
    Where,
)
from memcubes.graph.errors import Conflict, Invalid, NotFound, PermissionDenied
from memcubes.graph.listing import all_found

from .world import World, ids


def test_store_is_opened_by_somebody(world: World) -> None:
    for nobody in ("", "  "):
        with pytest.raises(PermissionDenied):
            GuardedStore(world.engine, nobody)


def test_scope_without_reader_sets_shows_nothing(world: World) -> None:
    world.put(world.cube())
    bare = world.scope().but(acls=())
    assert not world.engine.find(bare, Where()).items


def test_stranger_finds_no_namespace(world: World) -> None:
    mallory = GuardedStore(world.engine, "mallory")
    assert mallory.namespaces() == ()
    scope = world.scope()
    for act in (
        lambda: mallory.scope("a"),
        lambda: mallory.commit(ChangeSet(ns="a", verb="x", ops=())),
        lambda: mallory.get(scope, []),
        lambda: mallory.find(scope, Where()),
        lambda: mallory.edges(scope, Along()),
        lambda: mallory.changes(scope),
        lambda: mallory.intervals(scope, ["x"]),
        lambda: mallory.feed("a", 0, 1),
        lambda: mallory.derived("a", "bm25", []),
        lambda: mallory.watermark("a", "bm25"),
        lambda: mallory.put_derived("a", "bm25", [], watermark=1),
        lambda: mallory.drop_derived("a", "bm25", []),
        lambda: mallory.name("a", NodeKind.ENTITY, "alice"),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(PermissionDenied):
        mallory.rights("a", "ann")
    assert mallory.rights("a", "mallory").access is Access.NONE


def test_nobody_reads_as_another(world: World) -> None:
    bob = world.admit("bob", "reader")
    with pytest.raises(PermissionDenied):
        bob.scope("a", "ann")
    cube = world.cube()
    world.put(cube)
    world.restrict(cube.node, world.agent("ann"))
    borrowed = world.scope()
    assert world.ann.get(borrowed, [cube.node])
    assert not bob.get(borrowed, [cube.node])
    assert not bob.history(borrowed, cube.node)


def test_reader_reads_and_writer_writes(world: World) -> None:
    bob, eve = world.admit("bob", "reader"), world.admit("eve", "writer")
    with pytest.raises(PermissionDenied):
        bob.commit(ChangeSet(ns="a", verb="x", ops=()))
    cube = world.cube()
    eve.commit(ChangeSet(ns="a", verb="remember", ops=(Open(cube),)))
    assert ids(bob.get(bob.scope("a"), [cube.node])) == [cube.id]


def test_actor_is_who_opened_the_store(world: World) -> None:
    eve = world.admit("eve", "writer")
    (done,) = eve.commit(ChangeSet(ns="a", verb="x", ops=(), actor="ann"))
    assert done.actor == world.agent("eve").node


def test_grants_of_now_decide_of_then(world: World) -> None:
    bob = world.admit("bob", "reader")
    source = world.keyed(NodeKind.SOURCE, "u")
    cube = world.cube(origin=source.node)
    opened = world.put(source, cube, world.edge(EdgeKind.DERIVED_FROM, cube, source))
    assert bob.get(bob.scope("a"), [cube.node])
    (grant,) = world.restrict(source.node, world.agent("ann"))
    for seq in (None, opened.seq):
        scope = bob.scope("a", seq=seq)
        assert not bob.get(scope, [cube.node, source.node])
        assert not bob.edges(scope, Along(kinds=(EdgeKind.DERIVED_FROM,))).items
        assert not bob.history(scope, cube.node)
        assert cube.id not in ids(all_found(bob, scope, Where()))
        assert ids(world.ann.get(world.scope(seq=seq), [cube.node])) == [cube.id]
    assert not bob.effects(bob.scope("a"), opened.seq)[0]
    world.close(grant)
    assert bob.get(bob.scope("a"), [cube.node])


def test_two_restrictions_leave_who_may_read_both(world: World) -> None:
    bob, eve = world.admit("bob", "reader"), world.admit("eve", "reader")
    source = world.keyed(NodeKind.SOURCE, "u")
    cube = world.cube(origin=source.node)
    world.put(source, cube)
    world.restrict(source.node, world.agent("bob"), world.agent("eve"))
    world.restrict(cube.node, world.agent("eve"), world.agent("ann"))
    seen = [bool(one.get(one.scope("a"), [cube.node])) for one in (bob, eve, world.ann)]
    assert seen == [False, True, False]
    late = world.by(source.node).version(cube.kind, cube.node, {"title": "late"})
    eve_writes = world.admit("eve2", "writer")
    with pytest.raises(Conflict):  # to eve2, the cube is not there
        eve_writes.commit(ChangeSet(ns="a", verb="x", ops=(Close(Selector(ids=(cube.id,))),)))
    with pytest.raises(Invalid):
        eve_writes.commit(ChangeSet(ns="a", verb="x", ops=(Open(late),)))


@pytest.mark.parametrize("operation", [Close, Reopen, Shred])
def test_what_one_may_not_read_one_cannot_change(
    world: World, operation: type[Close | Reopen | Shred]
) -> None:
    bob = world.admit("bob", "writer")
    secret, public = world.keyed(NodeKind.SOURCE, "s"), world.keyed(NodeKind.SOURCE, "p")
    hidden = world.cube("hidden", secret.node)
    mixed, open_one = world.cube("mixed", public.node), world.cube("open", public.node)
    world.put(secret, hidden, public, mixed, open_one)
    world.restrict(secret.node, world.agent("ann"))
    world.restrict(mixed.node, world.agent("ann"))
    if operation is Reopen:
        world.put(Close(Selector(origin=secret.node)), Close(Selector(ids=(mixed.id, open_one.id))))

    def commit(selector: Selector) -> dict[str, int]:
        change = ChangeSet(ns="a", verb="x", ops=(operation(selector),))
        return dict(bob.commit(change)[0].operations)

    with pytest.raises(Conflict):
        commit(Selector(ids=(hidden.id,)))
    assert set(commit(Selector(origin=secret.node)).values()) == {0}
    with pytest.raises(PermissionDenied):
        commit(Selector(origin=public.node))
    if operation is Reopen:
        with pytest.raises(PermissionDenied):
            commit(Selector(closed_by=world.store.head().seq - 1))


def test_writer_cannot_promote_anybody(world: World) -> None:
    bob = world.admit("bob", "writer")
    agent, home = world.agent("bob"), world.engine.name("a", NodeKind.NAMESPACE, "a").id
    crown = world.by(agent.node).edge(EdgeKind.GRANTS, agent.node, home, {"role": "owner"})
    mine = next(
        edge
        for edge in bob.edges(bob.scope("a"), Along(kinds=(EdgeKind.GRANTS,))).items
        if edge.get("role") == "owner"
    )
    for op in (Open(crown), Close(Selector(ids=(mine.id,))), Shred(Selector(ids=(mine.id,)))):
        with pytest.raises(PermissionDenied):
            bob.commit(ChangeSet(ns="a", verb="grant", ops=(op,)))
    with pytest.raises(PermissionDenied):
        bob.commit(ChangeSet(ns="a", verb="found", ops=()))
    assert bob.rights("a", "bob").access is Access.WRITER
    assert world.ann.rights("a", "ann").access is Access.OWNER


def test_what_a_namespace_says_of_itself_is_an_owners(world: World) -> None:
    bob = world.admit("bob", "writer")
    node = world.engine.name("a", NodeKind.NAMESPACE, "a").id
    (home,) = world.ann.get(world.scope(), [node])
    by = Author("a", home.origin, home.authority, 0)
    other = by.version(home.kind, node, {"name": "a", "encoder": "e5"}, key=home.key)
    revised = (Close(Selector(ids=(home.id,))), Open(other))
    for ops in (revised, (Close(Selector(ids=(home.id,))),)):
        with pytest.raises(PermissionDenied, match="what it says of itself: ask an owner"):
            bob.commit(ChangeSet(ns="a", verb="revise", ops=ops))
    with pytest.raises(PermissionDenied):
        bob.commit(ChangeSet(ns="a", verb="erase", ops=(Shred(Selector(ids=(home.id,))),)))
    world.ann.commit(ChangeSet(ns="a", verb="revise", ops=revised))
    back = (Close(Selector(ids=(other.id,))), Reopen(Selector(ids=(home.id,))))
    with pytest.raises(PermissionDenied):
        bob.commit(ChangeSet(ns="a", verb="revert", ops=back))
    (now,) = world.ann.get(world.scope(), [node])
    assert now.id == other.id


def test_writer_cannot_let_himself_read_what_is_restricted(world: World) -> None:
    bob = world.admit("bob", "writer")
    source = world.keyed(NodeKind.SOURCE, "u")
    world.put(source)
    (grant,) = world.restrict(source.node, world.agent("ann"))
    agent = world.agent("bob").node
    own = world.by(agent).edge(EdgeKind.GRANTS, agent, source.node, {"role": "reader"})
    with pytest.raises(Invalid):
        bob.commit(ChangeSet(ns="a", verb="grant", ops=(Open(own),)))
    with pytest.raises(PermissionDenied):
        bob.commit(ChangeSet(ns="a", verb="revoke", ops=(Close(Selector(ids=(grant.id,))),)))
    world.ann.commit(ChangeSet(ns="a", verb="grant", ops=(Open(own),)))
    assert bob.get(bob.scope("a"), [source.node])


def test_revoked_principal_loses_everything(world: World) -> None:
    bob = world.admit("bob", "reader")
    scope = bob.scope("a")
    assert bob.namespaces() == ("a",)
    agent = world.agent("bob").node
    (grant,) = world.ann.edges(world.scope(), Along(src=(agent,))).items
    world.close(grant)
    assert bob.namespaces() == ()
    with pytest.raises(NotFound):
        bob.get(scope, [])


def test_first_write_founds_a_namespace_once(world: World) -> None:
    bob = GuardedStore(world.engine, "bob")
    (done,) = bob.commit(ChangeSet(ns="b", verb="remember", ops=()))
    assert done.verb == "remember"
    assert bob.namespaces() == ("b",)
    assert world.ann.namespaces() == ("a",)
    assert bob.rights("b", "bob").access is Access.OWNER
    for wrong in ("", " ", "x" * 201, "a\nb"):
        with pytest.raises(Invalid):
            bob.commit(ChangeSet(ns=wrong, verb="remember", ops=()))
    # two processes that found at once: the second finds it there
    again = bob.founding("b")
    assert world.engine.commit(again)[0].repeated
    with pytest.raises(NotFound):
        world.engine.commit(world.ann.founding("b"))


def test_what_is_not_there_is_not_looked_for_at_every_name(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[tuple[str, ...]] = []
    namespaces = world.engine.namespaces

    def counted() -> tuple[str, ...]:
        looked.append(namespaces())
        return looked[-1]

    monkeypatch.setattr(world.engine, "namespaces", counted)
    clock = 100.0
    monkeypatch.setattr("memcubes.graph.guard.monotonic", lambda: clock)
    bob = GuardedStore(world.engine, "bob")
    assert len({bob.name("new", NodeKind.ENTITY, str(n)).id for n in range(50)}) == 50
    assert len(looked) == 1
    world.ann.commit(ChangeSet(ns="new", verb="begin", ops=()))
    # ann's from now on, as bob is told a second later
    clock += 1.0
    with pytest.raises(NotFound):
        bob.name("new", NodeKind.ENTITY, "alice")
