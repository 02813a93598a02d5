"""Invented facts for `benchmarks.compose`: cubes of some 40 tokens, each with one fact that can be asked."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


PLACES = _listed(
    "depot mill harbour archive lighthouse quarry chapel granary foundry observatory brewery tannery "
    "orchard ferry kiln theatre"
)
BEGINNINGS = _listed(
    "Mar Tor Bel Hal Win Dun Kes Pel Ros Ash Cal Fen Gal Har Ives Jor Lan Mor Nor Oak"
)
ENDS = _listed("low wick den combe mere ford ley stead moor by dale ton")
FIRST = _listed(
    "Orla Bram Ines Tobias Maren Silas Greta Anton Petra Hugo Lena Oskar Freya Jonas Alma Emil"
)
LAST = _listed(
    "Finch Harper Voss Lindqvist Okafor Brandt Castell Moreau Petrov Quill Sandoval Teague Umber Whitlock "
    "Yarrow Zeller"
)
COLOURS = _listed(
    "crimson teal amber violet ivory scarlet olive indigo copper turquoise maroon lilac"
)
ANIMALS = _listed(
    "heron otter badger falcon hedgehog lynx raven salamander stoat pelican magpie walrus"
)
METALS = _listed("brass nickel tungsten zinc cobalt titanium pewter chrome bronze silver iron tin")
FILLING = (
    "It was repaired after the flood and has been open on weekdays since.",
    "Visitors sign the book at the gate before they go in.",
    "A narrow road leads there from the station, past two farms.",
    "The roof was renewed last spring, and the yard was paved.",
    "Deliveries are taken at the side entrance until noon.",
    "The council inspects the building once a year, usually in May.",
    "Its windows face the river, and the cellar is kept dry.",
    "In winter the lamps are lit at four o'clock.",
    "Two volunteers clean the hall on the first Monday of each month.",
    "The path behind it is closed when the tide is high.",
)


def _number(chance: random.Random) -> str:
    return str(chance.randint(1000, 9999))


def _person(chance: random.Random) -> str:
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}"


def _one_of(words: Sequence[str]) -> Callable[[random.Random], str]:
    return lambda chance: chance.choice(words)


KINDS: tuple[tuple[str, str, Callable[[random.Random], str]], ...] = (
    ("The access code of the {p} is {a}.", "What is the access code of the {p}?", _number),
    ("The keeper of the {p} is {a}.", "Who is the keeper of the {p}?", _person),
    (
        "The door of the {p} is painted {a}.",
        "What colour is the door of the {p} painted?",
        _one_of(COLOURS),
    ),
    ("The emblem of the {p} is a {a}.", "Which animal is the emblem of the {p}?", _one_of(ANIMALS)),
    (
        "The bell of the {p} is made of {a}.",
        "What is the bell of the {p} made of?",
        _one_of(METALS),
    ),
    (
        "The telephone extension of the {p} is {a}.",
        "What is the telephone extension of the {p}?",
        _number,
    ),
    ("The {p} was founded by {a}.", "Who founded the {p}?", _person),
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A cube's text, the question that it answers, and the answer as it stands in the text."""

    text: str
    question: str
    answer: str

    @property
    def opening(self) -> str:
        """What the sentence of the fact says before the answer."""
        before = self.text[: self.text.index(self.answer)].rstrip()
        return before[before.rfind(". ") + 1 :].strip()


def facts(number: int, seed: int) -> tuple[Fact, ...]:
    """So many facts about places of different names, at most 240.

    >>> one = facts(1, seed=1)[0]
    >>> one.question, one.answer, one.opening
    ('What is the access code of the Winby harbour?', '5179', 'The access code of the Winby harbour is')
    """
    chance = random.Random(seed)
    names = [beginning + end for beginning in BEGINNINGS for end in ENDS]
    chance.shuffle(names)
    made = []
    for place, name in enumerate(names[:number]):
        told, asked, make = KINDS[place % len(KINDS)]
        where = f"{name} {chance.choice(PLACES)}"
        answer = make(chance)
        said, (one, other) = told.format(p=where, a=answer), chance.sample(FILLING, 2)
        text = chance.choice(
            (
                f"{said} {one} {other}",
                f"This note is about the {where}. {one} {said}",
                f"Notes on the {where}. {one} {said}",
            )
        )
        made.append(Fact(text, asked.format(p=where), answer))
    return tuple(made)
