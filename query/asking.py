"""Asking: one question on one view, and everything that is computed of it, each thing when first needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ..graph.index.analyser import Analyser
from ..graph.index.encoder import Encoder
from ..graph.index.nearness import DEPTH, Nearness, Scores
from ..graph.index.view import View
from ..graph.record import Version
from .asked_time import AskedTime, Span, span_of
from .best import best
from .bm25 import bm25
from .delegate import Delegate
from .explanation import Way, best_way
from .fusion import Ingredients, fused
from .hit import Lead, Named, Part, Ranking, Step, StepKind
from .network import Network
from .page import Pages
from .recipe import Recipe
from .rerank import Question, Reranked, Reranker
from .seeds import Seeds, nearest, seeds
from .speaker import beside, called_by
from .subject import Subjects
from .turn import Order, Turns, candidates
from .walk import personalised_pagerank

LATEST = 32
"""Passages that are read to learn which of them was said last."""
EVENTS, LIKE = 3, 0.2
"""Passages that are read to learn when an event was; how much nearer than most those must be that have no word of
it."""

LEADING = 200
"""Passages whose nearness is exact, where it is not that of all: the first by the fused score."""


class Prepared(Protocol):
    """What is worked out once for a view and serves every question on it."""

    @property
    def network(self) -> Network:
        """The weighted graph that is walked."""

    @property
    def subjects(self) -> Subjects:
        """What passages are about."""

    @property
    def order(self) -> Order:
        """What comes before and after what."""


@dataclass
class Reached:
    """The scores of all passages, and of those that were reranked the parts and what leads to them."""

    score: Scores
    parts: dict[int, dict[str, float]] = field(default_factory=dict)
    reranked: Reranked | None = None


class Asking:
    """One question on one view."""

    def __init__(
        self,
        view: View,
        prepared: Prepared,
        question: str,
        encoder: Encoder,
        analyser: Analyser,
        pages: Pages,
        recipe: Recipe,
        allowed: npt.NDArray[np.bool_] | None = None,
        depth: int = DEPTH,
    ) -> None:
        self.view = view
        self.question = question
        self.recipe = recipe
        self.network = prepared.network
        self._prepared = prepared
        self._analyser = analyser
        self._pages = pages
        self._allowed = allowed
        self._best = partial(best, view)
        self._encoder = encoder
        self._depth = depth
        self._vector = encoder.encode_questions([question])[0]
        self._terms = analyser.terms(question)
        self.nearness: Nearness = view.close.passages(self._vector, depth, allowed)
        near = nearest(view, self.nearness, self._vector, recipe.sentence_seeds)
        self.when = AskedTime() if "dates" in recipe.off else self._when()
        self.dated = self.when.among(view.column("cube.stated")) if self.when else None
        self.seeds: Seeds = seeds(
            view, self.network, question, self.nearness, near, recipe, self.dated
        )
        self.mass: Scores = np.zeros(0)
        self.raw: Ingredients
        self.scaled: dict[str, Scores]

    def _when(self) -> AskedTime:
        """What time the question asks about; "last May" counts from when something was said last."""
        if not AskedTime.hinted(self.question):
            return AskedTime()
        return AskedTime.read(self.question, self._now, self._event)

    @property
    def _now(self) -> int | None:
        """The instant at which is asked: that of the scope, else the last at which anything visible was said.

        It is no clock's, so that the same question has the same answer.
        """
        if self.view.scope.valid_at is not None:
            return self.view.scope.valid_at
        if not self.view.size:
            return None
        stated = self.view.column("cube.stated")
        latest = self._best(stated.astype(np.float64), LATEST)
        said = (page.version.get("stated") for page in self._pages.read(latest))
        return next((at for at in said if isinstance(at, int)), int(stated.max()))

    def _event(self, told: str) -> Span | None:
        """When something was that is told of in a few words: as its passage says, or when that was said."""
        words = bm25(self.view, self._analyser.terms(told), self.recipe.k1, self.recipe.b)
        near = self.view.close.passages(self._encoder.encode_questions([told])[0], self._depth)
        found = near.sentence + 0.5 * words / max(float(words.max(initial=0.0)), 1e-9)
        least = LIKE + float(np.median(near.sentence))
        for page in self._pages.read(self._best(found, EVENTS)):
            stated = page.version.get("stated")
            if near.sentence[page.passage] < least and words[page.passage] <= 0:
                continue
            place = max(int(near.best[page.passage]), 0)
            start, end = self.view.sentence_span(page.passage, place)
            said = stated if isinstance(stated, int) else None
            dated = AskedTime.read(page.text[start:end], said)
            span = None if dated.beside else span_of(dated)
            if span is None and said is not None:
                span = said, said
            if span is not None:
                return span
        return None

    def walked(self, mass: Scores) -> None:
        """Go on with where the walk of this question has come to (see `walk_all`)."""
        view, recipe = self.view, self.recipe
        self.mass = mass
        words = bm25(view, self._terms, recipe.k1, recipe.b)
        self._measured(words)
        if not self.nearness.exact:
            leading = best(view, fused(self.scaled, recipe), LEADING, self._allowed)
            self.nearness = view.close.compared(self.nearness, leading, self._vector)
            self._measured(words)

    def _measured(self, words: Scores) -> None:
        """Put together what was measured of each passage."""
        mass = self.mass[: self.view.size]
        self.raw = Ingredients(words, self.nearness.passage, self.nearness.sentence, mass)
        self.scaled = self.raw.scaled()

    def score(self, ranking: Ranking) -> Scores:
        """The scores of all passages under a ranking."""
        if ranking is Ranking.BM25:
            return self.raw.bm25
        if ranking is Ranking.DENSE:
            return self.raw.dense
        return self._reached.score

    @cached_property
    def _reached(self) -> Reached:
        recipe = self.recipe
        score = fused(self.scaled, recipe)
        found = Reached(score)
        if recipe.reranks:
            question = Question(
                self.question,
                tuple(sorted(set(self._terms))),
                self._vector,
                self.seeds,
                self.scaled,
                score,
                self.when,
                self.dated,
            )
            reranker = Reranker(
                self.view,
                self._prepared.subjects,
                self._analyser,
                self._pages,
                recipe,
                self._best,
            )
            found.reranked = reranker.rerank(question, self._allowed)
            found.score = score * found.reranked.whole
            for passage, value in found.reranked.score.items():
                found.score[passage] = value
            found.parts = found.reranked.parts
        if "turns" not in recipe.off:
            self._turned(found)
        return found

    def _turned(self, found: Reached) -> None:
        """Let the turns of dialogues change places, where any is among the best."""
        leading = self._pages.read(self._best(found.score, 20, self._allowed))
        if not any(page.version.get("speaker") for page in leading):
            return
        chosen = candidates(found.score, self._best, self._allowed)
        asked = self.question
        if "speakers" not in self.recipe.off:
            read = self._pages.read(chosen)
            asked = beside(asked, {one for page in read for one in called_by(page.version)})
        turns, chosen = self._turns(asked, chosen)
        pages = self._pages.read([*chosen, *self._prepared.order.leading(chosen)])
        around = {page.passage: page for page in pages}
        moved = turns.reordered(found.score, [around[p] for p in chosen if p in around], around)
        for passage, (score, parts) in moved.items():
            found.score[passage] = score
            told = {f"turn_{name}": part for name, part in parts.items()}
            # turns take the places that they had between them, each with the score of its place
            found.parts[passage] = {**told, "turn_place": score - sum(told.values())}

    def _turns(self, asked: str, chosen: Sequence[int]) -> tuple[Turns, list[int]]:
        """What orders turns by what is `asked` of them, and which to order: some that are chosen, and others."""
        view, recipe, order = self.view, self.recipe, self._prepared.order
        words, near, vector = self.raw.bm25, self.nearness, self._vector
        if asked != self.question:
            words = bm25(view, self._analyser.terms(asked), recipe.k1, recipe.b)
            vector = self._encoder.encode_questions([asked])[0]
            near = view.close.passages(vector, self._depth, self._allowed)

        def measured(near: Nearness) -> Turns:
            raw = Ingredients(words, near.passage, near.sentence, self.raw.ppr)
            return Turns(order, raw, view.close, self.question, recipe, self.when, self.dated)

        turns = measured(near)
        every = list(dict.fromkeys([*chosen, *turns.candidates(self._best, self._allowed)]))
        if not near.exact:
            around = [*order.leading(every), *order.following(every)]
            turns = measured(view.close.compared(near, [*every, *around], vector))
        return turns, every

    def settled(self, passages: Sequence[int]) -> set[int]:
        """Which of some passages stay where they are whatever is proposed: turns, and what was said at the time asked about."""
        turns = {p.passage for p in self._pages.read(passages) if p.version.get("speaker")}
        return turns if self.dated is None else turns | {p for p in passages if self.dated[p]}

    def duplicates(
        self, passages: Sequence[int], outdated: Mapping[int, int]
    ) -> dict[int, list[int]]:
        """Those of some passages, best first, that say nothing new after an earlier one, by that one.

        What is superseded and what says the same and is not are told apart.
        """
        if "duplicates" in self.recipe.off:
            return {}
        first: dict[tuple[str, bool], int] = {}
        found: dict[int, list[int]] = {}
        for page in self._pages.read(passages):
            if page.duplicate is None:
                continue
            same = page.duplicate, page.passage in outdated
            if same in first:
                found.setdefault(first[same], []).append(page.passage)
            else:
                first[same] = page.passage
        return found

    def cubes(self, passages: Sequence[int]) -> dict[int, Version]:
        """The records of those of some passages that the store shows, by passage."""
        return {page.passage: page.version for page in self._pages.read(passages)}

    def parts(self, passage: int) -> dict[str, Part]:
        """What the fused score of a passage is made of."""
        return {
            name: Part(float(getattr(self.raw, name)[passage]), float(scaled[passage]))
            for name, scaled in self.scaled.items()
        }

    def added(self, passage: int, score: float) -> dict[str, float]:
        """What the `score` of a passage is the sum of, with what succession lifted it by."""
        reached = float(self._reached.score[passage])
        parts = self._reached.parts.get(passage, {"fused": reached})
        lifted = score - reached
        return {name: value for name, value in {**parts, "succession": lifted}.items() if value}

    def lead(self, passage: int) -> Lead | None:
        """What leads to a passage most, where the viewer may read it."""
        found = (
            None if self._reached.reranked is None else self._reached.reranked.leads.get(passage)
        )
        if found is None:
            return None
        page = self._pages.read([found.source])[0]
        label = str(page.version.get("title") or "")
        return Lead(page.version.node, label, found.span, found.added)

    def sentence(self, passage: int) -> tuple[int, int]:
        """The characters of the passage's sentence nearest to the question."""
        if self.nearness.exact:
            place = max(int(self.nearness.best[passage]), 0)
        else:  # not all of its sentences were compared
            place = int(self.view.close.sentences(passage, self._vector).argmax())
        return self.view.sentence_span(passage, place)

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
            self.network,
            passage,
            self.seeds.reset,
            self.mass,
            self.recipe.damping,
            named,
            self._stands,
        )

    def _stands(self, node: int) -> tuple[int | str, ...]:
        """Where a passage stands, which is the same in every store; an entity has its number only."""
        return self.view.order_key(node) if node < self.view.size else (node,)

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


def walk_all(askings: Sequence[Asking], delegate: Delegate | None = None) -> None:
    """Walk for some questions on one view: for several at once, so that its matrix is read once for all.

    A single one is left to a `delegate` that can walk.
    """
    if not askings:
        return
    first = askings[0]
    pace = first.recipe.damping, first.recipe.iterations, first.recipe.tolerance
    if len(askings) == 1:
        mass = None
        if delegate is not None:
            mass = delegate.walk(first.network, first.seeds.reset, first.recipe.damping)
        if mass is None:
            mass = personalised_pagerank(first.network, first.seeds.reset, *pace)
        first.walked(mass)
        return
    resets = np.stack([asking.seeds.reset for asking in askings], axis=1)
    masses = personalised_pagerank(first.network, resets, *pace)
    for place, asking in enumerate(askings):
        asking.walked(np.ascontiguousarray(masses[:, place]))
