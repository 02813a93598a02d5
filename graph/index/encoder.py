"""What turns text into vectors: the Encoder protocol, and the form of a vector.

An encoder maps a text to a row of float32 with length 1, so that the dot
product of two rows is their cosine. Rows of two encoders are never comparable:
a namespace records the name and the fingerprint of the encoder it was made with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

from ..errors import ModelMissing

Vectors: TypeAlias = npt.NDArray[np.float32]

# Text beyond this is not read: one runaway paste must not take gigabytes.
CHARACTERS_LIMIT = 32_768

# How far a row may move with the rows encoded beside it: matrix products of
# other shapes add in another order.
TOLERANCE = 1e-5


class EncoderError(ModelMissing):
    """An encoder is unknown, not installed, or its files are not the pinned ones."""


@runtime_checkable
class Encoder(Protocol):
    """Turns texts into unit vectors for dense retrieval.

    Deterministic: the same text gives the same row within `TOLERANCE`, whatever
    is encoded beside it. A blank text gives a zero row. Questions and passages
    are separate because some models (E5, arXiv 2212.03533) prefix them apart.
    """

    @property
    def name(self) -> str:
        """The name that `load_encoder` takes to load this encoder again."""

    @property
    def fingerprint(self) -> str:
        """`name@package-version/first 12 hex of the weights' SHA-256`."""

    @property
    def dimension(self) -> int:
        """Columns of a vector."""

    @property
    def languages(self) -> frozenset[str] | None:
        """ISO 639-1 codes the model was trained on; None means any."""

    @property
    def tokens_limit(self) -> int | None:
        """Model tokens of a text that are read; None means all of them."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is stored; float32 of shape (len(texts), dimension)."""

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Encode what is asked; float32 of shape (len(texts), dimension)."""


def unit_rows(
    texts: Sequence[str],
    dimension: int,
    embed: Callable[[list[str]], npt.NDArray[np.floating]],
) -> Vectors:
    """Apply a model to the texts that say something and scale its rows to length 1.

    `embed` gets a list without blank texts, lone surrogates or NUL characters,
    each at most `CHARACTERS_LIMIT` long, and returns one row for each. Blank
    texts and rows without a direction become zeros; a row that is not finite
    raises EncoderError.

    >>> unit_rows(["ab", " "], 2, lambda texts: np.array([[3.0, 4.0]])).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    rows = np.zeros((len(texts), dimension), dtype=np.float32)
    kept = [i for i, text in enumerate(texts) if text.strip()]
    if not kept:
        return rows
    with one_thread():
        raw = np.asarray(embed([_readable(texts[i]) for i in kept]), dtype=np.float64)
    if raw.shape != (len(kept), dimension):
        raise EncoderError(f"the model gave shape {raw.shape}, not {(len(kept), dimension)}")
    if not np.isfinite(raw).all():
        raise EncoderError("the model gave a vector that is not finite")
    length = np.sqrt(np.einsum("ij,ij->i", raw, raw))[:, None]
    rows[kept] = np.divide(raw, length, out=np.zeros_like(raw), where=length > 1e-12)
    return rows


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep BLAS at one thread meanwhile; whoever has several threads encode holds this until they are done.

    The products are small: a second thread gains little, on a busy machine BLAS spends many times the work on
    waiting for it, and two add in another order than one, so that the last bits of a row would be others.
    """
    with _blas().limit(limits=1, user_api="blas"):
        yield


@cache
def _blas() -> Any:
    """The thread pools of numpy's BLAS, found once."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _readable(text: str) -> str:
    text = text[:CHARACTERS_LIMIT].replace("\0", " ")
    return text.encode("utf-8", "replace").decode("utf-8")
