"""What a steering does: how far it moves the model towards the wanted, and what that costs elsewhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

from ...graph.errors import Invalid
from ..local_model import LocalModel
from .steering import Contrast, Steering, prompt_ids, steered

NEUTRAL = (
    (
        "The river rises in the northern hills and flows south for two hundred miles before it reaches the sea. "
        "In spring, when the snow melts, it often covers the fields on both of its banks."
    ),
    (
        "A valve controls the flow of a liquid by opening or closing a passage. Most valves are moved by hand, "
        "but in large plants they are driven by motors or by compressed air."
    ),
    (
        "The museum was founded in 1884 and moved to its present building forty years later. Its collection of "
        "maps is the largest in the country, and scholars come from many places to study it."
    ),
)
"""Texts that no steering is about: their perplexity tells what one costs elsewhere."""


@dataclass(frozen=True, slots=True)
class SteeringEffect:
    """Margins and perplexities without a steering, with it, and after it is taken off again.

    A margin is the mean log-probability of a token of the wanted text less that of the unwanted one, in nats,
    one for each held-out contrast. Perplexity is that of the neutral texts together. `restored` says that
    every log-probability afterwards was the one before, bit for bit.

    >>> effect = SteeringEffect((-0.5, 0.1, 0.2), (0.5, 0.7, 1.2), 20.0, 24.0, 20.0, True)
    >>> round(effect.shift, 3), effect.preferred_before, effect.preferred_with
    (0.867, 0.6666666666666666, 1.0)
    """

    before: tuple[float, ...]
    steered: tuple[float, ...]
    perplexity_before: float
    perplexity_with: float
    perplexity_after: float
    restored: bool

    @property
    def shift(self) -> float:
        """How much the margin grows in the mean."""
        return fmean(self._shifts)

    @property
    def half_interval(self) -> float:
        """Half the 95 % interval of the shift, over the contrasts as pairs (normal); infinite for one alone."""
        shifts = self._shifts
        return 1.96 * stdev(shifts) / math.sqrt(len(shifts)) if len(shifts) > 1 else math.inf

    @property
    def preferred_before(self) -> float:
        """The share of contrasts of which the wanted text is the likelier one without steering."""
        return fmean(margin > 0 for margin in self.before)

    @property
    def preferred_with(self) -> float:
        """The same share with it."""
        return fmean(margin > 0 for margin in self.steered)

    @property
    def _shifts(self) -> list[float]:
        return [after - before for before, after in zip(self.before, self.steered, strict=True)]


def measure(
    model: LocalModel, steering: Steering, held_out: Sequence[Contrast], neutral: Sequence[str]
) -> SteeringEffect:
    """Read held-out contrasts and neutral texts three times: without, with, and again without the steering.

    Raises `Invalid` where there is nothing to read, or where a contrast is one that the steering was made of.
    """
    if not held_out or not neutral:
        raise Invalid("measuring a steering takes held-out contrasts and neutral texts")
    known = set(steering.prompts)
    seen = sum(contrast.digest in known for contrast in held_out)
    if seen:
        raise Invalid(
            f"{seen} of the held-out contrasts are ones that the steering was made of: leave them out"
        )
    before = _read(model, held_out, neutral)
    with steered(model, steering):
        during = _read(model, held_out, neutral)
    after = _read(model, held_out, neutral)
    return SteeringEffect(
        before[0],
        during[0],
        _perplexity(before[1]),
        _perplexity(during[1]),
        _perplexity(after[1]),
        before == after,
    )


_Read = tuple[tuple[float, ...], tuple[tuple[float, ...], ...]]


def _read(model: LocalModel, contrasts: Sequence[Contrast], neutral: Sequence[str]) -> _Read:
    margins = tuple(
        fmean(_answer(model, one.question, one.wanted))
        - fmean(_answer(model, one.question, one.unwanted))
        for one in contrasts
    )
    return margins, tuple(_answer(model, "", text) for text in neutral)


def _perplexity(read: Sequence[Sequence[float]]) -> float:
    return math.exp(-fmean(value for text in read for value in text))


def _answer(model: LocalModel, question: str, text: str) -> tuple[float, ...]:
    """Log-probabilities of the text's tokens; of the first only where a question stands before it."""
    ids = prompt_ids(model, question, text)
    told = len(model.ids(text)) if question else len(ids) - 1
    if told < 1:
        raise Invalid("a text of one token has no likelihood of its own: give a longer one")
    return log_probabilities(model, ids)[-told:]


def log_probabilities(model: LocalModel, ids: Sequence[int]) -> tuple[float, ...]:
    """The log-probability of each token but the first after those before it, in nats."""
    import torch

    given: Any = torch.tensor([list(ids)])
    with model._lock, torch.inference_mode():
        logits = model._network(input_ids=given, use_cache=False).logits[0, :-1].float()
        every = torch.log_softmax(logits, dim=-1)
        picked: list[float] = every.gather(1, given[0, 1:, None])[:, 0].tolist()
    return tuple(picked)
