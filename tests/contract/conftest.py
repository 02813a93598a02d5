"""One line a store: every contract runs on each of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memcubes.graph import GuardedStore
from memcubes.graph.sqlite import SqliteStore
from memcubes.graph.store import Engine

from ..server.server import Server
from ..server.stores import empty_store
from .world import World

CAMPAIGN = os.environ.get("MEMCUBES_CAMPAIGN") == "1"
Served = Callable[[], Server]

STORES: dict[str, Callable[[Path, Served], Engine | GuardedStore]] = {
    "memory": lambda folder, server: SqliteStore(None),
    "file": lambda folder, server: SqliteStore(folder / "a.db", create=True),
    "neo4j": lambda folder, server: empty_store(server()),
    "guarded": lambda folder, server: GuardedStore(SqliteStore(None), "ann"),
}
if CAMPAIGN:  # the guard asks both engines by the same words
    STORES["guarded neo4j"] = lambda folder, server: GuardedStore(empty_store(server()), "ann")


@pytest.fixture(params=list(STORES))
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A namespace that ann founded, in each kind of store."""
    store = STORES[request.param](tmp_path, lambda: request.getfixturevalue("neo4j_server"))
    yield World(store)
    store.close()
