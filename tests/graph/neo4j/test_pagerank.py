"""A server with the graph data science library walks as memcubes does; one without it is never asked to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from memcubes.api.memory import Memory
from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.neo4j.address import PASSWORD
from memcubes.graph.neo4j.pagerank import PageRank
from memcubes.graph.store import Course
from memcubes.query.delegate import Delegate
from memcubes.query.walk import personalised_pagerank

from ...query.test_spokes import made, set_down
from ...server.gds import jar
from ...server.server import Server
from ...server.stores import empty_store

NOTES = {
    "lime.md": "Lime Street is in Liverpool. Ada Hill built its station.",
    "ada.md": "Ada Hill was born in Kiel. She studied in Bonn.",
    "kiel.md": "Kiel has a harbour. Tom Reed dug it.",
    "tom.md": "Tom Reed married Eva Moon in Ulm.",
    "ulm.md": "Ulm is known for its minster. Eva Moon sang there.",
}
QUESTIONS = [
    "Where was the builder of the station born?",
    "Who dug the harbour of Kiel?",
    "Eva Moon",
]


@pytest.fixture(scope="module")
def with_library() -> Iterator[Server]:
    if not jar().exists():
        pytest.skip(f"no graph data science library in {jar()}: see tests/server/gds.py")
    with Server(["dbms.security.procedures.unrestricted=gds.*"], plugins=jar().parent) as server:
        yield server


def left(server: Server) -> int:
    """How many graphs the library still holds."""
    with server.driver() as driver:
        return len(
            driver.execute_query("CALL gds.graph.list() YIELD graphName RETURN graphName").records
        )


@pytest.mark.parametrize("told", [0.0, 0.05, 1.0])
def test_the_library_brings_the_same_mass_to_every_node(with_library: Server, told: float) -> None:
    store = empty_store(with_library)
    assert store.walks
    for seed in range(3):
        net = made(300, 400, told, seed)
        reset = set_down(net, seed)
        reset[np.flatnonzero(net.strength <= 0)[:2]] = 0.1
        mass = Delegate(store).walk(net, reset, 0.5)
        assert mass is not None
        assert np.abs(mass - personalised_pagerank(net, reset, tolerance=1e-14)).max() < 1e-9
        assert (mass == Delegate(store).walk(net, reset, 0.5)).all()  # to the last bit
    assert left(with_library) == 0
    store.close()


def test_a_pushed_down_question_has_the_same_hits(
    with_library: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty_store(with_library).close()
    for name, text in NOTES.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.setenv(PASSWORD, with_library.password)
    with Memory.open(with_library.url, user="local:ann", encoder="hashing") as memory:
        memory.ingest(tmp_path)
        update = memory.settings.model_copy(update={"pushdown": True})
        calls = list[int]()
        walked = PageRank.of

        def counted(self: PageRank, *asked: object) -> object:
            calls.append(1)
            return walked(self, *asked)  # type: ignore[arg-type]

        monkeypatch.setattr(PageRank, "of", counted)
        found = list[list[tuple[str, float]]]()
        for own in (False, True):
            pushed = Memory(update.model_copy(update={"gds": not own}))
            found.append(
                [
                    (hit.cube.node, round(hit.score, 6))
                    for question in QUESTIONS
                    for hit in pushed.search(question, limit=20).hits
                ]
            )
            pushed.close()
            assert len(calls) == len(QUESTIONS)  # the second time nobody asks the library
        assert found[0]
        assert [node for node, _ in found[0]] == [node for node, _ in found[1]]
        assert [s for _, s in found[0]] == pytest.approx([s for _, s in found[1]], abs=1e-5)
    assert left(with_library) == 0


def test_a_library_that_fails_is_not_asked_again(
    with_library: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = empty_store(with_library)
    net = made(20, 20, 0.0)
    assert Delegate(store).walk(net, set_down(net), 0.5) is not None
    # a damping that it refuses stands for whatever it may refuse
    assert store.pagerank(Course([0], [1], [1.0], 0, 7.0)) is None
    assert not store.walks
    assert Delegate(store).walk(net, set_down(net), 0.5) is None
    assert left(with_library) == 0
    store.close()


def test_a_server_without_the_library_is_never_asked(
    neo4j_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    store: Neo4jStore = empty_store(neo4j_server)
    assert not store.walks
    net = made(20, 20, 0.0)
    assert Delegate(store).walk(net, set_down(net), 0.5) is None
    assert store.pagerank(Course([0], [1], [1.0], 0, 0.5)) is None
    assert store.connection.ran["pagerank"] == 0
    assert store.connection.ran["pagerank_there"] == 1
    store.close()
