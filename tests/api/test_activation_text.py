"""Text of a KV cache that a copy of the store made: of records that are here, in their words, or refused by name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import Memory
from memcubes.graph.digest import canonical
from memcubes.graph.errors import Refused, Unreadable
from memcubes.graph.kind import Verb
from memcubes.graph.opening import beside
from memcubes.graph.scope import Direction
from memcubes.injection.standing import Standing

from ..injection.conftest import needs_torch
from ..injection.tiny import write_tiny

FERRY = "The ferry Corvina sails from pier 4. Odile Marchetti serviced its engine in March."
TIDE = "The tide tables are printed by Holm."
ASKED = "Who serviced the engine of the ferry Corvina?"
GOLDEN = {
    "metadata": {"created": "2025-04-10", "source": "session_3894", "priority": "mid"},
    "payload": {"type": "activation", "format": "tensor", "injection_layer": 12, "value": "[tensor]"},
}  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    needs_torch()
    return str(write_tiny(tmp_path_factory.mktemp("model") / "tiny", context=4096))


def opened(db: Path, model: str) -> Memory:
    memory = Memory.open(db, user="local:ann", encoder="hashing")
    memory.settings.model = model
    return memory


@pytest.fixture
def memory(tmp_path: Path, model: str) -> Iterator[Memory]:
    with opened(tmp_path / "here" / "notes.db", model) as made:
        for text in (FERRY, TIDE):
            made.remember(text)
        yield made


@pytest.fixture
def file(memory: Memory, tmp_path: Path, model: str) -> Path:
    """The manifest of a cache that is kept in a copy of the store, and nowhere else."""
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    return kept(tmp_path / "there" / "notes.db", model)


def kept(db: Path, model: str) -> Path:
    with opened(db, model) as copy:
        copy.inject(ASKED, form="kv", model=model, budget=900)
        folder = beside(copy.store().url, "activations")
    assert folder is not None
    (found,) = (path for path in folder.rglob("*.json") if "rates" not in path.name)
    return found


def test_it_becomes_text_with_its_lineage(memory: Memory, file: Path) -> None:
    made = memory.text_of(file)
    assert made.change is not None
    assert made.change.note is not None
    assert (made.change.verb, made.change.note["to"]) == (Verb.TRANSFORM, "plaintext")
    assert set(made.text.splitlines()) == {*FERRY.replace(". O", ".\nO").splitlines(), TIDE}
    (cube,) = memory.store().get(memory.scope(), [made.cube])
    assert cube.text == made.text
    steps = {step.node for step in memory.trace(made.cube, Direction.UP).steps}
    assert steps >= set(made.told)
    again = memory.text_of(file)
    assert (again.change, again.cube) == (None, made.cube)
    memory.revert(made.change.seq)
    assert memory.store().get(memory.scope(), [made.cube]) == ()
    anew = memory.text_of(file)
    assert anew.change is not None
    assert (anew.cube, anew.text) == (made.cube, made.text)


def test_it_goes_and_comes_with_what_it_was_made_of(memory: Memory, file: Path) -> None:
    made = memory.text_of(file)
    standing = Standing(memory.store(), memory.scope)
    # what it quotes is found itself, and it stands in only once all of that is archived
    assert made.cube not in {hit.cube.node for hit in memory.search(ASKED).hits}
    for node in made.told:
        memory.transition(node, "archive")
    assert {hit.cube.node for hit in memory.search(ASKED).hits} == {made.cube}
    gone = memory.retract(made.told[0]).change
    assert gone is not None
    assert not standing.usable(made.cube)
    assert made.cube not in {hit.cube.node for hit in memory.search(ASKED).hits}
    with pytest.raises(Refused, match=f"tells cube {made.told[0]} .payload .* no record in force"):
        memory.text_of(file)
    memory.revert(gone.seq)
    assert standing.usable(made.cube)
    assert made.cube in {hit.cube.node for hit in memory.search(ASKED).hits}


def test_of_another_memory_it_is_refused_by_name(
    memory: Memory, tmp_path: Path, model: str
) -> None:
    """The same words under another salt are another record, and nobody can tell by the digest."""
    with opened(tmp_path / "other" / "notes.db", model) as other:
        cube = other.remember(FERRY).cube
    file = kept(tmp_path / "other" / "notes.db", model)
    with pytest.raises(
        Refused, match=f"tells cube {cube} .*make the cache anew with `memcubes inj"
    ):
        memory.text_of(file)


def forged(file: Path, **changes: Any) -> Path:
    """The manifest with other words in it, under whatever seal."""
    held = json.loads(file.read_bytes())
    held["manifest"] |= changes
    file.write_bytes(b'{"manifest":' + canonical(held["manifest"]) + b',"seal":"00"}')
    return file


def test_not_a_word_is_taken_from_the_file(memory: Memory, file: Path, model: str) -> None:
    from memcubes.injection.activation.manifest import ids_digest
    from memcubes.injection.local_model import LocalModel

    held = json.loads(file.read_bytes())["manifest"]
    added = LocalModel(model).ids(" Odile Marchetti lied about it. ")
    ids = [*added, *held["ids"]]
    shape = [*held["keys"][:2], len(ids), held["keys"][3]]
    size = held["size"] + len(added) * (held["size"] // len(held["ids"]))
    told = {
        "ids": ids,
        "tokens": len(ids),
        "ids_sha256": ids_digest(ids),
        "keys": shape,
        "values": shape,
    }
    for given in (size, *range(size - 4_000, size + 4_000, 64)):
        try:
            made = memory.text_of(forged(file, **told, size=given))
        except Unreadable:
            continue
        assert "lied" not in made.text
        assert FERRY.split(". ")[0] in made.text
        break
    nothing = LocalModel(model).ids("x" * len(held["ids"]))[: len(held["ids"])]
    shape[2] = len(nothing)
    told = {
        "ids": nothing,
        "tokens": len(nothing),
        "ids_sha256": ids_digest(nothing),
        "keys": shape,
        "values": shape,
    }
    with pytest.raises(Refused, match="has no sentence of it: it is not what it says"):
        memory.text_of(forged(file, **told, size=held["size"]))


def test_what_else_is_refused(memory: Memory, file: Path, tmp_path: Path) -> None:
    golden = tmp_path / "golden.json"
    golden.write_text(json.dumps(GOLDEN), "utf-8")
    with pytest.raises(Refused, match=r"does not say which records .*\[tensor\].* ingest the text"):
        memory.text_of(golden)
    golden.write_text(json.dumps({**GOLDEN, "payload": {"type": "plaintext", "value": "Tea."}}))
    with pytest.raises(Refused, match="is text already"):
        memory.text_of(golden)
    held = json.loads(file.read_bytes())["manifest"]
    other = {**held["fingerprint"], "tokenizer": "ab" * 32}
    with pytest.raises(Refused, match="numbered in another way .* name that model with --model"):
        memory.text_of(forged(file, fingerprint=other))
    with pytest.raises(Refused, match="names no record"):
        memory.text_of(forged(file, fingerprint=held["fingerprint"], pins=[]))
    for raw in (b"", b"[]", b"{}", b"\xff", b'{"manifest":{},"seal":""}', b"[" * 10_000):
        file.write_bytes(raw)
        with pytest.raises(Unreadable, match="a manifest is refused"):
            memory.text_of(file)
    with pytest.raises(Unreadable, match="cannot be read"):
        memory.text_of(tmp_path / "none.json")


def test_without_a_model_here_nobody_knows_the_tokens(memory: Memory, file: Path) -> None:
    with pytest.raises(Refused, match="'echo' is not here, .* name a model on this machine"):
        memory.text_of(file, model="echo")


def test_by_command(cli: Any, tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMCUBES_MODEL", model)
    cube = cli("remember", FERRY, "--json").data["cube"]
    assert cli("inject", ASKED, "--form", "kv", "--model", model).code == 0
    (file,) = (p for p in tmp_path.rglob("*.activations/*/*.json") if "rates" not in p.name)
    made = cli("models", "text", file, "--json").data
    assert made["told"] == [cube]
    assert "There already" in cli("models", "text", file).out
    assert cli("revert", f"@{made['change']}").code == 0
