"""Any sentence-transformers model, by Hugging Face name or local path."""

from __future__ import annotations

import hashlib
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib import metadata, util
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .encoder import EncoderError, Vectors, unit_rows

_PACKAGE = "sentence-transformers"


class HuggingFaceEncoder:
    """Runs a sentence-transformers model (arXiv 1908.10084), on a GPU if there is one.

    `source` is a Hugging Face name or a folder. Prompts that the model declares
    for queries and documents are used; models of the E5 family get their
    prefixes. The fingerprint needs the weights, so reading any property but
    `name` loads the model (seconds). Raises EncoderError when
    sentence-transformers is missing or the model cannot be loaded.

    >>> HuggingFaceEncoder("intfloat/e5-small-v2").name  # doctest: +SKIP
    'hf:intfloat/e5-small-v2'
    """

    languages: frozenset[str] | None = None

    def __init__(self, source: str) -> None:
        if util.find_spec("sentence_transformers") is None:
            raise EncoderError(
                f"encoder 'hf:{source}' needs the package {_PACKAGE}, which is not "
                "installed: run `pip install 'memcubes[models]'`"
            )
        self.name = f"hf:{source}"
        self._source = source
        self._lock = threading.Lock()

    @cached_property
    def fingerprint(self) -> str:
        """`hf:name@major version of sentence-transformers/digest of all weights`."""
        digest = hashlib.sha256()
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(f"{key} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
            flat = tensor.detach().cpu().contiguous().reshape(-1)
            digest.update(flat.view(_bytes_type()).numpy().tobytes())
        # A folder may move; a name on the hub says where it came from.
        path = Path(self._source)
        shown = path.name if path.is_dir() else self._source
        version = metadata.version(_PACKAGE).split(".")[0]
        return f"hf:{shown}@{version}/{digest.hexdigest()[:12]}"

    @cached_property
    def dimension(self) -> int:
        """Columns of a vector, as the model declares."""
        model = self._model
        ask = getattr(model, "get_embedding_dimension", None)
        return int((ask or model.get_sentence_embedding_dimension)())

    @cached_property
    def tokens_limit(self) -> int | None:
        """Model tokens of a text that are read."""
        limit = self._model.max_seq_length
        return None if limit is None else int(limit)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is stored; float32 of shape (len(texts), dimension)."""
        return unit_rows(texts, self.dimension, lambda t: self._embed(t, False))

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Encode what is asked; float32 of shape (len(texts), dimension)."""
        return unit_rows(texts, self.dimension, lambda t: self._embed(t, True))

    def _embed(self, texts: list[str], question: bool) -> npt.NDArray[np.floating]:
        model = self._model
        role = "query" if question else "document"
        prompt = (getattr(model, "prompts", None) or {}).get(role) or None
        if prompt is None and "e5-" in Path(self._source).name.lower():
            prompt = "query: " if question else "passage: "
        with self._lock:
            vectors: npt.NDArray[np.floating] = model.encode(
                texts,
                prompt=prompt,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return vectors

    @cached_property
    def _model(self) -> Any:
        with self._lock, _quiet():
            from sentence_transformers import SentenceTransformer

            try:
                return SentenceTransformer(self._source)
            except Exception as error:
                # The library raises a dozen types for one thing: it is not there.
                raise EncoderError(f"cannot load encoder {self.name!r}: {error}") from error


def _bytes_type() -> Any:
    import torch

    return torch.uint8


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' warnings and progress bars off the terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from transformers.utils import logging

        level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        try:
            yield
        finally:
            logging.set_verbosity(level)
            if bars:
                logging.enable_progress_bar()
