"""Whether an artefact may be used: one question to the store at each load, however deep it was made."""

from __future__ import annotations

from typing import Any

import pytest

from memcubes.graph import Close, EdgeKind, NodeKind, Payload, Reopen, Selector, Version
from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.sqlite import SqliteStore
from memcubes.graph.staleness import usable

from .world import World


def made(world: World, node: str, *of: Version) -> Version:
    """Something that was made of others."""
    version = world.by(node).version(
        NodeKind.MEMCUBE, node, {"title": node}, payload=Payload.of(node)
    )
    edges = []
    for source in of:
        assert source.payload is not None
        used = {"role": "use", "payload": source.payload.digest, "spans": []}
        edges.append(world.by(node).edge(EdgeKind.DERIVED_FROM, node, source.node, used))
    world.put(version, *edges)
    return version


def asked(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that the engine runs from here on."""
    said: list[str] = []
    engine = world.engine
    if isinstance(engine, Neo4jStore):
        place, name, ask = engine.connection, "read", engine.connection.read
    else:
        assert isinstance(engine, SqliteStore)
        place, name, ask = engine, "_all", engine._all  # type: ignore[assignment]

    def noted(text: str, *given: Any, **more: Any) -> Any:
        said.append(text)
        return ask(text, *given, **more)

    monkeypatch.setattr(place, name, noted)
    return said


def test_one_statement_says_whether_it_may_be_used(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    passage, other = world.cube("tea is hot"), world.cube("milk is cold")
    world.put(passage, other)
    summary = made(world, "summary", passage, other)
    cache = made(world, "cache", summary)
    adapter = made(world, "adapter", cache, summary)
    for artefact in (summary, cache, adapter):
        assert usable(world.store, world.scope(), artefact.node)
    gone = world.put(Close(Selector(ids=(passage.id,))))
    scope, before = world.scope(), world.scope(seq=gone.seq - 1)
    statements = asked(world, monkeypatch)
    for artefact in (summary, cache, adapter):
        statements.clear()
        assert not usable(world.engine, scope, artefact.node)
        assert len(statements) == 1, statements
        assert usable(world.engine, before, artefact.node)
    monkeypatch.undo()
    world.put(Reopen(Selector(ids=(passage.id,))))
    for artefact in (summary, cache, adapter):
        assert usable(world.store, world.scope(), artefact.node)
