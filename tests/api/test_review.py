"""The review queue: what is likely is shown with its reasons, decided by a verb, and changes nothing by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from memcubes.api import Memory
from memcubes.api.reviewing import Review
from memcubes.graph.resolution.proposal import likenesses

from .conftest import Cli


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with Memory.open(tmp_path / "a.db", user="local:ann", encoder="hashing") as opened:
        opened.remember("Dr. Ann Reed works at Acme Corp. in Oslo.")
        opened.remember("Ann Reed plays the cello.")
        opened.remember("Anne Reed lives in Oslo.")
        opened.remember("The International Monetary Fund met in Oslo.")
        opened.remember("The IMF lends money.")
        yield opened


def proposed(found: Review) -> set[tuple[str, ...]]:
    return {tuple(sorted(one.names)) for one in found.names}


def test_what_is_certain_is_one_and_what_is_likely_is_proposed(memory: Memory) -> None:
    before = memory.store().head().seq
    assert proposed(memory.review(applied=True)) == {("Ann Reed", "Dr. Ann Reed")}
    queue = memory.review()
    # Ann Reed and Dr. Ann Reed are one by now: Anne may be that one, and is asked of once
    assert len([one for one in queue.names if "Anne Reed" in one.names]) == 1
    assert ("IMF", "International Monetary Fund") in proposed(queue)
    assert memory.store().head().seq == before
    for one in queue.names:
        assert one.parts
        assert 0.5 <= one.chance < 1


def test_a_search_by_one_name_finds_what_is_said_of_the_other(memory: Memory) -> None:
    view = memory.retrieval.index.view(memory.scope())
    assert view.named("ann reed") == view.named("dr ann reed")


def test_a_decision_ends_the_question_and_its_undoing_asks_again(memory: Memory) -> None:
    one = next(one for one in memory.review().names if "IMF" in one.names)
    merged = memory.merge([one.one, one.other])
    assert ("IMF", "International Monetary Fund") not in proposed(memory.review())
    memory.revert(merged.change.seq if merged.change else 0)
    assert ("IMF", "International Monetary Fund") in proposed(memory.review())
    memory.distinguish([one.one, one.other])
    assert ("IMF", "International Monetary Fund") not in proposed(memory.review())


def test_who_is_certainly_one_can_be_told_apart(memory: Memory) -> None:
    one = memory.review(applied=True).names[0]
    done = memory.distinguish([one.one, one.other])
    view = memory.retrieval.index.view(memory.scope())
    assert view.named("ann reed") != view.named("dr ann reed")
    before = memory.scope(as_of=done.change.seq - 1 if done.change else 0)
    earlier = memory.retrieval.index.view(before)
    assert earlier.named("ann reed") == earlier.named("dr ann reed")


def test_what_was_retracted_is_no_longer_asked_about(memory: Memory) -> None:
    told = memory.remember("The World Wildlife Fund wrote to Oslo.")
    memory.remember("The WWF lends nothing.")
    pair = ("WWF", "World Wildlife Fund")
    assert pair in proposed(memory.review())
    memory.retract(told.target)
    assert pair not in proposed(memory.review())


def test_a_name_that_may_be_either_of_two_is_asked_about(tmp_path: Path) -> None:
    with Memory.open(tmp_path / "b.db", user="local:ann", encoder="hashing") as memory:
        file = tmp_path / "list.csv"
        file.write_text("subject,predicate,object\nAcme GmbH,is listed in,list one\n")
        memory.ingest(file)
        second = tmp_path / "other.csv"
        second.write_text("subject,predicate,object\nAcme,is listed in,list two\n")
        memory.ingest(second)
        pair = ("Acme", "Acme GmbH")
        assert proposed(memory.review(applied=True)) == {pair}
        before = memory.store().head().seq
        third = tmp_path / "third.csv"
        third.write_text("subject,predicate,object\nAcme Inc,is listed in,list three\n")
        added = memory.ingest(third)
        assert added
        # the two firms are not one through the name that is short for either
        assert proposed(memory.review(applied=True)) == set()
        assert {pair, ("Acme", "Acme Inc")} <= proposed(memory.review())
        assert proposed(memory.review(applied=True, as_of=before)) == {pair}
        memory.retract(str(third))
        assert proposed(memory.review(applied=True)) == {pair}


def test_an_archived_passage_still_says_what_a_name_stands_for(memory: Memory) -> None:
    told = memory.remember("The Lake Survey Office (LSO) measures depth.")
    memory.remember("LSO was founded long ago. The Lake Survey Office is in Oslo.")
    pair = ("LSO", "Lake Survey Office")
    assert pair in proposed(memory.review(applied=True))
    memory.transition(told.target, "archive")
    assert pair in proposed(memory.review(applied=True))
    memory.retract(told.target)
    assert pair not in proposed(memory.review(applied=True))


def test_vectors_may_propose_what_the_letters_leave_open(memory: Memory) -> None:
    memory.remember("The University of Washington is old.")
    memory.remember("Ann Reed left Washington University.")
    view = memory.retrieval.index.view(memory.scope())
    doubtful = [pair for pair in view.alike() if pair.chance < 0.5]
    store, scope = memory.store(), memory.scope()

    def sure(pairs: Sequence[tuple[str, str]]) -> tuple[Sequence[float], float]:
        return np.ones(len(pairs)).tolist(), 0.9

    without = likenesses(store, scope, view.alike())
    found = likenesses(store, scope, view.alike(), closeness=sure)
    assert len(doubtful) == 1
    assert len(found) == len(without) + 1
    assert {one.cosine for one in found} == {None, 1.0}


def test_statements_are_reviewed_as_well(memory: Memory) -> None:
    memory.remember("The rent of the studio is 700 euros.")
    memory.remember("The rent of the studio was raised to 800 euros.")
    applied = memory.review(applied=True).statements
    assert [(one.new.text, one.old.text) for one in applied] == [
        ("The rent of the studio was raised to 800 euros.", "The rent of the studio is 700 euros.")
    ]
    assert memory.review(applied=True).as_json()["statements"][0]["verdict"] == "supersedes"


def test_the_command_shows_reasons_and_the_command_that_decides(cli: Cli) -> None:
    cli("remember", "Ann Reed plays the cello.")
    nothing = cli("review")
    assert (nothing.code, "Nothing is waiting" in nothing.out) == (3, True)
    cli("remember", "Anne Reed lives in Oslo.")
    shown = cli("review")
    assert shown.code == 0
    assert "Ann Reed and Anne Reed may be one" in shown.out or (
        "Anne Reed and Ann Reed may be one" in shown.out
    )
    assert "memcubes merge" in shown.out
    assert "memcubes distinguish" in shown.out
    told = cli("review", "--json").data
    assert [sorted(one["names"]) for one in told["names"]] == [["Ann Reed", "Anne Reed"]]
    one, other = told["names"][0]["entities"]
    assert cli("distinguish", one, other).code == 0
    assert cli("review").code == 3


def test_impact_tells_what_two_names_that_become_one_change(tmp_path: Path) -> None:
    with Memory.open(tmp_path / "b.db", user="local:ann", encoder="hashing") as memory:
        memory.remember("The Lake Survey Office is based in Ghent.")
        memory.remember("Actually, LSO is based in Bruges.")
        told = memory.remember("The Lake Survey Office (LSO) measures depth.")
        assert told.change is not None
        ghent = "Lake Survey Office be based in Ghent"
        came = memory.impact(str(told.change.seq))
        assert [one.words for one in came.superseded] == [ghent]
        tried = memory.retract(told.target, dry_run=True).impact
        done = memory.retract(told.target).impact
        assert tried is not None
        assert done is not None
        for impact in (tried, done):
            assert [one.words for one in impact.revived] == [ghent]


def test_rows_of_a_table_of_measurements_leave_each_other_as_they_are(
    memory: Memory, tmp_path: Path
) -> None:
    told = '{"no": %d, "machine": "the grinder of hall 4", "date": "2023-07-1%d", "result": "%s", "tested by": "%s"}'
    rows = [(1, 0, "pass", "Yusuf"), (2, 1, "fail", "Yusuf"), (3, 4, "pass", "Leila")]
    (tmp_path / "checks.jsonl").write_text("\n".join(told % row for row in rows) + "\n")
    memory.ingest(tmp_path / "checks.jsonl")
    assert memory.review(applied=True).statements == ()
    assert memory.review().statements == ()
