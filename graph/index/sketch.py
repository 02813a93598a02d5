"""Sketches: 512 bits and more of a vector, by which those that may be near are found without reading it.

A bit says on which side of a plane through the middle a vector lies. The share of bits in which two vectors
differ is their angle (in half turns) but for chance: Binomial(bits, angle), if planes lie at random (Charikar
2002). So the differing bits alone tell, but for a chance that is chosen, which vectors cannot be nearer than
some score. The planes have -1 and 1 in their columns as a hash draws them: they are the same for ever and
everywhere. Nothing is learnt from what is stored: a sketch says nothing of any vector but its own.
"""

from __future__ import annotations

import math
from functools import cache
from hashlib import shake_256
from typing import Any

import numpy as np
import numpy.typing as npt

from .derivation import SCALE

Sketches = npt.NDArray[np.uint64]

LEAST = 512
"""Bits of a sketch at least; above, as many as the vector has columns, rounded up to a power of two."""

SURE = 2.0
"""Standard deviations that are allowed for: of what has the least score that is sought one in 44 is passed
over, of what is nearer fewer."""

BLOCK = 4096
"""Rows that are sketched at once."""


def words(dimension: int) -> int:
    """How many 64-bit words the sketch of a vector with so many columns has.

    >>> words(384), words(1024)
    (8, 16)
    """
    return int(max(LEAST, 1 << max(dimension - 1, 0).bit_length())) // 64


def sketches(rows: npt.NDArray[Any]) -> Sketches:
    """Sketch rows of whole numbers, shape (n, columns); uint64 of shape (n, words).

    The sums are whole numbers below 2^24, and so exact in float32, whatever adds them.

    >>> sketches(np.zeros((2, 3), np.int16)).shape
    (2, 8)
    """
    planes = _planes(rows.shape[1])
    found = np.empty((len(rows), words(rows.shape[1])), np.uint64)
    for start in range(0, len(rows), BLOCK):
        sides = rows[start : start + BLOCK].astype(np.float32) @ planes >= 0
        packed = np.packbits(sides, axis=1, bitorder="little")
        found[start : start + BLOCK] = packed.view("<u8")
    return found


def reach(score: float, bits: int) -> int:
    """Up to how many differing bits a vector may be as near as this score, but for one chance in 44.

    >>> reach(1.0, 512), reach(0.5, 512), reach(-1.0, 512)
    (0, 192, 512)
    """
    share = math.acos(min(max(score, -1.0), 1.0)) / math.pi
    # rounded, so that the last bit of a library's arc cosine decides nothing
    most = bits * share + SURE * math.sqrt(bits * share * (1 - share))
    return min(bits, math.floor(round(most, 6)))


@cache
def estimates(bits: int) -> npt.NDArray[np.float64]:
    """The score that each number of differing bits speaks for; float64 of shape (bits + 1,).

    >>> estimates(512)[[0, 256, 512]].tolist()
    [1.0, 0.0, -1.0]
    """
    table = np.array([round(math.cos(math.pi * n / bits), 6) for n in range(bits + 1)])
    table += 0.0  # no minus zero
    table.flags.writeable = False
    return table


def expected(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The score to expect for each number of differing bits, where so many vectors differ in each.

    Chance spreads what sketches speak for; it is brought together about the mean by the share of the spread that
    chance makes up (Efron and Morris 1973), so that far ones are not taken to be farther than they are. Float64 of the
    shape of `counts`.

    >>> counts = np.zeros(513, np.int64)
    >>> counts[[250, 256]] = 1
    >>> expected(counts)[[250, 256]].round(3).tolist()
    [0.018, 0.018]
    """
    bits = len(counts) - 1
    table, size = estimates(bits), max(int(counts.sum()), 1)
    mean = float((counts * table).sum()) / size
    spread = float((counts * (table - mean) ** 2).sum()) / size
    share = np.arange(bits + 1) / bits
    chance = np.pi**2 * share * (1 - share) / bits * (1 - table**2)
    part = float((counts * chance).sum()) / size / spread if spread > 0 else 1.0
    return mean + max(0.0, 1 - part) * (table - mean)


@cache
def _planes(dimension: int) -> npt.NDArray[np.float32]:
    """The planes as columns of -1 and 1; float32 of shape (dimension, bits)."""
    bits = 64 * words(dimension)
    drawn = np.frombuffer(shake_256(b"planes").digest(dimension * bits // 8), np.uint8)
    planes = np.unpackbits(drawn, bitorder="little").astype(np.float32) * 2 - 1
    return planes.reshape(dimension, bits)


assert SCALE * math.sqrt(2048) < 2**24, "sums of a sketch would not be exact"
