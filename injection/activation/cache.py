"""A cache of transformers made of kept tensors, and the tensors of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...graph.errors import Invalid
from ..prefix import plain

WIDTHS = ("float32", "float16", "bfloat16")


def layers_of(cache: Any, dtype: str) -> list[tuple[Any, Any]]:
    """Contiguous keys and values of each layer.

    Raises `Invalid` for a model that keeps more than these of every token, whose layers are not alike,
    or that keeps numbers of another kind than its own.
    """
    if not plain(cache):
        raise Invalid(
            "this model keeps more than keys and values of every token (sliding windows, recurrent "
            "states): a kept prefix could be changed by what follows it, so none is kept"
        )
    found = [(layer.keys.contiguous(), layer.values.contiguous()) for layer in cache.layers]
    shapes = {(keys.shape, values.shape) for keys, values in found}
    kinds = {str(tensor.dtype).removeprefix("torch.") for pair in found for tensor in pair}
    if len(shapes) != 1 or kinds != {dtype} or dtype not in WIDTHS:
        raise Invalid("this model's layers keep tensors of several shapes or kinds: none is kept")
    return found


def cache_of(layers: Sequence[tuple[Any, Any]], device: Any) -> Any:
    """A cache whose layers are these tensors, not copies of them where they are on the device."""
    from transformers.cache_utils import DynamicCache, DynamicLayer

    cache = DynamicCache()
    cache.layers = []
    for keys, values in layers:
        layer = DynamicLayer()
        keys, values = keys.to(device), values.to(device)
        layer.update(keys[..., :0, :], values[..., :0, :])  # it learns of kind and device
        layer.keys, layer.values = keys, values
        cache.layers.append(layer)
    return cache
