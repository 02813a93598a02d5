"""LexRank: which sentences of a text say most of what the others say (Erkan & Radev 2004, JAIR 22).

A walk goes from sentence to sentence as often as they share words; where it stays longest is the middle of
the text. It is the continuous form of the paper's section 3.3, weighed by the cosines themselves; a sentence
lends nothing to itself (as in TextRank), or one that shares no word with any other would be of the middle.
No model, no language: sentences come as terms.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

DAMPING = 0.85
"""Probability of going on by a shared word; the paper's d is the rest."""
STEPS = 50
"""Steps of the walk: .85^50 leaves 3e-4 of where it began, and it began everywhere alike."""
DIGITS = 9
"""Ranks that differ by less are equal, and the earlier sentence goes first."""


def central(sentences: Sequence[Sequence[str]], most: int) -> list[int]:
    """The places of at most `most` sentences that say most of the whole, in the order of the text.

    Each is worth what the walk gives it, less what those before it have said of it (the idea of maximal
    marginal relevance, Carbonell & Goldstein 1998), so that a repetition comes last.

    >>> said = ["tea is hot", "boats sail", "hot tea burns", "green tea"]
    >>> central([one.split() for one in said], 2)
    [0, 2]
    """
    if most < 1 or not sentences:
        return []
    vectors = _weighted(sentences)
    rank = _walked(vectors)
    left = np.ones(len(sentences))
    chosen: list[int] = []
    for _ in range(min(most, len(sentences))):
        worth = np.round(rank * left, DIGITS)
        worth[chosen] = -1.0
        chosen.append(int(np.argmax(worth)))  # of equals the first
        left = np.minimum(left, 1.0 - _near(vectors, chosen[-1]))
    return sorted(chosen)


def _weighted(sentences: Sequence[Sequence[str]]) -> csr_array:
    """One unit row a sentence: counts of terms, weighed by how few of the sentences have them."""
    columns: dict[str, int] = {}
    rows, places = list[int](), list[int]()
    for row, terms in enumerate(sentences):
        for term in terms:
            rows.append(row)
            places.append(columns.setdefault(term, len(columns)))
    shape = (len(sentences), max(1, len(columns)))
    counts = csr_array((np.ones(len(rows)), (rows, places)), shape=shape)
    counts.sum_duplicates()
    frequency = np.bincount(counts.indices, minlength=shape[1]).astype(np.float64)
    counts.data = (
        counts.data * np.log1p(len(sentences) / np.maximum(frequency, 1.0))[counts.indices]
    )
    owner = np.repeat(np.arange(shape[0]), np.diff(counts.indptr))
    length = np.sqrt(np.bincount(owner, weights=counts.data**2, minlength=shape[0]))
    counts.data = counts.data / length[owner]
    return counts


def _walked(vectors: csr_array) -> npt.NDArray[np.float64]:
    """How much of the walk each sentence holds; the cosines are never written down, all by all."""
    size = vectors.shape[0]
    turned = csr_array(vectors.T)
    itself = (np.diff(vectors.indptr) > 0).astype(np.float64)  # the cosine of a row with itself
    strength = vectors @ (turned @ np.ones(size)) - itself
    rank = np.full(size, 1.0 / size)
    for _ in range(STEPS):
        given = np.divide(rank, strength, out=np.zeros(size), where=strength > 1e-12)
        shared = vectors @ (turned @ given) - itself * given
        rank = (1.0 - DAMPING) / size + DAMPING * shared
    return np.asarray(rank, dtype=np.float64)


def _near(vectors: csr_array, place: int) -> npt.NDArray[np.float64]:
    part = slice(int(vectors.indptr[place]), int(vectors.indptr[place + 1]))
    row = np.zeros(vectors.shape[1])
    row[vectors.indices[part]] = vectors.data[part]
    return np.asarray(vectors @ row, dtype=np.float64)
