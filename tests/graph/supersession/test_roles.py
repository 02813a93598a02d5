"""Who is who in two sentences, and how near their words are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcubes.graph.supersession.block import keys
from memcubes.graph.supersession.comparison import Comparison
from memcubes.graph.supersession.features import features
from memcubes.graph.supersession.meaning import ALIKE, nearness
from memcubes.graph.supersession.sentence import read


def measured(old: str, new: str) -> dict[str, float]:
    return features(Comparison(read(old), read(new)))


def test_subjects_are_told_from_whom_else_a_sentence_names() -> None:
    found = measured("Ann and Bo founded a choir.", "Ann and Cy founded a choir with Bo.")
    assert found["subjects_exchanged"] == 1
    assert found["old_subject_is_inner"] == 1
    assert found["subjects_equal"] == found["subjects_disjoint"] == 0
    turned = measured("Ann taught Bo to swim.", "Bo taught Ann to swim.")
    assert turned["names_turned"] == turned["subject_turned"] == 1


@pytest.mark.parametrize(
    ("old", "new", "kin"),
    [
        ("Ann lives in Oslo.", "Ann's brother lives in Bergen.", 1),
        ("Ann's brother lives in Oslo.", "Ann's brother lives in Bergen.", 0),
        ("Ann pays 600 euros.", "Ann's rent went up.", 0),
    ],
)
def test_what_is_said_of_a_relative_is_of_somebody_else(old: str, new: str, kin: int) -> None:
    assert measured(old, new)["kin"] == kin


def test_the_clause_that_speaks_of_the_subject_is_looked_at() -> None:
    old = "Ann has climbed the peak."
    found = measured(old, "Bo has climbed the peak, while Ann has never left the valley.")
    assert found["clause_of_subject"] == found["clause_denies"] == found["clause_after"] == 1
    assert found["rest_kept"] == 1


def test_a_contraction_of_i_speaks_of_the_speaker() -> None:
    assert read("I'm a waiter.").first_person
    assert read("We've moved.").first_person
    assert not read("I'm a waiter.").names


def test_near_words_are_near_whatever_their_order() -> None:
    one, other = read("The doctor resigned.").words, read("A physician quit.").words
    near = nearness(one, other)
    assert near.shape == (2, 2)
    assert near[0, 0] > 0.4 > near[0, 1]
    assert nearness(one, one).diagonal().tolist() == [1, 1]
    # words that the table lacks are near by their beginnings
    assert nearness(read("All zymurgists.").words, read("A zymurgy.").words)[0, 0] == ALIKE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The novel is set in Trieste.", "The novel is set in Genoa."),
        ("The build is red.", "The build is green again."),
        ("Mei maintains the parser.", "Jonas maintains the parser now."),
        ("Ada is a marine biologist.", "Ada is a concert pianist."),
    ],
)
def test_values_alone_do_not_keep_statements_from_meeting(old: str, new: str) -> None:
    assert set(keys([old])) & set(keys([new]))


WORDS = st.sampled_from(
    [
        "Ann",
        "Ann's",
        "Bo",
        "She",
        "I'm",
        "the",
        "no",
        "never",
        "left",
        "is",
        "a",
        "and",
        "both",
        "while",
        ";",
        ",",
        ".",
        "12",
        "May",
        "“x”",
        "doctor",
        "é",
    ]
)
TEXTS = st.lists(WORDS, max_size=9).map(" ".join) | st.text(max_size=30)


@given(TEXTS, TEXTS)
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_is_measured_between_0_and_1(old: str, new: str) -> None:
    found = measured(old, new)
    assert all(0 <= value <= 1 for value in found.values())
