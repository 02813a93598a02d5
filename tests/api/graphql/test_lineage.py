"""Lineage: receipts, traces and histories, and nodes by their ids alone."""

from __future__ import annotations

import json
from pathlib import Path

from memcubes.graph.listing import all_found
from memcubes.graph.scope import Where

from ..casefolder import FILES
from .conftest import WHEN, Server, admit, restrict, tag
from .test_reading import cube, nodes

RECEIPT = """query($id: ID!, $at: AsOf) { node(id: $id, asOf: $at) { ... on Injection {
    verb question form model budget tokens viewer sha256 text readAt recorded { start end }
    used { digest inForce cube { text } quotes { quote source { name } } } staleBecause { id verb } } } }"""


def test_a_receipt_shows_what_it_used_and_why_it_is_stale(server: Server) -> None:
    answer = server.memory.ask(WHEN)
    found = server.ask(RECEIPT, id=answer.receipt)["node"]
    assert (found["verb"], found["question"], found["viewer"]) == ("ask", WHEN, "local:ann")
    assert (found["text"], found["readAt"]) == (answer.as_text(), answer.seq)
    assert {q["quote"] for use in found["used"] for q in use["quotes"]} == {
        quote.text for quote in answer.quotes
    }
    assert found["staleBecause"] == []
    seq = server.memory.store().head().seq
    gone = server.memory.retract("vendor.md").change
    assert gone is not None
    later = server.ask(RECEIPT, id=answer.receipt)["node"]
    assert later["staleBecause"] == [{"id": f"@{gone.seq}", "verb": "retract"}]
    assert sorted((use["inForce"], use["cube"] is None) for use in later["used"]) == [
        (False, True),
        (True, False),
    ]
    assert server.ask(RECEIPT, id=answer.receipt, at={"seq": seq})["node"] == found
    server.memory.revert(gone.seq)
    assert server.ask(RECEIPT, id=answer.receipt)["node"]["staleBecause"] == []


TRACE = """query($id: ID!, $way: Direction!, $depth: Int, $first: Int, $after: String) { node(id: $id) {
    ... on Traceable { trace(direction: $way, depth: $depth, first: $first, after: $after) {
        truncated pageInfo { hasNextPage endCursor }
        edges { depth status node { __typename id } since { verb } until { verb id }
            joins { made of kind role inForce matches quotes {
                text start end source sourceStart sourceEnd } } } } } } }"""


def test_a_trace_leads_up_to_the_characters_and_down_to_the_answers(server: Server) -> None:
    answer = server.memory.ask(WHEN)
    up = server.ask(TRACE, id=answer.receipt, way="UP")["node"]["trace"]
    kinds = [edge["node"]["__typename"] for edge in up["edges"]]
    assert kinds == ["MemCube", "MemCube", "Source", "Source"]
    for edge in up["edges"][:2]:
        (join,) = edge["joins"]
        (quote,) = join["quotes"]
        name = next(n for n, text in FILES.items() if quote["text"] in text)
        place = slice(quote["sourceStart"], quote["sourceEnd"])
        assert FILES[name][place] == quote["text"]
        assert (join["matches"], edge["since"]["verb"], edge["until"]) == (True, "ingest", None)
    pages, after = [], None
    for _ in up["edges"]:
        page = server.ask(TRACE, id=answer.receipt, way="UP", first=1, after=after)["node"]["trace"]
        pages += page["edges"]
        after = page["pageInfo"]["endCursor"]
    assert (pages, page["pageInfo"]["hasNextPage"]) == (up["edges"], False)
    done = server.memory.retract("vendor.md").change
    assert done is not None
    again = server.ask(TRACE, id=answer.receipt, way="UP")["node"]["trace"]["edges"]
    ended = [edge["until"] for edge in again if edge["status"] == "WITHDRAWN"]
    assert ended == [{"verb": "retract", "id": f"@{done.seq}"}] * 2
    down = server.ask(TRACE, id=cube(server, "BP-2"), way="DOWN", depth=1)["node"]["trace"]["edges"]
    assert {edge["node"]["__typename"] for edge in down} == {"Injection", "Fact"}
    for depth in (0, 11):
        assert server.refused(TRACE, id=answer.receipt, way="UP", depth=depth)[0] == "INVALID"


def test_history_is_what_touched_a_node(server: Server) -> None:
    node = cube(server, "BP-2")
    server.memory.revise(node, "Dana Ruiz closed the bypass BP-2.", "misheard")
    query = """query($id: ID!, $after: String) { node(id: $id) { ... on MemCube {
        evidence { revised quote start end }
        history(first: 1, after: $after) { edges { node { verb reason actor { name }
            operations { kind records } reverts { id } onBehalfOf { name } } }
            pageInfo { endCursor hasNextPage } } } } }"""
    first = server.ask(query, id=node)["node"]
    assert [one["verb"] for one in nodes(first["history"])] == ["revise"]
    assert first["history"]["pageInfo"]["hasNextPage"]
    (place,) = first["evidence"]
    assert (place["revised"], place["quote"]) == (True, "Dana Ruiz closed the bypass BP-2.")
    after = first["history"]["pageInfo"]["endCursor"]
    second = server.ask(query, id=node, after=after)["node"]["history"]
    assert [one["verb"] for one in nodes(second)] == ["ingest"]
    assert not second["pageInfo"]["hasNextPage"]


