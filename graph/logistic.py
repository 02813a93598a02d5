"""Logistic regression as the scorers of pairs use it: named features, and weights that are read by name.

What explains a probability is the very sum that it was computed from.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

Parts = tuple[tuple[str, float], ...]
"""Features with what each adds to the log odds."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """A bias and a weight for each feature; one without a weight adds nothing.

    >>> model = Logistic(-1.0, {"same": 3.0, "short": -0.5})
    >>> round(model.probability({"same": 1.0, "short": 0.0}), 3)  # 1 / (1 + e^-2)
    0.881
    >>> model.explained({"same": 1.0, "short": 1.0}, most=2)
    (('same', 3.0), ('bias', -1.0))
    """

    bias: float
    weights: Mapping[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        """What the features make likely, between 0 and 1."""
        odds = self.bias + sum(part for _, part in self._parts(features))
        return 1 / (1 + math.exp(-odds))

    def explained(self, features: Mapping[str, float], most: int) -> Parts:
        """The bias and the features that are there, those that weigh most first."""
        parts = [("bias", self.bias), *self._parts(features)]
        return tuple(sorted(parts, key=lambda part: (-abs(part[1]), part[0]))[:most])

    def _parts(self, features: Mapping[str, float]) -> Parts:
        said = ((name, value) for name, value in features.items() if value)
        return tuple((name, self.weights.get(name, 0.0) * value) for name, value in said)


@cache
def weighed(package: str) -> Logistic:
    """The regression whose weights lie in a package as `weights.json`."""
    table = json.loads(resources.files(package).joinpath("weights.json").read_text("utf-8"))
    return Logistic(
        float(table["bias"]), {name: float(weight) for name, weight in table["weights"].items()}
    )


@cache
def fingerprint(package: str, name: str, *files: str) -> str:
    """Name what a package judges by: changes whenever one of its files does."""
    made = hashlib.sha256()
    for file in files:
        made.update(resources.files(package).joinpath(file).read_bytes())
    return f"{name}-{made.hexdigest()[:12]}"
