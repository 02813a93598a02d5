"""The new takes the old one's rank while both are in force, and not a moment longer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from memcubes.api import Memory
from memcubes.api.show_cut import cut_words
from memcubes.graph.index.bond import Bond
from memcubes.graph.supersession.link import Verdict
from memcubes.graph.supersession.proposal import supersessions
from memcubes.graph.supersession.scorer import AUTOMATIC, REVIEW
from memcubes.query.answer import as_much
from memcubes.query.hit import SearchResult
from memcubes.query.succession import Succession

OLD = "Nora Fell lives in a flat in Leeds and rents it from Mr. Ashe."
NEW = "Nora Fell no longer lives in a flat in Leeds."
ASKED = "Where does Nora Fell rent a flat?"


@pytest.fixture
def memory() -> Iterator[Memory]:
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as made:
        made.remember("The ferry to Vis leaves from pier 7.")
        made.remember(OLD)
        yield made


def order(found: SearchResult) -> list[str]:
    return [hit.cube.text for hit in found.hits if hit.cube.text in (OLD, NEW)]


@pytest.mark.parametrize("ranking", ["graph", "bm25", "dense"])
def test_the_new_comes_before_the_old(memory: Memory, ranking: str) -> None:
    assert order(memory.search(ASKED, ranking=ranking))[0] == OLD
    then = memory.store().head().seq
    kept = memory.remember(NEW)
    found = memory.search(ASKED, ranking=ranking)
    assert order(found) == [NEW, OLD]
    assert [str(h.status) for h in found.hits if h.cube.text == OLD] == ["superseded"]
    assert [h.standings[0].by for h in found.hits if h.cube.text == OLD] == [kept.cube]
    assert [hit.score for hit in found.hits] == sorted((h.score for h in found.hits), reverse=True)
    before = memory.search(ASKED, ranking=ranking, as_of=then)
    assert order(before) == [OLD]
    assert str(before.hits[0].status) == "believed"


def test_what_holds_again_is_not_one_with_what_was_superseded(memory: Memory) -> None:
    """The same words before and after a denial: the older is superseded, the newer is believed."""
    memory.remember(NEW)
    again = memory.remember(OLD)
    hits = [hit for hit in memory.search(ASKED).hits if hit.cube.text == OLD]
    assert {hit.cube.node == again.cube: str(hit.status) for hit in hits} == {
        True: "believed",
        False: "superseded",
    }
    assert all(hit.also == () for hit in hits)
    third = memory.remember(OLD)
    (hit,) = (hit for hit in memory.search(ASKED).hits if hit.also)
    assert {hit.cube.node, *hit.also} == {again.cube, third.cube}


def test_without_its_source_retracted_and_reverted(memory: Memory) -> None:
    kept = memory.remember(NEW)
    assert kept.cube is not None
    assert order(memory.search(ASKED, without=[kept.cube])) == [OLD]
    gone = memory.retract(kept.cube)
    assert gone.change is not None
    (hit,) = (h for h in memory.search(ASKED).hits if h.cube.text == OLD)
    assert str(hit.status) == "believed"
    memory.revert(f"@{gone.change.seq}")
    assert order(memory.search(ASKED)) == [NEW, OLD]


def test_ask_states_it_and_quotes_what_took_its_place(memory: Memory) -> None:
    memory.remember(NEW)
    answer = memory.ask("Where does Nora Fell live?")
    told = {quote.text: str(quote.status) for quote in answer.quotes}
    assert told[NEW] == "believed"
    assert told.get(OLD, "superseded") == "superseded"
    texts = [quote.text for quote in answer.quotes]
    assert OLD not in texts or texts.index(NEW) < texts.index(OLD)


def test_a_proposal_explains_itself_and_changes_nothing(memory: Memory) -> None:
    memory.remember("Tilda and Bo founded a choir.")
    memory.remember("Tilda and Bo founded a theatre group.")
    view = memory.retrieval.index.view(memory.scope())
    found = supersessions(memory.store(), memory.scope(), view.successions(), below=2)
    for one in found:
        assert one.applied == (one.chance >= AUTOMATIC)
        assert one.reason
        assert one.parts
    for hit in memory.search("What did Tilda found?").hits:
        mine = [one for one in found if one.old.node == hit.cube.node and one.applied]
        assert bool(mine) == bool(hit.standings)


def test_what_was_lifted_says_by_how_much(tmp_path: Path) -> None:
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as memory:
        for text in (
            "The rent of the flat in Oak Lane is 700 euros.",
            "The rent of the flat in Elm Road is 640 euros.",
            "The rent was raised to 800 euros for the flat in Oak Lane.",
        ):
            memory.remember(text)
        found = memory.search("Is the rent of the flat in Oak Lane 700 euros?")
        assert found.hits[0].added["succession"] > 0
        for hit in found.hits:
            assert hit.score == pytest.approx(sum(hit.added.values()), abs=1e-9)


HELD, PERHAPS = "The invoice of Bolt Ltd is unpaid.", "The invoice of Bolt Ltd was paid."


def test_of_two_one_of_which_perhaps_takes_the_others_place_the_later_comes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A proposal says nothing of either, and what was rejected orders nothing."""

    def chance_of(old: str, new: str, *_: object) -> float:
        return 0.7 if (old, new) == (HELD, PERHAPS) else 0.0

    monkeypatch.setattr("memcubes.graph.supersession.link.chance_of", chance_of)
    asked = "Is the invoice of Bolt Ltd unpaid?"
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as memory:
        for beside in ("The ferry to Vis leaves from pier 7.", "The choir of Vis sings in May."):
            memory.remember(beside)
        memory.remember(HELD)
        then = memory.store().head().seq
        memory.remember(PERHAPS)
        memory.remember("Bolt Ltd sells bolts to the club.")
        (proposed,) = memory.review().statements
        assert REVIEW <= proposed.chance < AUTOMATIC
        hits = memory.search(asked).hits
        assert [hit.cube.text for hit in hits][:2] == [PERHAPS, HELD]
        assert {str(hit.status) for hit in hits} == {"believed"}
        assert hits[0].score == hits[1].score == sum(hits[0].added.values())
        assert memory.search(asked, as_of=then).hits[0].cube.text == HELD
        (cut,) = (c for c in memory.search(asked, limit=1).cut if c.cube.text == HELD)
        assert (cut.step, cut.by, cut.place) == ("succession", hits[0].cube.node, 1)
        assert cut.chance == proposed.chance
        assert f"perhaps supersedes it ({proposed.chance:.0%}" in cut_words(cut)
        told = memory.ask(asked).quotes
        assert [(quote.text, str(quote.status)) for quote in told][:2] == [
            (PERHAPS, "believed"),
            (HELD, "believed"),
        ]
        memory.review(reject=[proposed.id], reason="another invoice")
        assert memory.search(asked).hits[0].cube.text == HELD
        assert memory.ask(asked).quotes[0].text == HELD


