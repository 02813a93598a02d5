"""Counting tokens: a model or an engine counts its own, and a stated conservative estimate where none is named."""

from __future__ import annotations

from typing import Protocol


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
    """Estimates without a tokenizer: one token for three ASCII characters, one for each digit and mark,
    two for any character beyond.

    Byte-pair tokenizers of current models need about four ASCII letters a token, often one for each digit
    and mark, and between half a token and two for a Chinese character: the estimate is on the safe side.

    >>> EstimatedTokens().count("The valve failed."), EstimatedTokens().count("阀门")
    (7, 4)
    """

    name = "estimate: letters/3 + digits and marks + 2 a character beyond"

    def count(self, text: str) -> int:
        """Estimate upwards."""
        plain = sum(character < "\x80" for character in text)
        single = sum(1 for c in text if c < "\x80" and not c.isalpha() and not c.isspace())
        return -(-(plain - single) // 3) + single + 2 * (len(text) - plain)
