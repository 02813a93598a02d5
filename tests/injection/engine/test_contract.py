"""What holds for every engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError

import pytest

from memcubes.graph.errors import Invalid, ModelMissing, Refused
from memcubes.injection.engine import InferenceEngine
from memcubes.injection.plan import Form

from .plans import plan

MOST = 8


def test_it_says_what_it_is(engine: InferenceEngine) -> None:
    assert isinstance(engine, InferenceEngine)
    assert engine.name
    assert engine.fingerprint == engine.fingerprint != ""
    assert engine.context > MOST


def test_it_counts_tokens(engine: InferenceEngine) -> None:
    assert engine.count("") == 0
    assert 0 < engine.count("The valve") < engine.count("The valve failed on 3 May.")


@pytest.mark.parametrize("form", Form)
def test_a_generation_tells_how_it_came_about(engine: InferenceEngine, form: Form) -> None:
    made = engine.generate(plan(form=form), most_tokens=MOST)
    assert made.model
    assert made.form in Form
    assert made.reason
    assert 0 < made.written_tokens <= MOST
    assert 0 <= made.kept_tokens <= made.prompt_tokens
    assert made.prompt_tokens > 0
    assert 0 < made.seconds_to_first <= made.seconds
    assert 0 <= made.split <= made.prompt_tokens
    with pytest.raises(FrozenInstanceError):
        made.text = ""  # type: ignore[misc]


def test_equal_plans_give_equal_texts(engine: InferenceEngine) -> None:
    first, second = (engine.generate(plan(), most_tokens=MOST) for _ in range(2))
    assert first.text == second.text


def test_a_stream_is_the_same_answer_in_pieces(engine: InferenceEngine) -> None:
    stream = engine.stream(plan("Was failed 阀门 or 🛠️?"), most_tokens=MOST)
    pieces = list(stream)
    whole = engine.generate(plan("Was failed 阀门 or 🛠️?"), most_tokens=MOST)
    assert "".join(pieces) == stream.text == stream.generation.text == whole.text
    assert all(pieces)
    assert next(stream, None) is None


def test_a_stream_tells_the_rest_only_at_its_end(engine: InferenceEngine) -> None:
    with engine.stream(plan(), most_tokens=MOST) as stream:
        with pytest.raises(Invalid, match="read the stream first"):
            _ = stream.generation
        next(stream)
        with pytest.raises(Invalid, match="read the stream first"):
            _ = stream.generation
    assert list(stream) == []  # it was closed
    assert engine.generate(plan(), most_tokens=MOST).text.startswith(stream.text)


def test_it_stops_at_the_limit(engine: InferenceEngine) -> None:
    assert engine.generate(plan(), most_tokens=1).written_tokens == 1


@pytest.mark.parametrize("most", [0, -1])
def test_no_tokens_to_write_are_refused(engine: InferenceEngine, most: int) -> None:
    for way in (engine.generate, engine.stream):
        with pytest.raises(Invalid, match=f"a positive number of tokens, not {most}"):
            way(plan(), most_tokens=most)


def test_more_than_it_reads_is_refused(engine: InferenceEngine) -> None:
    with pytest.raises(Invalid, match="tokens"):
        engine.generate(plan("why " * engine.context), most_tokens=MOST)
    assert engine.generate(plan(), most_tokens=MOST).text


def test_an_adapter_that_is_not_there_is_refused(engine: InferenceEngine) -> None:
    with pytest.raises((Refused, ModelMissing), match="lora-none"):
        engine.generate(plan(adapters=("lora-none",)), most_tokens=MOST)


def test_what_another_salt_keeps_is_not_used(engine: InferenceEngine) -> None:
    for _ in range(2):
        engine.generate(plan(salt="a"), most_tokens=1)
    assert engine.generate(plan(salt="b"), most_tokens=1).kept_tokens == 0


def test_a_plan_without_memory_is_carried_out(engine: InferenceEngine) -> None:
    bare = plan()
    bare = type(bare)(
        "default", "Who?", 0, bare.segments[-1:], Form.PROMPT, "r", 9, 0, "words", "s"
    )
    assert engine.generate(bare, most_tokens=MOST).written_tokens


def test_threads_get_their_own_answers(engine: InferenceEngine) -> None:
    questions = [f"Did valve {place} fail?" for place in range(6)]
    alone = [engine.generate(plan(question), most_tokens=MOST).text for question in questions]
    with ThreadPoolExecutor(3) as pool:
        together = pool.map(lambda q: engine.generate(plan(q), most_tokens=MOST).text, questions)
        assert list(together) == alone
