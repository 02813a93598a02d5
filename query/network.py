"""Network: the weighted graph that a question walks, out of a view's raw counts.

Passages come first, then entity groups. A passage and an entity it mentions are joined by tf·idf; the
explicit subject of a passage is joined to the passage's other entities as well, like the centre of a
star; a passage is joined to the one that follows it. All weights are symmetric.

The matrix W of these weights is never written down. With T the tf of passages by entities, D the idf of
entities on a diagonal, A the explicit subjects and N the order of passages,

    W = | N      T D |  +  | 0   0               |
        | D T'   0   |     | 0   A'T D + D T'A   |  without the diagonal of the latter,

so that one product with W is one with T and one with its transpose. An idf depends on how many passages
there are and is another after each write; T stays as it is but for the rows of passages that changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from weakref import ref

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csc_array, csr_array, diags_array, hstack, vstack

from ..graph.index.columns import spread
from ..graph.index.incidence import Incidence, looked_up, narrow
from ..graph.index.nearness import Scores
from ..graph.index.view import View
from .factor import Factor
from .recipe import Recipe
from .spokes import FEW, Spokes

Nodes = npt.NDArray[np.int64]

TURNED = 500_000
"""Mentions up to which T is kept by columns as well, for what is read of single entities."""

KEPT = 1_000
"""Nodes whose neighbours are kept ready: questions come past the same ones again and again."""


@dataclass(frozen=True, eq=False)
class Star:
    """The passages with an explicit subject, their subjects, and which is about which (rows and columns of these).

    `loops` are what the star would give each subject as an edge to itself.
    """

    passages: Nodes
    subjects: Nodes
    about: csr_array
    loops: Scores

    @classmethod
    def of(cls, passages: Nodes, subjects: Nodes, tf: Scores, entities: int) -> Star:
        """Collect pairs of a passage (ascending) and what it is about, with the tf of that."""
        first = np.flatnonzero(np.diff(passages, prepend=-1))
        there = np.zeros(entities, np.bool_)
        there[subjects] = True
        columns = np.flatnonzero(there)
        at = (np.cumsum(there) - 1)[subjects]
        shape = len(first), len(columns)
        begin = narrow(np.append(first, len(at)))
        about = csr_array((np.ones(len(at)), at.astype(np.int32), begin), shape=shape)
        loops = np.bincount(at, weights=tf, minlength=len(columns)).astype(np.float64)
        return cls(passages[first], columns, about, loops)


@dataclass(frozen=True, eq=False)
class Network:
    """The factors of the weights: tf (P × E), order of passages (P × P, symmetric), subjects, and idf.

    `star` is the weight of an edge between a subject and another entity; `frequency` has in how many passages
    each entity occurs, and `naming` finds which those are.
    """

    tf: csr_array
    order: csr_array
    subjects: Star
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
    def scale(self) -> Scores:
        """D: one for each passage, the idf of each entity."""
        return np.concatenate([np.ones(self.passages), self.idf])

    @cached_property
    def strength(self) -> Scores:
        """The sum of the weights at each node."""
        return self.scale * self.flow(self.scale)

    @cached_property
    def _columns(self) -> csc_array:
        """T by columns, for small graphs: in large ones an index finds the passages of an entity."""
        return csc_array(self.tf.tocsc())

    @cached_property
    def factor(self) -> Factor:
        """T, to be multiplied with."""
        return Factor(self.tf)

    @property
    def starred(self) -> bool:
        """Whether entities are joined to each other; else each edge has a passage at one end at least."""
        return bool(self.star) and len(self.subjects.passages) > 0

    @cached_property
    def spokes(self) -> Spokes | None:
        """The edges between entities by themselves, where they are few beside the others; else none."""
        said = self.subjects
        mentions = int(np.diff(self.tf.indptr)[said.passages].sum())
        if not self.starred or FEW * mentions > self.tf.nnz:
            return None
        tf = csr_array(self.tf[said.passages])
        return Spokes.of(tf, said.about, said.subjects, said.loops, self.idf, self.star)

    @cached_property
    def beside(self) -> float:
        """The greatest share of a passage's strength that is that of its edges to other passages."""
        strength = self.strength[: self.passages]
        order = self.order.sum(axis=1)
        return float(
            np.divide(order, strength, out=np.zeros_like(order), where=order > 0).max(initial=0.0)
        )

    def flow(self, mass: Scores) -> Scores:
        """F times a vector, or several beside each other, of which W is D F D."""
        passages, said = self.passages, self.subjects
        here, there = mass[:passages], mass[passages:]
        back = here
        if self.starred:
            idf = along(self.idf[said.subjects], mass)
            back = here.copy()
            back[said.passages] += self.star * (said.about @ (there[said.subjects] / idf))
        spoken = self.factor.forth(there)
        found = np.empty((self.size, *mass.shape[1:]))
        np.add(spoken, self.order @ here, out=found[:passages])
        found[passages:] = self.factor.back(back)
        if self.starred:
            around = said.about.T @ spoken[said.passages]
            around -= along(2 * said.loops, mass) * there[said.subjects]
            found[passages + said.subjects] += self.star * around / idf
        return found

    def near(self, node: int) -> tuple[Nodes, Scores]:
        """The neighbours of a node, ascending, and the weights of the edges to them."""
        found = self._near.get(node)
        if found is None:
            if len(self._near) >= KEPT:
                self._near.clear()
            entity = node - self.passages
            found = self._near_passage(node) if entity < 0 else self._near_entity(entity)
            self._near[node] = found
        return found

    def _near_passage(self, passage: int) -> tuple[Nodes, Scores]:
        at, on = self.tf.indptr, self.order.indptr
        held, order = slice(at[passage], at[passage + 1]), slice(on[passage], on[passage + 1])
        named = self.tf.indices[held]
        beside, where = np.unique(self.order.indices[order], return_inverse=True)
        weights = np.bincount(where, weights=self.order.data[order], minlength=len(beside))
        return (
            np.concatenate([beside, self.passages + named]).astype(np.int64),
            np.concatenate([weights, self.tf.data[held] * self.idf[named]]),
        )

    def _near_entity(self, entity: int) -> tuple[Nodes, Scores]:
        if self.tf.nnz <= TURNED:
            at = self._columns.indptr
            passages = self._columns.indices[at[entity] : at[entity + 1]].astype(np.int64)
        else:
            passages = self.naming(entity)
        items, counts = spread(self.tf.indptr, passages)
        owner = np.repeat(np.arange(len(passages)), counts)
        named = self.tf.indices[items].astype(np.int64)
        weights = self.tf.data[items] * self.idf[named]
        own = weights[named == entity]
        said = self.subjects
        place = np.searchsorted(said.passages, passages)
        there = np.append(said.passages, -1)[place] == passages
        here = np.flatnonzero(there)
        items, counts = spread(said.about.indptr, place[here])
        subject, of = said.subjects[said.about.indices[items]], np.repeat(here, counts)
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
        said = self.subjects.about.tocoo()
        where = self.subjects.passages[said.row], self.subjects.subjects[said.col]
        about = csr_array((said.data, where), shape=self.tf.shape)
        weighted = csr_array(self.tf @ diags_array(self.idf))
        spokes = csr_array(about.T @ weighted)
        spokes = csr_array(spokes - diags_array(spokes.diagonal()))
        star = csr_array(self.star * (spokes + spokes.T))
        upper = hstack([self.order, weighted], format="csr")
        lower = hstack([csr_array(weighted.T), star], format="csr")
        weights = csr_array(vstack([upper, lower], format="csr"))
        weights.sum_duplicates()
        weights.eliminate_zeros()
        weights.sort_indices()
        return weights


