"""Diff and impact: what differs between moments, versions and answers, and what would follow."""

from __future__ import annotations

import json
from typing import Any

import pytest

from memcubes.graph.cited import AnswerDifference
from memcubes.graph.difference import Difference
from memcubes.graph.impact import Impact

from .conftest import WHEN, Server, admit, beside, restrict
from .test_change import IMPACT, cube

DIFF = """query($one: String!, $other: String, $valid: Instant) {
    diff(namespace: "default", one: $one, other: $other, valid: $valid) { __typename
        ... on Impact { ...impact }
        ... on VersionDifference { before { id ... on MemCube { text } }
            after { id ... on MemCube { text } } beforeRecorded { start end } afterRecorded { start end }
            fields { name before after } text { before after } }
        ... on AnswerDifference { before { id } after { id } sameQuestion came { ...cited }
            went { ...cited } kept { ...cited } changed { before { status } after { text status } } } } }
fragment cited on Cited { cube title text status }
fragment belief on FactBelief { fact words status support }
fragment impact on Impact { IMPACT }""".replace(
    "IMPACT", IMPACT.partition("{")[2].rpartition("}")[0]
)
WITHOUT = """query($target: String!, $at: AsOf) {
    impact(namespace: "default", target: $target, asOf: $at) { ...impact } }
fragment belief on FactBelief { fact words status support }
fragment impact on Impact { IMPACT }""".replace(
    "IMPACT", IMPACT.partition("{")[2].rpartition("}")[0]
)


def diff(server: Server, one: str, other: str | None = None, **more: Any) -> Any:
    """What differs."""
    return server.ask(DIFF, one=one, other=other, **more)["diff"]


def words(found: Any, delta: str) -> list[str]:
    """The words of the facts of one kind."""
    return [belief["words"] for belief in found["facts"][delta]]


def test_two_moments_differ_by_an_impact(server: Server) -> None:
    before = server.memory.store().head().seq
    gone = server.memory.retract("vendor.md").change
    assert gone is not None
    for found in (
        diff(server, f"@{gone.seq}"),
        diff(server, f"@{before}"[1:], f"@{gone.seq}"),
        diff(server, f"@{before}", f"@{gone.seq}"),
    ):
        known = server.memory.diff(f"@{before}", f"@{gone.seq}")
        assert isinstance(known, Impact)
        assert found["__typename"] == "Impact"
        assert words(found, "revived") == [b.words for b in known.revived] == ["RV-7 fail at 02:10"]
        assert [one["id"] for one in found["made"]] == [one.node for one in known.made]
        assert [one["receipt"]["id"] for one in found["pastAnswers"]] == list(known.answers)
        assert [one["differs"] for one in found["pastAnswers"]] == [True]
        assert (found["madeInAll"], found["pastAnswers"][0]["viewer"]) == (1, "local:ann")
        assert found["pastAnswers"][0]["question"] == WHEN
    assert diff(server, f"@{gone.seq}", f"@{gone.seq}")["madeInAll"] == 0


def test_two_versions_differ_in_fields_and_words(server: Server) -> None:
    node = cube(server, "BP-2")
    was = server.memory.get(node)[0]
    now = server.memory.store().head().seq
    done = server.memory.revise(node, was.text.replace("BP-2", "BP-3")).change
    assert done is not None
    for found in (diff(server, node), diff(server, f"{node}@{now}"), diff(server, node[:9])):
        known = server.memory.diff(node)
        assert isinstance(known, Difference)
        assert found["__typename"] == "VersionDifference"
        assert found["before"] == {"id": node, "text": was.text}
        assert found["after"]["text"] == was.text.replace("BP-2", "BP-3")
        assert found["beforeRecorded"] == {"start": was.from_seq, "end": done.seq}
        assert found["afterRecorded"] == {"start": done.seq, "end": None}
        assert any((s["before"], s["after"]) == ("2", "3") for s in found["text"])
        assert "".join(s["before"] for s in found["text"]) == was.text
        fields = {f["name"]: (f["before"], f["after"]) for f in found["fields"]}
        assert fields == {
            f.name: tuple(
                None if v is None else json.dumps(v, ensure_ascii=False, sort_keys=True)
                for v in (f.before, f.after)
            )
            for f in known.fields
        }
        assert fields["authority"] == ('"extracted"', '"curated"')


def test_two_answers_differ_by_their_quotes(server: Server) -> None:
    first = server.memory.ask(WHEN)
    server.memory.retract("vendor.md")
    second = server.memory.ask(WHEN)
    found = diff(server, str(first.receipt), str(second.receipt))
    known = server.memory.diff(str(first.receipt), str(second.receipt))
    assert isinstance(known, AnswerDifference)
    assert not known.empty
    told = known.as_json()
    for part in ("came", "went", "kept"):
        assert found[part] == told[part]
    assert [one["after"]["status"] for one in found["changed"]] == [
        one["after"]["status"] for one in told["changed"]
    ]
    assert found["sameQuestion"]
    assert (found["before"]["id"], found["after"]["id"]) == (first.receipt, second.receipt)


def test_the_impact_of_a_source_is_the_preview_of_its_retraction(server: Server) -> None:
    before = server.memory.store().head().seq
    told = server.ask(WITHOUT, target="vendor.md")["impact"]
    assert server.memory.store().head().seq == before
    gone = server.memory.retract("vendor.md").change
    assert gone is not None
    assert server.ask(WITHOUT, target=f"@{gone.seq}")["impact"] == told
    assert server.ask(WITHOUT, target="vendor.md", at={"seq": before})["impact"] == told
    assert (words(told, "revived"), told["madeInAll"]) == (["RV-7 fail at 02:10"], 1)


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ("@99", None, "NOT_FOUND"),
        ("nothing.md", None, "NOT_FOUND"),
        ("@2", "vendor.md", "INVALID"),
        ("vendor.md", "order.md", "INVALID"),
        ("vendor.md", None, "NOT_FOUND"),  # has one version only
    ],
)
def test_what_cannot_be_compared_says_why(
    server: Server, one: str, other: str | None, code: str
) -> None:
    found, message = server.refused(DIFF, one=one, other=other)
    assert (found, bool(message)) == (code, True)


def test_a_reader_may_ask_what_would_follow_and_nobody_else_learns_anything(
    server: Server,
) -> None:
    eve = admit(server, "local:eve")
    assert words(eve.ask(WITHOUT, target="vendor.md")["impact"], "revived") == [
        "RV-7 fail at 02:10"
    ]
    mallory = beside(server, "local:mallory")
    for query, names in ((WITHOUT, {"target": "vendor.md"}), (DIFF, {"one": "@3"})):
        assert mallory.refused(query, **names)[0] == "NOT_FOUND"
    restrict(server, server.memory.resolve("vendor.md"))
    for query, names in (
        (WITHOUT, {"target": "vendor.md"}),
        (DIFF, {"one": "vendor.md@3", "other": "vendor.md@4"}),
    ):
        assert eve.refused(query, **names)[0] == "NOT_FOUND"


def test_only_so_many_past_answers_are_worked_out_at_a_time(server: Server) -> None:
    for first, code in ((0, "INVALID"), (21, "INVALID")):
        query = f"""{{ impact(namespace: "default", target: "vendor.md") {{
            pastAnswers(first: {first}) {{ differs }} }} }}"""
        assert server.refused(query)[0] == code
