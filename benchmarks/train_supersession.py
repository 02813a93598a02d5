"""Train the supersession scorer: `python -m benchmarks.train_supersession [--draws N] [--out FILE]`.

Logistic regression with L2 on `graph.supersession.features` (SciPy's L-BFGS; Liu & Nocedal 1989), on pairs
that were written for this project (`supersession_pairs`). One frame in five is kept aside and reported.
Writes the weights, which are read by name.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from memcubes.graph.supersession.comparison import Comparison
from memcubes.graph.supersession.features import features
from memcubes.graph.supersession.sentence import read

from .supersession_corpus import corpus_pairs
from .supersession_pairs import Pair, aside, hand_written, pairs

Floats = npt.NDArray[np.float64]


def matrix(rows: Sequence[Pair]) -> tuple[Floats, list[str]]:
    """The features of pairs, one row each, and their names."""
    names: list[str] = []
    values = []
    for pair in rows:
        found = features(Comparison(read(pair.old), read(pair.new)))
        names = names or list(found)
        values.append([found[name] for name in names])
    return np.array(values), names


def fitted(x: Floats, y: Floats, weight: Floats, penalty: float) -> tuple[Floats, float]:
    """Weights and bias that make soft labels `y` likeliest, less `penalty` times the squared weights."""

    def loss(theta: Floats) -> tuple[float, Floats]:
        z = x @ theta[:-1] + theta[-1]
        each = np.logaddexp(0, z) - y * z
        slope = weight * (1 / (1 + np.exp(-z)) - y)
        gradient = np.append(x.T @ slope + 2 * penalty * theta[:-1], slope.sum())
        return float(weight @ each + penalty * theta[:-1] @ theta[:-1]), gradient

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B")
    return found.x[:-1], float(found.x[-1])


def _weight(pair: Pair, hand: float) -> float:
    return hand if pair.kind == "hand" else 0.5 if pair.frame.startswith("article") else 1.0


def main() -> None:
    """Train, report on what was kept aside, write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--draws", type=int, default=6)
    options.add_argument("--penalty", type=float, default=1.0)
    options.add_argument("--hand", type=float, default=4.0, help="weight of a pair written by hand")
    options.add_argument("--corpus", type=Path, nargs="*", default=[])
    options.add_argument("--articles", type=int, default=1200)
    options.add_argument("--out", type=Path)
    said = options.parse_args()
    made = [*pairs(said.draws), *hand_written(), *corpus_pairs(said.corpus, said.articles)]
    # what the scorer refuses by rule has nothing to teach it
    rows = [pair for pair in made if not (read(pair.new).asks or read(pair.new).hedges)]
    x, names = matrix(rows)
    y = np.array([pair.label for pair in rows])
    weight = np.array([_weight(pair, said.hand) for pair in rows])
    kept = np.array([aside(pair.frame) for pair in rows])
    trained = fitted(x[~kept], y[~kept], weight[~kept], said.penalty)
    p = 1 / (1 + np.exp(-(x[kept] @ trained[0] + trained[1])))
    for threshold in (0.5, 0.8, 0.9):
        called = p >= threshold
        true = y[kept] >= 0.9
        false = called & (y[kept] < 0.2)
        print(
            f"aside, p >= {threshold}: recall {(called & true).sum() / true.sum():.3f}, "
            f"false {false.sum()} of {called.sum()}"
        )
    final, bias = fitted(x, y, weight, said.penalty)
    if said.out is not None:
        table = {name: round(float(w), 3) for name, w in zip(names, final, strict=True)}
        text = json.dumps({"bias": round(bias, 3), "weights": table}, indent=1)
        said.out.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
