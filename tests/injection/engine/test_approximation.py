"""The approximate tier in the engine: composed for once, labelled, and exact the next time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import pytest

from memcubes.graph.change import ChangeSet, Close, Selector
from memcubes.graph.digest import canonical
from memcubes.graph.errors import Invalid, Stale
from memcubes.graph.kind import Verb
from memcubes.injection.activation.guard import Guard
from memcubes.injection.activation.tier import ActivationTier
from memcubes.injection.engine.approximation import Approximation
from memcubes.injection.language_model import Message
from memcubes.injection.plan import Form

from .test_local import NS, Desk, Eager, desk

__all__ = ["desk"]


def test_composed_until_the_exact_one_is_there(desk: Desk) -> None:
    approximation = Approximation(desk.model)
    engine, plan = desk.engine(often=99, approximation=approximation), desk.plan()
    first = engine.generate(plan, most_tokens=4)
    assert (first.form, first.note) == (Form.PROMPT, "")
    approximation.settle()
    other = replace(plan, segments=tuple(replace(s, ids={}) for s in plan.segments))
    second = engine.generate(other, most_tokens=4)
    assert second.form is Form.KV
    assert second.note.startswith("approximate: header-conditioned")
    assert second.kept_tokens == second.split > 0  # and the best cube is read behind it
    told = desk.receipts[-1]
    assert (told["approximate"], told["form"]) == (second.note, "kv")
    assert "artefact" not in told
    approximation.settle()
    third = engine.generate(other, most_tokens=4)
    assert (third.form, third.note) == (Form.KV, "")
    assert third.artefact
    assert third.kept_tokens == third.split > second.split
    exact = desk.engine(often=99).engine.generate(replace(other, auto=False), most_tokens=4)
    assert third.text == exact.text
    engine.close()


def test_composed_the_best_cube_is_read_last_and_the_receipt_says_what_was_read(desk: Desk) -> None:
    desk.cubes += [desk.cube(f"Line {n} was silent. ") for n in range(3)]
    approximation = Approximation(desk.model)
    engine, plan = desk.engine(often=99, approximation=approximation), desk.plan()
    opening, one, two, *rest = plan.segments
    plan = replace(plan, segments=(opening, one, replace(two, worth=9.0), *rest))
    engine.generate(plan, most_tokens=1)
    approximation.settle()
    settled = engine.settled(plan)
    told = [segment.node for segment in settled.cited]
    assert told == [one.node, *(s.node for s in rest if s.node), two.node]
    assert settled.in_order() == engine.engine.tokenised(plan).settled(  # type: ignore[attr-defined]
        Form.KV,
        settled.reason,
        split=settled.split,
        approximate=settled.approximate,
        cost=settled.cost,
    )
    assert settled.approximate.endswith("the best cube last and read whole")
    for again in (plan, settled):  # settled once or twice, it is read in the same way
        assert engine.settled(again) == settled
    made = engine.generate(plan, most_tokens=4)
    frame = sum(map(len, desk.model.segments([Message("system", ""), Message("user", "")])[:1]))
    composed = frame + sum(len(desk.model.ids(s.text)) for s in (opening, one, *rest[:3]))
    assert made.kept_tokens == made.split == composed
    receipt = desk.receipts[-1]
    assert (receipt["kept"], receipt["split"]) == (composed, composed)
    (written,) = desk.store.get(desk.store.scope(NS), [made.receipt])
    assert written.payload is not None
    assert written.payload.content == settled.memory != plan.memory
    ids = engine.engine.ids(settled)  # type: ignore[attr-defined]
    assert receipt["ids_sha256"] == hashlib.sha256(canonical(ids)).hexdigest()
    # the exact beginning that is made meanwhile is the one that other questions have too
    approximation.settle()
    exact = engine.generate(plan, most_tokens=4)
    assert (exact.form, exact.note) == (Form.KV, "")
    assert exact.split > composed
    engine.close()


def test_what_has_no_room_is_not_made_in_the_background(desk: Desk) -> None:
    approximation = Approximation(desk.model)
    engine, plan = desk.engine(often=99, approximation=approximation), desk.plan()
    engine.engine._tier = ActivationTier(  # type: ignore[attr-defined]
        desk.model, "key", usable=desk.standing.usable, guard=Eager(), memory_bytes=100
    )
    for _ in range(3):
        made = engine.generate(plan, most_tokens=1)
        approximation.settle()
    assert made.note.startswith("approximate: ")
    verbs = [c.verb for c in desk.store.changes(desk.store.scope(NS), first=99)]
    assert Verb.TRANSFORM not in verbs
    engine.close()


def test_composed_only_where_that_is_faster(desk: Desk) -> None:
    """By the guard's own rates, of a model that reads fast or slowly; measured when nobody waits."""
    desk.cubes += [desk.cube(f"Line {n} was silent. ") for n in range(3)]
    approximation = Approximation(desk.model)
    engine, plan = desk.engine(often=99, approximation=approximation), desk.plan()
    guard = Guard()
    engine.engine._tier.guard = guard  # type: ignore[attr-defined]
    forms = []
    for seconds in (1e-9, 1.0):  # for a token
        for tokens in range(100, 3_300, 100):
            guard.passed(tokens, seconds * tokens)
        made = engine.generate(plan, most_tokens=1)
        approximation.settle()
        assert guard.knows_composing
        if seconds < 1:
            made = engine.generate(plan, most_tokens=1)
            assert made.reason.endswith("of single cubes is thought to be slower here")
        forms.append((made.form, made.note.partition(":")[0]))
    assert forms == [(Form.PROMPT, ""), (Form.KV, "approximate")]
    engine.close()


