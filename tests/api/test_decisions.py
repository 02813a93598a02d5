"""Decisions and readings meet: what people did holds when files are read again, and is undone exactly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph import Author, Authority, ChangeSet, EdgeKind, NodeKind, Open
from memcubes.graph.errors import Conflict, DependsOn, Invalid, NotFound
from memcubes.graph.snapshot import Snapshot, snapshot

FILLING = "The weather was mild and nothing else happened on that day. " * 40
FAILED = "The pump P-3 failed at 02:10. Maria Keller works for Hexcombe Mutual."
OTHER = "Tank T4 lost 1,420 doses."
WHEN = "When did the pump P-3 fail?"


def sections(*texts: str) -> str:
    """A dated file of several passages."""
    parts = "".join(f"# Part {n}\n\n{text} {FILLING}\n\n" for n, text in enumerate(texts))
    return f"Date: 2025-03-14\n\n{parts}"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    """An empty memory beside a folder of files."""
    with Memory.open(str(tmp_path / "m.db"), user="local:ann", encoder="hashing") as opened:
        yield opened


def read(memory: Memory, folder: Path, name: str, text: str) -> None:
    """Write a file and take it in."""
    (folder / name).write_text(text, "utf-8")
    report = memory.ingest(folder / name)
    assert report.ok, report.failed


def held(memory: Memory) -> set[str]:
    """The facts that are believed."""
    return {b.words for b in memory.beliefs().values() if b.believed}


def cube(memory: Memory, words: str) -> str:
    """The passage that holds these words."""
    return next(h.cube.node for h in memory.search(words, limit=20).hits if words in h.cube.text)


def fact(memory: Memory, words: str) -> str:
    """The fact that says this."""
    return next(b.fact for b in memory.beliefs().values() if words in b.words)


def seen(memory: Memory) -> Snapshot:
    """Everything there is."""
    return snapshot(memory.store(), "local:ann", index=memory.retrieval.index)


def last(memory: Memory) -> int:
    """The newest sequence."""
    return memory.scope().seq


def test_a_revised_passage_keeps_what_it_says_when_its_file_is_edited_elsewhere(
    memory: Memory, tmp_path: Path
) -> None:
    read(memory, tmp_path, "a.md", sections(FAILED, OTHER))
    revised = cube(memory, "02:10")
    text = memory.get(revised)[0].text.replace("02:10", "03:33")
    memory.revise(revised, text)
    seq, before = last(memory), held(memory)
    assert "P-3 fail at 03:33" in {words.removeprefix("pump ") for words in before}
    read(memory, tmp_path, "a.md", sections(FAILED, OTHER.replace("1,420", "1,421")))
    assert memory.get(revised)[0].text == text
    assert {w for w in held(memory) if "P-3" in w} == {w for w in before if "P-3" in w}
    trace = memory.trace(fact(memory, "03:33"))
    assert any("03:33" in quote.text for join in trace.joins for quote in join.quotes)
    memory.revert(seq)  # the reading stands on nothing that the revision made
    assert any("02:10" in words for words in held(memory))


def test_a_change_that_was_undone_is_not_undone_again(memory: Memory, tmp_path: Path) -> None:
    read(memory, tmp_path, "a.md", FAILED)
    memory.retract("a.md")
    first = last(memory)
    memory.revert(first)
    undone = last(memory)
    memory.retract("a.md", "second time")
    with pytest.raises(Conflict, match=f"@{first} was undone already, by @{undone}"):
        memory.revert(first)
    assert not held(memory)
    memory.revert(undone + 1)
    assert held(memory)


def test_a_source_read_while_a_fact_is_retracted_supports_it_afterwards(
    memory: Memory, tmp_path: Path
) -> None:
    read(memory, tmp_path, "a.md", "The pump P-3 failed at 02:10.")
    memory.retract(fact(memory, "02:10"))
    decided = last(memory)
    read(memory, tmp_path, "c.md", "The pump P-3 failed at 02:10.")
    assert not any("02:10" in words for words in held(memory))
    read(memory, tmp_path, "c.md", "The pump P-3 failed at 02:10.\n")
    memory.revert(decided)
    assert any("02:10" in words for words in held(memory))
    memory.retract("a.md")
    assert any("02:10" in words for words in held(memory))


@pytest.mark.parametrize("what", ["passage", "fact"])
def test_what_a_file_stopped_saying_does_not_come_back(
    memory: Memory, tmp_path: Path, what: str
) -> None:
    read(memory, tmp_path, "a.md", sections(FAILED, OTHER))
    memory.retract(cube(memory, "02:10") if what == "passage" else fact(memory, "02:10"))
    decided = last(memory)
    edited = sections(OTHER) if what == "passage" else sections(FAILED[30:], OTHER)
    read(memory, tmp_path, "a.md", edited)
    memory.revert(decided)
    after = seen(memory)
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as fresh:
        fresh.ingest(tmp_path / "a.md")
        assert not after.difference(seen(fresh))


def test_what_stands_in_the_way_is_named_before_and_at_the_change(
    memory: Memory, tmp_path: Path
) -> None:
    read(memory, tmp_path, "a.md", FAILED)
    memory.retract("a.md")
    retracted = last(memory)
    (tmp_path / "a.md").write_text(FAILED.replace("02:10", "02:11"), "utf-8")
    memory.ingest(tmp_path / "a.md", reinstate=True)
    reinstated = last(memory)
    for dry_run in (True, False):
        with pytest.raises(DependsOn, match=f"undo @{reinstated} first"):
            memory.revert(retracted, dry_run=dry_run)
    memory.revert(reinstated)
    memory.revert(retracted)
    assert held(memory)


def test_an_answer_that_a_correction_overrules_is_told_of(memory: Memory, tmp_path: Path) -> None:
    read(memory, tmp_path, "a.md", "Date: 2025-03-14\n\nThe pump P-3 failed at 02:10.")
    receipt = memory.ask(WHEN).receipt
    read(
        memory,
        tmp_path,
        "b.md",
        "Date: 2025-03-20\n\nCorrection: The pump P-3 failed at 05:40, not at 02:10.",
    )
    (told,) = memory.past_answers(memory.impact(f"@{last(memory)}"))
    assert (told.receipt, told.stale, told.differs, told.solely) == (receipt, False, True, False)


def test_names_are_not_kept_apart_and_joined_at_once(memory: Memory, tmp_path: Path) -> None:
    read(memory, tmp_path, "a.md", "Ada Finch met Ben Stone in Brno.")
    names = ["Ada Finch", "Ben Stone"]
    apart = memory.distinguish(names).change
    assert apart is not None
    undone = memory.revert(apart.seq).change
    merged = memory.merge(names).change
    assert undone is not None
    assert merged is not None
    for dry_run in (True, False):
        with pytest.raises(DependsOn, match=f"undo @{merged.seq} first"):
            memory.revert(undone.seq, dry_run=dry_run)
    memory.revert(merged.seq)
    memory.revert(undone.seq)
    with pytest.raises(Conflict, match="kept apart"):
        memory.merge(names)


def test_a_decision_is_not_made_twice(memory: Memory, tmp_path: Path) -> None:
    read(memory, tmp_path, "a.md", "Ada Finch met Ben Stone in Brno. Cy Dunn stayed at home.")
    one = memory.merge(["Ada Finch", "Ben Stone"]).change
    assert one is not None
    with pytest.raises(Conflict, match=f"one already, by @{one.seq}"):
        memory.merge(["Ben Stone", "Ada Finch"])
    passage = cube(memory, "Cy Dunn")
    memory.split("Cy Dunn", [passage], called="C. Dunn")
    with pytest.raises(Conflict, match="already: nothing would change"):
        memory.split("Cy Dunn", [passage], called="C. Dunn")


@pytest.mark.parametrize("name", ["   ", "...", "a\nb", "\u202ename", "x" * 301])
def test_a_split_needs_a_name_that_can_be_written(
    memory: Memory, tmp_path: Path, name: str
) -> None:
    read(memory, tmp_path, "a.md", "Ada Finch met Ben Stone in Brno.")
    with pytest.raises(Invalid, match="cannot name anything"):
        memory.split("Ada Finch", [cube(memory, "Ada Finch")], called=name)


def test_a_reader_is_answered_without_a_receipt(memory: Memory, tmp_path: Path) -> None:
    read(memory, tmp_path, "a.md", "The pump P-3 failed at 02:10.")
    store = memory.store()
    cat = store.name("default", NodeKind.AGENT, "local:cat")
    home = store.name("default", NodeKind.NAMESPACE, "default").id
    by = Author("default", cat.id, Authority.ASSERTED, 0)
    agent = by.version(NodeKind.AGENT, cat.id, {"name": "local:cat"}, key=cat.key)
    grant = by.edge(EdgeKind.GRANTS, cat.id, home, {"role": "reader"})
    store.commit(ChangeSet("default", "grant", (Open(agent), Open(grant))))
    with Memory.open(str(tmp_path / "m.db"), user="local:cat", encoder="hashing") as other:
        answer = other.ask(WHEN)
        assert "02:10" in answer.quotes[0].text
        assert answer.receipt is None
        assert any("you may read here and not write" in note for note in answer.notes)
    with pytest.raises(NotFound, match="there is no change @99"):
        memory.revert(99)


def test_the_same_history_twice_is_the_same_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("Jordan lives in Brno.\n", "utf-8")
    taken = []
    for _ in range(2):
        with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as memory:
            memory.ingest(path)
            passage = memory.search("Jordan").hits[0].cube.node
            memory.revise(passage, "Correction: Jordan lives in Turku, not Brno.")
            memory.retract(memory.remember("Tea is hot.").target)
            taken.append(snapshot(memory.store(), "local:ann"))
    assert taken[0] == taken[1]
    assert any("Turku" in node for node in taken[0].nodes)


def test_a_snapshot_calls_what_is_gone_the_same_whatever_came_and_went(memory: Memory) -> None:
    one = memory.remember("Jordan lives in Brno.")
    start = memory.scope().seq
    other = memory.remember("The pump P-3 cost 40 crowns.")
    memory.revise(one.cube, "Jordan lives in Turku.")
    memory.merge([one.cube, other.cube])
    memory.retract(one.target)
    before = snapshot(memory.store(), "local:ann")
    restored = memory.restore(start).change
    assert restored is not None
    memory.revert(restored.seq)
    assert snapshot(memory.store(), "local:ann") == before
