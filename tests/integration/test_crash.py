"""Killed at any moment, the store holds what it acknowledged and nothing half done."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from memcubes.graph import (
    Author,
    Authority,
    ChangeSet,
    Close,
    GuardedStore,
    NodeKind,
    Open,
    Payload,
    Selector,
    Shred,
)
from memcubes.graph.errors import MemcubesError
from memcubes.graph.sqlite import SqliteStore
from memcubes.graph.sqlite.writer import Writer
from memcubes.graph.verify import verify

SCRIPT = Path(__file__).with_name("committing.py")
KILLS = 10


def acknowledged(ledger: Path) -> dict[str, int]:
    """The changes that some process was told are done; a torn last line is none."""
    lines = ledger.read_text("ascii").split("\n")[:-1] if ledger.exists() else []
    return {line.split()[1]: int(line.split()[0]) for line in lines}


def test_killed_ten_times_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    path, ledger = tmp_path / "a.db", tmp_path / "ledger"
    counts = [0]
    for kill in range(KILLS):
        command = [sys.executable, str(SCRIPT), str(path), str(ledger), "ann", "0"]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as child:
            deadline = time.monotonic() + 30
            while len(acknowledged(ledger)) < counts[-1] + 12:
                assert child.poll() is None, child.stderr and child.stderr.read()
                assert time.monotonic() < deadline
                time.sleep(0.001)
            time.sleep(0.0007 * kill)  # not always at the same point of a commit
            child.send_signal(signal.SIGKILL)
        assert child.returncode == -signal.SIGKILL
        store = SqliteStore(path)
        report = verify(store)
        held = {one.id: one.seq for one in store.leaves()}
        store.close()
        assert report.ok, report.findings
        told = acknowledged(ledger)
        assert told.items() <= held.items()
        assert len(held) - len(told) <= kill + 2  # founding, and one unknown outcome for each kill
        counts.append(len(told))
    assert counts == sorted(set(counts))


class Interrupted(Exception):
    """The power went."""


class Faulty(SqliteStore):
    """Stops at one stage of the next commit."""

    stop = ""

    def writer(self, connection: object) -> Writer:
        writer = super().writer(connection)

        def stage(name: str) -> None:
            if name == self.stop:
                raise Interrupted

        writer.stage = stage  # type: ignore[method-assign]
        return writer


def contents(path: Path) -> list[object]:
    """Every row of every table."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [
            r[0] for r in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return [
            (t, connection.execute(f"SELECT * FROM {t} ORDER BY 1, 2").fetchall())
            for t in sorted(tables)
        ]


@pytest.mark.parametrize("stage", ["lock", "apply", "leaf", "head"])
@pytest.mark.parametrize("group", [1, 2])
def test_fault_between_stages_leaves_the_store_as_it_was(
    tmp_path: Path, stage: str, group: int
) -> None:
    store = Faulty(tmp_path / "a.db", create=True)
    ann = GuardedStore(store, "ann")
    by = Author("a", "c", Authority.ASSERTED, 1)
    cube = by.version(NodeKind.MEMCUBE, "c", {"title": "tea"}, payload=Payload.of("tea"))
    ann.commit(ChangeSet(ns="a", verb="remember", ops=(Open(cube),)))
    new = by.version(NodeKind.MEMCUBE, "c", {"title": "new"}, payload=Payload.of("new"))
    revise = ChangeSet(ns="a", verb="revise", ops=(Close(Selector(ids=(cube.id,))), Open(new)))
    erase = ChangeSet(ns="a", verb="erase", ops=(Shred(Selector(ids=(cube.id,))),))
    before = contents(tmp_path / "a.db")
    store.stop = stage
    with pytest.raises(Interrupted):
        ann.commit(*(revise, erase)[:group])
    assert contents(tmp_path / "a.db") == before
    assert verify(store).ok
    store.stop = ""
    assert [one.repeated for one in ann.commit(revise, erase)] == [False, False]
    assert verify(store).ok
    store.close()


def test_refused_change_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "a.db", create=True)
    ann = GuardedStore(store, "ann")
    by = Author("a", "c", Authority.ASSERTED, 1)
    cube = by.version(NodeKind.MEMCUBE, "c", {"title": "tea"}, payload=Payload.of("tea"))
    ann.commit(ChangeSet(ns="a", verb="remember", ops=(Open(cube),)))
    before = contents(tmp_path / "a.db")
    late = by.version(NodeKind.MEMCUBE, "c", {"title": "late"}, payload=Payload.of("late"))
    shred = Shred(Selector(ids=(cube.id,)))
    for ops in ((shred, Open(late)), (Close(Selector(ids=(cube.id, "nothing"))),)):
        with pytest.raises(MemcubesError):
            ann.commit(ChangeSet(ns="a", verb="x", ops=ops))
        assert contents(tmp_path / "a.db") == before
    store.close()
