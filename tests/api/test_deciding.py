"""Deciding: what is approved counts, what is rejected never comes back, and a revert undoes either."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.errors import Conflict, DependsOn, Invalid, KeyReused, NotFound
from memcubes.graph.kind import EdgeKind
from memcubes.graph.listing import all_edges
from memcubes.graph.scope import Along
from memcubes.graph.supersession.proposal import Supersession

from .conftest import Cli

OLD, NEW = "Ada is the treasurer of the club.", "Bo is the treasurer of the club."
ASKED = "Who is the treasurer of the club?"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with Memory.open(tmp_path / "a.db", user="local:ann", encoder="hashing") as opened:
        opened.remember(OLD)
        opened.remember(NEW)
        yield opened


def the(memory: Memory, *, applied: bool = False) -> Supersession:
    (found,) = memory.review(applied=applied).statements
    return found


def status(memory: Memory) -> str:
    return next(str(h.status) for h in memory.search(ASKED).hits if h.cube.text == OLD)


def test_what_is_approved_counts_like_what_is_certain(memory: Memory) -> None:
    one = the(memory)
    assert status(memory) == "believed"
    (done,) = memory.review(approve=[one.id[:8]], reason="she said so")
    assert done.change is not None
    assert (done.change.verb, done.change.reason) == ("approve", "she said so")
    hits = [h.cube.text for h in memory.search(ASKED).hits]
    assert hits.index(NEW) < hits.index(OLD)
    assert status(memory) == "superseded"
    assert memory.review().statements == ()
    after = the(memory, applied=True)
    assert (after.id, after.ruled, after.applied) == (one.id, done.change.seq, True)
    edges = all_edges(memory.store(), memory.scope(), Along(kinds=(EdgeKind.SUPERSEDES,)))
    assert [edge.ends for edge in edges] == [(one.new.node, one.old.node)]
    assert memory.verify().ok


def test_a_decision_is_undone_and_seen_as_of_then(memory: Memory) -> None:
    one = the(memory)
    before = memory.store().head().seq
    (done,) = memory.review(approve=[one.id])
    assert done.change is not None
    assert [s.id for s in memory.review(as_of=before).statements] == [one.id]
    with pytest.raises(DependsOn, match=f"@{done.change.seq}"):
        memory.revert(before)  # the statement on which the decision stands
    memory.revert(done.change.seq)
    assert the(memory).id == one.id
    assert status(memory) == "believed"
    assert memory.review(as_of=done.change.seq).statements == ()


def test_what_is_rejected_stays_so_when_it_is_opened_again(memory: Memory, tmp_path: Path) -> None:
    one = the(memory)
    memory.review(reject=[one.id])
    memory.close()
    with Memory.open(tmp_path / "a.db", user="local:ann", encoder="hashing") as again:
        assert again.review().statements == again.review(applied=True).statements == ()
        with pytest.raises(Conflict, match="rejected already, by @4"):
            again.review(approve=[one.id])
        again.revert(4)
        assert the(again).id == one.id


def test_what_is_applied_by_itself_can_be_rejected(tmp_path: Path) -> None:
    with Memory.open(tmp_path / "b.db", user="local:ann", encoder="hashing") as memory:
        memory.remember("The rent of the studio is 700 euros.")
        memory.remember("The rent of the studio was raised to 800 euros.")
        one = the(memory, applied=True)
        memory.review(reject=[one.id])
        assert memory.review(applied=True).statements == ()
        assert {str(h.status) for h in memory.search("rent of the studio").hits} == {"believed"}


def test_a_decision_outlives_an_edit_of_the_file_and_the_sentence_ends_it(tmp_path: Path) -> None:
    first, second = tmp_path / "old.md", tmp_path / "new.md"
    first.write_text(f"Date: 2024-01-02\n\nThe house is old. {OLD}\n")
    second.write_text(f"Date: 2024-03-02\n\n{NEW} The garden is green.\n")
    with Memory.open(tmp_path / "c.db", user="local:ann", encoder="hashing") as memory:
        memory.ingest(first, second)
        one = the(memory)
        memory.review(reject=[one.id])
        # the passage is another by now, and so is its id; the sentence is the same
        first.write_text(f"Date: 2024-01-02\n\nThe house is very old. {OLD} It rained.\n")
        memory.ingest(first)
        assert memory.review().statements == ()
        memory.revert(next(c.seq for c in memory.log() if c.verb == "reject"))
        two = the(memory)
        assert (two.id, two.old.node != one.old.node) == (one.id, True)
        memory.review(approve=[two.id])
        first.write_text(f"Date: 2024-01-02\n\nThe house is quite old. {OLD}\n")
        memory.ingest(first)
        assert the(memory, applied=True).id == one.id
        first.write_text("Date: 2024-01-02\n\nThe house is old.\n")
        memory.ingest(first)
        assert memory.review(applied=True).statements == ()


def test_an_approval_holds_where_nothing_is_computed_any_more(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one = the(memory)
    memory.review(approve=[one.id])
    memory.close()
    # another scorer, which makes nothing of the two
    monkeypatch.setattr("memcubes.graph.index.linker.links", lambda *_: ())
    monkeypatch.setattr("memcubes.graph.index.linker.fingerprint", lambda: "another")
    with Memory.open(tmp_path / "a.db", user="local:ann", encoder="hashing") as again:
        assert again.review().statements == ()
        assert the(again, applied=True).id == one.id
        assert status(again) == "superseded"


def test_behind_a_rejected_sentence_the_next_best_is_proposed(tmp_path: Path) -> None:
    first, second = tmp_path / "old.md", tmp_path / "new.md"
    first.write_text(f"Date: 2024-01-02\n\nThe rent of the studio is 700 euros. {OLD}\n")
    second.write_text(f"Date: 2024-03-02\n\nThe rent of the studio is 800 euros now. {NEW}\n")
    with Memory.open(tmp_path / "c.db", user="local:ann", encoder="hashing") as memory:
        memory.ingest(first, second)
        best = the(memory, applied=True)
        assert best.new.text[slice(*best.new_span)].startswith("The rent")
        memory.review(reject=[best.id])
        left = the(memory)
        assert left.new.text[slice(*left.new_span)] == NEW


def test_two_changes_between_two_passages_are_decided_apart(tmp_path: Path) -> None:
    first, second = tmp_path / "old.md", tmp_path / "new.md"
    first.write_text(
        "Date: 2024-01-02\n\nThe rent of the studio is 700 euros. Tomas Berg owns the schema registry.\n"
    )
    second.write_text(
        "Date: 2024-03-02\n\nThe rent of the studio is 800 euros now. Tomas Berg left the team; Mei Lin Zhou owns the schema registry now.\n"
    )
    with Memory.open(tmp_path / "d.db", user="local:ann", encoder="hashing") as memory:
        memory.ingest(first, second)

        def applied() -> dict[str, str]:
            return {
                one.old.text[slice(*one.old_span)]: one.new.text[slice(*one.new_span)]
                for one in memory.review(applied=True).statements
                if one.applied
            }

        rent, registry = (
            "The rent of the studio is 700 euros.",
            "Tomas Berg owns the schema registry.",
        )
        owner = "Mei Lin Zhou owns the schema registry now."
        assert applied() == {rent: "The rent of the studio is 800 euros now.", registry: owner}
        told = memory.ask("Who owns the schema registry?").quotes
        # a clause is quoted with its sentence
        assert told[0].text == f"Tomas Berg left the team; {owner}"
        assert [(q.text, str(q.status)) for q in told[1:2]] == [(registry, "superseded")]
        (one,) = (
            o
            for o in memory.review(applied=True).statements
            if o.new.text[slice(*o.new_span)] == owner
        )
        memory.review(reject=[one.id])
        assert applied().get(registry) != owner
        assert applied()[rent].startswith("The rent")
        memory.review(approve=[memory.review(applied=True).statements[0].id])
        assert applied()[rent].startswith("The rent")


def test_several_at_once_are_all_decided_or_none(memory: Memory) -> None:
    memory.remember("Ann Reed plays the cello.")
    memory.remember("Anne Reed lives in Oslo.")
    names, link = memory.review().names[0], the(memory)
    head = memory.store().head().seq
    with pytest.raises(NotFound, match="beef"):
        memory.review(approve=[names.id, "beef0000"])
    with pytest.raises(Invalid, match="named twice"):
        memory.review(approve=[link.id], reject=[link.id])
    with pytest.raises(Invalid, match="too short"):
        memory.review(approve=["ab"])
    tried = memory.review(approve=[names.id], reject=[link.id], dry_run=True)
    assert [one.change for one in tried] == [None, None]
    assert memory.store().head().seq == head
    done = memory.review(approve=[names.id], reject=[link.id], key="k")
    assert [one.change.verb for one in done if one.change] == ["merge", "reject"]
    assert done[0].joining is not None
    again = memory.review(approve=[names.id], reject=[link.id], key="k")
    assert [one.change.repeated for one in again if one.change] == [True, True]
    with pytest.raises(KeyReused):
        memory.review(approve=[link.id], reject=[names.id], key="k")
    assert memory.store().head().seq == head + 2


def test_names_that_cannot_all_be_one_are_refused_together(memory: Memory) -> None:
    for said in ("Ann Reed sings.", "Anne Reed dances.", "Anna Reed paints."):
        memory.remember(said)
    first, second, third = (one.id for one in memory.review().names)
    head = memory.store().head().seq
    with pytest.raises(Invalid, match="contradict each other"):
        memory.review(approve=[first, second], reject=[third])
    assert memory.store().head().seq == head
    assert len(memory.review(approve=[first, second])) == 2
    assert memory.review().names == ()


def test_the_command_shows_how_to_decide_and_decides(cli: Cli) -> None:
    cli("remember", OLD)
    cli("remember", NEW)
    shown = cli("review").out
    ident = cli("review", "--json").data["statements"][0]["id"]
    assert f"--approve {ident[:8]}" in shown
    assert f"--reject {ident[:8]}" in shown
    done = cli("review", "--approve", ident[:8], "--reason", "so it is", "--json").data
    assert [one["change"]["verb"] for one in done["decided"]] == ["approve"]
    assert cli("review").code == 3
    assert "approved by @4" in cli("review", "--applied").out
    assert cli("review", "--applied", "--json").data["statements"][0]["approved_by"] == 4
    refused = cli("review", "--reject", ident)
    assert (refused.code, "approved already, by @4" in refused.err) == (1, True)
    assert cli("revert", "@4").code == 0
    assert "@6 reject" in cli("review", "--reject", ident).out
    assert cli("review").code == 3
    assert cli("review", "--as-of", "@3").code == 0
    assert cli("review", "--as-of", "@3", "--approve", ident).code == 2
