"""Steering: a direction that is added to the residual stream after one layer of a network.

Contrastive activation addition (arXiv 2312.06681; with one pair it is ActAdd, arXiv 2308.10248): the mean
over pairs of prompts of the difference that the wanted and the unwanted text make after the layer, at their
last token. This is what MemOS (arXiv 2507.03724) calls an activation cube with an `injection_layer`. It
shifts how a model says things; it does not tell it facts, and costs fluency where it is strong.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from ...graph.errors import Invalid, Refused
from ..language_model import Message, check_chat
from ..local_model import LocalModel

_PLACES = ("model.layers", "transformer.h")
"""Where networks keep their layers: Llama and its like; GPT-2."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """A wanted and an unwanted text, alone or as the answers to one question.

    >>> Contrast("Thank you, gladly.", "No. Go away.", "May I ask something?").digest[:8]
    '2e361731'
    """

    wanted: str
    unwanted: str
    question: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the three texts."""
        parts = (self.question, self.wanted, self.unwanted)
        told = b"".join(b"%d:%s" % (len(raw), raw) for raw in (p.encode() for p in parts))
        return hashlib.sha256(told).hexdigest()


@dataclass(frozen=True, slots=True)
class Steering:
    """A tensor of shape (width,), float32, that belongs after `layer` of the model of this fingerprint.

    `strength` is what the tensor is multiplied with when it is added. `digest` is the SHA-256 of layer,
    strength and the tensor's bytes, little-endian: what a plan names among its adapters. `prompts` are the
    digests of the contrasts it was made of, and `pins` hold the digest of the payload of each cube that they
    were taken from, by the cube's node: once one of them is retracted or revised, the tensor is of no worth.
    `cube` is the node of the MemCube that it is; empty for one that is kept by hand.
    """

    model: str
    layer: int
    strength: float
    tensor: Any = field(compare=False, repr=False)
    digest: str
    prompts: tuple[str, ...] = ()
    pins: Mapping[str, str] = field(default_factory=dict)
    cube: str = ""

    @property
    def width(self) -> int:
        """How many numbers the residual stream has at each token."""
        return int(self.tensor.shape[0])

    @property
    def fingerprint(self) -> str:
        """What the steered model is called where its caches and answers are kept apart from the plain one's."""
        return f"{self.model}+{self.digest[:12]}@{self.layer}*{self.strength:g}"

    def times(self, strength: float) -> Steering:
        """The same tensor with another strength; a negative one steers the other way."""
        return steering_of(
            self.model, self.layer, strength, self.tensor, prompts=self.prompts, pins=self.pins
        )


def steering_of(
    model: str,
    layer: int,
    strength: float,
    tensor: Any,
    *,
    prompts: tuple[str, ...] = (),
    pins: Mapping[str, str] | None = None,
    cube: str = "",
) -> Steering:
    """A steering with the digest of its tensor; `Invalid` for one that could not be added."""
    import torch

    if tensor.dtype is not torch.float32 or tensor.ndim != 1 or not tensor.numel():
        raise Invalid("a steering tensor is one row of float32, one number for each of the width")
    if not bool(torch.isfinite(tensor).all()) or not math.isfinite(strength):
        raise Invalid(
            "a steering tensor and its strength are finite: make it anew from other prompts"
        )
    raw = tensor.detach().cpu().contiguous().numpy().astype("<f4").tobytes()
    digest = hashlib.sha256(b"%d\n%r\n%s" % (layer, float(strength), raw)).hexdigest()
    return Steering(model, layer, float(strength), tensor, digest, prompts, dict(pins or {}), cube)


