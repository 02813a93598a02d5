"""What the tests of the tier share: a guard that always says yes, and comparing bit for bit."""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from memcubes.injection.activation import ActivationTier, Guard
from memcubes.injection.local_model import LocalModel

KEY = "the salt of ann's namespace"
PINS = (("cube-1", "ab" * 32), ("cube-2", "cd" * 32))


class Always(Guard):
    """Takes whatever is kept, for a tiny model is faster than any disk."""

    def attaches(self, tokens: int) -> bool:
        """Yes."""
        return True

    def loads(self, tokens: int, size: int, already: int = 0) -> bool:
        """Yes."""
        return True


def tier_of(
    model: LocalModel, folder: Path | None = None, key: str = KEY, **settings: Any
) -> ActivationTier:
    """A tier that uses whatever it has."""
    return ActivationTier(
        model, key, folder, **{"usable": lambda _: True, "guard": Always(), **settings}
    )


def tensors(cache: Any) -> list[Any]:
    """Every layer's keys and values."""
    return [tensor for layer in cache.layers for tensor in (layer.keys, layer.values)]


class Reference:
    """The model without a tier: each first step is read once, and copied for each second step."""

    def __init__(self, model: LocalModel) -> None:
        self._model = model
        self._read: dict[tuple[int, ...], Any] = {}

    def two_steps(self, ids: Sequence[int], split: int) -> tuple[Any, Any]:
        """Logits and cache of `ids[:split]` and then the rest; of one pass for a split of 0."""
        if not split:
            return self._model.forward(ids)
        first = tuple(ids[:split])
        if first not in self._read:
            self._read[first] = self._model.forward(first)[1]
        return self._model.forward(ids[split:], copy.deepcopy(self._read[first]))


def same(one: tuple[Any, Any], other: tuple[Any, Any]) -> bool:
    """Whether logits and caches are the same bits."""
    import torch

    mine, yours = tensors(one[1]), tensors(other[1])
    return (
        torch.equal(one[0], other[0])
        and len(mine) == len(yours)
        and all(map(torch.equal, mine, yours))
    )


def run(chance: random.Random, length: int, vocabulary: int = 259) -> list[int]:
    """Random token ids."""
    return [chance.randrange(vocabulary) for _ in range(length)]
