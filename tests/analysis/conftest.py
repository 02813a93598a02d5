"""The story in a store of each kind, told once for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.api import Memory

from ..server.server import Server
from ..server.stores import empty_store
from .story import Told, tell, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documents."""
    return write(tmp_path_factory.mktemp("story"))


@pytest.fixture(scope="module")
def in_sqlite(folder: Path) -> Iterator[Told]:
    """The story in a file."""
    with Memory.open(folder.parent / f"{folder.name}.db", user="ann", encoder="hashing") as memory:
        yield tell(memory, folder)


@pytest.fixture(scope="module")
def in_neo4j(
    folder: Path, neo4j_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """The story on the server."""
    empty_store(neo4j_server).close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEMCUBES_DB_PASSWORD", neo4j_server.password)
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("index")))
        with Memory.open(neo4j_server.url, user="ann", encoder="hashing") as memory:
            yield tell(memory, folder)
