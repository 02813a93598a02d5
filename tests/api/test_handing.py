"""Plans that leave as JSON and come back: each use is asked for anew, and leaves a receipt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import Memory
from memcubes.graph.change import ChangeSet, Open, Selector, Shred
from memcubes.graph.errors import Invalid, Refused, Stale
from memcubes.graph.kind import Authority, EdgeKind, NodeKind, Verb
from memcubes.graph.record import Author
from memcubes.injection.plan import Form

from .test_injecting import WHEN, model, opened, verbs
from .test_steering import admit, granted

__all__ = ["model"]


@pytest.fixture
def memory(tmp_path: Path, model: str) -> Iterator[Memory]:
    with opened(tmp_path, model) as made:
        log = tmp_path / "log.md"
        log.write_text("# Log\n\nThe valve RV-7 failed at 02:10.\n\nThe horn HR-1 was silent.\n")
        made.ingest(log)
        yield made


def sent(memory: Memory, **asked: Any) -> str:
    """A plan as another process gets it."""
    return json.dumps(memory.plan_json(memory.inject(WHEN, budget=400, **asked).plan))


def test_it_is_carried_out_as_if_it_had_never_left(
    memory: Memory, model: str, tmp_path: Path
) -> None:
    given = memory.inject(WHEN, budget=400, model=model)
    document = json.dumps(memory.plan_json(given.plan))
    there = memory.engine(model).generate(given.plan, most_tokens=5)
    with opened(tmp_path, model) as again:
        assert again.plan_of(document).segments == given.plan.segments
        here = again.carry_out(document, model=model, most_tokens=5)
        assert here.text == there.text
        (one, other) = again.store().get(again.scope(), [there.receipt, here.receipt])
        assert one.get("ids_sha256") == other.get("ids_sha256")
        assert one.payload is not None
        assert other.payload is not None
        assert one.payload.content == other.payload.content == given.text


def test_token_ids_for_an_engine_elsewhere(memory: Memory, model: str) -> None:
    told = json.loads(sent(memory, model=model, form="prompt"))
    (tokenizer,) = {name for one in told["segments"] for name in one["ids"]}
    engine = memory.engine(model).engine
    assert tokenizer == engine.model.tokenizer  # type: ignore[attr-defined]
    for one in told["segments"]:
        assert one["ids"][tokenizer] == engine.model.ids(one["text"])  # type: ignore[attr-defined]
    assert "".join(one["text"] for one in told["segments"][:-1]) == told["messages"][0]["content"]
    # without a model tokens are estimated, and there are none
    assert all("ids" not in one for one in json.loads(sent(memory))["segments"])


def test_given_out_once_more_it_leaves_a_receipt_of_its_own(memory: Memory) -> None:
    first = memory.inject(WHEN, budget=400)
    again = memory.give_again(memory.plan_json(first.plan))
    assert (again.text, again.plan.form) == (first.text, Form.PROMPT)
    assert again.receipt not in (None, first.receipt)
    one, other = memory.store().get(memory.scope(), [str(first.receipt), str(again.receipt)])
    assert (one.get("sha256"), one.get("tokens")) == (other.get("sha256"), other.get("tokens"))
    assert "carried out elsewhere" in str(other.get("form_reason"))
    assert verbs(memory)[-2:] == [Verb.INJECT, Verb.INJECT]


def test_it_is_refused_while_it_stands_no_more(memory: Memory, model: str) -> None:
    document = sent(memory, model=model)
    ways = (
        memory.plan_of,
        memory.give_again,
        lambda told: memory.carry_out(told, model=model, most_tokens=3),
    )
    change = memory.retract("log.md").change
    before = len(verbs(memory))
    for way in ways:
        with pytest.raises(Stale, match="plan the injection anew"):
            way(document)
    assert len(verbs(memory)) == before  # nothing was given out, and nothing written
    assert change is not None
    memory.revert(f"@{change.seq}")
    for way in ways:
        way(document)
    (cube,) = {one.node for one in memory.plan_of(document).used}
    memory.revise(cube, "The valve RV-7 failed at 03:30.")
    for way in ways:
        with pytest.raises(Stale):
            way(document)


def test_it_is_of_its_namespace_and_its_readers(memory: Memory, tmp_path: Path, model: str) -> None:
    document = sent(memory)
    other = Memory(memory.settings.model_copy(update={"namespace": "another"}))
    with other:
        other.remember("The valve RV-7 failed at 02:10.")
        with pytest.raises(Invalid, match="not made in this namespace"):
            other.plan_of(document)
    with Memory.open(tmp_path / "elsewhere.db", user="local:ann", encoder="hashing") as apart:
        apart.ingest(tmp_path / "log.md")
        with pytest.raises(Invalid, match="not made in this namespace"):
            apart.plan_of(document)


def test_only_who_may_read_all_of_it_carries_it_out(
    memory: Memory, tmp_path: Path, model: str
) -> None:
    admit(memory, "local:bob")
    document = sent(memory, model=model)
    (cube,) = {one.node for one in memory.plan_of(document).used}
    with opened(tmp_path, model, "local:bob") as bobs:
        assert bobs.plan_of(document).memory == memory.plan_of(document).memory
        assert bobs.give_again(document).receipt
        granted(memory, "local:ann", cube)
        for way in (bobs.plan_of, bobs.give_again, bobs.carry_out):
            with pytest.raises(Stale, match="plan the injection anew"):
                way(document)
    assert memory.carry_out(document, model=model, most_tokens=2).receipt


def test_where_nobody_may_write_it_says_that_there_is_no_receipt(
    memory: Memory, tmp_path: Path, model: str
) -> None:
    document = sent(memory)
    agent = memory.store().name("default", NodeKind.AGENT, "local:eve")
    author = Author("default", agent.id, Authority.ASSERTED, 0)
    space = memory.store().name("default", NodeKind.NAMESPACE, "default").id
    ops = (
        Open(author.version(NodeKind.AGENT, agent.id, {"name": "local:eve"}, key=agent.key)),
        Open(author.edge(EdgeKind.GRANTS, agent.id, space, {"role": "reader"})),
    )
    memory.store().commit(ChangeSet("default", "grant", ops))
    with opened(tmp_path, model, "local:eve") as eves:
        given = eves.give_again(document)
        assert (given.receipt, given.text) == (None, memory.plan_of(document).memory)
        assert given.notes == ("you may read here and not write: no receipt was written",)


def test_a_plan_of_the_past_is_of_then(memory: Memory) -> None:
    then = memory.scope().seq
    document = sent(memory, as_of=then)
    memory.retract("log.md")
    assert memory.plan_of(document).past
    # what is forged into the past is not
    told = {**json.loads(sent(memory, as_of=then)), "past": False}
    with pytest.raises(Invalid, match="changed since"):
        memory.plan_of(told)
    store = memory.store()
    (cube,) = (one.node for one in memory.plan_of(document).used)
    held = store.history(memory.scope(), cube)
    shred = Shred(Selector(ids=tuple(one.id for one in held)))
    store.commit(ChangeSet("default", "erase", (shred,)))
    with pytest.raises(Stale):
        memory.plan_of(document)


def test_adapters_travel_by_their_digest(memory: Memory, model: str) -> None:
    texts = [memory.remember(said).cube for said in ("Thank you kindly.", "No. Go away now.")]
    steering = memory.steer([texts[0]], [texts[1]], layer=0)
    given = memory.inject(WHEN, budget=400, model=model, adapters=[steering.cube])
    document = memory.plan_json(given.plan)
    assert document["adapters"] == [steering.digest]
    made = memory.carry_out(document, model=model, most_tokens=4)
    assert made.text == memory.engine(model).generate(given.plan, most_tokens=4).text
    (receipt,) = memory.store().get(memory.scope(), [made.receipt])
    assert list(receipt.get("adapters")) == [steering.digest]
    again = memory.give_again(document)
    uses = memory.trace(str(again.receipt)).steps
    assert steering.cube in {step.node for step in uses}
    with pytest.raises(Refused):
        memory.carry_out(document, model="echo", most_tokens=4)
    memory.retract(texts[0])
    for way in (memory.plan_of, memory.give_again):
        with pytest.raises(Stale, match="adapter"):
            way(document)


def test_a_plan_of_nothing_leaves_no_receipt(memory: Memory) -> None:
    empty = replace(memory.inject(WHEN, budget=400).plan, segments=())
    given = memory.give_again(memory.plan_json(empty))
    assert (given.receipt, given.notes) == (None, ("nothing was injected: no receipt was written",))
