"""Holds and states on every store: what a hold refuses, whatever the verb, and what it lets through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from memcubes.graph import (
    Author,
    Close,
    EdgeKind,
    NodeKind,
    Open,
    Payload,
    Selector,
    Shred,
    Version,
)
from memcubes.graph.change import Operation
from memcubes.graph.curator import Curator
from memcubes.graph.digest import new_record_id
from memcubes.graph.errors import Conflict, Held, MemcubesError, NotFound, PermissionDenied
from memcubes.graph.instant import now
from memcubes.graph.kind import Verb
from memcubes.graph.lifecycle import Lifecycle, Move, State
from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.rehearsal import impact_if
from memcubes.graph.retention import AGENT, Sweep
from memcubes.graph.scope import Where
from memcubes.graph.staleness import usable
from memcubes.graph.verify import verify

from .world import World

HOLDS = ("", "frozen", "legal")


def by_ids(*records: Version) -> Selector:
    return Selector(ids=tuple(record.id for record in records))


def now_of(world: World, node: str) -> Version:
    return world.store.get(world.scope(), [node])[0]


def kept(world: World, state: str = "activated", hold: str = "") -> tuple[Version, Version]:
    """A source and its cube, which stands in a state and under a hold."""
    source = world.keyed(NodeKind.SOURCE, f"{state}{hold}")
    cube = world.cube("tea at four", origin=source.node, state=state)
    if hold:
        cube = rewritten(cube, hold=hold)
    world.put(source, cube)
    return source, cube


def rewritten(cube: Version, text: str = "", **header: str | None) -> Version:
    """The cube with another text or header; None takes a field away."""
    fields = {**(cube.content or {}), **header}
    author = Author(cube.ns, cube.origin, cube.authority, cube.validity.start)
    return author.version(
        cube.kind,
        cube.node,
        {k: v for k, v in fields.items() if v is not None},
        key=cube.key,
        payload=Payload.of(text) if text else cube.payload,
        validity=cube.validity,
    )


Ops = Callable[[World, Version, Version], tuple[Operation, ...]]

# What somebody might do to a held cube, and which holds refuse it.
DONE: dict[str, tuple[Ops, tuple[str, ...]]] = {
    "retract": (lambda w, s, c: (Close(Selector(origin=s.node)),), ("frozen", "legal")),
    "close": (lambda w, s, c: (Close(by_ids(c)),), ("frozen", "legal")),
    "revise": (
        lambda w, s, c: (Close(by_ids(c)), Open(rewritten(c, "coffee"))),
        ("frozen", "legal"),
    ),
    "archive": (
        lambda w, s, c: (Close(by_ids(c)), Open(rewritten(c, state="archived"))),
        ("frozen", "legal"),
    ),
    "erase": (lambda w, s, c: (Shred(by_ids(c)),), ("legal",)),
    "erase the source": (lambda w, s, c: (Shred(Selector(origin=s.node)),), ("legal",)),
    "close the source alone": (lambda w, s, c: (Close(by_ids(s)),), ()),
    "erase the source alone": (lambda w, s, c: (Shred(by_ids(s)),), ("legal",)),
    "remember beside it": (lambda w, s, c: (Open(w.cube("milk")),), ()),
}


@pytest.mark.parametrize("verb", [Verb.TRANSITION, Verb.REVISE, Verb.REVERT, Verb.EXPIRE])
@pytest.mark.parametrize("what", DONE)
def test_no_verb_gets_round_a_hold_in_any_state(world: World, what: str, verb: Verb) -> None:
    ops, stopped = DONE[what]
    # a state is content like any other to an engine, so a server need not see each of them
    states = [State.ACTIVATED] if isinstance(world.engine, Neo4jStore) else list(State)
    for state, hold in product(states, HOLDS):
        source, cube = kept(world, str(state), hold)
        before = now_of(world, cube.node)
        if hold not in stopped:
            world.put(*ops(world, source, cube), verb=verb)
            continue
        with pytest.raises(Held, match=f"`memcubes transition {cube.node} release`"):
            world.put(*ops(world, source, cube), verb=verb)
        assert now_of(world, cube.node) == before
        world.put(Close(by_ids(cube)), Open(rewritten(cube, hold=None)), verb="transition")
        world.put(Close(Selector(origin=source.node)))
    assert verify(world.engine).ok


@pytest.mark.parametrize("hold", HOLDS[1:])
def test_a_tag_is_no_edit(world: World, hold: str) -> None:
    _, cube = kept(world, hold=hold)
    tag = world.keyed(NodeKind.TAG, "tea")
    tagged = world.edge(EdgeKind.TAGGED, cube, tag)
    world.put(tag, tagged)
    assert world.close(tagged)


@pytest.mark.parametrize("move", list(Move))
def test_every_transition_is_undone_exactly(world: World, move: Move) -> None:
    _, cube = kept(world, "generated" if move is Move.ACTIVATE else "activated")
    if move is Move.RELEASE:
        world.put(Lifecycle(world.store, "a").transition(world.scope(), cube.node, Move.FREEZE).ops[0],
                  Open(rewritten(cube, hold="frozen")), verb="transition")  # fmt: skip
    before = now_of(world, cube.node)
    change = Lifecycle(world.store, "a").transition(world.scope(), cube.node, move)
    done = world.store.commit(replace(change, actor="ann"))[0]
    assert now_of(world, cube.node).content != before.content
    undo = Curator(world.store, "a").reversal(world.scope(), done.seq, "")
    world.store.commit(replace(undo, actor="ann"))
    after = now_of(world, cube.node)
    assert replace(after, from_seq=before.from_seq) == before
    assert verify(world.engine).ok


def test_a_transition_makes_nothing_stale(world: World) -> None:
    _, cube = kept(world)
    receipt = world.by("r1").version(NodeKind.INJECTION, "r1", {"verb": "ask"})
    assert cube.payload is not None
    used = {"role": "use", "payload": cube.payload.digest}
    world.put(receipt, world.by("r1").edge(EdgeKind.DERIVED_FROM, "r1", cube.node, used))
    for move in (Move.FREEZE, Move.HOLD, Move.RELEASE, Move.ARCHIVE, Move.EXPIRE, Move.ACTIVATE):
        change = Lifecycle(world.store, "a").transition(world.scope(), cube.node, move)
        world.store.commit(replace(change, actor="ann"))
        assert usable(world.store, world.scope(), "r1"), move
    assert len(world.store.history(world.scope(), cube.node)) == 7


def test_a_source_moves_with_all_its_cubes_or_not_at_all(world: World) -> None:
    source, first = kept(world)
    second = world.cube("milk", origin=source.node, state="activated")
    world.put(second)
    lifecycle = Lifecycle(world.store, "a")
    change = lifecycle.transition(world.scope(), source.node, Move.ARCHIVE)
    world.store.commit(replace(change, actor="ann"))
    assert {now_of(world, c.node).get("state") for c in (first, second)} == {"archived"}
    world.store.commit(
        replace(lifecycle.transition(world.scope(), first.node, Move.FREEZE), actor="ann")
    )
    with pytest.raises(Held, match=first.node):
        lifecycle.transition(world.scope(), source.node, Move.ACTIVATE)


# Ways round a hold that ride on a change of hold.
COVERED: dict[str, Callable[[Version], tuple[Operation, ...]]] = {
    "another text": lambda c: (Close(by_ids(c)), Open(rewritten(c, "coffee", hold=None))),
    "another title": lambda c: (Close(by_ids(c)), Open(rewritten(c, title="x", hold=None))),
    "another state": lambda c: (Close(by_ids(c)), Open(rewritten(c, state="expired", hold=None))),
    "the same hold": lambda c: (Close(by_ids(c)), Open(rewritten(c))),
    "another origin": lambda c: (
        Close(by_ids(c)),
        Open(rewritten(replace(c, origin=c.node), hold=None)),
    ),
    "nothing instead": lambda c: (Close(by_ids(c)),),
    "erased as it is released": lambda c: (
        Close(by_ids(c)),
        Shred(by_ids(c)),
        Open(rewritten(c, hold=None)),
    ),
    "erased, then released": lambda c: (
        Shred(by_ids(c)),
        Close(by_ids(c)),
        Open(rewritten(c, hold=None)),
    ),
}


@pytest.mark.parametrize("way", COVERED)
def test_nothing_rides_on_a_release(world: World, way: str) -> None:
    _, cube = kept(world, hold="legal")
    with pytest.raises(Held):
        world.put(*COVERED[way](cube), verb="transition")
    assert now_of(world, cube.node).text == "tea at four"


@pytest.mark.parametrize("hold", HOLDS[1:])
def test_a_hold_is_put_off_by_a_transition_or_its_undoing_alone(world: World, hold: str) -> None:
    _, cube = kept(world, hold=hold)
    lifted = (Close(by_ids(cube)), Open(rewritten(cube, hold=None)))
    for verb in sorted(set(Verb) - {Verb.TRANSITION, Verb.REVERT, Verb.FOUND}):
        with pytest.raises(Held):
            world.put(*lifted, verb=verb)
    world.put(*lifted, verb="transition")
    assert now_of(world, cube.node).get("hold") is None


def test_a_legal_hold_is_put_off_by_an_owner_alone(world: World) -> None:
    bob = world.admit("bob", "writer")
    _, cube = kept(world)
    held = bob.commit(Lifecycle(bob, "a").transition(bob.scope("a"), cube.node, Move.HOLD))[0]
    assert now_of(world, cube.node).get("hold") == "legal"
    release = Lifecycle(bob, "a").transition(bob.scope("a"), cube.node, Move.RELEASE)
    undo = Curator(bob, "a").reversal(bob.scope("a"), held.seq, "")
    for change in (release, undo):
        with pytest.raises(PermissionDenied, match="legal hold, which 'bob' may not put off"):
            bob.commit(change)
        with pytest.raises(PermissionDenied, match="ask an owner"):
            impact_if(bob, bob.scope("a"), change)  # and so it is told when it is tried
        for_bob = replace(change, id=new_record_id())
        with pytest.raises(PermissionDenied):
            bob.commit_by(AGENT, for_bob)
    assert now_of(world, cube.node).get("hold") == "legal"
    world.store.commit(replace(release, actor="ann"))
    assert now_of(world, cube.node).get("hold") is None
    for move in (Move.FREEZE, Move.RELEASE):  # what is frozen, whoever writes lifts
        bob.commit(Lifecycle(bob, "a").transition(bob.scope("a"), cube.node, move))


def test_a_legal_hold_keeps_past_wordings_and_copies_of_the_text(world: World) -> None:
    _, cube = kept(world)
    revised = rewritten(cube, "tea at five")
    world.put(Close(by_ids(cube)), revised)
    held = rewritten(revised, hold="legal")
    world.put(Close(by_ids(revised)), held, verb="transition")
    copy = replace(world.cube("x"), payload=revised.payload)
    copy = rewritten(copy)
    world.put(copy)
    for record in (cube, revised, held, copy):
        with pytest.raises(Held):
            world.put(Shred(by_ids(record)))
    with pytest.raises(Held):
        world.put(
            Shred(Selector(closed_by=world.store.history(world.scope(), cube.node)[0].to_seq))
        )
    world.put(Close(by_ids(held)), Open(rewritten(held, hold=None)), verb="transition")
    world.put(Shred(by_ids(copy)))
    assert verify(world.engine).ok


def test_a_copy_in_another_namespace_does_not_tell_who_holds_it(world: World) -> None:
    _, cube = kept(world, hold="legal")
    node = world.cube("x").node
    author = Author("b", node, cube.authority, 0)
    copy = author.version(NodeKind.MEMCUBE, node, {"title": "copy"}, payload=cube.payload)
    world.ann.commit(world.change(Open(copy), ns="b"))
    with pytest.raises(Held, match="kept elsewhere") as refused:
        world.ann.commit(world.change(Shred(by_ids(copy)), ns="b"))
    assert cube.node not in str(refused.value)


def test_what_only_mentions_holds_is_under_none(world: World) -> None:
    """A header that contains the mark in a value, or deeper, is no held header."""
    cube = world.cube("tea", remark='say "hold":"legal" twice')
    deep = world.by(cube.node).version(
        NodeKind.MEMCUBE, cube.node, {"about": {"hold": "legal"}}, payload=Payload.of("milk")
    )
    world.put(cube)
    world.put(Close(by_ids(cube)), deep)
    world.close(deep)
    world.put(Shred(by_ids(deep)))
    decision = world.by("d1").version(NodeKind.DECISION, "d1", {"hold": "legal"})
    world.put(decision)  # only cubes are held
    world.close(decision)


def test_one_held_cube_keeps_a_whole_transaction(world: World) -> None:
    _, cube = kept(world, hold="frozen")
    other = world.cube("milk")
    head = world.store.head().seq
    with pytest.raises(Held):
        world.store.commit(world.change(Open(other)), world.change(Close(by_ids(cube))))
    assert world.store.head().seq == head
    assert world.store.get(world.scope(), [other.node]) == ()


def test_a_policy_runs_as_its_agent_with_the_rights_of_whoever_asks(world: World) -> None:
    _, cube = kept(world)
    due = rewritten(cube, expires=None)
    world.put(
        Close(by_ids(cube)),
        Author(cube.ns, cube.origin, cube.authority, 10).version(
            cube.kind, cube.node, {**(due.content or {}), "expires": 5}, payload=cube.payload
        ),
    )
    _, frozen = kept(world, "archived", "frozen")
    scope = world.ann.scope("a")
    sweep = Sweep(world.ann, scope, now())
    assert [c.node for c, _ in sweep.due] == [cube.node]
    for _, change in sweep.parts():
        (done,) = world.ann.commit_by(AGENT, change)
    names = {v.node: v.get("name") for v in world.ann.get(world.ann.scope("a"), [done.actor])}
    assert (names[done.actor], done.verb) == (AGENT, "expire")
    assert done.on_behalf_of == world.engine.name("a", NodeKind.AGENT, "ann").id
    assert now_of(world, cube.node).get("state") == "expired"
    assert Sweep(world.ann, world.ann.scope("a"), now()).found == ()
    assert now_of(world, frozen.node).get("state") == "archived"
    reader = world.admit("rita", "reader")
    late = replace(change, id=new_record_id())
    with pytest.raises(PermissionDenied, match="'rita' may read"):
        reader.commit_by(AGENT, late)
    with pytest.raises(NotFound):
        type(world.ann)(world.engine, "mallory").commit_by(AGENT, late)
    assert world.ann.commit_by(AGENT, change)[0].repeated
    with pytest.raises(Conflict, match="is taken"):  # what was done for another is not told
        reader.commit_by(AGENT, change)


def test_nobody_borrows_the_name_of_a_part_of_memcubes(world: World) -> None:
    with pytest.raises(PermissionDenied, match="name yourself"):
        type(world.ann)(world.engine, AGENT)
    with pytest.raises(MemcubesError, match="no agent of memcubes"):
        world.ann.commit_by("ann", world.change())
    nobody = world.change(actor=AGENT, on_behalf_of="")
    with pytest.raises(PermissionDenied, match="needs a principal"):
        world.engine.commit(nobody)
    # whose behalf somebody claims is no right of theirs
    with pytest.raises(NotFound):
        world.engine.commit(world.change(actor="mallory", on_behalf_of="ann"))


def test_held_cubes_are_found_by_what_their_header_says(world: World) -> None:
    kept(world, hold="legal")
    kept(world, hold="frozen")
    for hold in HOLDS[1:]:
        assert len(world.store.find(world.scope(), Where(header={"hold": hold})).items) == 1
