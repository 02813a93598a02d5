"""Undoing what was undone, decisions that count again, and what only a part of is to be seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph import Author, Authority, ChangeSet, Edge, EdgeKind, NodeKind, Open, Version
from memcubes.graph.errors import Conflict, PermissionDenied
from memcubes.graph.kind import Verb
from memcubes.graph.snapshot import snapshot

from .test_undoing import TURNS, chat, cube, fact, held, memory, note, retracted, seen

__all__ = ["memory"]


def test_undoings_of_undoings_alternate_for_what_came_along(memory: Memory, tmp_path: Path) -> None:
    memory.ingest(note(tmp_path, "a.md", TURNS[1]), note(tmp_path, "b.md", TURNS[1]))
    decided = retracted(memory, fact(memory, "RV-7"))
    gone = retracted(memory, "b.md")
    memory.revert(decided)
    away, last = seen(memory), gone
    there = None
    for turn in range(
        6
    ):  # the source comes back, and with it the fact that it says; and goes again
        done = memory.revert(last).change
        assert done is not None
        last = done.seq
        there = there or seen(memory)
        assert seen(memory) == (there, away)[turn % 2], turn


def test_a_change_that_keeps_to_a_decision_names_it(memory: Memory, tmp_path: Path) -> None:
    memory.ingest(note(tmp_path, "a.md", TURNS[1]))
    decided = retracted(memory, fact(memory, "RV-7"))
    keeping = memory.ingest(note(tmp_path, "b.md", TURNS[1])).changes[-1]
    with pytest.raises(Conflict, match=rf"only keeps to what was decided by @{decided}"):
        memory.revert(keeping.seq)


def test_of_two_splits_the_later_holds_though_the_earlier_came_back(
    memory: Memory, tmp_path: Path
) -> None:
    memory.ingest(note(tmp_path, "a.md", TURNS[0]))
    passage = cube(memory, "Jordan")
    one = memory.split("Jordan", [passage], called="Zed Moss").change
    assert one is not None
    memory.split("Jordan", [passage], called="Ines Roth")
    both = seen(memory)
    undone = memory.revert(one.seq).change
    assert undone is not None
    memory.revert(undone.seq, dry_run=True)
    memory.revert(undone.seq)
    assert seen(memory) == both
    assert "ines roth" in both.identities[0]


def test_what_was_retracted_stays_so_when_a_restoring_of_before_is_undone(
    memory: Memory, tmp_path: Path
) -> None:
    memory.ingest(note(tmp_path, "a.md", TURNS[1]))
    start = memory.scope().seq - 1
    memory.retract(fact(memory, "RV-7"))
    before = seen(memory)
    restored = memory.remember("Tea is hot.").change, memory.restore(start).change
    for change in reversed(restored):
        assert change is not None
        memory.revert(change.seq)
    assert seen(memory) == before


def test_what_was_stated_again_after_it_was_retracted_comes_back(
    memory: Memory, tmp_path: Path
) -> None:
    memory.ingest(note(tmp_path, "a.md", TURNS[1]))
    start = memory.scope().seq - 1
    memory.retract(fact(memory, "RV-7"))
    again = memory.remember(TURNS[1]).target
    before = seen(memory)
    for verb in (Verb.RETRACT, Verb.RESTORE):
        done = memory.retract(again) if verb is Verb.RETRACT else memory.restore(start)
        change = done.change
        assert change is not None
        memory.revert(change.seq)
        assert seen(memory) == before


def test_of_two_decisions_against_a_fact_each_is_undone_by_itself(
    memory: Memory, tmp_path: Path
) -> None:
    memory.ingest(note(tmp_path, "a.md", TURNS[1]))
    first = retracted(memory, fact(memory, "RV-7"))
    memory.remember(TURNS[1])
    again = seen(memory)
    second = retracted(memory, fact(memory, "RV-7"))
    both = seen(memory)
    undone = memory.revert(second).change
    assert undone is not None
    assert seen(memory) == again
    memory.revert(undone.seq)
    assert seen(memory) == both
    memory.revert(first)
    assert held(memory) == []
    memory.revert(second)
    (believed,) = [belief for belief in memory.beliefs().values() if belief.believed]
    assert len(believed.sources) == 2  # the file's and the statement's


def test_what_was_read_while_a_decision_was_undone_goes_when_that_counts_again(
    memory: Memory, tmp_path: Path
) -> None:
    memory.ingest(note(tmp_path, "a.md", TURNS[1]))
    decided = retracted(memory, fact(memory, "RV-7"))
    undone = memory.revert(decided).change
    memory.ingest(note(tmp_path, "b.md", TURNS[1]))
    read = seen(memory)
    assert undone is not None
    done = memory.revert(undone.seq).change
    assert held(memory) == []
    assert done is not None
    memory.revert(done.seq)
    assert seen(memory) == read


@pytest.mark.parametrize("part", ["passage", "fact"])
def test_what_goes_says_nothing_that_comes_back(memory: Memory, tmp_path: Path, part: str) -> None:
    memory.remember("Tea is hot.")
    start = memory.scope().seq
    memory.ingest(chat(tmp_path, *TURNS))
    memory.retract((cube if part == "passage" else fact)(memory, "RV-7"))
    before = seen(memory)
    change, after = memory.restore(start).change, seen(memory)
    for turn in range(4):  # the decision comes and goes with the source that it is about
        assert change is not None
        change = memory.revert(change.seq).change
        assert seen(memory) == (before, after)[turn % 2], turn


def test_a_change_that_one_sees_a_part_of_is_not_undone_in_part(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'm.db'}"
    with (
        Memory.open(url, user="local:ann", encoder="hashing") as ann,
        Memory.open(url, user="local:bob", encoder="hashing") as bob,
    ):
        read = ann.ingest(chat(tmp_path, *TURNS)).changes[0].seq
        store, ns = ann.store(), ann.namespace
        agent = store.name(ns, NodeKind.AGENT, "local:bob")
        ours = store.name(ns, NodeKind.AGENT, "local:ann").id
        home = store.name(ns, NodeKind.NAMESPACE, ns).id
        by = Author(ns, agent.id, Authority.ASSERTED, 0)
        granted: tuple[Version | Edge, ...] = (
            by.version(NodeKind.AGENT, agent.id, {"name": "local:bob"}, key=agent.key),
            by.edge(EdgeKind.GRANTS, agent.id, home, {"role": "writer"}),
            by.edge(EdgeKind.GRANTS, ours, cube(ann, "RV-7"), {"role": "reader"}),
        )
        store.commit(ChangeSet(ns=ns, verb="grant", ops=tuple(Open(one) for one in granted)))
        before = seen(ann)
        with pytest.raises(PermissionDenied, match="part of what"):
            bob.revert(read)
        assert seen(ann) == before


def test_a_passage_comes_back_with_its_names_though_another_was_revised(tmp_path: Path) -> None:
    path = chat(tmp_path, TURNS[0], "Jordan works for Kestrel Freight.")
    ends = []
    for undone in (False, True):
        with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as memory:
            memory.ingest(path)
            first = cube(memory, "Brno")
            gone = retracted(memory, cube(memory, "Kestrel")) if undone else 0
            memory.revise(first, TURNS[1])
            if undone:
                memory.revert(gone)
            ends.append(snapshot(memory.store(), "local:ann"))
    assert ends[0] == ends[1]
    assert any('"MENTIONS"' in edge and '"jordan"' in edge for edge in ends[1].edges)


def test_a_part_that_was_undone_by_itself_is_read_again(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memcubes.ingest.work.MOST_OPERATIONS", 12)
    monkeypatch.setattr("memcubes.ingest.present.LARGE", 1)
    path = note(tmp_path, "a.md", *TURNS)
    parts = [change.seq for change in memory.ingest(path).changes]
    assert len(parts) > 1
    before = seen(memory)
    assert memory.ingest(path).unchanged
    memory.revert(parts[-1])
    assert before.difference(seen(memory))
    assert memory.ingest(path).changed
    assert not before.difference(seen(memory))
    assert memory.ingest(path).unchanged
