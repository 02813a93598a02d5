"""The ruler that remembers finds what spaCy's own finds."""

from typing import Any

import pytest

from memcubes.ingest.english import MODEL
from memcubes.ingest.ruler import Lemmas, Remembered, remember
from memcubes.ingest.verb import LEMMATISER, lemma_of

TEXTS = (
    "The compressor CX-4 failed at 05:40, which nobody had expected.",
    "I'm gonna go; you ain't got ta stay. Let's see, y'all: c'm on!",
    "There's nothin' but a dog \n\n  here. It did that, and that it had. You saw it.",
    "Whether he'd have asked me or not, those were the ones that I do not like.",
    "   ",
    "",
)


@pytest.fixture(scope="module")
def stock() -> Any:
    import spacy

    return spacy.load(MODEL, exclude=["senter"])


def test_the_same_matches_first_and_remembered(stock: Any) -> None:
    ruler = stock.get_pipe("attribute_ruler")
    remembered = Remembered(ruler)
    docs = list(stock.pipe(TEXTS, disable=["attribute_ruler", "lemmatizer", "ner"]))
    expected = [ruler.match(doc) for doc in docs]
    # rules of two words ("gonna", "let's", "there's") and of one are both among them
    assert {end - start for found in expected for *_, start, end in found} == {1, 2}
    for _ in range(2):
        assert [remembered(doc) for doc in docs] == expected


def test_a_rule_of_another_kind_leaves_the_ruler_as_it_is() -> None:
    import spacy

    plain = spacy.blank("en")
    ruler: Any = plain.add_pipe("attribute_ruler")
    ruler.add([[{"LOWER": "tea"}]], {"POS": "NOUN"})
    remember(ruler)
    assert isinstance(ruler.match, Remembered)
    other: Any = spacy.blank("en").add_pipe("attribute_ruler")
    other.add([[{"LENGTH": {">=": 3}}]], {"POS": "NOUN"})
    remember(other)
    assert not isinstance(other.match, Remembered)


def test_a_lemma_on_demand_is_the_one_that_the_whole_pipeline_gives(stock: Any) -> None:
    lemmas = Lemmas(stock.get_pipe("lemmatizer"))
    whole = list(stock.pipe(TEXTS))
    for _ in range(2):  # first and remembered
        for doc, expected in zip(stock.pipe(TEXTS, disable=["lemmatizer"]), whole, strict=True):
            doc.user_data[LEMMATISER] = lemmas
            assert [lemma_of(token) for token in doc] == [token.lemma_ for token in expected]
