"""Endpoint: a language model behind the chat completions of the OpenAI API, which many servers speak."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..graph.errors import Invalid, ModelFailed
from .completion import Reply

if TYPE_CHECKING:
    import httpx

TRIES = 4
LONGEST_WAIT = 30.0
"""Seconds that are waited at most before one more try, whatever the server asks for."""

_AGAIN = frozenset({408, 409, 429, 500, 502, 503, 504})
_LENGTH = 2_000


class Endpoint:
    """Asks a server for completions; what fails for the moment is tried again with growing pauses.

    `url` is the base of the API ("http://localhost:8000/v1"). A server that does not know JSON schemas is
    asked for plain JSON from then on. `timeout` is in seconds, for each try. The key is never told.

    >>> Endpoint("http://localhost:8000/v1", "qwen").fingerprint
    'openai:qwen@localhost:8000'
    >>> Endpoint("localhost", "qwen")
    Traceback (most recent call last):
    memcubes.graph.errors.Invalid: 'localhost' is no address of a model server: write http://HOST:PORT/v1
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str = "",
        timeout: float = 60.0,
        parallel: int = 4,
        pause: float = 0.5,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Invalid(f"'{url}' is no address of a model server: write http://HOST:PORT/v1")
        if parts.username or parts.password:
            raise Invalid(
                "a key does not belong into the address of a model server: set MEMCUBES_EXTRACTOR_KEY"
            )
        if not model.strip():
            raise Invalid("name the model that the server is to use: MEMCUBES_EXTRACTOR_MODEL")
        self.name = model
        self.fingerprint = f"openai:{model}@{parts.netloc}"
        self.parallel = parallel
        self._url = url.rstrip("/") + "/chat/completions"
        self._key, self._timeout, self._pause = key, timeout, pause
        self._forms = ["json_schema", "json_object", ""]

    def complete(self, system: str, question: str, schema: Mapping[str, Any]) -> Reply:
        """See `Completion.complete`."""
        import httpx

        why = ""
        for tried in range(TRIES):
            try:
                answer = self._post(system, question, schema)
            except httpx.TimeoutException:
                why = f"no answer within {self._timeout:g} s"
                wait = None
            except httpx.HTTPError as error:
                why = f"it cannot be reached ({type(error).__name__})"
                wait = None
            else:
                if answer.status_code == 200:
                    return _reply(answer)
                why = f"it answers {answer.status_code}: {_excerpt(answer)}"
                if answer.status_code not in _AGAIN:
                    break
                wait = _asked_to_wait(answer)
            if tried + 1 < TRIES:
                grown = self._pause * 2**tried * (0.5 + random.random())
                time.sleep(min(LONGEST_WAIT, grown if wait is None else wait))
        raise ModelFailed(
            f"the model '{self.name}' gave nothing: {why}; see to the server, then try again"
        )

    def _post(self, system: str, question: str, schema: Mapping[str, Any]) -> httpx.Response:
        import httpx

        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        while True:
            form = self._forms[0]
            body: dict[str, Any] = {
                "model": self.name,
                "messages": [
                    {"role": "system", "content": system},
                    {"role": "user", "content": question},
                ],
                "temperature": 0,
                "seed": 0,
            }
            if form == "json_schema":
                held = {"name": "extraction", "strict": True, "schema": dict(schema)}
                body["response_format"] = {"type": form, "json_schema": held}
            elif form:
                body["response_format"] = {"type": form}
            answer = httpx.post(self._url, json=body, headers=headers, timeout=self._timeout)
            if answer.status_code not in (400, 422) or len(self._forms) == 1:
                return answer
            self._forms = self._forms[1:]  # it does not know this way of asking


def _reply(answer: httpx.Response) -> Reply:
    try:
        held = answer.json()
        text = held["choices"][0]["message"]["content"]
        used = held.get("usage") or {}
        counts = [int(used.get(name) or 0) for name in ("prompt_tokens", "completion_tokens")]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise ModelFailed(
            f"what answers is no chat completion: {_excerpt(answer)}; check MEMCUBES_EXTRACTOR_URL"
        ) from None
    return Reply(text if isinstance(text, str) else "", *counts)


def _excerpt(answer: httpx.Response) -> str:
    text = " ".join(answer.text[:_LENGTH].split())
    return text if len(text) <= 200 else text[:200] + "…"


def _asked_to_wait(answer: httpx.Response) -> float | None:
    try:
        return max(0.0, float(answer.headers.get("Retry-After", "")))
    except ValueError:
        return None
