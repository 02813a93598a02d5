"""Links between statements are a function of the records in force: order, undoing and rebuilding change nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memcubes.graph import ChangeSet, Close, Selector
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.scope import Scope
from memcubes.graph.supersession.proposal import supersessions
from memcubes.ingest.draft import Reading
from memcubes.ingest.statement import read_statement

from .world import NS, World

SAID = (
    "Vera Holm lives in Ghent.",
    "Vera Holm moved to Lyon.",
    "Vera Holm no longer lives in Lyon.",
    "The rent of the studio is 700 euros.",
    "The rent of the studio was raised to 800 euros.",
    "Actually, the rent of the studio is 750 euros, not 800 euros.",
    "小李住在上海。",
    "小李搬到了北京。",
    "Bo Dahl plays the cello.",
)
Told = frozenset[tuple[str, str, int, int]]


@cache
def reading_of(number: int) -> Reading:
    """What the extractor finds in a statement; the same in every world."""
    stated = 1_000_000 * (number + 1)
    return read_statement(SAID[number], f"statement:{number}", speaker="local:ann", stated=stated)


class Linked(World):
    """A world that tells its links."""

    def say(self, number: int) -> str:
        """Say one of the statements, at its own time; its source."""
        return self.tell(reading_of(number))

    def links(self, scope: Scope | None = None, index: GraphIndex | None = None) -> Told:
        """The links of a scope by what the ends say."""
        pinned = scope or self.store.scope(NS)
        view = (index or self.index).view(pinned)
        text = {
            v.node: v.text for v in self.store.get(pinned, [view.node(i) for i in range(view.size)])
        }
        return frozenset(
            (text[one.new], text[one.old], int(one.verdict), round(1000 * one.chance))
            for one in view.successions()
        )


@pytest.fixture
def world() -> Iterator[Linked]:
    made = Linked()
    yield made
    made.close()


def told(order: Sequence[int], *, catching_up: bool) -> Told:
    """What is linked after statements came in an order, the index following each or all at once."""
    made = Linked()
    try:
        for number in order:
            made.say(number)
            if catching_up:
                made.links()
        return made.links()
    finally:
        made.close()


@given(st.permutations(range(len(SAID))), st.booleans())
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_order_of_remembering_is_no_matter(order: list[int], catching_up: bool) -> None:
    expected = told(range(len(SAID)), catching_up=False)
    assert len(expected) >= 4
    assert told(order, catching_up=catching_up) == expected


def test_a_chain_without_its_middle(world: Linked) -> None:
    for order in permutations((0, 1, 2)):
        made = Linked()
        sources = {number: made.say(number) for number in order}
        whole = made.links()
        assert (SAID[1], SAID[0]) in {(new, old) for new, old, _, _ in whole}
        close = Close(Selector(origin=sources[1]))
        done = made.store.commit(ChangeSet(ns=NS, verb="retract", ops=(close,)))[0]
        assert made.links() == told((0, 2), catching_up=False)
        assert made.links(made.store.scope(NS, seq=done.seq - 1)) == whole
        made.close()


def test_without_as_of_and_a_rebuild_give_the_same(world: Linked) -> None:
    after: dict[int, Told] = {}
    sources = [world.say(number) for number in range(3)]
    for number in range(3, len(SAID)):
        sources.append(world.say(number))
        after[world.store.head().seq] = world.links()
    for seq, expected in after.items():
        assert world.links(world.store.scope(NS, seq=seq)) == expected
    rest = [n for n in range(len(SAID)) if n not in (1, 4)]
    scope = world.store.scope(NS).but(without=tuple(sorted((sources[1], sources[4]))))
    assert world.links(scope) == told(rest, catching_up=False)
    fresh = GraphIndex(world.store, load_encoder("hashing"))
    assert world.links(index=fresh) == world.links()
    # from nothing: what was derived is dropped and computed anew
    producer = world.index.linker.producer
    records = [r.id for r in world.store.feed(NS, 0, world.store.head().seq)]
    world.store.drop_derived(NS, producer, records)
    assert world.links(index=GraphIndex(world.store, load_encoder("hashing"))) == world.links()
    fresh.close()


PLAYED, SCORED, NEVER = (
    "Ida Brandt played nineteen games for the harbour club.",
    "Ida Brandt scored one goal against the mill.",
    "Ida Brandt was never in the squad of the harbour club.",
)
CHANCES = {(PLAYED, NEVER): 0.97, (SCORED, NEVER): 0.94}


def test_which_of_several_is_replaced_is_asked_of_what_is_visible(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is hidden, retracted or not yet there stands in nobody's way, in whatever order they came."""

    def chance_of(old: str, new: str, *_: object) -> float:
        return CHANCES.get((old, new), 0.0)

    monkeypatch.setattr("memcubes.graph.supersession.link.chance_of", chance_of)
    said = (PLAYED, SCORED, NEVER)
    for order in permutations(range(3)):
        made = Linked()
        sources = {}
        for number in order:
            stated = 1_000_000 * (number + 1)
            reading = read_statement(
                said[number], f"s:{number}", speaker="local:ann", stated=stated
            )
            sources[number] = made.tell(reading)
            made.links()
        beside = {(NEVER, PLAYED, 0, 970), (NEVER, SCORED, 0, 460)}
        assert made.links() == beside
        without = made.store.scope(NS).but(without=(sources[0],))
        assert made.links(without) == {(NEVER, SCORED, 0, 940)}
        close = Close(Selector(origin=sources[0]))
        done = made.store.commit(ChangeSet(ns=NS, verb="retract", ops=(close,)))[0]
        assert made.links() == {(NEVER, SCORED, 0, 940)}
        assert made.links(made.store.scope(NS, seq=done.seq - 1)) == beside
        (one,) = (
            one
            for one in supersessions(
                made.store,
                made.store.scope(NS, seq=done.seq - 1),
                made.index.view(made.store.scope(NS, seq=done.seq - 1)).successions(),
            )
        )
        assert one.reason.endswith("rather, it takes the place of something else")
        assert ("rival", -2.91) in one.parts
        made.close()
