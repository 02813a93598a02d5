"""Recipe: every number of the ranking in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """The weights of recipe A: seeds, walk and fusion.

    The defaults lie on a plateau that three sets share (hotpot100, musique_train100, 2wiki147).

    >>> Recipe().damping
    0.5
    """

    damping: float = 0.5
    """Probability of going on; .5 as in HippoRAG (arXiv 2405.14831)."""
    iterations: int = 15
    """Power iterations; 15 come within 1e-5 of the limit."""
    tolerance: float | None = None
    """Where given, the walk goes on until no mass changes by more."""

    entity_share: float = 0.4
    """Share of the reset mass that is set down on entities; the rest lies on passages."""
    sentence_seeds: int = 5
    """The nearest sentences whose entities are seeds."""
    sentence_weight: float = 0.05
    """What the entities of those sentences weigh together beside those that the question names."""

    subject_edge: float = 2.0
    """Mentions that an explicit subject counts for on the edge to its passage."""
    star_edge: float = 1.0
    """Weight of an edge between a subject and another entity of its passage."""
    next_edge: float = 1.0
    """Weight of an edge between a passage and the one that follows."""

    k1: float = 1.2
    b: float = 0.75

    walk_share: float = 0.8
    """Share of the walk in the final score; the three below divide the rest."""
    bm25_share: float = 0.5
    dense_share: float = 0.25
    sentence_share: float = 0.25
