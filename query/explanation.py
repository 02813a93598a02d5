"""Explanation: the way by which the most of the walk's mass came to a passage.

The mass of a node is what was set down on it plus what flowed in. The best way is searched backwards
from the passage: at each stop the neighbours through which the most flows are followed further, and the
seed from which the most arrives begins the explanation, a name before a passage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..graph.index.nearness import Scores
from .network import Network

WIDTH = 6
"""How many neighbours are followed further at each stop."""

DEPTH = 3
"""How many edges a way has at most."""

NOTICEABLE = 0.01
"""Which part of what the strongest source brings a name must bring to be given as the reason."""


ALIKE = 1 - 1e-9
"""Masses are equal where the lesser is at least this part of the greater."""

Place = tuple[int | str, ...]
"""What comes first of equals."""


@dataclass(frozen=True, slots=True)
class Way:
    """Node numbers from the seed to the passage, and the mass that arrives at each along this way."""

    nodes: tuple[int, ...]
    masses: tuple[float, ...]


def best_way(
    network: Network,
    passage: int,
    reset: Scores,
    mass: Scores,
    damping: float,
    named: Sequence[int] = (),
    place: Callable[[int], Place] = lambda node: (node,),
) -> Way:
    """The way to a passage that explains it best.

    From a name in the question (`named` are their nodes), where one brings a noticeable part of what
    the strongest source brings; else from another entity, if that does; else from the strongest: another
    passage, or the passage alone for its own nearness. `reset` sums to one; `mass` is what the walk gave
    each node. Of equal sources the one that is `named` first explains it, or that has the first `place`.
    """
    own = Way((passage,), ((1 - damping) * float(reset[passage]),))
    first = {node: (number,) for number, node in reversed(list(enumerate(named)))}

    def order(node: int) -> Place:
        return first[node] if node in first else place(node)

    ways = _searched(network, passage, reset, mass, damping, named, order)
    strongest = max(own, *ways, key=lambda way: way.masses[-1])
    for way in ways[:2]:
        if way.masses[-1] > NOTICEABLE * strongest.masses[-1]:
            return way
    return strongest


def _searched(
    network: Network,
    passage: int,
    reset: Scores,
    mass: Scores,
    damping: float,
    named: Sequence[int],
    order: Callable[[int], Place],
) -> list[Way]:
    """The best way from a seed of each tier (names, other entities, passages); without nodes for none."""
    best: dict[int, tuple[float, tuple[int, ...]]] = {}
    frontier: list[tuple[tuple[int, ...], float]] = [((passage,), 1.0)]
    for _ in range(DEPTH):
        reached: list[tuple[float, tuple[int, ...], float]] = []
        for path, carried in frontier:
            neighbours, shares = _inflow(network, path[0], damping)
            if not len(neighbours):
                continue
            arriving = carried * shares
            for stop in path[1:]:
                arriving[neighbours == stop] = 0.0
            seeded = (1 - damping) * arriving * reset[neighbours]
            found = np.where(neighbours < network.passages, 2, 1)
            for name in named:
                found[neighbours == name] = 0
            for tier in range(3):
                here = seeded * (found == tier)
                tied = np.flatnonzero(here >= here.max() * ALIKE).tolist()
                place = tied[0]
                if len(tied) > 1 and here[place] > 0:
                    place = min(tied, key=lambda i: order(int(neighbours[i])))
                if found[place] == tier and seeded[place] * ALIKE > best.get(tier, (0.0, ()))[0]:
                    best[tier] = float(seeded[place]), (int(neighbours[place]), *path)
            flowing = arriving * mass[neighbours]
            for i in (-flowing).argsort(kind="stable")[:WIDTH].tolist():
                if flowing[i] > 0:
                    way = (int(neighbours[i]), *path)
                    reached.append((float(flowing[i]), way, float(arriving[i])))
        reached.sort(key=lambda way: (-way[0], way[1]))
        frontier = [(path, carried) for _, path, carried in reached[:WIDTH]]
    paths = [best.get(tier, (0.0, ()))[1] for tier in range(3)]
    return [Way(p, _masses(network, p, reset, damping)) if p else Way((), (0.0,)) for p in paths]


def _inflow(network: Network, node: int, damping: float) -> tuple[npt.NDArray[np.int64], Scores]:
    """The neighbours of a node, and which part of each one's mass flows to it in a step."""
    neighbours, weights = network.near(node)
    return neighbours, damping * weights / network.strength[neighbours]


def _masses(
    network: Network, path: tuple[int, ...], reset: Scores, damping: float
) -> tuple[float, ...]:
    masses = [(1 - damping) * float(reset[path[0]])]
    for here, there in pairwise(path):
        neighbours, shares = _inflow(network, there, damping)
        masses.append(masses[-1] * float(shares[np.flatnonzero(neighbours == here)[0]]))
    return tuple(masses)
