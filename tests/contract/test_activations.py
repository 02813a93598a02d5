"""Activations on every store: made once, pinned to what they tell, refused with it and given back with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from memcubes.graph import EdgeKind, NodeKind, Selector, Shred, Version
from memcubes.graph.errors import Stale
from memcubes.graph.kind import Verb
from memcubes.graph.lifecycle import Lifecycle, Move
from memcubes.graph.listing import all_edges
from memcubes.graph.reversal import Reversal
from memcubes.graph.scope import Along, Direction
from memcubes.graph.trace import trace
from memcubes.graph.usage import UsageLog
from memcubes.graph.verify import verify
from memcubes.injection.memscheduler import AGENT, MemScheduler
from memcubes.injection.plan import Band, Form, InjectionPlan, Segment
from memcubes.injection.standing import Standing
from memcubes.injection.transformation import ACTIVATION, Prefix

from .world import World


def told(cubes: Sequence[Version]) -> tuple[Segment, ...]:
    """Segments that tell cubes."""
    return tuple(
        Segment(Band.STABLE, c.text, f"m{n}", c.node, c.payload.digest)
        for n, c in enumerate(cubes, 1)
        if c.payload is not None
    )


def prefix(cubes: Sequence[Version], *ids: int) -> Prefix:
    """Token ids that stand for cubes."""
    return Prefix(ids or (1, 2, 3), "tiny", "f0", told(cubes))


def plan(world: World, cubes: Sequence[Version]) -> InjectionPlan:
    """A plan that tells cubes."""
    seq = world.ann.scope(world.ns).seq
    return InjectionPlan(world.ns, "Who?", seq, told(cubes), Form.KV, "", 9, 3, "ids", "salt")


@pytest.fixture
def cubes(world: World) -> list[Version]:
    """Two cubes of two sources."""
    made = [world.cube("The valve RV-7 failed."), world.cube("Brill signed.")]
    for cube in made:
        world.put(cube)
    return made


@pytest.fixture
def scheduler(world: World) -> MemScheduler:
    """Ann's."""
    return MemScheduler(world.ann, world.ns, UsageLog(None), often=2)


def standing(world: World) -> Standing:
    """What ann may use now."""
    return Standing(world.ann, lambda: world.ann.scope(world.ns))


def test_made_once_with_its_lineage(
    world: World, cubes: list[Version], scheduler: MemScheduler
) -> None:
    kept = scheduler.promoted(prefix(cubes), "read twice")
    head = world.ann.head().seq
    assert scheduler.promoted(prefix(cubes), "read twice") == kept
    assert world.ann.head().seq == head
    scope = world.ann.scope(world.ns)
    (made,) = world.ann.get(scope, [kept.artefact])
    assert made.payload is not None
    assert (made.payload.form, made.get("tokens"), made.get("model")) == (ACTIVATION, 3, "tiny")
    up = trace(world.ann, scope, kept.artefact, Direction.UP)
    assert {cube.node for cube in cubes} < {step.node for step in up.steps}
    (change,) = world.ann.changes(scope, after=head - 1)
    assert (change.verb, dict(change.note or {})["to"]) == (Verb.TRANSFORM, ACTIVATION)
    named = world.ann.get(scope, [change.actor])
    assert [v.get("name") for v in named] == [AGENT]
    assert verify(world.engine).ok


def test_goes_with_what_it_tells_and_comes_back_with_it(
    world: World, cubes: list[Version], scheduler: MemScheduler
) -> None:
    kept = scheduler.promoted(prefix(cubes), "read twice").artefact
    planned = plan(world, cubes)
    asks = standing(world)
    assert asks.usable(kept)
    assert {v.node for v in asks.check(planned)} == {cube.node for cube in cubes}
    world.close(cubes[1])
    assert not asks.usable(kept)
    with pytest.raises(Stale, match=cubes[1].node):
        asks.check(planned)
    assert scheduler.promoted(prefix(cubes), "again").artefact == ""
    scope = world.ann.scope(world.ns)
    world.ann.commit(Reversal(world.ann, scope, scope.seq).change("it was right"))
    assert asks.usable(kept)
    assert asks.check(planned)
    assert scheduler.promoted(prefix(cubes), "again").artefact == kept


