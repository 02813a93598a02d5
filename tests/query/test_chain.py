"""Chains: which sentence leads, what it leaves open, and what goes on from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.errors import Invalid
from memcubes.query.chain import asks, clauses, left_open, units
from memcubes.query.wording import longest_run

COMMON = {"the", "of", "by", "for", "with", "a", "on"}


def terms(text: str) -> list[str]:
    found = re.findall(r"\w[\w-]*", text.lower())
    return [word.removesuffix("ed").removesuffix("s") for word in found if word not in COMMON]


QUESTION = "Who pays for damage caused by the fitter who bridged the alarm contact of PZ-2?"


def test_the_last_clause_is_what_names_the_one_who_is_meant() -> None:
    assert [units(clause, terms) for clause in clauses(QUESTION)] == [
        ("pay", "damage", "cau", "fitter"),
        ("bridg", "alarm", "contact", "pz-2"),
    ]


def test_runs_count_in_order() -> None:
    weight = {"a": 1.0, "b": 2.0, "c": 4.0}
    assert longest_run("abc", "xbcy", weight) == 6.0
    assert longest_run("abc", "cba", weight) == 4.0


def test_questions_are_no_evidence() -> None:
    assert asks("Who was it?”")
    assert not asks("It was Dana.")


DOCUMENTS = {
    "inspection": "Tobias Wendlecott bridged the alarm contact of the pasteuriser PZ-2 in March.",
    "letter": "Tobias Wendlecott insures with Hexcombe Mutual.",
    "policy": "Greyfell Assurance pays for damage to the pasteuriser caused by fire.",
    "memo": "The alarm contact of the pasteuriser PZ-1 closes when the milk is cold.",
}


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    memory = Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing")
    for name, text in DOCUMENTS.items():
        path = tmp_path / f"{name}.md"
        path.write_text(f"# {name.title()}\n\nDate: 2025-03-01\n\n{text}\n", "utf-8")
        memory.ingest(path)
    return memory


def test_the_second_quote_is_reached_over_a_name_that_the_question_does_not_hold(
    memory: Memory,
) -> None:
    with memory:
        quotes = memory.ask(
            "Who insures the fitter who bridged the alarm contact of the pasteuriser PZ-2?"
        ).quotes
        assert [quote.source_name for quote in quotes[:2]] == ["inspection.md", "letter.md"]
        assert quotes[1].joined_by == ("Tobias Wendlecott",)


def test_the_same_question_has_the_same_answer_byte_for_byte(memory: Memory) -> None:
    with memory:
        answers = [memory.ask(QUESTION).as_text() for _ in range(3)]
        assert len(set(answers)) == 1


def test_an_empty_question_is_refused(memory: Memory) -> None:
    with memory, pytest.raises(Invalid, match="empty"):
        memory.ask("  ")


def test_what_is_left_open_has_the_name_in_place_of_the_clause(memory: Memory) -> None:
    with memory:
        hit = next(
            h for h in memory.search("alarm contact PZ-2 bridged").hits if "Tobias" in h.quote
        )
        from memcubes.query.context import Sentence

        sentence = Sentence(
            hit, hit.sentence, hit.quote, units(hit.quote, terms), 0.0, (), frozenset()
        )
        left = left_open(QUESTION, sentence, "Tobias Wendlecott", terms)
        assert left is not None
        assert left.question == "Who pays for damage caused by the fitter Tobias Wendlecott?"
        assert left.terms == {"pay", "damage", "cau", "fitter"}


def test_a_pronoun_stands_for_whom_its_passage_begins_with(tmp_path: Path) -> None:
    notes = {
        "bank": "Brackwater Bank has its seat in Lindow. Its director is Pavel Orsini.",
        "man": "Pavel Orsini owns a yacht called Meridian. He was born in Trieste.",
        "other": "Ilse Farrow was born in Dunholm. She collects clocks.",
        "more": "Corin Blythe was born in Truro. He plays chess.",
    }
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as memory:
        for name, text in notes.items():
            (tmp_path / f"{name}.txt").write_text(text + "\n", "utf-8")
            memory.ingest(tmp_path / f"{name}.txt")
        quotes = memory.ask("Where was the director of Brackwater Bank born?").quotes
        assert [quote.text for quote in quotes] == [
            "Its director is Pavel Orsini.",
            "He was born in Trieste.",
        ]
        assert quotes[1].joined_by == ("Pavel Orsini",)
