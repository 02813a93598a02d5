"""Bugs planted in what is worked out of the records: the properties must find each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from memcubes.graph import belief, canonical
from memcubes.graph.belief import Belief
from memcubes.graph.canonical import identities
from memcubes.graph.index import graph_index, intake
from memcubes.graph.kind import EdgeKind
from memcubes.graph.sqlite import SqliteStore
from memcubes.graph.staleness import Pins
from memcubes.ingest import draft

from . import desk as desks
from . import test_confluence, test_impact, test_merging

Test = Callable[..., None]
Plant = Callable[[pytest.MonkeyPatch], None]


class Request:
    """What a property asks of pytest: how many histories."""

    def __init__(self) -> None:
        self.node = self
        self.callspec = self
        self.params = {"make": "sqlite"}


def stale_rows(patch: pytest.MonkeyPatch) -> None:
    """The index forgets that an interval has ended."""
    patched = intake.patched
    patch.setattr(
        graph_index, "patched", lambda segments, rows: (segments, patched(segments, rows)[1])
    )


def counted_twice(patch: pytest.MonkeyPatch) -> None:
    """A source that states a fact counts as two."""
    judge = belief.judge

    def wrong(claims: Any) -> dict[str, Belief]:
        return {
            fact: replace(held, sources=tuple(sorted(held.sources * 2)))
            for fact, held in judge(claims).items()
        }

    patch.setattr(belief, "judge", wrong)


def redirected(patch: pytest.MonkeyPatch) -> None:
    """A mention is written to the entity that a merge made canonical."""
    drafted = draft.drafted

    def wrong(store: Any, ns: str, reading: Any, now: int) -> Any:
        made = drafted(store, ns, reading, now)
        same = identities(store, store.scope(ns))
        for key, edge in list(made.edges.items()):
            if edge.kind is EdgeKind.MENTIONS and same.root(edge.dst) != edge.dst:
                del made.edges[key]
                to = same.root(edge.dst)
                made.edges[key[0], edge.src, to] = replace(edge, dst=to)
        return made

    patch.setattr(desks, "drafted", wrong)


def last_word_wins(patch: pytest.MonkeyPatch) -> None:
    """What was written later overrules, whatever was said when."""
    supersedes = belief.supersedes

    def wrong(one: Any, other: Any) -> bool | None:
        verdict = supersedes(one, other)
        return one.origin > other.origin if verdict is None else verdict

    patch.setattr(belief, "supersedes", wrong)


def apart_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """What is kept apart is joined by a detour."""
    components = canonical.components
    patch.setattr(
        "memcubes.graph.merging.components",
        lambda same, apart=(), rank=str: {n: n for n in components(same, apart, rank)},
    )


def split_by_place(patch: pytest.MonkeyPatch) -> None:
    """A split remembers how long a sentence was, not what it said."""
    patch.setattr(canonical, "sentence_key", lambda store, ns, sentence: str(len(sentence)))
    patch.setattr("memcubes.graph.merging.sentence_key", canonical.sentence_key)


def shallow(patch: pytest.MonkeyPatch) -> None:
    """What was made of something made is not looked at."""
    patch.setattr(Pins, "flattened", lambda self, artefact: self.of.get(artefact, ()))


PLANTED: dict[str, tuple[Plant, Test]] = {
    "a stale index row": (
        stale_rows, test_confluence.test_a_source_that_is_taken_back_leaves_what_was_there_without_it
    ),
    "support counted twice": (
        counted_twice, test_impact.test_what_is_lost_is_told_by_what_is_left
    ),
    "a redirect followed by a write": (
        redirected, test_merging.test_a_merge_that_is_undone_late_was_never_made
    ),
    "the last word wins": (
        last_word_wins, test_confluence.test_the_order_in_which_sources_come_is_no_matter
    ),
    "apart is forgotten": (
        apart_is_forgotten, test_merging.test_what_is_told_apart_stays_apart
    ),
    "a split by place": (
        split_by_place, test_merging.test_a_split_gives_the_chosen_mentions_away_and_nothing_else
    ),
    "staleness of one step": (
        shallow, test_impact.test_what_was_made_goes_by_degree_and_says_what_else_it_rests_on
    ),
}  # fmt: skip


def numbered() -> Callable[[], SqliteStore]:
    """Makes stores whose secrets differ, the same ones each time.

    Ids of sources follow from the secret. A bug that goes by their order is seen only where they fall out
    of order, which must not be left to chance.
    """
    numbers = count()

    def made() -> SqliteStore:
        store = SqliteStore(None)
        store._secret = bytes([next(numbers)]) * 32
        return store

    return made


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, test = PLANTED[name]
    plant(monkeypatch)
    makes: tuple[Any, ...] = (numbered(),)
    if test.__code__.co_argcount > 1:
        makes = (*makes, Request())
    with pytest.raises((AssertionError, ValueError, pytest.fail.Exception)):
        test(*makes)
