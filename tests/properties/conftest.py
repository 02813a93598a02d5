"""The stores that histories run on, and the adjacency table: which act came right after which."""

from collections.abc import Callable, Iterator

import pytest

from memcubes.graph.store import Engine

from ..server.server import Server
from ..server.stores import empty_store
from .driving import ADJACENT, OUTCOMES, SECRET, in_memory

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


def table() -> Iterator[str]:
    """Rows came first, columns right after."""
    names = sorted({name for pair in ADJACENT for name in pair})
    width = max(map(len, names), default=0)
    yield " " * width + "".join(f"{name[:6]:>7}" for name in names)
    for one in names:
        yield f"{one:<{width}}" + "".join(f"{ADJACENT[one, other]:>7}" for other in names)
    pairs = [ADJACENT[one, other] for one in names for other in names]
    yield f"{len(pairs)} ordered pairs, each tried {min(pairs, default=0)} times or more, {sum(pairs)} in all"
    for name in names:
        came = ", ".join(
            f"{what} {n}" for (act, what), n in sorted(OUTCOMES.items()) if act == name
        )
        yield f"{name:<{width}}  {came}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if ADJACENT:
        terminalreporter.section("operation x operation")
        for line in table():
            terminalreporter.line(line)
