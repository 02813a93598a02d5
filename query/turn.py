"""Turns: what a dialogue adds to the ranking: who spoke when, and what was said before and after.

A turn is short and leans on its neighbours: the answer follows the question, the sitting has a subject, "last
week" counts from when it was said. Turns change places among themselves only, within the places that the general
score gives to turns; what else is remembered stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..graph.index.nearness import Places, Scores
from ..graph.index.view import View
from .asked_time import AskedTime
from .best import DIGITS
from .chain import asks
from .fusion import Ingredients, logarithm, minmax
from .page import Page
from .recipe import Recipe
from .rerank import Best

CANDIDATES = 150
"""Passages looked at by the general score, and as many by what a turn and the one before are near to."""

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
# Thai, Lao, Myanmar, Khmer, kana, Han; and Hangul, whose particles stick
_UNSPACED = re.compile(
    "[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u1100-\u11ff\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7ff"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
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


class Turns:
    """Orders the turns among the candidates of one question."""

    def __init__(
        self,
        order: Order,
        raw: Ingredients,
        question: str,
        recipe: Recipe,
    ) -> None:
        self._order = order
        self._raw = raw
        self._question = question
        self._recipe = recipe
        bm25, dense = raw.bm25, raw.dense
        with_before = minmax(bm25 + _shifted(bm25, order.before))
        dense_before = minmax(dense + _shifted(dense, order.before))
        self._near = (minmax(bm25) + minmax(dense) + with_before + dense_before) / 4
        self._walk = minmax(logarithm(raw.ppr))

    def candidates(
        self, score: Scores, best: Best, allowed: npt.NDArray[np.bool_] | None = None
    ) -> list[int]:
        """The passages to be looked at, by the general score and by what can be told without their text; the
        best of what is `allowed` are among them."""
        weigh = self._recipe.turns
        told = weigh["near"] * self._near + weigh["walk"] * self._walk
        told = told + weigh["dense"] * self._raw.dense
        told = told + weigh["after"] * _shifted(self._raw.dense, self._order.after)
        told = told + weigh["before"] * _shifted(self._near, self._order.before)
        chosen = [*best(score, CANDIDATES), *best(told, CANDIDATES)]
        if allowed is not None:
            chosen += [*best(score, CANDIDATES, allowed), *best(told, CANDIDATES, allowed)]
        return list(dict.fromkeys(chosen))

    def before(self, passages: Sequence[int]) -> list[int]:
        """The passages just before some, where there are any."""
        return [p for p in self._order.before[list(passages)].tolist() if p >= 0]

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
        told = np.round(sum(parts.values(), np.zeros(len(turns))), DIGITS)
        places = [page.passage for page in turns]
        slots = sorted((float(score[p]) for p in places), reverse=True)
        # the sort is stable: equal turns keep the order of the general score
        by_score = np.argsort(-np.round(score[places], DIGITS), kind="stable")
        ranked = by_score[np.argsort(-told[by_score], kind="stable")]
        return {
            places[turn]: (slots[rank], {n: float(v[turn]) for n, v in parts.items()})
            for rank, turn in enumerate(ranked.tolist())
        }

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
        when = AskedTime.of(self._question)
        kind = next((held for asking, held in _KINDS if asking.search(self._question)), None)
        return {
            "near": near[places],
            "walk": self._walk[places],
            "dense": dense[places],
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
        speakers = [str(page.version.get("speaker")) for page in turns]
        named = {one for one in set(speakers) if names(self._question, one)}
        if len(named) != 1:
            return np.full(len(turns), 0.5)
        return np.array([one in named for one in speakers], np.float64)


def names(question: str, speaker: str) -> bool:
    """Whether a question has the first word of a speaker's name, as a word of its own.

    Scripts that put no spaces between words have it wherever it stands.

    >>> names("What did ann buy?", "Ann Hill"), names("Whose annex?", "Ann"), names("小明买了什么？", "小明")
    (True, False, True)
    """
    first = next(iter(speaker.split()), "")
    if not first:
        return False
    before = "" if _UNSPACED.match(first[0]) else r"(?<!\w)"
    after = "" if _UNSPACED.match(first[-1]) else r"(?!\w)"
    return re.search(f"{before}{re.escape(first)}{after}", question, re.IGNORECASE) is not None


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