def along(each: Scores, mass: Scores) -> Scores:
    """What there is one of for each node, to be multiplied with masses of one question or of several.

    >>> along(np.ones(3), np.zeros((3, 2))).shape
    (3, 1)
    """
    return each if mass.ndim == 1 else each[:, None]


def network(view: View, recipe: Recipe) -> Network:
    """Weigh the visible part: idf is ln(1 + N / df) over the visible passages."""
    graph = view.adjacency
    named = graph.named
    frequency = graph.frequency.astype(np.float64)
    idf = np.log1p(view.size / np.maximum(frequency, 1.0))
    weights = _tf(named, recipe)
    tf = csr_array((weights, named.number, narrow(named.at)), shape=(view.size, graph.groups))
    about = np.flatnonzero(named.value & 1)
    passages = np.searchsorted(named.at, about, side="right") - 1
    subjects = Star.of(passages, named.number[about].astype(np.int64), weights[about], len(idf))
    order = _both_ways(graph.next, recipe.next_edge)
    return Network(tf, order, subjects, idf, frequency, recipe.star_edge, _naming(view))


def _naming(view: View) -> Callable[[int], Nodes]:
    """Asks a view that is not held by it: a network is kept as long as its view, and may not keep it."""
    held = ref(view)

    def passages(group: int) -> Nodes:
        there = held()
        if there is None:
            raise ReferenceError("the view of this network is gone: keep it as long as you ask")
        return there.naming(group)

    return passages


def _both_ways(following: Incidence, weight: float) -> csr_array:
    """The order of passages as a symmetric matrix; of two that follow each other an entry comes twice."""
    one, other = following.owners.astype(np.int32), following.number
    ends = np.concatenate([one, other]), np.concatenate([other, one])
    made = coo_array((np.full(len(ends[0]), weight), ends), shape=(following.rows, following.rows))
    made.has_canonical_format = True  # or else SciPy sorts all rows to find those few
    return csr_array(made.tocsr())


def _tf(named: Incidence, recipe: Recipe) -> Scores:
    """1 + ln(mentions), where an explicit subject counts for several; looked up, as counts are small."""
    most = int(named.value.max(initial=0)) + 1
    values = np.arange(most) if most <= len(named.value) else named.value
    counts = (values >> 1) + recipe.subject_edge * (values & 1)
    weights: Scores = (1.0 + np.log(np.maximum(counts, 1e-9))).clip(0.1)
    return weights if values is named.value else looked_up(weights, named.value)
