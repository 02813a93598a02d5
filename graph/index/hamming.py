"""Hamming distances: in how many bits rows of bits differ from one that is asked.

Above some number of rows they are counted by faiss (Douze et al. 2024), which reads them as fast as the memory
gives them; below, and where it is not installed, by NumPy. They are whole numbers: both find the same.
"""

from __future__ import annotations

import importlib
import warnings
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.uint64]
Distances = npt.NDArray[np.uint16]

BLOCK = 4096
"""Rows that NumPy compares at once: they stay in the processor's cache."""

WORTH = 20_000_000
"""Rows after which a process loads faiss: by then NumPy has taken as much longer as loading takes."""

_BYTES = np.uint64(0x00FF00FF00FF00FF)
_ONES = np.uint64(0x0001000100010001)
_EIGHT, _LAST = np.uint64(8), np.uint64(48)

_compared = 0


def distances(held: Bits, asked: Bits) -> Distances:
    """In how many bits each row differs from the one that is asked; uint16 of shape (n,).

    >>> distances(np.array([[0] * 8, [7] * 8], np.uint64), np.zeros(8, np.uint64)).tolist()
    [0, 24]
    """
    global _compared
    _compared += len(held)
    library = faiss() if _compared > WORTH else None
    return _by_numpy(held, asked) if library is None else _by_faiss(library, held, asked)


@cache
def faiss() -> Any:
    """The library, or None where it is not installed.

    It is asked for on Linux only: elsewhere its OpenMP and that of torch end each other's process
    (https://github.com/faiss-wheels/faiss-wheels/issues/73).
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what generated its bindings
        try:
            return importlib.import_module("faiss")
        except ImportError:
            return None


def _by_faiss(library: Any, held: Bits, asked: Bits) -> Distances:
    """All rows at once, on this thread."""
    rows, one = np.ascontiguousarray(held), np.ascontiguousarray(asked)
    found = np.empty(len(rows), np.int32)
    places = (library.swig_ptr(part.view(np.uint8)) for part in (one, rows))
    library.hammings(*places, 1, len(rows), one.nbytes, library.swig_ptr(found))
    return found.astype(np.uint16)


def _by_numpy(held: Bits, asked: Bits) -> Distances:
    """A block at a time, by the counting of bits that NumPy has."""
    size, width = held.shape
    found = np.empty(size, np.uint16)
    most = min(BLOCK, size)
    tiled = np.tile(asked, (most, 1))
    differing, bits = np.empty((most, width), np.uint64), np.empty((most, width), np.uint8)
    total, part, odd = (np.empty(most, np.uint64) for _ in range(3))
    for start in range(0, size, BLOCK):
        block = held[start : start + BLOCK]
        here = len(block)
        np.bitwise_xor(block, tiled[:here], out=differing[:here])
        np.bitwise_count(differing[:here], out=bits[:here])
        # eight counts are added at a time, as the bytes of one number
        lanes = bits[:here].view(np.uint64)
        sums, low, high = total[:here], part[:here], odd[:here]
        sums[:] = 0
        for lane in range(lanes.shape[1]):
            np.bitwise_and(lanes[:, lane], _BYTES, out=low)
            np.right_shift(lanes[:, lane], _EIGHT, out=high)
            np.bitwise_and(high, _BYTES, out=high)
            np.add(sums, low, out=sums)
            np.add(sums, high, out=sums)
        np.multiply(sums, _ONES, out=sums)
        np.right_shift(sums, _LAST, out=sums)
        found[start : start + BLOCK] = sums
    return found
