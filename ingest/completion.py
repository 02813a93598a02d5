"""Completion: what an extractor asks of a language model, wherever that runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model wrote, and the tokens that it took; zero where the model does not tell."""

    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


@runtime_checkable
class Completion(Protocol):
    """Answers one question at a time, with no state between them.

    `fingerprint` changes whenever the same question could be answered otherwise because another model
    answers. `parallel` is how many questions it takes at once.
    """

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def parallel(self) -> int: ...

    def complete(self, system: str, question: str, schema: Mapping[str, Any]) -> Reply:
        """Answer as JSON of a schema, as far as the model can be held to it.

        Raises `ModelFailed` where it cannot be reached or refuses, after trying again where that helps.
        """
        ...


class ToldCompletion:
    """A double: gives these replies in turn, and the last of them for ever.

    >>> ToldCompletion('{"facts": []}').complete("", "", {}).text
    '{"facts": []}'
    """

    name = "told"
    fingerprint = "told@1"
    parallel = 1

    def __init__(self, *replies: str) -> None:
        self._replies = list(replies)
        self.asked: list[str] = []

    def complete(self, system: str, question: str, schema: Mapping[str, Any]) -> Reply:
        """The next reply; a token is a word."""
        self.asked.append(question)
        text = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        return Reply(text, len(question.split()), len(text.split()))
