"""The verbs, joined: what each does to what is found, believed and was answered."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.belief import Status
from memcubes.graph.errors import Conflict, DependsOn, Invalid, KeyReused, NotFound
from memcubes.graph.kind import EdgeKind
from memcubes.graph.scope import Along, Direction
from memcubes.graph.staleness import usable

from .casefolder import FILES, write

WHEN = "When did the valve RV-7 fail?"


def opened(place: Path, **options: str) -> Memory:
    return Memory.open(place / "memories.db", user="local:ann", encoder="hashing", **options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "files")


@pytest.fixture
def memory(tmp_path: Path, folder: Path) -> Iterator[Memory]:
    with opened(tmp_path) as memory:
        memory.ingest(folder)
        yield memory


def believed(memory: Memory) -> dict[str, tuple[str, int]]:
    """What is believed, by the words of the fact: status and number of sources."""
    return {b.words: (str(b.status), len(b.sources)) for b in memory.beliefs().values()}


def test_an_answer_quotes_the_correction_and_shows_what_it_overruled(memory: Memory) -> None:
    answer = memory.ask(WHEN)
    assert [(q.status, q.text) for q in answer.quotes[:2]] == [
        (Status.BELIEVED, "Correction: The valve RV-7 failed at 07:40, not at 02:10."),
        (Status.SUPERSEDED, "The valve RV-7 failed at 02:10."),
    ]
    assert answer.quotes[0].source_name == "vendor.md"


def test_spans_lead_to_the_exact_characters_of_the_file(memory: Memory, folder: Path) -> None:
    for quote in memory.ask(WHEN).quotes:
        assert quote.source_span is not None
        start, end = quote.source_span
        assert (folder / quote.source_name).read_text("utf-8")[start:end] == quote.text


def test_the_same_content_twice_changes_nothing(memory: Memory, folder: Path) -> None:
    head = memory.store().head().seq
    report = memory.ingest(folder)
    assert (len(report.unchanged), report.added, report.changed) == (4, [], [])
    assert memory.store().head().seq == head


def test_an_edit_closes_only_what_is_gone(memory: Memory, folder: Path) -> None:
    path = folder / "order.md"
    path.write_text(path.read_text("utf-8") + "\nThe coil S-88 is new.\n", "utf-8")
    report = memory.ingest(folder)
    assert (report.changed, len(report.unchanged)) == (["order.md"], 3)
    opened_, closed = memory.store().effects(memory.scope(), report.changes[0].seq)
    words = {str(r.kind) for r in closed}
    assert "Fact" not in words  # both facts of the old wording stand as they were
    assert any(str(r.kind) == "Fact" for r in opened_)
    assert memory.verify().ok


def test_a_retracted_source_is_as_if_it_had_never_been(tmp_path: Path) -> None:
    for order in permutations(["log.txt", "vendor.md", "vendor2.md"]):
        place = tmp_path / "-".join(order)
        with opened(place / "a") as both, opened(place / "b") as one:
            for name in order:
                both.ingest(write(place / "files", name) / name)
                if name != "vendor.md":
                    one.ingest(place / "files" / name)
            both.retract("vendor.md")
            assert believed(both) == believed(one)
            asked = [m.ask(WHEN) for m in (both, one)]
            assert [q.text for q in asked[0].quotes] == [q.text for q in asked[1].quotes]
            scores = [[h.score for h in m.search(WHEN).hits] for m in (both, one)]
            assert scores[0] == pytest.approx(scores[1], abs=1e-9)


def test_any_order_of_ingest_gives_the_same_beliefs(tmp_path: Path) -> None:
    found = []
    for order in permutations(FILES):
        if order[0] > order[1]:
            continue  # half of the orders is enough
        with opened(tmp_path / "-".join(order)) as memory:
            for name in order:
                memory.ingest(write(tmp_path / "files", name) / name)
            found.append(believed(memory))
    assert all(one == found[0] for one in found)


def test_the_preview_of_a_retraction_is_what_then_happens(memory: Memory) -> None:
    memory.ask(WHEN)
    preview = memory.retract("vendor.md", dry_run=True).impact
    done = memory.retract("vendor.md", "withdrawn").impact
    assert preview == done
    assert [b.words for b in done.revived] == ["RV-7 fail at 02:10"]
    assert len(done.answers) == len(done.stale) == 1
    assert any("K-210" in b.words for b in done.withdrawn)


def test_a_fact_that_two_sources_state_survives_one_of_them(memory: Memory) -> None:
    impact = memory.retract("order.md").impact
    assert [b.words for b in impact.weakened] == ["Northline Controls replace S-88"]


def test_revert_brings_a_retracted_source_back_exactly(memory: Memory) -> None:
    before = believed(memory)
    seq = memory.retract("vendor.md").change
    assert seq is not None
    assert believed(memory) != before
    memory.revert(f"@{seq.seq}")
    assert believed(memory) == before
    with pytest.raises(Conflict, match="undone already"):
        memory.revert(seq.seq)


def test_a_retracted_source_comes_back_only_when_somebody_says_so(
    memory: Memory, folder: Path
) -> None:
    memory.retract("vendor.md")
    report = memory.ingest(folder)
    assert [name for name, _ in report.failed] == ["vendor.md"]
    assert "--reinstate" in report.failed[0][1]
    assert memory.ingest(folder, reinstate=True).added == ["vendor.md"]
    assert memory.ask(WHEN).quotes[0].source_name == "vendor.md"


def test_as_of_answers_as_it_would_have_then(tmp_path: Path) -> None:
    folder = write(tmp_path / "files", "log.txt")
    with opened(tmp_path) as memory:
        memory.ingest(folder)
        then = memory.store().head().seq
        memory.ingest(write(folder, "vendor.md"))
        assert "07:40" in memory.ask(WHEN).quotes[0].text
        assert "02:10" in memory.ask(WHEN, as_of=then).quotes[0].text
        instant = memory.store().changes(memory.scope())[1].at
        assert memory.scope(as_of=None).seq > then
        assert memory.store().scope("default", recorded=instant).seq == then


def test_without_a_source_is_the_answer_had_it_never_been(memory: Memory) -> None:
    assert "02:10" in memory.ask(WHEN, without=["vendor.md"]).quotes[0].text


def test_necessary_and_redundant_sources(memory: Memory) -> None:
    quotes = memory.ask("Who replaced the coil S-88?").quotes
    assert quotes[0].necessary is False
    assert memory.ask(WHEN).quotes[0].necessary is True


def test_a_receipt_is_stale_at_once_and_fresh_after_the_revert(memory: Memory) -> None:
    receipt = memory.ask(WHEN).receipt
    assert receipt is not None
    assert usable(memory.store(), memory.scope(), receipt)
    done = memory.retract("vendor.md").change
    assert done is not None
    assert not usable(memory.store(), memory.scope(), receipt)
    memory.revert(done.seq)
    assert usable(memory.store(), memory.scope(), receipt)


def test_trace_leads_from_the_answer_to_its_sources_and_back(memory: Memory) -> None:
    receipt = memory.ask(WHEN).receipt
    assert receipt is not None
    up = memory.trace(receipt)
    names = {s.version.get("name") for s in up.steps if s.kind == "Source"}
    assert names == {"vendor.md", "log.txt"}
    down = memory.trace("vendor.md", Direction.DOWN)
    assert receipt in {step.node for step in down.steps}


def test_remember_applies_once_for_one_key(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        first = memory.remember("The pump P-3 was replaced on 4 May.", key="k1")
        again = memory.remember("The pump P-3 was replaced on 4 May.", key="k1")
        assert first.change is not None
        assert again.change is not None
        assert (again.change.seq, again.change.repeated) == (first.change.seq, True)
        assert again.cube == first.cube
        with pytest.raises(KeyReused):
            memory.remember("Another thing.", key="k1")
        assert "P-3" in memory.search("pump P-3").hits[0].cube.text


def test_a_merge_moves_nothing_and_its_revert_is_exact(memory: Memory) -> None:
    def edges() -> list[str]:
        along = Along(kinds=(EdgeKind.MENTIONS, EdgeKind.SUBJECT_OF))
        return [e.id for e in memory.store().edges(memory.scope(), along).items]

    before, held = edges(), believed(memory)
    done = memory.merge(["Dana Ruiz", "Northline Controls"]).change
    assert done is not None
    assert edges() == before
    memory.revert(done.seq)
    assert edges() == before
    assert believed(memory) == held


def test_a_merge_lets_a_correction_reach_the_other_name(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        memory.remember("Judith Ostrander counted 1,680 wheels.")
        memory.remember("Correction: Midge counted 1,652 wheels, not 1,680 wheels.")
        assert len([b for b in memory.beliefs().values() if b.believed]) == 2
        impact = memory.merge(["Judith Ostrander", "Midge"]).impact
        assert [b.words for b in impact.superseded] == ["Judith Ostrander count 1,680 wheels"]


def test_a_revision_replaces_wording_and_facts_and_keeps_the_past(
    memory: Memory, folder: Path
) -> None:
    cube = memory.ask("Who opened the bypass BP-2?").quotes[0].cube
    then = memory.store().head().seq
    memory.revise(cube.node, "Dana Ruiz closed the bypass BP-2.", "misheard")
    words = believed(memory)
    assert any("close" in word for word in words)
    assert not any("open" in word for word in words)
    assert memory.get(cube.node)[0].text == "Dana Ruiz closed the bypass BP-2."
    assert "opened" in memory.get(cube.node, as_of=then)[0].text
    # another reading of the edited file leaves what a person wrote
    path = folder / "vendor.md"
    path.write_text(path.read_text("utf-8") + "\nNothing else happened.\n", "utf-8")
    memory.ingest(folder)
    assert memory.get(cube.node)[0].text == "Dana Ruiz closed the bypass BP-2."
    assert memory.verify().ok


def test_a_retracted_passage_is_not_read_in_again(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    long = " ".join(f"Pump P-{n} runs well on line {n}." for n in range(60))
    path.write_text(f"# Notes\n\nThe valve RV-7 leaks.\n\n{long}\n", "utf-8")
    with opened(tmp_path) as memory:
        memory.ingest(path)
        cube = next(h.cube for h in memory.search("valve RV-7 leaks").hits if "RV-7" in h.cube.text)
        memory.retract(cube.node, "never true")
        path.write_text(path.read_text("utf-8") + "\nAnother line about P-99.\n", "utf-8")
        memory.ingest(path)
        assert all("RV-7" not in h.cube.text for h in memory.search("valve RV-7 leaks").hits)
        assert not any("leak" in word for word in believed(memory))


def test_what_later_changes_stand_on_is_not_undone_first(memory: Memory) -> None:
    cube = memory.ask("Who opened the bypass BP-2?").quotes[0].cube
    made = next(c.seq for c in memory.store().changes(memory.scope()) if c.reason == "read log.txt")
    revised = memory.revise(cube.node, "Dana Ruiz closed the bypass BP-2.").change
    assert revised is not None
    with pytest.raises(DependsOn) as refusal:
        memory.revert(made)
    assert refusal.value.sequences == (revised.seq,)
    memory.revert(revised.seq)
    memory.revert(made)
    assert memory.verify().ok


def test_a_block_stays_within_its_budget_and_names_what_is_in_it(memory: Memory) -> None:
    given = memory.inject(WHEN, budget=190)
    assert 0 < given.plan.tokens <= 190
    assert given.plan.left_out > 0
    assert given.receipt is not None
    up = memory.trace(given.receipt)
    cited = {entry.node for entry in given.plan.cited}
    assert cited == {step.node for step in up.steps if step.kind == "MemCube"}
    with pytest.raises(Invalid, match="positive"):
        memory.inject(WHEN, budget=-1)


def test_feedback_is_a_change_on_the_answer(memory: Memory) -> None:
    receipt = memory.ask(WHEN).receipt
    assert receipt is not None
    done = memory.feedback(receipt[:8], "misled", "the clock was wrong")
    assert done.change is not None
    assert done.change.verb == "feedback"
    with pytest.raises(Invalid, match="helped, misled"):
        memory.feedback(receipt, "fine")


def test_another_user_sees_nothing(memory: Memory, tmp_path: Path) -> None:
    with Memory.open(tmp_path / "memories.db", user="local:eve", encoder="hashing") as eve:
        with pytest.raises(NotFound, match="namespace"):
            eve.search(WHEN)
        with pytest.raises(NotFound):
            eve.remember("I was here.")


def test_nothing_is_made_by_reading(tmp_path: Path) -> None:
    with opened(tmp_path) as memory, pytest.raises(NotFound, match="remember"):
        memory.search(WHEN)
    assert list(tmp_path.iterdir()) == []


def test_namespaces_are_apart(memory: Memory, tmp_path: Path) -> None:
    with opened(tmp_path, namespace="other") as other:
        other.remember("The moon is far.")
        assert [h.cube.text for h in other.search("valve moon").hits] == ["The moon is far."]
    assert all("moon" not in h.cube.text for h in memory.search("moon").hits)
    assert memory.verify().ok


def test_a_question_that_nothing_bears_on_stays_unanswered(memory: Memory) -> None:
    head = memory.store().head().seq
    assert memory.ask("Quantum chromodynamics?").quotes == ()
    assert memory.store().head().seq == head  # and leaves no receipt


def test_what_was_given_out_cannot_be_taken_back(memory: Memory) -> None:
    memory.ask(WHEN)
    with pytest.raises(Invalid, match="given out"):
        memory.revert(memory.store().head().seq)


def test_a_trace_says_what_overruled_a_quote(memory: Memory) -> None:
    receipt = memory.ask(WHEN).receipt
    assert receipt is not None
    found = memory.trace(receipt)
    words = memory.statuses(found)
    overruled = [s.node for s in found.steps if "02:10" in s.text and s.node in words]
    assert [words[node] for node in overruled] == ["superseded by: RV-7 fail at 07:40"]


def test_a_dry_run_of_a_single_fact_withdraws_that_fact_alone(memory: Memory) -> None:
    fact = next(b.fact for b in memory.beliefs().values() if "K-210" in b.words)
    preview = memory.retract(fact, dry_run=True).impact
    assert [b.fact for b in preview.withdrawn] == [fact]
    assert memory.retract(fact).impact == preview
