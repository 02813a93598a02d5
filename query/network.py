"""Network: the weighted graph that a question walks, out of a view's raw counts.

Passages come first, then entity groups. A passage and an entity it mentions are joined by tf·idf; the
explicit subject of a passage is joined to the passage's other entities as well, like the centre of a
star; a passage is joined to the one that follows it. All weights are symmetric.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, diags_array, hstack, vstack

from ..graph.index.nearness import Scores
from ..graph.index.view import View
from .recipe import Recipe


@dataclass(frozen=True, slots=True)
class Network:
    """Weights (symmetric, passages before entities), and in how many passages each entity occurs."""

    weights: csr_array
    strength: Scores
    frequency: Scores
    passages: int

    @property
    def size(self) -> int:
        """Passages and entities together."""
        return len(self.strength)


def network(view: View, recipe: Recipe) -> Network:
    """Weigh the visible part: idf is ln(1 + N / df) over the visible passages."""
    graph = view.adjacency
    counts = csr_array(graph.mentions + recipe.subject_edge * graph.about)
    counts.sort_indices()
    frequency = np.bincount(counts.indices, minlength=graph.groups).astype(np.float64)
    idf = np.log1p(view.size / np.maximum(frequency, 1.0))
    weighted = counts.copy()
    weighted.data = (1.0 + np.log(np.maximum(weighted.data, 1e-9))).clip(0.1) * idf[counts.indices]
    spokes = csr_array(graph.about.T @ weighted)
    spokes = csr_array(spokes - diags_array(spokes.diagonal()))
    star = csr_array(recipe.star_edge * (spokes + spokes.T))
    order = csr_array(recipe.next_edge * (graph.following + graph.following.T))
    # by rows and columns of one format, which SciPy joins without sorting anything
    upper = hstack([order, weighted], format="csr")
    lower = hstack([csr_array(weighted.T), star], format="csr")
    weights = csr_array(vstack([upper, lower], format="csr"))
    weights.eliminate_zeros()
    weights.sort_indices()
    strength = np.asarray(weights.sum(axis=0), dtype=np.float64).ravel()
    return Network(weights, strength, frequency, view.size)
