"""A steering tensor: what it is made of, what it adds, and that nothing of it stays."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from memcubes.graph.errors import Invalid, Refused
from memcubes.injection.activation.steering import (
    Contrast,
    Steering,
    contrasted,
    layers,
    steered,
    steering_of,
)
from memcubes.injection.local_model import LocalModel
from memcubes.injection.model_files import quiet

from ..conftest import needs_torch
from ..tiny import write_tokenizer

PAIRS = (
    Contrast("Thank you!", "Go away!"),
    Contrast("Gladly.", "No.", "Will you help?"),
)


def write_gpt2(folder: Path) -> Path:
    """Two layers of GPT-2 with random weights."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    with quiet(), torch.random.fork_rng():
        torch.manual_seed(2)
        config = GPT2Config(
            vocab_size=259, n_positions=128, n_embd=16, n_layer=2, n_head=2, bos_token_id=1,
            eos_token_id=2, initializer_range=0.5,
        )  # fmt: skip
        GPT2LMHeadModel(config).save_pretrained(folder)
        write_tokenizer(folder)
    return folder


@pytest.fixture(scope="module")
def gpt2(tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    """A network that keeps its layers in `transformer.h`."""
    needs_torch()
    return LocalModel(str(write_gpt2(tmp_path_factory.mktemp("models") / "gpt2")))


@pytest.fixture(params=["tiny", "gpt2"])
def model(request: pytest.FixtureRequest) -> LocalModel:
    """Both kinds of networks."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def hidden(model: LocalModel, ids: list[int], layer: int) -> Any:
    """The residual stream after a layer, as the next layer is given it."""
    seen: list[Any] = []
    following = layers(model)[layer + 1]
    hook = following.register_forward_pre_hook(lambda _, given: seen.append(given[0][0].clone()))
    model.forward(ids)
    hook.remove()
    return seen[0]


def logits(model: LocalModel) -> Any:
    """What the model says after some text."""
    return model.forward(model.ids("The valve failed."))[0]


def test_it_is_the_mean_difference_at_the_last_token(model: LocalModel) -> None:
    import torch

    first, second = PAIRS
    one = (
        hidden(model, model.ids(first.wanted), 0)[-1]
        - hidden(model, model.ids(first.unwanted), 0)[-1]
    )
    chat = "<|im_start|>user\nWill you help?<|im_end|>\n<|im_start|>assistant\n"
    asked = model._tokenizer.encode(chat, add_special_tokens=False)
    ends = [hidden(model, asked + model.ids(t), 0)[-1] for t in (second.wanted, second.unwanted)]
    made = contrasted(model, PAIRS, 0, strength=3, pins={"cube-1": "d1"})
    torch.testing.assert_close(made.tensor, (one + ends[0] - ends[1]) / 2)
    assert (made.model, made.layer, made.strength, made.width) == (model.fingerprint, 0, 3.0, 16)
    assert made.prompts == (first.digest, second.digest)
    assert made.pins == {"cube-1": "d1"}
    assert contrasted(model, PAIRS, 0, strength=3).digest == made.digest


def test_it_is_added_at_every_token(model: LocalModel) -> None:
    import torch

    made = contrasted(model, PAIRS, 0, strength=-2.0)
    ids = model.ids("The valve")
    before = hidden(model, ids, 0)
    with steered(model, made):
        during = hidden(model, ids, 0)
        with steered(model, made):  # blocks inside one another add up
            twice = hidden(model, ids, 0)
    torch.testing.assert_close(during, before - 2 * made.tensor)
    torch.testing.assert_close(twice, before - 4 * made.tensor)
    assert torch.equal(hidden(model, ids, 0), before)


@pytest.mark.parametrize("layer", [0, 1])
def test_nothing_of_it_stays(model: LocalModel, layer: int) -> None:
    import torch

    made = contrasted(model, PAIRS, layer)
    kept = made.tensor.clone()
    before = logits(model)
    with steered(model, made):
        assert not torch.equal(logits(model), before)
    assert torch.equal(logits(model), before)

    def fail() -> None:
        with steered(model, made):
            logits(model)
            raise KeyError("inside")

    with pytest.raises(KeyError):
        fail()
    assert torch.equal(logits(model), before)
    assert torch.equal(made.tensor, kept)
    with steered(model, made.times(0.0)):
        assert torch.equal(logits(model), before)


def test_generation_is_steered_with_its_keys_and_values(tiny: LocalModel) -> None:
    from memcubes.injection.language_model import Message

    chat = [Message("user", "Who?")]
    plain = tiny.chat(chat, most_tokens=6)
    with steered(tiny, contrasted(tiny, PAIRS, 1, strength=50)):
        other = tiny.chat(chat, most_tokens=6)
    assert other != plain
    assert tiny.chat(chat, most_tokens=6) == plain


def test_another_thread_waits_and_is_not_steered(tiny: LocalModel) -> None:
    import torch

    before, seen = logits(tiny), []
    with steered(tiny, contrasted(tiny, PAIRS, 0, strength=50)):
        other = threading.Thread(target=lambda: seen.append(logits(tiny)))
        other.start()
        other.join(0.05)
        assert seen == []
    other.join()
    assert torch.equal(seen[0], before)


def test_what_does_not_fit_is_refused(tiny: LocalModel, gpt2: LocalModel) -> None:
    import torch

    row = torch.ones(16)
    odd = {
        "was made for other and not for": steering_of("other", 0, 1, row),
        "after layer 2, and .* has the layers 0 to 1": steering_of(tiny.fingerprint, 2, 1, row),
        "after layer -1": steering_of(tiny.fingerprint, -1, 1, row),
        "is 8 wide and .* 16": steering_of(tiny.fingerprint, 0, 1, torch.ones(8)),
        "was made for .*gpt2": contrasted(gpt2, PAIRS, 0),
    }
    before = logits(tiny)
    for message, steering in odd.items():
        with pytest.raises(Refused, match=message), steered(tiny, steering):
            pass
    assert torch.equal(logits(tiny), before)


def test_what_cannot_be_made(tiny: LocalModel) -> None:
    import torch

    with pytest.raises(Invalid, match="at least one"):
        contrasted(tiny, (), 0)
    with pytest.raises(Invalid, match="has the layers 0 to 1, and no layer 2"):
        contrasted(tiny, PAIRS, 2)
    with pytest.raises(Invalid, match="not empty"):
        contrasted(tiny, [Contrast("", "No.")], 0)
    with pytest.raises(Invalid, match="make no difference"):
        contrasted(tiny, [Contrast("No.", "No.")], 0)
    with pytest.raises(Invalid, match="do not fit"):
        contrasted(tiny, [Contrast("No. " * 200, "No.")], 0)
    for tensor in (torch.ones(4, 4), torch.ones(4).half(), torch.ones(0)):
        with pytest.raises(Invalid, match="one row of float32"):
            steering_of("m", 0, 1.0, tensor)
    with pytest.raises(Invalid, match="are finite"):
        steering_of("m", 0, 1.0, torch.tensor([1.0, float("nan")]))
    with pytest.raises(Invalid, match="are finite"):
        steering_of("m", 0, float("inf"), torch.ones(4))


def test_other_networks_are_refused() -> None:
    unknown: Any = SimpleNamespace(name="opt", _network=SimpleNamespace(model=SimpleNamespace()))
    with pytest.raises(
        Invalid, match=r"'opt' keeps its layers neither in model\.layers nor in trans"
    ):
        layers(unknown)


def test_the_other_strength_is_the_same_tensor(tiny: LocalModel) -> None:
    made: Steering = contrasted(tiny, PAIRS, 0, pins={"c": "d"})
    other = made.times(-1.5)
    assert (other.tensor is made.tensor, other.strength, other.pins) == (True, -1.5, {"c": "d"})
    assert other.digest != made.digest  # a plan names what is added, and that is another thing
    assert other.fingerprint == f"{tiny.fingerprint}+{other.digest[:12]}@0*-1.5"
