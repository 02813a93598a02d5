"""What opening says of files that are no store, are newer, are missing, or cannot be written."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from memcubes.graph import ChangeSet, GuardedStore, NodeKind, open_store
from memcubes.graph.errors import (
    Corrupt,
    Invalid,
    NotAStore,
    NotFound,
    ReadOnly,
    SchemaNewer,
    Unavailable,
)
from memcubes.graph.opening import sqlite_path
from memcubes.graph.sqlite import SqliteStore
from memcubes.graph.verify import verify

EMPTY = ChangeSet(ns="a", verb="begin", ops=())


def made(path: Path) -> Path:
    """A store with one namespace, closed again."""
    store = open_store(str(path), "ann", create=True)
    store.commit(EMPTY)
    store.close()
    return path


def test_what_was_written_is_there_when_opened_again(tmp_path: Path) -> None:
    path = made(tmp_path / "deep" / "er" / "a b.db")
    for url in (str(path), path.as_uri().replace("file:", "sqlite:")):
        store = open_store(url, "ann")
        assert (store.namespaces(), store.head().seq) == (("a",), 2)
        assert verify(store.engine).ok
        store.close()


def test_stores_have_secrets_of_their_own(tmp_path: Path) -> None:
    one, other = (SqliteStore(made(tmp_path / name)) for name in ("a.db", "b.db"))
    assert one.name("a", NodeKind.ENTITY, "x") != other.name("a", NodeKind.ENTITY, "x")
    one.close()
    other.close()


def test_missing_store_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        open_store(str(tmp_path / "a.db"), "ann")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"hello", b"x" * 5000, b"SQLite format 3\x00" + b"junk" * 900])
def test_other_files_are_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(content)
    with pytest.raises(NotAStore):
        open_store(str(path), "ann", create=True)
    assert path.read_bytes() == content


def test_other_databases_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(NotAStore):
        open_store(str(path), "ann", create=True)
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master").fetchall()
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert names == [("theirs",)]
    with pytest.raises(NotAStore):
        open_store(str(tmp_path), "ann", create=True)


def test_newer_schema_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "a.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(SchemaNewer):
        open_store(str(path), "ann")


def test_store_that_cannot_be_written_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(tmp_path / "a.db")
    real = os.access
    monkeypatch.setattr(os, "access", lambda p, mode: mode != os.W_OK and real(p, mode))
    store = open_store(str(path), "ann")
    assert store.namespaces() == ("a",)
    with pytest.raises(ReadOnly):
        store.commit(EMPTY)
    with pytest.raises(ReadOnly):
        store.put_derived("a", "x", [], watermark=1)
    store.close()


def test_changes_that_only_a_writer_can_take_in_are_not_overlooked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SqliteStore(made(tmp_path / "a.db"))
    GuardedStore(writer, "ann").commit(ChangeSet(ns="a", verb="again", ops=()))
    real = os.access
    monkeypatch.setattr(os, "access", lambda p, mode: mode != os.W_OK and real(p, mode))
    with pytest.raises(Unavailable):
        open_store(str(tmp_path / "a.db"), "ann")
    writer.close()
    store = open_store(str(tmp_path / "a.db"), "ann")
    assert store.head().seq == 3
    store.close()


def test_locked_store_is_unavailable(tmp_path: Path) -> None:
    path = made(tmp_path / "a.db")
    store = SqliteStore(path)
    store._database.connection.execute("PRAGMA busy_timeout = 20")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable):
            GuardedStore(store, "ann").commit(EMPTY)
        assert store.namespaces() == ("a",)  # readers do not wait for writers
        other.execute("ROLLBACK")
    again = ChangeSet(ns="a", verb="again", ops=())
    assert GuardedStore(store, "ann").commit(again)[0].seq == 3
    store.close()


def test_writer_waits_for_the_lock_of_the_file(tmp_path: Path) -> None:
    path = made(tmp_path / "a.db")
    one, other = (GuardedStore(SqliteStore(path), "ann") for _ in range(2))
    for turn in range(4):
        (one, other)[turn % 2].commit(EMPTY if turn == 0 else ChangeSet(ns="a", verb="x", ops=()))
        assert one.head() == other.head()
    one.close()
    other.close()


def test_files_left_by_a_kill_while_being_made_are_finished(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.touch()  # killed before the schema was committed, the file is empty
    store = open_store(str(path), "ann", create=True)
    store.commit(EMPTY)
    store.close()
    # killed between schema and WAL, it is a store in another journal mode
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    store = open_store(str(path), "ann")
    assert store.head().seq == 2
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_head_that_is_no_tree_is_corrupt(tmp_path: Path) -> None:
    path = made(tmp_path / "a.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE head SET roots = X'00'")
        connection.commit()
    store = SqliteStore(path)
    with pytest.raises(Corrupt):
        store.head()
    store.close()


def test_copy_of_a_closed_store_is_the_store(tmp_path: Path) -> None:
    path = made(tmp_path / "a.db")
    copy = shutil.copy(path, tmp_path / "copy.db")
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["a.db", "copy.db"]
    store = open_store(str(copy), "ann")
    assert store.head().seq == 2
    store.close()


@pytest.mark.parametrize("url", ["", "  ", "postgres://x/y", "sqlite://host/a.db", "http://x"])
def test_wrong_urls_are_refused(url: str) -> None:
    with pytest.raises(Invalid):
        sqlite_path(url)


def test_urls_are_read(tmp_path: Path) -> None:
    assert sqlite_path("sqlite:///tmp/a%20b.db") == Path("/tmp/a b.db")
    assert sqlite_path("sqlite:///:memory:") is None
    assert sqlite_path("a.db") == Path("a.db")
    assert sqlite_path("~/a.db") == Path.home() / "a.db"
