"""The door: who is answered at all, and what is told of what went wrong."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from memcubes.api.graphql.application import Door, application
from memcubes.api.graphql.limit import BODY

from .conftest import Server, served

VIEWER = {"query": "{ viewer { name } }"}


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on one small store: at the door it does not matter which."""
    server = served("sqlite:///:memory:")
    server.memory.remember("Dana Ruiz opened the bypass BP-2. The valve RV-7 failed at 02:10.")
    yield server
    server.service.close()


def code(response: httpx.Response) -> str:
    """The code of a refusal, which is JSON like any other answer."""
    assert response.headers["content-type"] == "application/json"
    (error,) = response.json()["errors"]
    assert error["message"]
    return str(error["extensions"]["code"])


def test_a_request_is_answered(server: Server) -> None:
    response = server.post(VIEWER)
    assert response.json() == {"data": {"viewer": {"name": "local:ann"}}}
    for media in ("application/json; charset=utf-8", "Application/JSON"):
        headers = {"content-type": media}
        assert server.post(None, content=json.dumps(VIEWER), headers=headers).status_code == 200


@pytest.mark.parametrize(
    "media",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "application/graphql",
    ],
)
def test_what_a_form_can_send_is_not_taken(server: Server, media: str) -> None:
    response = server.post(None, content=json.dumps(VIEWER), headers={"content-type": media})
    assert (response.status_code, code(response)) == (415, "MEDIA_TYPE")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_graphql_is_asked_by_post(server: Server, method: str) -> None:
    before = server.service.store().head().seq
    wish = "mutation { change(input: {}) { __typename } }"
    response = server.request(method, "/graphql", params={"query": wish})
    assert (response.status_code, code(response), response.headers["allow"]) == (
        405,
        "METHOD",
        "POST",
    )
    assert server.service.store().head().seq == before


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"query": 1}', b'{"query": "{viewer{name}}", "variables": []}',
     b'{"query": "{viewer{name}}", "operationName": 1}', b'{"query": NaN}', b"\xff\xfe", b"[" * 100_000,
     b'{"query": "{ viewer { name } }", "variables": {"a": "\\ud83d"}}'],
)  # fmt: skip
def test_what_is_no_request_is_told_so(server: Server, body: bytes) -> None:
    response = server.post(None, content=body, headers={"content-type": "application/json"})
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")


def test_batches_are_refused(server: Server) -> None:
    response = server.post([VIEWER, VIEWER])
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")
    assert "one request at a time" in response.text


