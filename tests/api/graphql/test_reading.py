"""What is read: every kind of node, in the snapshot that was named, and by those who may."""

from __future__ import annotations

from typing import Any

from ..casefolder import FILES
from .conftest import WHEN, Server, admit, beside, restrict

CUBES = '{ graph(namespace: "default") { cubes { edges { node { %s } } } } }'
FACTS = 'query($at: AsOf) { graph(namespace: "default", asOf: $at) { facts { edges { node { %s } } } } }'


def nodes(found: Any) -> list[Any]:
    """The nodes of a connection."""
    return [edge["node"] for edge in found["edges"]]


def cube(server: Server, words: str) -> str:
    """The id of the cube that holds these words."""
    found = nodes(server.ask(CUBES % "id text")["graph"]["cubes"])
    return next(str(one["id"]) for one in found if words in one["text"])


def test_a_cube_shows_its_header_and_where_it_stands(server: Server) -> None:
    fields = """title text semanticType originType state language authority subject speaker stated
        digest valid { start end known } recorded { start end } tags { name }
        evidence { start end quote digest revised source { name text } } sources { name uri }"""
    found = nodes(server.ask(CUBES % fields)["graph"]["cubes"])
    assert {one["sources"][0]["name"] for one in found} == set(FILES)
    (log,) = [one for one in found if "BP-2" in one["text"]]
    (place,) = log.pop("evidence")
    assert place["source"]["text"][place["start"] : place["end"]] == place["quote"] == log["text"]
    assert (place["digest"], place["revised"]) == (log.pop("digest"), False)
    assert log.pop("text") in FILES["log.txt"]
    assert log.pop("sources")[0]["uri"].endswith("/files/log.txt")
    assert log == {
        "title": "Plant log",
        "semanticType": "document",
        "originType": "retrieved",
        "state": "activated",
        "language": "en",
        "authority": "EXTRACTED",
        "subject": log["subject"],
        "speaker": None,
        "stated": "2025-03-12T00:00:00.000000Z",
        "valid": {"start": "2025-03-12T00:00:00.000000Z", "end": None, "known": True},
        "recorded": {"start": 2, "end": None},
        "tags": [],
    }


def test_a_fact_is_quoted_from_every_source_that_states_it(server: Server) -> None:
    fields = """subject relation object negated correction status authority
        support { quote start end source { name text } } against { object }
        cubes { title } subjectEntity { name } objectEntity { name }"""
    found = nodes(server.ask(FACTS % fields)["graph"]["facts"])
    told = {f"{one['subject']} {one['relation']} {one['object']}": one for one in found}
    for one in found:
        for quote in one["support"]:
            text = quote["source"]["text"]
            assert text[quote["start"] : quote["end"]] == quote["quote"]
    coil = told["Northline Controls replace S-88"]
    assert {q["source"]["name"] for q in coil["support"]} == {"order.md", "vendor2.md"}
    assert (coil["status"], coil["subjectEntity"]["name"], coil["objectEntity"]["name"]) == (
        "BELIEVED",
        "Northline Controls",
        "S-88",
    )
    assert {one["title"] for one in coil["cubes"]} == {"Work order", "Second statement"}
    old, new = told["RV-7 fail at 02:10"], told["RV-7 fail at 07:40"]
    assert (old["status"], [one["object"] for one in old["against"]]) == ("SUPERSEDED", ["07:40"])
    assert (new["status"], new["correction"], new["against"]) == ("BELIEVED", True, [])


def test_an_entity_gathers_what_mentions_it(server: Server) -> None:
    query = """{ graph(namespace: "default") { entities(where: {name: "dana RUIZ"}) { edges { node {
        id name names label merged cubes { edges { node { title } } }
        facts { edges { node { relation object } } } } } } } }"""
    (dana,) = nodes(server.ask(query)["graph"]["entities"])
    assert (dana["name"], dana["names"], dana["merged"]) == ("Dana Ruiz", ["Dana Ruiz"], [])
    assert {one["title"] for one in nodes(dana["cubes"])} == {"Plant log", "Work order"}
    assert {one["object"] for one in nodes(dana["facts"])} == {"BP-2", "Northline Controls"}


