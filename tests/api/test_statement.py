"""Single statements: whose they are, and what an explicit denial does."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.belief import beliefs


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory.open(str(tmp_path / "m.db"), user="local:ann", encoder="hashing")


def believed(memory: Memory) -> dict[str, str]:
    return {one.words: str(one.status) for one in beliefs(memory.store(), memory.scope()).values()}


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("My dog died.", "ann's dog die"),
        ("Our dog died.", "ann's dog die"),
        ("I’m vegan.", "ann be vegan"),
        ("我妈妈退休了。", "ann的妈妈 退休"),
    ],
)
def test_what_is_mine_is_of_who_says_it(memory: Memory, statement: str, words: str) -> None:
    memory.remember(statement)
    assert believed(memory) == {words: "believed"}


def test_an_explicit_denial_takes_the_place_of_what_it_denies(memory: Memory) -> None:
    memory.remember("The server Atlas crashed last night.")
    done = memory.remember("Actually, the server Atlas did not crash.")
    assert believed(memory) == {"Atlas crash": "superseded", "Atlas not crash": "believed"}
    assert done.change is not None
    memory.revert(done.change.seq)
    assert believed(memory) == {"Atlas crash": "believed"}
