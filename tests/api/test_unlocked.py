"""No model runs while the store is locked: others read and write meanwhile."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import Memory
from memcubes.graph.index.hashing import HashingEncoder
from memcubes.graph.sqlite import SqliteStore
from memcubes.ingest import memreader
from memcubes.ingest.neutral import NeutralExtractor


class Watch:
    """Looks at the locks of a store whenever a model is asked for something."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.memory: Memory | None = None
        self.asked: list[str] = []
        self.locked: list[str] = []

    def look(self, what: str) -> None:
        self.asked.append(what)
        if self.memory is None or not self.path.exists():
            return
        engine = self.memory.store().engine
        assert isinstance(engine, SqliteStore)
        database = engine._database
        if database.connection.in_transaction or not _free(database.lock):
            self.locked.append(f"{what}: in this process")
        with closing(sqlite3.connect(self.path, timeout=0, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
                other.execute("ROLLBACK")
            except sqlite3.OperationalError:
                self.locked.append(f"{what}: in the file")


def _free(lock: Any) -> bool:
    """Whether another thread gets a lock at once."""
    got: list[bool] = []

    def take() -> None:
        got.append(lock.acquire(blocking=False))
        if got[0]:
            lock.release()

    thread = threading.Thread(target=take)
    thread.start()
    thread.join()
    return got[0]


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch(tmp_path / "a.db")

    def watched(kind: type, name: str, what: str) -> None:
        act: Callable[..., Any] = getattr(kind, name)

        def looking(self: Any, texts: Sequence[Any]) -> Any:
            made.look(what)
            return act(self, texts)

        monkeypatch.setattr(kind, name, looking)

    watched(NeutralExtractor, "extract", "extract")
    watched(HashingEncoder, "encode_passages", "encode")
    watched(HashingEncoder, "encode_questions", "ask")
    monkeypatch.setattr(memreader, "TOGETHER", 2)
    return made


def test_models_run_while_the_store_is_free(watch: Watch, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    for n in range(5):
        (folder / f"{n}.md").write_text(f"La bomba {n} fue cambiada por Tomás Arriaga.", "utf-8")
    with Memory.open(watch.path, user="local:ann", encoder="hashing") as memory:
        memory.store(writing=True)
        watch.memory = memory
        memory.ingest(folder)
        (folder / "1.md").write_text("La bomba 1 fue revisada por Ines Falk.", "utf-8")
        memory.ingest(folder)
        memory.remember("Ines Falk vive en Turku.")
        cube = memory.search("¿Quién vive en Turku?").hits[0].cube.node
        memory.revise(cube, "Ines Falk vive en Brno.")
        memory.ask("¿Quién vive en Brno?")
        memory.rebuild()
    assert {"extract", "encode", "ask"} == set(watch.asked)
    # three batches of the folder, one of the edited file, two statements
    assert watch.asked.count("extract") >= 6
    assert watch.locked == []


def test_the_watch_sees_a_lock(watch: Watch) -> None:
    with Memory.open(watch.path, user="local:ann", encoder="hashing") as memory:
        memory.remember("Ines Falk vive en Turku.")
        watch.memory = memory
        engine = memory.store().engine
        assert isinstance(engine, SqliteStore)
        with engine._database.writing():
            watch.look("a model")
    assert watch.locked == ["a model: in this process", "a model: in the file"]
