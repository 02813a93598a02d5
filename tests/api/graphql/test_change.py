"""The one mutation: what it commits, what it only tries, and every way in which it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from memcubes.graph.belief import beliefs
from memcubes.graph.verify import verify

from .conftest import WHEN, Server, admit, beside, restrict, served

IMPACT = """impact { entities cubes
    facts { withdrawn { ...belief } revived { ...belief } weakened { ...belief }
            superseded { ...belief } learned { ...belief } }
    made { id kind degree solely stale } madeInAll
    stale { edges { node { id } depth } } answersGiven { edges { node { id question } } } TOLD }"""
TOLD = "pastAnswers { receipt { id } viewer question verb degree solely stale differs }"
CHANGE = """mutation($input: ChangeInput!) { change(input: $input) { __typename
    ... on ChangeSet { id seq verb reason recorded actor { name } reverts { id }
        operations { kind records } ...made }
    ... on Preview { seq verb ...tried }
    ... on Conflict { message base current } ... on Invalid { message code }
    ... on Denied { message code } ... on DependsOn { message changes { id verb } } } }
fragment belief on FactBelief { fact words status support }
fragment made on ChangeSet { IMPACT }
fragment tried on Preview { IMPACT }""".replace("IMPACT", IMPACT)
EVERYTHING = CHANGE.replace("TOLD", TOLD)
CHANGE = CHANGE.replace("TOLD", "")
IMPACT = IMPACT.replace("TOLD", TOLD)
Asked = dict[str, Any]


def change(
    server: Server, operation: dict[str, Any], key: str = "k", *, told: bool = False, **more: Any
) -> Any:
    """Send one operation, to be committed unless something else is said; `told` asks for past answers."""
    given = {
        "mode": "COMMIT",
        "namespace": "default",
        "operations": [operation],
        "reason": "because",
        "idempotencyKey": key,
        **more,
    }
    return server.ask(EVERYTHING if told else CHANGE, input=given)["change"]


def head(server: Server) -> int:
    """Where the log stands."""
    return server.service.store().head().seq


def cube(server: Server, words: str) -> str:
    """The cube that holds these words."""
    return next(h.cube.node for h in server.memory.search(words).hits if words in h.cube.text)


def fact(server: Server, words: str) -> str:
    """The fact that holds these words."""
    return next(b.fact for b in server.memory.beliefs().values() if words in b.words)


def test_a_change_is_committed_and_tells_what_follows(server: Server) -> None:
    done = change(server, {"retract": {"target": "vendor.md"}})
    assert (done["__typename"], done["id"], done["verb"]) == (
        "ChangeSet",
        f"@{head(server)}",
        "retract",
    )
    assert (done["reason"], done["actor"]["name"]) == ("because", "local:ann")
    assert [one["words"] for one in done["impact"]["facts"]["revived"]] == ["RV-7 fail at 02:10"]
    (answer,) = done["impact"]["answersGiven"]["edges"]
    assert [edge["node"]["id"] for edge in done["impact"]["stale"]["edges"]] == [
        answer["node"]["id"]
    ]
    assert {one["kind"] for one in done["operations"]} == {"CLOSE"}
    back = change(server, {"revert": {"change": done["id"]}}, "k2")
    assert (back["verb"], back["reverts"]) == ("revert", {"id": done["id"]})
    assert verify(server.service.store().engine).ok


def test_every_verb_changes_what_it_says(server: Server) -> None:
    remembered = change(
        server, {"remember": {"statement": "The pump P-3 stopped.", "speaker": "Bo"}}
    )
    assert remembered["verb"] == "remember"
    node = remembered["impact"]["cubes"][0]
    assert (
        change(server, {"revise": {"target": node, "text": "The pump P-3 ran."}}, "2")["verb"]
        == "revise"
    )
    assert server.memory.get(node)[0].text == "The pump P-3 ran."
    merged = change(server, {"merge": {"entities": ["P-3", "RV-7"]}}, "3")
    assert merged["verb"] == "merge"
    assert change(server, {"revert": {"change": merged["id"]}}, "4")["reverts"] == {
        "id": merged["id"]
    }
    single = change(server, {"retract": {"target": fact(server, "K-210")}}, "5")
    assert [one["words"] for one in single["impact"]["facts"]["withdrawn"]] == [
        "a voltage dip damage K-210"
    ]
    assert verify(server.service.store().engine).ok


def test_the_first_change_makes_store_and_namespace(empty: Server) -> None:
    tried = {"remember": {"statement": "The pump P-3 stopped at 04:10."}}
    if "://" in empty.service.settings.db:  # made already, and empty
        preview = change(empty, tried, mode="DRY_RUN")
        assert [b["words"] for b in preview["impact"]["facts"]["learned"]] == ["P-3 stop at 04:10"]
    else:
        assert change(empty, tried, mode="DRY_RUN")["code"] == "NOT_FOUND"  # there is no store
        assert not Path(empty.service.settings.db).exists()
    for wrong, code in (
        ({"retract": {"target": "x"}}, "NOT_FOUND"),
        ({"remember": {"statement": " "}}, "INVALID"),
    ):
        assert change(empty, wrong)["code"] == code
        assert not Path(empty.service.settings.db).exists()
    done = change(empty, tried)
    assert (done["id"], done["verb"]) == ("@2", "remember")


def test_the_same_key_commits_once(server: Server) -> None:
    wishes: list[Asked] = [
        {"remember": {"statement": "The pump P-3 stopped."}},
        {"retract": {"target": "vendor.md"}},
        {"merge": {"entities": ["RV-7", "BP-2"]}},
        {"revise": {"target": cube(server, "BP-2"), "text": "Nothing failed."}},
        {"revert": {"change": "@8"}},
    ]
    for key, operation in enumerate(wishes):
        first = change(server, operation, f"key {key}")
        after = head(server)
        assert first["__typename"] == "ChangeSet"
        assert change(server, operation, f"key {key}") == first
        assert head(server) == after


def test_a_key_stands_for_one_request(server: Server) -> None:
    first = change(server, {"remember": {"statement": "The pump P-3 stopped."}})
    for other in (
        {"remember": {"statement": "The pump P-4 stopped."}},
        {"retract": {"target": "vendor.md"}},
    ):
        refused = change(server, other)
        assert (refused["__typename"], refused["code"]) == ("Invalid", "KEY_REUSED")
        assert "draw a new key" in refused["message"]
    again = change(server, {"remember": {"statement": "The pump P-3 stopped."}}, reason="another")
    assert again["code"] == "KEY_REUSED"
    assert head(server) == first["seq"]
    bo = admit(server, "local:bo", "writer")
    mine = change(bo, {"remember": {"statement": "The pump P-3 stopped."}})
    assert mine["actor"]["name"] == "local:bo"  # keys are everybody's own


def test_what_was_changed_since_it_was_read_is_a_conflict(server: Server) -> None:
    base, node = head(server), cube(server, "BP-2")
    server.memory.remember("Something else.")
    for operation in (
        {"revise": {"target": node, "text": "The bypass stood."}},
        {"retract": {"target": "order.md"}},
    ):
        tried = change(server, operation, mode="DRY_RUN", baseSeq=base)
        assert tried["__typename"] == "Preview"  # what it touches was not changed
    server.memory.revise(node, "The bypass was shut.")
    server.memory.merge(["S-88", "K-210"])
    after = head(server)
    touching: list[Asked] = [
        {"revise": {"target": node, "text": "The bypass stood."}},
        {"retract": {"target": "log.txt"}},
        {"retract": {"target": node}},
        {"merge": {"entities": ["S-88", "RV-7"]}},
        {"revert": {"change": f"@{after}"}},
    ]
    for operation in touching:
        for mode in ("DRY_RUN", "COMMIT"):
            refused = change(server, operation, mode=mode, baseSeq=base)
            assert (refused["__typename"], refused["base"]) == ("Conflict", f"@{base}"), operation
            assert "read it again" in refused["message"]
    assert head(server) == after
    done = change(server, {"revise": {"target": node, "text": "It stood."}}, baseSeq=after)
    assert done["__typename"] == "ChangeSet"
    ahead = change(server, {"retract": {"target": "log.txt"}}, "k2", baseSeq=10**12)
    assert (ahead["__typename"], ahead["code"]) == ("Invalid", "INVALID")


def test_a_restoration_goes_back_for_one_or_for_all_and_is_undone(server: Server) -> None:
    memory, base = server.memory, head(server)
    memory.retract("vendor.md", "out of date")
    node = cube(server, "BP-2")
    memory.revise(node, "The bypass was shut.")
    lived = head(server)
    one = change(server, {"restore": {"seq": base, "target": node}}, "one")
    assert (one["verb"], one["impact"]["cubes"]) == ("restore", [node])
    assert "BP-2" in memory.get(node)[0].text
    assert not any("07:40" in belief.words for belief in memory.beliefs().values())
    everything = change(server, {"restore": {"seq": base}}, "all")
    then = memory.scope(base)
    assert {b.words for b in beliefs(memory.store(), then).values()} == {
        b.words for b in memory.beliefs().values()
    }
    again = change(server, {"restore": {"seq": base}}, "again")
    assert again["__typename"] == "Conflict"
    assert "nothing to restore" in again["message"]
    change(server, {"revert": {"change": everything["id"]}}, "undo")
    change(server, {"revert": {"change": one["id"]}}, "undo the other")
    assert memory.get(node)[0].text == "The bypass was shut."
    assert memory.beliefs().keys() == beliefs(memory.store(), memory.scope(lived)).keys()


def test_a_restoration_of_what_changed_since_it_was_read_is_a_conflict(server: Server) -> None:
    seq = head(server)
    server.memory.retract("vendor.md")
    base = head(server)
    server.memory.remember("The pump P-3 stopped.")
    refused = change(server, {"restore": {"seq": seq}}, baseSeq=base)
    assert (refused["__typename"], refused["base"]) == ("Conflict", f"@{base}")
    done = change(server, {"restore": {"seq": seq, "target": "vendor.md"}}, "2", baseSeq=base)
    assert done["__typename"] == "ChangeSet"  # what it touches was not changed
    before = change(server, {"restore": {"seq": base}}, "3", baseSeq=seq)
    assert before["__typename"] == "Conflict"


def test_what_is_withdrawn_already_is_a_conflict(server: Server) -> None:
    done = change(server, {"retract": {"target": "vendor.md"}})
    refused = change(server, {"retract": {"target": "vendor.md"}}, "k2")
    assert (refused["__typename"], refused["base"]) == ("Conflict", None)
    assert refused["current"]
    change(server, {"revert": {"change": done["id"]}}, "k3")
    twice = change(server, {"revert": {"change": done["id"]}}, "k4")
    assert (twice["__typename"], twice["current"]) == ("Conflict", f"@{head(server)}")


def test_what_later_changes_stand_on_names_them(server: Server) -> None:
    revised = change(server, {"revise": {"target": cube(server, "BP-2"), "text": "It was shut."}})
    for mode in ("DRY_RUN", "COMMIT"):
        refused = change(server, {"revert": {"change": "@2"}}, "k2", mode=mode)
        assert refused["__typename"] == "DependsOn"
        assert refused["changes"] == ([{"id": revised["id"], "verb": "revise"}])


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"retract": {"target": "nothing.md"}}, "NOT_FOUND"),
    ({"retract": {"target": "a"}}, "INVALID"),
    ({"revert": {"change": "@99"}}, "NOT_FOUND"),
    ({"revert": {"change": "x"}}, "INVALID"),
    ({"revert": {"change": "@1"}}, "INVALID"),
    ({"merge": {"entities": ["RV-7"]}}, "INVALID"),
    ({"merge": {"entities": ["RV-7", "nobody"]}}, "NOT_FOUND"),
    ({"remember": {"statement": "  "}}, "INVALID"),
    ({"revise": {"target": "log.txt", "text": "x"}}, "INVALID"),
    ({"restore": {}}, "INVALID"),
    ({"restore": {"seq": 2, "recorded": "2025-01-01"}}, "INVALID"),
    ({"restore": {"seq": 99}}, "NOT_FOUND"),
    ({"restore": {"seq": 0}}, "NOT_FOUND"),
    ({"restore": {"seq": 3, "target": "nothing.md"}}, "NOT_FOUND"),
]


def test_what_is_wrong_in_itself_is_invalid_and_writes_nothing(server: Server) -> None:
    before = head(server)
    for operation, code in WRONG:
        for mode in ("DRY_RUN", "COMMIT"):
            refused = change(server, operation, mode=mode)
            assert (refused["__typename"], refused["code"]) == ("Invalid", code), operation
            assert refused["message"]
    assert head(server) == before


def test_a_list_of_operations_is_refused_as_a_whole(server: Server) -> None:
    before = head(server)
    both = [{"remember": {"statement": "One."}}, {"remember": {"statement": "Two."}}]
    for operations in ([], both):
        refused = change(server, {}, operations=operations)
        assert (refused["code"], "exactly one" in refused["message"]) == ("INVALID", True)
    assert head(server) == before
    for key in ("", "  ", "x" * 201, "a\nb"):
        assert change(server, both[0], key)["code"] == "INVALID"
    for operation in ({}, {"remember": {"statement": "One."}, "revert": {"change": "@2"}}):
        given = {"mode": "COMMIT", "namespace": "default", "operations": [operation], "reason": "",
                 "idempotencyKey": "k"}  # fmt: skip
        assert server.refused(CHANGE, input=given)[0] == "BAD_QUERY"
    for missing in ("mode", "reason", "idempotencyKey", "namespace"):
        given = {"mode": "COMMIT", "namespace": "default", "operations": both[:1], "reason": "",
                 "idempotencyKey": "k"}  # fmt: skip
        del given[missing]
        assert server.refused(CHANGE, input=given)[0] == "BAD_QUERY"
    assert head(server) == before


def test_who_may_only_read_is_denied_and_who_may_not_read_learns_nothing(server: Server) -> None:
    eve = admit(server, "local:eve")
    for mode in ("DRY_RUN", "COMMIT"):
        refused = change(eve, {"remember": {"statement": "I was here."}}, mode=mode)
        assert (refused["__typename"], refused["code"]) == ("Denied", "DENIED")
        assert "ask an owner" in refused["message"]
    mallory = beside(server, "local:mallory")
    for operation in (
        {"remember": {"statement": "I was here."}},
        {"retract": {"target": "vendor.md"}},
    ):
        for mode in ("DRY_RUN", "COMMIT"):
            refused = change(mallory, operation, mode=mode)
            assert (refused["__typename"], refused["code"]) == ("Invalid", "NOT_FOUND"), refused
    bo = admit(server, "local:bo", "writer")
    restrict(server, server.memory.resolve("vendor.md"))
    assert change(bo, {"retract": {"target": "vendor.md"}})["code"] == "NOT_FOUND"


def test_a_store_that_cannot_be_written_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from memcubes.graph.errors import ReadOnly

    server = served(str(tmp_path / "a.db"))
    change(server, {"remember": {"statement": "The pump P-3 stopped."}})

    def refuse(*changes: object) -> None:
        raise ReadOnly("the disk is read-only: copy the file")

    monkeypatch.setattr(server.service.store().engine, "commit", refuse)
    refused = change(server, {"remember": {"statement": "The pump P-4 stopped."}}, "k2")
    assert (refused["__typename"], refused["code"]) == ("Denied", "READ_ONLY")
    server.service.close()


def test_what_is_committed_is_not_reported_as_failed(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from memcubes.graph.errors import ModelMissing

    def refuse() -> None:
        raise ModelMissing("the encoder is gone")

    monkeypatch.setattr(server.memory.retrieval, "refresh", refuse)
    done = change(server, {"remember": {"statement": "The pump P-3 stopped."}})
    assert done["__typename"] == "ChangeSet"
    assert f"@{done['seq']} is committed" in caplog.text


def test_the_index_follows_at_once(server: Server) -> None:
    change(server, {"remember": {"statement": f"{WHEN} At 11:11."}})
    assert "11:11" in server.memory.search("11:11").hits[0].cube.text
