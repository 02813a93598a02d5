"""Steerings as cubes, by method, command and mutation: who may use one, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import Memory
from memcubes.graph.change import ChangeSet, Open
from memcubes.graph.errors import Invalid, NotFound, Refused
from memcubes.graph.kind import Authority, EdgeKind, NodeKind
from memcubes.graph.opening import beside
from memcubes.graph.record import Author
from memcubes.injection.activation.memcube_json import open_memcube

from ..injection.conftest import needs_torch
from ..injection.tiny import write_tiny

WHEN = "When did the valve RV-7 fail?"
WANTED = "Gladly, thank you.", "With pleasure, sir."
UNWANTED = "No. Go away now.", "Do it yourself, fool."


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A tiny model that reads 4,096 tokens."""
    needs_torch()
    return str(write_tiny(tmp_path_factory.mktemp("model") / "tiny", context=4096))


@pytest.fixture
def memory(tmp_path: Path, model: str) -> Iterator[Memory]:
    """A fact, and two pairs of words to steer by."""
    with Memory.open(tmp_path / "memories.db", user="local:ann", encoder="hashing") as made:
        made.settings.model = model
        made.remember("The valve RV-7 failed at 02:10.")
        for tag, texts in (("polite", WANTED), ("rude", UNWANTED)):
            for text in texts:
                made.tag(made.remember(text).cube, [tag])
        yield made


def granted(memory: Memory, user: str, node: str) -> None:
    """Let somebody read a node, and from then on nobody who is not let."""
    agent = memory.store().name("default", NodeKind.AGENT, user).id
    edge = Author("default", agent, Authority.ASSERTED, 0).edge(
        EdgeKind.GRANTS, agent, node, {"role": "writer" if user == "local:bob" else "reader"}
    )
    memory.store().commit(ChangeSet("default", "grant", (Open(edge),)))


def admit(memory: Memory, user: str) -> None:
    """Let somebody into the namespace."""
    agent = memory.store().name("default", NodeKind.AGENT, user)
    author = Author("default", agent.id, Authority.ASSERTED, 0)
    version = author.version(NodeKind.AGENT, agent.id, {"name": user}, key=agent.key)
    memory.store().commit(ChangeSet("default", "grant", (Open(version),)))
    granted(memory, user, memory.store().name("default", NodeKind.NAMESPACE, "default").id)


def shelves(memory: Memory) -> list[Path]:
    """The files of steerings on the disk."""
    folder = beside(memory.store().url, "activations")
    return sorted(folder.rglob("steering-*")) if folder else []


def test_its_tensor_is_made_again_where_it_is_gone_or_was_changed(memory: Memory) -> None:
    made = memory.steer("polite", "rude", strength=4.0)
    first = memory.steering(made.cube)
    assert (first.digest, first.layer) == (made.digest, 0)  # the tiny model has two layers
    for path in shelves(memory):
        path.write_bytes(b"other")
    assert memory.steering(made.cube).digest == made.digest
    for path in shelves(memory):
        path.unlink()
    assert memory.steering(made.cube).digest == made.digest
    assert len(shelves(memory)) == 2
    assert memory.scheduler.idle(2**60) == ()  # it is kept however long nobody uses it
    # reverted and swept it is nowhere, and brought back it is made once more
    assert made.change is not None
    undone = memory.revert(made.change.seq)
    assert memory.expire().removed == 1
    assert shelves(memory) == []
    assert undone.change is not None
    memory.revert(undone.change.seq)
    assert memory.steering(made.cube).digest == made.digest
    memory.transition(made.cube, "archive")
    for act in (
        lambda: memory.steering(made.cube),
        lambda: memory.steer("polite", "rude", strength=4.0),
    ):
        with pytest.raises(Refused, match="activate"):
            act()
    memory.transition(made.cube, "activate")
    assert memory.steering(made.cube).digest == made.digest


