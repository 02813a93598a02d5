"""The engine of this process: the model's own words, from kept caches once a prompt's beginning is read often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memcubes.graph import GuardedStore, Version
from memcubes.graph.change import ChangeSet, Close, Open, Reopen, Selector
from memcubes.graph.digest import new_node_id
from memcubes.graph.errors import Invalid, Refused, Stale
from memcubes.graph.kind import Authority, EdgeKind, NodeKind, Verb
from memcubes.graph.receipt import Use, receipt
from memcubes.graph.record import Author, Payload
from memcubes.graph.scope import Along
from memcubes.graph.sqlite import SqliteStore
from memcubes.graph.usage import UsageLog
from memcubes.injection.activation.guard import Guard
from memcubes.injection.activation.tier import ActivationTier
from memcubes.injection.engine.approximation import Approximation
from memcubes.injection.engine.local import LocalEngine
from memcubes.injection.governed import GovernedEngine
from memcubes.injection.local_model import LocalModel
from memcubes.injection.memscheduler import MemScheduler
from memcubes.injection.plan import Band, Form, InjectionPlan, Place, Segment
from memcubes.injection.standing import Standing

from ..conftest import needs_torch
from ..tiny import write_tokenizer

NS = "default"


class Eager(Guard):
    """Holds that a cache is always cheaper, as it is for models larger than the tests'."""

    def attaches(self, tokens: int) -> bool:
        return True

    def loads(self, tokens: int, size: int, already: int = 0) -> bool:
        return True

    def composes(self, tokens: int, unread: Sequence[int], already: int = 0) -> bool:
        return True


class Desk:
    """One store with two cubes, and an engine that keeps what is read twice."""

    def __init__(self, model: LocalModel, folder: Path | None = None) -> None:
        self.store = GuardedStore(SqliteStore(None), "local:ann")
        self.receipts: list[dict[str, object]] = []
        self.usage = UsageLog(None)
        self.cubes = [self.cube("The valve RV-7 failed at 02:10. "), self.cube("Brill signed it. ")]
        self.standing = Standing(self.store, lambda: self.store.scope(NS))
        self.model = model
        self.folder = folder

    def cube(self, text: str) -> Version:
        node = new_node_id()
        author = Author(NS, node, Authority.ASSERTED, 0)
        made = author.version(NodeKind.MEMCUBE, node, {"title": "log"}, payload=Payload.of(text))
        self.store.commit(ChangeSet(ns=NS, verb=Verb.REMEMBER, ops=(Open(made),)))
        return made

    def engine(self, often: int = 2, approximation: Approximation | None = None) -> GovernedEngine:
        """An engine of a new process."""
        tier = ActivationTier(
            self.model,
            "key",
            self.folder,
            usable=self.standing.usable,
            guard=Eager(),
        )
        scheduler = MemScheduler(self.store, NS, self.usage, often=often)
        return GovernedEngine(
            LocalEngine(self.model, tier, scheduler, approximation), self.standing, self.written
        )

    def written(
        self, plan: InjectionPlan, uses: tuple[Use, ...], about: dict[str, object]
    ) -> tuple[str | None, str]:
        made = receipt(NS, Verb.INJECT, plan.question, plan.memory, uses, about, seq=plan.read_at)
        self.store.commit(made.change)
        self.receipts.append(dict(about))
        return made.id, ""

    def plan(self, **more: object) -> InjectionPlan:
        told = [
            Segment(
                Band.STABLE, c.text, f"m{n}", c.node, c.payload.digest if c.payload else "", worth=n
            )
            for n, c in enumerate(self.cubes, 1)
        ]
        segments = (
            Segment(Band.OPENING, "<memory-1>\n"),
            *told,
            Segment(Band.CLOSING, "</memory-1>"),
            Segment(Band.QUESTION, "Who signed?"),
        )
        seq = self.store.head().seq
        plan = InjectionPlan(
            NS, "Who signed?", seq, segments, Form.PROMPT, "as text", 99, 9, "ids", "s", auto=True
        )
        return replace(plan, **more)  # type: ignore[arg-type]


@pytest.fixture
def desk(tiny: LocalModel, tmp_path: Path) -> Iterator[Desk]:
    needs_torch()
    made = Desk(tiny, tmp_path / "activations")
    yield made
    made.store.close()


