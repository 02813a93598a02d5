"""Another extractor: all sources are read again from what is kept, and change at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import Memory
from memcubes.graph.kind import NodeKind
from memcubes.graph.listing import all_found
from memcubes.graph.scope import Where
from memcubes.graph.snapshot import Snapshot, snapshot
from memcubes.graph.verify import verify
from memcubes.ingest import extractors
from memcubes.ingest.extraction import Extraction, Extractor
from memcubes.ingest.item import items_of
from memcubes.ingest.passage import Passage
from memcubes.ingest.report import IngestReport
from memcubes.ingest.rereading import document_of

from .conftest import Cli

FILES = {
    "a.md": "# Pumps\n\nDate: 2025-03-14\n\nThe pump P-3 failed at 02:10. Ada Finch met Ben Stone in Brno.\n",
    "b.txt": "The pump P-4 failed at 03:20. Tank T4 lost 1,420 doses.\n",
    "page.html": "<html><head><title>Valves</title></head><body><p>The valve RV-7 failed at 07:40.</p>"
    "</body></html>",
    "records.json": json.dumps(
        [{"title": "Mill", "text": "The mill failed at 05:05."}, {"text": "The bell failed at 06:06."}]
    ),
    "chat.json": json.dumps(
        {"messages": [{"role": "user", "content": "The lamp L-1 failed at 01:01."},
                      {"role": "user", "content": "Tank T5 lost 3 doses."},
                      {"role": "assistant", "content": "Noted."}]}
    ),
    "talk.txt": "Ann: The lamp L-2 failed at 01:02.\nBen: The lamp L-3 failed at 01:03.\n",
    "zh.md": "# 阀门\n\n阀门漏水。值班员在北京。\n",
}  # fmt: skip
EXTRACTORS = "memcubes.api.extracting.extractor_for"


class Next:
    """The next version of an extractor: it says `break at` for `fail at`, and nothing of what was lost."""

    def __init__(self, before: Extractor, meanwhile: Callable[[], None] = lambda: None) -> None:
        self._before = before
        self._meanwhile = meanwhile
        self.name, self.version = before.name, "next"
        self.fingerprint = f"{before.fingerprint}+next"
        self.languages, self.lacks = before.languages, before.lacks
        self.sentences = before.sentences

    def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
        """Read, and change what was read."""
        self._meanwhile()
        found = self._before.extract(passages)
        return [
            replace(
                one,
                claims=tuple(
                    replace(claim, relation=claim.relation.replace("fail", "break"))
                    for claim in one.claims
                    if "lose" not in claim.relation
                ),
            )
            for one in found
        ]


def install(patch: pytest.MonkeyPatch, meanwhile: Callable[[], None] = lambda: None) -> None:
    """From now on the next version is there."""
    before = extractors.extractor_for
    patch.setattr(EXTRACTORS, lambda code: Next(before(code), meanwhile))


@pytest.fixture(autouse=True)
def hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wordings are given at one instant in every memory."""
    monkeypatch.setattr("memcubes.ingest.statement.now", lambda: 1_763_000_000_000_000)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Files of every kind."""
    folder = tmp_path / "files"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def opened(place: Path) -> Memory:
    """A memory."""
    return Memory.open(str(place), user="local:ann", encoder="hashing")


@pytest.fixture
def memory(tmp_path: Path, files: Path) -> Iterator[Memory]:
    """A memory that read the files, was told something, and was curated."""
    with opened(tmp_path / "m.db") as made:
        made.ingest(files)
        lived(made)
        yield made


def lived(memory: Memory) -> None:
    """What people do."""
    memory.remember("The crane C-9 failed at 09:09.", key="k")
    memory.merge(["Ada Finch", "Ben Stone"])
    cube = next(h.cube for h in memory.search("P-4").hits if "P-4" in h.cube.text)
    memory.revise(cube.node, "The pump P-4 stood at 04:44.")


def seen(memory: Memory) -> Snapshot:
    """Everything there is."""
    memory.retrieval.refresh()
    return snapshot(memory.store(), "local:ann", index=memory.retrieval.index)


def relations(memory: Memory) -> set[str]:
    """The relations of what is believed."""
    return {b.words for b in memory.beliefs().values() if b.believed}


def test_all_sources_change_at_once_as_if_they_had_been_read_so(
    memory: Memory, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, head = seen(memory), memory.scope().seq
    assert any("lose" in words for words in relations(memory))
    install(monkeypatch)
    commits: list[int] = []
    commit = memory.store().engine.commit

    def counted(*changes: Any) -> Any:
        commits.append(len(changes))
        return commit(*changes)

    monkeypatch.setattr(memory.store().engine, "commit", counted)
    report = memory.reread()
    assert (report.failed, report.added) == ([], [])
    assert commits == [len(report.changes)]  # one transaction, a change for each source
    assert len(report.changes) == len(report.changed) == 9  # eight of the files, one statement
    assert not any("lose" in words for words in relations(memory))
    assert sum("break at" in words for words in relations(memory)) == 8
    assert verify(memory.store().engine).ok
    monkeypatch.setattr(memory.store().engine, "commit", commit)
    with opened(tmp_path / "fresh.db") as fresh:
        fresh.ingest(files)
        lived(fresh)
        now = seen(memory).difference(seen(fresh))
    assert not now
    for change in reversed(report.changes):
        memory.revert(change.seq)
    assert memory.scope().seq == head + 2 * len(report.changes)
    assert not before.difference(seen(memory))


def test_the_same_extractor_changes_nothing(memory: Memory) -> None:
    head = memory.scope().seq
    report = memory.reread()
    assert (report.changes, report.changed, report.failed) == ([], [], [])
    assert len(report.unchanged) == 9
    assert memory.scope().seq == head


def test_what_is_kept_of_a_source_is_the_document_that_was_read(
    memory: Memory, files: Path
) -> None:
    read = {item.document.uri: item.document for item in items_of([files], IngestReport())}
    scope = memory.scope()
    kept = {
        document_of(source).uri: document_of(source)
        for source in all_found(memory.store(), scope, Where(kinds=(NodeKind.SOURCE,)))
        if not str(source.get("uri")).startswith("statement:")
    }
    assert kept.keys() == read.keys()
    for uri, document in read.items():
        language = document.language or kept[uri].language  # what was not declared was detected
        assert kept[uri] == replace(document, language=language), uri
    assert sum(bool(document.turns) for document in read.values()) == 1


def test_what_is_changed_meanwhile_is_compared_anew(
    memory: Memory, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edits: list[int] = []

    def edit() -> None:
        if not edits:
            edits.append(1)
            with monkeypatch.context() as patch, opened(tmp_path / "m.db") as other:
                patch.setattr(EXTRACTORS, extractors.extractor_for)
                (files / "b.txt").write_text("The pump P-4 failed at 03:21.\n", "utf-8")
                edits.extend(c.seq for c in other.ingest(files / "b.txt").changes)

    install(monkeypatch, edit)
    report = memory.reread()
    assert len(edits) == 2
    assert len(report.changes) == 9
    assert not any("fail at" in words for words in relations(memory))
    assert any("03:21" in words for words in relations(memory))
    assert verify(memory.store().engine).ok


def test_what_an_older_reader_kept_is_named(
    memory: Memory, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memcubes.ingest.rereading.READER", "memreader@99")
    report = memory.reread()
    assert sorted(name for name, _ in report.failed) == sorted(
        [name for name in FILES if name != "records.json"] + ["records.json#1", "records.json#Mill"]
    )
    assert all("ingest its file once more" in reason for _, reason in report.failed)


def test_a_held_passage_keeps_its_source_as_it_was_read(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = next(h.cube.node for h in memory.search("RV-7").hits if "RV-7" in h.cube.text)
    memory.transition(node, "freeze")
    (cube,) = memory.get(node)
    install(monkeypatch)
    report = memory.reread()
    assert report.failed == []  # the passage itself is read the same: only what it says is another
    assert any(words == "RV-7 break at 07:40" for words in relations(memory))
    assert memory.get(node) == (cube,)


def test_the_command_says_what_changed(
    cli: Cli, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("ingest", files)
    assert cli("models", "reread", "--json").data["changed"] == []
    install(monkeypatch)
    done = cli("models", "reread", "--json")
    assert (done.code, len(done.data["changed"])) == (0, 8)
