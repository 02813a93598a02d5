"""Chat completions over HTTP: what is sent byte for byte, and what is made of the answer."""

from __future__ import annotations

import json
from os.path import commonprefix
from typing import Any

import pytest

from memcubes.graph.errors import Invalid, ModelFailed, ModelMissing, Refused
from memcubes.injection.engine import ChatCompletions, Generation
from memcubes.injection.engine.connection import Patience
from memcubes.injection.plan import Form

from .chat_server import DONE, ChatServer, Said, delta, event, refusal, serving
from .plans import OPENING, STABLE, plan


def ask(server: ChatServer, *args: Any, **settings: Any) -> Generation:
    """One answer of at most 8 tokens."""
    with ChatCompletions(server.url, "qwen", **settings) as engine:
        return engine.generate(plan(*args), most_tokens=8)


def test_the_request_byte_for_byte() -> None:
    with serving() as server:
        ask(server, key="sesame", dialect="vllm")
        (body,), (headers,), paths = server.bodies, server.headers, server.paths
    memory = json.dumps(OPENING + STABLE, ensure_ascii=False)
    assert body.decode() == (
        '{"model":"qwen","messages":[{"role":"system","content":' + memory + "},"
        '{"role":"user","content":"What failed?"}],"max_tokens":8,"temperature":0,"seed":0,'
        '"stream":true,"stream_options":{"include_usage":true},"cache_salt":"salt-a"}'
    )
    assert json.loads(body)["messages"][0]["content"] == plan().memory
    assert paths == ["/v1/chat/completions"]
    assert headers["authorization"] == "Bearer sesame"
    assert headers["content-type"] == "application/json"
    assert headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("dialect", ["openai", "vllm"])
def test_plans_with_one_stable_band_begin_with_the_same_bytes(dialect: Any) -> None:
    with serving() as server, ChatCompletions(server.url, "qwen", dialect=dialect) as engine:
        for one in (plan("Who?", "\nAnn."), plan("When?", "[2] On Monday.", salt="salt-b")):
            engine.generate(one, most_tokens=8)
        shared = commonprefix([body.decode() for body in server.bodies])
    # All of the stable band is in it, as JSON writes it, and nothing of what comes after.
    stable = json.dumps(OPENING + STABLE, ensure_ascii=False)[:-1]
    assert shared == '{"model":"qwen","messages":[{"role":"system","content":' + stable


@pytest.mark.parametrize(
    ("dialect", "salt", "most"),
    [
        ("openai", "prompt_cache_key", "max_completion_tokens"),
        ("vllm", "cache_salt", "max_tokens"),
    ],
)
def test_each_dialect_has_its_fields(dialect: Any, salt: str, most: str) -> None:
    with serving() as server:
        for salted in (True, False):
            with ChatCompletions(server.url, "qwen", dialect=dialect, salted=salted) as engine:
                for name in ("salt-a", "salt-b", ""):
                    engine.generate(plan(salt=name), most_tokens=8)
        got = server.got
    fields = {"model", "messages", most, "temperature", "seed", "stream", "stream_options"}
    assert [body.get(salt) for body in got] == ["salt-a", "salt-b", None, None, None, None]
    assert all(set(body) - {salt} == fields for body in got)


def test_the_server_tells_what_it_kept() -> None:
    with serving() as server:
        first, second = ask(server, "Who failed?"), ask(server, "Who came?")
    # The words of memory: 5 of the opening, 12 of the cube; then the question's first.
    words = len(plan().memory.split())
    assert (first.prompt_tokens, first.kept_tokens) == (words + 2, 0)
    assert (second.prompt_tokens, second.kept_tokens) == (words + 2, words + 1)
    assert (second.model, second.form, second.reason, second.note) == (
        "qwen", Form.PROMPT, "as asked", ""
    )  # fmt: skip