def test_names_that_were_merged_are_one_entity_until_the_merge_is_undone(server: Server) -> None:
    listed = """{ graph(namespace: "default") { entities(first: 100) { edges { node {
        id names merged cubes { edges { node { title } } } } } } } }"""
    before = nodes(server.ask(listed)["graph"]["entities"])
    server.memory.merge(["RV-7", "K-210"])
    after = nodes(server.ask(listed)["graph"]["entities"])
    assert len(after) == len(before) - 1
    (one,) = [entity for entity in after if "RV-7" in entity["names"]]
    assert one["names"] == ["K-210", "RV-7"]
    assert len(one["merged"]) == 2
    assert {cube["title"] for cube in nodes(one["cubes"])} == {"Plant log", "Vendor statement"}
    for member in one["merged"]:
        query = "query($id: ID!) { node(id: $id) { id ... on Entity { names } } }"
        assert server.ask(query, id=member)["node"] == {"id": one["id"], "names": one["names"]}
    mentioned = nodes(server.ask(CUBES % "entities { names }")["graph"]["cubes"])
    assert sum(["K-210", "RV-7"] in [e["names"] for e in c["entities"]] for c in mentioned) == 2
    server.memory.revert(server.memory.store().head().seq)
    assert nodes(server.ask(listed)["graph"]["entities"]) == before


NESTED = """query($at: AsOf) { graph(namespace: "default", asOf: $at) {
  seq
  cubes(first: 100) { edges { node { id text
    sources { name cubes { edges { node { id } } } }
    entities { names cubes { edges { node { id } } } facts { edges { node { id status } } } }
    facts { id status support { quote source { name } } against { id } subjectEntity { names } }
  } } }
  facts(first: 100) { edges { node { id status support { quote } } } }
  entities(first: 100) { edges { node { id names cubes { edges { node { id } } } } } }
  search(question: "When did the valve RV-7 fail?") { seq visible edges { node { id facts { status } } } }
} }"""


def test_what_is_nested_is_read_in_the_same_snapshot(server: Server) -> None:
    now = server.ask(NESTED)["graph"]
    seq = now["seq"]
    when = server.ask(
        '{ changeSets(namespace: "default", first: 1) { edges { node { recorded } } } }'
    )
    server.memory.retract("vendor.md")
    server.memory.merge(["RV-7", "BP-2"])
    server.memory.revise(cube(server, "02:10"), "RV-7 stood.")
    server.memory.remember("The valve RV-7 failed at 09:09.")
    later = server.ask(NESTED)["graph"]
    assert later != now
    assert server.ask(NESTED, at={"seq": seq})["graph"] == now
    recorded = nodes(when["changeSets"])[0]["recorded"]
    assert server.ask(NESTED, at={"recorded": recorded})["graph"] == now
    assert nodes(server.ask(NESTED, at={"seq": 1})["graph"]["cubes"]) == []


def test_valid_time_is_inherited_as_well(server: Server) -> None:
    at = {"valid": "2025-03-11"}
    found = server.ask(NESTED, at=at)["graph"]
    assert [c["sources"][0]["name"] for c in nodes(found["cubes"])] == ["order.md"]
    assert {
        quote["source"]["name"]
        for c in nodes(found["cubes"])
        for f in c["facts"]
        for quote in f["support"]
    } == {"order.md"}
    assert len(found["search"]["edges"]) == 1


def test_a_snapshot_takes_one_recorded_time(server: Server) -> None:
    query = '{ graph(namespace: "default", asOf: {seq: 2, recorded: "2030-01-01"}) { seq } }'
    assert server.refused(query)[0] == "INVALID"
    code, message = server.refused('{ graph(namespace: "default", asOf: {seq: 99}) { seq } }')
    assert (code, "no sequence 99 yet" in message) == ("NOT_FOUND", True)


