"""English verbs without an object: what they state, and when they state nothing."""

from __future__ import annotations

import pytest

from memcubes.graph.instant import OPEN, parse, show_day
from memcubes.ingest.document import Document, Entry, Turn
from memcubes.ingest.extraction import Claim, Extraction
from memcubes.ingest.passage import split_passages

from .english import ENGLISH, read


def said(text: str, speaker: str) -> Extraction:
    turn = Turn(0, len(text), speaker, None, None)
    document = Document("a.json", None, text, "application/json", turns=(turn,))
    [found] = ENGLISH.extract(split_passages(document, ENGLISH))
    return found


def told(claim: Claim) -> tuple[str, str, str, bool]:
    return claim.subject, claim.relation, claim.object, claim.negated


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("The boiler exploded.", ("the boiler", "explode", "", False)),
        ("Clara can swim.", ("Clara", "can swim", "", False)),
        ("Omar Diallo does not smoke.", ("Omar Diallo", "smoke", "", True)),
        ("The parcel was delivered yesterday.", ("the parcel", "be delivered", "", False)),
        ("Clara wants to resign.", ("Clara", "want to resign", "", False)),
        ("Clara works remotely.", ("Clara", "work", "remotely", False)),
        ("The rent rose 12 percent.", ("the rent", "rise", "12 percent", False)),
        ("Omar Diallo jogs every morning.", ("Omar Diallo", "jog", "every morning", False)),
    ],
)
def test_what_a_verb_states_by_itself(text: str, claim: tuple[str, str, str, bool]) -> None:
    assert [told(one) for one in read(text).claims] == [claim]


@pytest.mark.parametrize(
    "text",
    [
        "Clara knows.",  # what?
        "It snowed.",
        "The alarm rings when the door opens.",
        "The pump did not fail because it was old.",
        "Clara told Omar Diallo to resign, and he laughed.",
        "did the boiler explode",
        "when does the shop open",
        "If the boiler explodes, call Clara.",
        "Clara thinks.",
    ],
)
def test_what_states_nothing_by_itself(text: str) -> None:
    assert not [one for one in read(text).claims if not one.object]


def test_somebody_who_is_to_do_something_has_not_done_it() -> None:
    assert read("Clara wants Omar Diallo to visit Linz.").claims == ()
    assert read("They demanded that Clara leave the house.").claims == ()
    assert [told(one) for one in read("Clara saw Omar Diallo enter the house.").claims][-1:] == [
        ("Omar Diallo", "enter", "the house", False)
    ]
    assert said("I'd rather sell the boat.", "Clara").claims == ()


def test_an_event_without_object_has_its_time() -> None:
    document = Document(
        "a.txt", None, "The server crashed last night.", "text/plain", stated=parse("2023-05-08")
    )
    [found] = ENGLISH.extract(split_passages(document, ENGLISH))
    [claim] = found.claims
    assert claim.valid is not None
    assert (show_day(claim.valid[0]), claim.valid[1]) == ("2023-05-07", OPEN)


def test_what_did_not_happen_in_a_year_may_have_happened_after_it() -> None:
    [first, *_] = read("Clara did not visit Linz in 2019.").claims
    assert first.negated
    assert first.valid is not None
    assert [show_day(at) for at in first.valid] == ["2019-01-01", "2020-01-01"]


def test_we_are_those_for_whom_somebody_speaks() -> None:
    found = said("We moved to Riga. Our cat vanished. Bo visited us.", "Clara")
    assert {told(one)[:3] for one in found.claims} == {
        ("Clara's group", "move to", "Riga"),
        ("Clara's cat", "vanish", ""),
        ("Bo", "visit", "Clara's group"),
    }
    assert read("We moved to Riga.").claims == ()


def test_she_is_a_name_that_the_model_takes_for_a_company() -> None:
    found = read("Rebecca joined Siemens. She leads the team.")
    assert ("Rebecca", "lead", "the team", False) in map(told, found.claims)
    found = read("Siemens hired Rebecca. She leads the team.")
    assert not [one for one in found.claims if one.relation == "lead"]


def test_she_is_nobody_where_two_people_were_named() -> None:
    found = read("Omar Diallo met Clara Weiss. She lives in Oslo.")
    assert not [one for one in found.claims if one.relation.startswith("live")]
    found = read("Clara Weiss told Judith Ames that she won the prize.")
    assert not [one for one in found.claims if one.relation == "win"]


@pytest.mark.parametrize(
    ("text", "liked"),
    [
        ("I’m vegan.", True),
        ("I'm not a morning person.", True),
        ("I'm lactose intolerant.", True),
        ("I can't stand cilantro.", True),
        ("I'd rather cycle than drive.", True),
        ("I don't smoke.", True),
        ("I'm a huge opera lover.", True),
        ("I'm a nurse.", False),
        ("I'm in Oslo.", False),
        ("She is vegan.", False),
    ],
)
def test_traits_of_who_speaks_are_preferences(text: str, liked: bool) -> None:
    assert said(text, "Clara").preference is liked


def test_a_typographic_apostrophe_is_one() -> None:
    assert [told(one) for one in said("I’m a nurse.", "Clara").claims] == [
        ("Clara", "be", "a nurse", False)
    ]


