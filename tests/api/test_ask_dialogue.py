"""Asked of dialogues, an answer quotes the reply to a question, what is said by "I", and what was said at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.api import Memory

SAID = """[2023-02-11 19:00] Greta: We rent a boat at the Orla marina.
[2023-02-11 19:02] Tom: Who repaired the engine of the boat?
[2023-02-11 19:03] Greta: My cousin did.
[2023-02-11 19:05] Greta: 70 crowns a day for the boat.
[2023-09-04 08:00] Greta: I sold my bicycle.
[2024-01-08 20:00] Greta: I planted three apple trees.
"""


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    folder = tmp_path_factory.mktemp("said")
    (folder / "chat.txt").write_text(SAID)
    with Memory.open(folder / "m.db", user="local:ann", encoder="hashing") as opened:
        opened.ingest(folder / "chat.txt")
        opened.remember("The flood of 2024 filled the cellar.")
        yield opened


def quotes(memory: Memory, asked: str) -> list[str]:
    return [quote.text for quote in memory.ask(asked).quotes]


def test_a_reply_answers_what_was_asked_before_it(memory: Memory) -> None:
    assert quotes(memory, "Who repaired the engine?")[0] == "My cousin did."


def test_what_is_said_at_the_time_that_is_asked_about(memory: Memory) -> None:
    assert quotes(memory, "What happened to Greta in January 2024?")[0] == (
        "I planted three apple trees."
    )


def test_a_number_that_is_asked_for_is_quoted_beside_the_lead(memory: Memory) -> None:
    found = quotes(memory, "How much is it to rent a boat at the Orla marina?")
    assert found[0].startswith("We rent a boat")
    assert "70 crowns a day for the boat." in found


def test_an_event_tells_when_and_is_not_what_is_asked(memory: Memory) -> None:
    found = quotes(memory, "What did Greta sell after she rented a boat at the Orla marina?")
    assert found[0] == "I sold my bicycle."


def test_it_is_what_a_sentence_before_began_with(tmp_path: Path) -> None:
    (tmp_path / "firms.md").write_text(
        "The Alder Mill stands in Lund. It has two wheels. Kassel Boilers makes boilers. "
        "Its owner is Greta Hartmann.\n"
    )
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as memory:
        memory.ingest(tmp_path / "firms.md")
        assert quotes(memory, "Who is the owner of Kassel Boilers?")[0] == (
            "Its owner is Greta Hartmann."
        )
        assert quotes(memory, "Who is the owner of the Alder Mill?")[:1] != [
            "Its owner is Greta Hartmann."
        ]


def test_a_turn_of_the_time_comes_before_what_is_not_of_it(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(SAID)
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="use") as memory:
        memory.ingest(tmp_path / "chat.txt")
        memory.remember("The flood of 2024 filled the cellar.")
        hits = memory.search("What was in September 2023?", limit=2).hits
        assert [hit.cube.text for hit in hits] == [
            "I sold my bicycle.",
            "The flood of 2024 filled the cellar.",
        ]
