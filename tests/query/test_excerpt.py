"""What comes back of a graph that is too large is walked as the whole is, and shows no more than it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from memcubes.api import Memory
from memcubes.graph import (
    Author,
    Authority,
    ChangeSet,
    Close,
    Edge,
    EdgeKind,
    GuardedStore,
    NodeKind,
    Open,
    Selector,
    Version,
)
from memcubes.graph.errors import Invalid
from memcubes.graph.index.excerpt import Excerpts, Recent
from memcubes.graph.scope import Scope
from memcubes.graph.sqlite import SqliteStore
from memcubes.query.hit import Hit
from memcubes.query.memoperator import MemOperator

from ..server.server import Server
from ..server.stores import empty_store

PLACES = ("Osmeadow", "Turku", "Brno", "Leeds")
QUESTION = "Who leads the plant whose pump Ines Falk repaired?"


@pytest.fixture(scope="module")
def memory(neo4j_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    """One memory for all tests here: each asks of it what it has put there."""
    empty_store(neo4j_server).close()
    folder = tmp_path_factory.mktemp("notes")
    for n, place in enumerate(PLACES):
        (folder / f"{place}.md").write_text(
            f"# {place}\n\nThe pump of {place} was repaired by {'Ines Falk' if n == 2 else 'Omar Diaz'}.\n\n"
            f"{place} is led by Director {'ABCD'[n]}.\n"
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEMCUBES_DB_PASSWORD", neo4j_server.password)
        with Memory.open(neo4j_server.url, user="ann", encoder="hashing") as memory:
            memory.ingest(folder)
            yield memory


def excerpts(memory: Memory) -> Excerpts:
    store, retrieval = memory.store(), memory.retrieval
    assert store.pushdown is not None
    return Excerpts(store, store.pushdown, retrieval.encoder, retrieval.analyser)


def walked(memory: Memory, scope: Scope) -> tuple[Hit, ...]:
    retrieval = memory.retrieval
    operator = MemOperator(
        memory.store(), retrieval.index, retrieval.encoder, excerpts=excerpts(memory)
    )
    return operator.search(scope, QUESTION, limit=20).hits


def test_where_all_comes_back_the_answer_is_that_of_the_index(memory: Memory) -> None:
    scope = memory.scope()
    whole = memory.retrieval.index.view(scope)
    part = excerpts(memory).view(scope, QUESTION)
    assert part.size == whole.size == len(PLACES)
    assert np.array_equal(part.nodes, whole.nodes)
    assert np.isin(part.entities, whole.entities).all()  # names that no cube mentions stay away
    mine, index = walked(memory, scope), memory.search(QUESTION, limit=20).hits
    assert [hit.cube for hit in mine] == [hit.cube for hit in index]
    assert [hit.score for hit in mine] == pytest.approx([hit.score for hit in index], abs=1e-12)


def test_what_a_scope_does_not_show_does_not_come_back(memory: Memory) -> None:
    before = memory.scope()
    done = memory.retract("Brno.md", reason="wrong")
    now = memory.scope()
    found = {hit.cube.text for hit in walked(memory, now)}
    assert found
    assert not any("Brno" in text for text in found)
    then = walked(memory, before)
    assert any("Ines Falk" in hit.cube.text for hit in then)
    assert done.change is not None
    memory.revert(f"@{done.change.seq}")


def test_names_come_of_what_seeds_or_several_mention_or_somebody_ruled_on(memory: Memory) -> None:
    store, scope = memory.store(), memory.scope()
    assert store.pushdown is not None
    whole = memory.retrieval.index.view(scope)
    cubes = [whole.node(i) for i in range(whole.size)]
    every = {r.node: r for r in store.pushdown.surroundings(scope, cubes) if isinstance(r, Version)}
    names = {str(v.get("name")): n for n, v in every.items() if v.kind is NodeKind.ENTITY}
    assert {"Ines Falk", "Omar Diaz", *PLACES} <= set(names)
    brno = next(node for node in cubes if every[node].get("title") == "Brno")

    def named(seeds: list[str]) -> set[str]:
        records = store.pushdown.surroundings(scope, cubes, seeds) if store.pushdown else ()
        found = [r for r in records if isinstance(r, Version)]
        assert {r.node for r in found} == set(every)  # all are there, with or without their names
        edges = {(r.src, r.dst) for r in records if isinstance(r, Edge)}
        assert edges == {
            (r.src, r.dst)
            for r in (store.pushdown.surroundings(scope, cubes) if store.pushdown else ())
            if isinstance(r, Edge)
        }
        return {name for name, node in names.items() for r in found if r.node == node and r.content}

    # one cube alone mentions Ines Falk, three mention Omar Diaz, and each is about its place
    assert "Ines Falk" not in named([])
    assert {"Omar Diaz", *PLACES} <= named([])
    assert "Ines Falk" in named([brno])
    done = memory.distinguish(["Ines Falk", "Omar Diaz"], reason="two people")
    scope = memory.scope()
    assert "Ines Falk" in named([])
    assert done.change is not None
    memory.revert(f"@{done.change.seq}")


def test_nothing_is_kept_of_an_excerpt(memory: Memory) -> None:
    store, ns = memory.store(), memory.namespace
    index = memory.retrieval.index
    producers = (*index.indexer.producers, index.linker.producer, index.resolver.producer)
    marks = [store.watermark(ns, producer) for producer in producers]
    excerpts(memory).view(memory.scope(), QUESTION)
    assert [store.watermark(ns, producer) for producer in producers] == marks


def test_a_later_page_shows_what_may_be_read_by_now(memory: Memory) -> None:
    store, scope = memory.store(), memory.scope()
    recent = Recent(excerpts(memory))
    whole = recent.view(scope, QUESTION)
    assert recent.view(scope, QUESTION) is whole
    node = whole.node(0)
    bob = store.name(memory.namespace, NodeKind.AGENT, "bob")
    author = Author(memory.namespace, bob.id, Authority.ASSERTED, 0)
    records = (
        author.version(NodeKind.AGENT, bob.id, {"name": "bob"}, key=bob.key),
        author.edge(EdgeKind.GRANTS, bob.id, node, {"role": "reader"}),
    )
    store.commit(ChangeSet(memory.namespace, "grant", tuple(Open(one) for one in records)))
    part = recent.view(scope, QUESTION)
    assert {part.node(i) for i in range(part.size)} == {whole.node(i) for i in range(1, whole.size)}
    store.commit(
        ChangeSet(memory.namespace, "revoke", (Close(Selector(ids=tuple(r.id for r in records))),))
    )
    again = recent.view(scope, QUESTION)
    assert np.array_equal(again.nodes, whole.nodes)


def test_an_engine_that_searches_nothing_says_so() -> None:
    with closing(GuardedStore(SqliteStore(None), "ann")) as store:
        assert store.pushdown is None


def test_a_memory_searches_and_answers_by_its_store(
    memory: Memory, neo4j_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMCUBES_DB_PASSWORD", neo4j_server.password)
    monkeypatch.setenv("MEMCUBES_PUSHDOWN", "1")
    with Memory.open(neo4j_server.url, user="ann") as other:
        other.remember("Ines Falk lives in Turku.")
        other.tag("Turku.md", add=["plants/north"])
        found = other.search(QUESTION, limit=20)
        expected = memory.search(QUESTION, limit=20)
        assert [hit.cube for hit in found.hits] == [hit.cube for hit in expected.hits]
        assert found.hits[0].path
        assert found.after is None
        assert "Ines Falk" in other.ask("Who repaired the pump of Brno?").as_text()
        assert not other.retrieval.index._states  # nothing of an index was made
        with pytest.raises(Invalid, match="unset MEMCUBES_PUSHDOWN"):
            other.search(where={"tags": "+x"})
        for where in (None, {"tags": "+plants"}, {"tags": "-plants", "language": "en"}):
            mine, theirs = (
                one.search(QUESTION, where=where, facets=["tags", "source", "state"], limit=20)
                for one in (other, memory)
            )
            assert mine.facets == theirs.facets
            assert [hit.cube for hit in mine.hits] == [hit.cube for hit in theirs.hits]
            assert (mine.total, mine.visible) == (theirs.total, theirs.visible)
        # pages go on in what the first found, whatever is written meanwhile
        first = other.search(QUESTION, limit=2)
        other.remember("Ines Falk repaired a pump in Leeds.")
        second = other.search(QUESTION, limit=2, after=first.after)
        third = other.search(QUESTION, limit=2, after=second.after)
        pages = (*first.hits, *second.hits, *third.hits)
        assert [hit.cube for hit in pages] == [hit.cube for hit in found.hits]
        assert third.after is None
        assert other.search(QUESTION, limit=20).visible == found.visible + 1
        with pytest.raises(Invalid, match="another listing"):
            other.search("Who repaired it?", after=first.after)
        other.retract(str(found.hits[0].cube.node), reason="only tried", dry_run=True)


def test_an_embedded_store_refuses_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Memory.open(f"{tmp_path}/a.db", user="ann", encoder="hashing") as memory:
        memory.remember("Tea is hot.")
    monkeypatch.setenv("MEMCUBES_PUSHDOWN", "1")
    with (
        Memory.open(f"{tmp_path}/a.db", user="ann") as memory,
        pytest.raises(Invalid, match="searches nothing by itself: unset MEMCUBES_PUSHDOWN"),
    ):
        memory.search("tea")
