"""The walk: personalised PageRank over the visible part."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..graph.index.nearness import Scores
from .network import Network, along

MOST = 1_000
"""Sweeps after which a walk ends that was to go on until nothing changes."""

BLOCK = 1 << 15
"""Nodes whose masses are brought up to date together."""


def personalised_pagerank(
    network: Network,
    reset: Scores,
    damping: float = 0.5,
    iterations: int = 15,
    tolerance: float | None = None,
) -> Scores:
    """Share out one unit of mass over all nodes (Page et al. 1999; Haveliwala 2002).

    With resets of shape (nodes, questions) the walks of several questions go over the matrix together, and give the
    masses in that shape: each as if it had gone alone, but for the rounding of the last digit or two.

    From a node the walk goes on with probability `damping`, along an edge by its share of the node's
    strength; else, and from a node without edges, it starts again where `reset` sets it down. `reset`
    need not sum to one.

    The weights are symmetric, so that the eigenvalues of the walk are real and lie between -1 and 1: there
    Chebyshev's iteration (Golub and Varga 1961) comes in fewer `sweeps` over the matrix as near to the limit as
    so many power `iterations`. Where no entity is joined to another one, or few are (`spokes`), it goes over the
    passages alone, with the entities put in (the same authors' cyclic reduction), which takes about half as many
    (`alternations`).
    With a tolerance it goes on until the masses change by less in all.
    """
    total: Any = reset.sum(axis=0)
    if not network.size or not np.any(total > 0):
        return np.zeros(reset.shape)
    strength, scale = along(network.strength, reset), along(network.scale, reset)
    # a question that sets nothing down has no mass anywhere
    total = np.where(total > 0, total, 1.0)
    # Of each node the mass for each unit of its strength is looked for, times `scale`. What comes to nodes
    # without edges starts again, which lends every node the same factor: it is made good at the end.
    share = np.divide(scale, strength, out=np.zeros_like(strength), where=strength > 0)
    first = share * reset
    first *= 1 / total
    share *= damping
    share *= scale
    pace = damping, iterations, tolerance
    if network.starred and network.spokes is None:
        mass = _together(network, share, first, *pace)
    else:
        there = reset[: network.passages].sum(axis=0) / total
        # so much mass comes to passages in the end, where next to none goes from one to another
        grown = (there + damping * (1 - there)) / (1 + damping) / np.where(there > 0, there, np.inf)
        mass = _in_turn(network, share, first, grown, *pace)
    mass *= strength
    mass /= scale
    lone = np.flatnonzero(network.strength <= 0)
    mass[lone] = (1 - damping) / total * reset[lone]
    np.maximum(mass, 0.0, out=mass)
    whole: Any = mass.sum(axis=0)
    mass /= np.where(whole > 0, whole, 1.0)
    return mass


def _together(
    network: Network,
    share: Scores,
    before: Scores,
    damping: float,
    iterations: int,
    tolerance: float | None,
) -> Scores:
    """Passages and entities at once, from where the resets are."""
    most = sweeps(iterations) if tolerance is None else MOST
    base = (1 - damping) * before
    now, weight = network.flow(before), 2.0
    _stepped(now, share, base, before, before, 1.0, 1.0)
    for _ in range(1, most):
        weight = 1 / (1 - damping**2 * weight / 4)
        new = network.flow(now)
        _stepped(new, share, base, now, before, 1.0, weight)
        before, now = now, new
        if tolerance is not None and _moved(network, now, before) < tolerance:
            break
    return now


def _in_turn(
    network: Network,
    share: Scores,
    base: Scores,
    grown: Scores,
    damping: float,
    iterations: int,
    tolerance: float | None,
) -> Scores:
    """The entities out of the passages, the passages out of these and of each other, and so on.

    It begins where the resets of passages are, `grown` to what passages have together in the end.
    """
    most = alternations(iterations, damping, network.beside) if tolerance is None else MOST
    cut = network.passages
    now = before = base[:cut] * grown
    base *= 1 - damping
    low, high = _bounds(damping, network.beside)
    centre, half = 2 / (2 - low - high), (high - low) / (2 - low - high)
    there = _put_in(network, share[cut:], base[cut:], now, None, damping)
    weights = [1.0, 1.0, 1 / (1 - half**2 / 2)]
    for sweep in range(most):
        new = network.factor.forth(there)
        new += network.order @ now
        if sweep >= len(weights):
            weights.append(1 / (1 - half**2 * weights[-1] / 4))
        relaxed = centre if sweep else 1.0
        _stepped(new, share[:cut], base[:cut], now, before, relaxed, weights[sweep])
        before, now = now, new
        there = _put_in(network, share[cut:], base[cut:], now, there, damping)
        # what entities have changes by less than what the passages have that it comes from, and comes back to
        # other entities where some are joined
        whole = 1 + damping if network.spokes is None else 1 / (1 - damping)
        if tolerance is not None and whole * _moved(network, now, before) < tolerance:
            break
    return np.concatenate([now, there])


def _put_in(
    network: Network, share: Scores, base: Scores, now: Scores, there: Scores | None, damping: float
) -> Scores:
    """What entities have of what the passages have `now`; `there` is what they had."""
    new = network.factor.back(now)
    new *= share
    new += base
    spokes = network.spokes
    if spokes is not None:
        few = spokes.entities
        come = new[few]
        before = come if there is None else there[few]
        new[few] = spokes.settled(share[few], come, before, damping)
    return new


def _moved(network: Network, now: Scores, before: Scores) -> float:
    """How much mass is elsewhere, of the question where it is most."""
    unit = along(network.strength[: len(now)] / network.scale[: len(now)], now)
    return float(np.max((unit * np.abs(now - before)).sum(axis=0)))


def _stepped(
    new: Scores,
    share: Scores,
    base: Scores,
    now: Scores,
    before: Scores,
    relaxed: float,
    weight: float,
) -> None:
    """One step of the iteration, a block at a time, so that it stays in the processor's cache."""
    for start in range(0, len(new), BLOCK):
        here = slice(start, start + BLOCK)
        part = new[here]
        part *= share[here]
        part += base[here]
        if relaxed != 1.0:
            part -= now[here]
            part *= relaxed
            part += now[here]
        if weight != 1.0:
            part -= before[here]
            part *= weight
            part += before[here]


def sweeps(iterations: int) -> int:
    """How often Chebyshev's iteration goes over the matrix in place of so many power iterations.

    At a damping of .5 power iteration loses half of the error in each at worst, and nearly 60 % on graphs that mix
    as fast as random ones; Chebyshev's loses 73 % on all. Thirteen of its sweeps leave as little as fifteen of the
    others on random graphs, where the gain is least, and 1e-7 of the first error at worst, where fifteen leave 3e-5
    (`benchmarks.walk` compares them).

    >>> sweeps(15)
    13
    """
    return math.ceil(0.85 * iterations)


def alternations(iterations: int, damping: float, beside: float) -> int:
    """The same where passages and entities take turns; at most the share `beside` of a passage's strength is in
    edges to others.

    As many as lose as much of the error at worst, but for one: it begins nearer, with half a sweep more. Between
    6 for 15 where no passages are joined to each other, and 12 where all are.

    >>> alternations(15, 0.5, 0.0), alternations(15, 0.5, 0.1), alternations(15, 0.5, 1.0)
    (6, 7, 12)
    """
    if not 0 < damping < 1:
        return sweeps(iterations)
    slow, fast = _rate(-damping, damping), _rate(*_bounds(damping, beside))
    # rounded, so that the last digit of a sum does not decide
    return max(2, math.ceil(round(0.85 * iterations * math.log(slow) / math.log(fast), 6)) - 1)


def _bounds(damping: float, beside: float) -> tuple[float, float]:
    """Between which numbers the eigenvalues of two steps of the walk lie, from passages to passages.

    From a passage at most the share `beside` goes to others by one step, and what is left by two.
    """
    return -damping * beside, damping**2 + (damping - damping**2) * beside


def _rate(low: float, high: float) -> float:
    """What each step of Chebyshev's iteration leaves of the error at worst, for eigenvalues within bounds."""
    half = (high - low) / (2 - low - high)
    return half / (1 + math.sqrt(1 - half**2))
