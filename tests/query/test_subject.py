"""What passages are about, and where other texts name it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from memcubes.graph.index.folding import words
from memcubes.query import subject
from memcubes.query.network import network
from memcubes.query.recipe import Recipe
from memcubes.query.subject import Gazetteer, Subjects, called, forms_of, named_runs, opening

from ..graph.index.bookshelf import Bookshelf


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
        # nothing but a white space in quotes
        ('"\t" is the tab.', ""),
        ('"\r\n", the end of a line, is two characters.', ""),
        ("the weather is fine", ""),
        ("", ""),
    ],
)
def test_a_text_opens_with_what_it_is_about(text: str, phrase: str) -> None:
    assert opening(text) == phrase


def test_forms_that_say_nothing_are_left_out() -> None:
    assert forms_of(["151"]) == ()
    assert forms_of(["one two three four five six seven eight nine"]) == ()


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Ada" + " " * 100_000 + "Hill", ("ada hill",)),
        ("(" * 100_000, ()),
        ("a, " * 50_000, ("a",)),
    ],
)
def test_a_name_without_end_takes_no_time(name: str, forms: tuple[str, ...]) -> None:
    # by the square of its length each of these takes minutes
    assert forms_of([name]) == forms


def test_forms_are_found_while_another_thread_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Bookshelf()
    shelf.add("hill.md", "She kept bees.", subject="Ada Hill")
    shelf.add("reed.md", "He kept owls.", subject="Tom Reed")
    view = shelf.index().view(shelf.scope())
    subjects = Subjects(view, network(view, Recipe()))
    first = subjects.of_forms(view, ["ada hill", "bonn", "ulm"])
    known = view.known_names

    def meanwhile(names: Sequence[str]) -> list[bool]:
        """What another thread does between two lines of this one."""
        monkeypatch.setattr(view, "known_names", known)
        monkeypatch.setattr(subject, "_KEPT", 0)
        subjects.of_forms(view, ["kiel"])
        return known(names)

    monkeypatch.setattr(view, "known_names", meanwhile)
    assert first.keys() == {"ada hill"}
    assert subjects.of_forms(view, ["ada hill", "tom reed"]).keys() == {"ada hill", "tom reed"}
    shelf.close()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            'Vakhtang "Vic" Darchinyan (Armenian; born 7 January 1976) is a boxer.',
            {"Vic Darchinyan"},
        ),
        ("Sir John William Downer, KCMG, KC (6 July 1843 – 1915) was Premier.", {"John Downer"}),
        ("Herbert Weston Scott Howell III (born 1960) is a consultant.", {"Scott Howell"}),
        ("Ann Bradford Davis (May 3, 1926 – June 1, 2014) acted.", {"Ann B Davis", "Ann Davis"}),
        (
            "Hartwig Schierbaum (born 1954), better known by his stage name Marian Gold, sings.",
            {"Marian Gold"},
        ),
    ],
)
def test_a_person_is_known_by_other_names(text: str, names: set[str]) -> None:
    assert names <= set(called(text, opening(text)))


@pytest.mark.parametrize(
    "text",
    [
        "The Old Man and the Sea is a novel.",
        "New South Wales is a state in Australia.",
        "It rains.",
    ],
)
def test_what_tells_no_life_has_no_other_names(text: str) -> None:
    assert called(text, opening(text)) == []


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
