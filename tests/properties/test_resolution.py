"""Whose names are alike is a function of the records in force: order, undoing and rebuilding change nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise

import networkx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memcubes.graph import ChangeSet, Close, NodeKind, Open, Selector, Version, Where
from memcubes.graph.canonical import components, disputed, identities
from memcubes.graph.curator import Curator
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.index.resolver import form_of
from memcubes.graph.listing import all_found
from memcubes.graph.merging import Merging
from memcubes.graph.resolution.block import posted, sought
from memcubes.graph.resolution.scorer import KEPT, judged
from memcubes.graph.scope import Scope
from memcubes.ingest.draft import Reading
from memcubes.ingest.statement import read_statement

from .world import NS, World

SAID = (
    "Dr. Ann Reed works at Acme Corp. in Oslo.",
    "Ann Reed plays the cello.",
    "Acme opened an office in St. Petersburg.",
    "Anne Reed lives in Saint Petersburg.",
    "The Lake Survey Office (LSO) measures depth.",
    "The London Symphony Orchestra (LSO) played in Ghent.",
    "LSO was founded long ago.",
    "The Lake-Survey Office met Ann Read.",
    "北京大学（简称北大）位于海淀。",
    "小李在北京大學读书。",
)
Pairs = frozenset[frozenset[str]]


@cache
def reading_of(number: int) -> Reading:
    """What the extractor finds in a statement; the same in every world."""
    return read_statement(SAID[number], f"statement:{number}", speaker="local:ann", stated=number)


class Named(World):
    """A world that tells whose names are alike."""

    def __init__(self) -> None:
        super().__init__()
        self.store.resolver = self.index
        self.sources: dict[int, str] = {}

    def say(self, number: int) -> None:
        self.sources[number] = self.tell(reading_of(number))

    def take_back(self, number: int) -> None:
        close = Close(Selector(origin=self.sources.pop(number)))
        self.store.commit(ChangeSet(ns=NS, verb="retract", ops=(close,)))

    def scope(self, seq: int | None = None) -> Scope:
        return self.store.scope(NS, seq=seq)

    def names(self, scope: Scope | None = None) -> dict[str, str]:
        where = Where(kinds=(NodeKind.ENTITY,))
        found = all_found(self.store, scope or self.scope(), where)
        return {version.node: str(version.get("name")) for version in found}

    def joined(self, scope: Scope | None = None, index: GraphIndex | None = None) -> Pairs:
        """Which names are one, by the names themselves."""
        pinned = scope or self.scope()
        called = self.names(pinned)
        pairs = (index or self.index).view(pinned).certain
        return frozenset(frozenset((called[one], called[other])) for one, other in pairs)


@pytest.fixture
def world() -> Iterator[Named]:
    made = Named()
    yield made
    made.close()


def by_hand(world: Named) -> tuple[set[frozenset[str]], set[frozenset[str]]]:
    """The pairs by comparing every visible name with every other: what is certain, and what is kept."""
    found = all_found(world.store, world.scope(), Where(kinds=(NodeKind.ENTITY,)))
    sure, kept = set[frozenset[str]](), set[frozenset[str]]()
    for one, other in combinations(list(found), 2):
        if one.node != other.node:
            first, second = form_of(one), form_of(other)
            judgement = judged(first, second)
            pair = frozenset((one.node, other.node))
            if judgement.certain:
                sure.add(pair)
            if judgement.probability >= KEPT and {*sought(first)} & {*posted(second)}:
                kept.add(pair)
    return sure, kept


def given_pairs(world: Named) -> set[frozenset[str]]:
    """What the text gives: 'LSO' only while one thing is called so."""
    called = {name: node for node, name in world.names().items()}
    found = set[frozenset[str]]()
    offices = [n for n in ("Lake Survey Office", "London Symphony Orchestra") if n in called]
    stating = [n for n, s in ((4, offices), (5, offices)) if n in world.sources and s]
    if len(stating) == 1:
        name = "Lake Survey Office" if stating == [4] else "London Symphony Orchestra"
        found.add(frozenset((called["LSO"], called[name])))
    if 8 in world.sources:
        found.add(frozenset((called["北大"], called["北京大学"])))
    return found


ACTS = st.lists(st.integers(0, len(SAID) - 1), min_size=4, max_size=10)


@given(ACTS, st.sampled_from([1, 3, 8]))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_index_finds_what_comparing_every_pair_finds(acts: list[int], every: int) -> None:
    world = Named()
    before: dict[int, Pairs] = {}
    for step, number in enumerate(acts):
        if number in world.sources:
            world.take_back(number)
        else:
            world.say(number)
        if step % every == 0:
            before[world.store.head().seq] = world.joined()
    view = world.index.view(world.scope())
    sure, kept = by_hand(world)
    assert {frozenset(pair) for pair in view.certain} == sure | given_pairs(world)
    alike = {frozenset((pair.one, pair.other)) for pair in view.alike()}
    assert kept - sure - given_pairs(world) <= alike
    # what is doubtful besides is a name that is given to two things
    assert all("LSO" in {world.names()[n] for n in pair} for pair in alike - kept)
    fresh = GraphIndex(world.store, load_encoder("hashing"))
    assert world.joined(index=fresh) == world.joined()
    for seq, pairs in before.items():
        assert world.joined(world.scope(seq)) == pairs
        assert world.joined(world.scope(seq), index=fresh) == pairs
    world.close()


@given(st.permutations(range(len(SAID))))
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_order_of_remembering_is_no_matter(order: list[int]) -> None:
    told = []
    for numbers in (range(len(SAID)), order):
        world = Named()
        for number in numbers:
            world.say(number)
            world.joined()
        same, called = identities(world.store, world.scope()), world.names()
        groups = frozenset(
            frozenset(called[n] for n in called if same.root(n) == root)
            for root in {same.root(n) for n in called}
        )
        told.append(groups)
        world.close()
    assert told[0] == told[1]
    assert frozenset({"Ann Reed", "Dr. Ann Reed"}) in told[0]


def test_what_a_source_opens_is_the_same_whoever_was_named_before(world: Named) -> None:
    def opened(number: int) -> list[tuple[object, ...]]:
        """What a statement would open now, but for the random ids of records."""
        records = [op.record for op in world.saying(reading_of(number)).ops if isinstance(op, Open)]
        return [
            (r.kind, r.node if isinstance(r, Version) else r.ends, r.content, r.validity, r.origin)
            for r in records
        ]

    # "Dr. Ann Reed", and "LSO" that is given to an orchestra
    before = opened(0), opened(5)
    for number in (1, 4, 6):
        world.say(number)
    assert world.joined()
    assert (opened(0), opened(5)) == before


def test_who_tells_two_names_apart_is_heard(world: Named) -> None:
    for number in (0, 1):
        world.say(number)
    named = {name: node for node, name in world.names().items()}
    pair = [named["Ann Reed"], named["Dr. Ann Reed"]]
    same = identities(world.store, world.scope())
    assert same.root(pair[0]) == same.root(pair[1])
    curator = Curator(world.store, NS)
    apart = Merging(curator).distinguishing(world.scope(), pair, "two people")
    done = world.store.commit(apart)[0]
    same = identities(world.store, world.scope())
    assert same.root(pair[0]) != same.root(pair[1])
    view = world.index.view(world.scope())
    group = view.adjacency.group
    assert len(set(group.tolist())) == len(world.names())
    # and once that is undone they are one again
    world.store.commit(curator.reversal(world.scope(), done.seq, ""))
    same = identities(world.store, world.scope())
    assert same.root(pair[0]) == same.root(pair[1])


def test_a_computed_pair_never_disputes_a_decision() -> None:
    from memcubes.graph.canonical import joined

    # a and b are one by decision, a and c apart; b and c are alike: what somebody said stands
    roots = joined([("a", "b")], [("a", "c")], [("b", "c")])
    assert roots["a"] == roots["b"]
    assert roots.get("c", "c") != roots["a"]
    # without the decision to keep them apart all are one
    assert components([("a", "b"), ("b", "c")]) == joined([("a", "b")], [], [("b", "c")])


ENDS = st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg"))


@given(st.lists(ENDS, max_size=12), st.lists(ENDS, max_size=4))
def test_in_dispute_is_what_lies_on_a_way_between_two_that_are_kept_apart(
    pairs: list[tuple[str, str]], apart: list[tuple[str, str]]
) -> None:
    group = networkx.Graph([pair for pair in pairs if pair[0] != pair[1]])
    ways = [
        way
        for one, other in apart
        if one != other and one in group and other in group
        for way in networkx.all_simple_paths(group, one, other)
    ]
    assert disputed(pairs, apart) == {frozenset(edge) for way in ways for edge in pairwise(way)}


def test_a_name_that_three_hundred_share_is_in_dispute_at_once() -> None:
    pairs = [("acme", f"acme {number}") for number in range(300)]
    apart = list(combinations([other for _, other in pairs], 2))
    begun = time.perf_counter()
    assert disputed(pairs, apart) == {frozenset(pair) for pair in pairs}
    assert time.perf_counter() - begun < 5