def test_a_shorter_exact_cache_may_be_faster_than_composing(desk: Desk) -> None:
    desk.cubes += [desk.cube(f"Line {n} was silent. ") for n in range(3)]
    approximation = Approximation(desk.model)
    engine, plan = desk.engine(often=99, approximation=approximation), desk.plan()
    local = engine.engine
    engine.generate(plan, most_tokens=1)
    approximation.settle()
    stem = local._stems(local.tokenised(plan))[-2]  # type: ignore[attr-defined]
    kept = local._promoted(stem, "by hand")  # type: ignore[attr-defined]
    assert kept.artefact
    asked = []

    def composes(tokens: int, unread: Sequence[int], already: int = 0) -> bool:
        asked.append((already, list(unread)))
        return False

    local._tier.guard.composes = composes  # type: ignore[attr-defined]
    settled = engine.settled(plan)
    assert asked == [(len(stem.ids), [])]
    assert (settled.form, settled.artefact, settled.approximate) == (Form.KV, kept.artefact, "")
    engine.close()


def test_of_two_cubes_nothing_is_approximated(desk: Desk) -> None:
    approximation = Approximation(desk.model)
    engine, plan = desk.engine(often=99, approximation=approximation), desk.plan()
    engine.generate(plan, most_tokens=1)
    approximation.settle()
    made = engine.generate(plan, most_tokens=8)
    assert made.note
    # the first stands where it was read, and the best one is read behind it
    alone = desk.engine(often=99).engine.generate(
        replace(plan, form=Form.PROMPT, auto=False), most_tokens=8
    )
    assert made.text == alone.text
    engine.close()


def test_composed_of_nothing_that_was_retracted(desk: Desk) -> None:
    approximation = Approximation(desk.model)
    engine, plan = desk.engine(often=99, approximation=approximation), desk.plan()
    engine.generate(plan, most_tokens=2)
    approximation.settle()
    close = Close(Selector(ids=(desk.cubes[0].id,)))
    desk.store.commit(ChangeSet(ns=NS, verb=Verb.RETRACT, ops=(close,)))
    with pytest.raises(Stale):
        engine.generate(plan, most_tokens=2)
    engine.close()


def test_a_model_whose_keys_cannot_be_moved_says_so_and_reads_exactly(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from memcubes.injection.engine import approximation as module

    def refusing(*_: object, **__: object) -> None:
        raise Invalid("keys of 'odd' cannot be moved: use the exact tier")

    monkeypatch.setattr(module, "Composer", refusing)
    approximation = Approximation(desk.model)
    engine, plan = desk.engine(often=99, approximation=approximation), desk.plan()
    engine.generate(plan, most_tokens=2)
    approximation.settle()
    made = engine.generate(plan, most_tokens=2)
    assert made.form is Form.PROMPT
    assert "cannot be moved" in made.reason
    engine.close()
