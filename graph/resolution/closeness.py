"""Closeness: what an encoder makes of two names, with a threshold that is calibrated for each encoder.

Vectors of names alone are a weak witness: "North Korea" stands as near to "South Korea" as anything. They are
asked last, of pairs that share a block and of which the letters say too little, and only ever propose. What
cosine is enough differs from encoder to encoder, so it is read off labelled pairs (`calibration.tsv`) with the
encoder itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

PRECISION = 0.8
"""The share of right pairs that the threshold keeps on the labelled ones."""
FEWEST = 10
"""With fewer labelled pairs above a threshold than these, nothing is known of it."""

Vectors = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]
"""Gives the unit vectors of names, a row each."""


@cache
def labelled() -> tuple[tuple[str, str, bool], ...]:
    """The pairs that calibrate: two names of whose letters too little is said, and whether they are one."""
    text = resources.files(__package__).joinpath("calibration.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return tuple((one, other, same == "same") for same, one, other in rows)


def cosines(encode: Encode, pairs: Sequence[tuple[str, str]]) -> list[float]:
    """The cosine of the two names of each pair; each name is encoded once."""
    names = sorted({name for pair in pairs for name in pair})
    if not names:
        return []
    rows = np.asarray(encode(names), np.float64)
    place = {name: i for i, name in enumerate(names)}
    return [float(rows[place[one]] @ rows[place[other]]) for one, other in pairs]


def threshold(scores: Sequence[float], right: Sequence[bool]) -> float:
    """The least cosine above which `PRECISION` of labelled pairs are right; infinite where there is none.

    >>> threshold([0.9] * 10 + [0.1] * 10, [True] * 10 + [False] * 10)
    0.9
    >>> threshold([0.9] * 20, [True, False] * 10)
    inf
    """
    best = math.inf
    for least in sorted(set(scores), reverse=True):
        above = [same for score, same in zip(scores, right, strict=True) if score >= least]
        if len(above) >= FEWEST and sum(above) >= PRECISION * len(above):
            best = least
    return best


def calibrated(encode: Encode) -> float:
    """The threshold of an encoder."""
    pairs = labelled()
    scores = cosines(encode, [(one, other) for one, other, _ in pairs])
    return threshold(scores, [same for _, _, same in pairs])