def test_a_plan_for_kept_keys_goes_as_text_and_says_so() -> None:
    with serving() as server, ChatCompletions(server.url, "qwen") as engine:
        made = engine.generate(plan(form=Form.KV), most_tokens=8)
    assert made.form is Form.PROMPT
    assert "the memory went as text" in made.reason


def test_an_adapter_is_asked_for_by_its_name() -> None:
    with serving() as server, ChatCompletions(server.url, "qwen", dialect="vllm") as engine:
        made = engine.generate(plan(adapters=("lora-1f2e",)), most_tokens=8)
        with pytest.raises(ModelMissing, match="no model 'lora-none'"):
            engine.generate(plan(adapters=("lora-none",)), most_tokens=8)
        with pytest.raises(Refused, match="one adapter a request and the plan names 2"):
            engine.generate(plan(adapters=("a", "b")), most_tokens=8)
        with (
            ChatCompletions(server.url, "qwen", dialect="openai") as other,
            pytest.raises(Refused, match=r"adapter lora-1f2e: ask a vLLM server \(dialect vllm\)"),
        ):
            other.stream(plan(adapters=("lora-1f2e",)), most_tokens=8)
        models = [body["model"] for body in server.got]
    assert models == ["lora-1f2e", "lora-none"]  # nothing else was sent
    assert made.artefact == "lora-1f2e"


ANSWER = "Zürichs 阀门\u2028🛠️\x85 ok"
STREAM = b"".join([
    b"\xef\xbb\xbf: hello\n\n", delta(""), delta(ANSWER[:9]), b": still here\n\nid: 7\n",
    delta(ANSWER[9:]), b"event: x\nretry: 3\n\n", delta("", "stop"), DONE,
])  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_where_the_pieces_are_cut_does_not_matter(size: int, end: bytes) -> None:
    raw = STREAM.replace(b"\n", end)
    pieces = [raw[at : at + size] for at in range(0, len(raw), size)]
    with serving(Said(pieces)) as server, ChatCompletions(server.url, "qwen") as engine:
        stream = engine.stream(plan(), most_tokens=8)
        assert list(stream) == [ANSWER[:9], ANSWER[9:]]
    assert stream.generation.text == ANSWER


def test_an_answer_that_comes_whole_is_read_too() -> None:
    turn = {"message": {"role": "assistant", "content": ANSWER}, "finish_reason": "length"}
    held = {"choices": [turn], "usage": {"prompt_tokens": 9, "completion_tokens": 5}}
    said = Said([json.dumps(held).encode()], kind="application/json; charset=utf-8")
    with serving(said) as server:
        made = ask(server)
    assert (made.text, made.prompt_tokens, made.written_tokens) == (ANSWER, 9, 5)
    assert made.note == "cut at 8 tokens; the server does not tell what it kept"


def test_halves_of_characters_are_joined_or_marked() -> None:
    """A grin in two events, each with a half of it; a half that nothing follows can be written nowhere."""
    begin, rest = rb"a\ud83d", rb"\ude00b\ud800c"
    halves = [
        b'data: {"choices": [{"delta": {"content": "%b"}}]}\n\n' % half for half in (begin, rest)
    ]
    with serving(Said([*halves, delta("", "stop"), DONE])) as server:
        made = ask(server)
    assert made.text == "a\U0001f600b\ufffdc"


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "text/event-stream"])
def test_a_label_does_not_say_what_a_body_is(kind: str) -> None:
    held = {"choices": [{"message": {"content": ANSWER}, "finish_reason": "stop"}]}
    said = Said([b"\n", json.dumps(held).encode()], kind=kind)
    events = Said([delta(ANSWER, "stop"), DONE], kind="application/json")
    for one in (said, events):
        with serving(one) as server:
            assert ask(server).text == ANSWER


@pytest.mark.parametrize("ending", [[delta("", "stop")], [DONE]])
def test_one_mark_of_the_end_is_enough(ending: list[bytes]) -> None:
    with serving(Said([delta("Ann"), *ending], open_end=True)) as server:
        made = ask(server)
    assert made.text == "Ann"
    # a word of three letters: 3 / 3 + 1
    assert (made.written_tokens, made.note.startswith("tokens counted here (estimate")) == (2, True)


