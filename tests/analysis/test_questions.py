"""The same questions, asked in Cypher and of the views, give what the records say, in both stores alike."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import neo4j
import pytest
from neo4j.exceptions import ClientError

from memcubes.graph.sqlite import database

from ..server.server import Server
from .questions import QUESTIONS
from .records import Records, Row, instant, words
from .statements import Statement, names, read
from .story import Told

TIMES = {"at", "since", "until", "asked"}
SLOW = re.compile(
    r"AllNodesScan|\w*NodeByLabelScan|\w*RelationshipsScan|\w*RelationshipTypes?Scan|CartesianProduct"
)


def plain(value: object, column: str) -> object:
    """A value as text, so that it compares between engines."""
    if isinstance(value, neo4j.time.DateTime):
        value = value.to_native()
    if isinstance(value, datetime):
        micros = (value - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
        if column == "stated":
            return value.isoformat().replace("+00:00", "Z")
        return instant(round(micros * 10**6))
    return bool(value) if column in ("standing", "restricted") else value


def rows(found: Iterable[Iterable[object]], columns: Iterable[str]) -> list[Row]:
    """Rows in an order that both engines share."""
    made = [tuple(plain(v, c) for v, c in zip(row, columns, strict=True)) for row in found]
    return sorted(made, key=repr)


def statement(question: str) -> Statement:
    """The statement of a question."""
    return read(QUESTIONS[question].statement or question)


def in_cypher(server: Server, told: Told, question: str) -> list[Row]:
    """Ask the server, where nothing may be written."""
    asked = statement(question)
    with (
        server.driver() as driver,
        driver.session(default_access_mode=neo4j.READ_ACCESS) as session,
    ):
        given = QUESTIONS[question].about(told)
        assert set(given) == set(asked.parameters)
        result = session.run(asked.text, given)
        assert tuple(result.keys()) == asked.columns
        found = [record.values() for record in result]
        summary = result.consume()
        assert not summary.counters.contains_updates
        assert summary.query_type == "r"
    return rows(found, asked.columns)


def file(told: Told) -> Path:
    """The file of a store."""
    return Path(told.memory.store().url.removeprefix("sqlite:///"))


def read_only(told: Told) -> sqlite3.Connection:
    """The file as any tool opens it, unable to write."""
    return sqlite3.connect(f"{file(told).as_uri()}?mode=ro", uri=True)


def in_sql(told: Told, question: str) -> list[Row]:
    """Ask the view of a file that is opened read-only."""
    asked, columns = QUESTIONS[question], statement(question).columns
    view = asked.view or question
    with closing(read_only(told)) as connection:
        text = f"SELECT {', '.join(columns)} FROM {view} WHERE {asked.where}"
        found = connection.execute(text, asked.about(told)).fetchall()
    return rows(found, columns)


def expected(told: Told, question: str) -> list[Row]:
    """What the records say."""
    found = QUESTIONS[question].rows(Records(told))
    return rows(found, statement(question).columns)


def named(told: Told, question: str, found: list[Row]) -> list[Row]:
    """Rows with words in place of ids, and without the times of the telling."""
    known = {n: f"{v.kind}: {words(v)}" for n, v in Records(told).last.items()}
    keep = [i for i, name in enumerate(statement(question).columns) if name not in TIMES]
    held = [tuple(known.get(str(row[i]), row[i]) for i in keep) for row in found]
    return sorted(held, key=repr)


def test_there_is_a_question_for_every_statement_and_the_other_way_round() -> None:
    assert sorted({q.statement or name for name, q in QUESTIONS.items()}) == names()


@pytest.mark.parametrize("question", QUESTIONS)
def test_cypher_gives_what_the_records_say(
    question: str, in_neo4j: Told, neo4j_server: Server
) -> None:
    want = expected(in_neo4j, question)
    assert want
    assert in_cypher(neo4j_server, in_neo4j, question) == want


@pytest.mark.parametrize("question", QUESTIONS)
def test_views_give_what_the_records_say(question: str, in_sqlite: Told) -> None:
    want = expected(in_sqlite, question)
    assert want
    assert in_sql(in_sqlite, question) == want


@pytest.mark.parametrize("question", QUESTIONS)
def test_both_stores_give_the_same(
    question: str, in_sqlite: Told, in_neo4j: Told, neo4j_server: Server
) -> None:
    one = named(in_sqlite, question, in_sql(in_sqlite, question))
    assert one == named(in_neo4j, question, in_cypher(neo4j_server, in_neo4j, question))


def operators(plan: dict[str, Any]) -> Iterator[str]:
    """Every operator of a plan."""
    yield plan["operatorType"].partition("@")[0]
    for child in plan.get("children", ()):
        yield from operators(child)


def slow(summary: neo4j.ResultSummary) -> set[str]:
    """What reads everything in the plan of a statement."""
    assert summary.plan is not None
    return {one for one in operators(summary.plan) if SLOW.fullmatch(one)}


@pytest.mark.parametrize("name", names())
def test_no_plan_reads_everything(name: str, in_neo4j: Told, neo4j_server: Server) -> None:
    asked = read(name)
    with neo4j_server.driver() as driver, driver.session() as session:
        given = next(q for n, q in QUESTIONS.items() if (q.statement or n) == name).about(in_neo4j)
        summary = session.run(f"EXPLAIN {asked.text}", given).consume()
    assert slow(summary) == asked.allowed
    assert [one for one in summary.gql_status_objects if one.is_notification] == []


def test_what_counts_as_reading_everything(in_neo4j: Told, neo4j_server: Server) -> None:
    with neo4j_server.driver() as driver, driver.session() as session:
        found = [
            slow(session.run("EXPLAIN " + text).consume())
            for text in (
                "MATCH (n) RETURN n",
                "MATCH (n:Entity) RETURN n",
                "MATCH (:Fact)<-[e:SUPPORTS]-() RETURN e",
                "MATCH (a:Entity), (b:Fact) RETURN a, b",
            )
        ]
    assert all(found)


def test_statements_cannot_write_through_a_session_that_reads(neo4j_server: Server) -> None:
    with (
        neo4j_server.driver() as driver,
        driver.session(default_access_mode=neo4j.READ_ACCESS) as session,
        pytest.raises(ClientError, match="[Ww]rit"),
    ):
        session.run("CREATE (:Entity)").consume()


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM said_by",
        "UPDATE live_cube SET text = 'other'",
        "INSERT INTO tagged (tag) VALUES ('mine')",
    ],
)
def test_nothing_is_written_through_a_view(text: str, in_sqlite: Told) -> None:
    with (
        closing(sqlite3.connect(file(in_sqlite))) as connection,
        pytest.raises(sqlite3.OperationalError, match="because it is a view"),
    ):
        connection.execute(text)
    with (
        closing(read_only(in_sqlite)) as connection,
        pytest.raises(sqlite3.OperationalError, match="readonly|view"),
    ):
        connection.execute(text)


def views(path: Path) -> dict[str, str]:
    """The views of a file and their text."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'")
        return dict(found.fetchall())


def test_an_older_store_gets_the_views_from_the_file(in_sqlite: Told, tmp_path: Path) -> None:
    script = Path(database.__file__).with_name("views.sql").read_text("utf-8")
    want = views(file(in_sqlite))
    older = tmp_path / "older.db"
    with closing(sqlite3.connect(file(in_sqlite))) as one, closing(sqlite3.connect(older)) as other:
        one.backup(other)
        for name in want:
            other.execute(f"DROP VIEW {name}")
        other.execute("CREATE VIEW said_by AS SELECT 1 AS old")
    assert set(views(older)) == {"said_by"}
    for _ in range(2):
        with closing(sqlite3.connect(older)) as connection:
            connection.executescript(script)
        assert views(older) == want


def test_every_view_can_be_read(in_sqlite: Told) -> None:
    with closing(read_only(in_sqlite)) as connection:
        for name in views(file(in_sqlite)):
            assert connection.execute(f"SELECT * FROM {name}").fetchone(), name
