"""`inject`, the engines, and prose: what was remembered reaches a model, and leaves it with its source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import Memory
from memcubes.graph.errors import Invalid, Stale
from memcubes.graph.kind import Verb
from memcubes.graph.scope import Direction
from memcubes.injection.plan import Band, Form, Shape

from ..injection.conftest import needs_torch
from ..injection.tiny import write_tiny

WHEN = "When did the valve RV-7 fail?"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A tiny model that reads 4,096 tokens."""
    needs_torch()
    return str(write_tiny(tmp_path_factory.mktemp("model") / "tiny", context=4096))


def opened(place: Path, model: str, user: str = "local:ann") -> Memory:
    memory = Memory.open(place / "memories.db", user=user, encoder="hashing")
    memory.settings.model = model
    return memory


@pytest.fixture
def memory(tmp_path: Path, model: str) -> Iterator[Memory]:
    with opened(tmp_path, model) as made:
        log = tmp_path / "log.md"
        log.write_text("# Log\n\nThe valve RV-7 failed at 02:10.\n\nThe horn HR-1 was silent.\n")
        order = tmp_path / "order.md"
        order.write_text("# Order\n\nBrill signed the recall of the valve RV-7 on 3 May.\n")
        made.ingest(log, order)
        yield made


def verbs(memory: Memory) -> list[str]:
    return [str(c.verb) for c in memory.store().changes(memory.scope(), first=1_000)]


def test_a_plan_of_what_a_question_finds(memory: Memory) -> None:
    given = memory.inject(WHEN, budget=400)
    assert given.plan.form is Form.PROMPT
    assert "[m1]" in given.text
    assert given.plan.tokens <= 400
    assert given.receipt is not None
    (told,) = memory.store().get(memory.scope(), [given.receipt])
    assert (told.get("form"), told.get("tokens")) == ("prompt", given.plan.tokens)
    assert {s.node for s in memory.trace(given.receipt, Direction.UP).steps} >= {
        one.node for one in given.plan.cited
    }


def test_why_an_engine_elsewhere_was_given_text(memory: Memory) -> None:
    made = memory.engine("echo").generate(memory.inject(WHEN, budget=400).plan, most_tokens=5)
    (receipt,) = memory.store().get(memory.scope(), [made.receipt])
    # it was asked, so "no engine was asked" would be no reason
    assert made.reason == receipt.get("form_reason") == "'echo' keeps its caches to itself"


