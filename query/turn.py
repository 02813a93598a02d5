"""Turns: what a dialogue adds to the ranking: who spoke when, and what was said before and after.

A turn is short and leans on its neighbours: the answer follows the question, the sitting has a subject, "last
week" counts from when it was said. Whoever speaks says "I", so that turns are measured by what is asked beside the
names of the speakers. Turns change places among themselves only, within the places that the general
score gives to turns; what else is remembered stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..graph.index.closeness import Closeness
from ..graph.index.nearness import Places, Scores
from ..graph.index.vectors import cosines
from ..graph.index.view import View
from .asked_time import AskedTime
from .best import DIGITS
from .chain import asks
from .fusion import Ingredients, logarithm, minmax
from .page import Page
from .recipe import Recipe
from .rerank import Best
from .speaker import called_by, names

CANDIDATES = 150
"""Passages looked at by the general score, and as many by what a turn and the one before are near to."""
DATED = 50
"""And of those that were said at the time that is asked about."""
FIRST = 5
"""The turns that others are compared with: the first by all the rest."""

_DATED = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|last|next|ago|week(?:end)?s?|months?|years?|recently|morning|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|"
    r"september|october|november|december|(?:19|20)\d\d)\b|\d+[年月日号]|昨天|今天|明天|上周|去年|今年",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twice|once|couple|few|several)\b|"
    r"[一二两三四五六七八九十]\w",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][a-z]+|[\u4e00-\u9fff]{2}")
_KINDS = (
    (
        re.compile(
            r"^when\b|\bwhat (?:year|date|day|month)\b|\bhow long\b|什么时候|何时|哪年|哪天",
            re.IGNORECASE,
        ),
        _DATED,
    ),
    (re.compile(r"^how (?:many|much|often)\b|多少|几", re.IGNORECASE), _COUNTED),
    (re.compile(r"^(?:where|who|which)\b|哪里|哪儿|谁", re.IGNORECASE), _NAMED),
)


@dataclass(frozen=True, slots=True)
class Order:
    """Which passage comes before and after each, -1 where none does."""

    before: Places
    after: Places

    @classmethod
    def of(cls, view: View) -> Order:
        """Read the order of a view off its NEXT edges."""
        following = view.adjacency.following.tocoo()
        first, second = following.coords
        before = np.full(view.size, -1, dtype=np.int64)
        after = np.full(view.size, -1, dtype=np.int64)
        before[second], after[first] = first, second
        return cls(before, after)

    def leading(self, passages: Sequence[int]) -> list[int]:
        """The passages just before some, where there are any."""
        return [p for p in self.before[list(passages)].tolist() if p >= 0]

    def following(self, passages: Sequence[int]) -> list[int]:
        """The passages just after some, where there are any."""
        return [p for p in self.after[list(passages)].tolist() if p >= 0]


class Turns:
    """Orders the turns among the candidates of one question.

    `raw` has the measures of all passages, by what is asked beside the names of speakers.
    """

    def __init__(
        self,
        order: Order,
        raw: Ingredients,
        close: Closeness,
        question: str,
        recipe: Recipe,
        when: AskedTime | None = None,
        dated: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        self._order = order
        self._raw = raw
        self._close = close
        self._question = question
        self._recipe = recipe
        self._when = AskedTime.read(question) if when is None else when
        self._dated = dated
        bm25, dense = raw.bm25, raw.dense
        with_before = minmax(bm25 + _shifted(bm25, order.before))
        dense_before = minmax(dense + _shifted(dense, order.before))
        self._near = (minmax(bm25) + minmax(dense) + with_before + dense_before) / 4
        self._sentence = minmax(raw.sentence)
        self._walk = minmax(logarithm(raw.ppr))

    def candidates(self, best: Best, allowed: npt.NDArray[np.bool_] | None = None) -> list[int]:
        """The passages to be looked at by what can be told without their text."""
        weigh = self._recipe.turns
        told = weigh["near"] * self._near + weigh["walk"] * self._walk
        told = told + weigh["dense"] * self._raw.dense + weigh["sentence"] * self._sentence
        told = told + weigh["after"] * _shifted(self._raw.dense, self._order.after)
        told = told + weigh["before"] * _shifted(self._near, self._order.before)
        chosen = candidates(told, best, allowed)
        return chosen if self._dated is None else [*chosen, *best(told, DATED, self._dated)]

    def reordered(
        self, score: Scores, pages: Sequence[Page], before: Mapping[int, Page]
    ) -> dict[int, tuple[float, dict[str, float]]]:
        """New scores of the turns among some pages, with the parts by which they changed places.

        `before` has the pages just before them.
        """
        turns = [page for page in pages if page.version.get("speaker")]
        if len(turns) < 2:
            return {}
        features = self._features(turns, before)
        parts = {name: self._recipe.turns[name] * value for name, value in features.items()}
        places = [page.passage for page in turns]
        # the sorts are stable: equal turns keep the order of the general score
        by_score = np.argsort(-np.round(score[places], DIGITS), kind="stable")
        first = [places[turn] for turn in _ranked(parts, by_score)[:FIRST]]
        alike = features["speaker"] * self._alike(places, first)
        parts["alike"] = self._recipe.turns["alike"] * alike
        slots = sorted((float(score[p]) for p in places), reverse=True)
        return {
            places[turn]: (slots[rank], {n: float(v[turn]) for n, v in parts.items()})
            for rank, turn in enumerate(_ranked(parts, by_score))
        }

    def _alike(self, places: Sequence[int], first: Sequence[int]) -> Scores:
        """How near turns are to the middle of the first ones."""
        # whole numbers, whose sums have no last bit that could differ
        middle = self._close.rows(first).sum(axis=0, dtype=np.int64).astype(np.float64)
        length = float(np.sqrt(np.sum(middle * middle)))
        return cosines(self._close.rows(places), middle / max(length, 1.0))

    def _features(self, turns: Sequence[Page], before: Mapping[int, Page]) -> dict[str, Scores]:
        places = np.array([page.passage for page in turns], np.int64)
        dense, near = self._raw.dense, self._near
        lead = self._order.before[places].tolist()
        asked = np.array([p in before and asks(before[p].text) for p in lead], np.float64)
        length = np.array([len(page.reading.words) for page in turns], np.float64)
        session = _numbered([_sitting(page) for page in turns])
        best = np.zeros(session.max() + 1)
        np.maximum.at(best, session, near[places])
        said = np.bincount(session, weights=self._raw.bm25[places]).astype(np.float64)
        when = self._when
        kind = next((held for asking, held in _KINDS if asking.search(self._question)), None)
        return {
            "near": near[places],
            "walk": self._walk[places],
            "dense": dense[places],
            "sentence": self._sentence[places],
            "answers": asked * _shifted(dense, self._order.before)[places],
            "length": np.minimum(np.log1p(length), 3.0) / 3.0,
            "session": best[session],
            "session_words": minmax(said)[session],
            "date": np.array([when.fits(page.version.get("stated")) for page in turns]),
            "kind": _holding(kind, turns),
            "after": _shifted(dense, self._order.after)[places],
            "before": _shifted(near, self._order.before)[places],
            "dated": _holding(_DATED, turns),
            "speaker": self._spoken(turns),
            "asks": np.array([asks(page.text) for page in turns], np.float64),
        }

    def _spoken(self, turns: Sequence[Page]) -> Scores:
        """1 for turns of the one speaker whom the question names, a half where it names none or several."""
        called = [called_by(page.version) for page in turns]
        known = {one: names(self._question, one) for some in called for one in some}
        # each by one of the names that they go by
        named = [next((one for one in some if known[one]), None) for some in called]
        if len({*named} - {None}) != 1:
            return np.full(len(turns), 0.5)
        return np.array([one is not None for one in named], np.float64)


def candidates(
    score: Scores, best: Best, allowed: npt.NDArray[np.bool_] | None = None
) -> list[int]:
    """The first passages by a score; the first of what is `allowed` are among them."""
    chosen = best(score, CANDIDATES)
    if allowed is not None:
        chosen += best(score, CANDIDATES, allowed)
    return list(dict.fromkeys(chosen))


def _ranked(parts: Mapping[str, Scores], order: Places) -> list[int]:
    """Turns by the sum of their parts, equals as they stand in an order."""
    told = np.round(sum(parts.values(), np.zeros(len(order))), DIGITS)
    found: list[int] = order[np.argsort(-told[order], kind="stable")].tolist()
    return found


def _holding(pattern: re.Pattern[str] | None, turns: Sequence[Page]) -> Scores:
    if pattern is None:
        return np.zeros(len(turns))
    return np.array([pattern.search(page.text) is not None for page in turns], np.float64)


def _sitting(page: Page) -> tuple[str, str]:
    """What tells sittings apart: the source, and the session that is stated, else the day."""
    stated = page.version.get("stated")
    day = "" if stated is None else str(int(stated) // 86_400_000_000)
    return page.version.origin, str(page.version.get("heading") or day)


def _numbered(keys: Sequence[tuple[str, str]]) -> Places:
    numbers: dict[tuple[str, str], int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)


def _shifted(values: Scores, places: Places) -> Scores:
    """For each passage the value of another, 0 where there is none."""
    return np.where(places >= 0, values[places], 0.0)
