"""Verify names what somebody changed behind the store's back, in SQL of their own."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from memcubes.graph import (
    Author,
    Authority,
    ChangeSet,
    Close,
    Derived,
    EdgeKind,
    GuardedStore,
    NodeKind,
    Open,
    Payload,
    Reopen,
    Selector,
    Shred,
)
from memcubes.graph.digest import salted
from memcubes.graph.sqlite import SqliteStore
from memcubes.graph.verify import verify

from .tampering import TAMPERED, Told


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """A history of every operation, in a file that is closed by now."""
    path = tmp_path / "a.db"
    store = GuardedStore(SqliteStore(path, create=True), "ann")
    source = store.name("a", NodeKind.SOURCE, "u")
    by = Author("a", source.id, Authority.EXTRACTED, 10)
    top = by.version(NodeKind.SOURCE, source.id, {"uri": "u"}, key=source.key)
    cubes = [
        by.version(
            NodeKind.MEMCUBE, f"c{n}", {"title": f"cube {n}"}, payload=Payload.of(f"text {n}")
        )
        for n in range(4)
    ]
    edge = by.edge(EdgeKind.DERIVED_FROM, "c0", source.id, {"role": "primary source"})
    agent = store.name("a", NodeKind.AGENT, "ann").id
    grant = Author("a", agent, Authority.ASSERTED, 1).edge(
        EdgeKind.GRANTS, agent, "c3", {"role": "reader"}
    )

    def commit(*ops: Open | Close | Reopen | Shred) -> int:
        return store.commit(ChangeSet(ns="a", verb="test", ops=ops, reason="because"))[0].seq

    commit(Open(top), *map(Open, cubes), Open(edge), Open(grant))
    commit(Close(Selector(ids=(cubes[0].id,))))
    commit(Reopen(Selector(ids=(cubes[0].id,))))
    closing_seq = commit(Close(Selector(ids=(cubes[1].id,))))
    commit(Shred(Selector(ids=(cubes[2].id,))))
    data = [Derived(cube.id, producer, b"x") for producer in ("bm25", "vector") for cube in cubes]
    for producer in ("bm25", "vector"):
        store.put_derived("a", producer, [d for d in data if d.producer == producer], watermark=7)
    assert verify(store.engine).ok
    store.close()
    return Told(path, cubes[0], cubes[1], cubes[2], edge, cubes[3], closing_seq)


def findings(told: Told) -> tuple[str, ...]:
    """What verify finds when the file is opened again."""
    store = SqliteStore(told.path)
    try:
        report = verify(store)
    finally:
        store.close()
    assert report.ok == (not report.findings)
    return report.findings


def tamper(told: Told, *statements: tuple[str, tuple[object, ...]]) -> None:
    """Run SQL that no leaf says."""
    with closing(sqlite3.connect(told.path)) as connection:
        # they would refuse what is no JSON, and whoever tampers can drop them
        for index in ("version_record_kind", "version_record_key"):
            connection.execute(f"DROP INDEX IF EXISTS {index}")
        for sql, params in statements:
            assert connection.execute(sql, params).rowcount != 0, f"{sql} changed nothing"
        connection.commit()


def test_untouched_store_holds(told: Told) -> None:
    assert findings(told) == ()


@pytest.mark.parametrize("what", TAMPERED)
def test_tampering_is_named(told: Told, what: str) -> None:
    sql, name = TAMPERED[what]
    tamper(told, sql(told))
    found = findings(told)
    assert any(name(told) in finding for finding in found), found


def test_forged_content_under_a_fitting_digest_is_named(told: Told) -> None:
    salt = b"1" * 32
    forged = replace(told.cube, content={"title": "forged"}, salt=salt)
    digest = salted(salt, forged.body())
    tamper(
        told,
        (
            "UPDATE version SET content = ?, salt = ?, digest = ? WHERE id = ?",
            (json.dumps({"title": "forged"}), salt, digest, told.cube.id),
        ),
    )
    assert any(told.cube.id in finding for finding in findings(told))


def test_two_changes_swapped_are_named(told: Told) -> None:
    tamper(
        told,
        ("UPDATE change SET seq = 1000 WHERE seq = 3", ()),
        ("UPDATE change SET seq = 3 WHERE seq = 4", ()),
        ("UPDATE change SET seq = 4 WHERE seq = 1000", ()),
    )
    found = findings(told)
    assert any("@3" in finding for finding in found), found
