"""A kept KV cache gives the same bits, stays as it is, and is refused where it could not be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memcubes.graph.errors import Invalid
from memcubes.injection import prefix
from memcubes.injection.language_model import Message
from memcubes.injection.local_model import LocalModel
from memcubes.injection.prefix import PrefixTiming, attached, measure_prefix

from .tiny import write_tokenizer

MEMORY = "The valve RV-7 failed at 02:10, and the horn HR-1 was silent. " * 4
QUESTION = "When did the valve fail?"


def test_measured(tiny: LocalModel, capfd: pytest.CaptureFixture[str]) -> None:
    timing = measure_prefix(tiny, MEMORY, QUESTION)
    assert timing.equal
    chat = [Message("system", MEMORY), Message("user", QUESTION)]
    assert timing.memory_tokens + timing.question_tokens == sum(map(len, tiny.segments(chat)))
    assert timing.memory_tokens > len(MEMORY) - 2
    assert min(timing.direct_seconds, timing.cached_seconds, timing.build_seconds) > 0
    assert timing.saved < timing.ideal + 0.5
    assert capfd.readouterr() == ("", "")


def tensors(cache: Any) -> Iterator[Any]:
    for layer in cache.layers:
        yield layer.keys
        yield layer.values


def test_attached_shares_and_does_not_grow_what_is_kept(tiny: LocalModel) -> None:
    import torch

    memory, asked = tiny.ids(MEMORY), tiny.ids(QUESTION)
    _, kept = tiny.forward(memory)
    before = [(tensor.data_ptr(), tensor.clone()) for tensor in tensors(kept)]
    answers = []
    for question in (asked, tiny.ids("Who was silent?"), asked):
        copy = attached(kept)
        assert [t.data_ptr() for t in tensors(copy)] == [place for place, _ in before]
        logits, grown = tiny.forward(question, copy)
        assert grown.get_seq_length() == len(memory) + len(question)
        answers.append(logits)
    assert kept.get_seq_length() == len(memory)
    for tensor, (place, bits) in zip(tensors(kept), before, strict=True):
        assert tensor.data_ptr() == place
        assert torch.equal(tensor, bits)
    assert torch.equal(answers[0], answers[2])
    assert not torch.equal(answers[0], answers[1])


def test_two_steps_mean_what_one_pass_means(tiny: LocalModel) -> None:
    import torch

    memory, asked = tiny.ids(MEMORY), tiny.ids(QUESTION)
    whole, _ = tiny.forward([*memory, *asked])
    _, kept = tiny.forward(memory)
    cached, _ = tiny.forward(asked, attached(kept))
    alone, _ = tiny.forward(asked)
    torch.testing.assert_close(cached, whole, rtol=0, atol=1e-4)
    assert (alone - whole).abs().max() > 0.01


@pytest.mark.parametrize("fault", ["grows", "forgets", "writes"])
def test_a_wrong_cache_is_not_called_equal(
    tiny: LocalModel, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    import torch

    def wrong(kept: Any) -> Any:
        if fault == "grows":
            return kept
        copy = attached(kept)
        if fault == "forgets":
            for layer in copy.layers:
                layer.keys, layer.values = layer.keys[:, :, 1:], layer.values[:, :, 1:]
        else:
            with torch.inference_mode():
                copy.layers[0].values[..., 0, 0] += 1e-3
        return copy

    monkeypatch.setattr(prefix, "attached", wrong)
    assert not measure_prefix(tiny, MEMORY, QUESTION).equal


@pytest.mark.parametrize(
    ("memory", "question"), [("", QUESTION), (MEMORY, "\n "), ("word " * 200, QUESTION)]
)
def test_refused(tiny: LocalModel, memory: str, question: str) -> None:
    with pytest.raises(Invalid):
        measure_prefix(tiny, memory, question)


def test_sliding_windows_are_refused(tmp_path: Path) -> None:
    from transformers import MistralConfig, MistralForCausalLM

    config = MistralConfig(
        vocab_size=259,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=8,
        sliding_window=8,
    )
    from memcubes.injection.model_files import quiet

    with quiet():
        MistralForCausalLM(config).save_pretrained(tmp_path)
        write_tokenizer(tmp_path)
    with pytest.raises(Invalid, match="its prefix is not timed"):
        measure_prefix(LocalModel(str(tmp_path)), MEMORY, QUESTION)


def test_nothing_is_divided_by_zero() -> None:
    assert PrefixTiming(3, 1, 0.0, 0.0, 0.0, True).saved == 0.0
