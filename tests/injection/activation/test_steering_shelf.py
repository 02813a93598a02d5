"""Steerings of cubes on the disk: sealed under the namespace, counted, swept, and refused where they were changed."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path

import pytest

from memcubes.graph.errors import Invalid, Unreadable
from memcubes.injection.activation.shelf import Shelf
from memcubes.injection.activation.steering import Contrast, Steering, contrasted
from memcubes.injection.activation.steering_shelf import SteeringShelf
from memcubes.injection.local_model import LocalModel

from .rig import KEY, run, tier_of


@pytest.fixture(scope="module")
def made(tiny: LocalModel) -> Steering:
    """The steering of a cube."""
    pair = Contrast("Thank you!", "Go away!")
    steering = contrasted(tiny, [pair], 1, strength=1.5, pins={"cube-1": "digest-1"})
    return replace(steering, cube="cube-7")


def test_it_comes_back_bit_for_bit_to_its_namespace_alone(made: Steering, tmp_path: Path) -> None:
    import torch

    shelf = SteeringShelf(tmp_path, KEY)
    assert shelf.load("cube-7") is None
    shelf.write(made)
    back = shelf.load("cube-7")
    assert back is not None
    assert back == made
    assert torch.equal(back.tensor, made.tensor)
    assert shelf.cubes() == ("cube-7",)
    assert sum(path.stat().st_size for path in shelf.root.iterdir()) == shelf.footprint(made)
    # who has another key sees nothing, and can make nothing that is taken
    other = SteeringShelf(tmp_path, "bob's")
    other.write(made)
    for path in other.root.iterdir():
        (shelf.root / path.name).write_bytes(path.read_bytes())
    assert shelf.cubes() == ()
    with pytest.raises(Unreadable, match="its seal is not of this namespace"):
        shelf.load("cube-7")
    with pytest.raises(Invalid, match="no MemCube"):
        shelf.write(replace(made, cube=""))


def test_no_changed_byte_is_accepted(made: Steering, tmp_path: Path) -> None:
    shelf = SteeringShelf(tmp_path, KEY)
    shelf.write(made)
    whole = {path: path.read_bytes() for path in shelf.root.iterdir()}
    chance = random.Random(3)
    for number in range(300):
        path = chance.choice(sorted(whole))
        raw = bytearray(whole[path])
        at = chance.randrange(len(raw))
        if number % 3 == 0:
            raw[at] ^= 1 << chance.randrange(8)
        elif number % 3 == 1:
            del raw[at:]
        else:
            raw[at:at] = b" "
        path.write_bytes(raw)
        with pytest.raises(Unreadable):
            shelf.load("cube-7")
        path.write_bytes(whole[path])
    # an intact pair under the name of another cube is none of that one's
    for path in whole:
        moved = path.with_name(path.name.replace("steering-", "x"))
        path.rename(moved)
    shelf.write(replace(made, cube="cube-8"))
    for path in shelf.root.iterdir():
        if path.name.startswith("steering-"):
            path.rename(shelf.root / next(p.name for p in whole if p.suffix == path.suffix))
    with pytest.raises(Unreadable, match="another cube"):
        shelf.load("cube-7")


def test_a_tier_counts_them_and_sweeps_what_is_nobodys(
    made: Steering, tiny: LocalModel, tmp_path: Path
) -> None:
    tier = tier_of(tiny, tmp_path)
    tier.set_aside(made)
    assert tier.aside("cube-7") == made
    shelf = Shelf(tmp_path, KEY)
    size = shelf.beside()
    assert size == shelf.steerings.footprint(made)
    ids = run(random.Random(1), 40)
    tier.keep(ids, "cube-1", ())
    stray = shelf.root / f"steering-{'0' * 32}.json"
    stray.write_bytes(b"{}")
    assert tier.sweep(0) == (stray.name,)
    assert tier.aside("cube-7") == made
    # a quota that holds the steering alone: the cache goes, and a second steering is noted and not written
    small = tier_of(tiny, tmp_path, disk_bytes=size)
    small.sweep(0)
    assert not Shelf(tmp_path, KEY).look().new
    small.set_aside(replace(made, cube="cube-8"))
    assert small.aside("cube-8") is None
    assert "cube-8 is not written: the quota" in small.notes[-1]
    (path,) = shelf.root.glob("*.safetensors")
    os.truncate(path, 10)
    assert small.aside("cube-7") is None
    assert "refused" in small.counts
    assert tier.drop("cube-7") == 1
    assert not list(shelf.root.glob("steering-*"))
