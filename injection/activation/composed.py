"""The approximate tier: keys and values of single cubes, composed in any selection and any order.

A chunk is one segment's tokens, read once after a shared header and nothing else. To compose is to take the
header's cache, to move each chunk's keys from where they were read to where they now stand (`rotation`), and
to read again the first tokens of each chunk, the relinked heads, with all that stands before them in sight:
as the first thing that a chunk saw they had drawn attention that in the whole prompt goes elsewhere (EPIC,
arXiv 2410.15332; CacheBlend, arXiv 2405.16444). A chunk never saw its neighbours, so what a model answers is
near to the answer to the whole prompt and not the same: it is opt-in, and always labelled.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache as once
from typing import Any

from ...graph.errors import Invalid
from ..local_model import LocalModel
from ..prefix import attached
from .rotation import Rotation, check_layers, rotation

RELINKED = 4
MASKED = frozenset({"eager", "sdpa"})


@dataclass(frozen=True, slots=True)
class Chunk:
    """The keys and values of one segment, read after a header alone.

    One tensor a layer, of shape (1, key heads, tokens, width), in the model's number format. The first
    token stood at position `origin`; `header` is the digest of the model and of what was read before.
    Nothing changes these tensors.
    """

    ids: tuple[int, ...]
    header: str
    origin: int
    keys: tuple[Any, ...]
    values: tuple[Any, ...]

    @property
    def size(self) -> int:
        """Bytes of the tensors."""
        return sum(one.numel() * one.element_size() for one in (*self.keys, *self.values))


@dataclass(frozen=True, slots=True)
class Composed:
    """A KV cache for header and chunks that a model goes on from as from any other.

    `ids` are the tokens that it stands for, at positions 0 and on, `recomputed` counts those that were
    read again for it, and `label` says for a receipt what the cache is. The cache is the caller's: it
    grows as he reads on.

    >>> Composed(None, (1, 9690, 378), 0, "approximate: header-conditioned, shifted, 4 relinked").tokens
    3
    """

    cache: Any
    ids: tuple[int, ...]
    recomputed: int
    label: str

    @property
    def tokens(self) -> int:
        """Tokens that the cache holds."""
        return len(self.ids)


class Composer:
    """Reads chunks after one header and composes them.

    `header` are the token ids that every prompt begins with, `relinked` the tokens of each chunk that are
    read again where they come to stand. A `lead` is read between header and chunk and is no part of what
    is composed: with it a chunk is read as one of many and not as the first. Raises `Invalid` for a model
    whose keys cannot be moved (sliding windows, frequencies that change, positions that are learned; the
    message names it), or whose attention takes no mask.

    >>> composer = Composer(LocalModel(), header=[1, 9690])  # doctest: +SKIP
    >>> chunks = [composer.chunk(ids) for ids in ([504, 260], [378, 731])]  # doctest: +SKIP
    >>> composed = composer.compose(chunks[::-1])  # doctest: +SKIP
    >>> composed.ids, composed.recomputed  # doctest: +SKIP
    ((1, 9690, 378, 731, 504, 260), 2)
    """

    def __init__(
        self,
        model: LocalModel,
        header: Sequence[int],
        *,
        lead: Sequence[int] = (),
        relinked: int = RELINKED,
    ) -> None:
        if not header:
            raise Invalid("chunks are read after a header: give its token ids")
        if relinked < 0:
            raise Invalid(f"a chunk has {relinked} tokens to read again: give 0 or more")
        self.header = tuple(header)
        self.lead = tuple(lead)
        self.relinked = relinked
        self._model = model
        if (kind := model._network.config._attn_implementation) not in MASKED:
            raise Invalid(
                f"tokens cannot be read again with '{kind}' attention: load it with 'sdpa'"
            )
        self._rotation: Rotation = rotation(model)
        self._after = _digest(model.fingerprint, self.header, self.lead)
        self._read = model.forward(self.header)[1]
        self._led = model.forward(self.lead, attached(self._read))[1] if lead else self._read

    def label(self, whole: int = 0) -> str:
        """What a receipt says of what is composed here, with so many chunks read again entirely."""
        led = f" behind a lead of {len(self.lead)}" if self.lead else ""
        again = f", {whole} whole" if whole else ""
        return f"approximate: header-conditioned{led}, shifted, {self.relinked} relinked{again}"

    def chunk(self, ids: Sequence[int]) -> Chunk:
        """Read one segment after the header; takes as long as its tokens take."""
        if not ids:
            raise Invalid("a chunk without tokens cannot be composed: leave it out")
        origin = len(self.header) + len(self.lead)
        self._check_room(origin + len(ids))
        _, grown = self._model.forward(ids, attached(self._led))
        check_layers(self._model._network, grown)
        # Clones, because a view would keep the header's tensors with each chunk.
        return Chunk(
            tuple(ids),
            self._after,
            origin,
            tuple(layer.keys[:, :, origin:].clone() for layer in grown.layers),
            tuple(layer.values[:, :, origin:].clone() for layer in grown.layers),
        )

    def compose(self, chunks: Sequence[Chunk], *, whole: Collection[int] = ()) -> Composed:
        """The cache of the header and these chunks, in this order.

        The chunk that stands right after the header is where it was read and stays as it is. Of the
        others the first `relinked` tokens are read again, and all of those numbered in `whole`, in one
        pass. Raises `Invalid` for a chunk that was
        read after another header or by another model, and for more tokens than the model reads.
        """
        import torch

        ids = list(self.header)
        places: list[int] = []
        for number, chunk in enumerate(chunks):
            if chunk.header != self._after:
                raise Invalid("a chunk was read after another header: read it again after this one")
            if number or self.lead:  # the first one stands where it was read, unless behind a lead
                again = len(chunk.ids) if number in whole else min(self.relinked, len(chunk.ids))
                places += range(len(ids), len(ids) + again)
            ids += chunk.ids
        self._check_room(len(ids))
        composed = attached(self._read)
        origins = [chunk.origin + place for chunk in chunks for place in range(len(chunk.ids))]
        device = composed.layers[0].keys.device
        turn = self._rotation.turn(origins, range(len(self.header), len(ids)), device)
        with torch.inference_mode():
            for number, layer in enumerate(composed.layers if chunks else ()):
                keys = torch.cat([chunk.keys[number] for chunk in chunks], dim=2)
                values = [layer.values, *(chunk.values[number] for chunk in chunks)]
                layer.keys = torch.cat([layer.keys, self._rotation.turned(keys, turn)], dim=2)
                layer.values = torch.cat(values, dim=2)
            if places:
                self._read_again(ids, places, composed)
        return Composed(composed, tuple(ids), len(places), self.label(len(set(whole))))

    def _read_again(self, ids: Sequence[int], places: Sequence[int], cache: Any) -> None:
        """Put into a cache what the tokens at these places are with everything before them in sight.

        One pass: a layer's new keys and values stand in the cache before the queries look at it, so
        that each place sees the others renewed, as if all had been read in turn.
        """
        import torch

        network = self._model._network
        at = torch.tensor(places, device=network.device)
        filled = copy.copy(cache)
        filled.layers = [_filling()(layer, at) for layer in cache.layers]
        hidden = torch.arange(len(ids), device=network.device)[None] > at[:, None]
        mask = torch.zeros(hidden.shape, dtype=network.dtype, device=network.device)
        mask.masked_fill_(hidden, torch.finfo(network.dtype).min)
        with self._model._lock:
            network(
                input_ids=torch.tensor([[ids[place] for place in places]], device=network.device),
                position_ids=at[None],
                attention_mask=mask[None, None],
                use_cache=True,
                **{self._model._past: filled},
                **self._model._last_only,
            )

    def _check_room(self, tokens: int) -> None:
        if tokens > self._model.context:
            raise Invalid(
                f"header and chunks have {tokens} tokens and '{self._model.name}' reads "
                f"{self._model.context}: give fewer chunks"
            )


@once
def _filling() -> Any:
    """A layer of a cache that writes at given places and does not grow."""
    from transformers.cache_utils import DynamicLayer

    class Filling(DynamicLayer):  # type: ignore[misc]
        def __init__(self, layer: Any, at: Any) -> None:
            self.__dict__.update(layer.__dict__)
            self.at = at

        def update(self, keys: Any, values: Any, *_: Any, **__: Any) -> tuple[Any, Any]:
            # These tensors were joined for this composition and are no chunk's.
            self.keys[:, :, self.at] = keys
            self.values[:, :, self.at] = values
            return self.keys, self.values

    return Filling


def _digest(fingerprint: str, *runs: Sequence[int]) -> str:
    """Names the model and the runs of tokens that a chunk was read after."""
    read = [fingerprint, *(" ".join(map(str, ids)) for ids in runs)]
    return hashlib.sha256("\n".join(read).encode()).hexdigest()
