"""Train the resolution scorer: `python -m benchmarks.train_resolution [--out FILE]`.

Logistic regression with L2 (SciPy's L-BFGS; Liu & Nocedal 1989) on `graph.resolution.features`, over all pairs
of training names that meet in a block; a corpus weighs the same however many pairs it has. Writes the weights,
which are read by name, and prints how they do on the training names alone.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from memcubes.graph.resolution.block import posted, sought
from memcubes.graph.resolution.comparison import Comparison, features
from memcubes.graph.resolution.form import Form
from memcubes.graph.resolution.scorer import KEPT, REVIEW

from .logistic_fit import Floats, fitted
from .resolution_corpus import CORPORA, UNSEEN, Named, corpora, digest


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names that meet, and whether they mean one thing."""

    corpus: str
    one: Form
    other: Form
    same: bool


def meeting(names: Iterable[Named]) -> list[Pair]:
    """All pairs of different names that share a key, each once, in order."""
    meant: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for name in names:
        meant[name.corpus, name.surface, name.label].add(name.cluster)
    forms = {key: Form(key[1], key[2]) for key in meant}
    found: dict[tuple[str, int], list[tuple[str, str, str]]] = defaultdict(list)
    for key, form in forms.items():
        for block in posted(form):
            found[key[0], block].append(key)
    pairs = {
        tuple(sorted((key, other)))
        for key, form in forms.items()
        for block in sought(form)
        for other in found.get((key[0], block), ())
        if other[1] != key[1]
    }
    return [
        Pair(one[0], forms[one], forms[other], bool(meant[one] & meant[other]))
        for one, other in sorted(pairs)
    ]


def matrix(pairs: Sequence[Pair]) -> tuple[Floats, list[str]]:
    """The features of pairs, one row each, and their names."""
    rows = [features(Comparison(pair.one, pair.other)) for pair in pairs]
    return np.array([list(row.values()) for row in rows]), list(rows[0])


TRAINED = [corpus for corpus in CORPORA if corpus not in UNSEEN]

CALIBRATING = 150
"""Pairs of cities that calibrate encoders, beside all that were written here."""


def _calibrate(file: Path, pairs: Sequence[Pair], p: Floats) -> None:
    """Write training pairs of which the letters say too little: all written ones, and some cities."""
    doubtful = [pair for pair, chance in zip(pairs, p, strict=True) if KEPT <= chance < REVIEW]
    cities = sorted(
        (pair for pair in doubtful if pair.corpus == "cities"),
        key=lambda pair: digest(f"{pair.one.surface}|{pair.other.surface}"),
    )
    chosen = [pair for pair in doubtful if pair.corpus == "names"] + cities[:CALIBRATING]
    lines = [
        "# Pairs of names that calibrate encoders (`python -m benchmarks.train_resolution --calibration`):",
        "# written for this project, and cities by GeoNames (CC BY 4.0, https://www.geonames.org).",
        *(
            f"{'same' if pair.same else 'other'}\t{pair.one.surface}\t{pair.other.surface}"
            for pair in chosen
        ),
    ]
    file.write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    """Train, report on the training names, write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--penalty", type=float, default=0.5)
    options.add_argument("--out", type=Path)
    options.add_argument("--calibration", type=Path, help="write the pairs that calibrate encoders")
    said = options.parse_args()
    pairs = meeting(name for name in corpora(TRAINED) if not name.checks)
    # what the scorer refuses by rule has nothing to teach it
    pairs = [pair for pair in pairs if not Comparison(pair.one, pair.other).apart]
    x, names = matrix(pairs)
    y = np.array([float(pair.same) for pair in pairs])
    counts = {corpus: sum(pair.corpus == corpus for pair in pairs) for corpus in TRAINED}
    share = {"names": 3.0, "people": 1.0, "cities": 1.0}
    weight = np.array([1000 * share[pair.corpus] / counts[pair.corpus] for pair in pairs])
    weights, bias = fitted(x, y, weight, said.penalty)
    p = 1 / (1 + np.exp(-(x @ weights + bias)))
    for corpus in TRAINED:
        mine = np.array([pair.corpus == corpus for pair in pairs])
        for least in (0.4, 0.5, 0.8, 0.9, 0.95, 0.98):
            called = mine & (p >= least)
            right = int(y[called].sum())
            print(
                f"{corpus:7} p >= {least:.2f}: {called.sum():5} called, "
                f"precision {right / max(called.sum(), 1):.3f}, "
                f"recall of those that meet {right / max(y[mine].sum(), 1):.3f}"
            )
    if said.calibration:
        _calibrate(said.calibration, pairs, p)
    if said.out:
        told = {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}
        said.out.write_text(
            json.dumps({"bias": round(bias, 4), "weights": told}, indent=1, sort_keys=True) + "\n",
            "utf-8",
        )


if __name__ == "__main__":
    main()
