"""Near-duplicates: the same words go, what differs in one of them stays."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.injection.near import Distinct, Why, distinct, words


def gone(found: Distinct) -> list[tuple[int, int, Why]]:
    return [(one.place, one.instead, one.why) for one in found.gone]


@pytest.mark.parametrize(
    "other",
    ["valve RV-7 failed", "Valve RV-7 failed!", "  The valve  RV‑7\nfailed. ".replace("The ", ""),
     "VALVE RV-7 FAILED.", "“Valve RV-7 failed.”", "valve, RV-7, failed", "Valve\u200b RV-7 \u00adfailed."],
)  # fmt: skip
def test_the_same_words(other: str) -> None:
    assert gone(distinct(["Valve RV-7 failed.", other])) == [(1, 0, Why.SAME)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Valve RV-7 failed.", "Valve RV-8 failed."),
        ("The letter was signed.", "The letter was not signed."),
        ("It didn't open.", "It did open."),
        ("It can open now.", "It can't open now."),
        ("Ann Brill signed it.", "Anna Brill signed it."),
        ("The US signed it.", "The us signed it."),
        ("It was -5 °C there.", "It was 5 °C there."),
        ("It was −5 °C there.", "It was 5 °C there."),
        ("It was 1.5 bar there.", "It was 15 bar there."),
        ("It was 1.5 bar there.", "It was 1-5 bar there."),
        ("It failed at 02:10.", "It failed at 02:01."),
        ("It costs $5 now.", "It costs €5 now."),
        ("It costs -$5 now.", "It costs $5 now."),
        ("Take x < 5 here.", "Take x > 5 here."),
        ("a != b here", "a = b here"),
        ("C# is a language.", "C is a language."),
        ("C++ is a language.", "C is a language."),
        ("Was it signed today?", "Was it signed today."),
        ("That was great 👍", "That was great 👎"),
        ("阀门没有失效。", "阀门有失效。"),
        ("วันนี้ไม่มา", "วันนี้มา"),
        ("कि नही आया", "की नही आया"),
        ("5 % of it", "5 of it"),
    ],
)
def test_what_differs_in_a_word_stays(one: str, other: str) -> None:
    for texts in ([one, other], [other, one], [f"So. {one}", f"So. {other}"]):
        assert distinct(texts).kept == (0, 1)


def test_a_passage_within_another_goes_and_hands_its_score_on() -> None:
    whole = "At 02:10 the horn was silent. The valve RV-7 failed.  It was repaired by Teale!"
    found = distinct(["the valve RV-7 failed", whole, "The pump ran.", "It was repaired by Teale."])
    assert found.kept == (1, 2)
    assert gone(found) == [(0, 1, Why.WITHIN), (3, 1, Why.WITHIN)]
    assert found.lifted([0.9, 0.5, 0.4, 0.1]) == [0.9, 0.4]


@pytest.mark.parametrize(
    "holder",
    [
        "He denied that the letter was signed. It rained.",
        "The letter was signed, they lied. It rained.",
        "It rained. Nobody believes that\nthe letter was signed.",
        "It rained. Not by Dr. the letter was signed.",
        "The letter was signed? It rained.",
        "It rained. The letter was not signed.",
    ],
)
def test_what_is_part_of_another_statement_stays(holder: str) -> None:
    assert distinct(["The letter was signed.", holder]).kept == (0, 1)
    assert distinct([holder, "The letter was signed."]).kept == (0, 1)


def test_of_three_sentences_the_last_may_differ() -> None:
    one = "It rained there. The pump ran. The letter was signed."
    other = "It rained there. The pump ran. The letter was not signed. We stayed."
    # each two of its sentences stand somewhere, and the three nowhere
    third = "Again. The pump ran. The letter was signed. We stayed."
    assert distinct([one, other, third]).kept == (0, 1, 2)
    assert distinct(["So it was. " + one, one]).kept == (0,)


def test_short_answers_stay() -> None:
    assert distinct(["Yes, indeed.", "Is it so? Yes, indeed. It rained."]).kept == (0, 1)
    assert distinct(["Yes.", "yes", "", " ", "…", "👍"]).kept == (0, 2, 4, 5)


def test_one_within_one_within_another() -> None:
    texts = [
        "It rained all day.",
        "It rained all day. We stayed.",
        "So it was. It rained all day. We stayed.",
    ]
    assert distinct(texts).kept == (2,)
    assert {one.instead for one in distinct(texts).gone} == {2}
    twice = [texts[1], "it rained all day; we stayed", texts[2]]
    assert gone(distinct(twice)) == [(0, 2, Why.WITHIN), (1, 2, Why.SAME)]


def test_texts_that_are_kept_apart() -> None:
    texts = ["It failed today.", "It failed today.", "It failed today."]
    assert distinct(texts, ["2025-03-12", "2025-03-13", "2025-03-12"]).kept == (0, 1)
    assert distinct([]).kept == ()


WORDS = st.sampled_from(["valve", "not", "7", "8", "RV-7", "Ann", "the", "-5", "1.5", "US", "it's"])
TEXTS = st.lists(st.lists(WORDS, max_size=5).map(" ".join), max_size=4).map(". ".join)


@given(st.lists(TEXTS, max_size=8))
def test_every_word_that_went_is_still_told(texts: list[str]) -> None:
    found = distinct(texts)
    assert sorted([*found.kept, *(one.place for one in found.gone)]) == list(range(len(texts)))
    for one in found.gone:
        assert one.instead in found.kept
        mine, theirs = words(texts[one.place]), words(texts[one.instead])
        assert any(theirs[at : at + len(mine)] == mine for at in range(len(theirs) + 1))
    again = distinct([texts[place] for place in found.kept])
    assert not again.gone
    assert found.lifted([1.0] * len(texts)) == [1.0] * len(found.kept)


@given(st.text(max_size=60))
def test_any_text_is_near_itself(text: str) -> None:
    assert distinct([text, text]).kept == (0,)
    assert distinct([text, f" {text} "]).kept == (0,)


def test_ten_thousand_take_no_all_to_all() -> None:
    draw = random.Random(2)
    known = ["".join(draw.choices("etaoinshrdlu", k=draw.randint(2, 9))) for _ in range(2000)]
    texts = [". ".join(" ".join(draw.choices(known, k=9)) for _ in range(3)) for _ in range(9_000)]
    texts += [draw.choice(texts).upper() for _ in range(500)]
    texts += [draw.choice(texts[:9_000]).split(". ")[1] for _ in range(500)]
    alike = [f"Same end here. Same footer here. {place}" for place in range(5_000)]
    alike += [f"Same footer here. Same end here. {place}" for place in range(5_000)]
    for some, kept in ((texts, 9_000), (alike, 10_000)):
        begun = time.process_time()
        assert len(distinct(some).kept) == kept
        assert time.process_time() - begun < 3
