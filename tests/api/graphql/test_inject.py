"""`inject`: what a model is given, bounded and with its receipt, as the verb gives it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memcubes.api.graphql.reading import MOST_WALKS
from memcubes.api.graphql.refusal import code_of
from memcubes.api.graphql.service import WAITING, Service
from memcubes.api.injecting import MOST_TOKENS
from memcubes.api.settings import Settings
from memcubes.graph import errors
from memcubes.graph.kind import Verb

from ...injection.conftest import needs_torch
from ...injection.tiny import write_tiny
from ..casefolder import write
from .conftest import WHEN, Server, admit, beside

INJECT = """mutation($input: InjectInput!) { inject(input: $input) {
    text form reason tokens budget counter leftOut salt notes cost { tokens kept }
    messages { role text }
    segments { band text citation digest shape tokens spans { start end } cube { id title digest } }
    receipt { id verb question form formReason model budget tokens counter leftOut adapters kept split
        artefact { id } used { inForce cube { id } } text }
    artefact { id form model tokens text semanticType trace(direction: UP) { edges { node { id } } } } } }"""
CUBES = """query($where: CubeFilter, $order: CubeOrder, $first: Int, $after: String) {
    graph(namespace: "default") { cubes(where: $where, orderBy: $order, first: $first, after: $after) {
    edges { node { id form semanticType } } pageInfo { hasNextPage endCursor } } } }"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A tiny model that reads 4,096 tokens."""
    needs_torch()
    return str(write_tiny(tmp_path_factory.mktemp("model") / "tiny", context=4096))


@pytest.fixture
def modelled(tmp_path: Path, model: str) -> Iterator[Server]:
    """A server on the case folder whose model is the tiny one."""
    settings = Settings(
        db=str(tmp_path / "memories.db"), user="local:ann", encoder="hashing", model=model
    )
    server = Server(Service(settings))
    server.memory.ingest(write(tmp_path / "files"))
    yield server
    server.service.close()


def inject(server: Server, **given: Any) -> Any:
    """Inject for a question of the default namespace."""
    asked = {"namespace": "default", "question": WHEN, **given}
    return server.ask(INJECT, input=asked)["inject"]


def refused(server: Server, **given: Any) -> tuple[str, str]:
    """An injection that is refused."""
    asked = {"namespace": "default", "question": WHEN, **given}
    return server.refused(INJECT, input=asked)


def head(server: Server) -> int:
    """Where the log stands."""
    return server.service.store().head().seq


def test_a_prompt_is_that_of_the_verb_and_can_be_traced(server: Server) -> None:
    before = server.memory.inject(WHEN, budget=300)
    done = inject(server, budget=300)
    assert (done["text"], done["salt"]) == (before.text, before.plan.salt)
    assert (done["form"], done["budget"], done["artefact"]) == ("PROMPT", 300, None)
    assert done["tokens"] <= 300
    assert [one["role"] for one in done["messages"]] == ["system", "user"]
    assert done["messages"][0]["text"] == done["text"]
    told = [one for one in done["segments"] if one["cube"]]
    assert [one["citation"] for one in told] == [f"m{n}" for n in range(1, len(told) + 1)]
    assert all(one["digest"] == one["cube"]["digest"] for one in told)
    framed = [one for one in done["segments"] if one["cube"] is None]
    assert {(one["citation"], one["digest"], one["shape"]) for one in framed} == {
        (None, None, None)
    }
    assert "".join(one["text"] for one in done["segments"]).startswith(done["text"])
    receipt = done["receipt"]
    assert (receipt["verb"], receipt["form"], receipt["text"]) == ("inject", "prompt", done["text"])
    assert receipt["formReason"] == done["reason"]
    assert (receipt["kept"], receipt["split"], receipt["artefact"]) == (None, None, None)
    assert (receipt["counter"], receipt["tokens"]) == (done["counter"], done["tokens"])
    assert {one["cube"]["id"] for one in receipt["used"]} == {one["cube"]["id"] for one in told}