def test_as_a_prompt_it_says_what_the_model_says(desk: Desk) -> None:
    for place in Place:
        plan = desk.plan(place=place, auto=False)
        made = desk.engine().generate(plan, most_tokens=12)
        assert made.text == desk.model.chat(plan.messages(), most_tokens=12)
        assert (made.form, made.split, made.kept_tokens) == (Form.PROMPT, 0, 0)
        assert made.prompt_tokens == sum(map(len, desk.model.segments(plan.messages())))


def test_pieces_are_the_whole(desk: Desk) -> None:
    stream = desk.engine().stream(desk.plan(), most_tokens=20)
    pieces = list(stream)
    assert len(pieces) > 1
    assert "".join(pieces).strip() == stream.generation.text


def test_read_often_it_becomes_a_cache_by_itself(desk: Desk) -> None:
    engine, plan = desk.engine(often=2), desk.plan()
    first, second, third = (engine.generate(plan, most_tokens=8) for _ in range(3))
    assert [one.form for one in (first, second, third)] == [Form.PROMPT, Form.KV, Form.KV]
    assert first.text == second.text == third.text
    assert third.kept_tokens == third.split > 0
    assert "read 2 times" in second.reason
    told = desk.receipts[-1]
    assert (told["form"], told["kept"], told["artefact"]) == ("kv", third.split, third.artefact)
    # another process finds it on the disk
    again = desk.engine(often=99).generate(plan, most_tokens=8)
    assert (again.form, again.text, again.artefact) == (Form.KV, third.text, third.artefact)
    verbs = [c.verb for c in desk.store.changes(desk.store.scope(NS), first=99)]
    assert verbs.count(Verb.TRANSFORM) == 1


def test_asked_for_it_is_kept_at_once(desk: Desk) -> None:
    made = desk.engine().generate(desk.plan(form=Form.KV, auto=False), most_tokens=4)
    assert made.form is Form.KV
    assert "asked for" in made.reason


def test_refused_with_its_source_and_given_back_with_it(desk: Desk) -> None:
    engine, plan = desk.engine(often=1), desk.plan()
    before = engine.generate(plan, most_tokens=8)
    close = Close(Selector(ids=(desk.cubes[0].id,)))
    desk.store.commit(ChangeSet(ns=NS, verb=Verb.RETRACT, ops=(close,)))
    written = len(desk.receipts)
    with pytest.raises(Stale, match=desk.cubes[0].node):
        engine.generate(plan, most_tokens=8)
    assert len(desk.receipts) == written
    # nor does a plan of what is left find anything of it
    rest = tuple(s for s in plan.segments if s.node != desk.cubes[0].node)
    assert engine.generate(replace(plan, segments=rest), most_tokens=8).artefact != before.artefact
    reopen = Reopen(Selector(ids=(desk.cubes[0].id,)))
    desk.store.commit(ChangeSet(ns=NS, verb=Verb.REVERT, ops=(reopen,)))
    after = engine.generate(plan, most_tokens=8)
    assert (after.text, after.artefact, after.split) == (before.text, before.artefact, before.split)


def test_a_past_plan_is_never_kept(desk: Desk) -> None:
    engine = desk.engine(often=1)
    made = engine.generate(desk.plan(past=True), most_tokens=4)
    assert made.form is Form.PROMPT
    assert "as of the past" in made.reason


def test_texts_are_tokenised_apart_and_the_ids_travel_with_the_plan(desk: Desk) -> None:
    engine = desk.engine()
    settled = engine.settled(desk.plan())
    ids = {name for one in settled.segments for name in one.ids}
    assert ids == {desk.model.tokenizer}
    assert all(
        desk.model.text(one.ids[desk.model.tokenizer]) == one.text for one in settled.segments
    )


def test_adapters_that_are_not_there_are_refused(desk: Desk) -> None:
    with pytest.raises(Refused, match="no adapter abc"):
        desk.engine().generate(desk.plan(adapters=("abc",)), most_tokens=4)


