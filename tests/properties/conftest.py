"""The stores that histories run on."""

from collections.abc import Callable

import pytest

from memcubes.graph.store import Engine

from ..server.server import Server
from ..server.stores import empty_store
from .driving import SECRET, in_memory

Make = Callable[[], Engine]


def on_server(server: Server) -> Engine:
    """An empty Neo4j store whose secret is known."""
    store = empty_store(server)
    store._secret = SECRET
    return store


STORES: dict[str, Callable[[Callable[[], Server]], Engine]] = {
    "sqlite": lambda server: in_memory(),
    "neo4j": lambda server: on_server(server()),
}


@pytest.fixture(params=list(STORES))
def make(request: pytest.FixtureRequest) -> Make:
    """Makes an empty store of each kind; one line a store."""
    return lambda: STORES[request.param](lambda: request.getfixturevalue("neo4j_server"))
