"""What sentences take back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.ingest.correction import (
    Statement,
    contrasted,
    plain_text,
    read_chinese_statement,
    read_statement,
)


def english(text: str) -> Statement:
    return read_statement(plain_text(text, 0, len(text)))


@pytest.mark.parametrize(
    ("said", "left", "corrects", "instead"),
    [
        (
            "Correction: it lost 1,240 doses, not 1,420 doses.",
            "It lost 1,240 doses.",
            True,
            "1,420 doses",
        ),
        ("It failed at 05:40, not at 02:10.", "It failed at 05:40.", False, "at 02:10"),
        ("Actually, she likes tea rather than coffee.", "She likes tea.", True, "coffee"),
        ("Instead of coffee, she drinks tea.", "She drinks tea.", False, "coffee"),
        ("It was not 12 but 14.", "It was 14.", False, "12"),
        ("He is in Milan, not Rome, since May.", "He is in Milan, since May.", False, "Rome"),
        ("The limit is 3.5 MB instead of 4.5 MB.", "The limit is 3.5 MB.", False, "4.5 MB"),
        ("Corrigendum to the note of May: it fell.", "It fell.", True, None),
        ("In fact the pump is old.", "The pump is old.", True, None),
        ("Not only Ana but also Bo.", "Not only Ana but also Bo.", False, None),
        ("He left, not because he was ill.", "He left, not because he was ill.", False, None),
        ("It did not fail.", "It did not fail.", False, None),
        ("Is it red, not blue?", "Is it red, not blue?", False, None),
        ("Correction:", "Correction:", False, None),
    ],
)
def test_english(said: str, left: str, corrects: bool, instead: str | None) -> None:
    found = english(said)
    assert (found.plain.text, found.corrects, found.instead_of) == (left, corrects, instead)
    if found.taken_back is not None:
        start, end = found.taken_back.span(0, len(found.taken_back.text))
        assert said[start:end] == instead


@pytest.mark.parametrize(
    ("said", "left", "corrects", "instead"),
    [
        ("更正：误差是0.8度，而不是0.3度。", "误差是0.8度。", True, "0.3度"),
        ("负责人不是张三，而是李四。", "负责人是李四。", False, "张三"),
        ("压缩机不是在02:10停机，而是在05:40停机。", "压缩机在05:40停机。", False, "在02:10停机"),
        ("其实他住在上海，不是北京。", "他住在上海。", True, "北京"),
        ("损失了1,240剂，而不是1,420剂。", "损失了1,240剂。", False, "1,420剂"),
        ("他不是医生。", "他不是医生。", False, None),
    ],
)
def test_chinese(said: str, left: str, corrects: bool, instead: str | None) -> None:
    found = read_chinese_statement(plain_text(said, 0, len(said)))
    assert (found.plain.text, found.corrects, found.instead_of) == (left, corrects, instead)


def test_markup_is_taken_off() -> None:
    text = "xx The **valve**\n`RV-7` [failed](a.md) in snake_case _now_."
    plain = plain_text(text, 3, len(text))
    assert plain.text == "The valve RV-7 failed in snake_case now."
    at = plain.text.index("failed")
    start, end = plain.span(at, at + 6)
    assert text[start:end] == "failed"


@given(st.text(st.sampled_from("ab *_`[]()\n,. not1"), max_size=60))
def test_every_character_knows_its_place(text: str) -> None:
    plain = plain_text(text, 0, len(text))
    assert len(plain.text) == len(plain.places)
    for place, at in enumerate(plain.places):
        assert text[at] == plain.text[place] or (plain.text[place] == " " and text[at].isspace())
    left = read_statement(plain).plain
    assert len(left.text) == len(left.places)
    assert list(left.places) == sorted(left.places)


def test_contrasted() -> None:
    assert contrasted([], 3) is None
    assert contrasted([9, 20], None) == 1
    assert contrasted([9, 20], 9) == 0
    assert contrasted([9, 20], 2) == 1
