"""What is sealed is read as it was written, by its own namespace, or not at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.errors import Unreadable
from memcubes.injection.activation.seal import sealed, unsealed

TOLD = {"format": 1, "name": "a", "pins": [["n", "d"]]}
RAW = sealed(TOLD, "salt")


def test_it_says_what_was_sealed() -> None:
    assert unsealed(RAW, "salt", TOLD) == TOLD


@given(st.integers(0, len(RAW) - 1), st.integers(1, 255))
def test_no_other_byte_is_read(place: int, change: int) -> None:
    raw = bytearray(RAW)
    raw[place] ^= change
    with pytest.raises(Unreadable):
        unsealed(bytes(raw), "salt", TOLD)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (RAW + b" ", "one form"),
        (RAW.replace(b'"format":1', b'"format": 1'), "one form"),
        (json.dumps({**json.loads(RAW), "more": 1}).encode(), "other fields"),
        (b"[" * 100_000, "form of one"),
        (b"\xff", "form of one"),
        (b"", "form of one"),
    ],
)
def test_another_spelling_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        unsealed(raw, "salt", TOLD)


def test_another_namespace_or_another_kind_of_file_is_refused() -> None:
    with pytest.raises(Unreadable, match="not of this namespace"):
        unsealed(RAW, "pepper", TOLD)
    with pytest.raises(Unreadable, match="other fields"):
        unsealed(RAW, "salt", {"format"})
