"""What comes out of the tier is what the model gives in the same two steps, bit for bit."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest

from memcubes.graph.errors import Invalid
from memcubes.injection.activation import ActivationTier, Guard
from memcubes.injection.language_model import Message
from memcubes.injection.local_model import LocalModel

from .rig import KEY, PINS, run, same, tensors, tier_of, two_steps

PLANS = 1_000
PREFIXES = 40


def prefixes(chance: random.Random) -> list[list[int]]:
    """Runs of 1 to some 100 tokens, most of which go on from an earlier one."""
    found: list[list[int]] = []
    for _ in range(PREFIXES):
        before = chance.choice(found) if found and chance.random() < 0.7 else []
        found.append((before + run(chance, chance.randint(1, 40)))[:120])
    return found


def test_a_thousand_plans(tiny: LocalModel, tmp_path: Path) -> None:
    """Each from wherever its entry is: memory, disk, and memory so small that entries come and go."""
    chance = random.Random(7)
    kept = prefixes(chance)
    roomy = tier_of(tiny, tmp_path / "roomy")
    for place, ids in enumerate(kept):
        roomy.keep(ids, f"cube-{place}", PINS)
    largest = max(entry.size for entry in roomy.entries)
    from_disk = tier_of(tiny, tmp_path / "roomy", memory_bytes=0)
    coming_and_going = tier_of(tiny, tmp_path / "roomy", memory_bytes=3 * largest)
    sources = set()
    for number in range(PLANS):
        tier = (roomy, from_disk, coming_and_going)[number % 3]
        begun = chance.choice(kept)
        ids = begun[: chance.randint(0, len(begun))] if chance.random() < 0.2 else begun
        ids = [*ids, *run(chance, chance.randint(1, 12))]
        read = tier.read(ids)
        longest = max((len(one) for one in kept if one == ids[: len(one)] != ids), default=0)
        assert (read.split, read.tokens) == (longest, len(ids))
        assert same((read.logits, read.cache), two_steps(tiny, ids, read.split))
        sources.add((number % 3, str(read.source)))
    assert {(0, "memory"), (1, "disk"), (2, "memory"), (2, "disk")} <= sources
    assert (1, "memory") not in sources
    assert coming_and_going.counts["evicted from memory"] > 20
    assert not (*roomy.notes, *from_disk.notes, *coming_and_going.notes)


def test_what_follows_leaves_what_is_kept(tiny: LocalModel, tmp_path: Path) -> None:
    """Prompts and their answers, token by token and in turn, from one entry."""
    import torch

    chance = random.Random(3)
    tier = tier_of(tiny, tmp_path)
    kept = run(chance, 50)
    tier.keep(kept, "cube", PINS)
    hit = tier.find([*kept, 1])
    assert hit is not None
    before = [(one.data_ptr(), one.clone()) for one in tensors(hit.attach())]
    asked = [[*kept, *run(chance, 4)] for _ in range(3)]
    caches = []
    for ids in asked:
        read = tier.read(ids)
        caches.append(read.cache)
    for _ in range(5):
        for place, ids in enumerate(asked):
            ids.append(chance.randrange(259))
            _, caches[place] = tiny.forward(ids[-1:], caches[place])
    for one, (place, bits) in zip(tensors(hit.attach()), before, strict=True):
        assert one.data_ptr() == place
        assert torch.equal(one, bits)
    for ids, cache in zip(asked, caches, strict=True):
        _, whole = two_steps(tiny, ids[:54], 50)
        for token in ids[54:]:
            _, whole = tiny.forward([token], whole)
        assert all(map(torch.equal, tensors(cache), tensors(whole)))


def test_a_slice_of_a_longer_entry_is_not_attached(tiny: LocalModel) -> None:
    tier = tier_of(tiny)
    tier.keep(range(20), "cube", PINS)
    assert tier.read(range(20)).split == 0
    assert tier.read(range(19)).split == 0
    assert tier.read(range(21)).split == 20
    assert tier.counts == {"misses": 2, "memory": 1}


def test_what_is_kept_is_not_read_again(tiny: LocalModel, tmp_path: Path) -> None:
    tier = tier_of(tiny, tmp_path)
    first = tier.keep(range(30), "cube", PINS)
    assert tier.keep(range(30), "cube", PINS) is first
    assert tier_of(tiny, tmp_path).keep(range(30), "cube", PINS) == first
    other = tier.keep(range(30), "cube of others", PINS[:1])
    assert tier.entries == (other,)
    assert other.manifest != first.manifest
    assert tier_of(tiny, tmp_path).entries == (other,)


@pytest.mark.parametrize("ids", [[], range(513)])
def test_refused(tiny: LocalModel, ids: list[int]) -> None:
    tier = tier_of(tiny)
    with pytest.raises(Invalid, match="the model reads 1 to 512"):
        tier.keep(ids, "cube", PINS)
    with pytest.raises(Invalid, match="no tokens"):
        tier.read([])
    with pytest.raises(Invalid, match="key of a namespace"):
        tier_of(tiny, key="")


def test_sliding_windows_are_refused(tmp_path: Path) -> None:
    from transformers import MistralConfig, MistralForCausalLM

    from memcubes.injection.model_files import quiet

    from ..tiny import write_tokenizer

    config = MistralConfig(
        vocab_size=259, hidden_size=16, intermediate_size=32, num_hidden_layers=1,
        num_attention_heads=2, num_key_value_heads=1, head_dim=8, sliding_window=8,
    )  # fmt: skip
    with quiet():
        MistralForCausalLM(config).save_pretrained(tmp_path / "model")
        write_tokenizer(tmp_path / "model")
    tier = tier_of(LocalModel(str(tmp_path / "model")), tmp_path / "kept")
    with pytest.raises(Invalid, match="sliding windows"):
        tier.keep(range(12), "cube", PINS)
    assert tier.entries == ()
    assert not list(tmp_path.glob("kept/*/*"))


def test_other_threads_are_another_arithmetic(tiny: LocalModel, tmp_path: Path) -> None:
    import torch

    threads = torch.get_num_threads()
    tier = tier_of(tiny, tmp_path)
    tier.keep(range(20), "cube", PINS)
    try:
        torch.set_num_threads(threads + 1)
        assert tier.entries == ()
        assert tier.read(range(30)).split == 0
    finally:
        torch.set_num_threads(threads)
    assert tier.read(range(30)).split == 20


def test_real_plans(smollm2: LocalModel, tmp_path: Path) -> None:
    """Twenty of SmolLM2, from memory and from disk."""
    chance = random.Random(5)
    words = [
        "valve",
        "horn",
        "pump",
        "failed",
        "at",
        "two",
        "silent",
        "RV-7",
        "the",
        "a",
        "closed",
        "by",
        "Ann",
        "noted",
        "water",
        "line",
    ]
    tier = tier_of(smollm2, tmp_path)
    cold = tier_of(smollm2, tmp_path, memory_bytes=0)
    blocks = [" ".join(chance.choices(words, k=count)) for count in (4, 30)]
    kept_alone: dict[int, Any] = {}
    for number in range(20):
        block = blocks[number % 2]
        question = " ".join(chance.choices(words, k=chance.randint(1, 3)))
        parts = smollm2.segments([Message("system", block), Message("user", question)])
        kept = [token for part in parts[:2] for token in part]
        ids = [token for part in parts for token in part]
        tier.keep(kept, f"cube-{number % 2}", PINS)
        read = (tier, cold)[number // 2 % 2].read(ids)
        assert (read.split, str(read.source)) == (len(kept), ("memory", "disk")[number // 2 % 2])
        if len(kept) not in kept_alone:
            kept_alone[len(kept)] = smollm2.forward(kept)[1]
        reference = smollm2.forward(ids[len(kept) :], copy.deepcopy(kept_alone[len(kept)]))
        assert same((read.logits, read.cache), reference)


def test_the_guard_of_the_tier_learns(tiny: LocalModel) -> None:
    guard = Guard()
    tier = ActivationTier(tiny, KEY, usable=lambda _: True, guard=guard)
    whole = run(random.Random(1), 500)
    for tokens in (50, 200, 499):
        tier.keep(whole[:tokens], "cube", PINS)
    assert 0 <= guard.prefill_seconds(1000) < 1
    hit = tier.find(whole)
    if hit is not None:
        hit.attach()
        assert 0 < guard.attach_seconds < 0.1
