"""A steering as a MemCube: contrastive texts become a tensor at a layer, by a change set with lineage.

MemOS (arXiv 2507.03724) calls it an activation cube with an `injection_layer`. Its payload says which tensor it
is, of which model, made of which payloads and with what effect; the tensor lies on the activation tier's disk
and can be made again. Whether it may be used is asked as of every artefact: while all that it was made from stands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ..graph.change import ChangeSet
from ..graph.digest import canonical
from ..graph.errors import Invalid, Unreadable
from ..graph.kind import NodeKind
from ..graph.receipt import Use
from ..graph.record import Version
from ..graph.scope import Scope
from ..graph.step import activation
from ..graph.store import GraphStore, Name
from .activation.steering import Contrast, Steering, contrasted, layers
from .activation.steering_effect import NEUTRAL, SteeringEffect, measure
from .local_model import LocalModel
from .transformation import ACTIVATION, activated

METHOD = "steering@1"

Pins = tuple[tuple[str, str], ...]
"""Nodes with the digests of their payloads, in the order of the pairs."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The effect of a steering on `pairs` held-out pairs and on neutral text, as texts of decimals.

    `shift` is how much the wanted text gained on the unwanted one, in nats a token, give or take
    `half_interval` (95 %; empty for a single pair).

    >>> effect = SteeringEffect((-0.5, 0.1), (0.5, 0.7), 20.0, 24.0, 20.0, True)
    >>> Measured.of(effect).words
    'shift +0.800 ± 0.392 nats a token on 2 pairs, perplexity 20.00 -> 24.00'
    """

    pairs: int
    shift: str
    half_interval: str
    perplexity_before: str
    perplexity_with: str

    @classmethod
    def of(cls, effect: SteeringEffect) -> Measured:
        """What was measured, rounded."""
        pairs = len(effect.before)
        return cls(
            pairs,
            f"{effect.shift:+.3f}",
            f"{effect.half_interval:.3f}" if pairs > 1 else "",
            f"{effect.perplexity_before:.2f}",
            f"{effect.perplexity_with:.2f}",
        )

    @property
    def words(self) -> str:
        """In a line."""
        about = f" ± {self.half_interval}" if self.half_interval else ""
        on = "1 pair" if self.pairs == 1 else f"{self.pairs} pairs"
        return (
            f"shift {self.shift}{about} nats a token on {on}, perplexity {self.perplexity_before} -> "
            f"{self.perplexity_with}"
        )


@dataclass(frozen=True, slots=True)
class SteeringCube:
    """What the payload of a cube says: which tensor, and how it is made from which texts.

    Of the pairs the last `held_out` were measured on, and are no part of the tensor; `measured` is None where
    there was a single pair. `digest` is that of the steering.
    """

    model: str
    layer: int
    strength: float
    width: int
    digest: str
    wanted: Pins
    unwanted: Pins
    held_out: int
    measured: Measured | None = None
    prompts: tuple[str, ...] = field(default=(), repr=False)

    @property
    def pins(self) -> dict[str, str]:
        """Every cube that it was made from."""
        return dict((*self.wanted, *self.unwanted))

    @property
    def identity(self) -> str:
        """The same tensor of the same payloads is one cube."""
        told = [self.digest, self.model, [list(pin) for pin in sorted(self.pins.items())]]
        return hashlib.sha256(canonical(told)).hexdigest()

    def name(self, store: GraphStore, ns: str) -> Name:
        """The identity of the cube, the same in every process."""
        return store.name(ns, NodeKind.MEMCUBE, ACTIVATION, self.identity)

    def content(self) -> str:
        """The payload: canonical JSON, in which numbers with a point are texts."""
        told = {**asdict(self), "strength": repr(self.strength)}
        return canonical(json.loads(json.dumps(told))).decode()

    @classmethod
    def read(cls, version: Version) -> SteeringCube:
        """What a cube says; `Invalid` for one that is no steering."""
        if version.get("method") != METHOD or version.payload is None:
            raise Invalid(f"cube {version.node} is no steering: `memcubes models steer` makes one")
        try:
            told = json.loads(version.payload.content or "")
            measured = told.pop("measured")
            told |= {
                "strength": float(told["strength"]),
                "wanted": tuple((node, payload) for node, payload in told["wanted"]),
                "unwanted": tuple((node, payload) for node, payload in told["unwanted"]),
                "prompts": tuple(told["prompts"]),
            }
            return cls(**told, measured=Measured(**measured) if measured else None)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Unreadable(
                f"cube {version.node} does not say which steering it is: make it anew"
            ) from None


def pairs(wanted: Sequence[Version], unwanted: Sequence[Version]) -> list[Contrast]:
    """Each wanted text with the unwanted one in its place.

    Raises `Invalid` for none, for more of the one than of the other, and for cubes without words.
    """
    if not wanted or len(wanted) != len(unwanted):
        raise Invalid(
            f"a steering is made of pairs, and there are {len(wanted)} wanted and {len(unwanted)} unwanted "
            "texts: give as many of the one as of the other"
        )
    for cube in (*wanted, *unwanted):
        if activation(cube) or not cube.text.strip():
            raise Invalid(f"cube {cube.node} has no words to steer by: leave it out")
    return [Contrast(a.text, b.text) for a, b in zip(wanted, unwanted, strict=True)]


def made(
    model: LocalModel,
    wanted: Sequence[Version],
    unwanted: Sequence[Version],
    *,
    layer: int | None = None,
    strength: float = 1.0,
    given: Steering | None = None,
) -> tuple[Steering, SteeringCube]:
    """The steering that these texts make, measured on the last quarter of the pairs, which it is not made of.

    Without a `layer` it belongs after the first third of them. A `given` one is taken as it is, where it was
    made of just these pairs. Raises `Invalid` as `contrasted` does, and for one that was made of others.
    """
    texts = pairs(wanted, unwanted)
    held_out = max(1, len(texts) // 4) if len(texts) > 1 else 0
    kept = texts[: len(texts) - held_out]
    after = len(layers(model)) // 3 if layer is None else layer
    pins = tuple(_pinned(wanted)), tuple(_pinned(unwanted))
    if given is None:
        given = contrasted(model, kept, after, strength=strength)
    elif given.prompts != tuple(one.digest for one in kept):
        raise Invalid(
            "the steering of the file was made of other texts than these: name those that it was made of, in "
            "their order, or leave the file out"
        )
    steering = replace(given, pins=dict((*pins[0], *pins[1])))
    effect = measure(model, steering, texts[len(kept) :], NEUTRAL) if held_out else None
    told = SteeringCube(
        steering.model,
        steering.layer,
        steering.strength,
        steering.width,
        steering.digest,
        *pins,
        held_out,
        Measured.of(effect) if effect else None,
        steering.prompts,
    )
    return steering, told


def again(
    model: LocalModel, told: SteeringCube, wanted: Sequence[Version], unwanted: Sequence[Version]
) -> Steering | None:
    """The steering of a cube made once more from the same payloads; None where that gives another tensor.

    The tensor is another one in other arithmetic: another machine, another number of threads.
    """
    if (tuple(_pinned(wanted)), tuple(_pinned(unwanted))) != (told.wanted, told.unwanted):
        return None
    kept = pairs(wanted, unwanted)[: len(wanted) - told.held_out]
    steering = contrasted(model, kept, told.layer, strength=told.strength, pins=told.pins)
    return steering if steering.digest == told.digest else None


def transformed(
    store: GraphStore, scope: Scope, told: SteeringCube, cubes: Sequence[Version], reason: str
) -> ChangeSet:
    """The change that makes a steering of texts; whoever may read all of them may read it."""
    passages = len({cube.node for cube in cubes})
    header: dict[str, Any] = {
        "title": f"steering after layer {told.layer}, of {passages} passages",
        "model": told.model,
        "method": METHOD,
        "injection_layer": told.layer,
        "strength": repr(told.strength),
        "tensor": told.digest,
    }
    if told.measured is not None:
        header["effect"] = told.measured.words
    uses = [Use(cube) for cube in {cube.node: cube for cube in cubes}.values()]
    name = told.name(store, scope.ns)
    return activated(store, scope, name, header, told.content(), uses, reason)


def _pinned(cubes: Sequence[Version]) -> list[tuple[str, str]]:
    return [(cube.node, cube.payload.digest if cube.payload else "") for cube in cubes]
