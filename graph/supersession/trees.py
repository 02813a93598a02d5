"""Gradient-boosted trees as the scorer evaluates them: read from JSON, walked by numpy, explained step by step.

Trees are fitted elsewhere (`python -m benchmarks.train_supersession`, LightGBM; Ke et al. 2017) and are plain
numbers here. A node of a tree is [feature, threshold, other, value]: what is at most the threshold goes to the next
node, the rest to node `other`; a leaf is [value]. The value of an inner node is what it expects of what reaches
it, so that the steps from the roots to the leaves add up to the score (Saabas 2014).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Parts = tuple[tuple[str, float], ...]
"""Features with what each adds to the log odds."""

Ints = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """A sum of trees over named features, one flat array for all their nodes.

    >>> one = Trees.read({"features": ["same"], "trees": [[[0, 0.5, 2, -0.5], [-2.0], [1.0]]]})
    >>> round(one.probability({"same": 1.0}), 3)  # 1 / (1 + e^-1)
    0.731
    >>> one.explained({"same": 1.0}, most=2)
    (('same', 1.5), ('bias', -0.5))
    """

    features: tuple[str, ...]
    roots: Ints
    split: Ints
    threshold: Floats
    branch: Ints
    """Where each node leads, two places each: first for what is at most its threshold, then for the rest."""
    value: Floats
    depth: int

    @classmethod
    def read(cls, table: Mapping[str, object]) -> Trees:
        """Make trees of what JSON holds."""
        names, trees = table["features"], table["trees"]
        assert isinstance(names, Sequence)
        assert isinstance(trees, Sequence)
        rows: list[tuple[int, float, int, int, float]] = []
        roots: list[int] = []
        for tree in trees:
            start = len(rows)
            roots.append(start)
            for at, node in enumerate(tree):
                here = start + at
                if len(node) == 1:
                    # a leaf leads to itself
                    rows.append((0, math.inf, here, here, node[0]))
                else:
                    rows.append((node[0], node[1], here + 1, start + node[2], node[3]))
        split, threshold, left, right, value = zip(*rows, strict=True)
        return cls(
            tuple(str(name) for name in names),
            np.array(roots, np.intp),
            np.array(split, np.intp),
            np.array(threshold, np.float64),
            np.array([left, right], np.intp).T.ravel(),
            np.array(value, np.float64),
            max(_depth(tree, 0) for tree in trees),
        )

    def probability(self, features: Mapping[str, float]) -> float:
        """What the features make likely, between 0 and 1."""
        *_, leaves = self._steps(features)
        return 1 / (1 + math.exp(-float(self.value[leaves].sum())))

    def explained(self, features: Mapping[str, float], most: int) -> Parts:
        """The bias and the features that decided something, those that weigh most first."""
        told: dict[str, float] = {}
        for before, places in pairwise(self._steps(features)):
            steps = self.value[places] - self.value[before]
            added = np.bincount(self.split[before], steps, minlength=len(self.features))
            for at in np.flatnonzero(added).tolist():
                name = self.features[at]
                told[name] = told.get(name, 0.0) + float(added[at])
        parts = [("bias", float(self.value[self.roots].sum())), *told.items()]
        return tuple(sorted(parts, key=lambda part: (-abs(part[1]), part[0]))[:most])

    def _steps(self, features: Mapping[str, float]) -> Iterator[Ints]:
        """The nodes that are reached, in all trees at once, from the roots step by step down to the leaves."""
        x = np.array([features[name] for name in self.features], np.float64)
        places = self.roots
        yield places
        for _ in range(self.depth):
            above = x.take(self.split.take(places)) > self.threshold.take(places)
            places = self.branch.take(2 * places + above)
            yield places


def _depth(tree: Sequence[Sequence[float]], at: int) -> int:
    node = tree[at]
    return 0 if len(node) == 1 else 1 + max(_depth(tree, at + 1), _depth(tree, int(node[2])))


@cache
def trees(package: str) -> Trees:
    """The trees that lie in a package as `trees.json`."""
    text = resources.files(package).joinpath("trees.json").read_text("utf-8")
    return Trees.read(json.loads(text))
