"""Sources that were withdrawn and are taken in again: what people did to them meanwhile and before holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph import Author, Authority, ChangeSet, EdgeKind, NodeKind, Open, Selector, Shred
from memcubes.graph.lifecycle import Move
from memcubes.graph.snapshot import Snapshot, snapshot
from memcubes.graph.staleness import usable
from memcubes.graph.verify import verify

FILLING = "The weather was mild and nothing else happened on that day. " * 40
FAILED = "The pump P-3 failed at 02:10. Maria Keller works for Hexcombe Mutual."
OTHER = "Tank T4 lost 1,420 doses. Ada Finch met Ben Stone in Brno."
TEXTS = (FAILED, OTHER)


def written(folder: Path, *texts: str) -> Path:
    """A dated file of several passages."""
    parts = "".join(f"# Part {n}\n\n{text} {FILLING}\n\n" for n, text in enumerate(texts))
    path = folder / "a.md"
    path.write_text(f"Date: 2025-03-14\n\n{parts}", "utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file."""
    return written(tmp_path, *TEXTS)


@pytest.fixture
def memory(tmp_path: Path, file: Path) -> Iterator[Memory]:
    """A memory that holds the file."""
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as opened:
        opened.ingest(file)
        yield opened


def cube(memory: Memory, words: str) -> str:
    """The passage that holds these words."""
    return next(h.cube.node for h in memory.search(words, limit=20).hits if words in h.cube.text)


def fact(memory: Memory, words: str) -> str:
    """The fact that says this."""
    return next(b.fact for b in memory.beliefs().values() if words in b.words)


def seen(memory: Memory) -> Snapshot:
    """Everything there is."""
    memory.retrieval.refresh()
    return snapshot(memory.store(), "local:ann", index=memory.retrieval.index)


def head(memory: Memory) -> int:
    """The newest sequence."""
    return memory.scope().seq


def reinstated(memory: Memory, path: Path) -> int:
    """Take a file in again."""
    report = memory.ingest(path, reinstate=True)
    assert report.ok, report.failed
    assert report.added == ["a.md"]
    return head(memory)


def revised(memory: Memory) -> None:
    text = memory.get(cube(memory, "02:10"))[0].text
    memory.revise(cube(memory, "02:10"), text.replace("02:10", "03:33"))


LIVES: dict[str, Callable[[Memory], object]] = {
    "nothing": lambda m: None,
    "a wording by hand": revised,
    "an archived passage": lambda m: m.transition(cube(m, "T4"), Move.ARCHIVE),
    "a fact that was retracted": lambda m: m.retract(fact(m, "02:10")),
    "a passage that was retracted": lambda m: m.retract(cube(m, "T4")),
    "a merge": lambda m: m.merge(["Ada Finch", "Ben Stone"]),
    "a split": lambda m: m.split("Ada Finch", [cube(m, "Brno")], called="Ada F."),
    "all of it": lambda m: [LIVES[name](m) for name in list(LIVES)[1:3] + list(LIVES)[5:6]],
}


@pytest.mark.parametrize("life", LIVES)
def test_the_same_file_comes_back_as_by_the_revert_of_its_retraction(
    memory: Memory, file: Path, life: str
) -> None:
    LIVES[life](memory)
    before = seen(memory)
    memory.retract("a.md", "out of date")
    gone = seen(memory)
    done = reinstated(memory, file)
    assert not before.difference(seen(memory))
    memory.revert(done)
    assert not gone.difference(seen(memory))
    memory.revert(done - 1)  # what came between was undone, so that the retraction is the last word
    assert not before.difference(seen(memory))
    assert verify(memory.store().engine).ok


def test_another_edition_brings_back_what_it_still_says(memory: Memory, tmp_path: Path) -> None:
    revised(memory)
    kept = memory.get(cube(memory, "03:33"))[0]
    answer = memory.ask("When did the pump P-3 fail?")
    memory.retract("a.md")
    assert not usable(memory.store(), memory.scope(), str(answer.receipt))
    done = reinstated(memory, written(tmp_path, FAILED, OTHER.replace("1,420", "1,500")))
    assert memory.get(kept.node)[0].text == kept.text
    assert usable(memory.store(), memory.scope(), str(answer.receipt))
    words = {b.words for b in memory.beliefs().values() if b.believed}
    assert any("1,500" in one for one in words)
    assert not any("1,420" in one or "02:10" in one for one in words)
    (change,) = memory.log(limit=1)
    assert (change.seq, change.operations["reopen"] > 0) == (done, True)
    assert "close" not in change.operations


