"""The review queue over GraphQL: what the verb gives, in one snapshot."""

from __future__ import annotations

from typing import Any

from .conftest import Server, admit, restrict

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


DECIDE = """mutation ($id: ID!, $verdict: ReviewVerdict!, $mode: Mode!, $key: ID!) {
  review(input: {mode: $mode, namespace: "default", proposal: $id, verdict: $verdict, reason: "asked",
                 idempotencyKey: $key}) {
    __typename
    ... on ChangeSet { seq verb reason }
    ... on Preview { verb }
    ... on Conflict { message }
    ... on Invalid { message }
    ... on Denied { message }
  } }"""
QUEUE = """query ($applied: Boolean!) { graph(namespace: "default") {
  review(applied: $applied) { names { id names } statements { id old { id } newQuote approvedBy } } } }"""


def test_proposals_are_decided_as_ordinary_changes(server: Server) -> None:
    memory = server.memory
    memory.remember("Ada is the treasurer of the club.")
    memory.remember("Bo is the treasurer of the club.")
    memory.remember("Ann Reed plays the cello.")
    memory.remember("Anne Reed lives in Oslo.")

    def decide(ident: str, verdict: str, key: str, mode: str = "COMMIT") -> Any:
        return server.ask(DECIDE, id=ident, verdict=verdict, mode=mode, key=key)["review"]

    def queue(applied: bool = False) -> Any:
        return server.ask(QUEUE, applied=applied)["graph"]["review"]

    def links() -> list[Any]:
        return [one for one in queue()["statements"] if "Bo is" in one["newQuote"]]

    (link,) = links()
    assert link["approvedBy"] is None
    head = memory.store().head().seq
    assert decide(link["id"], "APPROVE", "1", "DRY_RUN") == {
        "__typename": "Preview",
        "verb": "approve",
    }
    assert memory.store().head().seq == head
    done = decide(link["id"], "APPROVE", "1")
    assert (done["verb"], done["reason"]) == ("approve", "asked")
    assert decide(link["id"], "APPROVE", "1") == done  # the same key, the same change
    assert decide(link["id"], "REJECT", "2")["__typename"] == "Conflict"
    assert links() == []
    assert {**link, "approvedBy": done["seq"]} in queue(applied=True)["statements"]
    found = {
        h.cube.text: str(h.status) for h in memory.search("Who is the treasurer of the club?").hits
    }
    assert found["Ada is the treasurer of the club."] == "superseded"
    memory.revert(done["seq"])
    assert links() == [link]
    assert decide(link["id"], "REJECT", "3")["verb"] == "reject"
    assert links() == []
    assert link["id"] not in {one["id"] for one in queue(applied=True)["statements"]}
    pair = next(one for one in queue()["names"] if "Anne Reed" in one["names"])
    assert decide(pair["id"], "REJECT", "4")["verb"] == "distinguish"
    assert pair["id"] not in {one["id"] for one in queue()["names"]}
    assert decide("beef0000", "REJECT", "5")["__typename"] == "Invalid"
    assert memory.verify().ok


def test_who_may_only_read_decides_nothing(server: Server) -> None:
    memory = server.memory
    memory.remember("Ada is the treasurer of the club.")
    memory.remember("Bo is the treasurer of the club.")
    eve = admit(server, "local:eve")
    found = eve.ask(QUEUE, applied=False)["graph"]["review"]["statements"]
    (link,) = (one for one in found if "Bo is" in one["newQuote"])
    for mode in ("DRY_RUN", "COMMIT"):
        asked = {"id": link["id"], "verdict": "REJECT", "mode": mode, "key": "1"}
        assert eve.ask(DECIDE, **asked)["review"]["__typename"] == "Denied"
    # who may not read one of the two is not told that anything is proposed
    fay = admit(server, "local:fay", "writer")
    restrict(server, link["old"]["id"])
    told = fay.ask(QUEUE, applied=False)["graph"]["review"]["statements"]
    assert link["id"] not in {one["id"] for one in told}
    asked = {"id": link["id"], "verdict": "REJECT", "mode": "COMMIT", "key": "2"}
    assert fay.ask(DECIDE, **asked)["review"]["__typename"] == "Invalid"
    assert server.ask(DECIDE, **asked)["review"]["verb"] == "reject"