def signs(text: str) -> dict[str, str]:
    """Each subject and object with a sign: said, denied, or only supposed."""
    return {
        f"{one.subject}|{one.object}": "?" if one.hedged else "-" if one.negated else "+"
        for one in read(text).claims
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Clara didn't rent a barn but a mill.", {"Clara|a barn": "-", "Clara|a mill": "+"}),
        ("Clara rented a barn but not a mill.", {"Clara|a barn": "+", "Clara|a mill": "-"}),
        ("Clara rented a barn or a mill.", {"Clara|a barn": "?", "Clara|a mill": "?"}),
        ("Clara never rented a barn or a mill.", {"Clara|a barn": "-", "Clara|a mill": "-"}),
        ("Either Clara or Omar resigned.", {"Clara|": "?", "Omar|": "?"}),
        ("Both Clara and Omar resigned.", {"Clara|": "+", "Omar|": "+"}),
        ("Only Clara has the key.", {"Clara|the key": "+"}),
        ("Had Clara rented the barn, she would be happy.", {}),
        ("Clara should have rented the barn.", {}),
        ("Clara must have resigned.", {"Clara|": "?"}),
        ("They say Clara rents the barn.", {"Clara|the barn": "?"}),
        ("Suppose Clara rented the barn.", {}),
        ("Let's say Omar resigned.", {}),
        ("The barn has yet to be rented.", {"the barn|": "-"}),
        ("There is no evidence that Clara rented the barn.", {}),
        ("I heard a rumour that Clara rented the barn.", {"Clara|the barn": "?"}),
        ("The sale fell through.", {"the sale|": "+"}),
    ],
)
def test_what_is_said_the_other_way_or_left_open(text: str, found: dict[str, str]) -> None:
    assert signs(text) == found


def test_nobody_is_known_by_the_name_unknown() -> None:
    found = said("I quit my job. We moved to Graz.", "Unknown")
    assert (found.claims, found.subject) == ((), None)


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-01 10:00:00 ERROR barn B-7 burned down",
        "[2024-05-01T10:00:00Z] barn B-7 burned down",
        "2024-05-01 10:00:00,123 [WARN]: barn B-7 burned down",
    ],
)
def test_the_stamp_of_a_line_of_a_log_is_none_of_its_words(text: str) -> None:
    assert [one.subject.casefold() for one in read(text).claims] == ["barn b-7"]


def test_the_path_of_a_field_is_none_of_its_words() -> None:
    line = "data.content: Clara rented the barn."
    entry = Entry(0, len(line), "record")
    document = Document("a.json", None, line, "application/json", entries=(entry,))
    [found] = ENGLISH.extract(split_passages(document, ENGLISH))
    assert [told(one)[:3] for one in found.claims] == [("Clara", "rent", "the barn")]
    line = "kwargs.type: ai"
    document = Document(
        "a.json", None, line, "application/json", entries=(Entry(0, len(line), "record"),)
    )
    [found] = ENGLISH.extract(split_passages(document, ENGLISH))
    assert found.claims == ()


def test_what_is_arranged_is_to_come() -> None:
    turn = "I'm meeting Bo on Friday. I'm getting married in June."
    document = Document(
        "a.json",
        None,
        turn,
        "application/json",
        stated=parse("2023-05-08"),
        turns=(Turn(0, len(turn), "Clara", None, None),),
    )
    [found] = ENGLISH.extract(split_passages(document, ENGLISH))
    begins = {one.relation: one.valid and show_day(one.valid[0]) for one in found.claims}
    assert {one.tense for one in found.claims} == {"future"}
    assert begins["be married in"] == "2023-06-01"
    assert "2023-05-12" in begins.values()


def test_a_number_is_whole() -> None:
    found = said("My extension is 555-0134.", "Clara")
    assert [told(one) for one in found.claims] == [("Clara's extension", "be", "555-0134", False)]


def test_in_a_hurry() -> None:
    found = said("im allergic to cats", "Clara")
    assert ("Clara", "be allergic to", "cats", False) in map(told, found.claims)
    assert ("Clara", "quit", "smoking", False) in map(told, said("I quit smoking.", "Clara").claims)


def test_who_is_quoted_is_not_who_speaks() -> None:
    assert said('Bo told me: "I sold the mill."', "Clara").claims == ()
    assert said("“I sold my mill,” Bo said.", "Clara").claims == ()
    assert ("Clara", "sell", "the mill", False) in map(
        told, said('"I sold the mill."', "Clara").claims
    )


def test_a_day_is_whole() -> None:
    found = read("This lease was signed on 5 March 2023 by Bo.")
    assert "5 March 2023" in {one.object for one in found.claims}
    assert not {"5", "March 2023"} & {one.object for one in found.claims}


def test_an_exception_is_no_time() -> None:
    found = read("Clara works here except on Fridays.")
    assert ("work on", "Fridays") not in {(one.relation, one.object) for one in found.claims}


def test_a_picture_is_no_object() -> None:
    assert read("🔥 The barn burned 🔥").claims == ()
