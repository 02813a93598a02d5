"""Keys are moved to where the model itself would put them, or the model is refused by name."""

from __future__ import annotations

import math
from typing import Any

import pytest

from memcubes.graph.errors import Invalid
from memcubes.injection.activation import rotation as module
from memcubes.injection.activation.rotation import Rotation, rotation, rotation_of
from memcubes.injection.local_model import LocalModel

from ..conftest import needs_torch
from .networks import network

YARN = {
    "rope_type": "yarn",
    "rope_theta": 1e4,
    "factor": 4.0,
    "original_max_position_embeddings": 512,
}
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 1e4,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 256,
}


@pytest.fixture(autouse=True)
def _torch() -> None:
    needs_torch()


def read_at(model: Any, place: int) -> Any:
    import torch

    ids = torch.tensor([[5, 17, 99, 3, 64]])
    with torch.inference_mode():
        return model(
            input_ids=ids, position_ids=torch.arange(place, place + 5)[None], use_cache=True
        ).past_key_values.layers


@pytest.mark.parametrize(
    ("kind", "settings", "interleaved", "rotary"),
    [
        ("Llama", {}, False, 16),
        ("Llama", {"rope_parameters": LLAMA3, "max_position_embeddings": 2048}, False, 16),
        (
            "Llama",
            {"rope_parameters": {"rope_type": "linear", "rope_theta": 1e4, "factor": 4.0}},
            False,
            16,
        ),
        ("Qwen2", {}, False, 16),
        ("Qwen3", {}, False, 16),
        ("Gemma", {}, False, 16),
        ("Mistral", {"sliding_window": None}, False, 16),
        ("Cohere", {}, True, 16),  # pairs of neighbours
        ("Glm", {}, True, 8),  # of half of each key: partial_rotary_factor 0.5
        ("Phi", {}, False, 8),  # 0.5 of 32 / 2 numbers
        ("GPTNeoX", {}, False, 4),  # 0.25 of them
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_moved_keys_are_those_of_the_other_place(
    kind: str, settings: dict[str, Any], interleaved: bool, rotary: int, dtype: str
) -> None:
    import torch

    model = network(kind, dtype=dtype, **settings)
    turn = rotation_of(model)
    assert (turn.interleaved, turn.rotary) == (interleaved, rotary)
    assert rotation_of(model) is turn
    here, there = read_at(model, 7), read_at(model, 400)
    # bfloat16 has 8 bits: the model rounds angle and product at each place, 2^-8 of the largest key.
    allowed = 1e-5 if dtype == "float32" else 2**-6
    largest = float(there[0].keys.abs().max())
    for origin, place, one, other in ((7, 400, here, there), (400, 7, there, here)):
        moved = turn.moved(one[0].keys, origin, place)
        assert moved.dtype is other[0].keys.dtype
        torch.testing.assert_close(
            moved.float(), other[0].keys.float(), rtol=0, atol=allowed * largest
        )
        assert float((one[0].keys - other[0].keys).abs().max()) > 0.1 * largest


@pytest.mark.parametrize(
    ("kind", "settings", "why"),
    [
        ("GPT2", {}, "GPT2LMHeadModel .* no rotary frequencies"),
        ("GPTJ", {}, "GPTJForCausalLM .* no rotary frequencies"),
        ("Bloom", {}, "BloomForCausalLM .* no rotary frequencies"),
        ("Mistral", {"sliding_window": 8}, "MistralForCausalLM .* keep more or less"),
        ("Gemma2", {}, "Gemma2ForCausalLM .* sliding_attention"),
        ("Gemma3Text", {}, "Gemma3ForCausalLM .* more than one way"),
        ("SmolLM3", {"no_rope_layers": [1, 0]}, "SmolLM3ForCausalLM .* know no positions"),
        ("Llama", {"rope_parameters": YARN}, "LlamaForCausalLM .* 'yarn'"),
        (
            "Llama",
            {"rope_parameters": {"rope_type": "dynamic", "rope_theta": 1e4, "factor": 4.0}},
            "LlamaForCausalLM .* 'dynamic'",
        ),
        (
            "Llama",
            {
                "rope_parameters": {
                    "rope_type": "default",
                    "rope_theta": 1e4,
                    "mrope_section": [2, 3, 3],
                }
            },
            r"LlamaForCausalLM .* \(M-RoPE\)",
        ),
        ("Llama", {"max_position_embeddings": 8}, "no more than 8 positions"),
    ],
)
def test_refused_by_name(kind: str, settings: dict[str, Any], why: str) -> None:
    with pytest.raises(Invalid, match=why + ".*use the exact tier"):
        rotation_of(network(kind, **settings))


@pytest.mark.parametrize("fault", ["frequencies", "layer without positions", "learned positions"])
def test_the_probe_finds_what_the_configuration_hides(fault: str) -> None:
    import torch

    model = network("Llama")
    if fault == "frequencies":
        found = model.model.rotary_emb.forward
        model.model.rotary_emb.forward = lambda *a, **k: found(
            a[0], position_ids=k["position_ids"] * 2
        )
    elif fault == "layer without positions":
        attention = model.model.layers[1].self_attn
        found = attention.forward

        def unturned(*given: Any, **named: Any) -> Any:
            cosine, sine = named["position_embeddings"]
            named["position_embeddings"] = (torch.ones_like(cosine), torch.zeros_like(sine))
            return found(*given, **named)

        attention.forward = unturned
    else:
        learned = torch.nn.Embedding(2048, 32)
        positions: list[Any] = []
        found = model.model.rotary_emb.forward
        model.register_forward_pre_hook(
            lambda _, given, named: positions.append(named["position_ids"]), with_kwargs=True
        )
        model.model.embed_tokens.register_forward_hook(
            lambda _, given, made: made + learned(positions[-1])
        )
    with pytest.raises(Invalid, match="are not those of this one turned"):
        rotation_of(model)


def test_a_turn_by_hand() -> None:
    import torch

    # Frequencies 1 and 1/2, from position 1 to 3: by 2 and by 1 radians.
    frequencies = torch.tensor([1.0, 0.5])
    key = torch.tensor([[1.0, 0.0, 0.0, 1.0, 9.0]])
    halves = Rotation(frequencies, False).moved(key, 1, 3)
    # pairs (1, 0) and (0, 1): (cos 2, sin 2) and (-sin 1, cos 1)
    expected = [math.cos(2), -math.sin(1), math.sin(2), math.cos(1), 9.0]
    torch.testing.assert_close(halves, torch.tensor([expected]))
    neighbours = Rotation(frequencies, True).moved(key, 1, 3)
    # the same pairs beside each other
    expected = [math.cos(2), math.sin(2), -math.sin(1), math.cos(1), 9.0]
    torch.testing.assert_close(neighbours, torch.tensor([expected]))
    assert torch.equal(Rotation(frequencies, False).moved(key, 3, 3), key)
    assert key.tolist() == [[1.0, 0.0, 0.0, 1.0, 9.0]]


def test_many_moves_from_the_original_are_one() -> None:
    import torch

    torch.manual_seed(3)
    key = torch.randn(2, 40, 16).bfloat16()
    turn = Rotation(1e4 ** (-torch.arange(8) / 8), False)
    once = turn.moved(key, 0, 1400)
    again, chained = once, key
    for number in range(200):
        again = turn.moved(key, 0, 7 * (number + 1))
        chained = turn.moved(chained, 7 * number, 7 * (number + 1))
    assert torch.equal(again, once)
    # 200 roundings of 2^-9 that add up as a random walk: some 2^-9 * sqrt(200) = 3 % and more.
    drift = float((chained.float() - once.float()).norm() / once.float().norm())
    assert drift > 0.02
    assert float(abs(once.float().norm() / key.float().norm() - 1)) < 1e-3


def test_of_a_local_model(tiny: LocalModel) -> None:
    found = rotation(tiny)
    assert found.rotary == 8  # 16 numbers, 2 heads
    assert rotation(tiny) is found


def test_smollm2_is_probed(smollm2: LocalModel) -> None:
    found = rotation(smollm2)
    assert (found.rotary, found.interleaved) == (64, False)
    assert set(module.TOLERANCES) == {"float32", "bfloat16", "float16"}
