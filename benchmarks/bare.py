"""The bare insert: the same rows without log, checks or digests, in one transaction of the same engine."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from memcubes.graph import ChangeSet, Open, Version
from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.neo4j import rows as neo4j_rows
from memcubes.graph.sqlite import SqliteStore
from memcubes.graph.store import Engine

FOLDER = files("memcubes.cypher") / "bare"
INDEXES = ("index_id", "index_version", "index_kind", "index_origin", "index_from")


@cache
def _text(name: str) -> str:
    return (FOLDER / f"{name}.cypher").read_text("utf-8")


class Bare(Protocol):
    """Inserts what a change would write, and nothing else."""

    statements: int

    def rows(self, change: ChangeSet) -> Any:
        """The rows of a change; not timed."""
        ...

    def insert(self, rows: Any) -> None:
        """Insert them in one transaction."""
        ...

    def clear(self) -> None:
        """Take away what was inserted."""
        ...


def bare_of(engine: Engine) -> Bare:
    """The bare insert of an engine."""
    if isinstance(engine, Neo4jStore):
        return BareNeo4j(engine)
    assert isinstance(engine, SqliteStore)
    return BareSqlite(engine)


class BareSqlite:
    """Rows into a second file of the same schema, indexes and pragmas."""

    statements = 4

    def __init__(self, store: SqliteStore) -> None:
        assert store.path is not None
        self._folder = Path(tempfile.mkdtemp())
        source = sqlite3.connect(store.path)
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        source.close()
        shutil.copy(store.path, self._folder / "bare.db")
        self._store = SqliteStore(self._folder / "bare.db")
        self._last = 1_000_000

    def rows(self, change: ChangeSet) -> Any:
        """As the writer would write them, under numbers that nobody has."""
        with self._store._database.reading() as connection:
            known = dict(connection.execute("SELECT id, ord FROM node").fetchall())
        nodes, payloads, versions, edges = [], [], [], []
        for op in change.ops:
            assert isinstance(op, Open)
            r = op.record
            if isinstance(r, Version):
                self._last += 1
                known[r.node] = self._last
                nodes.append((self._last, r.node, r.ns, str(r.kind), r.key, 0))
                if r.payload is not None:
                    payloads.append(
                        (r.payload.digest, r.payload.form, r.payload.content, r.payload.salt)
                    )
        from memcubes.graph.instant import OPEN
        from memcubes.graph.record import written
        from memcubes.graph.sqlite import rows

        for op in change.ops:
            assert isinstance(op, Open)
            r = op.record
            if isinstance(r, Version):
                versions.append(
                    rows.version_columns(r, written(r), 9, OPEN, known[r.node], known[r.origin], 0)
                )
            else:
                edges.append(
                    rows.edge_columns(
                        r, written(r), 9, OPEN, known[r.src], known[r.dst], known[r.origin], 0
                    )
                )
        return {"node": nodes, "payload": payloads, "version": versions, "edge": edges}

    def insert(self, rows: Any) -> None:
        """Four `INSERT`s of many rows."""
        with self._store._database.writing() as connection:
            for table, held in rows.items():
                if held:
                    marks = ", ".join("?" * len(held[0]))
                    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", held)

    def clear(self) -> None:
        """Nothing: it is another file, which goes with the folder."""


class BareNeo4j:
    """Nodes and relationships into the same database, under labels with the same kind of indexes."""

    statements = 2

    def __init__(self, store: Neo4jStore) -> None:
        self._store = store
        for name in INDEXES:
            store.connection.schema(_text(name))
        with store.connection._session() as session:
            session.run(_text("footing")).consume()

    def rows(self, change: ChangeSet) -> Any:
        """As the writer would write them."""
        from memcubes.graph.instant import OPEN
        from memcubes.graph.record import written

        nodes, edges = [], []
        for op in change.ops:
            assert isinstance(op, Open)
            r = op.record
            if isinstance(r, Version):
                node = {"id": r.node, "ns": r.ns, "kind": str(r.kind), "key": r.key, "acl": 0}
                version = neo4j_rows.version_properties(r, written(r), 9, OPEN, 0, ())
                nodes.append({"node": {**node, **neo4j_rows.face(r)}, "version": version})
            else:
                edge = neo4j_rows.edge_properties(r, written(r), 9, OPEN, 0)
                edge["id"] = "bare" + edge["id"][4:]
                edges.append({"src": r.src, "dst": r.dst, "kind": str(r.kind), "edge": edge})
        return nodes, edges

    def insert(self, rows: Any) -> None:
        """One statement for the nodes and one for the relationships."""

        def work(tx: Any) -> None:
            for name, part in zip(("nodes", "edges"), rows, strict=True):
                tx._transaction.run(_text(name), {"rows": part}).consume()

        self._store.connection.write(work)

    def clear(self) -> None:
        """Delete what was inserted, or it would stand in the graph that is read later."""
        with self._store.connection._session() as session:
            for name in ("clear_versions", "clear_nodes"):
                session.run(_text(name)).consume()
