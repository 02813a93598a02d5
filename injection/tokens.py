"""Counting tokens: with the target model's tokenizer, or by a stated conservative estimate."""

from __future__ import annotations

from typing import Protocol

from ..graph.errors import ModelMissing


class TokenCounter(Protocol):
    """Counts the tokens of a text; `name` goes into the receipt."""

    @property
    def name(self) -> str:
        """What counted."""
        ...

    def count(self, text: str) -> int:
        """How many tokens the text has."""
        ...


class EstimatedTokens:
    """Estimates without a tokenizer: one token for three ASCII characters, two for any other one.

    Byte-pair tokenizers of current models need about four ASCII characters a token and between half a
    token and two for a Chinese character, so the estimate is on the safe side.

    >>> EstimatedTokens().count("The valve failed."), EstimatedTokens().count("阀门")
    (6, 4)
    """

    name = "estimate: ascii/3 + 2 a character beyond"

    def count(self, text: str) -> int:
        """Estimate upwards."""
        ascii_characters = sum(character < "\x80" for character in text)
        return -(-ascii_characters // 3) + 2 * (len(text) - ascii_characters)


class ModelTokens:
    """Counts with the tokenizer of a Hugging Face model, by name or path."""

    def __init__(self, model: str) -> None:
        try:
            from transformers import AutoTokenizer
        except ImportError:
            raise ModelMissing(
                f"counting tokens for '{model}' needs transformers: `memcubes models install`"
            ) from None
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(model, local_files_only=True)
        except (OSError, ValueError) as error:
            raise ModelMissing(
                f"there is no tokenizer '{model}' on this machine: name a local path, or download the "
                "model first"
            ) from error
        self.name = model

    def count(self, text: str) -> int:
        """Count exactly, without special tokens."""
        return len(self._tokenizer.encode(text, add_special_tokens=False))
