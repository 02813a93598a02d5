"""Composed caches: exact where nothing is moved, near where it is, and nothing kept is ever changed."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcubes.graph.errors import Invalid
from memcubes.injection.activation.composed import Chunk, Composer
from memcubes.injection.language_model import Message
from memcubes.injection.local_model import LocalModel
from memcubes.injection.prefix import attached

HEADER = "Notes from memory:\n"
TEXTS = [
    "The valve failed at 02:10.\n",
    "Ann signed the sheet.\n",
    "Horn HR-1 was silent.\n",
    "ok\n",
]
QUESTION = "When did it fail?"


@pytest.fixture(scope="module")
def composer(tiny: LocalModel) -> Composer:
    return Composer(tiny, tiny.ids(HEADER), relinked=4)


@pytest.fixture(scope="module")
def chunks(composer: Composer, tiny: LocalModel) -> list[Chunk]:
    return [composer.chunk(tiny.ids(text)) for text in TEXTS]


def bits(chunk: Chunk) -> list[Any]:
    return [tensor.clone() for tensor in (*chunk.keys, *chunk.values)]


def logits(model: LocalModel, cache: Any) -> Any:
    return model.forward(model.ids(QUESTION), cache)[0]


def distance(one: Any, other: Any) -> float:
    """Kullback-Leibler divergence of two distributions, in nats."""
    first, second = one.log_softmax(-1), other.log_softmax(-1)
    return float((first.exp() * (first - second)).sum())


def test_one_chunk_after_the_header_is_exact(
    tiny: LocalModel, composer: Composer, chunks: list[Chunk]
) -> None:
    import torch

    composed = composer.compose(chunks[:1])
    _, header = tiny.forward(composer.header)
    _, exact = tiny.forward(chunks[0].ids, header)
    for made, other in zip(composed.cache.layers, exact.layers, strict=True):
        assert torch.equal(made.keys, other.keys)
        assert torch.equal(made.values, other.values)
    assert torch.equal(logits(tiny, composed.cache), logits(tiny, exact))
    assert (composed.recomputed, composed.tokens) == (0, len(HEADER) + len(TEXTS[0]))


def test_all_relinked_is_the_whole_prompt(tiny: LocalModel, chunks: list[Chunk]) -> None:
    import torch

    composer = Composer(tiny, tiny.ids(HEADER), relinked=100)
    composed = composer.compose(chunks)
    # All but the first chunk, which stands where it was read.
    assert composed.recomputed == sum(map(len, TEXTS[1:]))
    _, exact = tiny.forward(composed.ids)
    for made, other in zip(composed.cache.layers, exact.layers, strict=True):
        torch.testing.assert_close(made.keys, other.keys, rtol=0, atol=1e-4)
        torch.testing.assert_close(made.values, other.values, rtol=0, atol=1e-4)


def test_relinked_in_one_pass_is_relinked_in_turn(
    tiny: LocalModel, composer: Composer, chunks: list[Chunk]
) -> None:
    import torch

    turn = composer._rotation.moved
    _, cache = tiny.forward(composer.header)
    for number, chunk in enumerate(chunks):
        start = cache.get_seq_length()
        again = 4 if number else 0
        if again:
            _, cache = tiny.forward(chunk.ids[:again], cache)
        with torch.inference_mode():
            for place, layer in enumerate(cache.layers):
                rest = turn(chunk.keys[place], chunk.origin, start)[:, :, again:]
                layer.keys = torch.cat([layer.keys, rest], dim=2)
                layer.values = torch.cat([layer.values, chunk.values[place][:, :, again:]], dim=2)
    composed = composer.compose(chunks)
    # The last chunk, "ok\n", has three tokens, all of which are read again.
    assert composed.recomputed == 4 + 4 + 3
    for made, other in zip(composed.cache.layers, cache.layers, strict=True):
        torch.testing.assert_close(made.keys, other.keys, rtol=0, atol=1e-4)
        torch.testing.assert_close(made.values, other.values, rtol=0, atol=1e-4)


@given(order=st.permutations(range(4)), relinked=st.integers(0, 6), taken=st.integers(0, 4))
@settings(max_examples=20)
def test_any_selection_in_any_order(
    tiny: LocalModel, chunks: list[Chunk], order: list[int], relinked: int, taken: int
) -> None:
    import torch

    composer = Composer(tiny, tiny.ids(HEADER), relinked=relinked)
    chosen = [chunks[number] for number in order[:taken]]
    before = [bits(chunk) for chunk in chosen]
    composed = composer.compose(chosen)
    expected = tiny.ids(HEADER + "".join(TEXTS[number] for number in order[:taken]))
    assert list(composed.ids) == expected
    assert composed.cache.get_seq_length() == composed.tokens == len(expected)
    assert composed.recomputed == sum(min(relinked, len(chunk.ids)) for chunk in chosen[1:])
    _, exact = tiny.forward(expected)
    # Layer 0 sees no context: its values are those of the whole prompt, its keys too once moved.
    torch.testing.assert_close(composed.cache.layers[0].values, exact.layers[0].values)
    torch.testing.assert_close(
        composed.cache.layers[0].keys, exact.layers[0].keys, rtol=0, atol=1e-4
    )
    again = composer.compose(chosen)
    first, second = logits(tiny, composed.cache), logits(tiny, again.cache)
    assert torch.equal(first, second)
    assert bool(first.isfinite().all())
    for chunk, old in zip(chosen, before, strict=True):
        assert all(map(torch.equal, bits(chunk), old))


def test_nearer_than_plain_concatenation(
    tiny: LocalModel, composer: Composer, chunks: list[Chunk]
) -> None:
    import torch

    alone = [tiny.forward(chunk.ids)[1] for chunk in chunks]
    header = tiny.forward(composer.header)[1]
    plain, composed = [], []
    for order in permutations(range(4)):
        joined = attached(header)
        for place, layer in enumerate(joined.layers):
            kept = [alone[number].layers[place] for number in order]
            layer.keys = torch.cat([layer.keys, *(one.keys for one in kept)], dim=2)
            layer.values = torch.cat([layer.values, *(one.values for one in kept)], dim=2)
        made = composer.compose([chunks[number] for number in order])
        exact = logits(tiny, tiny.forward(made.ids)[1])
        plain.append(distance(exact, logits(tiny, joined)))
        composed.append(distance(exact, logits(tiny, made.cache)))
    assert sum(composed) / 24 < 0.5 * sum(plain) / 24


def test_goes_on_as_any_cache(tiny: LocalModel, composer: Composer, chunks: list[Chunk]) -> None:
    import torch

    composed = composer.compose(chunks[:1])
    written, exact = [], list(composed.ids)
    cache, token = composed.cache, tiny.ids("!")
    for _ in range(4):
        found, cache = tiny.forward(token, cache)
        exact += token
        torch.testing.assert_close(found, tiny.forward(exact)[0], rtol=0, atol=1e-3)
        token = [int(found.argmax())]
        written += token
    assert cache.get_seq_length() == composed.tokens + len(written)


def test_a_lead_is_not_part_of_the_cache(tiny: LocalModel) -> None:
    import torch

    led = Composer(tiny, tiny.ids(HEADER), lead=tiny.ids("Rain fell.\n"), relinked=0)
    chunk = led.chunk(tiny.ids(TEXTS[0]))
    assert chunk.origin == len(HEADER) + len("Rain fell.\n")
    composed = led.compose([chunk, chunk])
    assert composed.tokens == len(HEADER) + 2 * len(TEXTS[0])
    _, exact = tiny.forward(composed.ids)
    torch.testing.assert_close(
        composed.cache.layers[0].keys, exact.layers[0].keys, rtol=0, atol=1e-4
    )
    assert composed.label.startswith("approximate: ")
    assert led.compose([chunk, chunk], whole=[1]).recomputed == len(TEXTS[0])


def test_labels(tiny: LocalModel, composer: Composer) -> None:
    assert composer.compose([]).label == "approximate: header-conditioned, shifted, 4 relinked"
    led = Composer(tiny, [5], lead=[6, 7], relinked=0)
    assert (
        led.compose([]).label
        == "approximate: header-conditioned behind a lead of 2, shifted, 0 relinked"
    )

    chunk = led.chunk([8, 9])
    assert led.compose([chunk, chunk], whole=[1]).label.endswith(", 0 relinked, 1 whole")


def test_a_chunk_holds_its_tokens_and_no_more(chunks: list[Chunk]) -> None:
    # 2 layers, keys and values, 1 head of 8 numbers of 4 bytes: 128 bytes a token.
    assert chunks[0].size == 128 * len(TEXTS[0])
    assert chunks[0].keys[0].untyped_storage().nbytes() == 32 * len(TEXTS[0])


def test_refused(tiny: LocalModel, composer: Composer, chunks: list[Chunk]) -> None:
    with pytest.raises(Invalid, match="after another header"):
        Composer(tiny, tiny.ids("Other:\n")).compose(chunks)
    with pytest.raises(Invalid, match="after another header"):
        Composer(tiny, tiny.ids(HEADER), lead=[5]).compose(chunks)
    with pytest.raises(Invalid, match="after a header"):
        Composer(tiny, [])
    with pytest.raises(Invalid, match="0 or more"):
        Composer(tiny, [5], relinked=-1)
    with pytest.raises(Invalid, match="leave it out"):
        composer.chunk([])
    with pytest.raises(Invalid, match="give fewer chunks"):
        composer.compose(chunks * 20)  # 20 * 75 of 512 positions
    with pytest.raises(Invalid, match="give fewer chunks"):
        composer.chunk([5] * 500)


def test_smollm2_composed_is_near_to_the_whole(smollm2: LocalModel) -> None:
    frame, _, *rest = smollm2.segments(
        [Message("system", "x"), Message("user", "What is the access code of the Marlow depot?")]
    )
    composer = Composer(smollm2, [*frame, *smollm2.ids("Notes from memory:\n")])
    texts = ["The Halford mill is closed.\n", "The access code of the Marlow depot is 7315.\n"]
    chunks = [composer.chunk(smollm2.ids(text)) for text in texts]
    composed = composer.compose(chunks)
    asked = [token for part in rest for token in part]
    exact, _ = smollm2.forward([*composed.ids, *asked])
    near, _ = smollm2.forward(asked, composed.cache)
    assert distance(exact, near) < 0.1
    assert int(exact.argmax()) == int(near.argmax())


def test_attention_without_a_mask_is_refused(
    tiny: LocalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiny._network.config, "_attn_implementation", "flash_attention_2")
    with pytest.raises(Invalid, match="'flash_attention_2' attention: load it with 'sdpa'"):
        Composer(tiny, [5])
