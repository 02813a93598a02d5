"""Filters, facets and pages over HTTP: the same vocabulary and meaning as everywhere."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import WHEN, Server, admit, restrict, tag
from .test_reading import cube, nodes

SEARCH = """query($question: String, $where: CubeFilter, $first: Int, $after: String, $at: AsOf) {
    graph(namespace: "default", asOf: $at) { search(question: $question, where: $where, first: $first, after: $after) {
        seq total visible edges { score node { id } } pageInfo { hasNextPage endCursor }
        facets(by: [TAGS, STATE]) { name distinct missing values { value count exact } } } } }"""


def found(server: Server, **variables: Any) -> Any:
    return server.ask(SEARCH, **variables)["graph"]["search"]


def ids(page: Any) -> list[str]:
    return [edge["node"]["id"] for edge in page["edges"]]


@pytest.mark.parametrize("question", [None, WHEN])
def test_a_search_takes_the_whole_filter(server: Server, question: str | None) -> None:
    one, two = cube(server, "05:00"), cube(server, "BP-2")
    tag(server, one, "Plant/North")
    tag(server, two, "plant/south")
    page = found(server, question=question, where={"tags": ["plant"]}, first=1)
    assert (page["total"], len(page["edges"]), page["pageInfo"]["hasNextPage"]) == (2, 1, True)
    tags, states = page["facets"]
    assert [(v["value"], v["count"], v["exact"]) for v in tags["values"]] == [
        ("plant", 2, 0),
        ("plant/north", 1, 1),
        ("plant/south", 1, 1),
    ]
    assert [(v["value"], v["count"]) for v in states["values"]] == [("activated", 2)]
    rest = found(
        server, question=question, where={"tags": "plant"}, after=page["pageInfo"]["endCursor"]
    )
    assert {*ids(page), *ids(rest)} == {one, two}
    assert rest["pageInfo"]["hasNextPage"] is False
    assert (page["edges"][0]["score"] is None) is (question is None)
    for where, count in (
        ({"tags": "+plant -=plant/north"}, 1),
        ({"tags": ["plant", "-*"]}, 0),
        ({"source": "log.txt", "semanticType": ["document", "fact"]}, 1),
        ({"stated": {"since": "2999-01-01"}}, 0),
        ({"recorded": {"until": "2999-01-01"}, "agent": "local:ann", "tags": "plant"}, 2),
        ({"valid": {"until": "1900-01-01"}}, 0),
        ({"state": "archived"}, 0),
    ):
        assert found(server, question=question, where=where)["total"] == count, where


def test_cubes_are_listed_by_the_same_filter_in_an_order(server: Server) -> None:
    query = """query($where: CubeFilter, $order: CubeOrder, $after: String) { graph(namespace: "default") {
        cubes(where: $where, orderBy: $order, first: 2, after: $after) {
        edges { node { id } } pageInfo { endCursor hasNextPage } } } }"""

    def listed(order: str | None, **where: Any) -> list[str]:
        found, after = list[str](), None
        while True:
            page = server.ask(query, where=where, order=order, after=after)["graph"]["cubes"]
            found += [one["id"] for one in nodes(page)]
            after = page["pageInfo"]["endCursor"]
            server.memory.remember(f"Something else, number {len(found)}.")
            if not page["pageInfo"]["hasNextPage"]:
                return found

    oldest = listed("OLDEST", semanticType="document")
    assert len(oldest) == len(set(oldest)) > 2
    assert sorted(listed("NEWEST", semanticType="document")) == sorted(oldest)
    assert sorted(listed(None, semanticType="document")) == sorted(oldest)
    assert listed(None, semanticType="document", tags="-*") == oldest
    asked = query.replace("node { id }", "node { id stated }").replace("first: 2", "first: 100")
    for order, turned in (("STATED_OLDEST", False), ("STATED_NEWEST", True)):
        page = server.ask(asked, where={"semanticType": "document"}, order=order)["graph"]["cubes"]
        stated = [one["stated"] for one in nodes(page) if one["stated"]]
        assert len(stated) > 2
        assert stated == sorted(stated, reverse=turned)


def test_what_one_may_not_see_is_in_no_count(server: Server) -> None:
    node, other = cube(server, "05:00"), cube(server, "BP-2")
    tag(server, node, "secret/plan")
    tag(server, other, "night")
    restrict(server, node)
    bob = admit(server, "local:bob")
    mine, theirs = found(server, where={}), found(bob, where={})
    assert (mine["total"] - theirs["total"], mine["visible"] - theirs["visible"]) == (1, 1)
    assert [value["value"] for value in theirs["facets"][0]["values"]] == ["night"]
    assert found(bob, where={"tags": "secret"})["total"] == 0
    assert found(bob, question=WHEN, where={"tags": "-secret"})["total"] == theirs["total"]
    cursor = found(server, where={}, first=1)["pageInfo"]["endCursor"]
    assert bob.refused(SEARCH, where={}, first=1, after=cursor)[0] == "INVALID"


def test_a_wrong_expression_or_cursor_is_refused_with_what_is_wrong(server: Server) -> None:
    code, message = server.refused(SEARCH, where={"tags": ["+a (b"]})
    assert (code, "a closing parenthesis is missing" in message) == ("INVALID", True)
    code, message = server.refused(SEARCH, where={"source": "nowhere.md"})
    assert code == "NOT_FOUND"
    cursor = found(server, question=WHEN, first=1)["pageInfo"]["endCursor"]
    for other in ({"question": "Who?"}, {"where": {"language": "en"}, "question": WHEN}, {}):
        code, message = server.refused(SEARCH, after=cursor, **other)
        assert (code, "another listing" in message) == ("INVALID", True)
    assert server.refused(SEARCH, question=WHEN, after=cursor, at={"seq": 2})[0] == "INVALID"
