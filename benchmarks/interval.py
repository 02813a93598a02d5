"""Intervals of shares."""

from __future__ import annotations

import math

NORMAL = 1.959964
"""The 97.5th percentile of the normal distribution."""


def wilson(hits: int, of: int) -> dict[str, float | int]:
    """A share with its 95 % interval (Wilson 1927); 0 to 1 where nothing was counted.

    >>> {k: round(v, 3) for k, v in wilson(8, 10).items()}
    {'share': 0.8, 'low': 0.49, 'high': 0.943, 'of': 10}
    """
    if not of:
        return {"share": 0.0, "low": 0.0, "high": 1.0, "of": 0}
    share, z2 = hits / of, NORMAL**2 / of
    middle = (share + z2 / 2) / (1 + z2)
    half = NORMAL * math.sqrt(share * (1 - share) / of + z2 / (4 * of)) / (1 + z2)
    return {"share": share, "low": middle - half, "high": middle + half, "of": of}
