"""The number of store statements follows from the shape of a query, not from the number of items."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from memcubes.api.graphql.wave import Waves
from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.store import Engine

from .conftest import CAMPAIGN, Server, served


class Counting:
    """An engine that counts what is asked of it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._engine, name)
        if name == "url" or not callable(found):
            return found

        def counted(*given: Any, **more: Any) -> Any:
            self.calls[name] += 1
            return found(*given, **more)

        return counted


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Server]]:
    """Servers whose stores hold so many cubes, and whose engines count; to be read alone."""
    made: dict[int, Server] = {}
    for cubes in (5, 50):
        folder = tmp_path_factory.mktemp(f"notes-{cubes}-")
        made[cubes] = server = served(str(folder / "memories.db"), folder=folder)
        notes(folder, cubes)
        server.memory.ingest(folder)
        server.memory.ask("When did the valve RV-1 fail?")
        store = server.service.store()
        store.engine = Counting(store.engine)
        server.ask(QUERIES["search"])  # opens the index
    yield made
    for server in made.values():
        server.service.close()


def notes(folder: Path, count: int) -> None:
    """Write so many notes of one cube and two facts each."""
    for number in range(count):
        (folder / f"{number:03}.md").write_text(
            f"# Note {number}\n\nDate: 2025-03-{1 + number % 28:02}\n\nThe valve RV-{number} failed at 02:10. "
            f"Dana Ruiz opened the bypass BP-{number}.\n",
            "utf-8",
        )


def calls(server: Server, query: str) -> Counter[str]:
    """What a query costs."""
    engine = server.service.store().engine
    assert isinstance(engine, Counting)
    engine.calls.clear()
    server.ask(query)
    return Counter(engine.calls)


CUBE = """id text tags { name } evidence { quote source { title } } staleBecause { id }
    sources { name cubes(first: 2) { edges { node { id title sources { name } } } } }
    entities { names merged cubes(first: 2) { edges { node { id entities { name } } } }
               facts(first: 2) { edges { node { status } } } }
    facts { subject status support { quote source { title } } against { id }
            subjectEntity { names } objectEntity { names } cubes { id evidence { start } } }"""
CUBES = '{ graph(namespace: "default") { cubes(first: 100) { edges { node { FIELDS } } } } }'
QUERIES = {
    "cubes": CUBES.replace("FIELDS", CUBE),
    "facts": """{ graph(namespace: "default") { seq facts(first: 100) { edges { node { status
        support { quote source { title cubes { edges { node { facts { status } } } } } }
        subjectEntity { facts(first: 100) { edges { node { support { quote } } } } } } } } } }""",
    "entities": """{ graph(namespace: "default") { entities(first: 100) { edges { node { names merged
        cubes(first: 100) { edges { node { facts { status } sources { name } } } } } } } } }""",
    "search": """{ graph(namespace: "default") { search(question: "RV-1", first: 100) { edges { node {
        facts { status support { quote } } entities { names } } } } } }""",
    "several": """{ viewer { name } a: graph(namespace: "default") { cubes(first: 100) { edges { node {
        entities { names } } } } } b: graph(namespace: "default") { facts(first: 100) { edges { node {
        status cubes { entities { names } } } } } } }""",
    "changes": """{ changeSets(namespace: "default", first: 100) { edges { node { seq actor { name }
        onBehalfOf { name } reverts { id } operations { records } } } } }""",
}


@pytest.mark.parametrize("name", QUERIES)
def test_five_cubes_cost_what_fifty_do(counted: dict[int, Server], name: str) -> None:
    few, many = counted[5], counted[50]
    found = [calls(few, QUERIES[name]) for _ in range(3)]
    assert found[0] == found[1] == found[2]  # and they are the same each time
    assert calls(many, QUERIES[name]) == found[0]
    assert sum(found[0].values()) - found[0]["rights"] < 45


@pytest.mark.parametrize("empty", ["neo4j"], indirect=True)
def test_neo4j_runs_as_many_statements_for_many(empty: Server, tmp_path: Path) -> None:
    engine = empty.service.store().engine
    assert isinstance(engine, Neo4jStore)
    found: list[dict[str, Counter[str]]] = []
    folder = tmp_path / "notes"
    folder.mkdir()
    for cubes in (5, 50 if CAMPAIGN else 20):
        notes(folder, cubes)
        empty.memory.ingest(folder)
        empty.ask(QUERIES["search"])  # brings the index up to the log
        ran: dict[str, Counter[str]] = {}
        for name, query in QUERIES.items():
            engine.connection.ran.clear()
            empty.ask(query)
            ran[name] = Counter(engine.connection.ran)
        found.append(ran)
    assert found[0] == found[1]


def test_the_items_are_really_more(counted: dict[int, Server]) -> None:
    query = (
        '{ graph(namespace: "default") { cubes(first: 100) { edges { node { facts { id } } } } } }'
    )
    for cubes, server in counted.items():
        edges = server.ask(query)["graph"]["cubes"]["edges"]
        assert [len(edge["node"]["facts"]) for edge in edges] == [2] * cubes


def test_what_is_asked_twice_is_read_once_and_a_failure_reaches_everybody() -> None:
    sizes: list[int] = []

    def lengths(words: Sequence[str]) -> dict[str, int]:
        sizes.append(len(words))
        if "bad" in words:
            raise ValueError("bad")
        return {word: len(word) for word in words}

    async def ask() -> None:
        waves = Waves()
        first = await asyncio.gather(*(waves.load("n", lengths, word) for word in "abcab"))
        assert (first, sizes) == ([1] * 5, [3])
        both = await asyncio.gather(
            waves.load("n", lengths, "bad"), waves.load("n", lengths, "tea"),
            waves.run(lambda: 7), waves.load("n", lengths, "a"), return_exceptions=True,
        )  # fmt: skip
        assert [type(one) for one in both] == [ValueError, ValueError, int, int]
        assert await waves.load("n", lengths, "new") == 3
        with pytest.raises(ZeroDivisionError):
            await waves.run(lambda: 1 // 0)

    asyncio.run(ask())


def test_waves_go_on_where_one_waits_no_more() -> None:
    async def ask() -> None:
        waves = Waves()
        gone = asyncio.create_task(waves.run(lambda: 1))
        await asyncio.sleep(0)
        gone.cancel()
        assert await waves.run(lambda: 2) == 2

    asyncio.run(ask())
