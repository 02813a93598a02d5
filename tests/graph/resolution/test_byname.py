"""Bynames: what lists say of two names is proposed, told, and never taken for certain."""

from __future__ import annotations

import pytest

from memcubes.api import Memory
from memcubes.graph.resolution.block import posted, sought
from memcubes.graph.resolution.byname import _places, places
from memcubes.graph.resolution.form import Form
from memcubes.graph.resolution.scorer import REVIEW, judged

PEOPLE = [
    ("Bill Clinton", "William Clinton"),
    ("Bill Clinton", "William J. Clinton"),
    ("Dr. Bob Marsh", "Robert Marsh"),
    ("Liz A. Reed", "Elizabeth Ann Reed"),
]
PLACES = [
    ("Cologne", "Köln"),
    ("Koeln", "Cologne"),
    ("The Hague", "Den Haag"),
    ("St. Petersburg", "Leningrad"),
    ("Beijing", "北京"),
    ("Peking", "Beijing"),
    ("Germany", "Deutschland"),
]
NEITHER = [
    ("Bill Clinton", "William Ross", "PERSON"),  # other family names
    ("Bill Reed", "George Reed", "PERSON"),
    ("Liz Ann Reed", "Elizabeth Mary Reed", "PERSON"),  # other middle names
    ("Bill Reed Jr.", "William Reed Sr.", "PERSON"),
    ("Bill", "William", "PERSON"),  # too many are called so
    ("Cologne", "Vienna", "GPE"),
    ("Cologne Bank", "Wien", "ORG"),
]


@pytest.mark.parametrize(
    ("one", "other", "label"),
    [(*pair, label) for pair in PEOPLE for label in ("PERSON", "")]
    + [(*pair, label) for pair in PLACES for label in ("GPE", "")],
)
def test_what_lists_say_is_proposed_and_not_certain(one: str, other: str, label: str) -> None:
    mine, theirs = Form(one, label), Form(other, label)
    assert {*posted(mine)} & {*sought(theirs)}
    found = judged(mine, theirs)
    assert REVIEW <= found.probability < 0.95
    assert not found.certain
    known = "a known nickname" if (one, other) in PEOPLE else "a name in another language"
    assert dict(found.parts)[known] == 2.0


@pytest.mark.parametrize(("one", "other", "label"), NEITHER)
def test_what_else_tells_two_apart_is_heard(one: str, other: str, label: str) -> None:
    assert judged(Form(one, label), Form(other, label)).probability < REVIEW


def test_a_person_is_no_place_and_no_name_stands_on_two_lines() -> None:
    assert not places(Form("Florence", "PERSON"))
    assert not places(Form("Florence", "ORG"))
    assert all(len(found) == 1 for found in _places().values())


def test_the_queue_tells_what_it_goes_by() -> None:
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as memory:
        memory.remember("Bill Ferris moved to Cologne.")
        memory.remember("William Ferris works in Köln.")
        found = {frozenset(one.names): dict(one.parts) for one in memory.review().names}
        assert "a known nickname" in found[frozenset({"Bill Ferris", "William Ferris"})]
        assert "a name in another language" in found[frozenset({"Cologne", "Köln"})]
        assert memory.review(applied=True).names == ()
