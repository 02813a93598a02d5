"""Cached keys moved to another position: one rotation from where they were computed.

Rotary embeddings (RoPE, arXiv 2104.09864) turn each pair of a key's numbers by an angle that is linear in
the position, so that a key computed at p becomes the one of p + d by turning it by d more. That holds
where the frequencies are the same at every position and every layer keeps plain keys and values. A model's
structure is asked first, and then the model itself: the same tokens are read at two positions.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from ...graph.errors import Invalid
from ..local_model import LocalModel
from ..prefix import plain

STATIC = frozenset({"default", "linear", "llama3"})
PROBED = 8
# Share of the largest number compared: of layer 0, whose keys see no context, and of the deepest layers.
TOLERANCES = {"float32": (1e-4, 1e-2), "bfloat16": (2e-2, 1.5e-1), "float16": (3e-3, 3e-2)}

_known: WeakKeyDictionary[Any, Rotation] = WeakKeyDictionary()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Rotation:
    """How a model turns its keys.

    `frequencies` are radians per position, float32 of shape (rotary / 2,), as the model itself holds
    them. A pair is (i, i + rotary / 2), or (2 i, 2 i + 1) where `interleaved`; what follows the first
    `rotary` numbers of a key is not turned. The model's attention scaling is a factor of the stored key,
    and a turn leaves it as it is.

    >>> import torch  # doctest: +SKIP
    >>> quarter = Rotation(torch.tensor([torch.pi / 2]), interleaved=False)  # doctest: +SKIP
    >>> quarter.moved(torch.tensor([[1.0, 0.0, 5.0]]), 3, 4).round().tolist()  # doctest: +SKIP
    [[0.0, 1.0, 5.0]]
    """

    frequencies: Any
    interleaved: bool

    @property
    def rotary(self) -> int:
        """How many numbers of a key are turned."""
        return 2 * int(self.frequencies.shape[0])

    def moved(self, keys: Any, origin: int, place: int) -> Any:
        """Keys of shape (…, tokens, width) that stand at `origin` and the following, put at `place`.

        Turned in float32 and rounded once to the type of `keys`, which stay as they are. Give what the
        model computed, never what was moved before: rounding would add up (200 turns in bfloat16 are
        8 % off).
        """
        here = range(keys.shape[-2])
        return self.turned(
            keys, self.turn([origin + n for n in here], [place + n for n in here], keys.device)
        )

    def turn(self, origins: Sequence[int], places: Sequence[int], device: Any) -> tuple[Any, Any]:
        """Cosines and sines that bring tokens from their positions to others, one row a token."""
        import torch

        frequencies = self.frequencies.to(device)
        # The model rounds each angle to float32: the difference of its own two angles meets its keys.
        there, here = (
            (torch.tensor(positions, dtype=torch.float32, device=device)[:, None] * frequencies)
            for positions in (places, origins)
        )
        angle = there.double() - here.double()
        return angle.cos().float(), angle.sin().float()

    def turned(self, keys: Any, turn: tuple[Any, Any]) -> Any:
        """Keys of shape (…, tokens, width), each turned by its row; what stays in its place keeps its bits."""
        import torch

        cosine, sine = turn
        pairs, rest = keys[..., : self.rotary].float(), keys[..., self.rotary :]
        if self.interleaved:
            one, other = pairs[..., 0::2], pairs[..., 1::2]
        else:
            one, other = pairs.chunk(2, dim=-1)
        made = (one * cosine - other * sine, other * cosine + one * sine)
        joined = (
            torch.stack(made, dim=-1).flatten(-2) if self.interleaved else torch.cat(made, dim=-1)
        )
        return torch.cat([joined.to(keys.dtype), rest], dim=-1)


def rotation(model: LocalModel) -> Rotation:
    """How this model turns its keys, found by its structure and shown by a probe at the first use.

    The probe reads eight tokens at two positions. Layer 0 must agree to 1e-4 of its largest number in
    float32 and 2e-2 in bfloat16, the other layers to what rounding in between allows (`TOLERANCES`).
    Raises `Invalid`, naming the architecture, where a shift is not valid.
    """
    with model._lock:
        return rotation_of(model._network)


def rotation_of(network: Any) -> Rotation:
    """The same for a causal language model of transformers."""
    with _lock:
        found = _known.get(network)
    if found is None:
        frequencies = _frequencies(network)
        found = _probed(network, frequencies)
        with _lock:
            _known[network] = found
    return found


def _frequencies(network: Any) -> Any:
    """The one set of rotary frequencies of a model whose structure allows a shift."""
    import torch

    config = network.config.get_text_config()
    stated = getattr(config, "rope_parameters", None) or {}
    if any(isinstance(value, dict) for value in stated.values()):
        raise _invalid(network, "its layers turn keys in more than one way")
    if "mrope_section" in stated:
        raise _invalid(network, "its positions have more than one axis (M-RoPE)")
    kind = stated.get("rope_type", "default")
    if kind not in STATIC:
        raise _invalid(network, f"its rotary frequencies are of type '{kind}'")
    others = sorted(set(getattr(config, "layer_types", None) or ()) - {"full_attention"})
    if others:
        raise _invalid(network, f"it has layers of type {', '.join(others)}")
    if not all(getattr(config, "no_rope_layers", None) or (1,)):
        raise _invalid(network, "some of its layers know no positions")
    found = [buffer for name, buffer in network.named_buffers() if name.endswith("inv_freq")]
    found = [one for one in found if one.ndim == 1 and one.numel()]
    if not found:
        raise _invalid(
            network, "it holds no rotary frequencies (learned positions, ALiBi, or none at all)"
        )
    if any(not torch.equal(one, found[0]) for one in found[1:]):
        raise _invalid(network, "its layers turn keys by more than one set of frequencies")
    return found[0].detach().float().clone()


def _probed(network: Any, frequencies: Any) -> Rotation:
    """The layout under which a model's own keys at one position are those of another, turned."""
    config = network.config.get_text_config()
    most = int(getattr(config, "max_position_embeddings", 0) or 1024)
    near, far = 3, min(1000, most - PROBED)
    if far <= near:
        raise _invalid(network, f"it has no more than {most} positions")
    ids = [1 + place * 7919 % (int(config.vocab_size) - 1) for place in range(PROBED)]
    here, there = (_read_at(network, ids, place) for place in (near, far))
    if here[0].keys.shape[-1] < 2 * frequencies.shape[0]:
        raise _invalid(network, "its rotary frequencies are wider than its keys")
    first, deep = TOLERANCES[str(here[0].keys.dtype).removeprefix("torch.")]
    for tried in (Rotation(frequencies, False), Rotation(frequencies, True)):
        off = [
            max(_off(tried.moved(one.keys, near, far), two.keys), _off(one.values, two.values))
            for one, two in zip(here, there, strict=True)
        ]
        if off[0] <= first and max(off) <= deep:
            return tried
    raise _invalid(network, "its keys at another position are not those of this one turned")


def _read_at(network: Any, ids: Sequence[int], place: int) -> Any:
    """The layers of the cache of tokens that stand at `place` with nothing before them."""
    import torch

    with torch.inference_mode():
        read = network(
            input_ids=torch.tensor([list(ids)], device=network.device),
            position_ids=torch.arange(place, place + len(ids), device=network.device)[None],
            use_cache=True,
        )
    cache = read["cache" if "cache" in read else "past_key_values"]
    check_layers(network, cache)
    return cache.layers


def check_layers(network: Any, cache: Any) -> None:
    """Raise `Invalid` unless each layer keeps the keys and values of every token and no more."""
    if not plain(cache):
        raise _invalid(network, "its layers keep more or less than keys and values of every token")


def _off(one: Any, other: Any) -> float:
    """The largest difference, as a share of the largest number."""
    largest = other.float().abs().max().clamp_min(1e-12)
    return float((one.float() - other.float()).abs().max() / largest)


def _invalid(network: Any, why: str) -> Invalid:
    kind = type(network).__name__
    return Invalid(
        f"{kind} cannot go on from caches composed of single cubes: {why}; "
        "use the exact tier, which keeps whole prefixes"
    )