def bond(new: int, old: int, chance: float) -> Bond:
    return Bond(new, old, Verdict.SUPERSEDES, chance, (0, 9), (0, 9))


def lifted(
    *bonds: Bond, score: list[float], accept: float = AUTOMATIC, spoken: tuple[int, ...] = ()
) -> tuple[list[float], dict[int, int]]:
    made = Succession(bonds, accept)
    raised, steps = made.lifted(np.array(score), lambda _: (0, 9), lambda _: spoken)
    return raised.tolist(), steps


def test_a_doubtful_link_orders_only_what_bears_on_the_question_about_as_well() -> None:
    doubted = bond(1, 0, 0.7)
    assert lifted(doubted, score=[1.0, 0.8]) == ([1.0, 1.0], {0: 1})
    # the later one has less than three fifths of the score
    assert lifted(doubted, score=[1.0, 0.5]) == ([1.0, 0.5], {})
    # it is before the older one anyway
    assert lifted(doubted, score=[0.8, 1.0]) == ([0.8, 1.0], {})
    # the older one was said in a conversation
    assert lifted(doubted, score=[1.0, 0.8], spoken=(0,)) == ([1.0, 0.8], {})
    # no link counts
    assert lifted(doubted, score=[1.0, 0.8], accept=2.0) == ([1.0, 0.8], {})
    # what is certain takes the rank from anywhere
    assert lifted(bond(1, 0, 0.95), score=[1.0, 0.1]) == ([1.0, 1.0], {0: 1})


def test_what_says_less_of_the_question_is_not_quoted_before_what_it_perhaps_replaces() -> None:
    assert as_much(frozenset("ib"), frozenset("ib"))
    assert as_much(frozenset("i"), frozenset("iu"))
    assert as_much(frozenset("ibl"), frozenset("iblu"))
    assert not as_much(frozenset("kl"), frozenset("klb"))
