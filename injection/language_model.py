"""Language models: what memcubes asks of one, and a double that answers what it was told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from ..graph.errors import Invalid


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat; the text is data, whatever control tokens are spelt in it.

    >>> Message("user", "Who signed?").role
    'user'
    """

    role: Literal["system", "user", "assistant"]
    text: str


@runtime_checkable
class LanguageModel(Protocol):
    """Continues a chat, always in the same way: greedy, no sampling, no state between calls.

    Loading may take seconds and happens at the first call that needs it. `ModelMissing` names the
    command that brings what is not there; `Invalid` is raised for a chat that the model cannot read.
    """

    @property
    def name(self) -> str:
        """What settings call it; stands beside what it wrote."""
        ...

    @property
    def fingerprint(self) -> str:
        """Another one wherever the same chat could be continued in another way."""
        ...

    @property
    def context(self) -> int:
        """Tokens that a chat and its continuation may have together."""
        ...

    def chat(self, messages: Sequence[Message], *, most_tokens: int) -> str:
        """The model's turn, of at most `most_tokens` tokens, without white space around it."""
        ...

    def count(self, text: str) -> int:
        """Tokens of a text that stands in a message, control tokens read as plain text."""
        ...


class EchoModel:
    """A double: gives `reply`, or else the last message back; a token is a word.

    >>> EchoModel("The valve failed.").chat([Message("user", "What failed?")], most_tokens=2)
    'The valve'
    >>> EchoModel().chat([Message("user", "What failed?")], most_tokens=9)
    'What failed?'
    """

    name = "echo"
    fingerprint = "echo@1"
    context = 4096

    def __init__(self, reply: str = "") -> None:
        self.reply = reply

    def chat(self, messages: Sequence[Message], *, most_tokens: int) -> str:
        """The reply, cut after `most_tokens` words."""
        prompt = sum(self.count(message.text) for message in messages)
        check_chat(messages, prompt, most_tokens, self.context)
        text = self.reply or messages[-1].text
        words = text.split()
        return text.strip() if len(words) <= most_tokens else " ".join(words[:most_tokens])

    def count(self, text: str) -> int:
        """How many words the text has."""
        return len(text.split())


def check_chat(messages: Sequence[Message], prompt: int, most_tokens: int, context: int) -> None:
    """Raise `Invalid` for a chat that no model of this context continues; `prompt` counts its tokens.

    >>> check_chat([Message("user", "Who?")], 1, 10, 4096)
    """
    if not messages or messages[-1].role == "assistant":
        raise Invalid("a chat to be continued ends with a message of the user or the system")
    if most_tokens < 1:
        raise Invalid(f"a model writes a positive number of tokens, not {most_tokens}")
    if prompt + most_tokens > context:
        raise Invalid(
            f"{prompt} tokens of prompt and {most_tokens} to write do not fit into the "
            f"{context} tokens that the model reads: give it less"
        )