def test_in_a_template_and_as_of_then(server: Server) -> None:
    server.ask(
        """mutation { ingest(input: {namespace: "default", texts: [
        {name: "house.prompt", text: "You are the clerk.\\n{memory}\\n\\nAsked: {question}"}]}) { added } }"""
    )
    then = head(server)
    done = inject(server, template="house.prompt")
    assert done["messages"][0]["text"].startswith("You are the clerk.\n<memory-")
    assert done["messages"][1]["text"] == f"Asked: {WHEN}"
    server.memory.retract("vendor.md")
    assert "07:40" not in inject(server)["text"]
    assert "07:40" in inject(server, asOf={"seq": then})["text"]
    assert refused(server, template="house.md")[0] == "NOT_FOUND"
    assert refused(server, template="log.txt")[0] == "INVALID"


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Caches of a tiny model are worth reading."""
    from memcubes.injection.activation.guard import Guard

    monkeypatch.setattr(Guard, "attaches", lambda self, tokens: True)
    monkeypatch.setattr(Guard, "loads", lambda self, tokens, size, already=0: True)


@pytest.mark.usefixtures("eager")
def test_a_kv_cache_is_an_activation_with_its_lineage(modelled: Server, model: str) -> None:
    done = inject(modelled, form="KV", model=model, budget=900)
    kept, receipt = done["artefact"], done["receipt"]
    assert (done["form"], done["reason"]) == ("KV", "asked for")
    assert (kept["form"], kept["text"], kept["semanticType"]) == ("activation", None, "activation")
    assert kept["tokens"] == done["cost"]["kept"] == receipt["split"] == receipt["kept"] > 0
    assert (receipt["form"], receipt["artefact"]["id"]) == ("kv", kept["id"])
    told = {one["cube"]["id"] for one in done["segments"] if one["cube"]}
    assert told <= {edge["node"]["id"] for edge in kept["trace"]["edges"]}
    verbs = [str(c.verb) for c in modelled.memory.store().changes(modelled.memory.scope(), first=9)]
    assert verbs[-2:] == [Verb.TRANSFORM, Verb.INJECT]
    # nobody finds it, and only who asks for it lists it
    assert kept["id"] not in str(modelled.memory.search(WHEN, limit=50).hits)
    listed = modelled.ask(CUBES)["graph"]["cubes"]["edges"]
    assert {edge["node"]["form"] for edge in listed} == {"plaintext"}
    page = modelled.ask(CUBES, first=len(listed))["graph"]["cubes"]
    assert (len(page["edges"]), page["pageInfo"]["hasNextPage"]) == (len(listed), False)
    only = {"semanticType": ["activation"]}
    (edge,) = modelled.ask(CUBES, where=only)["graph"]["cubes"]["edges"]
    assert edge["node"]["id"] == kept["id"]
    assert modelled.refused(CUBES, where=only, order="NEWEST")[0] == "INVALID"


def test_only_the_servers_models_are_loaded(modelled: Server, tmp_path: Path) -> None:
    other = str(write_tiny(tmp_path / "other"))
    for name in (other, "/etc", "../tiny", "gpt2", ""):
        code, message = refused(modelled, model=name)
        assert (code, "this server gives memory to" in message) == ("INVALID", True)
    assert inject(modelled, model="echo")["counter"] == "echo"


def test_models_that_are_busy_refuse_and_others_go_on(modelled: Server, model: str) -> None:
    before = head(modelled)
    for _ in range(WAITING):
        assert modelled.service._doors.waiting.acquire(blocking=False)
    assert refused(modelled, form="KV")[0] == "MODEL_FAILED"
    assert head(modelled) == before
    assert inject(modelled)["receipt"]
    for _ in range(WAITING):
        modelled.service._doors.waiting.release()
    assert inject(modelled, form="AUTO", model=model)["receipt"]


@pytest.mark.parametrize(
    "given",
    [
        {"budget": 0},
        {"budget": -1},
        {"budget": MOST_TOKENS + 1},
        {"limit": 0},
        {"limit": 101},
        {"question": " "},
        {"template": " "},
        {"asOf": {"seq": 1, "recorded": "2025-01-01"}},
    ],
)
def test_what_is_out_of_bounds_is_refused_and_nothing_is_written(
    server: Server, given: dict[str, Any]
) -> None:
    before = head(server)
    code, message = refused(server, **given)
    assert (code, bool(message)) == ("INVALID", True)
    assert head(server) == before


def test_a_form_that_is_none_is_no_request(server: Server) -> None:
    assert refused(server, form="LORA")[0] == "BAD_QUERY"
    assert refused(server, budget=None)[0] == "BAD_QUERY"


def test_only_so_many_in_one_request(server: Server) -> None:
    before = head(server)
    one = 'inject(input: {namespace: "default", question: "RV-7"}) { tokens }'
    many = " ".join(f"a{n}: {one}" for n in range(MOST_WALKS + 1))
    (error,) = server.answer(f"mutation {{ {many} }}")["errors"]
    assert error["extensions"]["code"] == "INVALID"
    assert f"at most {MOST_WALKS}" in error["message"]
    assert head(server) == before + MOST_WALKS


def test_nothing_found_leaves_no_receipt(empty: Server) -> None:
    assert refused(empty)[0] == "NOT_FOUND"
    assert not Path(empty.service.settings.db).exists()
    empty.memory.remember("The pump P-3 stopped.")
    before = head(empty)
    done = inject(empty, asOf={"recorded": "2020-01-01"}, question="P-3")
    assert (done["receipt"], head(empty)) == (None, before)
    assert done["notes"] == ["nothing was injected: no receipt was written"]


def test_for_those_who_may_read(server: Server) -> None:
    assert refused(beside(server, "local:mallory"))[0] == "NOT_FOUND"
    done = inject(admit(server, "local:eve"))
    assert done["receipt"] is None
    assert done["notes"] == ["you may read here and not write: no receipt was written"]
    assert refused(server, namespace="elsewhere")[0] == "NOT_FOUND"


def test_every_error_has_a_code_of_its_own_or_its_kinds() -> None:
    kinds = [getattr(errors, name) for name in errors.__all__]
    whole = [one for one in kinds if one is not errors.MemcubesError]
    made = [one.__new__(one) for one in whole]
    assert [type(one) for one in made if code_of(one) == "FAILED"] == []
    assert code_of(errors.Stale("")) == "STALE"
    assert code_of(errors.Held("")) == "HELD"


def test_a_steering_is_named_and_stands_in_the_receipt(modelled: Server) -> None:
    sides = [
        [modelled.memory.remember(text).cube for text in texts]
        for texts in (("Gladly, thanks.", "Of course, sir."), ("No. Go away.", "Stop that, fool."))
    ]
    made = modelled.memory.steer(*sides)
    done = inject(modelled, adapters=[made.cube])
    assert done["receipt"]["adapters"] == [made.digest]
    assert made.cube in {one["cube"]["id"] for one in done["receipt"]["used"]}
    listed = """{ graph(namespace: "default") { cubes(where: {semanticType: ["activation"]}) {
        edges { node { id injectionLayer effect text } } } } }"""
    (edge,) = modelled.ask(listed)["graph"]["cubes"]["edges"]
    assert edge["node"] == {
        "id": made.cube, "injectionLayer": 0, "effect": made.effect, "text": None
    }  # fmt: skip
    asked = """mutation($ids: [ID!], $prose: Boolean!) { ask(input: {namespace: "default", prose: $prose,
        question: "When did the valve RV-7 fail?", adapters: $ids}) { prose { read { receipt { adapters } } } } }"""
    read = modelled.ask(asked, ids=[made.cube], prose=True)["ask"]["prose"]["read"]
    assert read["receipt"]["adapters"] == [made.digest]
    assert modelled.refused(asked, ids=[made.cube], prose=False)[0] == "INVALID"
    assert refused(modelled, adapters=[made.cube] * 9)[0] == "INVALID"
    modelled.memory.retract(sides[0][0], "never said")
    assert refused(modelled, adapters=[made.cube])[0] == "STALE"
