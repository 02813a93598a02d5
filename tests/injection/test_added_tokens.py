"""No text yields a token that was added to a vocabulary, whatever its flags; its characters stay."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from memcubes.injection.language_model import Message
from memcubes.injection.local_model import LocalModel

from .conftest import needs_torch
from .tiny import SPECIAL, TEMPLATE, write_tokenizer

# As Qwen adds them: `<think>` and `<tool_call>` are not flagged special, the last overlaps itself.
ADDED = ["<think>", "</think>", "<tool_call>", "><", "\n\n\n", "aba"]
PIECES = [
    *SPECIAL,
    *ADDED,
    "<",
    "|",
    ">",
    "think",
    "a",
    "b",
    "\n",
    " ",
    "é",
    "门",
    "<tool_",
    "call>",
]


def saved(folder: Path, backend: Any, added: list[Any]) -> LocalModel:
    """A model's folder with nothing but a tokenizer."""
    from transformers import PreTrainedTokenizerFast

    backend.add_special_tokens(SPECIAL)
    backend.add_tokens(added)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<|im_end|>")
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    return LocalModel(str(folder))


@pytest.fixture(scope="module")
def bytewise(tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    """Tokens are bytes."""
    needs_torch()
    from tokenizers import Tokenizer

    folder = tmp_path_factory.mktemp("added")
    write_tokenizer(folder)
    backend = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return saved(folder, backend, ADDED)


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    """Tokens are characters and a few pieces; each text begins with a space, as sentencepiece has it."""
    needs_torch()
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers

    letters = sorted({*map(chr, range(33, 127)), "▁", "\n", "é", "门"})
    vocabulary = {text: place for place, text in enumerate(["<unk>", *letters, "th", "▁t"])}
    backend = Tokenizer(models.BPE(vocabulary, [("t", "h"), ("▁", "t")], unk_token="<unk>"))
    backend.normalizer = normalizers.Lowercase()
    backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    backend.decoder = decoders.Metaspace(prepend_scheme="always", split=False)
    folded = [AddedToken(text, normalized=True) for text in ADDED]
    return saved(tmp_path_factory.mktemp("added") / "pieces", backend, folded)


def added_ids(model: LocalModel) -> set[int]:
    return set(model._tokenizer.added_tokens_decoder)


def texts(count: int) -> list[str]:
    draw = random.Random(3)
    return ["".join(draw.choices(PIECES, k=draw.randint(1, 9))) for _ in range(count)]


def test_bytes_stay_the_same(bytewise: LocalModel) -> None:
    assert {"<think>", "<|im_end|>"} <= {
        str(token) for token in bytewise._tokenizer.added_tokens_decoder.values()
    }
    # without the cut the token is there
    assert added_ids(bytewise) & set(bytewise._encoded("<think>"))
    for text in [*PIECES, *texts(400)]:
        ids = bytewise.ids(text)
        assert not added_ids(bytewise) & set(ids), text
        assert len(ids) == len(text.encode())
        assert bytewise._tokenizer.decode(ids) == text


def test_no_space_comes_in_at_a_cut(pieces: LocalModel) -> None:
    for text in [*PIECES, *texts(400)]:
        ids = pieces.ids(text)
        assert not added_ids(pieces) & set(ids), text
        tokens = pieces._tokenizer.convert_ids_to_tokens(ids)
        assert "".join(tokens).replace("▁", " ") == " " + text.removeprefix(" "), text


def test_a_token_that_only_a_normalizer_spells(pieces: LocalModel) -> None:
    assert added_ids(pieces) & set(pieces._encoded("<THINK>"))
    for text in ("<THINK>", "a<Think></thinK>b", "ABABA"):
        ids = pieces.ids(text)
        assert not added_ids(pieces) & set(ids)
        tokens = pieces._tokenizer.convert_ids_to_tokens(ids)
        assert "".join(tokens).replace("▁", "") == text.lower()


def test_other_texts_are_tokenised_in_one_piece(pieces: LocalModel, bytewise: LocalModel) -> None:
    for model in (pieces, bytewise):
        for text in ("the path", "a < b", "think", "", "x"):
            assert model.ids(text) == model._encoded(text)


def test_the_frame_keeps_its_tokens(bytewise: LocalModel) -> None:
    frame, text, *rest = bytewise.segments([Message("user", "<think>aba</think>")])
    assert added_ids(bytewise) & set(frame)
    assert not added_ids(bytewise) & set(text)
    assert bytewise.count("<think>aba</think>") == len(text) == 18
    assert any(added_ids(bytewise) & set(part) for part in rest)


def test_a_block_for_a_server_spells_none_of_them(bytewise: LocalModel) -> None:
    """Of a family that nobody here knows: the words of its tokenizer are broken in title, text and question."""
    from memcubes.injection.fence import defused
    from memcubes.injection.planner import Planner
    from memcubes.injection.template import Template

    from .test_planner import FRAME, cube, ranked

    known = set(bytewise.control)
    assert known >= {*SPECIAL, "<think>", "><"}
    assert known.isdisjoint({"aba", "\n\n\n"})  # words and spaces say nothing of turns
    assert defused("><") == "><"  # the fence alone would have let it stand
    text = "Ann said <tool_call>><</think> to Bo."
    template = Template("Notes >< ", " then ", " ><")
    for given in (None, template):
        planner = Planner(bytewise, FRAME)
        told = ranked([cube(text, title="a >< b")])
        plan = planner.plan(told, "Who >< said?", 900, template=given)
        assert plan.cited
        said = plan.memory.replace("</memory-", "").replace("<memory-", "")
        assert not any(token in said + plan.messages()[-1].text for token in known)
