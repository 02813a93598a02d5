"""Network: the weighted graph that a question walks, out of a view's raw counts.

Passages come first, then entity groups. A passage and an entity it mentions are joined by tf·idf; the
explicit subject of a passage is joined to the passage's other entities as well, like the centre of a
star; a passage is joined to the one that follows it. All weights are symmetric.

The matrix W of these weights is never written down. With T the tf of passages by entities, D the idf of
entities on a diagonal, A the explicit subjects and N the order of passages,

    W = | N      T D |  +  | 0   0               |
        | D T'   0   |     | 0   A'T D + D T'A   |  without its diagonal,

so that one product with W is one with T and one with its transpose. An idf depends on how many passages
there are and is another after each write; T stays as it is but for the rows of passages that changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, csr_array, diags_array, hstack, vstack

from ..graph.index.columns import spread
from ..graph.index.incidence import Incidence
from ..graph.index.nearness import Scores
from ..graph.index.view import View
from .recipe import Recipe

Nodes = npt.NDArray[np.int64]

KEPT = 1_000
"""Nodes whose neighbours are kept ready: questions come past the same ones again and again."""


@dataclass(frozen=True, eq=False)
class Network:
    """The factors of the weights: tf and subjects (P × E), order of passages (P × P, symmetric), and idf.

    `star` is the weight of an edge between a subject and another entity; `frequency` has in how many passages
    each entity occurs, and `naming` finds which those are.
    """

    tf: csr_array
    about: csr_array
    order: csr_array
    idf: Scores
    frequency: Scores
    star: float
    naming: Callable[[int], Nodes]
    _near: dict[int, tuple[Nodes, Scores]] = field(default_factory=dict, repr=False)

    @property
    def passages(self) -> int:
        """How many passages there are."""
        return int(self.tf.shape[0])

    @property
    def size(self) -> int:
        """Passages and entities together."""
        return sum(self.tf.shape)

    @cached_property
    def strength(self) -> Scores:
        """The sum of the weights at each node."""
        return self.flow(np.ones(self.size))

    @cached_property
    def _back(self) -> tuple[csc_array, csc_array]:
        """The transposed factors: the same arrays, read by columns."""
        return csc_array(self.tf.T), csc_array(self.about.T)

    @cached_property
    def _loops(self) -> Scores:
        """What the star would give each subject as an edge to itself."""
        held = self.about.multiply(self.tf).tocoo()
        loops = np.bincount(held.col, weights=held.data, minlength=len(self.idf))
        return loops * self.idf

    def flow(self, mass: Scores) -> Scores:
        """W times a vector: what comes to each node where every node hands `mass` along each edge."""
        passages = self.passages
        here, there = mass[:passages], mass[passages:]
        back, around = self._back
        found = np.empty(self.size)
        spoken = self.tf @ (there * self.idf)
        np.add(spoken, self.order @ here, out=found[:passages])
        entities = found[passages:]
        if self.star and self.about.nnz:
            entities[:] = back @ (here + self.star * (self.about @ there))
            entities *= self.idf
            entities += self.star * (around @ spoken)
            entities -= (2 * self.star) * self._loops * there
        else:
            np.multiply(back @ here, self.idf, out=entities)
        return found

    def near(self, node: int) -> tuple[Nodes, Scores]:
        """The neighbours of a node, ascending, and the weights of the edges to them."""
        if node not in self._near:
            if len(self._near) >= KEPT:
                self._near.clear()
            passages = self.passages
            self._near[node] = (
                self._near_passage(node) if node < passages else self._near_entity(node - passages)
            )
        return self._near[node]

    def _near_passage(self, passage: int) -> tuple[Nodes, Scores]:
        at, on = self.tf.indptr, self.order.indptr
        held, order = slice(at[passage], at[passage + 1]), slice(on[passage], on[passage + 1])
        named = self.tf.indices[held]
        return (
            np.concatenate([self.order.indices[order], self.passages + named]).astype(np.int64),
            np.concatenate([self.order.data[order], self.tf.data[held] * self.idf[named]]),
        )

    def _near_entity(self, entity: int) -> tuple[Nodes, Scores]:
        passages = self.naming(entity)
        items, counts = spread(self.tf.indptr, passages)
        owner = np.repeat(np.arange(len(passages)), counts)
        named = self.tf.indices[items].astype(np.int64)
        weights = self.tf.data[items] * self.idf[named]
        own = weights[named == entity]
        items, counts = spread(self.about.indptr, passages)
        subject, of = self.about.indices[items], np.repeat(np.arange(len(passages)), counts)
        # the star of each passage that is about it, and of each that is about another
        centre = np.zeros(len(passages), np.bool_)
        centre[of[subject == entity]] = True
        mine, theirs = centre[owner] & (named != entity), subject != entity
        ends = np.concatenate([named[mine], subject[theirs]])
        spokes = np.concatenate([weights[mine], own[of[theirs]]])
        others, where = np.unique(ends, return_inverse=True)
        star = self.star * np.bincount(where, weights=spokes, minlength=len(others))
        if not self.star:
            others, star = others[:0], star[:0]
        return np.concatenate([passages, self.passages + others]), np.concatenate([own, star])

    @property
    def weights(self) -> csr_array:
        """W written down, to look at: for large graphs it is several times what is held."""
        weighted = csr_array(self.tf @ diags_array(self.idf))
        spokes = csr_array(self.about.T @ weighted)
        spokes = csr_array(spokes - diags_array(spokes.diagonal()))
        star = csr_array(self.star * (spokes + spokes.T))
        upper = hstack([self.order, weighted], format="csr")
        lower = hstack([csr_array(weighted.T), star], format="csr")
        weights = csr_array(vstack([upper, lower], format="csr"))
        weights.eliminate_zeros()
        weights.sort_indices()
        return weights


def network(view: View, recipe: Recipe) -> Network:
    """Weigh the visible part: idf is ln(1 + N / df) over the visible passages."""
    graph = view.adjacency
    named = graph.named
    frequency = graph.frequency.astype(np.float64)
    idf = np.log1p(view.size / np.maximum(frequency, 1.0))
    shape = view.size, graph.groups
    tf = csr_array((_tf(named, recipe), named.number, named.at), shape=shape)
    subjects = np.flatnonzero(named.value & 1)
    about = csr_array(
        (np.ones(len(subjects)), named.number[subjects], np.searchsorted(subjects, named.at)),
        shape=shape,
    )
    order = csr_array(recipe.next_edge * (graph.following + graph.following.T))
    return Network(tf, about, order, idf, frequency, recipe.star_edge, view.naming)


def _tf(named: Incidence, recipe: Recipe) -> Scores:
    """1 + ln(mentions), where an explicit subject counts for several; looked up, as counts are small."""
    most = int(named.value.max(initial=0)) + 1
    values = np.arange(most) if most <= len(named.value) else named.value
    counts = (values >> 1) + recipe.subject_edge * (values & 1)
    weights: Scores = (1.0 + np.log(np.maximum(counts, 1e-9))).clip(0.1)
    return weights[named.value] if most <= len(named.value) else weights
