"""A receipt says what was read: it is written after the reading and before the first word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from memcubes.graph.change import ChangeSet, Close, Selector
from memcubes.graph.errors import Stale
from memcubes.graph.kind import Verb
from memcubes.injection.plan import Form

from .test_local import NS, Desk, desk

__all__ = ["desk"]


def on_disk_alone(desk: Desk) -> Any:
    """An engine whose tier has the prompt's beginning in its folder, and not in memory."""
    plan = replace(desk.plan(), form=Form.KV, auto=False)
    desk.engine().generate(plan, most_tokens=1)
    desk.receipts.clear()
    return desk.engine(), plan


def test_what_is_read_to_be_kept_saves_nothing_yet(desk: Desk) -> None:
    plan = replace(desk.plan(), form=Form.KV, auto=False)
    engine = desk.engine()
    first, second = (engine.generate(plan, most_tokens=1) for _ in range(2))
    assert first.form is second.form is Form.KV
    assert first.split == second.split > 0
    assert (first.kept_tokens, second.kept_tokens) == (0, second.split)
    assert [told["kept"] for told in desk.receipts] == [0, second.split]
    assert first.reason == "asked for, and read now to be kept"
    assert second.reason == "asked for"
    assert first.seconds_to_first > 0


def test_a_cache_that_is_gone_when_it_is_to_be_read(desk: Desk) -> None:
    engine, plan = on_disk_alone(desk)
    stream = engine.stream(plan, most_tokens=3)
    assert desk.receipts == []  # nothing was given out
    engine.engine._tier.drop(engine.settled(plan).artefact)  # as another process does for its quota
    made = stream.finish()
    (told,) = desk.receipts
    assert (made.form, told["form"]) == (Form.PROMPT, "prompt")
    assert told["form_reason"] == made.reason
    assert made.reason == "what was kept was there no more when it was to be read"
    assert "artefact" not in told
    assert (made.kept_tokens, made.split, made.artefact) == (0, 0, "")
    read = engine.generate(replace(plan, form=Form.PROMPT), most_tokens=3)
    assert made.text == read.text


def test_a_file_that_was_changed_saves_nothing(desk: Desk) -> None:
    engine, plan = on_disk_alone(desk)
    assert desk.folder is not None
    for file in desk.folder.rglob("*.safetensors"):
        raw = bytearray(file.read_bytes())
        raw[-1] ^= 1
        file.write_bytes(raw)
    made = engine.generate(plan, most_tokens=1)
    (told,) = desk.receipts
    assert (made.form, made.kept_tokens, told["kept"]) == (Form.KV, 0, 0)
    assert made.reason.endswith("read now to be kept")
    assert engine.generate(plan, most_tokens=1).kept_tokens == made.split


def test_a_reading_that_fails_leaves_no_receipt(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, plan = on_disk_alone(desk)
    stream = engine.stream(plan, most_tokens=3)

    def failing(*_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(type(desk.model), "forward", failing)
    with pytest.raises(MemoryError):
        next(stream)
    assert desk.receipts == []


def test_what_is_taken_back_while_it_is_read_is_not_answered_from(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, plan = on_disk_alone(desk)
    reading = type(desk.model).forward

    def slowly(*given: Any) -> Any:
        if desk.cubes:
            close = Close(Selector(ids=(desk.cubes.pop().id,)))
            desk.store.commit(ChangeSet(ns=NS, verb=Verb.RETRACT, ops=(close,)))
        return reading(*given)

    stream = engine.stream(plan, most_tokens=3)
    monkeypatch.setattr(type(desk.model), "forward", slowly)
    with pytest.raises(Stale):
        next(stream)
    assert desk.receipts == []


def test_a_stream_that_nobody_reads_is_no_reading(desk: Desk) -> None:
    engine = desk.engine(often=2)
    for _ in range(3):
        engine.stream(desk.plan(), most_tokens=1).close()
    made = [engine.generate(desk.plan(), most_tokens=1) for _ in range(2)]
    assert [one.form for one in made] == [Form.PROMPT, Form.KV]
    assert made[0].reason.startswith("read once")
    assert len(desk.receipts) == 2


def test_what_reading_takes_is_measured_by_prompts_too(desk: Desk) -> None:
    engine = desk.engine(often=9)
    guard = engine.engine._tier.guard  # type: ignore[attr-defined]
    assert guard.measured[0] == ()
    made = engine.generate(desk.plan(), most_tokens=3)
    ((tokens, seconds),) = guard.measured[0]
    assert (made.form, tokens) == (Form.PROMPT, made.prompt_tokens)
    assert seconds > 0
