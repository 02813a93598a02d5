"""Writers that are killed outright at any moment: what lies there afterwards is whole, or is never loaded."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from memcubes.injection.activation.shelf import Shelf
from memcubes.injection.local_model import LocalModel

from .killed_writer import QUOTA
from .rig import KEY

ROOT = Path(__file__).parents[3]
KILLS = 30 if os.environ.get("MEMCUBES_CAMPAIGN") == "1" else 1


def test_a_killed_writer_leaves_nothing_half_written(tiny: LocalModel, tmp_path: Path) -> None:
    import torch

    folder, chance = tmp_path / "kept", random.Random(time.time_ns())
    loaded = 0
    for kill in range(KILLS):
        command = [sys.executable, "-m", f"{__package__}.killed_writer"]
        writer = subprocess.Popen(
            [*command, tiny.name, str(folder), str(kill)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert writer.stdout is not None
        assert writer.stdout.readline()  # it has loaded everything, and writes
        time.sleep(chance.random() * 0.3)
        writer.kill()
        writer.wait()
        writer.stdout.close()
        shelf = Shelf(folder, KEY)
        change = shelf.look()
        assert change.refused == ()
        for manifest in change.new:
            layers = shelf.load(manifest)
            _, cache = tiny.forward(manifest.ids)
            for (keys, values), layer in zip(layers, cache.layers, strict=True):
                assert torch.allclose(keys, layer.keys, atol=1e-4)  # of another number of threads
                assert torch.allclose(values, layer.values, atol=1e-4)
            loaded += 1
        shelf.sweep(grace=0)
        assert shelf.stray() == {}
        assert sum(path.stat().st_size for path in folder.rglob("*.*")) <= QUOTA
    assert (
        loaded or KILLS == 1
    )  # a single writer may have dropped all that it kept when it is killed
