"""Impact: what a change is said to do is what it does, to beliefs, names, artefacts and past answers."""

from __future__ import annotations

from random import Random

import pytest

from memcubes.graph import (
    Author,
    Authority,
    ChangeSet,
    Direction,
    EdgeKind,
    NodeKind,
    Open,
    Payload,
)
from memcubes.graph.belief import beliefs
from memcubes.graph.digest import new_node_id
from memcubes.graph.impact import Impact, impact_of, impact_without
from memcubes.graph.rehearsal import impact_if
from memcubes.graph.staleness import usable

from .desk import NS, SUBJECTS, Desk, Line, Said, any_source
from .test_confluence import Make, desk, edit, make, seeds

__all__ = ["make"]


def made_of(d: Desk, *nodes: str, kind: NodeKind = NodeKind.INJECTION) -> str:
    """Something that is made of cubes, or of something made."""
    node = new_node_id()
    by = Author(NS, node, Authority.ASSERTED, 50, True)
    header = {"verb": "ask", "question": "?", "state": "activated"}
    ops = [Open(by.version(kind, node, header, payload=Payload.of(node)))]
    for version in d.store.get(d.scope, nodes):
        assert version.payload
        use = {"role": "use", "payload": version.payload.digest, "spans": []}
        ops.append(Open(by.edge(EdgeKind.DERIVED_FROM, node, version.node, use)))
    d.commit(ChangeSet(ns=NS, verb="ask", ops=tuple(ops)))
    return node


def told(impact: Impact) -> dict[str, object]:
    """An impact without what only its moment says."""
    names = ("withdrawn", "revived", "weakened", "superseded", "learned", "entities", "cubes")
    return {name: getattr(impact, name) for name in (*names, "made", "stale")}


def test_a_preview_is_what_then_happens(make: Make, request: pytest.FixtureRequest) -> None:
    touched = 0
    for seed in seeds(make, request):
        rng = Random(seed)
        with desk(make) as d:
            for n in range(4):
                d.ingest(any_source(rng, f"s{n}"))
                edit(d, rng, [f"s{n}"])
                cubes = [cube for uri in ("s0", "s1", "s2") for cube in d.cubes(uri)]
                if cubes:
                    first = made_of(d, *rng.sample(cubes, min(2, len(cubes))))
                    made_of(d, first, rng.choice(cubes))
            for _ in range(3):
                nodes = [
                    n for uri in ("s0", "s1", "s2", "s3") for n in (d.source(uri), *d.cubes(uri))
                ]
                nodes += [fact for uri in ("s0", "s3") for fact in d.facts(uri)]
                alive = {version.node for version in d.store.get(d.scope, nodes)}
                node = rng.choice([node for node in nodes if node in alive] or [""])
                if not node:
                    continue
                change = d.curator.retraction(d.scope, node, "wrong")
                said = impact_if(d.store, d.scope, change)
                tried = impact_without(d.store, d.scope, change.note["targets"])
                done = d.commit(change)
                found = impact_of(d.store, d.scope, done.seq)
                assert told(said) == told(found)
                assert told(tried) == told(found)
                touched += not found.empty
                undo = d.curator.reversal(d.scope, done.seq, "undo")
                said = impact_if(d.store, d.scope, undo)
                if rng.random() < 0.5:
                    back = d.commit(undo)
                    assert told(said) == told(impact_of(d.store, d.scope, back.seq))
    assert touched


def test_no_belief_changes_without_being_told(make: Make, request: pytest.FixtureRequest) -> None:
    """Impact looks only as far as it must; beliefs worked out of everything say whether that was enough."""
    changed = 0
    for seed in seeds(make, request):
        rng = Random(f"told {seed}")
        with desk(make) as d:
            for n in range(8):
                if n < 4 or rng.random() < 0.4:
                    d.ingest(any_source(rng, f"s{n % 4}"))
                else:
                    edit(d, rng, [f"s{n % 4}"])
            for seq in range(3, d.scope.seq + 1):
                was = beliefs(d.store, d.store.scope(NS, seq=seq - 1))
                now = beliefs(d.store, d.store.scope(NS, seq=seq))
                moved = {
                    fact
                    for fact in was.keys() | now.keys()
                    if (fact in was and was[fact].believed) != (fact in now and now[fact].believed)
                }
                found = impact_of(d.store, d.scope, seq)
                parts = (found.withdrawn, found.revived, found.superseded, found.learned)
                assert moved == {belief.fact for part in parts for belief in part}, seq
                changed += len(moved)
    assert changed