def test_what_was_retracted_while_the_source_was_away_stays_so(
    memory: Memory, file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "b.md"
    other.write_text(FAILED, "utf-8")
    memory.ingest(other)
    memory.retract("a.md")
    memory.retract(fact(memory, "02:10"), "misread")
    decided = head(memory)
    reinstated(memory, file)
    assert not any("02:10" in b.words for b in memory.beliefs().values() if b.believed)
    memory.revert(decided)
    (belief,) = (b for b in memory.beliefs().values() if "02:10" in b.words)
    assert (belief.believed, len(belief.sources)) == (True, 2)


def test_what_was_erased_is_read_again_and_not_brought_back(memory: Memory, file: Path) -> None:
    before = seen(memory)
    node = cube(memory, "02:10")
    (version,) = memory.get(node)
    memory.retract("a.md")
    gone = ChangeSet("default", "erase", (Shred(Selector(ids=(version.id,))),))
    memory.store().commit(gone)
    reinstated(memory, file)
    (now,) = memory.get(node)
    assert (now.id != version.id, now.text) == (True, version.text)
    assert not before.difference(seen(memory))
    assert verify(memory.store().engine).ok


def test_it_comes_and_goes_as_often_as_one_likes(memory: Memory, file: Path) -> None:
    revised(memory)
    before = seen(memory)
    for _ in range(3):
        memory.retract("a.md")
        reinstated(memory, file)
    assert not before.difference(seen(memory))
    assert len(memory.get(cube(memory, "03:33"))) == 1


def test_a_wording_by_hand_that_goes_with_its_passage_is_told_of(
    memory: Memory, tmp_path: Path
) -> None:
    revised(memory)
    node = cube(memory, "03:33")
    quiet = memory.ingest(written(tmp_path, FAILED, OTHER.replace("1,420", "1,500")))
    assert quiet.notes == []  # another passage was edited
    told = memory.ingest(written(tmp_path, FAILED.replace("02:10", "02:12"), OTHER))
    (note,) = told.notes
    assert f"revised by hand as {node}" in note
    assert f"memcubes history {node}" in note
    assert "03:33" in memory.history(node)[-1].version.text


def test_a_file_whose_name_is_restricted_stops_no_other(file: Path, tmp_path: Path) -> None:
    with Memory.open(str(tmp_path / "m.db"), user="local:ann", encoder="hashing") as memory:
        memory.ingest(file)
        restricted(memory, tmp_path)


def restricted(memory: Memory, tmp_path: Path) -> None:
    """Take files in as somebody who may not see one of them."""
    store = memory.store()
    ann = store.name("default", NodeKind.AGENT, "local:ann")
    bob = store.name("default", NodeKind.AGENT, "local:bob")
    home = store.name("default", NodeKind.NAMESPACE, "default").id
    source = store.name("default", NodeKind.SOURCE, (tmp_path / "a.md").resolve().as_posix()).id
    author = Author("default", ann.id, Authority.ASSERTED, 0)
    records = (
        author.version(NodeKind.AGENT, bob.id, {"name": "local:bob"}, key=bob.key),
        author.edge(EdgeKind.GRANTS, bob.id, home, {"role": "writer"}),
        author.edge(EdgeKind.GRANTS, ann.id, source, {"role": "reader"}),
    )
    store.commit(ChangeSet("default", "grant", tuple(Open(record) for record in records)))
    for name in ("b.md", "c.md"):
        (tmp_path / name).write_text(f"The valve {name[0].upper()}-1 failed at 04:44.", "utf-8")
    before = head(memory)
    with Memory.open(str(tmp_path / "m.db"), user="local:bob", encoder="hashing") as other:
        report = other.ingest(tmp_path / "a.md", tmp_path / "b.md", tmp_path / "c.md")
        assert (report.added, [name for name, _ in report.failed]) == (["b.md", "c.md"], ["a.md"])
        (reason,) = (reason for _, reason in report.failed)
        assert "is not yours to see: ask an owner" in reason
        nodes = {row.node for row in store.history(store.scope("default"), source)}
        assert not any(node in reason for node in (*nodes, source))
        assert other.search("Which valve failed?").hits
        assert head(other) == before + 2