def contrasted(
    model: LocalModel,
    contrasts: Sequence[Contrast],
    layer: int,
    *,
    strength: float = 1.0,
    pins: Mapping[str, str] | None = None,
) -> Steering:
    """The steering that the mean difference of these contrasts is.

    Reads every text once, so that 20 pairs of 30 tokens take SmolLM2 some seconds. Raises `Invalid` for no
    contrasts, for empty texts, for a layer that the model does not have, and where the texts make no
    difference.
    """
    import torch

    if not contrasts:
        raise Invalid("a steering is made of at least one wanted and one unwanted text")
    held = _layer(model, layer)
    total: Any = None
    for contrast in contrasts:
        wanted, unwanted = (
            _residual(model, held, prompt_ids(model, contrast.question, text))
            for text in (contrast.wanted, contrast.unwanted)
        )
        # Summed in float64, so that the order of the pairs hardly matters.
        difference = wanted.double() - unwanted.double()
        total = difference if total is None else total + difference
    mean = (total / len(contrasts)).float()
    if not bool(torch.any(mean)):
        raise Invalid("the wanted and the unwanted texts make no difference: give other pairs")
    prompts = tuple(contrast.digest for contrast in contrasts)
    return steering_of(model.fingerprint, layer, strength, mean, prompts=prompts, pins=pins)


@contextmanager
def steered(model: LocalModel, steering: Steering) -> Iterator[None]:
    """Let the model be steered inside the block: at every token that it reads or writes there.

    Only this thread runs the model meanwhile; others wait. Afterwards its logits are bit for bit what they
    were, also when the block raises. Blocks inside one another add up. Keys and values that were computed
    inside are those of another model: keep them under `Steering.fingerprint`, or not at all. Raises `Refused`
    for a steering of another model, layer or width.
    """
    check_fits(model, steering)
    held = _layer(model, steering.layer)
    added = steering.tensor * steering.strength

    def add(_module: Any, _given: Any, output: Any) -> Any:
        if isinstance(output, tuple):
            return (_plus(output[0], added), *output[1:])
        return _plus(output, added)

    with model._lock:  # the hook stands on the network that all threads share
        hook = held.register_forward_hook(add)
        try:
            yield
        finally:
            hook.remove()


def check_fits(model: LocalModel, steering: Steering) -> None:
    """Raise `Refused` for a steering that was made for another network."""
    if steering.model != model.fingerprint:
        raise Refused(
            f"the steering {steering.digest[:12]} was made for {steering.model} and not for "
            f"{model.fingerprint}: make it anew for this model"
        )
    known = len(layers(model))
    if not 0 <= steering.layer < known:
        raise Refused(
            f"the steering {steering.digest[:12]} belongs after layer {steering.layer}, and "
            f"'{model.name}' has the layers 0 to {known - 1}"
        )
    width = int(model._network.config.hidden_size)
    if steering.width != width:
        raise Refused(
            f"the steering {steering.digest[:12]} is {steering.width} wide and '{model.name}' {width}"
        )


def layers(model: LocalModel) -> Sequence[Any]:
    """The layers of the model in their order; `Invalid` where it is not known how they are kept."""
    for place in _PLACES:
        try:
            found: Sequence[Any] = attrgetter(place)(model._network)
        except AttributeError:
            continue
        if len(found):
            return found
    raise Invalid(
        f"'{model.name}' keeps its layers neither in {' nor in '.join(_PLACES)}: it cannot be steered"
    )


def prompt_ids(model: LocalModel, question: str, text: str) -> list[int]:
    """A text as token ids, after the chat that asks the question if there is one."""
    ids = model.ids(text)
    if not ids:
        raise Invalid("a text to steer by is not empty")
    if question:
        chat = model.segments([Message("user", question)])
        ids = [*(token for segment in chat for token in segment), *ids]
    check_chat([Message("user", text)], len(ids), 1, model.context)
    return ids


def _layer(model: LocalModel, layer: int) -> Any:
    known = layers(model)
    if not 0 <= layer < len(known):
        raise Invalid(f"'{model.name}' has the layers 0 to {len(known) - 1}, and no layer {layer}")
    return known[layer]


def _residual(model: LocalModel, layer: Any, ids: Sequence[int]) -> Any:
    """The residual stream after a layer at the last token, float32 of shape (width,)."""
    seen: list[Any] = []

    def keep(_module: Any, _given: Any, output: Any) -> None:
        held = output[0] if isinstance(output, tuple) else output
        seen.append(held[0, -1].detach().float().clone())

    with model._lock:
        hook = layer.register_forward_hook(keep)
        try:
            model.forward(ids)
        finally:
            hook.remove()
    return seen[0]


def _plus(hidden: Any, added: Any) -> Any:
    return hidden + added.to(dtype=hidden.dtype, device=hidden.device)
