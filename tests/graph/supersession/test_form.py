"""Lines of a form, dates and labels before a statement, and the wording around a value."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcubes.graph.supersession.block import keys
from memcubes.graph.supersession.comparison import Comparison
from memcubes.graph.supersession.features import features
from memcubes.graph.supersession.form import form_of
from memcubes.graph.supersession.frame import relabelled
from memcubes.graph.supersession.sentence import read
from memcubes.graph.supersession.token import Kind


def measured(old: str, new: str) -> dict[str, float]:
    return features(Comparison(read(old), read(new)))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("city: Bremen", "citi"),
        ('"plan": "free"', "plan"),
        ("LOG_LEVEL=debug", "log level"),
        ("homeTown = Ulm", "home town"),
        ("[Mon] Server A: up", "server a"),
        # a clock, a clause and a long value make no field
        ("The bus leaves at 10:30.", ""),
        ("She says: nobody came.", ""),
        ("Plan: we all go to the lake by bus and then walk home.", ""),
    ],
)
def test_a_field_goes_by_its_name(text: str, field: str) -> None:
    assert form_of(text).field == read(text).field == field


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("As of 2024-03-01: Kim is lead.", "Kim is lead."),
        ("[Tue] The pump is off.", "The pump is off."),
        ("Status 09:00: flight 882 is late.", "flight 882 is late."),
        ("Jan 4: the goal is 5 kilos.", "the goal is 5 kilos."),
        ("note to self my code is 14 32", "my code is 14 32"),
        ("Correction: the seminar is full.", "the seminar is full."),
        ("On Monday we met.", "On Monday we met."),
        ("So it goes.", "So it goes."),
    ],
)
def test_a_date_or_a_label_is_none_of_what_is_said(text: str, rest: str) -> None:
    start = form_of(text).start
    assert text[start:] == rest
    assert all(token.kind is Kind.FUNCTION for token in read(text).tokens if token.start < start)


def test_fields_of_one_name_meet_and_hold_one_value() -> None:
    found = measured("size: M", "size: L")
    assert found["field_same"] == found["prefix_says"] * 4 == 1  # one word, of four that count
    assert found["field_other"] == found["field_many"] == 0
    assert measured("pets: none", "pets: one cat")["field_many"] == 1
    assert measured("city: Bremen", "birth city: Ulm")["field_other"] == 1
    assert set(keys(["city: Bremen"])) & set(keys(["city: Ulm"]))
    assert not set(keys(["city: Bremen"])) & set(keys(["birth city: Ulm"]))


def test_the_wording_around_a_value_is_counted() -> None:
    found = measured("My major is biology.", "My major is law now.")
    # "my", "major", "is" of six that count; "now" says nothing of its own
    assert found["prefix"] == 0.5
    assert found["slot_of_be"] == found["slot_at_end"] == found["slot_bare"] == found["thing"] == 1
    framed = measured("The code of the gate is 4 today.", "The code of the gate is 9 today.")
    assert framed["rest_old"] == 0.125  # one of eight
    assert measured("Ann is tall.", "Ann is shy.")["thing"] == 0


@pytest.mark.parametrize(
    ("old", "new", "other"),
    [
        ("Room 12 is free.", "Room 14 is taken.", True),
        ("Bus 40 goes to the port.", "Bus 41 goes to the zoo.", True),
        ("Room 12 is free.", "Room 12 is taken.", False),
        ("Petrol costs 2 euros.", "Petrol costs 3 euros.", False),
        ("Weight 82 kg in May.", "Weight 79 kg in June.", False),
        ("The club is level 7.", "The club is level 8.", False),
    ],
)
def test_a_number_behind_a_noun_tells_things_apart(old: str, new: str, *, other: bool) -> None:
    assert relabelled(Comparison(read(old), read(new))) is other


def test_what_an_event_happens_to_is_the_last_word_of_its_noun() -> None:
    lost = measured("Bo drives a car.", "Bo lost the car keys.")
    assert (lost["event_of_other"], lost["event_of_kept"]) == (1, 0)
    sold = measured("Bo drives a car.", "Bo sold the car.")
    assert (sold["event_of_other"], sold["event_of_kept"]) == (0, 1)
    moved = measured("Bo lives in Oslo.", "Bo moved to Graz.")
    assert (moved["event_of_other"], moved["event_alone"]) == (0, 1)


def test_the_user_is_as_somebody_with_a_name() -> None:
    assert [t.key for t in read("The user's wife sings.").names] == ["user"]
    assert [t.key for t in read("User's wife sings.").names] == ["user"]
    assert measured("User sings.", "User's wife has stopped singing.")["kin"] == 1
    assert not read("Every user sings.").names


def test_what_is_brief_meets_what_else_is_said_of_its_name() -> None:
    assert set(keys(["Pia is single."])) & set(keys(["Pia got engaged."]))
    assert set(keys(["Norah is a non-smoker."])) & set(keys(["Norah relapsed."]))


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_within_its_bounds(text: str) -> None:
    form, sentence = form_of(text), read(text)
    assert 0 <= form.start <= len(text)
    assert all(0 <= t.start < t.end <= len(text) for t in sentence.tokens)
    assert list(sentence.tokens) == sorted(sentence.tokens, key=lambda t: t.start)
