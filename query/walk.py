"""The walk: personalised PageRank over the visible part."""

from __future__ import annotations

import numpy as np

from ..graph.index.nearness import Scores
from .network import Network


def personalised_pagerank(
    network: Network,
    reset: Scores,
    damping: float = 0.5,
    iterations: int = 15,
    tolerance: float | None = None,
) -> Scores:
    """Share out one unit of mass over all nodes (Page et al. 1999; Haveliwala 2002).

    From a node the walk goes on with probability `damping`, along an edge by its share of the node's
    strength; else, and from a node without edges, it starts again where `reset` sets it down. `reset`
    need not sum to one. With a tolerance it goes on until the masses change by less in all.
    """
    total = float(reset.sum())
    if not network.size or total <= 0:
        return np.zeros(network.size)
    start = reset / total
    dangling = network.strength <= 0
    share = np.divide(1.0, network.strength, out=np.zeros(network.size), where=~dangling)
    mass = start.copy()
    most = iterations if tolerance is None else 10_000
    for _ in range(most):
        lost = float(mass[dangling].sum())
        new = damping * (network.weights @ (mass * share) + lost * start) + (1 - damping) * start
        change = float(np.abs(new - mass).sum())
        mass = new
        if tolerance is not None and change < tolerance:
            break
    return mass
