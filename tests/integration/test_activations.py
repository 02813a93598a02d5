"""Activations end to end, on each store: kept by use, refused with a source, given back with it; and in two processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.errors import Stale
from memcubes.graph.kind import NodeKind
from memcubes.graph.scope import Direction, Where
from memcubes.injection.activation.guard import Guard
from memcubes.injection.plan import Form
from memcubes.injection.transformation import ACTIVATION

from ..injection.conftest import needs_torch
from ..injection.tiny import write_tiny

ASKED = "When did the valve RV-7 fail?"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A tiny model that reads 4,096 tokens."""
    needs_torch()
    return str(write_tiny(tmp_path_factory.mktemp("model") / "tiny", context=4096))


def activations(memory: Memory) -> list[str]:
    """Those in force."""
    where = Where(kinds=(NodeKind.MEMCUBE,), header={"semantic_type": ACTIVATION})
    return [v.node for v in memory.store().find(memory.scope(), where).items]


def test_kept_by_use_and_gone_with_its_source(
    place: str, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Guard, "attaches", lambda self, tokens: True)
    monkeypatch.setattr(Guard, "loads", lambda self, tokens, size, already=0: True)
    with Memory.open(place, user="local:ann", encoder="hashing") as memory:
        memory.settings.model = model
        begun = memory.remember("The valve RV-7 failed at 02:10.")
        memory.remember("Brill signed the recall of the valve RV-7.")
        read = [memory.prose(memory.ask(ASKED)).generation for _ in range(4)]
        forms = [one.form for one in read if one is not None]
        assert forms == [Form.PROMPT, Form.PROMPT, Form.KV, Form.KV]
        (kept,) = activations(memory)
        last = read[-1]
        assert last is not None
        assert last.artefact == kept
        assert begun.cube in {step.node for step in memory.trace(kept, Direction.UP).steps}
        down = memory.trace(begun.cube, Direction.DOWN)
        assert kept in {step.node for step in down.steps}

        given = memory.inject(ASKED, budget=2_000)
        gone = memory.retract(begun.cube, "never true")
        assert kept in gone.impact.stale
        with pytest.raises(Stale):
            memory.engine().generate(given.plan, most_tokens=2)
        assert gone.change is not None
        memory.revert(gone.change.seq)
        back = memory.prose(memory.ask(ASKED)).generation
        assert back is not None
        assert (back.artefact, back.text) == (kept, last.text)

        # the cache is a change like any other: an instant before it has none
        (made,) = (
            c.seq for c in memory.store().changes(memory.scope(), first=99, verbs=["transform"])
        )
        memory.restore(made - 1)
        assert activations(memory) == []
        assert memory.diff(f"@{made}") is not None
        assert memory.verify().ok


KEEP = """
import sys
from memcubes.api import Memory
from memcubes.injection.activation.guard import Guard

Guard.attaches = lambda self, tokens: True
with Memory.open(sys.argv[1], user="local:ann", encoder="hashing") as memory:
    memory.settings.model = sys.argv[2]
    for _ in range(4):
        made = memory.prose(memory.ask(sys.argv[3])).generation
        assert made is not None and made.receipt
    print(made.text)
"""


def test_two_processes_keep_one_beginning(tmp_path: Path, model: str) -> None:
    place = f"sqlite:///{tmp_path / 'a.db'}"
    with Memory.open(place, user="local:ann", encoder="hashing") as memory:
        memory.remember("The valve RV-7 failed at 02:10.")
    child = [sys.executable, "-c", KEEP, place, model, ASKED]
    both = [subprocess.Popen(child, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == said[1]
    with Memory.open(place, user="local:ann", encoder="hashing") as memory:
        assert len(activations(memory)) == 1
        assert memory.verify().ok
        shelves = list((tmp_path / "a.db.activations").rglob("*.safetensors"))
        assert len(shelves) == 1


WANTED = "Gladly, thank you.", "With pleasure, sir.", "Of course, thank you."
UNWANTED = "No. Go away now.", "Do it yourself, fool.", "Stop bothering me."


def test_a_steering_is_a_cube_that_goes_with_its_texts(place: str, model: str) -> None:
    with Memory.open(place, user="local:ann", encoder="hashing") as memory:
        memory.settings.model = model
        memory.remember("The valve RV-7 failed at 02:10.")
        sides = [[memory.remember(text).cube for text in texts] for texts in (WANTED, UNWANTED)]
        for tag, cubes in zip(("polite", "rude"), sides, strict=True):
            for cube in cubes:
                memory.tag(cube, [tag])
        made = memory.steer("polite", "rude", layer=0, strength=30.0)
        assert made.change is not None
        assert (made.change.verb, made.pairs) == ("transform", 3)
        assert "nats a token on 1 pair, perplexity" in made.effect
        again = memory.steer(*sides, layer=0, strength=30.0)
        assert (again.change, again.cube, again.digest) == (None, made.cube, made.digest)
        other = memory.steer(*sides, layer=0, strength=-30.0)
        assert other.cube != made.cube
        up = {step.node for step in memory.trace(made.cube, Direction.UP).steps}
        assert {*sides[0], *sides[1]} <= up

        answer = memory.ask(ASKED)
        plain = memory.prose(answer).generation
        steered = memory.prose(answer, [made.cube]).generation
        assert plain is not None
        assert steered is not None
        assert plain.text != steered.text
        (receipt,) = memory.store().get(memory.scope(), [steered.receipt])
        assert receipt.get("adapters") == [made.digest]
        assert made.cube in {s.node for s in memory.trace(steered.receipt, Direction.UP).steps}
        given = memory.inject(ASKED, limit=1, adapters=[made.cube[:10]])
        assert given.plan.adapters == (made.digest,)

        gone = memory.retract(sides[1][0], "never said")
        assert {made.cube, steered.receipt, given.receipt} <= set(gone.impact.stale)
        with pytest.raises(Stale, match=made.cube):
            memory.prose(answer, [made.cube])
        with pytest.raises(Stale, match="an adapter of the plan was made from"):
            memory.engine().generate(given.plan, most_tokens=2)
        assert gone.change is not None
        memory.revert(gone.change.seq)
        back = memory.prose(answer, [made.cube]).generation
        assert back is not None
        assert back.text == steered.text

        # it is a change like any other: reverted it is refused, and so is a plan that was made with it
        undone = memory.revert(made.change.seq)
        with pytest.raises(Stale, match="adapter"):
            memory.engine().generate(given.plan, most_tokens=2)
        assert undone.change is not None
        memory.revert(undone.change.seq)
        assert memory.engine().generate(given.plan, most_tokens=2).receipt
        memory.expire()
        assert {made.cube, other.cube} <= set(activations(memory))
        assert memory.verify().ok
