"""BM25 over the visible passages (Robertson and Zaragoza 2009), with idf recomputed for them."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from ..graph.index.nearness import Scores
from ..graph.index.view import View


def bm25(view: View, terms: Iterable[str], k1: float = 1.2, b: float = 0.75) -> Scores:
    """Score each passage by the question's terms, each counted once; float64 of shape (passages,).

    idf is ln(1 + (N − df + ½) / (df + ½)), which is never negative.
    """
    scores = np.zeros(view.size)
    if not view.size:
        return scores
    mean = float(view.lengths.mean()) or 1.0
    for term in sorted(set(terms)):
        places, counts = view.posted(term)
        if not len(places):
            continue
        idf = math.log(1 + (view.size - len(places) + 0.5) / (len(places) + 0.5))
        norm = k1 * (1 - b + b * view.lengths[places] / mean)
        scores[places] += idf * counts * (k1 + 1) / (counts + norm)
    return scores
