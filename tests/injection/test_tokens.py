"""Counting tokens: exactly with a tokenizer, or by an estimate that is on the safe side."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from memcubes.graph.errors import ModelMissing
from memcubes.injection.local_model import LocalModel
from memcubes.injection.tokens import EstimatedTokens, TokenCounter

TEXTS = [
    "The line computer commanded return flow, and the position switch stayed at forward flow.",
    "探头 PT-12 的测量误差是多少？",
    "Größe, naïve, œuvre",
]
# Each digit and most marks are a token of their own to SmolLM2 and many others.
NUMBERS = [
    "The valve RV-7 failed at 02:10, and the horn HR-1 was silent.",
    "Ann Pykelet ordered the recall of batch T-318 on 14 March 2025.",
    "| RV-7 | return valve of PZ-2 | Ebersand Dairy Plant | 2016 |",
]
# What a tokenizer knows no long pieces of: languages but English, capitals, keys, lines of a word, signs.
HARD = [
    "Pompa tersebut telah diganti pada tanggal empat Mei, dan katup rusak pada pukul dua pagi.",
    "Pumppu vaihdettiin toukokuun neljäntenä päivänä, ja venttiili vikaantui yöllä kello kaksi.",
    "THE PUMP WAS REPLACED ON FOUR MAY. IMPORTANT NOTICE TO ALL EMPLOYEES.",
    "펌프가 교체되었습니다",
    "c2Vj cmV0 Q9zXk2 aGVsbG8gd29ybGQ 3f2a90bc-7d1e-4c55-9e0b-77aa1f02d6c1",
    "x = a\nb\n\nc\n\t- d\n" * 5,
    "😀🫠🧌 𠀀𠮷 አማርኛ 𝐀𝔸 a\u200bb\x1c\x1d",
]


@pytest.mark.parametrize("text", [*TEXTS, *NUMBERS, *HARD])
def test_the_estimate_is_not_below_the_count(text: str, smollm2: LocalModel) -> None:
    assert EstimatedTokens().count(text) >= smollm2.count(text) > 0


def test_the_estimate() -> None:
    counter: TokenCounter = EstimatedTokens()
    assert counter.count("") == 0
    assert counter.count("a") == 1
    assert counter.count("abcd") == 2
    assert counter.count("阀a") == 3 + 1
    assert counter.count("The valve FAILED") == 1 + 2 + 3
    assert counter.count("xkq pressureValve Q9") == 3 + (3 + 2) + 2
    assert "estimate" in counter.name


def test_a_model_counts_its_own(tiny_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    counter: TokenCounter = LocalModel(str(tiny_folder))
    assert counter.name == str(tiny_folder)
    assert counter.count("valve") == 5
    assert counter.count("阀") == 3
    assert capfd.readouterr() == ("", "")


def test_a_tokenizer_is_enough_to_count(tiny_folder: Path, tmp_path: Path) -> None:
    for file in tiny_folder.iterdir():
        if file.suffix != ".safetensors":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    assert LocalModel(str(tmp_path)).count("valve") == 5


def test_no_such_model(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ModelMissing, match="no language model"):
        LocalModel(str(tmp_path / "nothing")).count("valve")
    assert capfd.readouterr() == ("", "")


def test_without_transformers_the_command_is_named(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    monkeypatch.setitem(sys.modules, "transformers.utils", None)
    with pytest.raises(ModelMissing, match="`memcubes models install"):
        LocalModel(str(tiny_folder)).count("valve")
