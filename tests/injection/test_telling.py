"""The forms of a cube: verbatim, counted with their entry, worth what they keep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.errors import Invalid
from memcubes.graph.instant import parse
from memcubes.injection.fence import Fence
from memcubes.injection.language_model import EchoModel
from memcubes.injection.packing import pack
from memcubes.injection.plan import Band, Shape
from memcubes.injection.telling import (
    GAP,
    IN_PART,
    KEPT,
    SUPERSEDED,
    Candidate,
    Fact,
    Sentence,
    Told,
    entry,
    forms,
    segment,
)
from memcubes.injection.tokens import EstimatedTokens

from .test_planner import cube

FENCE = Fence("9f86d081884c")
WORDS = EchoModel()
#        0         1         2         3         4
#        0123456789012345678901234567890123456789012345678
TEXT = "  RV-7 failed.  Tea was late. Teale came. It ran. \n"
FAILED, LATE, CAME, RAN = (2, 14), (16, 29), (30, 41), (42, 49)


def told(*rated: tuple[tuple[int, int], float], facts: tuple[Fact, ...] = ()) -> tuple[Told, ...]:
    sentences = tuple(Sentence(*span, relevance) for span, relevance in rated)
    return forms(Candidate(cube(TEXT), 0.5, sentences, facts), WORDS, FENCE)


def test_sentences_are_verbatim_and_gaps_are_shown() -> None:
    whole, one, two, three = told((FAILED, 0.1), (LATE, 0.2), (CAME, 0.3), (RAN, 0.4))
    assert (whole.shape, whole.text, whole.spans) == (Shape.PASSAGE, TEXT.strip(), ())
    assert (one.text, one.spans) == ("It ran.", (RAN,))
    # neighbours are one span, with what stands between them
    assert (two.text, two.spans) == ("Teale came. It ran.", ((30, 49),))
    assert (three.text, three.spans) == ("Tea was late. Teale came. It ran.", ((16, 49),))
    _, _, apart, _ = told((FAILED, 0.4), (LATE, 0.1), (CAME, 0.3), (RAN, 0.2))
    assert (apart.text, apart.spans) == ("RV-7 failed. … Teale came.", (FAILED, CAME))
    # the score is 0.5; sentences keep their share of 0.1 + 0.2 + 0.3 + 0.4 = 1.0
    assert whole.worth == 0.5
    assert [form.worth for form in (one, two, three)] == pytest.approx(
        [0.5 * 0.4, 0.5 * 0.7, 0.5 * 0.9]
    )


def test_facts_are_told_as_given() -> None:
    facts = (Fact("RV-7 — state —\n failed", "n1"), Fact("Teale — came", "n2", 0.5))
    whole, triples = told(facts=facts)
    assert (triples.shape, triples.facts) == (Shape.TRIPLE, ("n1", "n2"))
    assert triples.text == "RV-7 — state — failed\nTeale — came"
    # the one with the most words of the question counts: (1 + 1) / 2
    assert triples.worth == pytest.approx(0.5 * 1.0 * KEPT[Shape.TRIPLE])
    assert whole.facts == ()


def test_no_form_twice_and_none_of_nothing() -> None:
    assert len(told(((0, len(TEXT)), 1.0))) == 1
    assert len(told((FAILED, 0.0), (LATE, 0.0))) == 1
    assert forms(Candidate(cube("  "), 1.0), WORDS, FENCE) == ()
    assert [
        form.shape
        for form in forms(Candidate(cube(""), 1.0, (), (Fact("a — b", "n"),)), WORDS, FENCE)
    ] == [Shape.TRIPLE]


def test_an_entry_names_its_title_and_day() -> None:
    stated = parse("2025-03-12")
    one = cube("RV-7 failed. [m2] </s>\n", "plant\n log [m3]", stated=stated)
    assert entry(one, one.text, "m1", FENCE) == (
        "[m1] plant log [ m3], 2025-03-12\nRV-7 failed. [ m2] < /s>\n\n"
    )
    assert FENCE.word not in entry(cube(FENCE.word, FENCE.word), FENCE.word, "m1", FENCE)


def test_a_title_that_says_how_the_text_begins_is_left_out() -> None:
    one = cube("RV-7 failed at noon.", "RV-7 failed…", stated=parse("2025-03-12"))
    assert entry(one, one.text, "m1", FENCE) == "[m1] 2025-03-12\nRV-7 failed at noon.\n\n"


def test_what_was_superseded_says_so() -> None:
    rated = (Sentence(*FAILED, 0.6), Sentence(*CAME, 0.4))
    one = Candidate(cube(TEXT), 0.5, rated, (Fact("a — b", "n"),), outdated=(FAILED,))
    marks = [(form.shape, form.mark) for form in forms(one, WORDS, FENCE)]
    assert marks == [
        (Shape.PASSAGE, IN_PART),
        (Shape.SENTENCE, SUPERSEDED),
        (Shape.SENTENCE, IN_PART),
        # of facts only those are told that are believed
        (Shape.TRIPLE, ""),
    ]
    first = forms(one, WORDS, FENCE)[1]
    made = segment(one.cube, first, Band.VOLATILE, "m1", WORDS, FENCE)
    assert made.text == "[m1] log, superseded\nRV-7 failed.\n\n"
    # "[m999] log, superseded" and two words
    assert made.tokens == first.tokens == 5


def test_what_is_chosen_becomes_a_segment() -> None:
    one = Candidate(cube(TEXT), 0.5, (Sentence(*FAILED, 0.6), Sentence(*CAME, 0.4)))
    options = forms(one, WORDS, FENCE)
    # "[m999] log" and nine words are 11 tokens, with "RV-7 failed. … Teale came." 7, with "RV-7 failed." 4
    assert [form.tokens for form in options] == [11, 4, 7]
    (chosen,) = pack([options], 7).chosen
    assert chosen is options[2]
    made = segment(one.cube, chosen, Band.VOLATILE, "m1", WORDS, FENCE)
    assert made.text == "[m1] log\nRV-7 failed. … Teale came.\n\n"
    assert (made.node, made.payload) == (
        one.cube.node,
        one.cube.payload and one.cube.payload.digest,
    )
    assert (made.shape, made.spans, made.tokens) == (Shape.SENTENCE, (FAILED, CAME), 7)


@pytest.mark.parametrize("span", [(-1, 3), (3, 3), (5, 2), (0, len(TEXT) + 1)])
def test_spans_that_are_none(span: tuple[int, int]) -> None:
    with pytest.raises(Invalid, match="has no characters"):
        told((span, 0.5))


@pytest.mark.parametrize("relevance", [-0.1, 1.1, float("nan")])
def test_relevance_that_is_none(relevance: float) -> None:
    with pytest.raises(Invalid, match="relevance"):
        told((FAILED, relevance))
    with pytest.raises(Invalid, match="relevance"):
        told(facts=(Fact("a — b", "n", relevance),))


SPANS = st.tuples(st.integers(0, 49), st.integers(1, 12), st.floats(0, 1, allow_subnormal=False))


@given(st.lists(SPANS, max_size=6), st.floats(0, 5))
def test_nothing_is_worth_more_than_the_whole(
    rated: list[tuple[int, int, float]], score: float
) -> None:
    sentences = tuple(Sentence(a, min(a + n, len(TEXT)), r) for a, n, r in rated)
    one = Candidate(cube(TEXT), score, sentences, (Fact("a — b", "n", 0.5),))
    options = forms(one, EstimatedTokens(), FENCE)
    assert len({(form.shape, form.text) for form in options}) == len(options)
    for form in options:
        assert 0 <= form.worth <= score
        made = segment(one.cube, form, Band.STABLE, "m12", EstimatedTokens(), FENCE)
        assert made.tokens <= form.tokens
        assert made.text.endswith("\n\n")
        if form.shape is Shape.SENTENCE:
            assert form.text == GAP.join(TEXT[a:b].strip() for a, b in form.spans)
            assert list(form.spans) == sorted(form.spans)
