"""What a connection says when it cannot: each thing its own class, one line, soon, and no password."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from memcubes.api.session import Session
from memcubes.graph import ChangeSet, GuardedStore
from memcubes.graph.errors import (
    DatabaseMissing,
    LoginRefused,
    MemcubesError,
    ReadOnly,
    ServerTooOld,
    Unavailable,
)
from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.neo4j.address import Address
from memcubes.graph.neo4j.connection import Connection

from ...server.server import Server, free_port
from ...server.stores import address, empty_store

SECRET = "hush-hush-42"
SCHEMES = ("neo4j", "bolt")


@pytest.fixture(autouse=True)
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test does, no log record has its password."""
    caplog.set_level(logging.DEBUG)
    yield
    records = caplog.get_records("call")
    assert records
    assert SECRET not in "".join(f"{record.getMessage()}{record.exc_text}" for record in records)


@contextmanager
def refused(kind: type[MemcubesError], match: str, password: str = SECRET) -> Iterator[None]:
    """Opening ends within three seconds with one line that has no password."""
    started = time.monotonic()
    with pytest.raises(MemcubesError, match=match) as caught:
        yield
    assert time.monotonic() - started < 3
    assert type(caught.value) is kind
    error: BaseException | None = caught.value
    assert "\n" not in str(error)
    while error is not None:
        assert password not in f"{error} {error!r}"
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nobody_listens(scheme: str) -> None:
    with refused(Unavailable, "does not answer: start the server"):
        Neo4jStore(Address(scheme, "127.0.0.1", free_port(), "neo4j", SECRET, None))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_somebody_listens_and_is_silent(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with refused(Unavailable, "does not answer: start the server"):
            Neo4jStore(Address(scheme, "127.0.0.1", port, "neo4j", SECRET, None))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_the_server_refuses(neo4j_server: Server, scheme: str) -> None:
    at = replace(address(neo4j_server), scheme=scheme)
    with refused(LoginRefused, "does not accept the login of 'neo4j'.*MEMCUBES_DB_PASSWORD"):
        Neo4jStore(replace(at, password=SECRET))
    with refused(DatabaseMissing, "has no database 'nowhere'", at.password):
        Neo4jStore(replace(at, database="nowhere"))


def test_a_server_that_is_too_old(neo4j_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "RETURN '5.12.0' AS version"
    text = Connection.text
    monkeypatch.setattr(
        Connection, "text", lambda self, name: said if name == "components" else text(self, name)
    )
    with refused(ServerTooOld, r"runs Neo4j 5\.12\.0: memcubes needs 5\.26"):
        Neo4jStore(address(neo4j_server))


def test_a_server_that_is_read_only() -> None:
    with Server() as server:
        store = Neo4jStore(address(server), create=True)
        GuardedStore(store, "ann").commit(ChangeSet(ns="a", verb="begin", ops=()))
        store.close()
        server.restart(["server.databases.default_to_read_only=true"])
        for scheme in SCHEMES:
            store = Neo4jStore(replace(address(server), scheme=scheme))
            ann = GuardedStore(store, "ann")
            assert ann.namespaces() == ("a",)
            with pytest.raises(ReadOnly, match="set read-only: nothing was written") as caught:
                ann.commit(ChangeSet(ns="a", verb="begin", ops=()))
            assert server.password not in f"{caught.value} {caught.value!r}"
            with pytest.raises(ReadOnly, match="set read-only: nothing was written"):
                store.put_derived("a", "p", (), watermark=1)
            assert ann.head().seq == 2
            store.close()


def test_the_password_is_nowhere(
    neo4j_server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    empty_store(neo4j_server).close()
    monkeypatch.delenv("MEMCUBES_DB_PASSWORD", raising=False)
    password = neo4j_server.password
    url = f"neo4j://neo4j:{password}@127.0.0.1:{neo4j_server.port}"
    with Session.open(url, user="local:ann") as session:
        store = session.store(writing=True)
        (done,) = store.commit(ChangeSet(ns="default", verb="begin", ops=()))
        engine = store.engine
        assert isinstance(engine, Neo4jStore)
        shown = [session.options, store.url, done, done.leaf, engine, engine.address, store]
        shown += [engine.connection, engine.connection._driver, *engine.leaves(), *engine.rows()]
    said = "".join(record.getMessage() for record in caplog.records)
    assert password not in f"{shown} {shown[0]} {shown[1]} {said}"