def test_what_little_room_holds_is_told_in_short(memory: Memory) -> None:
    idle = "Nobody was on the bridge then, and the tea was late again that day. " * 6
    cube = memory.remember(f"The pump P-9 leaked at noon. {idle}").cube
    asked = "When did the pump P-9 leak?"
    whole = memory.inject(asked, budget=4_000).plan
    (entry,) = (one for one in whole.cited if one.node == cube)
    frame = whole.tokens - sum(one.tokens for one in whole.cited)
    short = memory.inject(asked, budget=frame + entry.tokens // 3).plan
    told = {one.node: one for one in short.cited}[cube]
    assert (entry.shape, told.shape) == (Shape.PASSAGE, Shape.SENTENCE)
    assert "The pump P-9 leaked at noon." in told.text
    assert told.spans


def test_cubes_given_out_again_and_again_stand_first(memory: Memory) -> None:
    assert not memory.inject(WHEN).plan.band(Band.STABLE)
    for _ in range(4):
        memory.inject(WHEN)
    plan = memory.inject(WHEN).plan
    assert plan.band(Band.STABLE)
    other = memory.inject("Who signed the recall?").plan
    one, two = ("".join(s.text for s in p.prefix) for p in (plan, other))
    assert one.startswith(two) or two.startswith(one)


def test_asked_for_as_a_cache(memory: Memory, model: str) -> None:
    given = memory.inject(WHEN, form="kv", model=model, budget=900)
    assert verbs(memory)[-2:] == [Verb.TRANSFORM, Verb.INJECT]
    assert given.receipt is not None
    (receipt,) = memory.store().get(memory.scope(), [given.receipt])
    engine = memory.engine(model)
    assert (receipt.get("model"), receipt.get("fingerprint")) == (engine.name, engine.fingerprint)
    assert receipt.get("ids_sha256")
    assert not given.plan.band(Band.VOLATILE)
    made = memory.engine(model).generate(given.plan, most_tokens=6)
    assert made.receipt
    # a cache of this tiny model is no faster than reading, and never slower: either is right
    assert made.form is given.plan.form or made.reason
    with pytest.raises(Invalid, match="auto, prompt, kv"):
        memory.inject(WHEN, form="lora")


@pytest.mark.parametrize("budget", ["7", None, True, 500.5, 0])
def test_a_budget_is_a_whole_number(memory: Memory, budget: Any) -> None:
    with pytest.raises(Invalid, match=f"a positive whole number of tokens, not {budget!r}"):
        memory.inject(WHEN, budget=budget)


def test_prose_that_is_asked_again_and_again_is_kept_by_itself(
    memory: Memory, tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from memcubes.injection.activation.guard import Guard

    monkeypatch.setattr(Guard, "attaches", lambda self, tokens: True)
    monkeypatch.setattr(Guard, "loads", lambda self, tokens, size, already=0: True)
    read = []
    for _ in range(4):
        made = memory.prose(memory.ask(WHEN)).generation
        assert made is not None
        read.append(made)
    assert [one.form for one in read] == [Form.PROMPT, Form.PROMPT, Form.KV, Form.KV]
    assert len({one.text for one in read}) == 1
    assert "read once" in read[0].reason
    assert "read 3 times" in read[2].reason
    assert verbs(memory).count(Verb.TRANSFORM) == 1
    (receipt,) = memory.store().get(memory.scope(), [read[3].receipt])
    assert receipt.get("form") == "kv"
    assert receipt.get("kept") == read[3].kept_tokens > 0
    assert receipt.get("artefact") == read[3].artefact
    assert receipt.get("fingerprint")
    assert receipt.get("ids_sha256")
    artefact = read[3].artefact
    steps = memory.trace(artefact, Direction.UP).steps
    assert {s.kind for s in steps} >= {"MemCube", "Source"}
    # another process reads what is on the disk
    with opened(tmp_path, model) as again:
        made = again.prose(again.ask(WHEN)).generation
        assert made is not None
        assert (made.form, made.artefact, made.text) == (Form.KV, artefact, read[3].text)
    # and nobody finds it as if it were a passage
    assert artefact not in {hit.cube.node for hit in memory.search(WHEN, limit=50).hits}


def test_a_retraction_reaches_every_plan_and_its_revert_gives_each_back(
    memory: Memory, model: str
) -> None:
    engine = memory.engine(model)
    given = memory.inject(WHEN, form="kv", model=model, budget=900)
    before = engine.generate(given.plan, most_tokens=6)
    done = memory.retract("log.md", "withdrawn")
    assert given.plan.artefact == "" or given.plan.artefact in done.impact.stale
    written = len(verbs(memory))
    with pytest.raises(Stale, match="plan the injection anew"):
        engine.generate(given.plan, most_tokens=6)
    assert len(verbs(memory)) == written
    assert done.change is not None
    memory.revert(done.change.seq)
    assert engine.generate(given.plan, most_tokens=6).text == before.text


def test_a_fact_that_is_told_by_itself_is_asked_for_by_itself(memory: Memory, model: str) -> None:
    bells = "nobody heard the bell of the old church ring over the fields by the river"
    cube = memory.remember(f"The pump P-9 leaked at noon, while {bells} and {bells} again.").cube
    asked = "When did the pump P-9 leak?"
    short = (memory.inject(asked, budget=n).plan for n in range(140, 400, 10))
    plan = next(p for p in short if any(s.shape is Shape.TRIPLE for s in p.cited))
    told = next(one for one in plan.cited if one.shape is Shape.TRIPLE)
    assert told.node == cube
    assert "leak" in told.text
    assert memory.engine(model).generate(plan, most_tokens=2).receipt
    done = memory.retract(told.facts[0], "not that one")
    # the passage is in force as it was, and what the plan tells of it is not believed
    assert cube in {v.node for v in memory.store().get(memory.scope(), [cube])}
    with pytest.raises(Stale, match=told.facts[0]):
        memory.engine(model).generate(plan, most_tokens=2)
    assert told.facts[0] not in {
        fact for one in memory.inject(asked, budget=plan.budget).plan.cited for fact in one.facts
    }
    assert done.change is not None
    memory.revert(done.change.seq)
    assert memory.engine(model).generate(plan, most_tokens=2).receipt


def test_a_revision_too(memory: Memory, model: str) -> None:
    given = memory.inject(WHEN, budget=900)
    cube = next(one.node for one in given.plan.cited if "02:10" in one.text)
    done = memory.revise(cube, "The valve RV-7 failed at 07:40.")
    with pytest.raises(Stale, match=cube):
        memory.engine(model).generate(given.plan, most_tokens=2)
    assert done.change is not None
    memory.revert(done.change.seq)
    assert memory.engine(model).generate(given.plan, most_tokens=2).receipt


def test_what_has_expired_is_given_to_nobody(memory: Memory, model: str) -> None:
    given = memory.inject(WHEN, budget=900)
    cube = next(one.node for one in given.plan.cited if "02:10" in one.text)
    memory.transition(cube, "archive")
    assert memory.engine(model).generate(given.plan, most_tokens=2).receipt
    done = memory.transition(cube, "expire")
    with pytest.raises(Stale, match=f"{cube}, which has expired since"):
        memory.engine(model).generate(given.plan, most_tokens=2)
    assert done.change is not None
    memory.revert(done.change.seq)
    assert memory.engine(model).generate(given.plan, most_tokens=2).receipt


def test_a_plan_of_the_past_is_of_the_past(memory: Memory, model: str) -> None:
    then = memory.scope().seq
    memory.retract("log.md")
    given = memory.inject(WHEN, as_of=then, form="kv", model=model, budget=900)
    assert "02:10" in given.text
    assert given.plan.form is Form.PROMPT
    assert "as of the past" in given.plan.reason
    assert memory.engine(model).generate(given.plan, most_tokens=2).text is not None


def test_in_the_words_of_a_template(memory: Memory, tmp_path: Path) -> None:
    house = tmp_path / "house.prompt"
    house.write_text("You are the clerk of the plant.\n{memory}\n\nAsked: {question}\nIn one line.")
    memory.ingest(house)
    given = memory.inject(WHEN, template="house.prompt", budget=900)
    system, user = given.plan.messages()
    assert system.text.startswith("You are the clerk of the plant.\n<memory-")
    assert user.text == f"Asked: {WHEN}\nIn one line."
    memory.retract("house.prompt")
    with pytest.raises(Stale):
        memory.engine("echo").generate(given.plan, most_tokens=2)
    with pytest.raises(Invalid, match="no prompt template|needs one"):
        memory.inject(WHEN, template="log.md")


def test_text_again_when_nobody_reads_it(memory: Memory, tmp_path: Path, model: str) -> None:
    memory.inject(WHEN, form="kv", model=model, budget=900)
    files = list((tmp_path / "memories.db.activations").rglob("*.safetensors"))
    assert files
    assert memory.expire().cooled == ()
    month = 31 * 24 * 3_600 * 1_000_000
    later = memory.store().head().at + month
    assert len(memory.expire(later, dry_run=True).cooled) == 1
    swept = memory.expire(later)
    assert len(swept.cooled) == swept.removed == 1
    assert not any(file.exists() for file in files)
    assert memory.expire(later).cooled == ()
    assert memory.verify().ok
