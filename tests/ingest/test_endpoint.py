"""A model behind HTTP: what it is asked, what is tried again, and what is said when it fails."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any

import pytest

from memcubes.graph.errors import Invalid, ModelFailed
from memcubes.ingest.answer_form import schema
from memcubes.ingest.endpoint import TRIES, Endpoint

from .modelserver import Said, serving

FORM = {"type": "object"}


def told(*said: Said) -> Any:
    """Answers in turn, the last for ever."""
    left = chain(said, repeat(said[-1]))
    return lambda _: next(left)


def asked(said: Sequence[Said], **options: Any) -> tuple[str, int]:
    """What comes of one question, and how many requests it took."""
    with serving(told(*said)) as server:
        endpoint = Endpoint(server.url, "qwen", pause=0.001, **options)
        try:
            text = endpoint.complete("read", "this", FORM).text
        except ModelFailed as error:
            text = str(error)
        return text, len(server.got)


def test_it_is_asked_as_the_api_has_it() -> None:
    with serving(told(Said("{}"))) as server:
        reply = Endpoint(server.url + "/", "qwen", key="sesame").complete("read", "this", schema())
        (request,), (key,) = server.got, server.keys
    assert (reply.text, reply.prompt_tokens, reply.completion_tokens) == ("{}", 100, 10)
    assert key == "Bearer sesame"
    assert request["model"] == "qwen"
    assert request["messages"] == [
        {"role": "system", "content": "read"},
        {"role": "user", "content": "this"},
    ]
    assert (request["temperature"], request["seed"]) == (0, 0)
    form = request["response_format"]["json_schema"]
    assert form["strict"] is True
    assert form["schema"] == schema()


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_what_fails_for_the_moment_is_tried_again(status: int) -> None:
    assert asked([Said(status=status, headers={"Retry-After": "0"}), Said("yes")]) == ("yes", 2)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_fails_for_good_is_not(status: int) -> None:
    said, requests = asked([Said(status=status, raw="no such key")])
    assert requests == 1
    assert f"it answers {status}: no such key" in said


def test_it_gives_up_in_the_end() -> None:
    said, requests = asked([Said(status=500, raw="busy")])
    assert requests == TRIES
    assert said.startswith("the model 'qwen' gave nothing: it answers 500: busy; see to the server")


def test_it_does_not_wait_for_ever() -> None:
    said, requests = asked([Said("late", after=0.5)], timeout=0.05)
    assert (requests, "no answer within 0.05 s" in said) == (TRIES, True)


def test_nobody_there() -> None:
    with serving(told(Said())) as server:
        url = server.url
    with pytest.raises(ModelFailed, match="it cannot be reached"):
        Endpoint(url, "qwen", pause=0.001).complete("read", "this", FORM)


def test_a_server_that_knows_no_schemas_is_asked_otherwise() -> None:
    def answer(request: dict[str, Any]) -> Said:
        form = request.get("response_format", {}).get("type")
        return Said("yes") if form is None else Said(status=400, raw=f"unknown {form}")

    with serving(answer) as server:
        endpoint = Endpoint(server.url, "qwen")
        for _ in range(2):
            assert endpoint.complete("read", "this", FORM).text == "yes"
        forms = [request.get("response_format", {}).get("type") for request in server.got]
    assert forms == ["json_schema", "json_object", None, None]


@pytest.mark.parametrize("raw", ["no JSON", "{}", '{"choices": []}', "[]"])
def test_what_is_no_completion_is_named(raw: str) -> None:
    said, _ = asked([Said(raw=raw)])
    assert "what answers is no chat completion" in said


@pytest.mark.parametrize(
    ("url", "model"),
    [("localhost:1", "m"), ("ftp://a/v1", "m"), ("http://me:key@a/v1", "m"), ("http://a/v1", " ")],
)
def test_what_cannot_be_asked_is_refused_at_once(url: str, model: str) -> None:
    with pytest.raises(Invalid) as refused:
        Endpoint(url, model)
    assert "me:key" not in str(refused.value)
