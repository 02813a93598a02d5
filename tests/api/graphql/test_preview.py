"""Previews: what a change that is only tried would do is what it then does, whatever the verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from memcubes.graph import GraphStore
from memcubes.graph.belief import beliefs
from memcubes.graph.impact import Impact
from memcubes.graph.rehearsal import impact_if
from memcubes.graph.verify import verify

from .conftest import Server
from .test_change import change, cube, fact, head

OPERATIONS: dict[str, Callable[[Server], dict[str, Any]]] = {
    "remember": lambda s: {"remember": {"statement": "Actually, the valve RV-7 failed at 08:00."}},
    "remember what is known": lambda s: {
        "remember": {"statement": "Northline Controls replaced the coil S-88."}
    },
    "remember what was retracted": lambda s: {
        "remember": {"statement": "The cleaning crew left at 05:00."}
    },
    "revise": lambda s: {
        "revise": {"target": cube(s, "BP-2"), "text": "The valve RV-7 failed at 03:33."}
    },
    "retract a source": lambda s: {"retract": {"target": "vendor.md"}},
    "retract one of two": lambda s: {"retract": {"target": "order.md"}},
    "retract a fact": lambda s: {"retract": {"target": fact(s, "K-210")}},
    "retract a cube": lambda s: {"retract": {"target": cube(s, "07:40")}},
    "retract a passage": lambda s: {"retract": {"target": passage(s)}},
    "revert the retraction of a passage": lambda s: {
        "revert": {"change": f"@{s.memory.retract(passage(s)).change.seq}"}  # type: ignore[union-attr]
    },
    "merge": lambda s: {"merge": {"entities": ["RV-7", "BP-2", "K-210"]}},
    "distinguish": lambda s: {"distinguish": {"entities": ["RV-7", "K-210"]}},
    "split": lambda s: {
        "split": {"entity": "RV-7", "cubes": [cube(s, "02:10")], "called": "RV-7a"}
    },
    "revert an ingest": lambda s: {"revert": {"change": "@4"}},
    "revert a retraction": lambda s: {"revert": {"change": f"@{retraction(s)}"}},
    "revert a merge": lambda s: {"revert": {"change": f"@{s.memory.log()[0].seq}"}},
    "revert a revision": lambda s: {"revert": {"change": f"@{revision(s)}"}},
    "restore everything": lambda s: {"restore": {"seq": 3}},
    "restore a source": lambda s: {"restore": {"seq": 2, "target": "vendor.md"}},
    "restore a cube": lambda s: {"restore": {"seq": revision(s) - 1, "target": cube(s, "06:06")}},
}


def passage(server: Server) -> str:
    """One of two passages of a source that is taken in for it."""
    assert server.service.folder is not None
    long = " ".join(f"Pump P-{n} runs well on line {n}." for n in range(60))
    path = server.service.folder / "long.md"
    path.write_text(f"# Notes\n\nThe valve RV-9 failed at 01:01.\n\n{long}\n", "utf-8")
    server.memory.ingest(path)
    return cube(server, "01:01")


def retraction(server: Server) -> int:
    """The newest retraction of a single fact."""
    return next(c.seq for c in server.memory.log() if c.verb == "retract")


def revision(server: Server) -> int:
    """The newest revision."""
    return next(c.seq for c in server.memory.log() if c.verb == "revise")


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("lived", [False, True])
def test_a_preview_is_what_then_happens(
    server: Server, name: str, lived: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[GraphStore] = []

    def remembered(work: Callable[..., Impact]) -> Callable[..., Impact]:
        def working(*args: Any, **options: Any) -> Impact:
            found = work(*args, **options)
            assert found.tried is not None
            tried.append(found.tried)
            return found

        return working

    monkeypatch.setattr(
        "memcubes.api.graphql.curation.impact_if",
        remembered(cast(Callable[..., Impact], impact_if)),
    )
    memory = server.memory
    if lived:
        memory.ask("What damaged the controller K-210?")
        memory.remember("The valve RV-7 failed at 06:00.")
        memory.retract(fact(server, "crew"), "not so")
        memory.revise(cube(server, "06:00"), "The valve RV-7 failed at 06:06.")
        memory.merge(["S-88", "BP-2"])
    elif name in {
        "revert a retraction",
        "revert a revision",
        "revert a merge",
        "restore a cube",
    }:
        pytest.skip("there is nothing of the kind yet")
    operation = OPERATIONS[name](server)
    before = head(server)
    rows = len(list(server.service.store().engine.rows()))
    preview = change(server, operation, told=True, mode="DRY_RUN")
    assert preview["__typename"] == "Preview", preview
    assert (head(server), len(list(server.service.store().engine.rows()))) == (before, rows)
    assert preview["seq"] == before
    again = change(server, operation, told=True, mode="DRY_RUN")
    assert again == preview
    after = server.memory.scope().but(seq=before + 1)
    imagined = beliefs(tried[0], after)
    done = change(server, operation, told=True)
    assert done["__typename"] == "ChangeSet", done
    assert (done["seq"], done["verb"]) == (before + 1, preview["verb"])
    assert done["impact"] == preview["impact"]
    assert imagined == beliefs(server.service.store(), after)
    assert verify(server.service.store().engine).ok


def test_a_merge_tells_what_it_would_join(server: Server) -> None:
    document = """mutation ($input: ChangeInput!) { change(input: $input) { ... on Preview {
        joining { members moves { kind count } conflicts { name chosen others } } } } }"""
    given = {
        "mode": "DRY_RUN",
        "namespace": "default",
        "reason": "",
        "idempotencyKey": "k",
    }
    merge = {"merge": {"entities": ["RV-7", "BP-2"]}}
    told = server.ask(document, input={**given, "operations": [merge]})["change"]["joining"]
    assert len(told["members"]) == 2
    assert {"MENTIONS"} <= {one["kind"] for one in told["moves"]}
    assert next((one["name"], one["chosen"], one["others"]) for one in told["conflicts"]) == (
        "name",
        "RV-7",
        ["BP-2"],
    )
    other = {"retract": {"target": "vendor.md"}}
    assert server.ask(document, input={**given, "operations": [other]})["change"] == {
        "joining": None
    }
