"""MemOperator: a question in, cubes and reasons out (MemOS's name for the way out).

The index proposes, the guarded store disposes: every cube of a result is read through the store at the
scope of the question, and what the store does not show is not in the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from weakref import WeakKeyDictionary, ref

import numpy as np

from ..graph.errors import Invalid
from ..graph.index.encoder import Encoder
from ..graph.index.graph_index import GraphIndex
from ..graph.index.nearness import DEPTH, Scores
from ..graph.index.view import View
from ..graph.kind import EdgeKind, NodeKind
from ..graph.listing import all_edges
from ..graph.record import Version
from ..graph.scope import Along, Scope
from ..graph.store import GraphStore
from ..graph.supersession.scorer import AUTOMATIC
from .asking import Asking
from .best import DIGITS, best
from .hit import Hit, Ranking, SearchResult
from .network import Network, network
from .page import Pages, Readings
from .recipe import Recipe
from .subject import Subjects
from .succession import Succession
from .turn import Order

MOST = 1000


class MemOperator:
    """Answers questions on one store with its index.

    >>> from ..graph import ChangeSet, GuardedStore
    >>> from ..graph.sqlite import SqliteStore
    >>> from ..graph.index.encoder import load_encoder
    >>> store = GuardedStore(SqliteStore(None), "local:ann")
    >>> done = store.commit(ChangeSet(ns="default", verb="remember", ops=()))
    >>> encoder = load_encoder("hashing")
    >>> operator = MemOperator(store, GraphIndex(store, encoder), encoder)
    >>> operator.search(store.scope("default"), "Who keeps bees?").hits
    ()
    >>> store.close()
    """

    def __init__(
        self, store: GraphStore, index: GraphIndex, encoder: Encoder, recipe: Recipe | None = None
    ) -> None:
        self.store = store
        self.index = index
        self.encoder = encoder
        self.recipe = recipe or Recipe()
        self._prepared: WeakKeyDictionary[View, _Prepared] = WeakKeyDictionary()
        self._readings = Readings()
        self._clean: dict[str, int] = {}

    def search(
        self,
        scope: Scope,
        question: str,
        *,
        limit: int = 10,
        ranking: str = Ranking.GRAPH,
        tags: Sequence[str] = (),
        accept: float = AUTOMATIC,
    ) -> SearchResult:
        """Find the visible cubes that bear on a question, best first; what is superseded after what did it.

        `accept` is the probability from which a link between two statements counts.
        `tags` keeps cubes that carry all of these tags, before the limit is applied. Raises `Invalid`
        for an empty question, a limit below 1 or an unknown ranking.
        """
        order = _checked(question, limit, ranking)
        view = self.index.view(scope)
        if not view.size:
            return SearchResult(question, order, scope.seq, ())
        allowed = np.ones(view.size, np.bool_)
        if tags:
            tagged = self._tagged(scope, tags)
            allowed = np.array([view.node(i) in tagged for i in range(view.size)])
        prepared = self.prepared(view)
        asking = Asking(
            view,
            prepared,
            question,
            self.encoder,
            self.index.analyser,
            Pages(self.store, scope, view, self._readings),
            self.recipe,
            allowed if tags else None,
            # what is superseded makes room for others
            max(DEPTH, 2 * limit) if order is Ranking.DENSE else DEPTH,
        )
        bonds = () if "succession" in self.recipe.off else view.links
        succession = Succession(bonds, accept)
        score, steps = succession.lifted(asking.score(order), asking.sentence)
        if order is Ranking.BM25:
            allowed &= score > 0
        for group in view.merged:  # of cubes that are one, the one that fits best stands for all
            mine = [i for i in group if allowed[i]]
            allowed[mine] = False
            allowed[
                sorted(mine, key=lambda i: (-round(float(score[i]), DIGITS), view.order_key(i)))[:1]
            ] = True
        chosen, same = best(view, score, limit, allowed, steps), dict[int, list[int]]()
        if order is Ranking.GRAPH:
            reach = limit
            while True:
                same = asking.duplicates(chosen, steps)
                repeated = {passage for many in same.values() for passage in many}
                if len(chosen) - len(repeated) >= limit or len(chosen) < reach:
                    break
                reach += 2 * len(repeated)
                chosen = best(view, score, reach, allowed, steps)
            chosen = [passage for passage in chosen if passage not in repeated][:limit]
        hits = self._hits(scope, asking, score, chosen, order, succession, same)
        return SearchResult(question, order, scope.seq, hits, asking.names(), view.size)

    def prepared(self, view: View) -> _Prepared:
        """What every question on a view goes by, each thing worked out once."""
        made = self._prepared.get(view)
        if made is None or made.recipe is not self.recipe:
            self._forget(view.scope.ns)
            made = self._prepared[view] = _Prepared(view, self.recipe)
        return made

    def _forget(self, ns: str) -> None:
        """Keep nothing that was read before an erasure: what is worked out of words goes with them."""
        head = self.store.head().seq
        after = self._clean.get(ns, head)
        while after < head:
            changes = self.store.changes(Scope(ns, "", head), after=after, first=500)
            if any(change.operations.get("shred") for change in changes):
                self._readings = Readings()
                self._prepared.clear()
                break
            after = head if len(changes) < 500 else changes[-1].seq
        self._clean[ns] = head

    def _tagged(self, scope: Scope, tags: Sequence[str]) -> set[str]:
        """The nodes that carry every one of these tags."""
        nodes: set[str] | None = None
        for tag in tags:
            name = self.store.name(scope.ns, NodeKind.TAG, tag).id
            edges = all_edges(self.store, scope, Along(kinds=(EdgeKind.TAGGED,), dst=(name,)))
            carrying = {edge.src for edge in edges}
            nodes = carrying if nodes is None else nodes & carrying
        return nodes or set()

    def _hits(
        self,
        scope: Scope,
        asking: Asking,
        score: Scores,
        chosen: Sequence[int],
        order: Ranking,
        succession: Succession,
        same: Mapping[int, Sequence[int]],
    ) -> tuple[Hit, ...]:
        view, graph = asking.view, order is Ranking.GRAPH
        ways = {i: asking.way(i) for i in chosen} if graph else {}
        stops = {node for way in ways.values() for node in way.nodes}
        wanted = {view.node(i) for i in chosen} | {asking.id_of(node) for node in stops}
        shown: dict[str, Version] = {}
        for version in self.store.get(scope, sorted(wanted)):
            shown.setdefault(version.node, version)
        hits = []
        for i in chosen:
            cube = shown.get(view.node(i))
            if cube is None or cube.salt is None:
                continue  # erased since it was indexed
            hits.append(
                Hit(
                    cube,
                    float(score[i]),
                    asking.parts(i),
                    asking.steps(ways[i], shown) if i in ways else (),
                    asking.sentence(i),
                    succession.standings(i, view.node),
                    asking.added(i) if graph else {},
                    asking.lead(i) if graph else None,
                    tuple(view.node(other) for other in same.get(i, ())),
                )
            )
        return tuple(hits)


class _Prepared:
    """What is worked out of a view once: the graph that is walked, what passages are about, their order.

    It is kept as long as its view, and so may not keep it.
    """

    def __init__(self, view: View, recipe: Recipe) -> None:
        self.recipe = recipe
        self._held = ref(view)

    @property
    def _view(self) -> View:
        view = self._held()
        if view is None:
            raise ReferenceError("the view is gone: keep it as long as you ask")
        return view

    @cached_property
    def network(self) -> Network:
        return network(self._view, self.recipe)

    @cached_property
    def subjects(self) -> Subjects:
        return Subjects(self._view, self.network)

    @cached_property
    def order(self) -> Order:
        return Order.of(self._view)


def _checked(question: str, limit: int, ranking: str) -> Ranking:
    if not question.strip():
        raise Invalid("the question is empty: say what you are looking for")
    if not 1 <= limit <= MOST:
        raise Invalid(f"a search gives 1 to {MOST} cubes, not {limit}")
    try:
        return Ranking(ranking)
    except ValueError:
        known = ", ".join(Ranking)
        raise Invalid(f"there is no ranking '{ranking}': choose {known}") from None
