"""Summaries of what was archived, on every store: made once, pinned, and found only while they may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from memcubes.graph import (
    Author,
    Authority,
    Close,
    EdgeKind,
    NodeKind,
    Payload,
    Reopen,
    Selector,
    Shred,
    Version,
)
from memcubes.graph.change import Committed
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.lifecycle import Lifecycle, Move, again
from memcubes.graph.listing import all_edges, all_found
from memcubes.graph.retention import AGENT, POLICIES, Policy
from memcubes.graph.scope import Along, Scope, Where
from memcubes.graph.staleness import usable
from memcubes.graph.summarising import Summarising
from memcubes.graph.verify import verify

from .world import World

TEXTS = (
    "The pump PX-2 ran dry at noon.",
    "Ann closed the gate of the yard.",
    "Bo said that the pump PX-2 ran dry because the gate was closed.",
    "We had soup for lunch.",
)


def told(world: World, uri: str, texts: Sequence[str], kind: str = "episode") -> list[Version]:
    """A source with passages of one sentence each, archived, in order."""
    name = world.engine.name(world.ns, NodeKind.SOURCE, uri)
    author = Author(world.ns, name.id, Authority.EXTRACTED, 10)
    cubes = []
    for place, text in enumerate(texts):
        cube = world.engine.name(world.ns, NodeKind.MEMCUBE, uri, text, str(place))
        header = {
            "title": uri,
            "semantic_type": kind,
            "state": "archived",
            "language": "en",
            "sentences": [[0, len(text)]],
        }
        made = author.version(
            NodeKind.MEMCUBE, cube.id, header, key=cube.key, payload=Payload.of(text)
        )
        cubes.append(made)
    placed = [[cube.node, 100 * n, 100 * n + len(cube.text)] for n, cube in enumerate(cubes)]
    source = author.version(
        NodeKind.SOURCE,
        name.id,
        {"uri": uri, "title": uri, "passages": placed},
        key=name.key,
        payload=Payload.of("\n".join(texts)),
    )
    edges = [
        author.edge(EdgeKind.DERIVED_FROM, cube.node, name.id, {"role": "primary source"})
        for cube in cubes
    ]
    world.put(source, *reversed(cubes), *edges)
    return cubes


def looked(world: World, **policies: Policy) -> Summarising:
    """What is due."""
    given = {**POLICIES, **policies}
    return Summarising(world.ann, world.ann.scope(world.ns), 1, given)


def swept(world: World, **policies: Policy) -> list[Committed]:
    """Do what is due, and look again: nothing may be left."""
    done = [
        one
        for _, change in looked(world, **policies).changes()
        for one in world.ann.commit_by(AGENT, change)
    ]
    assert looked(world, **policies).due == ()
    return done


def standing(world: World, scope: Scope | None = None) -> list[Version]:
    """The summaries in force, by text."""
    where = Where(kinds=(NodeKind.MEMCUBE,), header={"semantic_type": "summary"})
    found = all_found(world.ann, scope or world.ann.scope(world.ns), where)
    return sorted(found, key=lambda version: version.text)


def walked(world: World, scope: Scope | None = None) -> list[str]:
    """The texts that a question can find."""
    view = GraphIndex(world.ann, load_encoder("hashing")).view(scope or world.ann.scope(world.ns))
    nodes = [view.node(i) for i in range(view.size)]
    return sorted(v.text for v in world.ann.get(scope or world.ann.scope(world.ns), nodes))


def test_what_was_archived_leaves_its_gist_once(world: World) -> None:
    cubes = told(world, "chat", TEXTS)
    assert walked(world) == []
    (change,) = swept(world)
    (summary,) = standing(world)
    # the three that share words; the soup has none of theirs. In the order of the source.
    assert summary.text == "\n".join(TEXTS[:3])
    assert summary.get("quotes") == [[c.node, 0, len(c.text)] for c in cubes[:3]]
    spans = [tuple(span) for span in summary.get("sentences")]
    assert [summary.text[a:b] for a, b in spans] == list(TEXTS[:3])
    assert (summary.authority, summary.get("origin_type")) == (Authority.INFERRED, "inferred")
    assert (summary.origin, summary.get("title")) == (summary.node, "chat")
    assert walked(world) == [summary.text]
    edges = list(all_edges(world.ann, world.scope(), Along(src=(summary.node,))))
    pins = {e.dst: e.get("payload") for e in edges}
    assert pins == {c.node: c.payload.digest for c in cubes if c.payload}
    assert {(e.kind, e.get("role")) for e in edges} == {(EdgeKind.DERIVED_FROM, "use")}
    assert sorted(summary.get("made_of")) == sorted(pins.values())  # what the index goes by
    assert change.verb == "expire"
    assert swept(world) == []
    assert verify(world.engine).ok


def test_it_may_be_used_exactly_while_all_that_it_was_made_of_is_there(world: World) -> None:
    cubes = told(world, "chat", TEXTS)
    swept(world)
    (summary,) = standing(world)
    before = world.ann.scope(world.ns)
    for cube in cubes:  # the one that is not quoted was read for it too
        gone = world.put(Close(Selector(ids=(cube.id,))))
        assert walked(world) == []
        assert not usable(world.ann, world.ann.scope(world.ns), summary.node)
        assert walked(world, before) == [summary.text]
        world.put(Reopen(Selector(closed_by=gone.seq)))
        assert walked(world) == [summary.text]
        assert usable(world.ann, world.ann.scope(world.ns), summary.node)
        assert walked(world, world.ann.scope(world.ns).but(without=(cube.node,))) == []
    assert walked(world, world.ann.scope(world.ns).but(without=(cubes[0].origin,))) == []


def test_a_whole_source_that_goes_and_comes_back_keeps_its_summary(world: World) -> None:
    cubes = told(world, "chat", TEXTS)
    swept(world)
    gone = world.put(Close(Selector(origin=cubes[0].origin)))
    assert walked(world) == []
    assert swept(world) == []
    world.put(Reopen(Selector(closed_by=gone.seq)))
    assert swept(world) == []
    assert walked(world) == ["\n".join(TEXTS[:3])]


def test_another_wording_makes_another_summary(world: World) -> None:
    cubes = told(world, "chat", TEXTS)
    swept(world)
    (before,) = standing(world)
    text = "The pump PX-2 stood still at noon."
    author = Author(world.ns, cubes[0].origin, Authority.CURATED, 20)
    revised = author.version(
        NodeKind.MEMCUBE,
        cubes[0].node,
        {**(cubes[0].content or {}), "sentences": [[0, len(text)]]},
        key=cubes[0].key,
        payload=Payload.of(text),
    )
    world.put(Close(Selector(ids=(cubes[0].id,))), revised)
    assert walked(world) == []
    swept(world)
    (after,) = standing(world)
    assert after.node != before.node
    assert after.text == "\n".join((text, *TEXTS[1:3]))
    assert walked(world) == [after.text]
    world.put(Close(Selector(ids=(revised.id,))), Reopen(Selector(ids=(cubes[0].id,))))
    swept(world)
    assert [(v.node, v.text) for v in standing(world)] == [(before.node, before.text)]
    assert walked(world) == [before.text]


def test_what_speaks_for_itself_has_no_summary_beside_it(world: World) -> None:
    cubes = told(world, "chat", TEXTS)
    swept(world)
    (summary,) = standing(world)
    active = Lifecycle(world.ann, world.ns).transition(
        world.ann.scope(world.ns), cubes[3].node, Move.ACTIVATE
    )
    world.ann.commit(active)
    assert walked(world) == [TEXTS[3]]
    assert swept(world) == []  # it may be archived again
    archive = Lifecycle(world.ann, world.ns).transition(
        world.ann.scope(world.ns), cubes[3].node, Move.ARCHIVE
    )
    world.ann.commit(archive)
    assert swept(world) == []
    assert walked(world) == [summary.text]


def test_what_expired_leaves_nothing(world: World) -> None:
    told(world, "chat", TEXTS)
    swept(world)
    scope = world.ann.scope(world.ns)
    source = world.engine.name(world.ns, NodeKind.SOURCE, "chat").id
    world.ann.commit(Lifecycle(world.ann, world.ns).transition(scope, source, Move.EXPIRE))
    assert walked(world) == []
    swept(world)
    assert standing(world) == []


def test_a_policy_that_wants_none_or_others_is_followed(world: World) -> None:
    told(world, "chat", TEXTS)
    swept(world)
    swept(world, episode=Policy(summary=1))
    (summary,) = standing(world)
    assert summary.text == TEXTS[2]  # it shares words with both of the others
    swept(world, episode=Policy(summary=2, gist="latest"))
    assert [v.text for v in standing(world)] == ["\n".join(TEXTS[2:])]
    swept(world, episode=Policy())
    assert standing(world) == []
    assert walked(world) == []


def test_a_hold_keeps_a_summary_as_it_is(world: World) -> None:
    told(world, "chat", TEXTS)
    swept(world)
    (summary,) = standing(world)
    world.ann.commit(
        Lifecycle(world.ann, world.ns).transition(
            world.ann.scope(world.ns), summary.node, Move.FREEZE
        )
    )
    found = looked(world, episode=Policy(summary=1))
    assert (found.due, [v.node for v in found.held]) == ((), [summary.node])


def test_a_summary_that_was_archived_by_hand_stays_so(world: World) -> None:
    told(world, "chat", TEXTS)
    swept(world)
    (summary,) = standing(world)
    world.ann.commit(
        Lifecycle(world.ann, world.ns).transition(
            world.ann.scope(world.ns), summary.node, Move.ARCHIVE
        )
    )
    assert walked(world) == []
    assert swept(world) == []
    assert walked(world, world.ann.scope(world.ns).but(archived=True)) == sorted(
        [*TEXTS, summary.text]
    )


def test_it_is_for_those_who_may_read_what_it_was_made_of(world: World) -> None:
    ann, bob = world.agent("ann"), world.admit("bob", "reader")
    cubes = told(world, "chat", TEXTS)
    swept(world)
    (summary,) = standing(world)

    def bobs() -> tuple[list[str], list[str]]:
        scope = bob.scope(world.ns)
        view = GraphIndex(bob, load_encoder("hashing")).view(scope)
        where = Where(kinds=(NodeKind.MEMCUBE,), header={"semantic_type": "summary"})
        return [view.node(i) for i in range(view.size)], [
            v.node for v in all_found(bob, scope, where)
        ]

    assert bobs() == ([summary.node], [summary.node])
    world.restrict(cubes[3].node, ann)
    assert bobs()[0] == []  # at once, whoever made it for whom
    swept(world)
    assert bobs() == ([], [])
    (again_,) = standing(world)
    assert again_.node != summary.node
    assert walked(world) == [again_.text]


@pytest.mark.parametrize("kind", ["preference", "fact", "technical detail", "profile", "skill"])
def test_what_is_kept_as_it_is_has_none(world: World, kind: str) -> None:
    told(world, "notes", TEXTS, kind)
    assert swept(world) == []


def test_each_so_many_passages_leave_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memcubes.graph.summarising.MOST_PASSAGES", 3)
    texts = [f"The pump PX-{n} ran dry on day {n}." for n in range(8)]
    told(world, "chat", texts)
    # three passages make 1 + 3 operations, two make 1 + 2, the agent's name one: at most eight a change
    monkeypatch.setattr("memcubes.graph.summarising.MOST_OPERATIONS", 8)
    done = swept(world, episode=Policy(summary=1, gist="latest"))
    assert [one.operations["open"] for one in done] == [1 + 4, 4 + 3]
    # of the passages 0 to 2, 3 to 5, and 6 to 7
    assert [v.text for v in standing(world)] == [texts[2], texts[5], texts[7]]


def test_two_that_look_at_once_make_nothing_twice(world: World) -> None:
    from memcubes.graph.errors import Conflict

    told(world, "chat", TEXTS)
    one, other = looked(world), looked(world)
    (first,), (second,) = list(one.changes()), list(other.changes())
    world.ann.commit_by(AGENT, first[1])
    with pytest.raises(Conflict):
        world.ann.commit_by(AGENT, replace(second[1], ops=second[1].ops[:-1]))
    assert len(standing(world)) == 1


def test_one_that_lost_a_passage_meanwhile_is_not_made(world: World) -> None:
    from memcubes.graph.errors import Conflict

    cubes = told(world, "chat", TEXTS)
    ((_, change),) = list(looked(world).changes())
    world.put(Close(Selector(ids=(cubes[0].id,))))
    with pytest.raises(Conflict):
        world.ann.commit_by(AGENT, change)
    assert standing(world) == []


def test_what_was_erased_takes_its_words_out_of_the_summary(world: World) -> None:
    cubes = told(world, "chat", TEXTS)
    swept(world)
    (summary,) = standing(world)
    world.put(Shred(Selector(ids=(cubes[0].id,))))
    assert walked(world) == []
    assert not usable(world.ann, world.ann.scope(world.ns), summary.node)
    swept(world)
    past = world.ann.history(world.ann.scope(world.ns), summary.node)
    assert [v.text for v in past] == [""]
    assert all(TEXTS[0] not in v.text for v in standing(world))
    assert verify(world.engine).ok


def test_a_retracted_summary_is_not_made_again(world: World) -> None:
    from memcubes.graph.curator import Curator

    cubes = told(world, "chat", TEXTS)
    swept(world)
    (summary,) = standing(world)
    curator = Curator(world.ann, world.ns)
    curator.commit(curator.retraction(world.ann.scope(world.ns), summary.node, "misleading"))
    assert swept(world) == []
    assert standing(world) == []
    text = "Another thing was said about the pump PX-2."
    other = again(cubes[3], cubes[3].content or {})
    other = Author(world.ns, other.origin, Authority.CURATED, 20).version(
        NodeKind.MEMCUBE, other.node, {**(other.content or {}), "sentences": [[0, len(text)]]},
        key=other.key, payload=Payload.of(text),
    )  # fmt: skip
    world.put(Close(Selector(ids=(cubes[3].id,))), other)
    swept(world)
    assert len(standing(world)) == 1