def test_too_short_to_be_kept(desk: Desk) -> None:
    engine = desk.engine(often=1)
    tier = engine.engine._tier  # type: ignore[attr-defined]
    tier.guard = Guard()
    for _ in range(2):
        tier.guard.passed(1_000, 1e-4)
        tier.guard.attached(1.0)
    made = engine.generate(desk.plan(), most_tokens=2)
    assert (made.form, made.artefact) == (Form.PROMPT, "")
    assert "faster" in made.reason


@pytest.mark.parametrize("way", ["no room", "a disk that cannot be written", "asked for"])
def test_what_cannot_be_kept_is_read_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, way: str, tmp_path: Path
) -> None:
    engine, plan = desk.engine(often=1), desk.plan()
    disk = 10**9 if way == "a disk that cannot be written" else 2_000
    (tmp_path / "file").write_text("no folder")
    engine.engine._tier = ActivationTier(  # type: ignore[attr-defined]
        desk.model, "key", tmp_path / "file", usable=desk.standing.usable, guard=Eager(),
        memory_bytes=2_000, disk_bytes=disk,
    )  # fmt: skip
    if way == "asked for":
        plan = replace(plan, form=Form.KV, auto=False)
    if disk > 2_000:  # that it cannot be written is learnt by trying
        engine.generate(plan, most_tokens=1)
    engine.engine._tier.check()  # type: ignore[attr-defined]
    read: list[int] = []
    forward = LocalModel.forward

    def counted(model: LocalModel, ids: Sequence[int], past: object = None) -> Any:
        read.append(len(ids))
        return forward(model, ids, past)

    monkeypatch.setattr(LocalModel, "forward", counted)
    before = desk.store.head().seq
    for _ in range(3):
        read.clear()
        made = engine.generate(plan, most_tokens=1)
        assert read == [made.prompt_tokens]
        assert (made.form, made.kept_tokens) == (Form.PROMPT, 0)
        assert "has no room here: give MEMCUBES_ACTIVATION_MEMORY" in made.reason
    assert desk.store.head().seq == before + 3  # receipts, and nothing that says it was kept


def test_what_is_too_long_is_refused_before_anything_is_kept(desk: Desk) -> None:
    long = Segment(Band.QUESTION, "x" * desk.model.context)
    plan = desk.plan(form=Form.KV, auto=False)
    head = desk.store.head().seq
    with pytest.raises(Invalid, match="tokens that the model reads"):
        desk.engine().generate(replace(plan, segments=(*plan.segments[:-1], long)), most_tokens=2)
    assert desk.store.head().seq == head


def test_a_steering_is_an_adapter_that_goes_with_its_source(desk: Desk) -> None:
    from memcubes.injection.activation.steering import Contrast, contrasted

    pinned = desk.cube("Be curt.")
    assert pinned.payload is not None
    pairs = [Contrast("Yes, gladly!", "No."), Contrast("Thank you!", "Go.")]
    pins = {pinned.node: pinned.payload.digest}
    steering = contrasted(desk.model, pairs, 0, strength=40.0, pins=pins)
    engine, plan = desk.engine(often=1), desk.plan()
    plain = engine.generate(plan, most_tokens=8)
    with pytest.raises(Refused, match="no adapter"):
        engine.generate(replace(plan, adapters=(steering.digest,)), most_tokens=8)
    engine.take(steering)
    made = engine.generate(replace(plan, adapters=(steering.digest,)), most_tokens=8)
    assert made.text != plain.text
    assert made.form is Form.PROMPT
    assert desk.receipts[-1]["adapters"] == [steering.digest]
    assert engine.generate(plan, most_tokens=8).text == plain.text
    close = Close(Selector(ids=(pinned.id,)))
    desk.store.commit(ChangeSet(ns=NS, verb=Verb.RETRACT, ops=(close,)))
    with pytest.raises(Stale, match=pinned.node):
        engine.generate(replace(plan, adapters=(steering.digest,)), most_tokens=8)


