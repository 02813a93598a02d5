"""How many bits differ is the same number, whoever counts."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcubes.graph.index import hamming
from memcubes.graph.index.hamming import distances


@pytest.fixture(autouse=True)
def none_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has just begun; and what a test counts is forgotten."""
    monkeypatch.setattr(hamming, "_compared", 0)


def counted(held: hamming.Bits, asked: hamming.Bits) -> list[int]:
    """By Python's own counting."""
    return [
        sum((int(a) ^ int(b)).bit_count() for a, b in zip(row, asked, strict=True)) for row in held
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="faiss is asked for on Linux alone")
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0, 1, 3, 63, 200]), st.sampled_from([8, 16, 32]))
def test_faiss_and_numpy_count_the_same(seed: int, size: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    held = rng.integers(0, 2**64, (size, width), dtype=np.uint64)
    asked = rng.integers(0, 2**64, width, dtype=np.uint64)
    if size > 2:  # none of the bits, and all of them
        held[0], held[1] = asked, ~asked
    held.flags.writeable = False  # as where columns are mapped from a file
    library = hamming.faiss()
    expected = counted(held, asked)
    for found in (hamming._by_faiss(library, held, asked), hamming._by_numpy(held, asked)):
        assert found.dtype == np.uint16
        assert found.tolist() == expected
    # every second row: not beside each other in memory
    assert hamming._by_faiss(library, held[::2], asked).tolist() == expected[::2]


def test_numpy_counts_across_its_blocks() -> None:
    rng = np.random.default_rng(1)
    held = rng.integers(0, 2**64, (hamming.BLOCK + 5, 8), dtype=np.uint64)
    assert distances(held, held[7]).tolist() == counted(held, held[7])


def test_the_library_is_loaded_once_that_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for = list[int]()
    monkeypatch.setattr(hamming, "faiss", lambda: asked_for.append(1))  # and there is none
    monkeypatch.setattr(hamming, "WORTH", 10)
    held = np.arange(40, dtype=np.uint64).reshape(5, 8)
    for loaded in (0, 0, 1, 2):
        assert distances(held, held[0]).tolist() == counted(held, held[0])
        assert len(asked_for) == loaded


def test_without_the_library_numpy_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)  # what is not installed
    monkeypatch.setattr(hamming, "WORTH", 0)
    hamming.faiss.cache_clear()
    held = np.arange(16, dtype=np.uint64).reshape(2, 8)
    try:
        assert hamming.faiss() is None
        assert distances(held, held[1]).tolist() == counted(held, held[1])
    finally:
        hamming.faiss.cache_clear()
