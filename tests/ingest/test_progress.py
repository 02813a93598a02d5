"""How far an ingest is: rate and time left, by a clock that the test moves."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from memcubes.api.options import Call
from memcubes.api.show import Screen
from memcubes.api.show_intake import Bar
from memcubes.graph import GuardedStore
from memcubes.graph.sqlite import SqliteStore
from memcubes.ingest import memreader
from memcubes.ingest.extraction import Extraction, Extractor
from memcubes.ingest.extractors import extractor_for
from memcubes.ingest.memreader import MemReader
from memcubes.ingest.passage import Passage
from memcubes.ingest.report import Progress


class Clock:
    """Stands still but for what the extractor takes: two seconds a passage."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Slow:
    """Reads as the neutral extractor does, and moves the clock."""

    def __init__(self, clock: Clock) -> None:
        self._inner, self._clock = extractor_for("es"), clock
        self.passages = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
        self._clock.now += 2.0 * len(passages)
        self.passages += len(passages)
        return self._inner.extract(passages)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Eight files of the same size, one passage each."""
    place = tmp_path / "notes"
    place.mkdir()
    for n in range(8):
        (place / f"{n}.txt").write_text(f"La bomba {n} fue cambiada por Tomás Arriaga.", "utf-8")
    return place


def read(store: GuardedStore, folder: Path) -> tuple[list[Progress], int]:
    clock = Clock()
    slow = Slow(clock)
    told: list[Progress] = []

    def extractors(_: str) -> Extractor:
        return slow  # type: ignore[return-value]

    report = MemReader(store, "default", extractors=extractors, clock=clock).ingest(
        [folder], progress=told.append
    )
    assert report.ok
    return told, slow.passages


def test_rate_and_time_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memreader, "TOGETHER", 2)
    store = GuardedStore(SqliteStore(None), "local:ann")
    told, passages = read(store, folder)
    assert passages == 8
    # two files of eight a step, two seconds each: half a passage a second, two seconds for each file left
    assert [(one.sources, one.passages, one.seconds) for one in told] == [
        (2, 2, 4.0), (4, 4, 8.0), (6, 6, 12.0), (8, 8, 16.0)
    ]  # fmt: skip
    assert [one.rate for one in told] == [0.5] * 4
    assert [one.share for one in told] == pytest.approx([0.25, 0.5, 0.75, 1.0])
    assert [one.left for one in told] == pytest.approx([12.0, 8.0, 4.0, 0.0])
    store.close()


def test_what_is_there_already_says_nothing_of_the_rate(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memreader, "TOGETHER", 2)
    store = GuardedStore(SqliteStore(None), "local:ann")
    read(store, folder)
    for n in (5, 7):
        place = folder / f"{n}.txt"
        place.write_text(place.read_text("utf-8").replace("cambiada", "revisada"), "utf-8")
    told, passages = read(store, folder)
    assert passages == 2
    assert [one.share for one in told] == pytest.approx([0.25, 0.5, 0.75, 1.0])
    # Nothing was read of the first four; of the next two one was, in two seconds: the two left, if they
    # must be read, take four.
    assert [one.left for one in told] == [None, None, pytest.approx(4.0), pytest.approx(0.0)]
    assert [one.passages for one in told] == [0, 0, 1, 2]
    store.close()


def test_records_of_one_file_are_shares_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memreader, "TOGETHER", 1)
    lines = [f'{{"title": "Nota {n}", "text": "Vive en Turku {n}."}}' for n in range(4)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    store = GuardedStore(SqliteStore(None), "local:ann")
    told, _ = read(store, tmp_path / "a.jsonl")
    assert [one.share for one in told] == pytest.approx([0.25, 0.5, 0.75, 1.0])
    store.close()


def test_the_bar_says_it() -> None:
    clock = Clock()
    shown = io.StringIO()
    screen = Screen(Call())
    screen.err = Console(file=shown, force_terminal=True, width=140)
    bar = Bar(screen, "reading", clock)
    bar._bar.disable = False
    bar.read(Progress(5, 900, 30.0, "a.md", passages=60, share=0.5, worked=0.3))
    (task,) = bar._bar.tasks
    assert task.fields["rate"] == "5 sources, 2.0 passages/s, 50 s left"
    assert task.completed == 0.5
    bar.indexed(10, 110)
    assert task.fields["rate"] == "10 of 110"
    clock.now += 4.0
    bar.indexed(30, 110)
    # 20 in four seconds: the 80 that are left take 16
    assert task.fields["rate"] == "30 of 110, 5.0/s, 16 s left"
    assert task.description == "indexing"