def test_erased_for_ever(world: World, cubes: list[Version], scheduler: MemScheduler) -> None:
    kept = scheduler.promoted(prefix(cubes), "read twice").artefact
    planned = plan(world, cubes)
    world.put(Shred(Selector(ids=(cubes[0].id,))))
    assert not standing(world).usable(kept)
    with pytest.raises(Stale):
        standing(world).check(planned)


def test_text_again(world: World, cubes: list[Version], scheduler: MemScheduler) -> None:
    kept = scheduler.promoted(prefix(cubes), "read twice").artefact
    assert scheduler.demoted([kept, cubes[0].node], "not read for a month") == (kept,)
    assert not standing(world).usable(kept)
    scope = world.ann.scope(world.ns)
    assert len(world.ann.get(scope, [cube.node for cube in cubes])) == 2
    assert scheduler.promoted(prefix(cubes), "hot again").artefact == kept
    assert standing(world).usable(kept)
    assert len(world.ann.history(world.ann.scope(world.ns), kept)) == 2
    assert verify(world.engine).ok


def test_a_promotion_is_undone_as_any_change(
    world: World, cubes: list[Version], scheduler: MemScheduler
) -> None:
    kept = scheduler.promoted(prefix(cubes), "asked for", asked=True).artefact
    scope = world.ann.scope(world.ns)
    world.ann.commit(Reversal(world.ann, scope, scope.seq).change("not wanted"))
    assert not standing(world).usable(kept)
    # and it stands in the way of no reversal of what it tells
    scope = world.ann.scope(world.ns)
    (version,) = world.ann.history(scope, cubes[0].node)
    world.ann.commit(Reversal(world.ann, scope, version.from_seq).change("never said"))


def test_only_for_those_who_may_read_all_of_it(
    world: World, cubes: list[Version], scheduler: MemScheduler
) -> None:
    bob = world.admit("bob", "reader")
    world.restrict(cubes[0].node, world.agent("ann"))
    kept = scheduler.promoted(prefix(cubes), "read twice").artefact
    assert standing(world).usable(kept)
    assert not Standing(bob, lambda: bob.scope(world.ns)).usable(kept)
    with pytest.raises(Stale):
        Standing(bob, lambda: bob.scope(world.ns)).check(plan(world, cubes))
    # who may not write keeps nothing, and is told so
    open_one = [cubes[1]]
    theirs = MemScheduler(bob, world.ns, UsageLog(None))
    told_why = theirs.promoted(prefix(open_one, 7), "read twice")
    assert told_why.artefact == ""
    assert "nothing is kept" in told_why.reason


def test_names_nothing_that_is_restricted_or_erased_later(
    world: World, cubes: list[Version], scheduler: MemScheduler
) -> None:
    bob = world.admit("bob", "reader")
    kept = scheduler.promoted(prefix(cubes), "read twice").artefact
    world.restrict(cubes[0].node, world.agent("ann"))
    (seen,) = bob.get(bob.scope(world.ns), [kept])
    assert seen.get("title") == "KV cache of 2 passages"
    assert not {"valve", "Brill"} & set(f"{seen.content} {seen.text}".split())


def test_nobody_takes_away_what_others_read(
    world: World, cubes: list[Version], scheduler: MemScheduler
) -> None:
    bob = world.admit("bob", "writer")
    world.restrict(cubes[0].node, world.agent("ann"))
    kept = scheduler.promoted(prefix(cubes), "read twice").artefact
    theirs = MemScheduler(bob, world.ns, UsageLog(None))
    assert theirs.spent([kept]) == scheduler.spent([kept]) == ()
    scheduler.demoted([kept], "not read for a month")
    assert theirs.spent([kept]) == scheduler.spent([kept]) == (kept,)


