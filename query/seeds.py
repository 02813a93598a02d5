"""Seeds: where the walk is set down for a question.

Names in the question are found without a model: the longest runs of words that are known names of the
visible part (a gazetteer). Rare names weigh more, by df^-½.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..graph.index.folding import Word, runs, words
from ..graph.index.nearness import Nearness, Scores
from ..graph.index.view import View
from .best import DIGITS, best
from .fusion import minmax
from .network import Network
from .recipe import Recipe

LONGEST = 10
"""Words of the longest name that is looked for."""

_FUNCTION_WORDS = (
    "a an and are as at be by can could did do does during for from had has have he her his how i if "
    "in is it its many me more most much my name not of on or our she should tell than that the their "
    "them there these they this those to was we were what when where which while who whom whose why "
    "will with would you your"
)
ASKING = frozenset(_FUNCTION_WORDS.split())
"""English words that name nothing."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a visible passage and how near it is to the question."""

    passage: int
    place: int
    span: tuple[int, int]
    score: float


@dataclass(frozen=True, slots=True)
class Seed:
    """A known name in the question, and the entity group that it means."""

    text: str
    span: tuple[int, int]
    group: int
    weight: float


@dataclass(frozen=True, slots=True)
class Seeds:
    """The reset mass of a question, node by node, and where it comes from."""

    reset: Scores
    named: tuple[Seed, ...]
    sentences: tuple[Sentence, ...]


def named_entities(view: View, network: Network, question: str) -> list[Seed]:
    """Find the known names in a question, longest first, none inside another.

    A single word must look like a name (a capital, a digit, or script without capitals), unless the
    whole question is written without capitals.
    """
    found = words(question)
    candidates = list(runs(found, LONGEST))
    known = view.known_names([text for text, _, _ in candidates])
    plain = question == question.lower()
    taken = [False] * len(found)
    seeds: list[Seed] = []
    for (text, first, last), hit in zip(candidates, known, strict=True):
        if not hit or any(taken[first:last]):
            continue
        run = found[first:last]
        if not _looks_named(question, run, plain):
            continue
        groups = [group for group in view.named(text) if network.frequency[group] > 0]
        if not groups:
            continue
        taken[first:last] = [True] * (last - first)
        span = (run[0][1], run[-1][2])
        seeds += [
            Seed(
                question[span[0] : span[1]],
                span,
                group,
                float(network.frequency[group] ** -0.5) / len(groups),
            )
            for group in groups
        ]
    return sorted(seeds, key=lambda seed: (seed.span, seed.group))


def _looks_named(question: str, run: Sequence[Word], plain: bool) -> bool:
    meaning = [word for word in run if word[0] not in ASKING]
    if not meaning:
        return False
    if plain or len(meaning) > 1:
        return True
    first = question[meaning[0][1]]
    return first.isupper() or first.isdigit() or not first.islower()


def _shared(weights: Scores) -> Scores:
    """Weights as shares of their sum, so that what is found twice is not set down twice."""
    total = float(weights.sum())
    return weights / total if total > 0 else weights


def nearest(
    view: View, nearness: Nearness, vector: npt.NDArray[np.float32], count: int
) -> tuple[Sentence, ...]:
    """The sentences nearest to a question, at most `count`; equals by their source and place.

    They stand in as many passages: those whose best sentences are nearest.
    """
    found = [
        Sentence(passage, place, view.sentence_span(passage, place), score)
        for passage in best(view, nearness.sentence, count)
        for place, score in enumerate(view.close.sentences(passage, vector).tolist())
    ]
    found.sort(key=lambda s: (-round(s.score, DIGITS), view.order_key(s.passage), s.place))
    return tuple(found[:count])


def seeds(
    view: View,
    network: Network,
    question: str,
    nearness: Nearness,
    near: Sequence[Sentence],
    recipe: Recipe,
    dated: npt.NDArray[np.bool_] | None = None,
) -> Seeds:
    """Set down the reset mass: a fixed share on entities, the rest on passages by their nearness.

    Entities are those that the question names and those of the sentences nearest to it (`near`). Where
    there are none, all of the mass lies on passages. Those of the time that it asks about (`dated`) weigh twice.
    """
    named = [] if "names" in recipe.off else named_entities(view, network, question)
    asked = np.zeros(network.size - network.passages)
    for seed in named:
        asked[seed.group] += seed.weight
    said = np.zeros(len(asked))
    top = () if "sentences" in recipe.off else tuple(near)
    for sentence in top:
        for group in view.entities_in(sentence.passage, sentence.span):
            said[group] += max(sentence.score, 0.0) * float(network.frequency[group] ** -0.5)
    entities = _shared(asked) + recipe.sentence_weight * _shared(said)
    passages = minmax(nearness.passage)
    if dated is not None:
        passages = passages * (1.0 + dated)
    reset = np.zeros(network.size)
    share = recipe.entity_share if entities.any() else 0.0
    if passages.any():
        reset[: network.passages] = (1 - share) * passages / passages.sum()
    elif share:
        share = 1.0
    if share:
        reset[network.passages :] = share * entities / entities.sum()
    return Seeds(reset, tuple(named), top)
