"""What a kept KV cache of the memory saves: an illustration, measured and checked bit for bit.

The prompt's memory part is read once and its keys and values are kept (prompt caching, arXiv
2311.04934; MemOS, arXiv 2507.03724, calls it activation memory). Later questions start from copies
that share the kept tensors. What is timed against is the ordinary way, the whole prompt in one pass.
What the logits are compared with is the prompt read in the same two steps with nothing kept: equal
steps give equal bits, while one pass over everything sums in another order (5e-5 in fp32).
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from ..graph.errors import Invalid
from .language_model import Message, check_chat
from .local_model import LocalModel

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class PrefixTiming:
    """Seconds to the first token, medians of three rounds taken in turn.

    `direct_seconds` reads memory and question in one pass, `cached_seconds` attaches the kept cache and
    reads the question, `build_seconds` reads the memory. `memory_tokens` and `question_tokens` count
    the two parts of the prompt with the chat template's frame. `equal` says that in each round the
    logits after the last token were those of the two-step reference bit for bit, and that the kept
    cache was afterwards what a new one is.

    >>> timing = PrefixTiming(583, 20, 1.7, 0.1, 1.6, True)
    >>> round(timing.saved, 3), round(timing.ideal, 3)
    (0.941, 0.967)
    """

    memory_tokens: int
    question_tokens: int
    direct_seconds: float
    cached_seconds: float
    build_seconds: float
    equal: bool

    @property
    def saved(self) -> float:
        """The share of the direct time that a kept cache saves; negative where it costs."""
        return 1 - self.cached_seconds / self.direct_seconds if self.direct_seconds else 0.0

    @property
    def ideal(self) -> float:
        """The share that it would save if each token took the same time."""
        return self.memory_tokens / (self.memory_tokens + self.question_tokens)


def measure_prefix(model: LocalModel, memory_text: str, question: str) -> PrefixTiming:
    """Time the first token of an answer with and without the memory's KV cache kept.

    Reads the memory seven times: at 350 tokens a second, 600 tokens of it take some 12 s. Raises
    `Invalid` for an empty memory or question, for more tokens than the model reads, and for a model
    whose layers keep more than keys and values of every token (sliding windows, recurrent states), of
    which a kept prefix could be changed by what follows it.
    """
    if not memory_text.strip() or not question.strip():
        raise Invalid("timing a prefix needs a memory text and a question")
    memory, asked = _parts(model, memory_text, question)
    kept = model.forward(memory)[1]
    _check_layers(kept)
    model.forward(asked, attached(kept))  # the first pass of a shape is slower

    import torch

    direct, cached, build = [], [], []
    equal = True
    for _ in range(ROUNDS):
        whole, _ = _timed(lambda: model.forward([*memory, *asked]))
        quick, (logits, _) = _timed(lambda: model.forward(asked, attached(kept)))
        built, (_, fresh) = _timed(lambda: model.forward(memory))
        untouched = _same(kept, fresh)
        reference, _ = model.forward(asked, fresh)
        equal = equal and untouched and torch.equal(logits, reference)
        direct.append(whole)
        cached.append(quick)
        build.append(built)
    return PrefixTiming(
        len(memory), len(asked), median(direct), median(cached), median(build), equal
    )


def attached(kept: Any) -> Any:
    """A cache that begins with the tensors of another one and leaves that one as it is.

    No tensor is copied: a `DynamicLayer` of transformers joins what is added into new tensors, so that
    only the copy's layers point at them.
    """
    grown = copy.copy(kept)
    grown.layers = [copy.copy(layer) for layer in kept.layers]
    return grown


def _parts(model: LocalModel, memory_text: str, question: str) -> tuple[list[int], list[int]]:
    """The prompt as two runs of token ids, parted where the memory's text ends."""
    chat = [Message("system", memory_text), Message("user", question)]
    segments = model.segments(chat)
    memory = [token for segment in segments[:2] for token in segment]
    asked = [token for segment in segments[2:] for token in segment]
    check_chat(chat, len(memory) + len(asked), 1, model.context)
    return memory, asked


def plain(cache: Any) -> bool:
    """Whether every layer keeps keys and values of every token, and nothing else.

    A kept prefix of sliding windows or recurrent states could be changed by what follows it.
    """
    from transformers.cache_utils import DynamicCache, DynamicLayer

    return type(cache) is DynamicCache and all(
        type(layer) is DynamicLayer for layer in cache.layers
    )


def _check_layers(cache: Any) -> None:
    if not plain(cache):
        raise Invalid(
            "this model keeps more than keys and values of every token: its prefix is not timed"
        )


def _same(kept: Any, fresh: Any) -> bool:
    """Whether two caches hold the same bits."""
    import torch

    return len(kept.layers) == len(fresh.layers) and all(
        torch.equal(one.keys, other.keys) and torch.equal(one.values, other.values)
        for one, other in zip(kept.layers, fresh.layers, strict=True)
    )


def _timed(act: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    done = act()
    return time.perf_counter() - begun, done
