"""Counting tokens: a model or an engine counts its own, and a stated conservative estimate where none is named."""

from __future__ import annotations

import re
from functools import lru_cache
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


_SMALL = set(
    "a an and any are as at be but by can did do for from had has have he her him his how i if in into is it "  # noqa: SIM905
    "its may me my no not of on one or our out she so some than that the their them then there they this to "
    "two up us was we were what when which who will with would you your".split()
)
"""English words that are one token to every tokenizer."""

_PIECE = re.compile(r"[A-Za-z]+|[^\x00-\x7f]+| +|[\x00-\x7f]")
_WORD = re.compile(r"(?:[A-Z]?[a-z]{1,20}|[A-Z]{1,20})\Z")
_CAMEL = re.compile(r"[A-Z]?[a-z]{3,20}(?:[A-Z][a-z]{3,20}){1,3}\Z")
_HUMP = re.compile(r"[A-Z]?[a-z]+")
_ODD = re.compile(r"[^aeiouy]{5}|[^aeiouy]{4}\Z|\A[^aeiouy]+\Z", re.IGNORECASE)


class EstimatedTokens:
    """Estimates without a tokenizer: one token for three letters of a word and one more (one in all for "the" and its
    like), one for each digit, mark and line end, one for each letter of what is no word, and one for each byte of
    UTF-8 beyond ASCII.

    Byte-pair tokenizers of current models need about four letters a token in English, two to three in other
    languages, little more than one in keys and hashes, and never more than the bytes: the estimate is on the safe
    side.

    >>> EstimatedTokens().count("The valve failed."), EstimatedTokens().count("阀门"), EstimatedTokens().count("xKq9")
    (7, 6, 4)
    """

    name = "estimate: words letters/3 + 1, else a letter, digit or mark, and a byte beyond ASCII"

    def count(self, text: str) -> int:
        """Estimate upwards."""
        total = 0
        for found in _PIECE.finditer(text):
            piece, start, end = found[0], found.start(), found.end()
            if piece[0] > "\x7f":
                total += len(piece.encode(errors="surrogatepass"))
            elif piece[0] == " ":
                # a single space is part of the word that it stands before
                led = text[end : end + 1].isalpha() and text[end] < "\x80"
                total += len(piece) // 2 if led else (len(piece) + 1) // 2
            elif piece.isalpha():
                beside = text[start - 1 : start].isdigit() or text[end : end + 1].isdigit()
                total += len(piece) if beside else _letters(piece)
            else:
                total += 1
        return total


@lru_cache(maxsize=16_384)
def _letters(run: str) -> int:
    """Tokens of a run of ASCII letters: a word, several in camel case, or neither."""
    if _WORD.match(run):
        if _ODD.search(run):
            return len(run)
        return 1 if run.lower() in _SMALL and not run.isupper() else len(run) // 3 + 1
    if _CAMEL.match(run):
        return sum(_letters(part) for part in _HUMP.findall(run))
    return len(run)