def test_a_request_has_a_largest_size(server: Server) -> None:
    large = json.dumps({**VIEWER, "variables": {"a": "x" * BODY}}).encode()
    headers = {"content-type": "application/json"}
    assert code(server.post(None, content=large, headers=headers)) == "TOO_LARGE"
    sent = []

    async def parts() -> Any:
        for at in range(0, 50 * BODY, 100_000):
            sent.append(at)
            yield b" " * 100_000

    response = server.post(None, content=parts(), headers=headers)  # says no length beforehand
    assert (response.status_code, code(response)) == (413, "TOO_LARGE")
    fits = json.dumps({**VIEWER, "variables": {"a": "x" * (BODY - 100)}}).encode()
    assert server.post(None, content=fits, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8420", "127.0.0.1.evil.example", "", "[", "0.0.0.0"]
)
def test_only_this_machines_own_names_are_answered(server: Server, host: str) -> None:
    for path in ("/graphql", "/health"):
        response = server.request("POST", path, json=VIEWER, headers={"host": host})
        assert (response.status_code, code(response)) == (403, "FORBIDDEN_HOST")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8420", "[::1]:8420"])
def test_this_machines_own_names_are_answered(server: Server, host: str) -> None:
    assert server.post(VIEWER, headers={"host": host}).status_code == 200


def test_pages_of_another_origin_are_not_answered(server: Server) -> None:
    for origin in (
        "http://evil.example",
        "null",
        "http://localhost:3000",
        "http://localhost.evil.example",
    ):
        response = server.post(VIEWER, headers={"origin": origin})
        assert (response.status_code, code(response)) == (403, "FORBIDDEN_ORIGIN")
        assert "access-control-allow-origin" not in response.headers
    assert server.post(VIEWER, headers={"origin": "http://localhost"}).status_code == 200


def test_a_token_is_asked_for_where_there_is_one(server: Server) -> None:
    server.door = Door(None, "secret-secret-secret")
    for headers in (
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": "Bearer "},
        {"authorization": "secret-secret-secret"},
        {"authorization": "Basic secret-secret-secret"},
        {"authorization": "Bearer secret-secret-secretx"},
        {"authorization": b"Bearer \xe9"},
    ):
        response = server.post(VIEWER, headers=headers)
        assert (response.status_code, code(response)) == (401, "UNAUTHENTICATED")
        assert response.headers["www-authenticate"] == "Bearer"
        assert "secret" not in response.text
    for host in ("x/health?", "x/health#", "[", "@/health"):  # a name is no path
        assert server.post(VIEWER, headers={"host": host}).status_code == 401
    headers = {"authorization": "bearer secret-secret-secret", "host": "memory.example"}
    assert server.post(VIEWER, headers=headers).status_code == 200
    assert server.request("GET", "/health").status_code == 200


def test_health_says_whether_the_store_answers(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert server.request("GET", "/health").json() == {"status": "ok"}
    from memcubes.graph.errors import Unavailable

    def fail() -> None:
        raise Unavailable("the disk is gone")

    monkeypatch.setattr(server.service.store().engine, "head", fail)
    response = server.request("GET", "/health")
    assert (response.status_code, response.json()) == (503, {"status": "unavailable"})
    assert "the disk is gone" in caplog.text
    assert server.refused('{ graph(namespace: "default") { seq } }') == (
        "UNAVAILABLE",
        "the disk is gone",
    )


def test_there_is_nothing_else_here(server: Server) -> None:
    for path in ("/", "/graphql/", "/graphiql", "/docs", "/..", "/health/x"):
        response = server.request("GET", path)
        assert response.status_code in {404, 405}
        assert "html" not in response.headers["content-type"]
    assert server.request("POST", "/health").status_code == 405


def test_what_was_not_foreseen_is_masked_and_logged_under_its_id(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("password=hunter2 at neo4j://ann:hunter2@db")

    monkeypatch.setattr(server.service.store().engine, "find", fail)
    response = server.post(
        {"query": '{ graph(namespace: "default") { seq cubes { edges { cursor } } } }'}
    )
    (error,) = response.json()["errors"]
    assert "hunter2" not in response.text
    assert "Traceback" not in response.text
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["id"] in error["message"]
    (record,) = [one for one in caplog.records if error["extensions"]["id"] in one.getMessage()]
    assert record.exc_info
    assert "hunter2" in caplog.text


def test_a_fault_of_the_server_itself_is_masked_too(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr("memcubes.api.graphql.application.execute", fail)
    transport_quiet = httpx.ASGITransport(application(server.service), raise_app_exceptions=False)

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=transport_quiet, base_url="http://localhost"
        ) as http:
            return await http.post("/graphql", json=VIEWER)

    response = asyncio.run(send())
    assert (response.status_code, code(response)) == (500, "INTERNAL")
    assert "hunter2" not in response.text


def test_a_slow_store_does_not_hold_up_others(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, gate = server.service.store().engine, threading.Event()
    slow = engine.find

    def find(*given: Any, **more: Any) -> Any:
        assert gate.wait(20)
        return slow(*given, **more)

    monkeypatch.setattr(engine, "find", find)

    async def both() -> list[float]:
        transport = httpx.ASGITransport(application(server.service))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            cubes = '{ graph(namespace: "default") { cubes { edges { cursor } } } }'
            waiting = asyncio.create_task(http.post("/graphql", json={"query": cubes}))
            await asyncio.sleep(0.05)
            begun = time.perf_counter()
            quick = await http.post("/graphql", json=VIEWER)
            took = time.perf_counter() - begun
            assert (quick.json()["data"], waiting.done()) == (
                {"viewer": {"name": "local:ann"}},
                False,
            )
            gate.set()
            assert len((await waiting).json()["data"]["graph"]["cubes"]["edges"]) == 1
            return [took]

    assert asyncio.run(both())[0] < 5
