"""Several processes read and write one file: nothing is lost, and no reader sees a half."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from memcubes.graph import (
    Author,
    Authority,
    ChangeSet,
    GuardedStore,
    NodeKind,
    Open,
    Where,
)
from memcubes.graph.digest import new_node_id
from memcubes.graph.listing import all_found
from memcubes.graph.sqlite import SqliteStore
from memcubes.graph.verify import verify

from .ledger import acknowledged, running
from .test_crash import SCRIPT

COUNT = 60


def test_two_processes_write_one_file_while_a_third_reads(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    ledgers = [tmp_path / "one", tmp_path / "two"]
    seen: list[int] = []
    deadline = time.monotonic() + 120
    with ExitStack() as stack:
        children = [
            stack.enter_context(running(str(SCRIPT), f"sqlite:///{path}", str(ledger), "ann", "0"))
            for ledger in ledgers
        ]
        # They write until enough was seen, however the machine shares its time between the three.
        while len(set(seen)) < 3 or any(len(acknowledged(one)) < COUNT for one in ledgers):
            assert time.monotonic() < deadline, f"{len(set(seen))} states were seen"
            if not path.exists() or path.stat().st_size == 0:
                time.sleep(0.01)
                continue
            reader = GuardedStore(SqliteStore(path), "ann")
            if "a" in reader.namespaces():
                scope = reader.scope("a")
                cubes = Where(kinds=(NodeKind.MEMCUBE,))
                found = list(all_found(reader, scope, cubes))
                assert len(found) % 5 == 0  # each source has five cubes, or is retracted
                seen.append(scope.seq)
            reader.close()
        for child in children:
            child.terminate()
        assert [child.wait() for child in children] == [0, 0]
    assert seen == sorted(seen)
    store = SqliteStore(path)
    held = {one.id: one.seq for one in store.leaves()}
    told = [acknowledged(ledger) for ledger in ledgers]
    # Every change that was told is there, and beside them the one that opened the namespace.
    assert sorted(held.values()) == list(range(1, len(told[0]) + len(told[1]) + 2))
    assert (told[0] | told[1]).items() <= held.items()
    report = verify(store)
    assert report.ok, report.findings
    store.close()


def test_processes_that_open_at_once_make_one_store(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    code = "from pathlib import Path; import sys; from memcubes.graph.sqlite import SqliteStore as S; S(Path(sys.argv[1]), create=True).close()"
    children = [subprocess.Popen([sys.executable, "-c", code, str(path)]) for _ in range(4)]
    assert [child.wait() for child in children] == [0, 0, 0, 0]
    store = SqliteStore(path)
    assert verify(store).ok
    store.close()


def test_threads_share_one_store(tmp_path: Path) -> None:
    store = GuardedStore(SqliteStore(tmp_path / "a.db", create=True), "ann")
    store.commit(ChangeSet(ns="a", verb="begin", ops=()))

    def write(times: int) -> None:
        for _ in range(times):
            node = new_node_id()
            by = Author("a", node, Authority.ASSERTED, 1)
            cube = by.version(NodeKind.MEMCUBE, node, {"title": "x"})
            store.commit(ChangeSet(ns="a", verb="x", ops=(Open(cube),)))
            assert store.get(store.scope("a"), [node])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, [15] * 4))
    assert store.head().seq == 62
    assert verify(store.engine).ok
    store.close()