@pytest.mark.parametrize("kind", ["window", "learned"])
def test_other_architectures_are_read_exactly_or_refused(tmp_path: Path, kind: str) -> None:
    from transformers import GPT2Config, GPT2LMHeadModel, MistralConfig, MistralForCausalLM

    from memcubes.injection.model_files import quiet

    sizes = {"vocab_size": 259, "pad_token_id": 2, "bos_token_id": 1, "eos_token_id": 2}
    with quiet():
        if kind == "window":
            network = MistralForCausalLM(
                MistralConfig(
                    hidden_size=16,
                    intermediate_size=32,
                    num_hidden_layers=1,
                    head_dim=8,
                    num_attention_heads=2,
                    num_key_value_heads=1,
                    sliding_window=8,
                    **sizes,
                )
            )
        else:
            network = GPT2LMHeadModel(GPT2Config(n_embd=16, n_layer=1, n_head=2, **sizes))
        network.save_pretrained(tmp_path / "model")
        write_tokenizer(tmp_path / "model")
    desk = Desk(LocalModel(str(tmp_path / "model")))
    approximation = Approximation(desk.model)
    engine, plan = desk.engine(often=1, approximation=approximation), desk.plan()
    alone = desk.model.chat(plan.messages(), most_tokens=4)
    for _ in range(2):
        made = engine.generate(plan, most_tokens=4)
        approximation.settle()
        if kind == "window":
            assert (made.form, made.text) == (Form.PROMPT, alone)
            assert "sliding windows" in made.reason
        else:  # whole prefixes are exact; parts of them cannot be moved
            assert (made.form, made.note) == (Form.KV, "")
    if kind == "window":
        with pytest.raises(Invalid, match="sliding windows"):
            engine.generate(replace(plan, form=Form.KV, auto=False), most_tokens=4)
        assert not [
            c for c in desk.store.changes(desk.store.scope(NS), first=99) if c.verb == "transform"
        ]
    engine.close()
    desk.store.close()


def test_spans_of_a_cube_that_is_told_twice(desk: Desk) -> None:
    plan = desk.plan()
    opening, first, second, *rest = plan.segments
    twice = (opening, replace(first, spans=((4, 9),)), replace(first, spans=((0, 3),)), second)
    made = desk.engine().generate(replace(plan, segments=(*twice, *rest)), most_tokens=1)
    scope = desk.store.scope(NS)
    along = Along(kinds=(EdgeKind.DERIVED_FROM,), src=(made.receipt,))
    spans = {e.dst: e.get("spans") for e in desk.store.edges(scope, along).items}
    assert spans == {first.node: [[0, 3], [4, 9]], second.node: []}


def test_a_stream_that_is_read_late_is_asked_again(desk: Desk) -> None:
    engine = desk.engine()
    late, begun = (engine.stream(desk.plan(), most_tokens=4) for _ in range(2))
    next(begun)
    desk.store.commit(
        ChangeSet(ns=NS, verb=Verb.RETRACT, ops=(Close(Selector(ids=(desk.cubes[0].id,))),))
    )
    with pytest.raises(Stale):
        next(late)


def test_what_several_prompts_begin_with_is_kept_for_all_of_them(
    desk: Desk, tmp_path: Path
) -> None:
    desk.cubes += [desk.cube(f"Line {n} was silent. ") for n in range(3)]
    whole = desk.plan()
    common = whole.segments[:3]
    made = []
    for place in (3, 4, 5):  # two cubes that are the same, and another one each time
        plan = replace(whole, segments=(*common, whole.segments[place], *whole.segments[-2:]))
        desk.usage = UsageLog(tmp_path / "usage")  # each prompt in a process of its own
        engine = desk.engine(often=3)
        made.append(engine.generate(plan, most_tokens=4))
    assert [one.form for one in made] == [Form.PROMPT, Form.PROMPT, Form.KV]
    kept = sum(len(desk.model.ids(one.text)) for one in common)
    assert made[2].split > kept  # and the chat's frame before them
    said = f"3 prompts began with its first {made[2].split} tokens, and read now to be kept"
    assert (made[2].reason, made[2].kept_tokens) == (said, 0)
    alone = desk.engine(often=99).engine.generate(
        replace(plan, form=Form.PROMPT, auto=False), most_tokens=4
    )
    assert made[2].text == alone.text
    # it is pinned to what it tells and to nothing else
    close = Close(Selector(ids=(desk.cubes[4].id,)))
    desk.store.commit(ChangeSet(ns=NS, verb=Verb.RETRACT, ops=(close,)))
    again = replace(whole, segments=(*common, whole.segments[3], *whole.segments[-2:]))
    assert engine.generate(again, most_tokens=4).artefact == made[2].artefact
