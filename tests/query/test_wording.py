"""What says much of a question in one run of its words is brought up, by how rare those words are."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.api import Memory
from memcubes.query.wording import shared_runs

WORDS = st.lists(st.sampled_from("abcd"), max_size=8)


def test_the_share_of_the_heaviest_run() -> None:
    # of two texts "b" is in both: ln(1 + 2/3); "a" and "c" in one: ln(1 + 2/2); "d" in none: ln(1 + 2/1)
    b, one, none = math.log(5 / 3), math.log(2), math.log(3)
    found = shared_runs(["a", "b", "c", "d"], [["a", "b", "x", "c"], ["x", "b"]])
    whole = one + b + one + none
    assert found == pytest.approx([(one + b) / whole, b / whole])


@given(WORDS, st.lists(WORDS, min_size=1, max_size=3))
def test_every_run_is_tried(asked: list[str], said: list[list[str]]) -> None:
    held = [set(text) & set(asked) for text in said]
    weight = {w: math.log(1 + len(said) / (1 + sum(w in h for h in held))) for w in asked}
    whole = sum(weight[w] for w in asked) or 1.0
    runs = [asked[i:j] for i in range(len(asked)) for j in range(i + 1, len(asked) + 1)]
    for text, found in zip(said, shared_runs(asked, said), strict=True):
        parts = [text[i : i + n] for n in range(1, len(text) + 1) for i in range(len(text))]
        best = max((sum(weight[w] for w in run) for run in runs if run in parts), default=0.0)
        assert found == pytest.approx(best / whole)


def test_who_asks_in_its_words_finds_it_first() -> None:
    said = "Jonas Snyden often incorporates Matthias Crook's music into his video installations."
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as memory:
        for text in ("Matthias Crook has composed music for several films.", said):
            memory.remember(text)
        asked = "Who often incorporates Matthias Crook's music into his video installations?"
        first, second = memory.search(asked).hits
        assert first.cube.text == said
        # eleven of twelve words in a row, and .4 in each of the passes that count 1 and .5
        assert 0.3 < first.added["wording"] < 0.6
        assert second.added["wording"] < 0.1
        assert sum(first.added.values()) == pytest.approx(first.score)
