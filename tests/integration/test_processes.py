"""Several processes read and write one file: nothing is lost, and no reader sees a half."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
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

from .ledger import acknowledged
from .test_crash import SCRIPT

COUNT = 60


def test_two_processes_write_one_file_while_a_third_reads(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    ledgers = [tmp_path / "one", tmp_path / "two"]
    children = [
        subprocess.Popen(
            [sys.executable, str(SCRIPT), f"sqlite:///{path}", str(ledger), "ann", str(COUNT)]
        )
        for ledger in ledgers
    ]
    seen: list[int] = []
    while any(child.poll() is None for child in children):
        if not path.exists() or path.stat().st_size == 0:
            continue
        reader = GuardedStore(SqliteStore(path), "ann")
        if "a" in reader.namespaces():
            scope = reader.scope("a")
            found = [v for v in all_found(reader, scope, Where()) if v.kind is NodeKind.MEMCUBE]
            assert len(found) % 5 == 0  # each source has five cubes, or is retracted
            seen.append(scope.seq)
        reader.close()
    assert [child.returncode for child in children] == [0, 0]
    assert seen == sorted(seen)
    assert len(set(seen)) > 2
    store = SqliteStore(path)
    held = {one.id: one.seq for one in store.leaves()}
    assert sorted(held.values()) == list(range(1, 2 * COUNT + 2))
    for ledger in ledgers:
        told = acknowledged(ledger)
        assert len(told) == COUNT
        assert told.items() <= held.items()
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
