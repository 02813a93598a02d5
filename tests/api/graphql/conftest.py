"""A server in this process, on every store that is listed here, asked as over HTTP."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from memcubes.api import Memory
from memcubes.api.graphql.application import Door, application
from memcubes.api.graphql.service import Service
from memcubes.api.settings import Settings
from memcubes.graph import Author, Authority, ChangeSet, EdgeKind, GuardedStore, NodeKind, Open
from memcubes.graph.curator import Curator
from memcubes.graph.neo4j.address import PASSWORD

from ...server.server import Server as Neo4j
from ...server.stores import empty_store
from ..casefolder import write

CAMPAIGN = os.environ.get("MEMCUBES_CAMPAIGN") == "1"

STORES: dict[str, Callable[[Path, Callable[[], Neo4j]], str]] = {
    "file": lambda folder, server: str(folder / "memories.db"),
    "neo4j": lambda folder, server: emptied(server()),
}
"""One line a store, by the URL that `--db` takes."""

ON_ALL = (
    "test_reading", "test_lineage", "test_statements", "test_change", "test_preview", "test_difference",
    "test_review",
)  # fmt: skip
"""What depends on the store; the rest is about HTTP, limits and pages, and runs on the first alone."""

OFTEN = ("test_reading", "test_statements", "test_change")
"""Those that run on all of them in every run, and not in a campaign alone."""


LONG = (
    "test_a_preview_is_what_then_happens",
    "test_what_cannot_be_compared_says_why",
    "test_only_so_many_past_answers_are_worked_out_at_a_time",
    "test_two_answers_differ_by_their_quotes",
    "test_the_queue_is_that_of_the_verb_and_of_its_snapshot",
    "test_the_entity_page_shows_who_is_certainly_one",
    "test_who_may_only_read_decides_nothing",
)
"""Dozens of servings, or the same on every store: on the first, and on all of them in a campaign."""


def emptied(server: Neo4j) -> str:
    """The server's store, holding nothing."""
    empty_store(server).close()
    return server.url


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    said = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "empty" in metafunc.fixturenames and "empty" not in said:
        every = metafunc.module.__name__.rpartition(".")[2] in ON_ALL
        often = metafunc.module.__name__.rpartition(".")[2] in OFTEN
        every = every and (CAMPAIGN or (often and metafunc.function.__name__ not in LONG))
        metafunc.parametrize("empty", list(STORES)[: None if every else 1], indirect=True)


WHEN = "When did the valve RV-7 fail?"


@dataclass
class Server:
    """A service and the way to ask it."""

    service: Service
    door: Door | None = None

    @property
    def memory(self) -> Memory:
        """The memory of the default namespace, for what GraphQL cannot do."""
        return self.service.desk("default")

    def post(self, body: Any, **options: Any) -> httpx.Response:
        """Send one request to /graphql; `content` sends bytes as they are."""
        if "content" not in options:
            options["json"] = body
        return self.request("POST", "/graphql", **options)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send any request."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(application(self.service, self.door))
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
                return await http.request(method, path, **options)

        return asyncio.run(send())

    def answer(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer to a query."""
        response = self.post({"query": query, "variables": variables})
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of an answer that has no errors."""
        found = self.answer(query, **variables)
        assert "errors" not in found, found["errors"]
        return found["data"]

    def refused(self, query: str, **variables: Any) -> tuple[str, str]:
        """Code and message of the one error of an answer."""
        (error,) = self.answer(query, **variables)["errors"]
        return error["extensions"]["code"], error["message"]


def served(url: str, user: str = "local:ann", folder: Path | None = None) -> Server:
    """A server for a user; close its service."""
    return Server(Service(Settings(db=url, user=user, encoder="hashing"), folder))


@pytest.fixture
def empty(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """A server on a store that holds nothing."""

    def neo4j() -> Neo4j:
        server: Neo4j = request.getfixturevalue("neo4j_server")
        monkeypatch.setenv(PASSWORD, server.password)
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        return server

    server = served(STORES[request.param](tmp_path, neo4j), folder=write(tmp_path / "files"))
    yield server
    server.service.close()


@pytest.fixture
def server(empty: Server, tmp_path: Path) -> Server:
    """A server on the four documents of the case folder, with one answer given."""
    empty.memory.ingest(tmp_path / "files")
    empty.memory.ask(WHEN)
    return empty


def beside(server: Server, user: str) -> Server:
    """A server on the same store for somebody else."""
    engine = server.service.store().engine
    settings = server.service.settings.model_copy(update={"user": user})
    other = Service(settings)
    other._root._store = GuardedStore(engine, user)
    return Server(other)


def admit(server: Server, user: str, role: str = "reader") -> Server:
    """Give somebody a role in the default namespace, and a server of their own on the store."""
    store = server.service.store()
    name = store.name("default", NodeKind.AGENT, user)
    author = Author("default", name.id, Authority.ASSERTED, 0)
    home = store.name("default", NodeKind.NAMESPACE, "default").id
    records = (
        author.version(NodeKind.AGENT, name.id, {"name": user}, key=name.key),
        author.edge(EdgeKind.GRANTS, name.id, home, {"role": role}),
    )
    store.commit(ChangeSet("default", "grant", tuple(Open(record) for record in records)))
    return beside(server, user)


def restrict(server: Server, node: str) -> None:
    """Let nobody but ann read a node and what came of it."""
    store = server.service.store()
    agent = store.name("default", NodeKind.AGENT, "local:ann").id
    grant = Author("default", agent, Authority.ASSERTED, 0).edge(
        EdgeKind.GRANTS, agent, node, {"role": "reader"}
    )
    store.commit(ChangeSet("default", "grant", (Open(grant),)))


def tag(server: Server, node: str, name: str) -> None:
    """Tag a node, by a decision, as the verb to come will."""
    store = server.service.store()
    made = store.name("default", NodeKind.TAG, name)
    change = Curator(store, "default").decided(
        "tag", {}, "", edges=[(EdgeKind.TAGGED, node, made.id, {})]
    )
    first = change.ops[0]
    assert isinstance(first, Open)
    version = Author("default", first.record.origin, Authority.CURATED, 0).version(
        NodeKind.TAG, made.id, {"name": name}, key=made.key
    )
    store.commit(replace(change, ops=(first, Open(version), *change.ops[1:])))
