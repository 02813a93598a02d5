"""Vectors from hashed words and character trigrams: an encoder without a model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from .analyser import Analyser
from .encoder import Vectors, unit_rows

_DIMENSION = 512
_WORD = 3  # a whole word outweighs each of its trigrams

_Signs = npt.NDArray[np.int32]


class HashingEncoder:
    """Encodes spelling, not meaning: the deterministic double for tests and demos.

    Each distinct term of the analyser and each of its character trigrams is
    hashed (BLAKE2b) to 512 signs, a random projection (Achlioptas 2003); a text
    is their sum. All sums are of integers, so rows are exact whatever is
    encoded beside them. Texts that share no spelling score within ±.2.

    >>> encoder = HashingEncoder()
    >>> rows = encoder.encode_passages(["Ada met Grace.", "the weather report"])
    >>> scores = rows @ encoder.encode_questions(["Whom did Ada meet?"])[0]
    >>> bool(scores[0] > 0.2 > scores[1])
    True
    """

    name = "hashing"
    dimension = _DIMENSION
    languages: frozenset[str] | None = None
    tokens_limit: int | None = None

    def __init__(self) -> None:
        self._analyser = Analyser()
        recipe = f"blake2b {_DIMENSION} word {_WORD} trigrams"
        recipe += self._analyser.fingerprint
        digest = hashlib.sha256(recipe.encode()).hexdigest()
        self.fingerprint = f"hashing@1/{digest[:12]}"

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is stored; float32 of shape (len(texts), 512)."""
        return unit_rows(texts, self.dimension, self._embed)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Encode what is asked; the same mapping as for passages."""
        return unit_rows(texts, self.dimension, self._embed)

    def _embed(self, texts: list[str]) -> npt.NDArray[np.floating]:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float64)
        for row, text in zip(rows, texts, strict=True):
            # A text of stop words or signs still gets a vector of its own.
            for term in set(self._analyser.terms(text)) or {text.strip()}:
                row += _term(term)
        return rows


def _signs(feature: str) -> _Signs:
    digest = hashlib.blake2b(feature.encode("utf-8"), digest_size=_DIMENSION // 8)
    bits = np.unpackbits(np.frombuffer(digest.digest(), dtype=np.uint8))
    signs: _Signs = bits.astype(np.int32) * 2 - 1
    return signs


@lru_cache(maxsize=50_000)
def _term(term: str) -> _Signs:
    edged = f"^{term}$"
    total = _signs(term) * _WORD
    if len(term) > 2:
        for start in range(len(edged) - 2):
            total += _signs(edged[start : start + 3])
    return total
