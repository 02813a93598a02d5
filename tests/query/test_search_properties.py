"""Whatever was done, an index that followed along answers as one that was built afresh."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memcubes.graph import ChangeSet, Committed, EdgeKind, NodeKind, Scope
from memcubes.graph.errors import Invalid, Refused
from memcubes.graph.index import carry, graph_index
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.store import GraphStore
from memcubes.query.hit import Ranking
from memcubes.query.memoperator import MemOperator

from ..graph.index.bookshelf import BOB, NS, Bookshelf, copied

PEOPLE = ["Ada Hill", "Tom Reed", "Eva Moon"]
PLACES = ["Bonn", "Ulm", "Kiel"]
URIS = ["a.md", "b.md", "c.md"]
EXAMPLES = 400 if os.environ.get("MEMCUBES_CAMPAIGN") else 8

sentence = st.builds(
    "In {} lived {} and {}.".format, st.sampled_from(PLACES), *[st.sampled_from(PEOPLE)] * 2
)
passage = st.lists(sentence, min_size=1, max_size=2).map(" ".join)
names = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE))
act = st.one_of(
    st.tuples(
        st.just("add"),
        st.sampled_from(URIS),
        st.lists(passage, min_size=1, max_size=3),
        st.sampled_from([None, *PEOPLE]),
        st.sampled_from([0, 1_000]),
    ),
    st.tuples(st.just("retract"), st.sampled_from(URIS)),
    st.tuples(st.just("erase"), st.sampled_from(URIS)),
    st.tuples(st.just("archive"), st.integers(0, 9)),
    st.tuples(st.just("revert"), st.integers(0, 9)),
    st.tuples(st.just("same"), names, st.sampled_from([EdgeKind.SAME_AS, EdgeKind.NOT_SAME_AS])),
    st.tuples(st.just("grant"), st.sampled_from(URIS), st.sampled_from([BOB, "local:cleo"])),
    st.tuples(st.just("other namespace")),
)


def perform(shelf: Bookshelf, done: list[Committed], act: tuple[Any, ...]) -> None:
    """Do one thing; some cannot be done, as writing to what the writer may no longer read."""
    kind, *given = act
    sources = {uri: shelf.node(NodeKind.SOURCE, uri) for uri in URIS}
    held = {uri for uri, node in sources.items() if shelf.store.get(shelf.scope(), [node])}
    if kind == "add" and given[0] not in held:
        uri, texts, subject, stated = given
        done.append(shelf.add(uri, *texts, subject=subject, stated=stated))
    elif kind in ("retract", "erase") and given[0] in held:
        done.append(getattr(shelf, kind)(given[0]))
    elif kind == "archive" and shelf.cubes():
        cubes = [cube for cube in shelf.cubes() if cube.get("state") == "activated"]
        if cubes:
            done.append(shelf.archive(cubes[given[0] % len(cubes)].node))
    elif kind == "revert" and done:
        done.append(shelf.revert(done[given[0] % len(done)].seq))
    elif kind == "same" and given[0][0] != given[0][1]:
        ends = [shelf.entity(name) for name in given[0]]
        if all(shelf.store.get(shelf.scope(), [end]) for end in ends):
            done.append(shelf.join(given[1], *given[0]))
    elif kind == "grant" and given[0] in held:
        done.append(shelf.grant(given[1], shelf.node(NodeKind.SOURCE, given[0])))
    elif kind == "other namespace":
        shelf.store.commit(ChangeSet(ns="elsewhere", verb="remember", ops=()))


def answers(store: GraphStore, index: GraphIndex, scope: Scope) -> list[Any]:
    """What every ranking says, without the intervals of the cubes."""
    operator = MemOperator(store, index, load_encoder("hashing"))
    return [
        (
            found.named,
            found.visible,
            [(hit.cube.id, hit.score, hit.parts, hit.path, hit.sentence) for hit in found.hits],
        )
        for ranking in Ranking
        for found in [operator.search(scope, "Did Ada Hill live in Ulm?", ranking=ranking)]
    ]


def scopes(shelf: Bookshelf, store: GraphStore) -> list[Scope]:
    """Now, then, at a valid time, and without a source."""
    now = store.scope(NS, "")
    return [
        now,
        now.but(seq=max(2, now.seq // 2)),
        now.but(valid_at=500),
        now.but(without=(shelf.node(NodeKind.SOURCE, "a.md"),)),
    ]


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(act, min_size=1, max_size=12), st.booleans())
def test_an_index_that_followed_along_equals_a_fresh_one(
    acts: list[tuple[Any, ...]], small: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as scratch:
        # With these every few rows make a segment, or a merge of those in memory.
        patch.setattr(graph_index, "LARGE", 5 if small else 2_000)
        patch.setattr(graph_index, "TIER", 2 if small else 4)
        # Else in so small a graph each change would be more than is carried over.
        patch.setattr(carry, "MOST", 0)
        shelf = Bookshelf(Path(scratch) / "memory.db")
        shelf.share()
        there = Bookshelf(shelf.path, create=False)
        along = shelf.index(Path(scratch) / "index")
        other = there.index(Path(scratch) / "index")
        done: list[Committed] = []
        for number, one in enumerate(acts):
            with suppress(Refused, Invalid):
                perform((shelf, there)[number % 2], done, one)
            answers(shelf.store, along, shelf.scope())
            if number % 3 == 2:
                answers(there.store, other, there.scope())
        for store in (shelf.store, shelf.as_(BOB)):
            for scope in scopes(shelf, store):
                expected = answers(store, shelf.index(), scope)
                assert answers(store, along, scope) == expected
                assert answers(store, other, scope) == expected
                assert answers(store, shelf.index(Path(scratch) / "index"), scope) == expected
        there.close()
        shelf.close()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(act, min_size=2, max_size=10))
def test_a_view_equals_an_index_of_the_visible_part_alone(acts: list[tuple[Any, ...]]) -> None:
    shelf = Bookshelf()
    shelf.share()
    done: list[Committed] = []
    for one in acts:
        with suppress(Refused, Invalid):
            perform(shelf, done, one)
    index = shelf.index()
    for store in (shelf.store, shelf.as_(BOB)):
        for scope in scopes(shelf, store):
            copy = copied(store, scope)
            expected = answers(copy.store, copy.index(), copy.scope())
            for (_, size, hits), (_, wanted_size, wanted) in zip(
                answers(store, index, scope), expected, strict=True
            ):
                assert size == wanted_size
                assert [hit[0] for hit in hits] == [hit[0] for hit in wanted]
                for hit, other in zip(hits, wanted, strict=True):
                    assert hit[1] == pytest.approx(other[1], abs=1e-9)
                    for name, part in hit[2].items():
                        assert part.raw == pytest.approx(other[2][name].raw, abs=1e-9)
                    assert hit[3:] == other[3:]
            copy.close()
    shelf.close()
