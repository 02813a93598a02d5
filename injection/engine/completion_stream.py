"""The answer of a chat completion as it comes in: pieces of text, then why it ended and what it cost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .failure import Failure


class CompletionStream:
    """Reads the events of one answer, or the one JSON object of a server that does not stream.

    What a model says when it refuses is its text, and `refused` is true.

    >>> answer = CompletionStream(Failure("http://localhost:8000/v1", "qwen"))
    >>> answer.take('{"choices": [{"delta": {"content": "Ann"}}]}'), answer.take("[DONE]"), answer.done
    ('Ann', '', True)
    """

    def __init__(self, failure: Failure) -> None:
        self._failure = failure
        self._chosen = False
        self._usage: Mapping[str, Any] = {}
        self.text = ""
        self.model = ""
        self.ended = ""
        self.alive = self.refused = False
        self.done = False
        self._half = ""

    def take(self, data: str) -> str:
        """The text that an event adds; `alive` is true from the first token on, also of a hidden thought."""
        if data.strip() == "[DONE]":
            self.done = True
            return ""
        held = self._object(data)
        if held.get("error"):
            raise self._failure.reported(held["error"])
        if isinstance(held.get("model"), str):
            self.model = held["model"] or self.model
        if isinstance(held.get("usage"), dict):
            self._usage = held["usage"]
        choices = held.get("choices")
        if not choices:
            return ""
        try:
            choice = choices[0]
            if choice.keys().isdisjoint(("delta", "message", "finish_reason")):
                return ""  # something else about an answer, or the answer of something else
            turn = choice.get("delta", choice.get("message")) or {}
            refusal = turn.get("refusal") or ""
            piece = turn.get("content") or refusal
            thought = turn.get("reasoning_content") or turn.get("reasoning")
            ended = choice.get("finish_reason") or ""
        except (AttributeError, KeyError, TypeError):
            raise self._failure.malformed(data) from None
        if not isinstance(piece, str) or not isinstance(ended, str):
            raise self._failure.malformed(data)
        self._chosen = True
        self.refused = self.refused or bool(refusal)
        self.alive = self.alive or bool(piece or thought)
        self.ended = ended or self.ended
        piece = self._joined(piece)
        self.text += piece
        return piece

    def _joined(self, piece: str) -> str:
        """A piece with whole characters: the second half of one may come with the next piece, and some halves
        never become any."""
        piece, self._half = self._half + piece, ""
        if piece and "\ud800" <= piece[-1] <= "\udbff":
            piece, self._half = piece[:-1], piece[-1]
        return piece.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def finish(self, received: str) -> None:
        """Raise what is wrong with an answer that has come to its end; `received` is how it began."""
        if not self._chosen:
            if self._usage or '"choices"' in received or "[DONE]" in received:
                raise self._failure.no_choice()
            raise self._failure.malformed(received)
        if not (self.done or self.ended):
            raise self._failure.broken(max(1, len(self.text)))

    @property
    def prompt_tokens(self) -> int | None:
        """Tokens that were given, if the server says so."""
        return _number(self._usage.get("prompt_tokens"))

    @property
    def written_tokens(self) -> int | None:
        """Tokens that it wrote, if the server says so."""
        return _number(self._usage.get("completion_tokens"))

    @property
    def kept_tokens(self) -> int | None:
        """Tokens of the prompt that came from a cache, if the server says so."""
        details = self._usage.get("prompt_tokens_details")
        return _number(details.get("cached_tokens")) if isinstance(details, dict) else None

    def _object(self, data: str) -> dict[str, Any]:
        try:
            held = json.loads(data)
        except (ValueError, RecursionError):
            held = None
        if not isinstance(held, dict):
            raise self._failure.malformed(data)
        return held


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
