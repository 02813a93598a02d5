"""Rivalry between the links of a view: which of several passages a later sentence replaces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache

from ..supersession.link import DIGITS
from ..supersession.rivalry import CERTAIN, Told, otherness, yielding
from ..supersession.scorer import REVIEW
from .bond import Bond
from .segment import Segment

Pair = frozenset[int]
Keys = Callable[[int], AbstractSet[int]]


def contended(bonds: Sequence[Bond], keys: Keys) -> list[Bond]:
    """The links, each as likely as it is beside likelier ones of the same later sentence.

    `keys` gives those of a passage (`supersession.block`). Passages of which one replaces the other are no rivals, as both
    are of one thing. What somebody ruled on keeps its chance and stands in the way of others; what is no longer likely
    enough for a proposal goes.
    """
    keys = cache(keys)
    found: dict[tuple[int, tuple[int, int]], list[Bond]] = defaultdict(list)
    for bond in bonds:
        found[bond.new, bond.new_span].append(bond)
    if len(found) == len(bonds):
        return list(bonds)
    joined = {frozenset((bond.new, bond.old)) for bond in bonds}
    left: list[Bond] = []
    for mine in found.values():
        left += mine if len(mine) == 1 else _beside(mine, keys, joined)
    return left


def _beside(bonds: Sequence[Bond], keys: Keys, joined: Collection[Pair]) -> list[Bond]:
    """The links of one sentence, each with what stands in its way."""
    later = keys(bonds[0].new)
    told = {bond.old: Told.of(keys(bond.old), later) for bond in bonds}
    likelier = sorted(bonds, key=lambda bond: -bond.chance)
    held: list[Bond] = []
    for place, bond in enumerate(likelier):
        certain = bond.ruled or bond.chance >= CERTAIN
        rival = 0.0 if certain else _rival(bond, likelier[:place], told, joined)
        if not rival:
            held.append(bond)
            continue
        chance = round(yielding(bond.chance, rival), DIGITS)
        if chance >= REVIEW:
            held.append(replace(bond, chance=chance, rival=rival))
    return held


def _rival(
    bond: Bond, likelier: Sequence[Bond], told: Mapping[int, Told], joined: Collection[Pair]
) -> float:
    """What the strongest of the likelier links weighs: its chance, times how far it is of something else.

    One that leaves nothing of the link is as good as the strongest.
    """
    found = 0.0
    for other in likelier:
        if other.chance <= max(found, bond.chance):
            break
        if frozenset((bond.old, other.old)) not in joined:
            apart = otherness(told[bond.old], told[other.old])
            found = max(found, round(other.chance * apart, DIGITS))
            if round(yielding(bond.chance, found), DIGITS) < REVIEW:
                break
    return found


def keys_of(segment: Segment, row: int) -> frozenset[int]:
    """Under which keys a row of cubes is compared with others."""
    at = segment["cube.block@"]
    return frozenset(segment["cube.block"][at[row] : at[row + 1]].tolist())
