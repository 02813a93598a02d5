"""MemOperator: a question in, cubes and reasons out (MemOS's name for the way out).

The index proposes, the guarded store disposes: every cube of a result is read through the store at the
scope of the question, and what the store does not show is not in the result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from ..graph.errors import Invalid
from ..graph.index.encoder import Encoder
from ..graph.index.graph_index import GraphIndex
from ..graph.index.nearness import Nearness, Scores
from ..graph.index.view import View
from ..graph.kind import EdgeKind, NodeKind
from ..graph.listing import all_edges
from ..graph.record import Version
from ..graph.scope import Along, Scope
from ..graph.store import GraphStore
from ..graph.supersession.scorer import AUTOMATIC
from .bm25 import bm25
from .explanation import Way, best_way
from .fusion import Ingredients, fused
from .hit import Hit, Named, Part, Ranking, SearchResult, Step, StepKind
from .network import Network, network
from .recipe import Recipe
from .seeds import Seeds, seeds
from .succession import Succession
from .walk import personalised_pagerank

DIGITS = 12
"""Scores are compared to this many digits: what differs less is a tie, and ties go by source and place."""

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
        self._networks: WeakKeyDictionary[View, Network] = WeakKeyDictionary()

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
        search = _Search(self, view, question)
        succession = Succession(view.links, accept)
        score, steps = succession.lifted(search.score(order), search.sentence)
        allowed = np.ones(view.size, np.bool_)
        if tags:
            tagged = self._tagged(scope, tags)
            allowed = np.array([view.node(i) in tagged for i in range(view.size)])
        if order is Ranking.BM25:
            allowed &= score > 0
        for group in view.merged:  # of cubes that are one, the one that fits best stands for all
            mine = [i for i in group if allowed[i]]
            allowed[mine] = False
            allowed[
                sorted(mine, key=lambda i: (-round(float(score[i]), DIGITS), view.order_key(i)))[:1]
            ] = True
        best = _best(view, score, allowed, limit, steps)
        hits = self._hits(scope, view, search, score, best, order, succession)
        return SearchResult(question, order, scope.seq, hits, search.names(), view.size)

    def network(self, view: View) -> Network:
        """The weighted graph of a view, made once."""
        made = self._networks.get(view)
        if made is None:
            made = self._networks[view] = network(view, self.recipe)
        return made

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
        view: View,
        search: _Search,
        score: Scores,
        best: Sequence[int],
        order: Ranking,
        succession: Succession,
    ) -> tuple[Hit, ...]:
        ways = {i: search.way(i) for i in best} if order is Ranking.GRAPH else {}
        stops = {node for way in ways.values() for node in way.nodes}
        wanted = {view.node(i) for i in best} | {search.id_of(node) for node in stops}
        shown: dict[str, Version] = {}
        for version in self.store.get(scope, sorted(wanted)):
            shown.setdefault(version.node, version)
        hits = []
        for i in best:
            cube = shown.get(view.node(i))
            if cube is None:
                continue
            steps = search.steps(ways[i], shown) if i in ways else ()
            standings = succession.standings(i, view.node)
            hits.append(
                Hit(cube, float(score[i]), search.parts(i), steps, search.sentence(i), standings)
            )
        return tuple(hits)


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


def _best(
    view: View,
    score: Scores,
    allowed: npt.NDArray[np.bool_],
    limit: int,
    outdated: Mapping[int, int],
) -> list[int]:
    """The best allowed passages; equals by what is less outdated, then by their source, place and id."""
    places = np.flatnonzero(allowed)
    if not len(places):
        return []
    rounded = np.round(score[places], DIGITS)
    least = np.partition(rounded, -limit)[-limit] if len(places) > limit else -np.inf
    above = rounded >= least
    near: list[int] = places[above].tolist()
    value = dict(zip(near, rounded[above].tolist(), strict=True))
    alike = Counter(value[i] for i in near)
    # Where a passage stands has to be read only of those that are equal.
    near.sort(
        key=lambda i: (
            -value[i],
            outdated.get(i, 0),
            view.order_key(i) if alike[value[i]] > 1 else (),
        )
    )
    return near[:limit]


class _Search:
    """One question on one view: everything that is computed of it, each thing when first needed."""

    def __init__(self, operator: MemOperator, view: View, question: str) -> None:
        recipe = operator.recipe
        self.view = view
        self.question = question
        self.recipe = recipe
        self.network = operator.network(view)
        vector = operator.encoder.encode_questions([question])[0]
        self.nearness: Nearness = view.nearness(vector, recipe.sentence_seeds)
        self.seeds: Seeds = seeds(view, self.network, question, self.nearness, recipe)
        self.mass = personalised_pagerank(
            self.network, self.seeds.reset, recipe.damping, recipe.iterations, recipe.tolerance
        )
        self.raw = Ingredients(
            bm25(view, operator.index.analyser.terms(question), recipe.k1, recipe.b),
            self.nearness.passage,
            self.nearness.sentence,
            self.mass[: view.size],
        )
        self.scaled = self.raw.scaled()

    def score(self, ranking: Ranking) -> Scores:
        """The scores of all passages under a ranking."""
        if ranking is Ranking.BM25:
            return self.raw.bm25
        if ranking is Ranking.DENSE:
            return self.raw.dense
        return fused(self.scaled, self.recipe)

    def parts(self, passage: int) -> dict[str, Part]:
        """What the score of a passage is made of."""
        return {
            name: Part(float(getattr(self.raw, name)[passage]), float(scaled[passage]))
            for name, scaled in self.scaled.items()
        }

    def sentence(self, passage: int) -> tuple[int, int]:
        """The characters of the passage's sentence nearest to the question."""
        return self.view.sentence_span(passage, max(int(self.nearness.best[passage]), 0))

    def names(self) -> tuple[Named, ...]:
        """The known names in the question."""
        return tuple(
            Named(seed.text, seed.span, self.view.entity(seed.group), seed.weight)
            for seed in self.seeds.named
        )

    def way(self, passage: int) -> Way:
        """The best way to a passage."""
        named = [self.view.size + seed.group for seed in self.seeds.named]
        return best_way(
            self.network, passage, self.seeds.reset, self.mass, self.recipe.damping, named
        )

    def id_of(self, node: int) -> str:
        """The id of the cube or entity that a node of the network stands for."""
        size = self.view.size
        return self.view.node(node) if node < size else self.view.entity(node - size)

    def steps(self, way: Way, shown: dict[str, Version]) -> tuple[Step, ...]:
        """A way in words that the viewer may read."""
        found = []
        for place, (node, mass) in enumerate(zip(way.nodes, way.masses, strict=True)):
            entity = node >= self.view.size
            node_id = self.id_of(node)
            version = shown.get(node_id)
            label = str(version.get("name" if entity else "title", "")) if version else ""
            kind = StepKind.ENTITY if entity else StepKind.PASSAGE
            seed = self._seed(node, entity) if place == 0 else None
            found.append(Step(kind, node_id, label, mass, seed))
        return tuple(found)

    def _seed(self, node: int, entity: bool) -> StepKind:
        if not entity:
            return StepKind.PASSAGE
        group = node - self.view.size
        if any(seed.group == group for seed in self.seeds.named):
            return StepKind.QUESTION
        return StepKind.SENTENCE
