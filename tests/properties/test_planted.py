"""Bugs planted on purpose: the fuzzer must find each of them within a few histories."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from memcubes.graph import ChangeSet, Committed
from memcubes.graph.sqlite import SqliteStore
from memcubes.graph.sqlite.reader import Reader
from memcubes.graph.sqlite.writer import Writer

from .adjacency import OUTCOMES, TRIED, Order
from .driving import Difference, Drive, run, shortest
from .reading import probe, sweep
from .repertoire import ALL

HISTORIES = 120


class Planted(SqliteStore):
    """A store whose statements are rewritten on their way to SQLite."""

    reads: tuple[tuple[str, str], ...] = ()
    writes: tuple[tuple[str, str], ...] = ()
    repeats = True

    def __init__(self) -> None:
        super().__init__(None)
        self._secret = b"s" * 32

    def _all(self, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        for right, wrong in self.reads:
            sql = sql.replace(right, wrong)
        return super()._all(sql, params)

    def writer(self, connection: object) -> Writer:
        assert isinstance(connection, sqlite3.Connection)
        return PlantedWriter(connection, self._secret, self.writes, self.repeats)


class PlantedWriter(Writer):
    """A writer whose statements are rewritten on their way to SQLite."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        secret: bytes,
        writes: tuple[tuple[str, str], ...],
        repeats: bool,
    ) -> None:
        super().__init__(connection, secret)
        plain, self.repeats = self.run, repeats

        def run(sql: str, *params: Any) -> sqlite3.Cursor:
            for right, wrong in writes:
                sql = sql.replace(right, wrong)
            return plain(sql, *params)

        self.run = run

    def repeated(self, change: ChangeSet, actor: str, request_hash: str) -> Committed | None:
        return super().repeated(change, actor, request_hash) if self.repeats else None


def planted(name: str, right: str = "", wrong: str = "", *, write: bool = False) -> Any:
    """A parameter: a store in which one piece of SQL is another."""
    pair = ((right, wrong),)
    fields = {"writes" if write else "reads": pair} if right else {"repeats": False}
    return pytest.param(type("Planted", (Planted,), fields), id=name)


BUGS = [
    planted("the end of an interval belongs to it", "to_seq > ?", "to_seq >= ?"),
    planted("the beginning of an interval does not", "from_seq <= ?", "from_seq < ?"),
    planted("edges into dead nodes are in force", "l.node = e.dst", "l.node = e.src"),
    planted("tags filter after their end", "t.to_seq > ?", "t.to_seq >= ? - 9"),
    planted("valid time is ignored", "valid_to > ?", "valid_to > ? - 10"),
    planted("a tried retraction is ignored", ".origin NOT IN", ".origin + 1000000 NOT IN"),
    planted("restricted rows are shown", ".acl IN (0", ".acl IN (0, 1, 2, 3"),
    planted("pages are in another order than their cursor", "ORDER BY v.id", "ORDER BY v.from_seq, v.id"),
    planted("pages begin with the last item", "e.id > ?", "e.id >= ?"),
    planted("the feed forgets what ended", ".to_seq > ? AND", ".to_seq > 2 * ? AND"),
    planted("a retraction leaves the edges", "UPDATE edge SET to_seq = ?1", "UPDATE edge SET to_seq = to_seq", write=True),
    planted("a reopening leaves the edges", "FROM edge t WHERE", "FROM edge t WHERE 0 AND", write=True),
    planted("an erasure leaves the payload", "UPDATE payload SET content = NULL", "UPDATE payload SET content = content", write=True),
    planted("an erasure leaves derived data", "DELETE FROM derived WHERE", "DELETE FROM derived WHERE 0 AND", write=True),
    planted("restricting a node leaves its rows", "UPDATE version SET acl = ? WHERE", "UPDATE version SET acl = acl + 0 * ? WHERE", write=True),
    planted("expectations are not checked", "AND id IN (SELECT value FROM json_each(?))", "AND 1 OR id IN (SELECT value FROM json_each(?))", write=True),
    planted("idempotency is ignored"),
]  # fmt: skip


def found_in(make: Callable[[], SqliteStore], histories: int) -> int | None:
    """The number of histories that it took to find a difference; None where none was found."""
    for seed in range(histories):
        try:
            run(seed, 60, ALL, probe, sweep, make=make)
        except Difference:
            return seed + 1
    return None


@pytest.mark.parametrize("bug", BUGS)
def test_fuzzer_finds(bug: type[Planted]) -> None:
    took = found_in(bug, HISTORIES)
    assert took is not None, f"{HISTORIES} histories found nothing"


def test_fuzzer_finds_nothing_in_a_store_without_bugs() -> None:
    assert found_in(Planted, 3) is None


def test_acts_of_a_history_depend_on_its_seed_alone() -> None:
    seen: list[list[tuple[str, str]]] = []
    for _ in range(2):
        log: list[tuple[str, str]] = []

        def keep(drive: Drive, log: list[tuple[str, str]] = log) -> None:
            log.extend((e.id, e.verb) for e in drive.oracle.log)

        run(7, 25, ALL, probe, keep)
        seen.append(log)
    assert seen[0] == seen[1]
    assert len(seen[0]) > 5


def test_a_history_that_failed_is_told_again_and_cut_down(monkeypatch: pytest.MonkeyPatch) -> None:
    history = Reader.history
    monkeypatch.setattr(Reader, "history", lambda self, scope, node: history(self, scope, node)[:1])
    order = Order("planted", 0)
    with pytest.raises(Difference):
        run(0, 60, ALL, probe, sweep, order=order)
    for counts in (TRIED, OUTCOMES):  # what is told again does not depend on what was counted
        for key in [key for key in counts if key[0] == "planted"]:
            del counts[key]
    acts = order.acts

    def fails(skipped: frozenset[int]) -> bool:
        again = Order("planted", 0, acts)
        try:
            run(0, len(acts), ALL, probe, sweep, skipped=skipped, order=again)
        except Difference:
            return True
        return False

    steps = shortest(len(acts), fails)
    assert 0 < len(steps) < len(acts)
    assert fails(frozenset(range(len(acts))) - set(steps))  # they are enough
    assert not fails(frozenset(range(len(acts))))
