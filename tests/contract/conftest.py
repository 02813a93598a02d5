"""One line a store: every contract runs on each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memcubes.graph import GuardedStore
from memcubes.graph.sqlite import SqliteStore
from memcubes.graph.store import Engine

from .world import World

STORES: dict[str, Callable[[Path], Engine | GuardedStore]] = {
    "memory": lambda folder: SqliteStore(None),
    "file": lambda folder: SqliteStore(folder / "a.db", create=True),
    "guarded": lambda folder: GuardedStore(SqliteStore(None), "ann"),
}


@pytest.fixture(params=list(STORES))
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A namespace that ann founded, in each kind of store."""
    store = STORES[request.param](tmp_path)
    yield World(store)
    store.close()
