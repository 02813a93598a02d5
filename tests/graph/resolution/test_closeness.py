"""What an encoder makes of names counts as far as it was right on labelled pairs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.resolution.closeness import (
    FEWEST,
    Vectors,
    calibrated,
    cosines,
    labelled,
    threshold,
)


def knowing(names: Sequence[str]) -> Vectors:
    """An encoder that knows which labelled names are one: these share a direction, no others do."""
    group: dict[str, str] = {}
    for one, other, same in labelled():
        if same:
            first = group.get(one, group.get(other, one))
            group[one] = group[other] = first
    places = {name: i for i, name in enumerate(sorted({group.get(n, n) for n in names}))}
    rows = np.zeros((len(names), len(places)), np.float32)
    for row, name in enumerate(names):
        rows[row, places[group.get(name, name)]] = 1.0
    return rows


def test_pairs_are_labelled_and_of_both_kinds() -> None:
    same = [pair for pair in labelled() if pair[2]]
    assert FEWEST <= len(same) < len(labelled()) - FEWEST


def test_a_name_is_encoded_once_and_compared_by_its_angle() -> None:
    seen: list[str] = []

    def encode(names: Sequence[str]) -> Vectors:
        seen.extend(names)
        return np.array([[1, 0], [0.6, 0.8]], np.float32)[: len(names)]

    assert cosines(encode, [("a", "b"), ("b", "a")]) == pytest.approx([0.6, 0.6])
    assert seen == ["a", "b"]
    assert cosines(encode, []) == []


def test_an_encoder_that_knows_is_believed_from_where_four_of_five_are_right() -> None:
    assert calibrated(knowing) == pytest.approx(1.0)
    # 10 right of 12: 0.83 is enough; with two more wrong ones, 10 of 14 = 0.71, it is not
    scores = [0.9] * 10 + [0.9, 0.9] + [0.8, 0.8]
    assert threshold(scores, [True] * 10 + [False] * 4) == 0.9
    # fewer than ten above tell nothing
    assert threshold([0.9] * 9, [True] * 9) == math.inf


def test_vectors_of_names_alone_say_too_little_for_the_hashing_double() -> None:
    assert calibrated(load_encoder("hashing").encode_passages) == math.inf
