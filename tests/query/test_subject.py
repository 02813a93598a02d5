"""What passages are about, and where other texts name it."""

from __future__ import annotations

import pytest

from memcubes.graph.index.folding import words
from memcubes.query.subject import Gazetteer, forms_of, named_runs, opening


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Richard David Bach (born June 23, 1936) is an American writer.", "Richard David Bach"),
        (
            "Harper & Row v. Nation Enterprises, 471 U.S. 539 (1985), was a case.",
            "Harper & Row v. Nation Enterprises",
        ),
        ('"I Surrender" is a song by Samantha Fox.', "I Surrender"),
        ("She was born in Ulm.", ""),
        ("This is a list of promotions.", ""),
        ("It rains.", ""),
        ("the weather is fine", ""),
        ("", ""),
    ],
)
def test_a_text_opens_with_what_it_is_about(text: str, phrase: str) -> None:
    assert opening(text) == phrase


def test_forms_that_say_nothing_are_left_out() -> None:
    assert forms_of(["151"]) == ()
    assert forms_of(["one two three four five six seven eight nine"]) == ()
    assert "ann hill" in forms_of(["Ann Mary Hill"])
    # three words of a work are no person's first and last
    assert "the sea" not in forms_of(["The old Sea"])


def test_the_longest_name_is_found_and_none_inside_it() -> None:
    known = {"new york": [1], "new york city": [2], "city": [3], "curtis bern": [4]}
    text = "In New York City, Curtis Bern met New York's mayor of the city."
    found = Gazetteer(known).mentions(text, words(text))
    assert [(m.form, text[slice(*m.span)], m.passages) for m in found] == [
        ("new york city", "New York City", (2,)),
        ("curtis bern", "Curtis Bern", (4,)),
        ("new york", "New York", (1,)),
    ]


def test_names_begin_with_what_is_no_small_letter() -> None:
    text = "we met Ann in Ulm"
    assert named_runs(text, words(text)) == ("ann", "ann in", "ann in ulm", "ulm")
    assert "上 海" in named_runs("去上海", words("去上海"))
