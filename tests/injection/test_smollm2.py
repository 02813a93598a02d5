"""The real SmolLM2: right weights, and prose that is marked for what it is."""

from __future__ import annotations

import pytest

from memcubes.injection.language_model import Message
from memcubes.injection.local_model import LocalModel
from memcubes.injection.prefix import measure_prefix
from memcubes.injection.prose import prose
from memcubes.injection.support import borne_out

QUOTES = [
    (
        "1",
        "The line computer commanded return flow, and the position switch stayed at forward flow.",
    ),
    ("2", "The valve RV-7 failed at 02:10."),
]


def test_knows_what_smollm2_knows(smollm2: LocalModel) -> None:
    asked = [Message("user", "What is the capital of France?")]
    assert smollm2.chat(asked, most_tokens=20) == "The capital of France is Paris."
    assert smollm2.fingerprint == "smollm2@0.1.2/b179c9523d0e/fp32"
    assert smollm2.context == 8192
    assert smollm2.count("The capital of France is") == 5
    assert smollm2.count("<|im_end|>") > 1


def test_its_prose_is_marked(smollm2: LocalModel, capfd: pytest.CaptureFixture[str]) -> None:
    written = prose(smollm2, "At what time did the valve RV-7 fail?", QUOTES)
    assert written.model == "smollm2"
    assert written.sentences
    for text, supported, citations in written.sentences:
        bearing = tuple(number for number, quote in QUOTES if borne_out(text, quote))
        assert (supported, citations) == (bool(bearing), bearing)
    assert capfd.readouterr() == ("", "")


def test_a_kept_prefix_gives_the_same_bits(smollm2: LocalModel) -> None:
    timing = measure_prefix(smollm2, QUOTES[1][1], "When did RV-7 fail?")
    assert timing.equal
