"""A commit whose answer never arrives, and one that the server wants again, are applied once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from memcubes.graph import (
    Author,
    Authority,
    ChangeSet,
    Close,
    Committed,
    GuardedStore,
    NodeKind,
    Open,
    Payload,
    Selector,
    Version,
)
from memcubes.graph.errors import Unavailable
from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.neo4j.writer import Writer
from memcubes.graph.verify import verify

from ..server.proxy import Proxy
from ..server.server import Server
from ..server.stores import address, empty_store

BY = Author("a", "c", Authority.ASSERTED, 1)
CUBE = BY.version(NodeKind.MEMCUBE, "c", {"title": "tea"}, payload=Payload.of("tea"))
NEW = BY.version(NodeKind.MEMCUBE, "c", {"title": "new"}, payload=Payload.of("new"))
REMEMBER = ChangeSet(ns="a", verb="remember", ops=(Open(CUBE),))
REVISE = ChangeSet(
    ns="a", verb="revise", ops=(Close(Selector(ids=(CUBE.id,))), Open(NEW)), expects=(CUBE.id,)
)


class Counting(Neo4jStore):
    """Counts the stages that its writers pass, and may do something at one of them, once."""

    def __init__(self, *args: Any, **more: Any) -> None:
        self.passed: Counter[str] = Counter()
        self.once: dict[str, Any] = {}
        super().__init__(*args, **more)

    def writer(self, tx: Any) -> Writer:
        writer = super().writer(tx)

        def stage(name: str) -> None:
            self.passed[name] += 1
            if name in self.once:
                self.once.pop(name)()

        writer.stage = stage  # type: ignore[method-assign]
        return writer


@pytest.fixture
def proxy(neo4j_server: Server) -> Iterator[Proxy]:
    """A wire to the server of the run, whose store is empty."""
    empty_store(neo4j_server).close()
    with Proxy(neo4j_server.port) as wire:
        yield wire


@pytest.fixture
def ann(proxy: Proxy, neo4j_server: Server) -> Iterator[GuardedStore]:
    """A store at the other end of the wire."""
    store = Counting(replace(address(neo4j_server), scheme="bolt", port=proxy.port))
    yield GuardedStore(store, "ann")
    store.close()


def counting(store: GuardedStore) -> Counting:
    """The engine, as what it is."""
    assert isinstance(store.engine, Counting)
    return store.engine


def applied_once(ann: GuardedStore, *done: Committed) -> None:
    """The log has these changes once each, the cube is the new one, and all of it verifies."""
    log = [one.id for one in ann.engine.leaves()]
    assert [log.count(one.id) for one in done] == [1] * len(done)
    assert [one.seq for one in done] == [log.index(one.id) + 1 for one in done]
    history: tuple[Version, ...] = ann.history(ann.scope("a"), "c")
    assert [version.id for version in history] == [CUBE.id, NEW.id]
    assert verify(ann.engine).ok


@pytest.mark.parametrize(
    "cuts", [["answer"], ["commit"], ["answer", "answer"], ["commit", "answer"]]
)
def test_a_lost_answer_is_found_out(ann: GuardedStore, proxy: Proxy, cuts: list[str]) -> None:
    ann.commit(REMEMBER)
    engine = counting(ann)
    engine.passed.clear()
    engine.once["head"] = lambda: proxy.cuts.extend(cuts)
    (done,) = ann.commit(REVISE)
    assert (proxy.cut, proxy.cuts) == (len(cuts), [])
    assert (done.id, done.seq, done.verb, done.repeated) == (REVISE.id, 3, "revise", False)
    assert engine.passed["lock"] == len(cuts) + 1
    assert engine.passed["leaf"] == 1 + cuts.index("answer") if "answer" in cuts else len(cuts) + 1
    applied_once(ann, done)


def test_a_lost_answer_of_the_first_write_founds_once(ann: GuardedStore, proxy: Proxy) -> None:
    counting(ann).once["head"] = lambda: proxy.cuts.append("answer")
    first, second = ann.commit(REMEMBER, REVISE)
    assert proxy.cut == 1
    assert ann.head().seq == 3
    applied_once(ann, first, second)


def test_a_read_whose_answer_is_lost_is_read_again(ann: GuardedStore, proxy: Proxy) -> None:
    ann.commit(REMEMBER)
    proxy.cuts = ["answer", "commit"]
    assert ann.head().seq == 2
    assert (proxy.cut, proxy.cuts) == (2, [])


def test_a_server_that_stays_away_is_unavailable(
    ann: GuardedStore, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.commit(REMEMBER)
    monkeypatch.setattr("memcubes.graph.neo4j.connection.PATIENCE", 0.0)
    counting(ann).once["head"] = lambda: proxy.cuts.append("answer")
    with pytest.raises(Unavailable, match="does not answer"):
        ann.commit(REVISE)
    (done,) = ann.commit(REVISE)  # whoever asks again is told what came of it
    assert done.repeated
    applied_once(ann, done)


def test_whoever_waits_too_long_for_the_head_is_told_so(
    ann: GuardedStore, neo4j_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.commit(REMEMBER)
    monkeypatch.setattr("memcubes.graph.neo4j.connection.LONGEST", 1.0)
    with neo4j_server.driver() as driver, driver.session() as session:
        other = session.begin_transaction()
        other.run("MATCH (h:Head) SET h.y = 1").consume()
        with pytest.raises(Unavailable, match="nothing was written, so try again"):
            ann.commit(REVISE)
        other.rollback()
    (done,) = ann.commit(REVISE)
    assert not done.repeated
    applied_once(ann, done)


def test_what_the_server_wants_again_is_done_again(ann: GuardedStore, neo4j_server: Server) -> None:
    """A real deadlock: another transaction holds the cube that the commit needs, and wants the head."""
    ann.commit(REMEMBER)
    engine = counting(ann)
    engine.passed.clear()
    with neo4j_server.driver() as driver, driver.session() as session:
        other = session.begin_transaction()
        # of two that wait for each other, the server gives up the one with fewer locks
        other.run("MATCH (m:Migration) SET m.x = 1").consume()
        other.run("MATCH (v:Version {id: $id}) SET v.x = 1", id=CUBE.id).consume()

        def take_the_head() -> None:
            try:
                other.run("MATCH (h:Head) SET h.y = 1").consume()
            finally:
                other.rollback()

        wants = threading.Thread(target=take_the_head, daemon=True)

        def want() -> None:
            wants.start()
            wants.join(0.5)

        engine.once["lock"] = want
        (done,) = ann.commit(REVISE)
        wants.join()
    assert engine.passed == {"lock": 2, "apply": 2, "leaf": 2, "head": 1}
    applied_once(ann, done)
