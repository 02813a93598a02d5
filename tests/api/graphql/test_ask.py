"""`ask`: quotes with their standing, the receipt, and a model's words that come second."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memcubes.api.graphql.service import WAITING, Service
from memcubes.api.settings import Settings
from memcubes.injection import language_models
from memcubes.injection.language_model import EchoModel

from ...injection.conftest import needs_torch
from ...injection.tiny import write_tiny
from ..casefolder import FILES, write
from .conftest import WHEN, Server, admit, beside

SAID = "Correction: The valve RV-7 failed at 07:40, not at 02:10."
ASK = """mutation($input: AskInput!) { ask(input: $input) { question seq notes
    quotes { number text start end status against joinedBy necessary
        cube { id text } source { name text } }
    receipt { id verb question form formReason adapters promptTokens used { quotes { quote } } }
    prose { model sentences { text supported citations }
        read { form reason promptTokens keptTokens writtenTokens note artefact { id form }
            receipt { id verb form model fingerprint promptTokens idsSha256 kept split artefact { id } } } } } }"""


def ask(server: Server, **given: Any) -> Any:
    """Ask the default namespace."""
    return server.ask(ASK, input={"namespace": "default", "question": WHEN, **given})["ask"]


def refused(server: Server, **given: Any) -> tuple[str, str]:
    """A question that is refused."""
    return server.refused(ASK, input={"namespace": "default", "question": WHEN, **given})


def head(server: Server) -> int:
    """Where the log stands."""
    return server.service.store().head().seq


def test_the_quotes_are_those_of_the_verb(server: Server) -> None:
    told = server.memory.ask(WHEN)
    done = ask(server)
    assert [one["text"] for one in done["quotes"]] == [quote.text for quote in told.quotes]
    assert [one["number"] for one in done["quotes"]] == list(range(1, len(told.quotes) + 1))
    statuses = [one["status"] for one in done["quotes"]]
    assert statuses == [quote.status.name for quote in told.quotes]
    assert [one["necessary"] for one in done["quotes"]] == [q.necessary for q in told.quotes]
    assert "SUPERSEDED" in statuses
    assert any("07:40" in words for one in done["quotes"] for words in one["against"])
    for one in done["quotes"]:
        source = one["source"]
        assert source["text"] == FILES[source["name"]]
        assert source["text"][one["start"] : one["end"]] == one["text"]
        assert one["text"] in one["cube"]["text"]
    receipt = done["receipt"]
    assert (receipt["verb"], receipt["form"], receipt["question"]) == ("ask", "evidence", WHEN)
    assert (receipt["formReason"], receipt["adapters"], receipt["promptTokens"]) == (None, [], None)
    used = {quote["quote"] for one in receipt["used"] for quote in one["quotes"]}
    assert used == {one["text"] for one in done["quotes"]}
    assert (done["prose"], done["seq"] + 1) == (None, head(server))


def test_as_if_a_source_had_never_been_and_as_of_then(server: Server) -> None:
    without = ask(server, without=["vendor.md"])
    assert all(one["source"]["name"] != "vendor.md" for one in without["quotes"])
    then = head(server)
    server.memory.retract("vendor.md")
    assert "07:40" in ask(server, asOf={"seq": then})["quotes"][0]["text"]
    assert "07:40" not in ask(server)["quotes"][0]["text"]
    assert ask(server, asOf={"recorded": "2020-01-01"})["quotes"] == []
    assert refused(server, without=["nobody.md"])[0] == "NOT_FOUND"
    assert refused(server, without=["log.txt"] * 101)[0] == "INVALID"
    assert refused(server, asOf={"seq": 1, "recorded": "2025-01-01"})[0] == "INVALID"


def test_nothing_that_bears_on_it_leaves_no_receipt(server: Server) -> None:
    before = head(server)
    assert refused(server, question=" \n")[0] == "INVALID"
    done = ask(server, question="zebra", asOf={"recorded": "2020-01-01"}, prose=True)
    assert (done["quotes"], done["receipt"], done["prose"]) == ([], None, None)
    assert head(server) == before


def test_for_those_who_may_read(server: Server) -> None:
    assert refused(beside(server, "local:mallory"))[0] == "NOT_FOUND"
    assert refused(server, namespace="elsewhere")[0] == "NOT_FOUND"
    done = ask(admit(server, "local:eve"))
    assert done["quotes"]
    assert done["receipt"] is None
    assert done["notes"] == ["you may read here and not write: no receipt was written"]


def test_prose_comes_second_and_is_checked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language_models, "language_model", lambda name: EchoModel(SAID))
    done = ask(server, prose=True)
    number = [one["text"] for one in done["quotes"]].index(SAID) + 1
    prose = done["prose"]
    assert prose["model"] == "echo"
    assert [(one["text"], one["supported"]) for one in prose["sentences"]] == [(SAID, True)]
    assert number in prose["sentences"][0]["citations"]
    assert (prose["read"]["form"], prose["read"]["artefact"]) == ("PROMPT", None)
    assert prose["read"]["receipt"]["id"] != done["receipt"]["id"]
    # nobody selects it, so that nobody writes it
    before = head(server)
    server.ask(
        f'mutation {{ ask(input: {{namespace: "default", question: "{WHEN}", prose: true}}) {{ seq }} }}'
    )
    assert head(server) == before + 1


def test_models_that_are_busy_leave_the_quotes(server: Server) -> None:
    for _ in range(WAITING):
        assert server.service._doors.waiting.acquire(blocking=False)
    whole = server.answer(ASK, input={"namespace": "default", "question": WHEN, "prose": True})
    for _ in range(WAITING):
        server.service._doors.waiting.release()
    (error,) = whole["errors"]
    assert (error["extensions"]["code"], error["path"]) == ("MODEL_FAILED", ["ask", "prose"])
    assert whole["data"]["ask"]["quotes"]
    assert whole["data"]["ask"]["receipt"]


@pytest.fixture
def modelled(tmp_path: Path) -> Iterator[Server]:
    """A server on the case folder whose model is a tiny one."""
    needs_torch()
    settings = Settings(
        db=str(tmp_path / "memories.db"),
        user="local:ann",
        encoder="hashing",
        model=str(write_tiny(tmp_path / "tiny", context=4096)),
        keep_after=2,
    )
    server = Server(Service(settings))
    server.memory.ingest(write(tmp_path / "files"))
    yield server
    server.service.close()


def test_prose_that_is_asked_again_is_read_from_a_cache(
    modelled: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from memcubes.injection.activation.guard import Guard

    monkeypatch.setattr(Guard, "attaches", lambda self, tokens: True)
    monkeypatch.setattr(Guard, "loads", lambda self, tokens, size, already=0: True)
    first, paid, second = (ask(modelled, prose=True)["prose"]["read"] for _ in range(3))
    assert (first["form"], first["keptTokens"], first["artefact"]) == ("PROMPT", 0, None)
    assert "read once" in first["reason"]
    # the cache was read for this use, so that it saved nothing yet
    assert (paid["form"], paid["keptTokens"]) == ("KV", 0)
    assert (second["form"], second["artefact"]["form"]) == ("KV", "activation")
    assert first["promptTokens"] == second["promptTokens"] > second["keptTokens"] > 0
    receipt = second["receipt"]
    assert (receipt["verb"], receipt["form"]) == ("inject", "kv")
    assert receipt["promptTokens"] == second["promptTokens"]
    assert receipt["kept"] == receipt["split"] == second["keptTokens"]
    assert receipt["artefact"]["id"] == second["artefact"]["id"]
    assert receipt["fingerprint"] == first["receipt"]["fingerprint"]
    assert receipt["idsSha256"] == first["receipt"]["idsSha256"]
