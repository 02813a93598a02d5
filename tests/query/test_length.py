"""A question that is too long is asked by its ends, and the result says so."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.api import Memory
from memcubes.graph.index.folding import words
from memcubes.query.length import MOST_CHARACTERS, MOST_WORDS, bounded


def test_what_is_asked_is_bounded_and_stays_in_its_place() -> None:
    text = " ".join(f"w{n}" for n in range(3_000))  # 3,000 words of 4 to 6 characters: 16,889
    asked = bounded(text)
    kept = [word for word, _, _ in words(asked.text)]
    # 200 at either end
    assert kept == [f"w{n}" for n in (*range(200), *range(2_800, 3_000))]
    assert all(text[a:b] == asked.text[a:b] for _, a, b in words(asked.text))
    assert asked.note.startswith("of 3,000 words of the question the first 200 and the last 200")
    assert bounded(asked.text).text == asked.text


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "我" * 100_000, "ab " * 100_000, " " * 100_000, "a" * 30_000 + " b"]
)
def test_characters_are_bounded_too(text: str) -> None:
    asked = bounded(text)
    assert len(asked.text) == len(text)
    assert len(words(asked.text)) <= MOST_WORDS
    assert len(asked.text.replace(" ", "")) <= MOST_CHARACTERS
    assert asked.text[0] == text[0]


@given(st.text(max_size=300))
def test_a_short_question_is_asked_as_it_is(text: str) -> None:
    assert bounded(text).text == text
    assert bounded(text).note == ""


def test_a_page_of_text_in_place_of_a_question_is_answered_and_named() -> None:
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as memory:
        memory.remember("Ann Reed works in Oslo.")
        question = "Where does Ann Reed work? " + "so it goes on " * 3_000
        found = memory.search(question)
        assert found.note.startswith("of ")
        assert [name.text for name in found.named] == ["Ann Reed"]
        start, end = found.named[0].span
        assert question[start:end] == "Ann Reed"
        begun = time.process_time()
        answer = memory.ask(question)
        assert time.process_time() - begun < 5
        assert found.note in answer.notes
        assert memory.search("Where does Ann Reed work?").note == ""
