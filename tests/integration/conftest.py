"""One place a store: what must hold under kills, races and faults runs on each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..server.server import Server
from ..server.stores import empty_store


def reachable(server: Server, folder: Path, environment: pytest.MonkeyPatch) -> str:
    """The URL of a server; processes that are started from here find its password."""
    environment.setenv("MEMCUBES_DB_PASSWORD", server.password)
    environment.setenv("XDG_DATA_HOME", str(folder / "data"))  # where an index is kept beside it
    return server.url


@pytest.fixture(params=["sqlite", "neo4j"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where nothing is kept yet, as `--db` takes it, in each kind of store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'a.db'}"
    server: Server = request.getfixturevalue("neo4j_server")
    empty_store(server).close()
    return reachable(server, tmp_path, monkeypatch)
