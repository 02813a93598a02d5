"""A server that misbehaves: one clear error each, in time, and without the key."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from typing import Any

import pytest

from memcubes.graph.errors import Invalid, MemcubesError, ModelFailed, ModelMissing
from memcubes.injection.engine import ChatCompletions
from memcubes.injection.engine.connection import Patience
from memcubes.injection.engine.event_stream import LONGEST

from .chat_server import DONE, Said, closed_port, delta, event, refusal, serving
from .plans import plan

KEY = "sk-sesame-0123456789"
QUICK = Patience(connect=0.5, first=0.5, between=0.3, pause=0.001)
BUSY = {"error": {"message": f"slow down, {KEY}"}}
STOP = [delta("ok", "stop"), DONE]


def failed(
    *said: Said, patience: Patience = QUICK, most: int = 8
) -> tuple[MemcubesError, int, float]:
    """The error of one question, how many requests it took, and seconds; nothing tells the key."""
    with serving(*said) as server, ChatCompletions(
        server.url, "qwen", key=KEY, patience=patience
    ) as engine:  # fmt: skip
        begun = time.perf_counter()
        with pytest.raises(MemcubesError) as raised:
            engine.generate(plan(), most_tokens=most)
        seconds = time.perf_counter() - begun
    assert server.url in str(raised.value)
    assert KEY not in f"{raised.value!r} {engine!r}"
    assert "sesame" not in str(raised.value)
    return raised.value, len(server.bodies), seconds


@pytest.mark.parametrize(
    ("said", "kind", "message"),
    [
        (refusal(401, {"error": {"message": f"Incorrect API key: {KEY}"}}), ModelFailed,
         "does not accept the key (401, Incorrect API key: …): set a key that may use 'qwen'"),
        (refusal(403, {"detail": "Forbidden"}), ModelFailed, "does not accept the key (403"),
        (refusal(404, {"error": {"code": "model_not_found", "message": "no"}}), ModelMissing,
         "has no model 'qwen' (no): GET "),
        (refusal(404, {"error": 'model "qwen" not found, try pulling it first'}), ModelMissing,
         "/models lists what it has"),
        (refusal(404, {"detail": "Not Found"}), ModelFailed, "has no chat completions (404)"),
        (refusal(301, {}, Location="http://elsewhere/"), ModelFailed, "no chat completions (301)"),
        (refusal(400, {"error": {"code": "context_length_exceeded", "message": "long"}}), Invalid,
         "the prompt is too long for 'qwen' at "),
        (refusal(400, {"error": {"message": "the request exceeds the available context size"}}),
         Invalid, "give it less memory, or fewer tokens to write"),
        (refusal(413, {}), Invalid, "the prompt is too long"),
        (refusal(400, {"error": {"message": "Unrecognized request argument: prompt_cache_key"}}),
         ModelFailed, "set the other dialect, or salted=False"),
        (refusal(429, {"error": {"code": "insufficient_quota", "message": "pay"}}), ModelFailed,
         "takes no more requests now (429, pay)"),
        (refusal(500, {"error": {"message": "boom\x1b[31m\nbang"}}), ModelFailed,
         "answers 500 (boom [31m bang): see to the server"),
        (Said([b"<html>hi"], kind="text/html"), ModelFailed, "is no chat completion (<html>hi)"),
        (Said([b"{}"], kind="application/json"), ModelFailed, "is no chat completion ({})"),
        (Said([b"[1]"], kind="application/json"), ModelFailed, "is no chat completion ([1])"),
        (Said([b'{"choices": []}'], kind="application/json"), ModelFailed, "with no choice for"),
        (Said([b'{"choices": [{"mess'], kind="application/json"), ModelFailed, "no chat completion"),
        (Said([event({"choices": []}), DONE]), ModelFailed, "with no choice for 'qwen'"),
        (Said([DONE]), ModelFailed, "with no choice for 'qwen'"),
        (Said([]), ModelFailed, "is no chat completion (nothing)"),
        (Said([delta("a"), b'data: {"choices": [{"del\n\n']), ModelFailed, "no chat completion"),
        (Said([event({"choices": [{"delta": {"content": 7}}]})]), ModelFailed, "no chat completion"),
        (Said([event({"choices": [7]})]), ModelFailed, "no chat completion"),
        (Said([event({"choices": [{"text": "of another kind"}]})]), ModelFailed, "with no choice"),
        (Said([event({"choices": {"a": 1}})]), ModelFailed, "no chat completion"),
        (Said([b"data: \xff\xfe\n\n"]), ModelFailed, "bytes that are no UTF-8"),
        (Said([b"data: " + b"x" * (LONGEST + 9)]), ModelFailed, "an event of more than"),
        (Said([b"data: " + b"[" * 200_000 + b"\n\n"]), ModelFailed, "no chat completion"),
        (Said([delta("a"), event({"error": {"message": f"out of memory {KEY}"}})]), ModelFailed,
         "reports an error while it answers: out of memory …"),
        (Said([delta("abc")], open_end=True), ModelFailed, "broke off after 3 characters"),
        (Said([delta("abc")], cut=True), ModelFailed, "broke off after 3 characters"),
        (Said([], cut=True), ModelFailed, "closed the connection before it answered"),
        (Said([delta("x" * 500)] * 99), ModelFailed, "writes on past the limit of 8 tokens"),
    ],
)  # fmt: skip
def test_one_clear_error_each_and_no_second_try(said: Said, kind: Any, message: str) -> None:
    error, requests, _ = failed(said)
    assert type(error) is kind
    assert message in str(error)
    assert requests == 1


def test_nobody_there() -> None:
    with (
        closed_port() as url,
        ChatCompletions(url, "qwen", key=KEY, patience=QUICK) as engine,
        pytest.raises(ModelFailed, match=f"{url} cannot be reached .*: start the server"),
    ):
        engine.generate(plan(), most_tokens=8)


def test_no_such_host() -> None:
    with (
        ChatCompletions("http://memcubes.invalid/v1", "q", patience=Patience(tries=1)) as engine,
        pytest.raises(ModelFailed, match=r"http://memcubes\.invalid/v1 cannot be reached"),
    ):
        engine.generate(plan(), most_tokens=8)


@pytest.mark.parametrize(
    ("said", "message", "seconds"),
    [
        # Nothing at all; headers that do not end; headers and no token; comments, which are no token either.
        (Said(before=9), "gave no first token for 0.5 s", 0.5),
        (Said(STOP, drip=0.02), "gave no first token for 0.5 s", 0.5),
        (Said([b"{}"], 500, "application/json", drip=0.02), "gave no first token for 0.5 s", 0.5),
        (Said([b""], pause=9), "gave no first token for 0.5 s", 0.5),
        (Said([b": ping\n\n"] * 200, pause=0.02), "gave no first token for 0.5 s", 0.5),
        (Said([delta("")] * 200, pause=0.02), "gave no first token for 0.5 s", 0.5),
        # 0.3 s after the token.
        (Said([delta("ab"), b": ping\n\n" * 3, *[b": ping\n\n"] * 200], pause=0.05),
         "stopped in the middle of the answer and gave nothing for 0.3 s", 0.35),
        # An error whose body does not end.
        (Said([b"slow"] * 200, 500, "text/plain", pause=0.02), "answers 500 (slowslow", 0.3),
    ],
)  # fmt: skip
def test_what_does_not_come_in_time(said: Said, message: str, seconds: float) -> None:
    error, requests, took = failed(said)
    assert message in str(error)
    assert requests == 1
    assert seconds - 0.02 < took < seconds + 1


def test_a_late_answer_ends_no_other_one() -> None:
    late = Said(STOP, drip=0.05)
    slow = Said([delta("a")] * 4 + STOP, pause=0.2)
    with (
        serving(Said(before=0.1), Said(before=0.1), late, slow) as server,
        ChatCompletions(server.url, "qwen", patience=QUICK) as engine,
        ThreadPoolExecutor(2) as pool,
    ):
        # Two connections are there and serve again, so that none is made for what comes late.
        first = [pool.submit(engine.generate, plan(), most_tokens=8) for _ in range(2)]
        assert {one.result().text for one in first} == {"What failed?"}
        both = [pool.submit(engine.generate, plan(), most_tokens=8) for _ in range(2)]
        failed, made = sorted(both, key=lambda one: one.exception() is None)
        assert "gave no first token for 0.5 s" in str(failed.exception())
        assert made.result().text == "aaaaok"
        assert len(server.connections) == 2
        assert engine.generate(plan(), most_tokens=8).text == "What failed?"


def test_a_slow_answer_that_goes_on_is_no_late_one() -> None:
    drip = [delta("a")] * 8 + [delta("", "stop"), DONE]  # 0.6 s, each piece within 0.3 s
    with (
        serving(Said(drip, pause=0.06)) as server,
        ChatCompletions(server.url, "qwen", patience=QUICK) as engine,
    ):
        made = engine.generate(plan(), most_tokens=8)
    assert made.text == "a" * 8
    assert 0.06 <= made.seconds_to_first < 0.5 < made.seconds


def test_whoever_reads_may_take_his_time() -> None:
    with (
        serving(Said([delta("a"), delta("b"), *STOP], pause=0.2)) as server,
        ChatCompletions(server.url, "qwen", patience=QUICK) as engine,
    ):
        stream = engine.stream(plan(), most_tokens=8)
        assert next(stream) == "a"
        time.sleep(0.4)  # more than `between`
        assert stream.finish().text == "abok"


def test_a_server_that_does_not_end_its_message_has_answered() -> None:
    with (
        serving(Said([*STOP, b": bye\n\n"], pause=0.01, cut=True)) as server,
        ChatCompletions(server.url, "qwen", patience=QUICK) as engine,
    ):
        assert engine.generate(plan(), most_tokens=8).text == "ok"


def test_what_was_received_is_not_lost() -> None:
    with (
        serving(Said([delta("abc")], cut=True)) as server,
        ChatCompletions(server.url, "q") as engine,
    ):
        stream = engine.stream(plan(), most_tokens=8)
        with pytest.raises(ModelFailed):
            stream.finish()
        assert stream.text == "abc"


@pytest.mark.parametrize("status", [429, 503])
def test_busy_twice_then_well(status: int) -> None:
    busy = refusal(status, BUSY, Retry_After="0.05")
    with (
        serving(busy, busy) as server,
        ChatCompletions(server.url, "qwen", patience=QUICK) as engine,
    ):
        made = engine.generate(plan(), most_tokens=8)
        assert len(set(server.bodies)) == 1
        assert len(server.bodies) == 3
    assert made.note == "asked 3 times"
    assert made.seconds >= 0.1  # twice 0.05 s


def test_busy_for_ever() -> None:
    error, requests, _ = failed(*[refusal(429, BUSY)] * 9)
    assert requests == QUICK.tries
    assert "takes no more requests now (429, slow down, …): try again later" in str(error)


@pytest.mark.parametrize("asked", ["3600", "inf", "date"])
def test_what_asks_for_too_long_a_wait_is_not_waited_for(asked: str) -> None:
    in_an_hour = formatdate(time.time() + 3600, usegmt=True)
    wait = in_an_hour if asked == "date" else asked
    _, requests, seconds = failed(refusal(429, BUSY, Retry_After=wait))
    assert (requests, seconds < 1) == (1, True)


@pytest.mark.parametrize("asked", ["nan", "soon", "-5", "Mon, 01 Jan 2001 00:00:00 GMT"])
def test_an_odd_wait_is_a_short_one(asked: str) -> None:
    with (
        serving(refusal(503, BUSY, Retry_After=asked)) as server,
        ChatCompletions(server.url, "qwen", patience=QUICK) as engine,
    ):
        assert engine.generate(plan(), most_tokens=8).text == "What failed?"


def test_the_log_does_not_tell_the_key(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        failed(refusal(401, BUSY))
    assert caplog.records
    assert KEY not in caplog.text


@pytest.mark.parametrize("odd", [{"connect": 0.0}, {"first": -1.0}, {"between": 0.0}, {"tries": 0}])
def test_no_patience_at_all_is_refused(odd: Any) -> None:
    with pytest.raises(Invalid, match="at least one try"):
        Patience(**odd)
