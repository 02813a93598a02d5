"""The walk: personalised PageRank over the visible part."""

from __future__ import annotations

import math

import numpy as np

from ..graph.index.nearness import Scores
from .network import Network

MOST = 1_000
"""Sweeps after which a walk ends that was to go on until nothing changes."""


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
    need not sum to one.

    The walk on a symmetric graph has real eigenvalues between -1 and 1, and so Chebyshev's iteration (Golub and
    Varga 1961) comes in `sweeps` over the matrix as near to the limit as `iterations` power iterations would.
    With a tolerance it goes on until the masses change by less in all.
    """
    total = float(reset.sum())
    if not network.size or total <= 0:
        return np.zeros(network.size)
    strength = network.strength
    lone = strength <= 0
    share = np.divide(1.0, strength, out=np.zeros(network.size), where=~lone)
    # Of each node the mass for each unit of its strength is looked for. What comes to nodes without edges
    # starts again, which lends every node the same factor: it is made good at the end.
    start = reset * ((1 - damping) / total)
    base = start * share
    share *= damping
    before, now = base / (1 - damping), base
    weight = 1.0
    most = sweeps(damping, iterations) if tolerance is None else MOST
    now = network.flow(before)
    now *= share
    now += base
    for number in range(1, most):
        weight = 1 / (1 - damping**2 * (0.5 if number == 1 else weight / 4))
        new = network.flow(now)
        new *= share
        new += base
        new -= before
        new *= weight
        new += before
        before, now = now, new
        if tolerance is not None and float(strength @ np.abs(now - before)) < tolerance:
            break
    mass: Scores = now
    mass *= strength
    mass[lone] = start[lone]
    np.maximum(mass, 0.0, out=mass)
    mass /= mass.sum()
    return mass


def sweeps(damping: float, iterations: int) -> int:
    """How often Chebyshev's iteration goes over the matrix to come as near as so many power iterations.

    These leave at most `damping` ** `iterations` of the first error; Chebyshev's k sweeps leave
    1 / cosh(k arcosh(1 / damping)).

    >>> sweeps(0.5, 15)
    9
    """
    if not 0 < damping < 1 or iterations < 1:
        return max(1, iterations)
    wanted = damping ** float(-iterations)
    return max(1, math.ceil(math.acosh(wanted) / math.acosh(1 / damping) - 1e-9))
