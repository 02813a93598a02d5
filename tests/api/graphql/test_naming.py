"""Names over GraphQL: told apart, split; and cubes in their states."""

from __future__ import annotations

from typing import Any

from .conftest import Server
from .test_change import change, cube

NAMES = """query ($name: String!, $cube: ID!) {
  graph(namespace: "default") { entities(where: {name: $name}) { edges { node {
    names cubes { edges { node { id } } } } } } }
  node(id: $cube) { ... on MemCube { entities { names } } }
}"""


def test_names_are_told_apart_and_split(server: Server) -> None:
    log = cube(server, "BP-2")
    apart = change(server, {"distinguish": {"entities": ["RV-7", "BP-2"]}}, "1")
    assert apart["verb"] == "distinguish"
    refused = change(server, {"merge": {"entities": ["BP-2", "RV-7"]}}, "2")
    assert refused["__typename"] == "Conflict"
    assert f"@{apart['seq']}" in refused["message"]
    done = change(server, {"split": {"entity": "RV-7", "cubes": [log], "called": "RV-7a"}}, "3")
    assert done["verb"] == "split"
    found = server.ask(NAMES, name="RV-7a", cube=log)
    (entity,) = found["graph"]["entities"]["edges"]
    assert [edge["node"]["id"] for edge in entity["node"]["cubes"]["edges"]] == [log]
    named = {name for one in found["node"]["entities"] for name in one["names"]}
    assert "RV-7a" in named
    assert "RV-7" not in named
    old = server.ask(NAMES, name="RV-7", cube=log)["graph"]["entities"]["edges"]
    assert log not in {e["node"]["id"] for one in old for e in one["node"]["cubes"]["edges"]}


FACTS = """query ($name: String!) { graph(namespace: "default") {
  entities(where: {name: $name}) { edges { node {
    names facts(first: 50) { edges { node { id cubes { id } subjectEntity { names } objectEntity { names } } } }
  } } } } }"""


def facts(server: Server, name: str) -> dict[str, dict[str, Any]]:
    """The facts of an entity, by id."""
    found = server.ask(FACTS, name=name)["graph"]["entities"]["edges"]
    return {e["node"]["id"]: e["node"] for one in found for e in one["node"]["facts"]["edges"]}


def test_facts_follow_whom_their_passages_mean(server: Server) -> None:
    before = facts(server, "RV-7")
    stated = {name: [cube["id"] for cube in fact["cubes"]] for name, fact in before.items()}
    (log,) = next(cubes for cubes in stated.values() if len(cubes) == 1)
    mine = {name for name, cubes in stated.items() if cubes == [log]}
    shared = {name for name, cubes in stated.items() if log in cubes} - mine
    done = change(server, {"split": {"entity": "RV-7", "cubes": [log], "called": "RV-7a"}}, "1")
    assert done["verb"] == "split"
    assert facts(server, "RV-7").keys() == before.keys() - mine
    moved = facts(server, "RV-7a")
    assert moved.keys() == mine | shared
    for name in mine:
        ends = (moved[name]["subjectEntity"], moved[name]["objectEntity"])
        assert ["RV-7a"] in [end["names"] for end in ends if end]
    change(server, {"revert": {"change": f"@{done['seq']}"}}, "2")
    assert facts(server, "RV-7") == before


def test_a_cube_is_archived_frozen_and_released(server: Server) -> None:
    node = cube(server, "BP-2")
    asked = {"transition": {"target": node, "to": "ARCHIVE"}}
    tried = change(server, asked, "1", mode="DRY_RUN")
    assert tried["__typename"] == "Preview"
    assert change(server, asked, "1")["verb"] == "transition"
    assert node not in {hit.cube.node for hit in server.memory.search("bypass BP-2").hits}
    assert change(server, asked, "2")["__typename"] in ("Conflict", "Invalid")
    assert change(server, {"transition": {"target": node, "to": "ACTIVATE"}}, "3")["verb"]
    assert change(server, {"transition": {"target": node, "to": "FREEZE"}}, "4")["verb"]
    held = change(server, {"revise": {"target": node, "text": "The bypass stood."}}, "5")
    assert (held["__typename"], held["code"]) == ("Invalid", "HELD")
    assert "release" in held["message"]
    assert change(server, {"transition": {"target": node, "to": "RELEASE"}}, "6")["verb"]
    assert change(server, {"revise": {"target": node, "text": "The bypass stood."}}, "7")["seq"]


def test_a_cube_is_tagged_and_found_by_its_tag(server: Server) -> None:
    node = cube(server, "BP-2")
    asked = {"tag": {"target": node, "add": ["Plant/Bypass"]}}
    assert change(server, asked, "1", mode="DRY_RUN")["__typename"] == "Preview"
    assert change(server, asked, "1")["verb"] == "tag"
    query = """{ graph(namespace: "default") { cubes(where: {tags: "plant"}) { edges { node { id } } } } }"""
    found = server.answer(query)["data"]["graph"]["cubes"]["edges"]
    assert [edge["node"]["id"].endswith(node) or node in edge["node"]["id"] for edge in found]
    assert len(found) == 1
    assert (
        change(server, {"tag": {"target": node, "add": ["plant / bypass"]}}, "2")["__typename"]
        == "Conflict"
    )
    assert (
        change(server, {"tag": {"target": node, "remove": ["plant/bypass"]}}, "3")["verb"] == "tag"
    )
    assert server.answer(query)["data"]["graph"]["cubes"]["edges"] == []
