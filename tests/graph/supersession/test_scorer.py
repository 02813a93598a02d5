"""What takes another statement's place, what does not, and that the reasons are the sum that was computed."""

from __future__ import annotations

import math

import pytest

from memcubes.graph.supersession.comparison import Comparison
from memcubes.graph.supersession.features import features
from memcubes.graph.supersession.scorer import (
    AUTOMATIC,
    REVIEW,
    SOMEBODY_ELSE,
    explained,
    probability,
    refused,
)
from memcubes.graph.supersession.sentence import read
from memcubes.graph.supersession.trees import trees


def chance(old: str, new: str) -> float:
    return probability(read(old), read(new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Vera lives in Ghent.", "Vera moved to Lyon."),
        ("Tim works at Siemens.", "Tim left Siemens."),
        ("The rent is 700 euros.", "The rent was raised to 800 euros."),
        ("The pump failed at 02:10.", "Actually, the pump failed at 07:40, not 02:10."),
        ("Bea sings in the choir.", "Bea no longer sings in the choir."),
        ("Odd has won two medals.", "Odd has never won a medal."),
        ("Odd and Liv wrote a report on eels.", "Odd and Tor, not Liv, wrote a report on eels."),
        ("Tim works at Siemens.", "Tim handed in his notice at Siemens."),
        ("We use Trello for planning.", "We ditched Trello for Linear."),
        ("The newsletter goes out on Fridays.", "We discontinued the newsletter."),
        ("The talk is at four.", "The talk was pushed back to five."),
        ("Ken eats meat.", "Ken turned vegetarian."),
        ("Pedro wears braces.", "Pedro had his braces taken off."),
        ("The cat isn't vaccinated.", "The cat has been vaccinated."),
        ("im vegan", "im not vegan anymore"),
        ("User prefers tea in the evening.", "User now prefers cocoa in the evening."),
        ("User has a dog.", "User no longer has a dog."),
        ("My minor is French.", "My minor is music now."),
        ("timezone: CET", "timezone: EST"),
        ("Pia is single.", "Pia got married."),
        # all that was said stands in it, and something ended
        ("Pia has braces.", "Pia is rid of her braces."),
    ],
)
def test_what_changes_a_statement_takes_its_place(old: str, new: str) -> None:
    assert chance(old, new) >= AUTOMATIC
    # the other way round nothing of it is said: what was so first does not undo what came later by itself
    assert chance(old, old) < REVIEW


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Vera lives in Ghent.", "Vera lives in a small house in Ghent."),
        ("Vera lives in Ghent.", "Vera might move to Lyon."),
        ("Vera lives in Ghent.", "Does Vera live in Lyon?"),
        ("Vera lives in Ghent.", "If she finds work, Vera will move to Lyon."),
        ("Vera lives in Ghent.", "Vera was born in Lyon."),
        ("Vera lives in Ghent.", "Tilda moved to Lyon."),
        ("Tim speaks Dutch.", "Tim also speaks Thai."),
        ("The limit is 10 MB.", "Files above 10 MB are rejected."),
        ("A day ticket costs 8 euros.", "A week ticket costs 29 euros."),
        ("Ken drives a Ford.", "Ken changed the oil of his Ford."),
        ("Tim works at Siemens.", "Tim lost his badge at Siemens."),
        ("i dont drink", "i dont drink tea"),
        # the same in another order, or less of it
        ("The choir meets at 10 in room 4.", "At 10 the choir meets in room 4."),
        ("In March Tim sold his boat.", "Tim sold his boat in March."),
        ("The pump failed at 4:50 because of sand.", "At 4:50 the pump failed."),
        ("Ken works at Siemens as a welder.", "Ken works at Siemens."),
        # somebody or something else, whatever is said of it
        ("User is single.", "User's brother got married."),
        ("Room 12 is closed.", "Room 14 has reopened."),
        ("The tour is sold out.", "The other tour was cancelled."),
        ("The bus leaves from stop 4.", "The bus leaves at 9:12 instead of 9:20."),
        ("city: Bremen", "birth city: Ulm"),
        ("Bo drives a van.", "Bo lost the van keys."),
        ("The pump Z-4 failed near hall 3.", "The pump Z-6 failed near hall 3."),
        ("Flight LH-123 leaves at 9.", "Flight LH-456 leaves at 9."),
        ("Valve RV-7 is open.", "Valve RV-8 is open."),
        ("Dance gives me an escape to be myself.", "I'm not giving up."),
        ("I'm working hard to make everything right.", "I won't quit, even when it's hard."),
        ("Long time no talk.", "Been a busy week since we talked."),
        ("Go for your goals!", "I won't give up my goals."),
        ("That's a great plan!", "A plan is great for me now."),
        ("Keep it up!", "Knowing you've got my back really helps keep me going."),
    ],
)
def test_what_only_adds_does_not(old: str, new: str) -> None:
    assert chance(old, new) < AUTOMATIC


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("CX-4 runs at 40 bar.", "CX-4 runs at 60 bar."),
        ("Flight LH-123 leaves at 9.", "Flight LH-123 leaves at 10."),
        ("Tom drives a BMW X5.", "Tom drives a BMW X3."),
        ("I live in Oslo.", "I moved to Lyon."),
        ("We meet on Mondays.", "We meet on Tuesdays now."),
        ("I live in Oslo!", "I moved to Lyon!"),
        ("My minor is French.", "My minor is music now!"),
        ("I drive a Honda Civic.", "I sold the Civic!"),
    ],
)
def test_a_code_that_stays_or_is_the_value_is_no_other_thing_nor_who_speaks(
    old: str, new: str
) -> None:
    assert chance(old, new) >= AUTOMATIC


