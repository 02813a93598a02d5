"""Spokes: the edges between subjects and other entities, by themselves, where few passages have a subject.

A walk whose passages and entities take turns puts the entities in by dividing. Where a few of these are joined to
each other it has to solve for them: only what these few passages say is gone over for that, and no more than so
often, since it begins from what was found the sweep before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from ..graph.index.nearness import Scores

FEW = 16
"""How many times as many mentions there are in all, at least, as in passages with a subject."""

TURNS = 6
"""How often spokes are gone along in a sweep: at a damping of .5 these leave a thousandth of what is new in it."""


@dataclass(frozen=True, eq=False)
class Spokes:
    """The tf of passages with a subject by the entities that they mention, and where the subjects are among these.

    `entities` are the numbers of these; the rest is as in `network.Star`, of which the rows are the same.
    """

    tf: csr_array
    about: csr_array
    entities: npt.NDArray[np.int64]
    subjects: npt.NDArray[np.int64]
    loops: Scores
    idf: Scores
    weight: float

    @classmethod
    def of(
        cls,
        tf: csr_array,
        about: csr_array,
        subjects: npt.NDArray[np.int64],
        loops: Scores,
        idf: Scores,
        weight: float,
    ) -> Spokes:
        """Of the rows of T that have a subject, by all entities, and of the idf of all."""
        entities, at = np.unique(tf.indices, return_inverse=True)
        few = csr_array(
            (tf.data, at.astype(np.int32), tf.indptr), shape=(tf.shape[0], len(entities))
        )
        return cls(
            few,
            about,
            entities.astype(np.int64),
            np.searchsorted(entities, subjects),
            loops,
            idf[subjects],
            weight,
        )

    def flow(self, mass: Scores) -> Scores:
        """What comes to each of the entities along the spokes, as `Network.flow` has it."""
        idf, loops = (each.reshape(-1, *[1] * (mass.ndim - 1)) for each in (self.idf, self.loops))
        there = mass[self.subjects]
        found: Any = self.tf.T @ (self.weight * (self.about @ (there / idf)))
        around = self.about.T @ (self.tf @ mass)
        around -= 2 * loops * there
        found[self.subjects] += self.weight * around / idf
        return np.asarray(found)

    def settled(self, share: Scores, come: Scores, before: Scores, damping: float) -> Scores:
        """What the entities have once they have shared out what came, from what they had `before`.

        Chebyshev's iteration, as of the walk over all nodes (`walk.personalised_pagerank`); `share` is that of the
        walk.
        """
        now, weight = before, 2.0
        for turn in range(TURNS):
            new = self.flow(now)
            new *= share
            new += come
            if turn:
                weight = 1 / (1 - damping**2 * weight / 4)
                new -= before
                new *= weight
                new += before
            before, now = now, new
        return now
