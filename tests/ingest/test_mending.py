"""Sentences of which the small model's parse is known to be wrong, and what they say all the same."""

from __future__ import annotations

import pytest

from .test_people import said


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The staging server doesn't have Redis installed.", ("the staging server", "have", "Redis", True)),
        ("Henrik can't eat gluten.", ("Henrik", "can eat", "gluten", True)),
        ("Priya cannot drive.", ("Priya", "can drive", "", True)),
        ("Dana's phone number is +44 20 7946 0018.",
         ("Dana's phone number", "be", "+44 20 7946 0018", False)),
        ("Grandpa was born in Galway and never learned to drive.",
         ("Grandpa", "learn to drive", "", True)),
        ("Both of my sisters live in Leeds.", ("Ann's sisters", "live in", "Leeds", False)),
        ("I live in Utrecht and commute to Amsterdam.", ("Ann", "commute to", "Amsterdam", False)),
        ("Marta recommended the ramen place on Vine Street.",
         ("Marta", "recommend", "the ramen place", False)),
        ("We moved the weekly sync from Tuesday to Thursday.",
         ("Ann's group", "move sync to", "Thursday", False)),
        ("My aunt Clotilde makes cheese in the Jura.", ("Clotilde", "make", "cheese", False)),
        ("My aunt Clotilde makes cheese in the Jura.", ("Clotilde", "be", "Ann's aunt", False)),
        ("The new CEO, Brigitte Laurent, previously led Danone's dairy unit.",
         ("Brigitte Laurent", "lead", "Danone's dairy unit", False)),
    ],
)  # fmt: skip
def test_what_is_said_all_the_same(text: str, wanted: tuple[str, str, str, bool]) -> None:
    assert wanted in said(text)


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("The bridge was built in 1990 and never used.", ("the bridge", "use", "", True)),
        ("We know the plant failed.", ("Ann's group", "know", "the plant", False)),
        ("The train runs from Monday to Friday.", ("the train", "run to", "Friday", False)),
        (
            "We discussed the budget and travel to Rome.",
            ("Ann's group", "travel to", "Rome", False),
        ),
        ("He has people working for him.", ("Ann", "have", "people", False)),
        ("The singer of the band, a flop, sold it.", ("a flop", "sell", "it", False)),
    ],
)
def test_what_is_not_said(text: str, never: tuple[str, str, str, bool]) -> None:
    assert never not in said(text)
