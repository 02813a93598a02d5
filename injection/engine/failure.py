"""What goes wrong with a server of chat completions: each as one error that names it and the way out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from ...graph.errors import Invalid, MemcubesError, ModelFailed, ModelMissing

LONGEST_BODY = 64 * 1024
"""Bytes of an error's body that are read."""

_AGAIN = frozenset({429, 503})
_TOO_LONG = re.compile(
    r"context.?(?:length|size|window)|maximum (?:model )?(?:context|length)|too many tokens"
    r"|(?:prompt|input|request)\w* (?:is|are) too (?:long|large)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Failure:
    """Makes the errors of one server; the key is in none of them, whatever the server says.

    >>> str(Failure("http://localhost:8000/v1", "qwen").broken(0))
    'http://localhost:8000/v1 closed the connection before it answered: see to the server, then try again'
    """

    url: str
    model: str
    key: str = field(default="", repr=False)

    def unreachable(self, reason: str) -> MemcubesError:
        """No connection."""
        return ModelFailed(
            f"{self.url} cannot be reached ({self.told(reason)}): start the server, or check its address"
        )

    def late(self, what: str, seconds: float) -> MemcubesError:
        """Something did not come in time; `what` names the timeout."""
        said = {
            "connect": "took no connection",
            "first": "gave no first token",
            "between": "stopped in the middle of the answer and gave nothing",
        }[what]
        return ModelFailed(
            f"{self.url} {said} for {seconds:g} s: see whether the server is busy, or allow more "
            f"than {what}={seconds:g}"
        )

    def broken(self, characters: int) -> MemcubesError:
        """The connection ended in the middle, after so many characters of the answer."""
        if not characters:
            return ModelFailed(
                f"{self.url} closed the connection before it answered: see to the server, then try again"
            )
        return ModelFailed(
            f"{self.url} broke off after {characters} characters of the answer: see to the server, "
            "then ask again"
        )

    def malformed(self, data: str) -> MemcubesError:
        """What came is no chat completion."""
        return ModelFailed(
            f"what {self.url} answers is no chat completion ({self.told(data) or 'nothing'}): check "
            "that it is the base of an OpenAI-compatible API, as in http://HOST:PORT/v1"
        )

    def no_choice(self) -> MemcubesError:
        """A completion without any choice."""
        return ModelFailed(
            f"{self.url} answers with no choice for '{self.model}': see the server's log, or name "
            "another model"
        )

    def endless(self, most_tokens: int) -> MemcubesError:
        """More text than the tokens that were asked for can have."""
        return ModelFailed(
            f"{self.url} writes on past the limit of {most_tokens} tokens: it does not read the "
            "dialect's field for it; set the other dialect"
        )

    def reported(self, error: Any) -> MemcubesError:
        """An error that came inside the answer."""
        told = error.get("message") if isinstance(error, dict) else error
        if _TOO_LONG.search(str(told)):
            return self._too_long(str(told))
        return ModelFailed(
            f"{self.url} reports an error while it answers: {self.told(str(told))}; see the server's log"
        )

    def refused(self, status: int, body: str) -> tuple[MemcubesError, bool]:
        """The error of a status other than 200, and whether the same request may be made again."""
        code, message = _parts(body)
        told = self.told(message) or "without a reason"
        if status in (401, 403):
            return ModelFailed(
                f"{self.url} does not accept the key ({status}, {told}): set a key that may use "
                f"'{self.model}'"
            ), False
        if status == 404 and (code == "model_not_found" or "model" in message.lower()):
            return ModelMissing(
                f"{self.url} has no model '{self.model}' ({told}): GET {self.url}/models lists what "
                "it has"
            ), False
        if status in (404, 405) or 300 <= status < 400:
            return ModelFailed(
                f"{self.url} has no chat completions ({status}): give the base of the API, as in "
                "http://HOST:PORT/v1"
            ), False
        if status == 413 or (status in (400, 422) and _TOO_LONG.search(f"{code} {message}")):
            return self._too_long(message), False
        if status in (400, 422):
            return ModelFailed(
                f"{self.url} does not take the request ({status}, {told}): for a field that it does "
                "not know set the other dialect, or salted=False"
            ), False
        if status == 429:
            return ModelFailed(
                f"{self.url} takes no more requests now (429, {told}): try again later, or raise the limit"
            ), code != "insufficient_quota"
        return ModelFailed(
            f"{self.url} answers {status} ({told}): see to the server, then try again"
        ), status in _AGAIN

    def told(self, text: str) -> str:
        """The beginning of what a server said, on one line and without the key."""
        if self.key:
            text = text.replace(self.key, "…")
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return line if len(line) <= 200 else line[:200] + "…"

    def _too_long(self, message: str) -> MemcubesError:
        return Invalid(
            f"the prompt is too long for '{self.model}' at {self.url} ({self.told(message) or '413'}): "
            "give it less memory, or fewer tokens to write"
        )


def _parts(body: str) -> tuple[str, str]:
    """Code and message of an error's body, which servers write in several ways."""
    try:
        held = json.loads(body)
    except ValueError:
        return "", body
    error = held.get("error", held) if isinstance(held, dict) else held
    if not isinstance(error, dict):
        return "", str(error)
    message = error.get("message") or error.get("detail") or body
    return str(error.get("code") or error.get("type") or ""), str(message)
