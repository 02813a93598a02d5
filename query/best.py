"""Best: the first of some passages by their scores, the same on every store and every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from ..graph.index.nearness import Scores
from ..graph.index.view import View

DIGITS = 12
"""Scores are compared to this many digits: what differs less is a tie, and ties go by source and place."""

_NOTHING: Mapping[int, int] = {}


def best(
    view: View,
    score: Scores,
    limit: int,
    allowed: npt.NDArray[np.bool_] | None = None,
    outdated: Mapping[int, int] = _NOTHING,
) -> list[int]:
    """The best allowed passages; equals by what is less outdated, then by their source, place and id."""
    places = np.arange(len(score)) if allowed is None else np.flatnonzero(allowed)
    if not len(places):
        return []
    rounded = np.round(score[places], DIGITS)
    least = np.partition(rounded, -limit)[-limit] if len(places) > limit else -np.inf
    kept = rounded >= least
    near: list[int] = places[kept].tolist()
    value = dict(zip(near, rounded[kept].tolist(), strict=True))
    alike = Counter(value.values())
    # Where a passage stands has to be read only of those that are equal.
    near.sort(
        key=lambda i: (
            -value[i],
            outdated.get(i, 0),
            view.order_key(i) if alike[value[i]] > 1 else (),
        )
    )
    return near[:limit]
