"""What the wording of a sentence signals: phrases of several words, and words as they are typed in a hurry."""

from __future__ import annotations

import pytest

from memcubes.graph.supersession.sentence import read


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("We turned the nightly backups off.", "cease"),
        ("Dan gave his piano lessons up.", "cease"),
        ("The meeting was called off.", "cease"),
        ("I've gone back to tea.", "change"),
        ("They swapped the sofa for two chairs.", "change"),
        ("Rolf is back from Rome.", "restore"),
    ],
)
def test_phrases_tell_of_events(text: str, kind: str) -> None:
    assert kind in {found for found, _ in read(text).phrases}


def test_phrases_reach_four_words_and_no_further() -> None:
    # "turned", then at most four words, then "off"
    assert read("We turned a b c d off.").phrases
    assert not read("We turned a b c d e off.").phrases
    assert not read("The backups run at night.").phrases


def test_words_typed_in_a_hurry_are_read_as_they_are_meant() -> None:
    hurried, plain = read("im here and dont smoke"), read("I'm here and don't smoke")
    assert hurried.first_person
    assert [t.key for t in hurried.content] == [t.key for t in plain.content]
    assert "not" in hurried.lowers


@pytest.mark.parametrize(
    "text",
    [
        "Odd would not touch a cigar.",
        "The cook could never be happier.",
        "Liv considers it rude to whistle.",
        "Tor would sooner walk than fly.",
        "The team has no plans to come back.",
        "Anyone may use the court.",
        "Skates may be worn in the hall.",
        "We have paid dues since may.",
        "could you write shorter answers",
    ],
)
def test_a_refusal_a_permission_and_an_opinion_are_no_doubt(text: str) -> None:
    assert not read(text).supposes


@pytest.mark.parametrize(
    "text",
    [
        "Odd would smoke a cigar.",
        "The cook could be ill.",
        "Liv considers whistling.",
        "Liv considers a move to Bern.",
        "The court may be closed.",
        "The team has plans to come back, if all goes well.",
    ],
)
def test_what_is_only_possible_is_a_doubt(text: str) -> None:
    assert read(text).supposes