def test_it_goes_out_and_comes_in_as_memos_writes_it(memory: Memory, tmp_path: Path) -> None:
    made = memory.steer("polite", "rude", strength=4.0)
    path = memory.save_memcube(made.cube, tmp_path / "polite.json")
    told = json.loads(path.read_text("utf-8"))
    assert told["payload"] == {
        "type": "activation", "value": "polite.safetensors", "format": "tensor", "injection_layer": 0,
    }  # fmt: skip
    assert told["metadata"]["source"] == made.cube
    assert open_memcube(path).text() == path.read_text("utf-8")
    back = memory.steer("polite", "rude", file=path)
    assert (back.cube, back.change) == (made.cube, None)
    with Memory.open(tmp_path / "other.db", user="local:bob", encoder="hashing") as other:
        other.settings.model = memory.settings.model
        sides = [[other.remember(t).cube for t in texts] for texts in (WANTED, UNWANTED)]
        taken = other.steer(*sides, file=path)
        assert taken.change is not None
        assert (taken.digest, taken.layer, taken.strength) == (made.digest, 0, 4.0)
        with pytest.raises(Invalid, match="made of other texts"):
            other.steer(*reversed(sides), file=path)


def test_only_who_reads_all_of_its_texts_may_use_it(memory: Memory, tmp_path: Path) -> None:
    made = memory.steer("polite", "rude")
    admit(memory, "local:bob")
    with Memory.open(tmp_path / "memories.db", user="local:bob", encoder="hashing") as bobs:
        bobs.settings.model = memory.settings.model
        assert bobs.inject(WHEN, adapters=[made.cube]).plan.adapters == (made.digest,)
    secret = memory.remember("Piss off, quickly.").cube
    granted(memory, "local:ann", secret)
    wanted = memory.remember("Thank you kindly.").cube
    other = memory.steer([wanted], [secret])
    assert other.effect.startswith("not measured")
    with Memory.open(tmp_path / "memories.db", user="local:bob", encoder="hashing") as bobs:
        bobs.settings.model = memory.settings.model
        with pytest.raises(NotFound):
            bobs.inject(WHEN, adapters=[other.cube])


def test_what_is_refused(memory: Memory, tmp_path: Path) -> None:
    made = memory.steer("polite", "rude")
    cube = memory.search(WHEN).hits[0].cube.node
    for sides, more, message in [
        (("polite", "nobody"), {}, "2 wanted and 0 unwanted"),
        (([cube], [made.cube]), {}, "no words to steer by"),
        (([cube], [cube]), {}, "make no difference"),
        (("polite", "rude"), {"layer": 7}, "no layer 7"),
        (("polite", "rude"), {"strength": float("inf")}, "finite"),
        (("polite", "rude"), {"strength": "1"}, "a number for its strength, not None and '1'"),
        (("polite", "rude"), {"layer": True}, "a whole number for its layer .* not True"),
    ]:
        with pytest.raises(Invalid, match=message):
            memory.steer(*sides, **more)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="is no steering"):
        memory.inject(WHEN, adapters=[cube])
    with pytest.raises(Invalid, match="a list of cubes"):
        memory.inject(WHEN, adapters=made.cube)
    with pytest.raises(Refused, match="name a model on this machine"):
        memory.inject(WHEN, model="echo", adapters=[made.cube])
    other = str(write_tiny(tmp_path / "tiny", seed=2))
    with pytest.raises(Refused, match="make it anew for this model"):
        memory.inject(WHEN, model=other, adapters=[made.cube])


def test_by_command(cli: Any, tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMCUBES_MODEL", model)
    for text, tag in [("The valve RV-7 failed at 02:10.", ""), *zip((*WANTED, *UNWANTED), ("polite",) * 2 + ("rude",) * 2, strict=True)]:  # fmt: skip
        cube = cli("remember", text, "--json").data["cube"]
        if tag:
            assert cli("tag", cube, tag).code == 0
    path = tmp_path / "polite.json"
    sides = ("--wanted", "polite", "--unwanted", "rude")
    made = cli("models", "steer", *sides, "--layer", "1", "--save", path, "--json").data
    assert (made["layer"], made["pairs"], made["file"]) == (1, 2, str(path))
    assert "There already" in cli("models", "steer", *sides, "--layer", "1").out
    plan = cli("inject", WHEN, "--steer", made["cube"], "--json").data
    assert (plan["adapters"], plan["form"]) == ([made["digest"]], "prompt")
    assert "steered" in plan["reason"]
    up = cli("trace", plan["receipt"]).out
    assert "steering after layer 1" in up
    assert cli("ask", WHEN, "--prose", "--steer", made["cube"]).code == 0
    assert "add --prose" in cli("ask", WHEN, "--steer", made["cube"]).err
    assert cli("models", "steer", "--wanted", "polite", "--unwanted", "nobody").code == 2
