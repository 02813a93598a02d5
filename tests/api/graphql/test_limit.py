"""Limits: what is too deep, too wide or too long is refused before anything is read."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from graphql import build_client_schema, get_introspection_query, print_schema

from memcubes.api.graphql.limit import ALIASES, DEPTH, TOKENS
from memcubes.api.graphql.reading import MOST_WALKS

from .conftest import Server, served


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on one small store: at the door it does not matter which."""
    server = served("sqlite:///:memory:")
    server.memory.remember("Dana Ruiz opened the bypass BP-2. The valve RV-7 failed at 02:10.")
    yield server
    server.service.close()


def deep(levels: int) -> str:
    """A query with fields nested so deep."""
    inner = "id"
    for level in range(levels - 5):
        inner = f"{'cubes' if (levels - level) % 2 else 'facts'} {{ {inner} }}"
    return f'{{ graph(namespace: "default") {{ cubes(first: 1) {{ edges {{ node {{ {inner} }} }} }} }} }}'


def test_depth_is_bounded(server: Server) -> None:
    assert "errors" not in server.answer(deep(DEPTH))
    code, message = server.refused(deep(DEPTH + 1))
    assert (code, f"{DEPTH + 1} fields deep" in message) == ("BAD_QUERY", True)
    for levels in (200, 450):
        assert server.refused("{ a " * levels + "}" * levels)[0] == "BAD_QUERY"


def test_depth_is_counted_through_fragments(server: Server) -> None:
    fragments = " ".join(
        f"fragment f{n} on Fact {{ cubes {{ facts {{ ...f{n + 1} }} }} }}" for n in range(6)
    )
    query = f"""query {{ graph(namespace: "default") {{ facts {{ edges {{ node {{ ...f0 }} }} }} }} }}
        {fragments} fragment f6 on Fact {{ id }}"""
    assert "17 fields deep" in server.refused(query)[1]


def test_aliases_are_bounded(server: Server) -> None:
    names = " ".join(f"a{n}: viewer {{ name }}" for n in range(ALIASES))
    assert len(server.ask(f"{{ {names} }}")) == ALIASES
    assert f"{ALIASES + 1} aliases" in server.refused(f"{{ {names} x: viewer {{ name }} }}")[1]


def test_fragments_that_double_are_refused_at_once(server: Server) -> None:
    fragments = " ".join(
        f"fragment f{n} on Fact {{ a: against {{ ...f{n + 1} }} b: against {{ ...f{n + 1} }} }}"
        for n in range(60)
    )
    query = f"""query {{ graph(namespace: "default") {{ facts {{ edges {{ node {{ ...f0 }} }} }} }} }}
        {fragments} fragment f60 on Fact {{ id }}"""
    begun = time.perf_counter()
    messages = [error["message"] for error in server.answer(query)["errors"]]
    assert any("fields deep" in message for message in messages)
    assert any("aliases" in message for message in messages)
    assert time.perf_counter() - begun < 5
    loop = "query { viewer { ...f } } fragment f on Agent { ...g } fragment g on Agent { ...f }"
    assert server.answer(loop)["errors"]


def test_tokens_are_bounded(server: Server) -> None:
    query = "{ viewer { " + "name " * TOKENS + "} }"
    code, message = server.refused(query)
    assert (code, str(TOKENS) in message) == ("BAD_QUERY", True)
    assert server.ask("{ viewer { " + "name " * 500 + "} }")
    repeated = server.refused("{ viewer { " + "name " * (TOKENS - 10) + "} }")
    assert repeated == (
        "BAD_QUERY",
        "the request repeats itself too often to be checked: send it in parts",
    )


@pytest.mark.parametrize("first", [0, -1, 101, 10**9])
@pytest.mark.parametrize(
    "listing", ["cubes(first: %d)", "facts(first: %d)", "entities(first: %d)", "search(first: %d)"]
)
def test_pages_are_bounded(server: Server, listing: str, first: int) -> None:
    query = '{ graph(namespace: "default") { %s { edges { cursor } } } }' % (listing % first)
    code, message = server.refused(query)
    assert (code, "1 to 100" in message) == ("INVALID", True)


def test_nested_pages_are_bounded(server: Server) -> None:
    for inner in ("cubes(first: 101)", "facts(first: 0)"):
        query = """{ graph(namespace: "default") { entities(first: 1) { edges { node {
            INNER { edges { cursor } } } } } } }""".replace("INNER", inner)
        assert server.refused(query)[0] == "INVALID"
    query = '{ changeSets(namespace: "default", first: 101) { edges { cursor } } }'
    assert server.refused(query)[0] == "INVALID"


def test_walks_are_bounded(server: Server) -> None:
    for number in range(MOST_WALKS):
        server.memory.remember(f"The pump P-{number} stopped.")
    query = """query($first: Int) { graph(namespace: "default") { cubes(first: $first) { edges { node {
        %s } } } } }"""
    for field in ("history { edges { cursor } }", "trace(direction: DOWN) { truncated }"):
        assert (
            len(server.ask(query % field, first=MOST_WALKS)["graph"]["cubes"]["edges"])
            == MOST_WALKS
        )
        errors = server.answer(query % field, first=100)["errors"]
        assert {error["extensions"]["code"] for error in errors} == {"INVALID"}
        assert f"at most {MOST_WALKS}" in errors[0]["message"]
    assert server.ask(query % "staleBecause { id }", first=100)  # what is not stale costs no walk


def test_an_answer_does_not_grow_without_bound(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memcubes.api.graphql.reading.MOST_NODES", 20)
    code, message = server.refused(deep(12).replace("first: 1", "first: 100"))
    assert (code, "more than 20 nodes" in message) == ("INVALID", True)


def test_introspection_is_allowed(server: Server) -> None:
    whole = server.ask(get_introspection_query())
    assert "type MemCube" in print_schema(build_client_schema(whole))
