"""Chat completions over HTTP: vLLM, OpenAI, and whatever else speaks that API, with prefixes that stay."""

from __future__ import annotations

import json
import time
from collections.abc import Generator
from contextlib import closing
from typing import Any, Literal, Self

from ...graph.errors import Invalid, Refused
from ..plan import Form, InjectionPlan
from ..tokens import EstimatedTokens, TokenCounter
from .completion_stream import CompletionStream
from .connection import Connection, Patience, address
from .engine import Generation, Stream, check_most
from .failure import Failure

Dialect = Literal["openai", "vllm"]

_SALT = {"openai": "prompt_cache_key", "vllm": "cache_salt"}
_MOST = {"openai": "max_completion_tokens", "vllm": "max_tokens"}


class ChatCompletions:
    """Sends plans to a server by `POST {url}/chat/completions` and reads the answer as it comes.

    The system's turn is the plan's memory, character by character, and stands first in the body: whatever
    stable band two plans share, their requests begin with the same bytes. With `salted` the plan's salt goes
    along: as `cache_salt` in the dialect of vLLM, where it keeps the caches of namespaces apart, and as
    `prompt_cache_key` in that of OpenAI, where it only leads requests to the machine that has the prefix.
    Servers that know neither (llama.cpp, Ollama) are asked in the dialect "vllm" with `salted=False`.

    vLLM reads an adapter by the name that is the hash of its content, so that no other weights can answer
    under it, and tells what it kept when started with `--enable-prompt-tokens-details`. Tokens are counted
    by `counter`. The key is never told. `close()` lets the connections go.

    >>> ChatCompletions("http://localhost:8000/v1", "qwen", dialect="vllm").fingerprint
    'openai:qwen@localhost:8000'
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str = "",
        dialect: Dialect = "openai",
        salted: bool = True,
        counter: TokenCounter | None = None,
        context: int = 2**31,
        patience: Patience | None = None,
    ) -> None:
        base, host = address(url)
        if not model.strip():
            raise Invalid(f"name the model that {base} is to use: GET {base}/models lists them")
        if dialect not in _SALT:
            raise Invalid(f"'{dialect}' is no dialect of chat completions: openai, vllm")
        if key and not (key.isascii() and key.isprintable() and " " not in key):
            raise Invalid(f"the key for {base} has a character that no key has: copy it again")
        self.name = model
        self.fingerprint = f"openai:{model}@{host}"
        self.context = context
        self._url, self._key = base, key
        self._dialect, self._salted = dialect, salted
        self._counter = counter or EstimatedTokens()
        self._connection = Connection(f"{base}/chat/completions", key, patience or Patience())

    def __repr__(self) -> str:
        return f"ChatCompletions({self._url!r}, {self.name!r}, dialect={self._dialect!r})"

    def count(self, text: str) -> int:
        """Tokens of a text, as the counter has it."""
        return self._counter.count(text)

    def generate(self, plan: InjectionPlan, *, most_tokens: int) -> Generation:
        """See `InferenceEngine.generate`; the answer is streamed here too, so that times are known."""
        return self.stream(plan, most_tokens=most_tokens).finish()

    def stream(self, plan: InjectionPlan, *, most_tokens: int) -> Stream:
        """See `InferenceEngine.stream`; the request is made when the first piece is read."""
        check_most(most_tokens)
        model = self._model(plan)
        body = self._body(plan, model, most_tokens)
        return Stream(self._pieces(plan, model, body, most_tokens))

    def close(self) -> None:
        """Let the connections go; the next request opens new ones."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _model(self, plan: InjectionPlan) -> str:
        if not plan.adapters:
            return self.name
        if self._dialect != "vllm":
            raise Refused(
                f"{self._url} cannot be given the adapter {plan.adapters[0]}: ask a vLLM server "
                "(dialect vllm), or plan without adapters"
            )
        if len(plan.adapters) > 1:
            raise Refused(
                f"{self._url} reads one adapter a request and the plan names {len(plan.adapters)}: "
                "plan with one of them"
            )
        return plan.adapters[0]

    def _body(self, plan: InjectionPlan, model: str, most_tokens: int) -> bytes:
        turns = [{"role": m.role, "content": m.text} for m in plan.messages() if m.text]
        body: dict[str, Any] = {
            "model": model,
            "messages": turns,
            _MOST[self._dialect]: most_tokens,
            "temperature": 0,
            "seed": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if self._salted and plan.salt:
            body[_SALT[self._dialect]] = plan.salt
        try:
            return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        except UnicodeEncodeError as error:
            raise Invalid(
                f"the plan has half a character ({error.reason}): take it out of the text"
            ) from None

    def _pieces(
        self, plan: InjectionPlan, model: str, body: bytes, most_tokens: int
    ) -> Generator[str, None, Generation]:
        begun = time.perf_counter()
        failure = Failure(self._url, model, self._key)
        answered = self._connection.open(body, failure)
        tries = answered.tries
        answer, first = CompletionStream(failure), 0.0
        with closing(self._connection.read(answered, answer, failure)) as pieces:
            for piece in pieces:
                first = first or time.perf_counter() - begun
                if len(answer.text) > 64 * most_tokens + 4096:
                    raise failure.endless(most_tokens)
                yield piece
        seconds = time.perf_counter() - begun
        notes = [f"asked {tries} times"] if tries > 1 else []
        if answer.ended == "length":
            notes.append(f"cut at {most_tokens} tokens")
        elif answer.ended not in ("stop", ""):
            notes.append(f"ended by the server: {failure.told(answer.ended)}")
        if answer.refused:
            notes.append("the model refused")
        if not answer.text.strip():
            notes.append("the answer is empty")
        given, written = answer.prompt_tokens, answer.written_tokens
        if given is None or written is None:
            notes.append(f"tokens counted here ({self._counter.name}): the server does not tell")
        if answer.kept_tokens is None:
            notes.append("the server does not tell what it kept")
        if given is None:
            given = self.count(plan.memory) + self.count(plan.question)
        reason = "the server has the caches: the memory went as text, its stable band first"
        return Generation(
            text=answer.text,
            model=failure.told(answer.model) or model,
            form=Form.PROMPT,
            reason=plan.reason if plan.form is Form.PROMPT else reason,
            prompt_tokens=given,
            kept_tokens=min(given, answer.kept_tokens or 0),
            written_tokens=self.count(answer.text) if written is None else written,
            seconds_to_first=first or seconds,
            seconds=seconds,
            artefact=plan.adapters[0] if plan.adapters else "",
            note="; ".join(notes),
        )