def test_nothing_written_is_an_answer() -> None:
    with serving(Said([delta("", "content_filter"), DONE])) as server:
        made = ask(server)
    assert (made.text, made.seconds_to_first) == ("", made.seconds)
    assert made.note.startswith("ended by the server: content_filter")


def test_a_model_that_refuses_is_heard() -> None:
    said = Said(
        [event({"choices": [{"delta": {"refusal": "No."}, "finish_reason": "stop"}]}), DONE]
    )
    with serving(said) as server:
        made = ask(server)
    assert (made.text, made.note.split("; ")[0]) == ("No.", "the model refused")


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": "9"}, {"prompt_tokens": -1}, [1]])
def test_what_the_server_counts_badly_is_counted_here(usage: Any) -> None:
    with serving(
        Said([delta("Ann", "stop"), event({"choices": [], "usage": usage}), DONE])
    ) as server:
        made = ask(server)
    assert made.prompt_tokens > 20
    assert "tokens counted here" in made.note


def test_connections_serve_again() -> None:
    with serving() as server, ChatCompletions(server.url, "qwen") as engine:
        for _ in range(3):
            engine.generate(plan(), most_tokens=8)
        assert (len(server.bodies), len(server.connections)) == (3, 1)
        engine.close()
        assert engine.generate(plan(), most_tokens=8).text
        assert len(server.connections) == 2


def test_a_stream_given_up_lets_its_connection_go() -> None:
    with (
        serving(Said([delta("a")] * 50, pause=0.01)) as server,
        ChatCompletions(server.url, "qwen") as engine,
    ):
        with engine.stream(plan(), most_tokens=64) as stream:
            assert next(stream) == "a"
        assert engine.generate(plan(), most_tokens=8).text == "What failed?"


@pytest.mark.parametrize(
    "url",
    ["localhost:1", "ftp://a/v1", "http://", "http://a:x/v1", "http://a b/v1", "http://a\n/v1"],
)
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(Invalid, match=r"write http://HOST:PORT/v1"):
        ChatCompletions(url, "qwen")


@pytest.mark.parametrize(
    "url", ["http://me:sesame@a/v1", "http://a/v1?key=sesame", "http://a/#sesame"]
)
def test_an_address_with_a_key_is_refused_and_not_told(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        ChatCompletions(url, "qwen")
    assert "sesame" not in str(refused.value)


@pytest.mark.parametrize("key", ["ses\name", "ses ame", "sésame"])
def test_a_key_that_no_header_holds_is_refused_and_not_told(key: str) -> None:
    with pytest.raises(Invalid, match="copy it again") as refused:
        ChatCompletions("http://a/v1", "qwen", key=key)
    assert "ame" not in str(refused.value)


@pytest.mark.parametrize("host", ["a..b", "a" * 80])
def test_a_host_that_cannot_be_is_told(host: str) -> None:
    with (
        ChatCompletions(f"http://{host}/v1", "qwen", patience=Patience(tries=1)) as engine,
        pytest.raises((Invalid, ModelFailed), match=f"http://{host}/v1"),
    ):
        engine.generate(plan(), most_tokens=8)


def test_other_settings_that_cannot_be() -> None:
    with pytest.raises(Invalid, match="name the model"):
        ChatCompletions("http://a/v1", " ")
    with pytest.raises(Invalid, match="'azure' is no dialect"):
        ChatCompletions("http://a/v1", "qwen", dialect="azure")  # type: ignore[arg-type]
    with (
        ChatCompletions("http://a/v1", "qwen") as engine,
        pytest.raises(Invalid, match="half a character"),
    ):
        engine.stream(plan("\ud800"), most_tokens=8)


def test_a_refusal_in_no_known_form_is_told() -> None:
    with serving(refusal(400, ["odd", 1])) as server, pytest.raises(Exception, match="odd"):
        ask(server)
