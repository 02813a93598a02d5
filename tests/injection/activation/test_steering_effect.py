"""What a steering does is measured on what it was not made of."""

from __future__ import annotations

import math

import pytest

from memcubes.graph.errors import Invalid
from memcubes.injection.activation.steering import Contrast, contrasted, steered
from memcubes.injection.activation.steering_effect import (
    SteeringEffect,
    log_probabilities,
    measure,
)
from memcubes.injection.language_model import Message
from memcubes.injection.local_model import LocalModel

MADE = (Contrast("Thank you!", "Go away!", "May I come in?"),)
HELD = (
    Contrast("Gladly, sir.", "No, fool.", "Will you help?"),
    Contrast("Please do.", "Get lost."),
)
NEUTRAL = ("The valve failed on 3 May.",)


def test_the_numbers_of_an_effect() -> None:
    effect = SteeringEffect((-1.0, 1.0, 0.0), (1.0, 2.0, 3.0), 10.0, 11.0, 10.0, True)
    # Shifts 2, 1, 3: mean 2, standard deviation 1, so 1.96 · 1/√3.
    assert effect.shift == 2.0
    assert effect.half_interval == pytest.approx(1.96 / math.sqrt(3))
    assert effect.preferred_before == pytest.approx(1 / 3)
    assert effect.preferred_with == 1.0
    assert SteeringEffect((1.0,), (2.0,), 1.0, 1.0, 1.0, True).half_interval == math.inf


def test_log_probabilities_are_those_of_each_token(tiny: LocalModel) -> None:
    import torch

    ids = tiny.ids("valve")
    alone = [torch.log_softmax(tiny.forward(ids[:n])[0], -1)[ids[n]].item() for n in range(1, 5)]
    assert log_probabilities(tiny, ids) == pytest.approx(alone, abs=1e-5)


def test_margins_and_perplexity(tiny: LocalModel) -> None:
    steering = contrasted(tiny, MADE, 0, strength=3)
    effect = measure(tiny, steering, HELD, NEUTRAL)
    wanted, unwanted = (log_probabilities(tiny, tiny.ids(t)) for t in ("Please do.", "Get lost."))
    neutral = log_probabilities(tiny, tiny.ids(NEUTRAL[0]))
    # Ten and nine bytes, of which the first has nothing before it.
    assert effect.before[1] == pytest.approx(sum(wanted) / 9 - sum(unwanted) / 8)
    assert effect.perplexity_before == pytest.approx(math.exp(-sum(neutral) / 25))
    assert effect.restored
    assert effect.perplexity_after == effect.perplexity_before != effect.perplexity_with
    with steered(tiny, steering):
        again = measure(tiny, steering.times(0), HELD, NEUTRAL)
    assert again.before == again.steered == effect.steered
    # After a question the first token of the answer counts too: twelve of twelve.
    asked = tiny.segments([Message("user", "Will you help?")])
    ids = [token for part in asked for token in part] + tiny.ids("Gladly, sir.")
    other = ids[:-12] + tiny.ids("No, fool.")
    margin = (
        sum(log_probabilities(tiny, ids)[-12:]) / 12 - sum(log_probabilities(tiny, other)[-9:]) / 9
    )
    assert effect.before[0] == pytest.approx(margin)


def test_what_cannot_be_measured(tiny: LocalModel) -> None:
    steering = contrasted(tiny, MADE, 0)
    with pytest.raises(Invalid, match="held-out contrasts and neutral texts"):
        measure(tiny, steering, (), NEUTRAL)
    with pytest.raises(Invalid, match="held-out contrasts and neutral texts"):
        measure(tiny, steering, HELD, ())
    with pytest.raises(Invalid, match="1 of the held-out contrasts are ones that the steering"):
        measure(tiny, steering, (*HELD, *MADE), NEUTRAL)
    with pytest.raises(Invalid, match="one token has no likelihood"):
        measure(tiny, steering, HELD, ("a",))


def test_the_real_model_is_moved_towards_the_polite(smollm2: LocalModel) -> None:
    # Without questions, whose chat frame would be most of what is read.
    made = [
        Contrast("Of course, I would be glad to help you.", "No, do it yourself, you lazy fool."),
        Contrast("Please do, you are very welcome.", "Go away, nobody wants you, idiot."),
        Contrast("Thank you so much, how kind.", "Shut up and get out, moron."),
    ]
    held = [Contrast("Certainly, thank you for asking me.", "Get lost, you stupid loser.")]
    neutral = "A valve controls the flow of a liquid by opening or closing a passage in a pipe."
    effect = measure(smollm2, contrasted(smollm2, made, 8), held, (neutral,))
    assert effect.shift > 0
    assert effect.perplexity_with < 1.5 * effect.perplexity_before
    assert effect.restored
