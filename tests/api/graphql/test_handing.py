"""`carryOut`: a plan that `inject` gave comes back, and is carried out, given out once more, or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from memcubes.graph.kind import Verb

from .conftest import WHEN, Server
from .test_inject import head, model, modelled

__all__ = ["model", "modelled"]

INJECT = """mutation($input: InjectInput!) { inject(input: $input) { text adapters split plan
    segments { text tokenIds { tokenizer ids } } receipt { id } } }"""
CARRY_OUT = """mutation($input: CarryOutInput!) { carryOut(input: $input) { text model notes
    read { form reason promptTokens writtenTokens receipt { id } }
    receipt { verb question form formReason sha256 text used { inForce } } } }"""


def planned(server: Server, **given: Any) -> Any:
    return server.ask(INJECT, input={"namespace": "default", "question": WHEN, **given})["inject"]


def carried_out(server: Server, plan: Any, **given: Any) -> Any:
    asked = {"namespace": "default", "plan": plan, **given}
    return server.ask(CARRY_OUT, input=asked)["carryOut"]


def refused(server: Server, plan: Any, **given: Any) -> tuple[str, str]:
    return server.refused(CARRY_OUT, input={"namespace": "default", "plan": plan, **given})


def test_a_plan_for_an_engine_elsewhere(server: Server) -> None:
    done = planned(server, budget=300)
    plan = done["plan"]
    assert (done["adapters"], done["split"]) == ([], 0)
    assert plan["messages"][0] == {"role": "system", "content": done["text"]}
    assert [one["text"] for one in plan["segments"]] == [one["text"] for one in done["segments"]]
    for form in (plan, json.dumps(plan)):
        again = carried_out(server, form)
        assert (again["text"], again["model"], again["read"]) == (None, None, None)
        assert again["receipt"]["text"] == done["text"]
        assert again["receipt"]["form"] == "prompt"
        assert all(one["inForce"] for one in again["receipt"]["used"])
    assert server.memory.plan_of(plan).memory == done["text"]


def test_a_model_of_the_server_writes_on(modelled: Server, model: str) -> None:
    done = planned(modelled, budget=300, model=model)
    (tokenizer,) = {ids["tokenizer"] for one in done["segments"] for ids in one["tokenIds"]}
    assert all(one["tokenIds"][0]["ids"] for one in done["segments"])
    assert {name for one in done["plan"]["segments"] for name in one["ids"]} == {tokenizer}
    made = carried_out(modelled, done["plan"], model=model, mostTokens=4)
    assert 0 < made["read"]["writtenTokens"] <= 4
    assert made["model"] == model
    assert made["receipt"]["text"] == done["text"]
    echoed = carried_out(modelled, done["plan"], model="echo", mostTokens=40)
    assert echoed["text"] == WHEN


def test_what_is_refused(modelled: Server) -> None:
    plan = planned(modelled, budget=300)["plan"]
    before = head(modelled)
    for wrong in ({**plan, "question": "Why?"}, {}, "x", 7, [plan], {**plan, "seal": "0" * 64}):
        code, said = refused(modelled, wrong)
        assert code == "INVALID", (wrong, said)
    assert refused(modelled, plan, mostTokens=0)[0] == "INVALID"
    assert refused(modelled, plan, mostTokens=10**6)[0] == "INVALID"
    assert refused(modelled, plan, model="/etc", mostTokens=5)[0] == "INVALID"
    assert refused(modelled, plan, namespace="no/name")[0] == "NOT_FOUND"
    assert head(modelled) == before
    modelled.memory.retract("log.txt")
    for more in ({}, {"mostTokens": 4}):
        code, said = refused(modelled, plan, **more)
        assert (code, "plan the injection anew" in said) == ("STALE", True)
    changes = modelled.service.store().changes(modelled.memory.scope(), first=100)
    assert [one.verb for one in changes].count(Verb.INJECT) == 1


@pytest.mark.parametrize("namespace", ["another"])
def test_of_another_namespace(server: Server, namespace: str) -> None:
    plan = planned(server, budget=300)["plan"]
    texts = [{"name": "log.txt", "text": "The valve RV-7 failed at 02:10."}]
    server.ask(
        "mutation($input: IngestInput!) { ingest(input: $input) { added } }",
        input={"namespace": namespace, "texts": texts},
    )
    code, said = refused(server, plan, namespace=namespace)
    assert (code, "not made in this namespace" in said) == ("INVALID", True)
