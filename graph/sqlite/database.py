"""The SQLite file: opening it, its pragmas, its migrations, and its errors in our words."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path

from ..errors import NotAStore, NotFound, ReadOnly, SchemaNewer, Unavailable
from ..instant import now

APPLICATION_ID = 0x6D636273  # "mcbs", what `file` and we recognise the store by
SCHEMA = 1


class Database:
    """One connection to one file, shared by the threads of a process under a lock.

    `create` makes the file (and its folder) where there is none; without it a missing file is
    `NotFound`. Another kind of file is `NotAStore`, a newer schema `SchemaNewer`.
    """

    def __init__(self, path: Path | None, *, create: bool = False) -> None:
        self.path = path
        self.lock = threading.RLock()
        self.read_only = False
        fresh = path is None or not path.exists() or path.stat().st_size == 0
        if path is not None and fresh:
            if not create:
                raise NotFound(
                    f"there is no store at {path}: `memcubes ingest` or `memcubes remember` makes one"
                )
            _make_folder(path)
        elif path is not None:
            _recognise(path)
            self.read_only = not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK)
            log = path.with_name(path.name + "-wal")
            if self.read_only and log.exists() and log.stat().st_size:
                raise Unavailable(
                    f"{path} has changes in {log.name} that only a writer can take in: copy both files "
                    "to a folder that you may write"
                )
        with mapped(path):
            self.connection = self._connect()
            try:
                self._prepare(fresh)
            except BaseException:
                self.connection.close()
                raise

    def _connect(self) -> sqlite3.Connection:
        where = ":memory:" if self.path is None else str(self.path)
        if self.read_only and self.path is not None:
            # WAL needs a writable folder; a frozen copy is opened as immutable
            return sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode=ro&immutable=1",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
            )
        return sqlite3.connect(where, isolation_level=None, check_same_thread=False, timeout=30.0)

    def _prepare(self, fresh: bool) -> None:
        run = self.connection.execute
        run("PRAGMA busy_timeout = 30000")
        run("PRAGMA foreign_keys = ON")
        run("PRAGMA cache_size = -65536")
        if not self.read_only:
            run("PRAGMA synchronous = FULL")
            run("PRAGMA secure_delete = ON")
            if fresh:
                self._create()
        found = run("PRAGMA user_version").fetchone()[0]
        if run("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise NotAStore(
                f"{self.path} is a SQLite file, but not a memcubes store: name another with --db"
            )
        if found > SCHEMA:
            raise SchemaNewer(
                f"{self.path} was written with schema {found}, this memcubes knows {SCHEMA}: "
                "upgrade memcubes"
            )
        if not self.read_only:
            # not before we know that the file is ours
            self._write_ahead()
            for statement in _statements((files(__package__) / "lookups.sql").read_text("utf-8")):
                # a header that somebody spoilt stands in the way of an index, and is `verify`'s to name
                with suppress(sqlite3.OperationalError):
                    run(statement)

    def _write_ahead(self) -> None:
        """Switch to WAL; SQLite does not wait for other processes here, so we do.

        The schema is there by now: a file that holds anything is a store, whenever we are killed.
        """
        for attempt in range(300):
            try:
                self.connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or attempt == 299:
                    raise
                time.sleep(0.1)

    def _create(self) -> None:
        script = (files(__package__) / "schema.sql").read_text("utf-8")
        views = (files(__package__) / "views.sql").read_text("utf-8")
        # the views are no part of it: they may change without a migration
        checksum = hashlib.sha256(script.encode()).hexdigest()
        run = self.connection.execute
        run("BEGIN IMMEDIATE")
        try:
            # another process may have been first while we waited for the lock
            if run("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                for statement in _statements(script + views):
                    run(statement)
                run("INSERT INTO meta VALUES ('secret', ?)", (os.urandom(32),))
                run("INSERT INTO migration VALUES (?, ?, ?)", (SCHEMA, checksum, now()))
                run(f"PRAGMA application_id = {APPLICATION_ID}")
                run(f"PRAGMA user_version = {SCHEMA}")
            run("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                run("ROLLBACK")
            raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Hold the connection for one read; errors come out as ours."""
        with self.lock, mapped(self.path):
            yield self.connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the write lock of the file from the first statement to the commit."""
        if self.read_only:
            raise ReadOnly(
                f"{self.path} or its folder cannot be written: copy it, or change its rights"
            )
        with self.lock, mapped(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the connection; a second time does nothing."""
        self.connection.close()


def _statements(script: str) -> Iterator[str]:
    buffer = ""
    for line in script.splitlines():
        buffer += line + "\n"
        if sqlite3.complete_statement(buffer):
            yield buffer
            buffer = ""


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReadOnly(
            f"the folder {path.parent} cannot be made ({error.strerror}): name another --db"
        ) from None
    if path.is_dir():
        raise NotAStore(f"{path} is a folder: name a file with --db")
    if not os.access(path.parent, os.W_OK):
        raise ReadOnly(f"the folder {path.parent} cannot be written: name another place with --db")


def _recognise(path: Path) -> None:
    if path.is_dir():
        raise NotAStore(f"{path} is a folder: name a file with --db")
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}") from None
    if start != b"SQLite format 3\x00":
        raise NotAStore(f"{path} is not a memcubes store: name another file with --db")


@contextmanager
def mapped(path: Path | None) -> Iterator[None]:
    """Turn SQLite's errors into ours, in this one place."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "readonly" in text or "read-only" in text:
            raise ReadOnly(f"{path} cannot be written: {text}") from error
        if "locked" in text or "busy" in text:
            raise Unavailable(f"{path} is held by another writer: try again in a moment") from error
        raise Unavailable(f"{path}: {text}") from error
    except sqlite3.IntegrityError:
        raise  # the writer knows which record it was
    except sqlite3.DatabaseError as error:
        raise NotAStore(f"{path} is damaged or no memcubes store: {error}") from error
