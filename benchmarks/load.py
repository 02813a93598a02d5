"""Verified loading of kept caches in GB/s: `python -m benchmarks.load [--megabytes N,…] [--rounds N] [--json]`.

Files of the shapes of SmolLM2 (30 layers, 3 heads, 64 wide, fp32), page cache warm, each way in turn in each
round: `read` is `open().read()`, `into` reads into memory that is there already (what the system can do at
most), `sha256` reads as `read` does and takes that digest, and `load` is what the tier does: into memory of
its own, size and BLAKE3 checked, made into tensors. Medians.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from memcubes.injection.activation.fingerprint import Fingerprint
from memcubes.injection.activation.shelf import Shelf
from memcubes.injection.activation.tensor_file import described

LAYERS, HEADS, WIDTH = 30, 3, 64
FINGERPRINT = Fingerprint("m", "t", "c", "", "float32", "sdpa", "2", "5", "cpu", "n")


def measured(folder: Path, megabytes: float, rounds: int) -> dict[str, Any]:
    """One size."""
    import torch

    count = max(1, round(megabytes * 1e6 / (LAYERS * HEADS * WIDTH * 2 * 4)))
    shape = (1, HEADS, count, WIDTH)
    layers = [(torch.randn(shape), torch.randn(shape)) for _ in range(LAYERS)]
    manifest = described(FINGERPRINT, tuple(range(count)), layers, "cube", ())
    shelf = Shelf(folder, "key")
    begun = time.perf_counter()
    shelf.write(manifest, layers)
    written = time.perf_counter() - begun
    path = shelf.root / manifest.file
    loaded = shelf.load(manifest)
    exact = all(
        torch.equal(one, other)
        for mine, kept in zip(loaded, layers, strict=True)
        for one, other in zip(mine, kept, strict=True)
    )
    del layers, loaded
    held = bytearray(manifest.size)

    def into() -> None:
        with path.open("rb", buffering=0) as source:
            source.readinto(held)

    ways: dict[str, Callable[[], Any]] = {
        "read": path.read_bytes,
        "into": into,
        "sha256": lambda: hashlib.sha256(path.read_bytes()).digest(),
        "load": lambda: shelf.load(manifest),
    }
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, act in ways.items():
            begun = time.perf_counter()
            act()
            seconds[way].append(time.perf_counter() - begun)
    rates = {way: round(manifest.size / median(took) / 1e9, 3) for way, took in seconds.items()}
    return {
        "megabytes": round(manifest.size / 1e6, 1), "tokens": count, "exact": exact,
        "GB/s": rates, "written GB/s": round(manifest.size / written / 1e9, 3),
    }  # fmt: skip


def main() -> None:
    """Run every size."""
    parser = argparse.ArgumentParser(prog="benchmarks.load", description=__doc__)
    parser.add_argument("--megabytes", default="1,8,64,276")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    found = []
    for size in map(float, chosen.megabytes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            found.append(measured(Path(folder), size, chosen.rounds))
    if chosen.json:
        print(json.dumps(found))
        return
    for one in found:
        rates = "  ".join(f"{way} {rate:.2f}" for way, rate in one["GB/s"].items())
        share = one["GB/s"]["load"] / one["GB/s"]["read"]
        print(f"{one['megabytes']:8.1f} MB  {rates}  GB/s; load / read {share:.2f}", end="")
        print("" if one["exact"] else "  NOT EXACT")


if __name__ == "__main__":
    main()