def test_what_is_lost_is_told_by_what_is_left(make: Make) -> None:
    with desk(make) as d:
        alone, shared = Line("Pump", "cost", "Brno"), Line("Valve", "fail at", "02:10")
        d.ingest(Said("a", (alone, shared), 10))
        d.ingest(Said("b", (shared,), 20))
        found = impact_without(d.store, d.scope, [d.source("a")])
        assert [belief.words for belief in found.solely] == ["Pump cost Brno"]
        assert [belief.words for belief in found.partly] == ["Valve fail at 02:10"]
        assert found.partly[0].sources == (d.source("b"),)
        assert found.entities == ("Pump",)
        one = impact_without(d.store, d.scope, [d.cubes("a")[0]])  # a passage alone
        assert one.entities == ("Pump",)


def test_what_was_made_goes_by_degree_and_says_what_else_it_rests_on(make: Make) -> None:
    with desk(make) as d:
        d.ingest(Said("a", (Line("Pump", "cost", "Brno"),), 10))
        d.ingest(Said("b", (Line("Valve", "fail at", "02:10"),), 20))
        (a,), (b,) = d.cubes("a"), d.cubes("b")
        summary = made_of(d, a, kind=NodeKind.MEMCUBE)
        both = made_of(d, a, b, kind=NodeKind.MEMCUBE)
        cache = made_of(d, summary, kind=NodeKind.MEMCUBE)
        answer = made_of(d, cache)
        mixed = made_of(d, both)
        assert all(usable(d.store, d.scope, node) for node in (summary, both, cache, answer, mixed))
        found = impact_without(d.store, d.scope, [d.source("a")])
        assert {(m.node, m.degree, m.solely) for m in found.made} == {
            (summary, 1, True),
            (both, 1, False),
            (cache, 2, True),
            (mixed, 2, False),
            (answer, 3, True),
        }
        assert set(found.stale) == {summary, both, cache, answer, mixed}
        assert set(found.answers) == {answer, mixed}
        done = d.retract(d.source("a"))
        # of its sources' sources one is gone, so nothing that was made from them may be used
        assert not any(usable(d.store, d.scope, n) for n in (summary, both, cache, answer, mixed))
        again = impact_without(d.store, d.scope, [d.source("b")])
        assert again.stale == ()  # what cannot be used any more is not lost a second time
        d.revert(done)
        assert all(usable(d.store, d.scope, node) for node in (summary, both, cache, answer, mixed))


def test_what_was_made_of_a_cube_twice_over_rests_on_nothing_else(make: Make) -> None:
    """However long the way from one source of an artefact to another, and whatever they are called."""
    with desk(make) as d:
        d.ingest(Said("a", (Line("Pump", "cost", "Brno"),), 10))
        d.ingest(Said("b", (Line("Valve", "fail at", "02:10"),), 20))
        (a,), (b,) = d.cubes("a"), d.cubes("b")
        summaries = [made_of(d, a, kind=NodeKind.MEMCUBE) for _ in range(4)]
        both = [made_of(d, a, one, kind=NodeKind.MEMCUBE) for one in summaries]
        deep = made_of(d, made_of(d, summaries[0], kind=NodeKind.MEMCUBE), kind=NodeKind.MEMCUBE)
        far = made_of(d, a, deep)
        answers = [made_of(d, *both) for _ in range(2)]
        mixed = made_of(d, a, b, kind=NodeKind.MEMCUBE)
        beside = [made_of(d, a, mixed) for _ in range(4)]
        found = {m.node: m for m in impact_without(d.store, d.scope, [d.source("a")]).made}
        assert {found[node].degree for node in (*summaries, *both, far, mixed, *beside)} == {1}
        assert {found[node].degree for node in answers} == {2}
        partly = {node for node, one in found.items() if not one.solely}
        assert partly == {mixed, *beside}
        told = d.store.uses(d.scope, [a], Direction.DOWN)
        (alike,) = [made for made in told if answers[0] in made.artefacts]
        assert set(alike.artefacts) == set(answers)  # told at once, with what they were made of
        assert {pin.source for pin in alike.of} == set(both)
        assert all(pin.standing for pin in alike.of)


def test_a_merge_revives_and_overrules_as_it_is_said_to(make: Make) -> None:
    with desk(make) as d:
        d.ingest(Said("a", (Line("Jordan", "cost", "02:10"),), 10))
        d.ingest(Said("b", (Line(SUBJECTS[4], "cost", "07:40", False, True, "02:10"),), 20))
        nodes = [d.entity("Jordan"), d.entity(SUBJECTS[4])]
        change = d.deciding.merging(d.scope, nodes, "one man")
        said = impact_if(d.store, d.scope, change)
        assert [belief.words for belief in said.superseded] == ["Jordan cost 02:10"]
        done = d.commit(change)
        assert told(impact_of(d.store, d.scope, done.seq)) == told(said)
        undone = d.revert(done)
        assert [b.words for b in impact_of(d.store, d.scope, undone.seq).revived] == [
            "Jordan cost 02:10"
        ]
