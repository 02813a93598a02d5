"""English sentences about people: who they are to each other, for whom "we" stands, clauses that commas part."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memcubes.ingest.document import Document
from memcubes.ingest.passage import split_passages

from .english import ENGLISH

Said = set[tuple[str, str, str, bool]]


def said(text: str, speaker: str | None = "Ann") -> Said:
    passages = split_passages(Document("a", None, text, "text/plain", "en"), ENGLISH)
    [found] = ENGLISH.extract([replace(passages[0], speaker=speaker)])
    return {(c.subject, c.relation, c.object, c.negated) for c in found.claims}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Bea and I bought a van. We moved to Oslo.",
            {("Bea", "move to", "Oslo", False), ("Ann", "move to", "Oslo", False)},
        ),
        (
            "My wife and I met in Rome, and we married in 2015.",
            {("Ann's wife", "marry in", "2015", False), ("Ann", "marry in", "2015", False)},
        ),
        ("We moved to Oslo.", {("Ann's group", "move to", "Oslo", False)}),
        ("Bea bought a van. We moved to Oslo.", {("Ann's group", "move to", "Oslo", False)}),
    ],
)
def test_whom_we_stands_for(text: str, wanted: Said) -> None:
    found = said(text)
    assert wanted <= found
    assert len({who for who, _, what, _ in found if what == "Oslo"}) in (0, len(wanted))


def test_of_a_speaker_who_is_not_known_the_others_did_it() -> None:
    assert ("Bea", "move to", "Oslo", False) in said(
        "Bea and I bought a van. We moved to Oslo.", None
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Greta came over, she's allergic to shellfish.", ("Greta", "be allergic to", "shellfish", False)),
        ("Lou is out, he has a cold.", ("Lou", "have", "a cold", False)),
        ("Rob is allergic to nuts, he can't eat satay.", ("Rob", "be allergic to", "nuts", False)),
        ("Rob is allergic to nuts, he can't eat satay.", ("Rob", "can eat", "satay", True)),
        ("The shop is open from Monday to Friday.", ("the shop", "be open from", "Monday to Friday", False)),
        ("The train ran from Bonn to Kiel.", ("the train", "run from", "Bonn", False)),
        ("The train ran from Bonn to Kiel.", ("the train", "run to", "Kiel", False)),
        ("The audit is done.", ("the audit", "be done", "", False)),
        ("Backup happens every Sunday.", ("Backup", "happen", "every Sunday", False)),
        ("Bo speaks Polish, German and Dutch.", ("Bo", "speak", "German", False)),
        ("I booked a flight to Lisbon.", ("Ann", "book flight to", "Lisbon", False)),
    ],
)  # fmt: skip
def test_clauses_and_what_belongs_to_them(text: str, wanted: tuple[str, str, str, bool]) -> None:
    assert wanted in said(text)


def test_what_is_said_or_thought_stays_so() -> None:
    assert said("It works fine, he said.") == set()
    passages = split_passages(
        Document("a", None, "Bea is late, I think.", "text/plain", "en"), ENGLISH
    )
    assert [c.hedged for c in ENGLISH.extract(passages)[0].claims] == [True]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("My brother Paul works at Lidl.", {("Paul", "be", "Ann's brother"), ("Paul", "work at", "Lidl")}),
        ("My boss, Karen, lives in Leeds.", {("Karen", "be", "Ann's boss"), ("Karen", "live in", "Leeds")}),
        ("Tom, my neighbour, has a dog.", {("Tom", "be", "Ann's neighbour"), ("Tom", "have", "a dog")}),
        (
            "Ida Falk, a nurse from Turku, has a dog.",
            {("Ida Falk", "be", "a nurse"), ("Ida Falk", "be nurse from", "Turku"), ("Ida Falk", "have", "a dog")},
        ),
        ("I met my cousin Ines.", {("Ines", "be", "Ann's cousin"), ("Ann", "meet", "Ines")}),
        (
            "My sister lives in Turku. She works as a nurse.",
            {("Ann's sister", "live in", "Turku"), ("Ann's sister", "work as", "a nurse")},
        ),
        ("By the way, I moved to Bern.", {("Ann", "move to", "Bern")}),
        (
            "My landlord is Gavin and he's rude.",
            {("Ann's landlord", "be", "Gavin"), ("Gavin", "be", "rude")},
        ),
        (
            "My horse's name is Juniper, she's a mare.",
            {("Ann's horse's name", "be", "Juniper"), ("Juniper", "be", "a mare")},
        ),
        ("My sister-in-law Wanda left.", {("Ann's sister-in-law", "leave", "")}),
        ("The check-in is at nine.", {("the check-in", "be at", "nine")}),
    ],
)  # fmt: skip
def test_what_people_are_to_each_other(text: str, wanted: set[tuple[str, str, str]]) -> None:
    assert {one[:3] for one in said(text)} == wanted


def test_what_one_preposition_governs_is_one_thing() -> None:
    assert ("audit", "move to", "5 December", False) in {
        (who.removeprefix("the "), how, what, no)
        for who, how, what, no in said("The audit moves to 5 December because Pavel is ill.")
    }
    found = {what for _, _, what, _ in said("The sluice gate sticks below 2 °C.")}
    assert found == {"2 °C"}
