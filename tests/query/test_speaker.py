"""What a question asks beside the names of those who speak."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.query.speaker import beside, names


@pytest.mark.parametrize(
    ("question", "speakers", "left"),
    [
        ("What did Ann buy?", ["Ann Hill", "Ben"], "What did buy?"),
        ("What did ANN’s sister buy?", ["Ann"], "What did sister buy?"),
        ("Did Ann Hill call Ben?", ["Ann Hill", "Ben"], "Did call ?"),
        ("What did Annette buy?", ["Ann"], "What did Annette buy?"),
        ("What did the user buy?", ["User", "Assistant"], "What did the buy?"),
        ("Who is Ann?", ["Ann"], "Who is Ann?"),
        ("小明买了什么？", ["小明"], "买了什么？"),
        ("小明的狗叫什么？", ["小明", "小红"], "狗叫什么？"),
        ("Ann的狗叫什么？", ["Ann"], "狗叫什么？"),
        ("민수는 무엇을 샀나?", ["민수"], "는 무엇을 샀나?"),
        ("What is bought?", [], "What is bought?"),
        ("What is bought?", ["", " \t", "(", ".*"], "What is bought?"),
    ],
)
def test_the_names_of_speakers_are_left_out(question: str, speakers: list[str], left: str) -> None:
    assert beside(question, speakers) == left


@given(st.text(max_size=40), st.lists(st.text(max_size=8), max_size=3))
def test_what_is_left_is_never_nothing(question: str, speakers: list[str]) -> None:
    left = beside(question, speakers)
    assert left or not question
    # the order in which speakers are come upon says nothing
    assert left == beside(question, speakers[::-1])


@pytest.mark.parametrize(
    ("question", "named"),
    [("Ann买了什么？", True), ("问Ann", True), ("Joann买了什么？", False), ("Anns Hund?", False)],
)
def test_a_name_ends_where_a_script_without_spaces_begins(question: str, named: bool) -> None:
    assert names(question, "Ann") is named
