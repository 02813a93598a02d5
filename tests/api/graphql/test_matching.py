"""Patterns over GraphQL: plans as variables or as text, in a snapshot, within bounds."""

from __future__ import annotations

import json
from typing import Any

from .conftest import Server

INGEST = """mutation($texts: [TextInput!]!) {
    ingest(input: { namespace: "default", texts: $texts }) { added failed { reason } } }"""
MATCH = """query($plan: JSON!, $at: AsOf) { graph(namespace: "default", asOf: $at) { match(pattern: $plan) {
    seq rows { kind key node values cubes } } } }"""
ROWS = "id,fits,pieces\nS-1,RV-7,4\nS-2,RV-7,1\nS-3,BP-2,9\n"
FITS: list[dict[str, Any]] = [
    {"records": "spares"},
    {"group": "fits", "with": {"pieces": {"sum": "pieces"}}},
    {"order": "-pieces"},
]


def rows(server: Server, plan: Any, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.ask(MATCH, plan=plan, **more)["graph"]["match"]["rows"]
    return found


def put(server: Server, text: str) -> None:
    done = server.ask(INGEST, texts=[{"name": "spares.csv", "text": text}])["ingest"]
    assert not done["failed"]


def test_a_plan_is_a_variable_or_a_text(server: Server) -> None:
    put(server, ROWS)
    before = server.memory.store().head().seq
    values = [{"fits": "BP-2", "pieces": "9"}, {"fits": "RV-7", "pieces": "5"}]  # 4 + 1
    for plan in (FITS, {"find": FITS}, json.dumps(FITS)):
        found = rows(server, plan)
        assert [row["values"] for row in found] == values
        assert [len(row["cubes"]) for row in found] == [1, 2]
        assert {row["node"] for row in found} == {None}
    (one,) = rows(server, [{"key": "S-1"}, {"where": {"pieces": {">": 3.5}}}])
    assert (one["kind"], one["key"], one["cubes"]) == ("spares", "S-1", [one["node"]])
    put(server, ROWS.replace("S-3,BP-2,9", "S-3,RV-7,9"))
    assert [row["values"] for row in rows(server, FITS)] == [{"fits": "RV-7", "pieces": "14"}]
    assert [row["values"] for row in rows(server, FITS, at={"seq": before})] == values


def test_what_is_wrong_is_an_error_with_its_place(server: Server) -> None:
    put(server, "id,pieces\n" + "".join(f"S-{n},{n}\n" for n in range(1001)))
    code, message = server.refused(MATCH, plan=[{"records": "spare"}])
    assert code == "INVALID"
    assert "there are spares" in message
    code, message = server.refused(MATCH, plan="[{")
    assert (code, "is no JSON" in message) == ("INVALID", True)
    code, message = server.refused(MATCH, plan=[{"records": "spares"}])
    assert (code, "finds 1,001 rows" in message) == ("INVALID", True)
    assert len(rows(server, [{"records": "spares"}, {"limit": 1000}])) == 1000
