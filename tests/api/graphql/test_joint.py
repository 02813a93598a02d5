"""A question to several namespaces by GraphQL."""

from __future__ import annotations

from .conftest import Server, admit

ASKED = """query($names: [String!]!, $where: CubeFilter, $asOf: AsOf, $first: Int, $after: String) {
    search(namespaces: $names, question: "When did the valve RV-7 fail?", where: $where, asOf: $asOf,
           first: $first, after: $after) {
        question visible total named
        edges { cursor namespace score quote node { id text } why { label } }
        pageInfo { endCursor hasNextPage }
    } }"""


def test_two_namespaces(server: Server) -> None:
    taken = """mutation { ingest(input: {namespace: "crew", texts: [
        {name: "shift.md", text: "Near the valve RV-7 stood Jo Marsh."}]}) { added } }"""
    seq = """{ graph(namespace: "default") { seq } }"""
    began = server.ask(seq)["graph"]["seq"]
    assert server.ask(taken)["ingest"]["added"] == ["shift.md"]
    ended = server.ask(seq)["graph"]["seq"]
    both = server.ask(ASKED, names=["default", "crew"])["search"]
    spaces = [edge["namespace"] for edge in both["edges"]]
    assert {"default", "crew"} == set(spaces)
    crew = both["edges"][spaces.index("crew")]
    assert crew["node"]["text"] == "Near the valve RV-7 stood Jo Marsh."
    assert "RV-7" in [step["label"] for step in crew["why"]]

    first = server.ask(ASKED, names=["crew", "default"], first=1)["search"]
    rest = server.ask(ASKED, names=["crew", "default"], after=first["pageInfo"]["endCursor"])
    assert first["edges"] + rest["search"]["edges"] == both["edges"]

    # one is the search of its graph
    alone = server.ask(ASKED, names=["crew"])["search"]
    inside = server.ask(
        """{ graph(namespace: "crew") { search(question: "When did the valve RV-7 fail?") {
            edges { cursor namespace score quote node { id text } why { label } } } } }"""
    )["graph"]["search"]
    assert alone["edges"] == inside["edges"]

    found = server.ask(ASKED, names=["crew", "default"], where={"source": ["shift.md"]})["search"]
    assert [edge["namespace"] for edge in found["edges"]] == ["crew"]

    # a sequence is of the one log of both: up to what was there before the crew it is the others' alone
    before = server.ask(ASKED, names=["crew", "default"], asOf={"seq": began})["search"]
    assert {edge["namespace"] for edge in before["edges"]} == {"default"}
    whole = server.ask(ASKED, names=["crew", "default"], asOf={"seq": ended})["search"]
    assert whole["edges"] == both["edges"]

    for options, code, told in (
        ({"names": ["crew", "gone"]}, "NOT_FOUND", "there is no namespace 'gone'"),
        ({"names": ["crew", "default"], "asOf": {"seq": 9999}}, "NOT_FOUND", "no sequence 9999"),
        ({"names": []}, "INVALID", "1 to 20 namespaces"),
    ):
        refused = server.refused(ASKED, **options)
        assert refused[0] == code
        assert told in refused[1]
    facets = """{ search(namespaces: ["crew", "default"], question: "RV-7?") {
        facets { distinct } } }"""
    assert "facets count one namespace" in server.refused(facets)[1]
    bob = admit(server, "local:bob")
    assert "there is no namespace 'crew'" in bob.refused(ASKED, names=["crew", "default"])[1]