def test_a_sequence_beyond_32_bits_is_read_exactly(server: Server) -> None:
    query = 'query($at: AsOf) { graph(namespace: "default", asOf: $at) { seq } }'
    for given in (2**40, str(2**40)):
        assert f"no sequence {2**40} yet" in server.refused(query, at={"seq": given})[1]
    for wrong in (2**53, -1, 1.5, True, "x"):
        assert server.refused(query, at={"seq": wrong})[0] in {"INVALID", "BAD_QUERY"}


def test_search_says_why_and_reads_the_past(server: Server) -> None:
    query = """query($q: String, $at: AsOf, $after: String) {
        graph(namespace: "default", asOf: $at) { search(question: $q, first: 1, after: $after) {
            question seq visible named edges { score quote start end node { text }
                why { kind node label mass seed } parts { name raw scaled } }
            pageInfo { endCursor } } } }"""
    found = server.ask(query, q=WHEN)["graph"]["search"]
    (hit,) = found["edges"]
    direct = server.memory.search(WHEN, limit=1).hits[0]
    assert (hit["score"], hit["quote"]) == (direct.score, direct.quote)
    assert hit["node"]["text"][hit["start"] : hit["end"]] == hit["quote"]
    assert [step["label"] for step in hit["why"]] == [step.label for step in direct.path]
    assert {part["name"] for part in hit["parts"]} == set(direct.parts)
    assert (found["question"], found["visible"], found["named"]) == (WHEN, 4, ["RV-7"])
    then = server.ask(query, q=WHEN, at={"seq": 2})["graph"]["search"]
    assert (then["seq"], then["visible"]) == (2, 1)
    second = server.ask(query, q=WHEN, after=found["pageInfo"]["endCursor"])["graph"]["search"]
    assert (
        second["edges"][0]["node"]["text"] == server.memory.search(WHEN, limit=2).hits[1].cube.text
    )
    listed = server.ask(query)["graph"]["search"]
    assert (listed["edges"][0]["score"], listed["visible"]) == (None, 4)
    bad = query.replace("first: 1", 'where: {state: "asleep"}')
    assert server.refused(bad, q=WHEN)[0] == "INVALID"


def test_what_one_may_not_read_is_as_if_it_were_not_there(server: Server) -> None:
    node, source = cube(server, "07:40"), server.memory.resolve("vendor.md")
    receipt = server.memory.ask("What damaged the controller K-210?").receipt
    eve, mallory = admit(server, "local:eve"), beside(server, "local:mallory")
    restrict(server, source)
    query = "query($id: ID!) { node(id: $id) { id } }"
    for unknown in ("nothing", "@99", "@x", "00000000-0000-7000-8000-000000000000"):
        assert server.ask(query, id=unknown) == {"node": None}
    for one in (node, source, receipt, "@2"):
        assert mallory.ask(query, id=one) == {"node": None}
    for asked in (
        '{ graph(namespace: "default") { seq } }',
        '{ changeSets(namespace: "default") { edges { node { id } } } }',
    ):
        there, nowhere = mallory.refused(asked), mallory.refused(asked.replace("default", "other"))
        assert there[0] == nowhere[0] == "NOT_FOUND"
        assert there[1].replace("default", "other") == nowhere[1]
    assert eve.ask(query, id=node) == eve.ask(query, id=source) == {"node": None}
    assert server.ask(query, id=node) == {"node": {"id": node}}
    seen = eve.ask(NESTED)["graph"]
    assert "07:40" not in str(seen)
    assert "K-210" not in str(seen)
    assert node not in str(seen)
    old = next(
        one
        for one in nodes(eve.ask(FACTS % "object status")["graph"]["facts"])
        if one["object"] == "02:10"
    )
    assert old["status"] == "BELIEVED"  # what overrules it is not eve's to know
    assert eve.ask(NESTED, at={"seq": 6})["graph"]["seq"] == 6  # by the grants of now, also then
    assert "07:40" not in str(eve.ask(NESTED, at={"seq": 6}))


def test_nobody_has_written_yet(empty: Server) -> None:
    code, message = empty.refused('{ graph(namespace: "default") { seq } }')
    assert (code, "default" in message or "no store" in message) == ("NOT_FOUND", True)
