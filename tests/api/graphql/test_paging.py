"""Pages and filters: nothing twice, nothing passed over, the filter before the limit."""

from __future__ import annotations

import pytest

from .conftest import Server, tag
from .test_reading import cube, nodes


@pytest.mark.parametrize("listing", ["cubes", "facts", "entities", "search"])
def test_pages_hold_across_writes(server: Server, listing: str) -> None:
    query = """query($after: String) { graph(namespace: "default") { LISTING(first: 2, after: $after) {
        edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } } }""".replace("LISTING", listing)
    whole = server.ask(query.replace("first: 2", "first: 100"))["graph"][listing]
    found: list[str] = []
    after = None
    for turn in range(20):
        page = server.ask(query, after=after)["graph"][listing]
        found += [edge["node"]["id"] for edge in page["edges"]]
        info = page["pageInfo"]
        assert info["hasPreviousPage"] is (turn > 0)
        assert [info["startCursor"], info["endCursor"]] == [
            page["edges"][0]["cursor"],
            page["edges"][-1]["cursor"],
        ]
        after = info["endCursor"]
        server.memory.remember(f"The pump P-{turn} failed at 0{turn % 10}:10.")
        if turn == 0:
            server.memory.retract("vendor.md")
        if not info["hasNextPage"]:
            break
    assert found == [edge["node"]["id"] for edge in whole["edges"]]


def test_changes_are_paged_from_the_newest_and_hold_across_writes(server: Server) -> None:
    query = """query($after: String) { changeSets(namespace: "default", first: 2, after: $after) {
        edges { node { seq } } pageInfo { hasNextPage endCursor } } }"""
    found: list[int] = []
    after = None
    while True:
        page = server.ask(query, after=after)["changeSets"]
        found += [one["seq"] for one in nodes(page)]
        after = page["pageInfo"]["endCursor"]
        server.memory.remember(f"Something else, number {len(found)}.")
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == [6, 5, 4, 3, 2, 1]


def test_a_cursor_of_another_listing_is_refused(server: Server) -> None:
    query = """query($after: String, $where: CubeFilter, $at: AsOf) {
        graph(namespace: "default", asOf: $at) { cubes(first: 1, after: $after, where: $where) {
        pageInfo { endCursor } } } }"""
    cursor = server.ask(query)["graph"]["cubes"]["pageInfo"]["endCursor"]
    assert server.refused(query, after=cursor, where={"language": "en"})[0] == "INVALID"
    assert server.refused(query, after=cursor, at={"seq": 3})[0] == "INVALID"
    facts = query.replace("cubes(", "facts(").replace("CubeFilter", "FactFilter")
    assert server.refused(facts, after=cursor)[0] == "INVALID"
    for wrong in ("x", "AAAA", cursor[:-3], "é", "[]", "WzEsMiwzLDRd"):
        assert server.refused(query, after=wrong)[0] == "INVALID"
    ahead = server.ask(query)["graph"]["cubes"]["pageInfo"]["endCursor"]
    assert server.ask(query, after=ahead, at={"seq": 6})["graph"]["cubes"]["pageInfo"]["endCursor"]


def test_filters_come_before_the_limit(server: Server) -> None:
    node = cube(server, "05:00")
    tag(server, node, "night")
    query = """query($where: CubeFilter) { graph(namespace: "default") {
        cubes(where: $where, first: 1) { edges { node { id tags { name } } } pageInfo { hasNextPage } }
        search(question: "When did the valve RV-7 fail?", where: {tags: ["night"]}, first: 1) {
            edges { node { id } } } } }"""
    found = server.ask(query, where={"tags": ["night"]})["graph"]
    assert nodes(found["cubes"]) == [{"id": node, "tags": [{"name": "night"}]}]
    assert found["cubes"]["pageInfo"] == {"hasNextPage": False}
    assert nodes(found["search"]) == [{"id": node}]
    for where, count in (
        ({"tags": ["night", "day"]}, 0),
        ({"semanticType": "document"}, 1),
        ({"semanticType": "fact"}, 0),
        ({"state": "archived"}, 0),
        ({"language": "en", "originType": "retrieved", "state": "activated"}, 1),
    ):
        assert len(server.ask(query, where=where)["graph"]["cubes"]["edges"]) == count
    source = server.memory.resolve("log.txt")
    (only,) = server.ask(query, where={"source": source})["graph"]["cubes"]["edges"]
    assert only["node"]["id"] == cube(server, "BP-2")


def test_facts_and_changes_can_be_filtered(server: Server) -> None:
    query = """query($facts: FactFilter, $changes: ChangeSetFilter, $entities: EntityFilter) {
        graph(namespace: "default") {
            facts(where: $facts) { edges { node { object } } }
            entities(where: $entities) { edges { node { name } } } }
        changeSets(namespace: "default", where: $changes) { edges { node { verb } } } }"""
    found = server.ask(
        query,
        facts={"subject": "RV-7", "relation": "fail at"},
        entities={"source": server.memory.resolve("order.md")},
        changes={"verb": "ask", "actor": "local:ann", "since": "2020-01-01", "until": "2999-01-01"},
    )
    assert {one["object"] for one in nodes(found["graph"]["facts"])} == {"02:10", "07:40"}
    names = {one["name"] for one in nodes(found["graph"]["entities"])}
    assert names == {"Dana Ruiz", "Northline Controls", "S-88", "Work order"}
    assert nodes(found["changeSets"]) == [{"verb": "ask"}]
    for changes in ({"actor": "local:eve"}, {"until": "2020-01-01"}, {"since": "2999-01-01"}):
        assert server.ask(query, changes=changes)["changeSets"]["edges"] == []