def test_a_held_one_stays_and_keeps_no_other(
    world: World, cubes: list[Version], scheduler: MemScheduler
) -> None:
    held = scheduler.promoted(prefix(cubes, 1), "read twice").artefact
    other = scheduler.promoted(prefix(cubes, 2), "read twice").artefact
    scope = world.ann.scope(world.ns)
    freeze = Lifecycle(world.ann, world.ns).transition(scope, held, Move.FREEZE, "evidence")
    world.ann.commit(freeze)
    assert scheduler.demoted([held, other], "not read for a month") == (other,)
    assert standing(world).usable(held)


def test_readings_are_counted_apart(scheduler: MemScheduler, cubes: list[Version]) -> None:
    one, other = prefix(cubes, 1), prefix(cubes, 2)
    assert scheduler.readings([one, other]) == {}
    for stems in ([one], [other], [one]):
        scheduler.read(stems)
    counts = scheduler.readings([one, other])
    assert counts == {one.digest: 2, other.digest: 1}
    assert [scheduler.hot(counts[p.digest]) for p in (one, other)] == [True, False]


def test_idle_ones_are_named(world: World, scheduler: MemScheduler, cubes: list[Version]) -> None:
    kept = scheduler.promoted(prefix(cubes), "read twice").artefact
    (made,) = world.ann.get(world.ann.scope(world.ns), [kept])
    begun = made.validity.start
    assert scheduler.idle(begun + 10, after=10) == ()
    assert scheduler.idle(begun + 11, after=10) == (kept,)
    scheduler.read([prefix(cubes)])
    assert scheduler.idle(begun + 11, after=10) == ()


def test_a_prefix_that_tells_nothing(scheduler: MemScheduler) -> None:
    assert scheduler.promoted(prefix([]), "read twice").artefact == ""


def test_a_past_plan_is_asked_as_of_then(world: World, cubes: list[Version]) -> None:
    planned = plan(world, cubes)
    world.close(cubes[1])
    past = replace(planned, past=True)
    assert len(standing(world).check(past)) == 2
    world.put(Shred(Selector(ids=(cubes[1].id,))))
    with pytest.raises(Stale):
        standing(world).check(past)


def test_edges_carry_the_digests(
    world: World, cubes: list[Version], scheduler: MemScheduler
) -> None:
    kept = scheduler.promoted(prefix(cubes), "read twice").artefact
    along = Along(kinds=(EdgeKind.DERIVED_FROM,), src=(kept,))
    edges = list(all_edges(world.ann, world.ann.scope(world.ns), along))
    assert {(e.dst, e.get("payload")) for e in edges} == {
        (c.node, c.payload.digest) for c in cubes if c.payload
    }
    assert all(e.get("role") == "use" for e in edges)
    assert {v.kind for v in world.ann.get(world.ann.scope(world.ns), [kept])} == {NodeKind.MEMCUBE}


def test_who_came_to_read_it_later_is_told_that_it_is_kept_for_others(
    world: World, cubes: list[Version], scheduler: MemScheduler
) -> None:
    bob = world.admit("bob", "writer")
    ann = world.agent("ann")
    world.restrict(cubes[0].node, ann)
    assert scheduler.promoted(prefix(cubes), "read twice").artefact
    world.restrict(cubes[0].node, world.agent("bob"))
    theirs = MemScheduler(bob, world.ns, UsageLog(None))
    kept = theirs.promoted(prefix(cubes), "read twice")
    assert (kept.artefact, kept.reason) == (
        "",
        "it is kept for others, and you are not among its readers",
    )


def test_the_same_words_from_elsewhere_are_kept_anew(
    world: World, cubes: list[Version], scheduler: MemScheduler
) -> None:
    old = scheduler.promoted(prefix(cubes[:1]), "read twice").artefact
    world.close(cubes[0])
    twin = world.cube(cubes[0].text)
    world.put(twin)
    # the same token ids, which what was taken back stands in the way of no more
    new = scheduler.promoted(prefix([twin]), "read twice").artefact
    assert new not in ("", old)
    assert [standing(world).usable(one) for one in (old, new)] == [False, True]
    assert scheduler.promoted(prefix(cubes[:1]), "again").artefact == ""
