"""Doubt: what an English sentence denies, only supposes, or does not state at all."""

from __future__ import annotations

import pytest

from memcubes.ingest.extraction import SUPPOSED

from .english import read


@pytest.mark.parametrize(
    "text",
    [
        "Did Bob go to Rome?",
        "If it rains, the match takes place in the hall.",
        "The pump would need a new seal.",
        "Bob doubts that Alice stole the car.",
        "Bob denies that Alice stole the car.",
        "Bob would live in Rome.",
        "She lives in Oslo.",
        "I live in Oslo.",
    ],
)
def test_no_claim_from_what_is_not_stated(text: str) -> None:
    assert read(text).claims == ()


def test_negation() -> None:
    assert read("Bob did not report to Alice.").claims[0].negated
    assert read("Bob never visited Rome.").claims[0].negated
    assert read("No alarm was recorded by the horn.").claims[0].negated
    assert not read("Bob visited Rome.").claims[0].negated


@pytest.mark.parametrize(
    "text",
    [
        "Ann Reed no longer works at Helix.",
        "The plant no longer makes valves.",
        "Neither Ann Reed nor Bo Hart attended the meeting.",
        "Ann Reed visited neither Rome nor Oslo.",
        "Ann Reed works neither at Acme nor at Zenit.",
        "Neither pump passed the test.",
        "Bo Hart hardly ever visits Paris.",
        "Bo Hart has yet to visit Oslo.",
    ],
)
def test_what_is_denied_in_other_words_is_negated(text: str) -> None:
    assert {claim.negated for claim in read(text).claims} == {True}


@pytest.mark.parametrize(
    "text",
    [
        "It is false that Ann Reed visited Oslo.",
        "It is unlikely that Ann Reed visited Oslo.",
        "I am not sure Ann Reed visited Oslo.",
        "Bo Hart hopes that Ann Reed visited Oslo.",
        "Ann Reed nearly bought Acme.",
    ],
)
def test_what_is_doubted_is_not_stated(text: str) -> None:
    assert not any(claim.subject == "Ann Reed" for claim in read(text).claims)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Bob might go to Rome.", "Bob go to Rome"),
        ("Bob thinks that Alice stole the car.", "Alice steal the car"),
        ("Perhaps Bob lives in Rome.", "Bob live in Rome"),
        ("The plant reportedly lost 40 crowns.", "the plant lose 40 crowns"),
        ("Bob seems to live in Rome.", "Bob seem to live in Rome"),
        ("Alice could have sold the house.", "Alice sell the house"),
        ("Apparently, Alice sold the house.", "Alice sell the house"),
        ("It seems that Alice sold the house.", "Alice sell the house"),
        ("Alice is said to own Acme.", "Alice be said to own Acme"),
        ("It is possible that Alice sold the house.", "Alice sell the house"),
    ],
)
def test_what_is_supposed_is_hedged(text: str, words: str) -> None:
    claims = read(text).claims
    found = {f"{c.subject} {c.relation} {c.object}": c for c in claims}
    assert found[words].hedged
    assert found[words].confidence == SUPPOSED
    assert not any(claim.hedged for claim in read("Bob lives in Rome.").claims)
