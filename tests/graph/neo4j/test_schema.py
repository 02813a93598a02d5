"""The schema is made once, by whoever comes first, however often that one dies; others are refused."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.cypher import migrations
from memcubes.graph import ChangeSet, GuardedStore
from memcubes.graph.errors import NotAStore, NotFound, SchemaChanged, SchemaNewer
from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.verify import verify

from ...server.server import Server
from ...server.stores import address

CAMPAIGN = os.environ.get("MEMCUBES_CAMPAIGN") == "1"
SCRIPT = Path(__file__).with_name("making.py")


@pytest.fixture(scope="module")
def own() -> Iterator[Server]:
    """A server whose schema may be taken down."""
    with Server(seeded=False) as server:
        yield server


def ask(server: Server, query: str) -> list[list[object]]:
    """What a query gives."""
    with server.driver() as driver:
        return [record.values() for record in driver.execute_query(query).records]


@pytest.fixture
def bare(own: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server with nothing in its database, not even a constraint."""
    own.clear()
    with own.driver() as driver, driver.session() as session:
        for (name,) in list(session.run("SHOW CONSTRAINTS YIELD name")):
            session.run(f"DROP CONSTRAINT `{name}`").consume()
        indexes = "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"
        for (name,) in list(session.run(indexes)):
            session.run(f"DROP INDEX `{name}`").consume()
    monkeypatch.setenv("MEMCUBES_DB_PASSWORD", own.password)
    return own


def make(server: Server, die: str = "0") -> subprocess.Popen[bytes]:
    """A process that makes a store."""
    command = [sys.executable, str(SCRIPT), server.url, die]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


def ended(*children: subprocess.Popen[bytes]) -> list[int]:
    """How processes ended; what they said is shown."""
    for child in children:
        print(child.communicate(timeout=120)[1].decode())
    return [child.returncode for child in children]


def whole(server: Server) -> None:
    """The store has each step of the schema once, one head, one secret, and can be written."""
    numbers = [number for (number,) in ask(server, "MATCH (m:Migration) RETURN m.number")]
    assert sorted(map(str, numbers)) == sorted(str(step.number) for step in migrations())
    assert ask(server, "MATCH (h:Head) RETURN count(h)") == [[1]]
    assert ask(server, "MATCH (s:Memcubes) RETURN count(s)") == [[1]]
    store = Neo4jStore(address(server))
    assert "migration_lock" not in store.connection.ran
    GuardedStore(store, "ann").commit(ChangeSet(ns="a", verb="begin", ops=()))
    assert store.head().seq == 2
    assert verify(store).ok
    store.close()


def test_processes_that_open_at_once_make_one_schema(bare: Server) -> None:
    assert ended(*(make(bare) for _ in range(2))) == [0, 0]
    whole(bare)


@pytest.mark.skipif(not CAMPAIGN, reason="for campaigns: it kills who makes the schema")
def test_the_next_one_goes_on_where_one_was_killed(bare: Server) -> None:
    for moment in ("2", "30", "head", "end"):
        assert ended(make(bare, moment)) == [-signal.SIGKILL]
    assert ended(make(bare)) == [0]
    whole(bare)


@pytest.mark.skipif(not CAMPAIGN, reason="for campaigns: it kills who makes the schema")
def test_one_that_waits_takes_over_from_one_that_is_killed(bare: Server) -> None:
    both = make(bare, "40"), make(bare)
    codes = ended(*both)
    assert codes[0] in (0, -signal.SIGKILL)
    assert codes[1] == 0
    whole(bare)


def test_other_schemas_and_other_data_are_refused(bare: Server) -> None:
    at = address(bare)
    with pytest.raises(NotFound, match="there is no store at") as missing:
        Neo4jStore(at)
    assert ask(bare, "MATCH (n) RETURN count(n)") == [[0]]
    ask(bare, "CREATE (:Film)-[:BY]->(:Person)")
    with pytest.raises(NotAStore, match="2 nodes that are not memcubes'") as foreign:
        Neo4jStore(at, create=True)
    bare.clear()
    Neo4jStore(at, create=True).close()
    step = migrations()[4]
    ask(
        bare,
        f"MATCH (m:Migration {{number: {step.number}}}) SET m.was = m.checksum, m.checksum = 'x'",
    )
    with pytest.raises(SchemaChanged, match=rf"step 5 \({step.name}\)") as changed:
        Neo4jStore(at, create=True)
    ask(bare, "MATCH (m:Migration {number: 5}) SET m.checksum = m.was REMOVE m.was")
    ask(bare, "CREATE (:Migration {number: 900, name: 'of_tomorrow', checksum: 'x'})")
    with pytest.raises(SchemaNewer, match=r"step 900 \(of_tomorrow\)") as newer:
        Neo4jStore(at, create=True)
    ask(bare, "MATCH (m:Migration {number: 900}) DELETE m")
    whole(bare)
    for error in (missing, foreign, changed, newer):
        said = str(error.value)
        assert "\n" not in said
        assert re.search(re.escape(bare.url), said)
        assert bare.password not in said + repr(error.value)
