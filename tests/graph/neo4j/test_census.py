"""Verify names what somebody changed behind a Neo4j store's back, in Cypher of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import neo4j
import pytest

from memcubes.cypher import migrations, statement
from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.neo4j.census import _OF_CHANGE, _OF_EDGE, _OF_HEAD, _OF_IDENTITY, _OF_VERSION
from memcubes.graph.verify import verify

from ...server.server import Server
from ...server.stores import empty_store
from .tampering import OTHERWISE, PLACES, TAMPERED, Told, expected, told

BYTES = b"0" * 32
PROPERTIES = {
    "version": _OF_VERSION,
    "keyed version": _OF_VERSION,
    "closed version": _OF_VERSION,
    "shredded version": _OF_VERSION,
    "node": _OF_IDENTITY,
    "keyed node": _OF_IDENTITY,
    "edge": _OF_EDGE,
    "closed edge": _OF_EDGE | {"kind"},
    "change": _OF_CHANGE,
    "head": _OF_HEAD,
}
BLIND = {
    # its digest says what these were, and the salt that proves the digest is destroyed
    "shredded version": {"authority", "valid_from", "valid_known", "payload", "form_of_payload"},
    # which key a change was sent under is not in its leaf; its sequence is tampered with below
    "change": {"idempotency", "seq"},
    # the lock writes there, and nobody reads it
    "head": {"held"},
}
EACH = [
    (place, name)
    for place, names in PROPERTIES.items()
    for name in sorted({*names, "foreign"} - BLIND.get(place, set()))
]


@pytest.fixture(scope="module")
def store(neo4j_server: Server) -> Iterator[Neo4jStore]:
    """The server's one store, emptied."""
    store = empty_store(neo4j_server)
    yield store
    store.close()


@pytest.fixture(scope="module")
def written(store: Neo4jStore) -> Told:
    """The history in it."""
    return told(store)


@contextmanager
def tampered(store: Neo4jStore, query: str, **params: Any) -> Iterator[None]:
    """Let the store read what a statement makes of it, until the end of the block."""
    connection = store.connection
    with connection._session() as session, session.begin_transaction() as tx:
        changed = tx.run(query, params).consume().counters
        assert changed.contains_updates, f"{query} changed nothing"

        def read(name: str, /, **params: Any) -> list[neo4j.Record]:
            return list(tx.run(statement(name), {"in": params}))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(connection, "read", read)
            patch.setattr(connection, "stream", read)
            yield
        tx.rollback()


def test_an_untouched_store_holds(store: Neo4jStore, written: Told) -> None:
    assert verify(store).findings == ()


@pytest.mark.parametrize(("place", "name"), EACH)
def test_a_changed_property_is_named(
    store: Neo4jStore, written: Told, place: str, name: str
) -> None:
    match, named = PLACES[place]
    params = {**written.params(), "name": name, "bytes": BYTES}
    with tampered(store, match + OTHERWISE, **params):
        report = verify(store)
    assert not report.ok
    assert any(
        word in finding for finding in report.findings for word in expected(named, written)
    ), report.findings


@pytest.mark.parametrize("what", TAMPERED)
def test_tampering_is_named(store: Neo4jStore, written: Told, what: str) -> None:
    query, named = TAMPERED[what]
    with tampered(store, query, **written.params(), bytes=BYTES):
        report = verify(store)
    assert not report.ok
    assert any(
        word in finding for finding in report.findings for word in expected(named, written)
    ), report.findings


TWICE = {
    "Version": (
        "MATCH (x:Version {id: $cube})-[:OF]->(n) CREATE (y:Version:Now)-[:OF]->(n)",
        "cube",
    ),
    "Identity": ("MATCH (x:Identity {id: $cube_node}) CREATE (y:Identity:MemCube)", "cube_node"),
    "MENTIONS": ("MATCH (s)-[x:MENTIONS {id: $edge}]->(d) CREATE (s)-[y:MENTIONS]->(d)", "edge"),
    "Change": ("MATCH (x:Change {seq: $seq}) CREATE (y:Change)", "@seq"),
    "Derived": ("MATCH (x:Derived {record: $cube}) CREATE (y:Derived)", "cube"),
    "ReaderSet": ("MATCH (x:ReaderSet) WITH x LIMIT 1 CREATE (y:ReaderSet)", "+reader set"),
    "Head": ("MATCH (x:Head) CREATE (y:Head)", "head"),
}
UNIQUE = [step for step in migrations() if "IS UNIQUE" in step.statement]


@pytest.mark.parametrize("label", TWICE)
def test_what_is_there_twice_without_its_constraint_is_named(
    store: Neo4jStore, written: Told, label: str
) -> None:
    query, name = TWICE[label]
    bare = [s for s in UNIQUE if f":{label})" in s.statement or f":{label}]" in s.statement]
    if label == "Version":
        bare += [step for step in UNIQUE if ":Now)" in step.statement]
    try:
        for step in bare:
            store.connection.schema(f"DROP CONSTRAINT {step.name}")
        with tampered(store, f"{query} SET y = properties(x)", **written.params()):
            report = verify(store)
    finally:
        for step in bare:
            store.connection.schema(step.statement)
    assert any(
        word in finding for finding in report.findings for word in expected((name,), written)
    ), report.findings
    assert verify(store).ok
