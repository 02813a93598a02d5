"""Delegate: the walk as a library of the engine goes it, where the engine has one.

Such a library begins at nodes with equal weights, or at none. So one node more is put before all others, from which
the resets lead on: what comes to each node is what a walk with these resets brings there, times the damping.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..graph.index.nearness import Scores
from ..graph.store import Course, Pushdown
from .network import Network


@dataclass(frozen=True, slots=True)
class Delegate:
    """Has an engine walk, and says what `walk.personalised_pagerank` says, run to the end: within 1e-9 at each node."""

    engine: Pushdown

    def walk(self, network: Network, reset: Scores, damping: float) -> Scores | None:
        """The mass of each node, in all one; None where the engine has nothing to walk with."""
        begun = np.flatnonzero(reset > 0)
        if not len(begun) or not self.engine.walks:
            return None
        written, start = network.weights.tocoo(), network.size
        course = Course(
            sources=[*written.row.tolist(), *[start] * len(begun)],
            targets=[*written.col.tolist(), *begun.tolist()],
            weights=[*written.data.tolist(), *reset[begun].tolist()],
            start=start,
            damping=damping,
        )
        found = self.engine.pagerank(course)
        if found is None:
            return None
        mass = np.zeros(start + 1)
        mass[list(found)] = list(found.values())
        mass = mass[:start]
        whole = float(mass.sum())
        return mass / whole if whole > 0 else None
