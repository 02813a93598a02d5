"""MemOperator: a question in, cubes and reasons out (MemOS's name for the way out).

The index proposes, the guarded store disposes: every cube of a result is read through the store at the
scope of the question, and what the store does not show is not in the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from weakref import WeakKeyDictionary, ref

from ..graph.errors import Invalid
from ..graph.index.catalogue import Catalogue
from ..graph.index.encoder import Encoder
from ..graph.index.excerpt import Excerpts, Recent
from ..graph.index.graph_index import GraphIndex
from ..graph.index.view import View
from ..graph.scope import Scope
from ..graph.store import GraphStore
from ..graph.supersession.scorer import AUTOMATIC
from .asking import walk_all
from .cube_filter import EVERYTHING, CubeFilter
from .cube_order import CubeOrder, Ordered, ordered
from .cursor import NO_PINS, Pins, Place, listing
from .delegate import Delegate
from .facet import Facet, FacetName, facet_names, facets
from .finding import MOST, Finding
from .hit import Ranking, SearchResult
from .length import bounded
from .network import Network, network
from .page import Readings
from .recipe import Recipe
from .subject import Subjects
from .tallied_facet import tallied_facets
from .turn import Order

TOGETHER = 16
"""Questions whose walks go together: so many columns of masses are kept at a time."""


class MemOperator:
    """Answers questions on one store with its index.

    >>> from ..graph import ChangeSet, GuardedStore
    >>> from ..graph.sqlite import SqliteStore
    >>> from ..graph.index.encoders import load_encoder
    >>> store = GuardedStore(SqliteStore(None), "local:ann")
    >>> done = store.commit(ChangeSet(ns="default", verb="remember", ops=()))
    >>> encoder = load_encoder("hashing")
    >>> operator = MemOperator(store, GraphIndex(store, encoder), encoder)
    >>> operator.search(store.scope("default"), "Who keeps bees?").hits
    ()
    >>> store.close()
    """

    def __init__(
        self,
        store: GraphStore,
        index: GraphIndex,
        encoder: Encoder,
        recipe: Recipe | None = None,
        excerpts: Excerpts | None = None,
        delegate: Delegate | None = None,
    ) -> None:
        self.store = store
        self.index = index
        self.excerpts = excerpts
        self._recent = None if excerpts is None else Recent(excerpts)
        self._delegate = None if excerpts is None else delegate
        self.encoder = encoder
        self.recipe = recipe or Recipe()
        self._prepared: WeakKeyDictionary[View, _Prepared] = WeakKeyDictionary()
        self.readings = Readings()
        self._clean: dict[str, int] = {}

    def search(
        self,
        scope: Scope,
        question: str | None,
        *,
        limit: int = 10,
        ranking: str = Ranking.GRAPH,
        where: CubeFilter = EVERYTHING,
        order: str | None = None,
        after: str | None = None,
        pinned: Pins = NO_PINS,
        facets: Sequence[str] = (),
        values: int = 20,
        accept: float = AUTOMATIC,
    ) -> SearchResult:
        """Find the visible cubes that bear on a question, best first; what is superseded after what did it.

        Without a question those that meet `where` are listed in `order`. The filter comes before the limit:
        the walk goes through all that is visible, and only what meets it is ranked, counted and given. `after`
        is the cursor of a page before, whose snapshot it holds; `pinned` says what of the scope's snapshot
        was asked for by name. `accept` is the probability from which a link between two statements counts.
        `facets` are counted over what meets the filter, `values` of each given. Where the operator has
        `excerpts`, what is searched is the part of the graph that the question reaches, and facets are counted
        by the store. Raises `Invalid` for an empty question, a limit below 1, an unknown ranking, order or
        facet, and a cursor of something else.
        """
        asked = checked(question, limit, ranking, order)
        counted = facet_names(facets)
        if self.excerpts is not None and question is None:
            raise Invalid(
                "the store's own indexes find what fits a question, and list nothing: ask one, or unset "
                "MEMCUBES_PUSHDOWN"
            )
        scope = scope.but(archived=scope.archived or where.beyond_search)
        place = Place.of(scope, _listing(scope, question, asked, where), after, pinned=pinned)
        scope = place.scope
        view = self._view(scope, question)
        if view.size:
            found = Finding(self, self.prepared(view), place, view, where, limit, accept)
            if question is None:
                assert isinstance(asked, CubeOrder)
                result = found.listed(asked)
            else:
                assert isinstance(asked, Ranking)
                asking = found.asking(question, asked)
                walk_all([asking], self._delegate)
                result = found.ranked(question, asking, asked)
        elif isinstance(asked, Ranking):
            note = bounded(question or "").note
            result = SearchResult(question, asked, scope.seq, (), note=note)
        else:
            result = SearchResult(None, None, scope.seq, (), order=asked)
        if counted:
            result = replace(result, facets=self._counted(scope, view, where, counted, values))
        return replace(result, begun=after is not None, valid_at=scope.valid_at)

    def search_many(
        self,
        scope: Scope,
        questions: Sequence[str],
        *,
        limit: int = 10,
        ranking: str = Ranking.GRAPH,
        where: CubeFilter = EVERYTHING,
        accept: float = AUTOMATIC,
    ) -> list[SearchResult]:
        """What `search` gives for each of several questions in one snapshot, their walks going together."""
        scope = scope.but(archived=scope.archived or where.beyond_search)
        view = None if self.excerpts is not None else self.index.view(scope)
        if view is None or not view.size:
            return [
                self.search(scope, q, limit=limit, ranking=ranking, where=where, accept=accept)
                for q in questions
            ]
        found: list[SearchResult] = []
        for start in range(0, len(questions), TOGETHER):
            begun = []
            for question in questions[start : start + TOGETHER]:
                order = checked(question, limit, ranking, None)
                assert isinstance(order, Ranking)
                place = Place.of(scope, _listing(scope, question, order, where), None)
                finding = Finding(self, self.prepared(view), place, view, where, limit, accept)
                begun.append((question, order, finding, finding.asking(question, order)))
            walk_all([asking for *_, asking in begun])
            for question, order, finding, asking in begun:
                result = finding.ranked(question, asking, order)
                found.append(replace(result, valid_at=scope.valid_at))
        return found

    def _view(self, scope: Scope, question: str | None) -> View:
        """What is searched for a question: all that is visible, or the part of it that comes back."""
        if self._recent is None or question is None:
            return self.index.view(scope)
        return self._recent.view(scope, question)

    def facets(
        self, scope: Scope, where: CubeFilter, names: Sequence[str], values: int = 20
    ) -> tuple[Facet, ...]:
        """Count what meets a filter by some facets, without finding it."""
        scope = scope.but(archived=scope.archived or where.beyond_search)
        view = None if self.excerpts is not None else self.index.view(scope)
        return self._counted(scope, view, where, facet_names(names), values)

    def _counted(
        self,
        scope: Scope,
        view: View | None,
        where: CubeFilter,
        names: Sequence[FacetName],
        values: int,
    ) -> tuple[Facet, ...]:
        """Facets of all that is visible: by its columns, or where only a part is at hand by the store."""
        if view is None or self.excerpts is not None:
            assert self.excerpts is not None
            return tallied_facets(self.store, self.excerpts.engine, scope, where, names, values)
        catalogue = self.prepared(view).catalogue
        met = where.mask(self.store, scope, catalogue)
        return facets(self.store, scope, catalogue, met, names, values)

    def prepared(self, view: View) -> _Prepared:
        """What every question on a view goes by, each thing worked out once."""
        made = self._prepared.get(view)
        if made is None or made.recipe is not self.recipe:
            for ns in view.namespaces:
                self._forget(ns)
            made = self._prepared[view] = _Prepared(view, self.recipe)
        return made

    def _forget(self, ns: str) -> None:
        """Keep nothing that was read before an erasure: what is worked out of words goes with them."""
        head = self.store.head().seq
        after = self._clean.get(ns, head)
        while after < head:
            changes = self.store.changes(Scope(ns, "", head), after=after, first=500)
            if any(change.operations.get("shred") for change in changes):
                self.readings = Readings()
                self._prepared.clear()
                break
            after = head if len(changes) < 500 else changes[-1].seq
        self._clean[ns] = head


class _Prepared:
    """What is worked out of a view once: the graph that is walked, what passages are about, their order.

    It is kept as long as its view, and so may not keep it.
    """

    def __init__(self, view: View, recipe: Recipe) -> None:
        self.recipe = recipe
        self._held = ref(view)
        self._ordered: dict[CubeOrder, Ordered] = {}

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

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self._view)

    def listing(self, order: CubeOrder) -> Ordered:
        found = self._ordered.get(order)
        if found is None:
            found = self._ordered[order] = ordered(self.catalogue, order)
        return found


def checked(
    question: str | None, limit: int, ranking: str, order: str | None
) -> Ranking | CubeOrder:
    """How the hits are to stand."""
    if question is not None and not question.strip():
        raise Invalid("the question is empty: say what you are looking for")
    if not 1 <= limit <= MOST:
        raise Invalid(f"a search gives 1 to {MOST} cubes, not {limit}")
    if question is None:
        return CubeOrder.read(order)
    if order is not None:
        raise Invalid("the hits of a question stand by how well they fit: leave the order out")
    try:
        return Ranking(ranking)
    except ValueError:
        known = ", ".join(Ranking)
        raise Invalid(f"there is no ranking '{ranking}': choose {known}") from None


def _listing(
    scope: Scope, question: str | None, order: Ranking | CubeOrder, where: CubeFilter
) -> str:
    """What a search lists, and for whom: its cursors are good for nothing else."""
    return listing(
        "search",
        scope.ns,
        scope.viewer,
        question,
        str(order),
        where.described(),
        scope.archived,
        scope.without,
    )
