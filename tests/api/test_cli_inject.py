"""`memcubes inject` and `ask --prose` with a model: what is printed, what is refused, and how it is traced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..injection.conftest import needs_torch
from ..injection.tiny import write_tiny

WHEN = "When did the valve RV-7 fail?"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A tiny model that reads 4,096 tokens."""
    needs_torch()
    return str(write_tiny(tmp_path_factory.mktemp("model") / "tiny", context=4096))


@pytest.fixture
def told(cli: Any, tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command line with a log read in; caches of its tiny model are worth reading."""
    from memcubes.injection.activation.guard import Guard

    monkeypatch.setattr(Guard, "attaches", lambda self, tokens: True)
    monkeypatch.setattr(Guard, "loads", lambda self, tokens, size, already=0: True)
    monkeypatch.setenv("MEMCUBES_MODEL", model)
    monkeypatch.setenv("MEMCUBES_KEEP_AFTER", "2")
    log = tmp_path / "log.md"
    log.write_text("# Log\n\nThe valve RV-7 failed at 02:10. Brill closed it.\n", "utf-8")
    assert cli("ingest", log).code == 0
    return cli


def test_a_kv_cache_is_told_and_traced(told: Any, tmp_path: Path) -> None:
    done = told("inject", WHEN, "--form", "kv", "--budget", "900")
    assert done.code == 0
    assert done.out.startswith("<memory-")
    assert "as a KV cache: asked for, " in done.err
    assert " tokens kept" in done.err
    plan = told("inject", WHEN, "--form", "kv", "--json").data
    assert (plan["form"], plan["reason"]) == ("kv", "asked for")
    assert plan["cost"]["kept"] > 0
    assert {"segments", "salt", "counter", "receipt", "artefact", "notes"} <= plan.keys()
    receipt, kept = plan["receipt"], plan["artefact"]
    assert f"activation {kept[:8]}" in done.err

    up = told("trace", receipt).out
    assert up.startswith(f"injection {receipt[:8]}  {WHEN}")
    assert "as a KV cache for " in up
    assert ": asked for; " in up
    assert "log.md" in up
    page = tmp_path / "receipt.html"
    assert told("trace", receipt, "--html", page).code == 0
    html = page.read_text("utf-8")
    assert "What a model was given from memory" in html
    assert "As a KV cache for " in html

    mine = told("trace", kept)
    assert mine.out.startswith(f"activation {kept[:8]}  ")
    assert "KV cache of " in mine.out
    assert "fingerprint" not in mine.out
    down = told("trace", "log.md", "--down")
    assert f"activation {kept[:8]}" in down.out
    for target, *way in ((kept,), (kept, "--down"), ("log.md", "--down")):
        assert told("trace", target, *way, "--html", page).code == 0
        html = page.read_text("utf-8")
        assert "KV cache of " in html
        assert "fingerprint&quot;" not in html
    assert told("trace", kept, "--json").data["steps"][0]["excerpt"].startswith("KV cache of ")

    made = told("log", "--verb", "transform", "--json").data
    assert [change["reason"] for change in made] == ["asked for: kept as a KV cache"]
    # what has no words is in no listing of passages, and in no question's hits
    for words in ((WHEN,), ("--order", "newest"), ("--type", "activation"), ("--facet", "type")):
        assert kept not in told("search", *words, "--json").out


def test_prose_says_how_it_was_read(told: Any) -> None:
    first = told("ask", WHEN, "--prose").out
    assert "as a prompt: read once: kept from reading 2 on; receipt " in first
    again = told("ask", WHEN, "--prose").out
    assert "as a KV cache: read 2 times, " in again
    read = told("ask", WHEN, "--prose", "--json").data["prose"]["read"]
    assert read["form"] == "kv"
    assert 0 < read["kept_tokens"] < read["prompt_tokens"]
    assert read["receipt"]


def test_tokens_are_counted_by_the_model_that_is_named(told: Any, model: str) -> None:
    plan = told("inject", WHEN, "--model", model, "--form", "prompt", "--json").data
    assert (plan["form"], plan["counter"]) == ("prompt", model)
    assert plan["tokens"] == len(plan["text"].encode())  # a token of the tiny model is a byte
    assert told("inject", WHEN, "--model", "echo", "--json").data["counter"] == "echo"


def test_a_template_from_memory(told: Any, tmp_path: Path) -> None:
    house = tmp_path / "house.prompt"
    house.write_text("You are the clerk.\n{memory}\nAsked: {question}\n", "utf-8")
    assert told("ingest", house).code == 0
    done = told("inject", WHEN, "--template", "house.prompt")
    assert done.out.startswith("You are the clerk.\n<memory-")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--form", "lora"), 2, "lora"),
        (("--budget", "0"), 2, "a budget is a positive whole number of tokens, not 0"),
        (("--budget", "9"), 2, "give more"),
        (("--budget", "999999999"), 2, "at most 100,000,000 tokens"),
        (("--budget", "many"), 2, "--budget"),
        (("--model", "no/such-model"), 1, "there is no language model 'no/such-model' here"),
        (("--form", "kv", "--model", "no/such-model"), 1, "no/such-model"),
        (("--template", "nobody.prompt"), 3, "nobody.prompt"),
        (("--template", "log.md"), 2, "needs one {memory}"),
        (("--template", ""), 2, "empty"),
        (("--model", ""), 2, "empty"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_and_writes_nothing(
    told: Any, words: tuple[str, ...], code: int, said: str
) -> None:
    before = told("log", "--limit", "1", "--json").data
    done = told("inject", WHEN, *words)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert "unexpected" not in done.err
    assert told("log", "--limit", "1", "--json").data == before


def test_a_model_that_is_not_there(told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMCUBES_MODEL", "no/such-model")
    done = told("inject", WHEN, "--form", "kv")
    assert (done.code, "no/such-model" in done.err) == (1, True)
    done = told("ask", WHEN, "--prose")
    assert (done.code, "no/such-model" in done.err) == (1, True)
    assert done.out.startswith("1. “")


def test_a_plan_goes_to_a_file_and_comes_back(told: Any, tmp_path: Path, model: str) -> None:
    printed = told("inject", WHEN, "--model", model, "--budget", "900", "--json")
    file = tmp_path / "plan.json"
    file.write_text(printed.out, "utf-8")
    again = told("inject", "--plan", file)
    assert again.code == 0
    assert again.out.strip() == printed.data["text"].strip()
    assert "carried out elsewhere" in again.err
    once_more = told("inject", "--plan", file, "--json").data
    assert once_more["segments"] == printed.data["segments"]
    assert once_more["receipt"] != printed.data["receipt"]
    made = told("inject", "--plan", file, "--model", model, "--write", "4", "--json").data
    assert 0 < made["written_tokens"] <= 4
    assert told("trace", made["receipt"]).code == 0
    words = told("inject", "--plan", file, "--model", model, "--write", "4")
    assert words.out.strip() == made["text"]

    assert "leave the other one out" in told("inject", WHEN, "--plan", file).err
    assert "add --plan" in told("inject", WHEN, "--write", "4").err
    assert "cannot be read as a plan" in told("inject", "--plan", tmp_path / "none.json").err
    file.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read as a plan" in told("inject", "--plan", file).err
    file.write_text(printed.out.replace("02:10", "02:11"), "utf-8")
    assert "changed since" in told("inject", "--plan", file).err
    file.write_text(printed.out, "utf-8")
    told("retract", "log.md")
    refused = told("inject", "--plan", file)
    assert refused.code not in (0, None)
    assert "plan the injection anew" in refused.err