def test_the_trees_weigh_the_features_and_no_others() -> None:
    measured = features(Comparison(read("Ann lives in Oslo."), read("Ann moved to Graz.")))
    assert trees("memcubes.graph.supersession").features == tuple(measured)
    assert all(0 <= value <= 1 for value in measured.values())


def test_an_explanation_adds_up_to_the_probability() -> None:
    old, new = read("Ann lives in Oslo."), read("Ann moved to Graz.")
    told = explained(old, new, most=1000)
    odds = sum(weight for _, weight in told.parts)
    assert math.isclose(1 / (1 + math.exp(-odds)), told.probability)
    assert told.parts[0] == max(told.parts, key=lambda part: abs(part[1]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The board of Halden Mill bought a forklift.", "The board of Halden Mill bought a crane."),
        ("Ann visited a museum in Graz.", "Ann visited a castle in Graz."),
        ("Bo hired two cooks.", "Bo hired a gardener."),
    ],
)
def test_one_more_of_what_one_buys_is_at_most_a_proposal(old: str, new: str) -> None:
    assert chance(old, new) <= SOMEBODY_ELSE


def test_the_same_of_somebody_else_is_at_most_a_proposal() -> None:
    old, new = (
        "Ada Lund is a plumber known for neat work.",
        "Bo Dahl is a plumber known for neat work.",
    )
    assert chance(old, new) <= SOMEBODY_ELSE < AUTOMATIC
    told = explained(read(old), read(new), most=1000)
    odds = sum(part for _, part in told.parts)
    assert math.isclose(1 / (1 + math.exp(-odds)), told.probability)


def test_a_pronoun_without_a_name_is_of_nobody_known() -> None:
    old, new = "He made over 20 appearances in film.", "She has made over 40 appearances in film."
    assert chance(old, new) < AUTOMATIC
    told = explained(read(old), read(new), most=1000)
    odds = sum(part for _, part in told.parts)
    assert math.isclose(1 / (1 + math.exp(-odds)), told.probability)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Greta is vegan.", "Greta's boyfriend eats meat."),
        ("Bo Dahl works at a mill.", "Bo Dahl's sister quit her job at the mill."),
        ("Bo Dahl could be a singer.", "Perhaps Bo Dahl has never sung."),
        ("Bo Dahl won a race in Kiel.", "Ada Lund won a race in Bonn."),
    ],
)
def test_what_is_said_of_others_or_only_possible_is_not_applied(old: str, new: str) -> None:
    assert chance(old, new) < AUTOMATIC


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        ("Odd and Liv went to Yale.", "Liv went to Duke, while Odd went to Yale.", True),
        ("Both Odd and Liv sing.", "Odd plays chess in Bergen, whereas Liv sings.", True),
        # it is said of both again, and something of a third
        ("Odd and Liv went to Yale.", "Odd and Liv went to Yale, while Tor went to Duke.", False),
        ("Odd went to Yale.", "Odd went to Yale, while Tor went to Duke.", False),
        # one doubt in the place of another
        ("Odd may play the flute.", "Odd might play the harp.", True),
        ("Odd plays the flute.", "Odd might play the harp.", False),
    ],
)
def test_what_is_said_of_one_of_several_now_is_left_to_the_trees(
    old: str, new: str, left: bool
) -> None:
    assert refused(Comparison(read(old), read(new))) is not left


def test_they_who_changed_it_are_nobody_in_particular() -> None:
    old = "The toll at the bridge is 4 euros."
    assert chance(old, "They raised the toll at the bridge to 5 euros.") >= AUTOMATIC
    # here they are somebody, of whom nobody knows
    assert chance(old, "They paid 5 euros at the bridge.") <= SOMEBODY_ELSE
    assert chance("They rent a flat.", "They moved out of the flat.") <= SOMEBODY_ELSE
