"""Which sentences are the middle of a text: against the paper's matrix written out, and at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.lexrank import DAMPING, central

WORDS = ["pump", "valve", "gate", "yard", "noon", "red", "green", "ran", "dry", "shut"]
texts = st.lists(st.lists(st.sampled_from(WORDS), max_size=6), max_size=12)


def ranks(sentences: list[list[str]]) -> list[float]:
    """Continuous LexRank by its definition: every cosine, and the linear system that the walk comes to."""
    n, known = len(sentences), sorted({term for one in sentences for term in one})
    held = [sum(term in one for one in sentences) for term in known]
    rows = np.array(
        [
            [one.count(t) * np.log(1 + n / df) for t, df in zip(known, held, strict=True)]
            for one in sentences
        ]
    ).reshape(n, len(known))
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, 0)
    strength = cosines.sum(axis=1, keepdims=True)
    steps = np.divide(cosines, strength, out=np.zeros_like(cosines), where=strength > 1e-12)
    # p = (1 - d) / n + d Sᵀ p
    return list(np.linalg.solve(np.eye(n) - DAMPING * steps.T, np.full(n, (1 - DAMPING) / n)))


@given(texts.filter(bool))
def test_the_first_choice_is_the_papers(sentences: list[list[str]]) -> None:
    (first,) = central(sentences, 1)
    expected = ranks(sentences)
    # fifty steps leave .85^50 = 3e-4 of the distance there was at first
    assert expected[first] >= max(expected) - 1e-3


@given(texts, st.integers(0, 14))
def test_it_gives_as_many_as_there_are_in_order_and_the_same_again(
    sentences: list[list[str]], most: int
) -> None:
    found = central(sentences, most)
    assert found == sorted(set(found))
    assert len(found) == min(most, len(sentences))
    assert found == central(sentences, most)


def test_a_repetition_comes_last() -> None:
    said = ["the pump ran dry", "the pump ran dry", "the pump stood in the yard", "boats sail home"]
    split = [one.split() for one in said]
    assert 1 not in central(split, 3)
    assert central(split, 2) == [0, 2]
    assert central(split, 4) == [0, 1, 2, 3]


@pytest.mark.parametrize("sentences", [[], [[]], [[], []]])
def test_without_words_there_is_nothing_to_rank(sentences: list[list[str]]) -> None:
    assert central(sentences, 1) == [0][: len(sentences)]
    assert central(sentences, 0) == []
