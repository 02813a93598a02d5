"""A process that keeps caches until somebody kills it: `python -m tests.injection.activation.killed_writer MODEL FOLDER SEED`."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from memcubes.injection.local_model import LocalModel

from .rig import PINS, run, tier_of

QUOTA = 2_000_000


def main() -> None:
    """Write, evict and drop for ever; a line for each entry."""
    import torch

    torch.set_num_threads(1)
    model, folder, seed = sys.argv[1:]
    chance = random.Random(int(seed))
    tier = tier_of(LocalModel(model), Path(folder), disk_bytes=QUOTA)
    while True:
        entry = tier.keep(run(chance, chance.choice([5, 100, 400])), "cube", PINS)
        print(len(entry.ids), flush=True)
        if chance.random() < 0.1:
            tier.drop("cube")


if __name__ == "__main__":
    main()
