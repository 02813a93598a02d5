"""The review queue over GraphQL: what the verb gives, in one snapshot."""

from __future__ import annotations

from typing import Any

from .conftest import Server

REVIEW = """query ($seq: Seq, $applied: Boolean!) { graph(namespace: "default", asOf: {seq: $seq}) {
  review(applied: $applied) {
    names { entities names chance rivals because { name adds } }
    statements { new { text } old { text } verdict newQuote oldQuote reason }
    moreNames moreStatements
  } } }"""


def test_the_queue_is_that_of_the_verb_and_of_its_snapshot(server: Server) -> None:
    memory = server.memory
    memory.remember("Dr. Ann Reed works at Acme Corp. in Oslo.")
    memory.remember("Ann Reed plays the cello.")
    before = memory.store().head().seq
    memory.remember("Anne Reed lives in Oslo.")
    memory.remember("The rent of the studio is 700 euros.")
    memory.remember("The rent of the studio was raised to 800 euros.")

    def asked(applied: bool, seq: int | None = None) -> Any:
        return server.ask(REVIEW, applied=applied, seq=seq)["graph"]["review"]

    told = asked(applied=False)
    direct = memory.review()
    assert [one["names"] for one in told["names"]] == [list(one.names) for one in direct.names]
    assert any("Anne Reed" in one["names"] for one in told["names"])
    earlier = asked(applied=False, seq=before)
    assert not any("Anne Reed" in one["names"] for one in earlier["names"])
    sure = asked(applied=True)
    assert ["Ann Reed", "Dr. Ann Reed"] in [sorted(one["names"]) for one in sure["names"]]
    links = {(one["newQuote"], one["verdict"]) for one in sure["statements"]}
    assert ("The rent of the studio was raised to 800 euros.", "supersedes") in links


def test_the_entity_page_shows_who_is_certainly_one(server: Server) -> None:
    memory = server.memory
    memory.remember("Dr. Ann Reed works at Acme Corp. in Oslo.")
    memory.remember("Ann Reed plays the cello.")
    query = (
        """{ graph(namespace: "default") { entities(first: 100) { edges { node { name } } } } }"""
    )
    names = [
        edge["node"]["name"] for edge in server.answer(query)["data"]["graph"]["entities"]["edges"]
    ]
    assert len([name for name in names if name.endswith("Ann Reed")]) == 1
