"""The doctor at a Neo4j server: the real one, one that is not there, and one that is something else."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from memcubes.graph.opening import is_server

from ..server.server import Server, free_port


def found(done: Any) -> dict[str, dict[str, Any]]:
    """The findings by name."""
    return {one["name"]: one for one in done.data["findings"]}


@pytest.fixture
def place(neo4j_server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """Host and port of the server, empty, with its password in the environment."""
    neo4j_server.clear()
    monkeypatch.setenv("MEMCUBES_DB_PASSWORD", neo4j_server.password)
    return f"127.0.0.1:{neo4j_server.port}"


@contextmanager
def named(server: Server, user: str, password: str, further: str = "") -> Iterator[None]:
    """Another login of the server."""
    with server.driver() as driver:
        driver.execute_query(
            f"CREATE USER {user} SET PASSWORD '{password}' {further}", database_="system"
        )
        yield
        driver.execute_query(f"DROP USER {user}", database_="system")


@pytest.mark.parametrize("scheme", ["neo4j", "bolt"])
@pytest.mark.parametrize("database", ["", "/neo4j", "/NEO4J"])
def test_a_server_that_can_be_used(cli: Any, place: str, scheme: str, database: str) -> None:
    said = found(cli("doctor", "--json", "--db", f"{scheme}://{place}{database}"))
    assert said["server"]["detail"] == f"{scheme}://{place}"
    assert said["login"]["detail"] == "neo4j"
    assert said["server version"]["detail"] == "Neo4j 5.26.30 community"
    assert said["database"]["detail"] == "neo4j, online and writable"
    assert said["server clock"]["detail"].startswith("within 0.")
    states = {said[name]["state"] for name in ("server", "login", "server version", "database")}
    assert states == {said["server clock"]["state"]} == {"ok"}
    assert said["schema"]["state"] == "note"
    assert "the first write makes it" in said["schema"]["detail"]
    assert "place" not in said


def test_the_schema_of_the_server(cli: Any, place: str, neo4j_server: Server) -> None:
    from memcubes.cypher import migrations

    last = migrations()[-1].number

    def schema(*made: str) -> tuple[str, str]:
        neo4j_server.clear()
        with neo4j_server.driver() as driver:
            for query in made:
                driver.execute_query(query)
        said = found(cli("doctor", "--json", "--db", f"neo4j://{place}"))["schema"]
        return said["state"], said["detail"]

    every = f"UNWIND range(1, {last}) AS n CREATE (:Migration {{number: n}})"
    assert schema(every) == ("ok", str(last))
    assert schema(every, "CREATE (:Memory)") == ("ok", str(last))
    assert schema("CREATE (:Migration {number: 1})")[0] == "note"
    newer = schema(every, f"CREATE (:Migration {{number: {last + 1}}})")
    assert newer == ("wrong", f"{last + 1}, made by a newer memcubes; this one knows {last}")
    assert schema("CREATE (:Film)") == ("wrong", "other data, not memcubes' (1 nodes)")
    neo4j_server.clear()


def test_a_database_that_is_not_there(cli: Any, place: str) -> None:
    done = cli("doctor", "--json", "--db", f"neo4j://{place}/nowhere")
    assert done.code == 1
    assert found(done)["database"]["state"] == "missing"
    assert "there are: neo4j" in found(done)["database"]["detail"]
    assert "store" not in found(done)
    assert "model english" in found(done)
    system = found(cli("doctor", "--json", "--db", f"neo4j://{place}/system"))
    assert system["database"]["state"] == "wrong"


def test_a_login_that_is_refused(
    cli: Any, place: str, neo4j_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with named(neo4j_server, "ann", "tea-and-cake", "CHANGE NOT REQUIRED"):
        inside = cli("doctor", "--json", "--db", f"neo4j://ann:tea-and-cake@{place}")
        assert found(inside)["login"]["detail"] == "ann"
        other = cli("doctor", "--json", "--db", f"neo4j://ann@{place}")
        assert other.code == 1
        assert found(other)["server"]["state"] == "ok"
        assert found(other)["login"]["state"] == "wrong"
        assert "refuses this name and password" in found(other)["login"]["detail"]
        monkeypatch.delenv("MEMCUBES_DB_PASSWORD")
        none = cli("doctor", "--db", f"neo4j://ann@{place}")
        line = next(line for line in none.out.splitlines() if "login" in line)
        assert line.startswith("wrong")
        assert line.endswith("set MEMCUBES_DB_PASSWORD")
        for done in (inside, other, none):
            assert "tea-and-cake" not in done.out + done.err
            assert neo4j_server.password not in done.out + done.err
    with named(neo4j_server, "eve", "first-secret", "CHANGE REQUIRED"):
        new = found(cli("doctor", "--json", "--db", f"bolt://eve:first-secret@{place}"))
        assert "has to be changed" in new["login"]["detail"]


def test_a_server_without_tls_is_asked_for_it(cli: Any, place: str) -> None:
    done = cli("doctor", "--json", "--db", f"neo4j+s://{place}")
    assert done.code == 1
    assert found(done)["server"]["state"] == "wrong"
    assert "TLS" in found(done)["server"]["mend"]


@pytest.mark.parametrize("scheme", ["neo4j", "bolt", "neo4j+s", "bolt+ssc"])
def test_nobody_listens(cli: Any, scheme: str) -> None:
    started = time.monotonic()
    done = cli("doctor", "--json", "--db", f"{scheme}://ann:secret@127.0.0.1:{free_port()}/notes")
    assert time.monotonic() - started < 3
    assert done.code == 1
    assert found(done)["server"]["state"] == "missing"
    assert "Connection refused" in found(done)["server"]["detail"]
    assert "secret" not in done.out + done.err
    assert not {"login", "database", "store"} & set(found(done))


@pytest.mark.parametrize("scheme", ["neo4j", "bolt+s"])
def test_somebody_listens_and_is_silent(cli: Any, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}"
        done = cli("doctor", "--json", "--db", url)
        assert time.monotonic() - started < 3
    assert done.code == 1
    assert found(done)["server"]["state"] == "wrong"
    assert "no answer in time" in found(done)["server"]["detail"]
    assert done.err == ""


def test_an_address_that_is_wrong(cli: Any) -> None:
    done = cli("doctor", "--json", "--db", "neo4j://ann:secret@localhost:port")
    assert done.code == 1
    assert found(done)["store"]["state"] == "missing"
    assert "secret" not in done.out + done.err
    assert is_server("neo4j+ssc://db.example")
    assert not is_server("sqlite:///notes.db")
    assert not is_server("neo4j")
