"""Killed at any moment, the store holds what it acknowledged and nothing half done."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

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
from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.opening import open_store
from memcubes.graph.sqlite import SqliteStore
from memcubes.graph.verify import verify

from .ledger import CAMPAIGN, acknowledged, proven, running, wait_for

SCRIPT = Path(__file__).with_name("committing.py")


def test_killed_clients_lose_nothing_that_was_acknowledged(place: str, tmp_path: Path) -> None:
    ledger, counts = tmp_path / "ledger", [0]
    for kill in range(10 if CAMPAIGN or place.startswith("sqlite") else 3):
        with running(str(SCRIPT), place, str(ledger), "ann", "0") as child:
            wait_for(ledger, counts[-1] + 12, child)
            time.sleep(0.0007 * kill)  # not always at the same point of a commit
            assert child.poll() is None, child.stderr and child.stderr.read()
            child.send_signal(signal.SIGKILL)
        assert child.returncode == -signal.SIGKILL
        held, told = proven(place, ledger), acknowledged(ledger)
        # founding, and for each kill one unknown outcome and the write that proves
        assert len(held) - len(told) <= 1 + 2 * (kill + 1)
        counts.append(len(told))
    assert counts == sorted(set(counts))


class Interrupted(Exception):
    """The power went."""


def interrupt(store: GuardedStore, stage: str, times: int) -> None:
    """Stop the commits of a store where they pass a stage for the nth time; never without a stage."""
    engine: Any = store.engine
    inner, passed = type(engine).writer, Counter[str]()

    def writer(transaction: object) -> Any:
        made = inner(engine, transaction)

        def pass_stage(name: str) -> None:
            passed[name] += 1
            if name == stage and passed[name] == times:
                raise Interrupted

        made.stage = pass_stage
        return made

    engine.writer = writer


def contents(store: GuardedStore) -> list[object]:
    """Everything that a store holds, to the last property."""
    engine = store.engine
    if isinstance(engine, Neo4jStore):
        with engine.connection._session() as session:
            nodes = session.run("MATCH (n) RETURN elementId(n) AS e, labels(n), properties(n)")
            everything = sorted(repr(row.values()) for row in nodes)
            edges = session.run(
                "MATCH (s)-[r]->(d) RETURN elementId(r), type(r), elementId(s), elementId(d), "
                "properties(r)"
            )
            return [everything, sorted(repr(row.values()) for row in edges)]
    assert isinstance(engine, SqliteStore)
    with closing(sqlite3.connect(str(engine.path))) as connection:
        tables = [
            r[0] for r in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return [
            (t, connection.execute(f"SELECT * FROM {t} ORDER BY 1, 2").fetchall())
            for t in sorted(tables)
        ]


@pytest.mark.parametrize(
    ("stage", "times"),
    [("lock", 1), ("apply", 1), ("leaf", 1), ("apply", 2), ("leaf", 2), ("head", 1)],
)
def test_fault_between_stages_leaves_the_store_as_it_was(
    place: str, stage: str, times: int
) -> None:
    ann = open_store(place, "ann", create=True)
    by = Author("a", "c", Authority.ASSERTED, 1)
    cube = by.version(NodeKind.MEMCUBE, "c", {"title": "tea"}, payload=Payload.of("tea"))
    ann.commit(ChangeSet(ns="a", verb="remember", ops=(Open(cube),)))
    new = by.version(NodeKind.MEMCUBE, "c", {"title": "new"}, payload=Payload.of("new"))
    revise = ChangeSet(ns="a", verb="revise", ops=(Close(Selector(ids=(cube.id,))), Open(new)))
    erase = ChangeSet(ns="a", verb="erase", ops=(Shred(Selector(ids=(cube.id,))),))
    before = contents(ann)
    interrupt(ann, stage, times)
    with pytest.raises(Interrupted):
        ann.commit(revise, erase)
    assert contents(ann) == before
    assert verify(ann.engine).ok
    interrupt(ann, "", 0)
    assert [(one.seq, one.repeated) for one in ann.commit(revise, erase)] == [
        (3, False),
        (4, False),
    ]
    after = contents(ann)
    assert after != before
    assert [(one.seq, one.repeated) for one in ann.commit(revise, erase)] == [(3, True), (4, True)]
    assert contents(ann) == after
    assert verify(ann.engine).ok
    ann.close()


def test_refused_change_leaves_the_store_as_it_was(place: str) -> None:
    ann = open_store(place, "ann", create=True)
    by = Author("a", "c", Authority.ASSERTED, 1)
    cube = by.version(NodeKind.MEMCUBE, "c", {"title": "tea"}, payload=Payload.of("tea"))
    ann.commit(ChangeSet(ns="a", verb="remember", ops=(Open(cube),)))
    before = contents(ann)
    late = by.version(NodeKind.MEMCUBE, "c", {"title": "late"}, payload=Payload.of("late"))
    shred = Shred(Selector(ids=(cube.id,)))
    for ops in ((shred, Open(late)), (Close(Selector(ids=(cube.id, "nothing"))),)):
        with pytest.raises(MemcubesError):
            ann.commit(ChangeSet(ns="a", verb="x", ops=ops))
        assert contents(ann) == before
    ann.close()
