"""Explanation: the way by which the most of the walk's mass came to a passage.

The mass of a node is what was set down on it plus what flowed in. The best way is searched backwards
from the passage: at each stop the neighbours through which the most flows are followed further, and the
seed from which the most arrives begins the explanation, a name before a passage.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..graph.index.view import Scores
from .network import Network

WIDTH = 8
"""How many neighbours are followed further at each stop."""

DEPTH = 4
"""How many edges a way has at most."""

NOTICEABLE = 0.1
"""From which part of what else brings the most a name is given as the reason."""


@dataclass(frozen=True, slots=True)
class Way:
    """Node numbers from the seed to the passage, and the mass that arrives at each along this way."""

    nodes: tuple[int, ...]
    masses: tuple[float, ...]


def best_way(network: Network, passage: int, reset: Scores, mass: Scores, damping: float) -> Way:
    """The way to a passage that explains it best.

    From a name, where one brings a noticeable part of what the strongest other source brings; else the
    most probable walk from another passage; else the passage alone, for its own nearness. `reset` sums
    to one; `mass` is what the walk gave each node.
    """
    own = Way((passage,), ((1 - damping) * float(reset[passage]),))
    name, other = _searched(network, passage, reset, mass, damping)
    rest = max(own, other, key=lambda way: way.masses[-1])
    return name if name.masses[-1] > NOTICEABLE * rest.masses[-1] else rest


_NONE = Way((), (0.0,))


def _searched(
    network: Network, passage: int, reset: Scores, mass: Scores, damping: float
) -> tuple[Way, Way]:
    """The best ways from an entity and from another passage; without nodes where there is none."""
    best: dict[bool, tuple[float, tuple[int, ...]]] = {}
    frontier: list[tuple[tuple[int, ...], float]] = [((passage,), 1.0)]
    for _ in range(DEPTH):
        reached: list[tuple[float, tuple[int, ...], float]] = []
        for path, carried in frontier:
            neighbours, shares = _inflow(network, path[0], damping)
            new = ~np.isin(neighbours, path)
            neighbours, arriving = neighbours[new], carried * shares[new]
            seeded = (1 - damping) * arriving * reset[neighbours]
            entity = neighbours >= network.passages
            for kind in (True, False):
                mine = np.flatnonzero(entity == kind)
                if not len(mine):
                    continue
                place = mine[np.argmax(seeded[mine])]
                if seeded[place] > best.get(kind, (0.0, ()))[0]:
                    best[kind] = float(seeded[place]), (int(neighbours[place]), *path)
            flowing = arriving * mass[neighbours]
            for i in np.argsort(-flowing, kind="stable")[:WIDTH].tolist():
                way = (int(neighbours[i]), *path)
                reached.append((float(flowing[i]), way, float(arriving[i])))
        reached.sort(key=lambda way: (-way[0], way[1]))
        frontier = [(path, carried) for _, path, carried in reached[:WIDTH]]
    ways = []
    for kind in (True, False):
        path = best.get(kind, (0.0, ()))[1]
        ways.append(Way(path, _masses(network, path, reset, damping)) if path else _NONE)
    return ways[0], ways[1]


def _inflow(network: Network, node: int, damping: float) -> tuple[npt.NDArray[np.int32], Scores]:
    """The neighbours of a node, and which part of each one's mass flows to it in a step."""
    row = slice(network.weights.indptr[node], network.weights.indptr[node + 1])
    neighbours = network.weights.indices[row]
    return neighbours, damping * network.weights.data[row] / network.strength[neighbours]


def _masses(
    network: Network, path: tuple[int, ...], reset: Scores, damping: float
) -> tuple[float, ...]:
    masses = [(1 - damping) * float(reset[path[0]])]
    for here, there in pairwise(path):
        neighbours, shares = _inflow(network, there, damping)
        masses.append(masses[-1] * float(shares[np.flatnonzero(neighbours == here)[0]]))
    return tuple(masses)