def test_every_kind_of_node_is_found_by_its_id(server: Server) -> None:
    tag(server, cube(server, "BP-2"), "night")
    server.memory.feedback(server.memory.ask(WHEN).receipt or "", "helped")
    store, scope = server.memory.store(), server.memory.scope()
    kinds: dict[str, str] = {}
    for version in all_found(store, scope, Where()):
        kinds.setdefault(str(version.kind), version.node)
    query = """query($id: ID!) { node(id: $id) { __typename id ... on Tag { name } ... on Agent { name }
        ... on Namespace { name encoder analyser }
        ... on Decision { verb verdict authority recorded { start } }
        ... on Source { title media language author stated digest recorded { start end } } } }"""
    found = {kind: server.ask(query, id=node)["node"] for kind, node in kinds.items()}
    assert {kind: one["__typename"] for kind, one in found.items()} == {k: k for k in kinds}
    assert len(kinds) == 9
    assert all(found[kind]["id"] == node for kind, node in kinds.items())
    assert found["Namespace"]["encoder"] == "hashing"
    change = server.ask('{ node(id: "@2") { __typename id ... on ChangeSet { verb seq } } }')[
        "node"
    ]
    assert change == {"__typename": "ChangeSet", "id": "@2", "verb": "ingest", "seq": 2}


def test_what_was_withdrawn_is_found_as_it_last_stood(server: Server) -> None:
    node = cube(server, "07:40")
    done = server.memory.retract("vendor.md").change
    assert done is not None
    query = "query($id: ID!, $at: AsOf) { node(id: $id, asOf: $at) { ... on MemCube { recorded { start end } facts { id } } } }"
    found = server.ask(query, id=node)["node"]
    assert found == {"recorded": {"start": 4, "end": done.seq}, "facts": []}
    then = server.ask(query, id=node, at={"seq": done.seq - 1})["node"]
    assert then["recorded"] == {"start": 4, "end": None}
    assert len(then["facts"]) == 2
    assert server.ask(query, id=node, at={"seq": 3})["node"] is None


def test_a_receipt_is_for_those_who_may_read_what_it_says(server: Server) -> None:
    eve = admit(server, "local:eve")
    mine = server.memory.ask(WHEN).receipt
    assert eve.ask(RECEIPT, id=mine)["node"]["text"]
    restrict(server, server.memory.resolve("vendor.md"))
    secret = server.memory.ask(WHEN)
    assert any(quote.source_name == "vendor.md" for quote in secret.quotes)
    assert server.ask(RECEIPT, id=secret.receipt)["node"]["text"] == secret.as_text()
    assert eve.ask(RECEIPT, id=secret.receipt)["node"] is None
    told = eve.ask(
        '{ impact(namespace: "default", target: "log.txt") { made { id } pastAnswers { receipt { id } } } }'
    )["impact"]
    assert secret.receipt not in [one["id"] for one in told["made"]]
    assert secret.receipt not in [one["receipt"]["id"] for one in told["pastAnswers"]]
    open_one = server.memory.ask("Who replaced the coil S-88?").receipt
    assert eve.ask(RECEIPT, id=open_one)["node"]["verb"] == "ask"


def test_a_summary_has_the_evidence_of_what_it_quotes(server: Server, tmp_path: Path) -> None:
    said = [
        "Eve drained the tank T-6 on Monday.",
        "The tank T-6 was drained because it leaked.",
        "Eve painted the tank T-6 after it was drained.",
        "Then they all went home for the day.",
    ]
    turns = [{"role": "user", "content": text} for text in said]
    (tmp_path / "talk.json").write_text(json.dumps(turns), "utf-8")
    memory = server.memory
    memory.ingest(tmp_path / "talk.json")
    memory.transition("talk.json", "archive")
    (made,) = memory.expire().summarised
    query = """query($id: ID!) { node(id: $id) { ... on MemCube { text semanticType originType
        staleBecause { verb } evidence { start end quote source { name text } } } } }"""
    found = server.ask(query, id=made.node)["node"]
    assert (found["semanticType"], found["originType"]) == ("summary", "inferred")
    assert [one["quote"] for one in found["evidence"]] == found["text"].split("\n") == said[:3]
    for one in found["evidence"]:
        assert one["source"]["name"] == "talk.json"
        assert one["source"]["text"][one["start"] : one["end"]] == one["quote"]
    answer = memory.ask("Who drained the tank T-6?")
    used = """query($id: ID!) { node(id: $id) { ... on Injection { used { inForce quotes { quote
        source { name } } } } } }"""
    (one, *_) = server.ask(used, id=answer.receipt)["node"]["used"]
    assert one["inForce"]
    assert one["quotes"][0] == {"quote": said[0], "source": {"name": "talk.json"}}
    memory.retract("talk.json")
    (because,) = server.ask(query, id=made.node)["node"]["staleBecause"]
    assert because["verb"] == "retract"
