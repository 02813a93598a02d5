"""Finding: one page of one search on one view.

The index proposes, the guarded store disposes: every cube of a page is read through the store at the scope of
the question, and what the store does not show is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ..graph.index.catalogue import Catalogue
from ..graph.index.nearness import DEPTH, Scores
from ..graph.index.view import View
from ..graph.record import Version
from ..graph.tag_expression import Mask
from .asking import Asking
from .asking import Prepared as Asked
from .best import DIGITS, best
from .cube_filter import CubeFilter
from .cube_order import CubeOrder, Ordered, listed
from .cursor import Place
from .cut import CUTS, CutStep
from .cutting import Cutting, Line
from .hit import Hit, Ranking, SearchResult
from .length import bounded
from .page import Pages, Reads
from .rank import Rank
from .succession import Succession

if TYPE_CHECKING:
    from .memoperator import MemOperator

MOST = 1000
"""How far down a ranking pages go, and how many cubes a page holds at most."""


class Prepared(Asked, Protocol):
    """What is worked out once for a view, with what it is filtered and listed by."""

    @property
    def catalogue(self) -> Catalogue:
        """What passages are filtered and counted by."""

    def listing(self, order: CubeOrder) -> Ordered:
        """All passages in an order."""


class Finding:
    """One page of one search: what meets the filter, ranked for a question or listed in an order."""

    def __init__(
        self,
        operator: MemOperator,
        prepared: Prepared,
        place: Place,
        view: View,
        where: CubeFilter,
        limit: int,
        accept: float,
        reads: Reads | None = None,
    ) -> None:
        self.operator = operator
        self.reads: Reads = operator.store if reads is None else reads
        self.place = place
        self.scope = place.scope
        self.view = view
        self.where = where
        self.limit = limit
        self.prepared = prepared
        self._allowed: Mask | None = None
        off = "succession" in operator.recipe.off
        self.succession = Succession(() if off else view.links, accept)

    def _met(self) -> Mask | None:
        """Which passages meet the filter; None for all."""
        if not self.where:
            return None
        return self.where.mask(self.operator.store, self.scope, self.prepared.catalogue)

    def _unmet(self, passages: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Which parts of the filter each of some passages does not meet."""
        store, catalogue = self.operator.store, self.prepared.catalogue
        return self.where.unmet(store, self.scope, catalogue, passages)

    def listed(self, order: CubeOrder) -> SearchResult:
        """What meets the filter, in an order."""
        met = self._met()
        met = np.ones(self.view.size, np.bool_) if met is None else met
        line = self.prepared.listing(order)
        chosen, more = listed(line, met, self.place.after, self.limit)
        cursors = [self.place.cursor(line.key_of(i)) for i in chosen]
        held = self._held({self.view.node(i) for i in chosen})
        hits, kept = [], []
        for i, cursor in zip(chosen, cursors, strict=True):
            cube = held.get(self.view.node(i))
            if cube is None:
                continue  # erased since it was indexed
            standings = self.succession.standings(i, self.view.node)
            span = self.view.sentence_span(i, 0)
            hits.append(Hit(cube, 0.0, {}, (), span, standings))
            kept.append(cursor)
        return SearchResult(
            None,
            None,
            self.scope.seq,
            tuple(hits),
            visible=self.view.size,
            total=int(met.sum()),
            order=order,
            cursors=tuple(kept),
            after=cursors[-1] if more else None,
        )

    def asking(self, question: str, order: Ranking) -> Asking:
        """A question, to be walked for (see `walk_all`) before it is `ranked`."""
        operator, view = self.operator, self.view
        self._allowed = met = self._met()
        pages = Pages(self.reads, self.scope, view, operator.readings)
        return Asking(
            view,
            self.prepared,
            bounded(question).text,
            operator.encoder,
            operator.index.analyser,
            pages,
            operator.recipe,
            met,
            # what is superseded makes room for others
            max(DEPTH, 2 * self._depth) if order is Ranking.DENSE else DEPTH,
        )

    @property
    def _depth(self) -> int:
        return min(Rank.read(self.place.after).offset + self.limit + 1, MOST)

    def ranked(self, question: str, asking: Asking, order: Ranking) -> SearchResult:
        """What bears on a question that was walked for, best first."""
        view, met = self.view, self._allowed
        rank, depth = Rank.read(self.place.after), self._depth
        alone = asking.score(order)
        score, steps = self.succession.lifted(alone, asking.sentence, asking.settled)
        allowed = np.ones(view.size, np.bool_) if met is None else met.copy()
        if order is Ranking.BM25:
            allowed &= score > 0
        total = int(allowed.sum())
        one_of = dict[int, list[int]]()
        for group in view.merged:  # of cubes that are one, the one that fits best stands for all
            mine = [i for i in group if allowed[i]]
            mine.sort(key=lambda i: (-round(float(score[i]), DIGITS), view.order_key(i)))
            allowed[mine[1:]] = False
            one_of |= dict.fromkeys(mine[:1], mine[1:])
        ranked, same = self._best(asking, score, steps, allowed, order, depth + CUTS)
        chosen = ranked[:depth]
        start = rank.start(chosen, score, view.node)
        page = chosen[start : start + self.limit]
        line = Line(alone, score, steps, ranked, start, page, order is Ranking.GRAPH)
        cutting = Cutting(view, self.succession, asking, line)
        if met is not None:
            cutting.filtered(met, self._unmet)
        cutting.stood_for(CutStep.MERGED, one_of)
        cutting.stood_for(CutStep.DUPLICATES, same)
        cutting.below(allowed)
        hits = self._hits(asking, score, page, order, same)
        cursors = {
            view.node(i): self.place.cursor(Rank(n, float(score[i]), view.node(i)).text)
            for n, i in enumerate(page, start + 1)
        }
        more = len(chosen) > start + self.limit
        return SearchResult(
            question,
            order,
            self.scope.seq,
            hits,
            asking.names(),
            view.size,
            total,
            cursors=tuple(cursors[hit.cube.node] for hit in hits),
            after=cursors[view.node(page[-1])] if more and page else None,
            note=bounded(question).note,
            cut=cutting.told(),
        )

    def _best(
        self,
        asking: Asking,
        score: Scores,
        steps: Mapping[int, int],
        allowed: Mask,
        order: Ranking,
        depth: int,
    ) -> tuple[list[int], dict[int, list[int]]]:
        """The best passages, and for which others each stands; a longer list begins with a shorter one."""
        chosen, same = best(self.view, score, depth, allowed, steps), dict[int, list[int]]()
        if order is not Ranking.GRAPH:
            return chosen, same
        reach = depth
        while True:
            same = asking.duplicates(chosen, steps)
            repeated = {passage for many in same.values() for passage in many}
            if len(chosen) - len(repeated) >= depth or len(chosen) < reach:
                break
            reach += 2 * len(repeated)
            chosen = best(self.view, score, reach, allowed, steps)
        return [passage for passage in chosen if passage not in repeated][:depth], same

    def _held(self, nodes: Iterable[str]) -> dict[str, Version]:
        held: dict[str, Version] = {}
        for version in self.reads.get(self.scope, sorted(nodes)):
            # a name that several sources opened is told by one that was not erased
            if version.salt is not None:
                held.setdefault(version.node, version)
        return held

    def _hits(
        self,
        asking: Asking,
        score: Scores,
        chosen: Sequence[int],
        order: Ranking,
        same: Mapping[int, Sequence[int]],
    ) -> tuple[Hit, ...]:
        view, graph = asking.view, order is Ranking.GRAPH
        ways = {i: asking.way(i) for i in chosen} if graph else {}
        stops = {node for way in ways.values() for node in way.nodes}
        wanted = {view.node(i) for i in chosen} | {asking.id_of(node) for node in stops}
        shown = self._held(wanted)
        hits, before = list[Hit](), set[int]()
        for i in chosen:
            cube = shown.get(view.node(i))
            if cube is None:
                continue  # erased since it was indexed
            turn = cube.get("speaker") is not None
            doubts = () if turn else self.succession.doubts(i, before, view.node)
            before.add(i)
            hits.append(
                Hit(
                    cube,
                    float(score[i]),
                    asking.parts(i),
                    asking.steps(ways[i], shown) if i in ways else (),
                    asking.sentence(i),
                    self.succession.standings(i, view.node),
                    asking.added(i, float(score[i])) if graph else {},
                    asking.lead(i) if graph else None,
                    tuple(view.node(other) for other in same.get(i, ())),
                    doubts,
                )
            )
        return tuple(hits)
