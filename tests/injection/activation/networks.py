"""Small models of many architectures with random weights, and texts for them as token ids."""

from __future__ import annotations

from typing import Any

VOCABULARY = 131
_HEADS = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
}
_COMMON = {**_HEADS, "num_key_value_heads": 1, "head_dim": 16, "initializer_range": 0.3}
_ENDS: dict[str, Any] = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}


def network(kind: str, *, dtype: str = "float32", **settings: Any) -> Any:
    """A causal language model of two layers, by the name of its configuration in transformers."""
    import torch
    import transformers

    from memcubes.injection.model_files import quiet

    common: dict[str, Any] = {
        "GPT2": {"vocab_size": VOCABULARY, "n_embd": 32, "n_layer": 2, "n_head": 2},
        "GPTJ": {
            "vocab_size": VOCABULARY,
            "n_embd": 32,
            "n_layer": 2,
            "n_head": 2,
            "rotary_dim": 8,
        },
        "Bloom": {"vocab_size": VOCABULARY, "hidden_size": 32, "n_layer": 2, "n_head": 2},
        "GPTNeoX": _HEADS,
        "Cohere": _HEADS,
        "Phi": _HEADS,
        "SmolLM3": _HEADS,
    }.get(kind, _COMMON)
    with quiet(), torch.random.fork_rng():
        torch.manual_seed(1)
        config = getattr(transformers, f"{kind}Config")(**{**common, **_ENDS, **settings})
        made = transformers.AutoModelForCausalLM.from_config(config, dtype=getattr(torch, dtype))
    return made.eval()
