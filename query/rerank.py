"""Reranking: what the walk proposes, in the order of what leads to it.

Personalised PageRank finds candidates; directed links order them. First the passages that are nearest by
themselves are sources: what they lead to gains, most where it adds words of the question that the source
lacks. Then the best of that are sources once more, for the next hop. Everything is linear, so that the score of
a passage is a sum that can be told.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ..graph.index.analyser import Analyser
from ..graph.index.folding import words
from ..graph.index.nearness import Scores
from ..graph.index.view import View
from ..graph.kind import Authority
from .asked_time import AskedTime
from .best import DIGITS
from .hop import PAIRS, Asked, Hops
from .page import Pages
from .recipe import STATED, Recipe
from .seeds import Seeds
from .subject import Subjects, named_runs
from .wording import shared_runs

BEST = 40
"""Candidates by the fused score alone."""
MOST = 60
"""Candidates in all, where links and titles leave room."""
FIRST, FIRST_FUSED = 8, 3
"""Sources of the first pass: the nearest by themselves, and the first by the fused score."""
SECOND = 5
"""Sources of the second pass."""
LEADING = 4
"""Passages whose mentions bring further candidates, by the fused score and by nearness."""
MOST_LINKED, MOST_TITLED, MOST_DATED = 20, 10, 20
COMMON = 8
"""A name that more passages are about leads to none of them."""
_DOER = re.compile(
    r"\s*(?:[Ww]ho|[Ww]hich (?:\w+ )?(?:person|people|individual|man|woman|friend|colleague)s?)\s+(?:also |often |once |first )?"
    r"(?:ha[sd]|have)?\s*(?!(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|should|may|might|must|shall)\b)"
    r"[a-z]"
)
"""A question for the one who did something: no helping verb stands before its verb, nor a name."""


class Best(Protocol):
    """The best passages by a score, of those that are allowed."""

    def __call__(
        self, score: Scores, limit: int, allowed: npt.NDArray[np.bool_] | None = None
    ) -> list[int]: ...


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it stands after the walk: its words, vector, seeds, and the measures of all passages."""

    text: str
    terms: tuple[str, ...]
    vector: npt.NDArray[np.float32]
    seeds: Seeds
    scaled: Mapping[str, Scores]
    fused: Scores
    when: AskedTime = field(default_factory=AskedTime)
    dated: npt.NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class Leading:
    """What brought a passage up most: the source that leads to it, the characters that name it there if
    any do, and what that added to its score."""

    source: int
    span: tuple[int, int] | None
    added: float


@dataclass(frozen=True, slots=True)
class Reranked:
    """The candidates with their scores, the parts of each, and what leads to it."""

    score: dict[int, float]
    parts: dict[int, dict[str, float]]
    leads: dict[int, Leading]
    whole: float
    """What the fused score weighs in these; that of all other passages is to be brought up by it."""


class Reranker:
    """Reranks the candidates of one question."""

    def __init__(
        self,
        view: View,
        subjects: Subjects,
        analyser: Analyser,
        pages: Pages,
        recipe: Recipe,
        best: Best,
    ) -> None:
        self._view = view
        self._subjects = subjects
        self._analyser = analyser
        self._pages = pages
        self._recipe = recipe
        self._best = best

    def rerank(self, question: Question, allowed: npt.NDArray[np.bool_] | None = None) -> Reranked:
        """Choose candidates and score them in two passes; the best of what is `allowed` are among them."""
        forms = self._forms(question.text)
        titled = self._titled(forms)
        near = _near(question.scaled)
        alone = near + 0.4 * titled
        most = self._best(question.fused, MOST)
        fused = most[:BEST]
        first = list(dict.fromkeys([*self._best(alone, FIRST), *fused[:FIRST_FUSED]]))
        leading = [*fused[:LEADING], *self._best(near, LEADING)]
        named = self._best(question.fused, MOST_TITLED, titled > 0)
        chosen = [*fused, *first, *leading, *named]
        if question.dated is not None:
            chosen += self._best(near, MOST_DATED, question.dated)
        if allowed is not None:
            chosen += self._best(question.fused, BEST, allowed)
        self._pages.read([*chosen, *most])  # at once, as a store far away answers each time alone
        chosen += self._linked(list(dict.fromkeys(leading)), set(chosen), question.fused)
        chosen = list(dict.fromkeys(chosen))
        if len(chosen) < MOST:
            chosen = list(dict.fromkeys([*chosen, *most]))[:MOST]
        pages = self._pages.read(chosen)
        if not pages:
            return Reranked({}, {}, {}, 1.0)
        asked = self._asked(question, forms)
        hops = Hops(self._view, self._subjects, self._analyser, asked, pages)
        return _Passes(self._recipe, question, hops, forms, titled, alone).scored(first)

    def _forms(self, text: str) -> frozenset[str]:
        """The runs of words of the question that may be names."""
        plain = text == text.lower()
        return frozenset(named_runs(text.upper() if plain else text, words(text)))

    def _titled(self, forms: frozenset[str]) -> Scores:
        """For each passage whether the question names its subject: 1, or .75 where that is one word, shared
        by those that have it: what many are about tells nothing of which of them is asked for."""
        titled = np.zeros(self._view.size)
        for form, passages in self._subjects.of_forms(self._view, sorted(forms)).items():
            places = list(passages)
            sure = _sureness(form) / math.sqrt(max(len(places), 1))
            titled[places] = np.maximum(titled[places], sure)
        return titled

    def _linked(self, leading: Sequence[int], known: set[int], fused: Scores) -> list[int]:
        """Further passages whose subject the leading ones mention: the least common first."""
        reached: dict[int, int] = {}
        for page in self._pages.read(leading):
            lists = [self._subjects.about(group) for group in self._subjects.named(page.passage)]
            lists += [
                list(held)
                for held in self._subjects.of_forms(self._view, page.reading.runs).values()
            ]
            for passages in lists:
                if len(passages) <= COMMON:
                    for p in passages:
                        reached[p] = min(reached.get(p, COMMON), len(passages))
        places = np.array([p for p in reached if p not in known], np.int64)
        if not len(places):
            return []
        worth = np.zeros(self._view.size)
        worth[places] = [COMMON + 1 - reached[p] for p in places.tolist()]
        worth[places] += fused[places] / (1 + abs(float(fused.max())))
        return self._best(worth, MOST_LINKED, worth > 0)

    def _asked(self, question: Question, forms: frozenset[str]) -> Asked:
        size = self._view.size
        rarity = [np.log1p(size / max(len(self._view.term(t)[0]), 1)) for t in question.terms]
        whole = float(sum(rarity)) or 1.0
        groups = frozenset(seed.group for seed in question.seeds.named)
        share = np.array(rarity) / whole
        return Asked(question.terms, share, question.vector, groups, forms)


class _Passes:
    """The two passes over the pages of a question."""

    def __init__(
        self,
        recipe: Recipe,
        question: Question,
        hops: Hops,
        forms: frozenset[str],
        titled: Scores,
        alone: Scores,
    ) -> None:
        places = [page.passage for page in hops.pages]
        self._recipe = recipe
        self._hops = hops
        self._places = places
        self._fused = question.fused[places]
        self._alone = alone[places]
        self._near = _near(question.scaled)[places]
        self._when = question.when
        self._text = question.text
        self._words = [word for word, _, _ in words(question.text)]
        self._asked = frozenset(self._words)
        self._forms = forms
        self._own = self._standing(titled[places])

    def scored(self, first: Sequence[int]) -> Reranked:
        """The scores after both passes, each with its parts and what leads to it."""
        recipe, own = self._recipe, sum(self._own.values(), np.zeros(len(self._places)))
        sources = [place for p in first if (place := self._hops.place(p)) is not None]
        top = max(float(self._alone.max(initial=0.0)), 1e-9)
        one = self._led(sources, self._alone[sources] / top)
        score = self._fused + own + one.total
        if "second" in recipe.off:
            return self._told(score, [(1.0, one)])
        order = np.argsort(-np.round(score, DIGITS), kind="stable")[:SECOND]
        middle, high = float(np.median(score)), float(score.max(initial=0.0))
        weight = np.clip((score[order] - middle) / max(high - middle, 1e-9), 0.0, 1.0)
        two = self._led(order.tolist(), weight)
        share = recipe.first_pass
        final = self._fused + own + two.total + share * score
        return self._told(final, [(1.0, two), (share, one)])

    def _standing(self, titled: Scores) -> dict[str, Scores]:
        """What each page has by itself: its title in the question, the question's words and names."""
        readings = [page.reading for page in self._hops.pages]
        forms = [reading.forms for reading in readings]
        asked = [
            max((self._share(f) * reading.sureness(f) for f in reading.forms), default=0.0)
            for reading in readings
        ]
        # a passage may have a title that no entity bears
        borne = Counter(form for many in forms for form in set(many) & self._forms)
        bare = [
            max(
                (
                    reading.sureness(f) * _sureness(f) / math.sqrt(borne[f])
                    for f in reading.forms
                    if f in borne
                ),
                default=0.0,
            )
            for reading in readings
        ]
        guessed = np.array([reading.certainty for reading in readings])
        named = self._begun()
        found = {
            "title": np.maximum(titled * guessed, bare) * named,
            "fraction": np.array(asked) * named,
            "coverage": self._hops.coverage,
            "wording": self._wording(),
            "whole": self._whole(),
            "named": self._hops.named,
            "date": self._dated(),
            "support": self._support(),
            "authority": np.array(
                [float(page.version.authority - Authority.EXTRACTED) for page in self._hops.pages]
            ),
        }
        return {name: self._recipe.weight(name) * value for name, value in found.items()}

    def _wording(self) -> Scores:
        """How much of the question each page says in its very words, squared: a little of that is chance."""
        said = [[word for word, _, _ in page.reading.words] for page in self._hops.pages]
        found: Scores = np.square(np.array(shared_runs(self._words, said)))
        return found

    def _begun(self) -> Scores:
        """Whether what each page is about may be what is asked of: not where a statement is only about whom it begins
        with, and the question asks who did something to somebody ("Who wrote to Ann?")."""
        doer = _DOER.match(self._text) is not None
        free = [
            not doer or page.reading.titled or bool(page.version.get("speaker"))
            for page in self._hops.pages
        ]
        return np.array(free, np.float64)

    def _whole(self) -> Scores:
        """How much of the question a statement without a title holds, cubed: what holds most of it answers it, whoever
        it begins with ("Who shares a hobby with Ann?"). Longer passages lead on from one to the other, and turns have
        their own order."""
        alone = [
            not (page.reading.titled or page.version.get("speaker"))
            and len(page.version.get("sentences") or ()) <= STATED
            for page in self._hops.pages
        ]
        return np.array(alone) * self._hops.coverage**3

    def _dated(self) -> Scores:
        """How well each page fits the time that is asked about, or names a date of it, by how near it is. Turns have
        an order of their own; this gives them their places among what is none."""
        fits = [
            max(self._when.fits(page.version.get("stated")), self._when.tells(page.text))
            for page in self._hops.pages
        ]
        return np.array(fits) * (0.5 + 0.5 * self._near)

    def _support(self) -> Scores:
        """The logarithm of how many sources say the same as each page."""
        sources: dict[str, set[str]] = {}
        for page in self._hops.pages:
            if page.duplicate is not None:
                sources.setdefault(page.duplicate, set()).add(page.version.origin)
        return np.array(
            [
                math.log(len(sources[page.duplicate])) if page.duplicate is not None else 0.0
                for page in self._hops.pages
            ]
        )

    def _share(self, form: str) -> float:
        parts = form.split()
        return sum(part in self._asked for part in parts) / len(parts)

    def _led(self, sources: Sequence[int], weight: Scores) -> _Led:
        """What the sources add to each page: of each feature the most that any of them gives."""
        features = self._hops.to(sources)
        size = len(self._places)
        if not len(sources):
            return _Led(np.zeros(size), np.full(size, -1), np.zeros(size))
        total, each = np.zeros(size), np.zeros((len(sources), size))
        for name in PAIRS:
            weighted = self._recipe.weight(name) * weight[:, None] * features[name]
            total += weighted.max(axis=0)
            each += weighted
        chief = chiefs(each)
        return _Led(total, np.array(sources)[chief], each[chief, np.arange(size)])

    def _told(self, score: Scores, passes: Sequence[tuple[float, _Led]]) -> Reranked:
        whole = 1.0 + sum(share for share, _ in passes[1:])
        links = sum((share * led.total for share, led in passes), np.zeros(len(score)))
        own = {name: whole * value for name, value in self._own.items()}
        parts, leads = {}, {}
        for place, p in enumerate(self._places):
            parts[p] = {"fused": whole * float(self._fused[place])}
            parts[p] |= {name: float(value[place]) for name, value in own.items()}
            parts[p]["links"] = float(links[place])
            share, led = max(passes, key=lambda o: round(o[0] * float(o[1].added[place]), DIGITS))
            if led.added[place] > 0:
                source = int(led.source[place])
                mention = self._hops.mention(source, place)
                leads[p] = Leading(
                    self._places[source],
                    None if mention is None else mention.span,
                    share * float(led.added[place]),
                )
        return Reranked(dict(zip(self._places, score.tolist(), strict=True)), parts, leads, whole)


@dataclass(frozen=True, slots=True)
class _Led:
    """What one pass adds to each page, the chief source of it, and what that one adds."""

    total: Scores
    source: npt.NDArray[np.int64]
    added: Scores


def chiefs(each: Scores) -> npt.NDArray[np.int64]:
    """Which source (row) gives most to each page; of equals the first, as what differs in the last bit is.

    >>> chiefs(np.array([[0.3, 0.0], [0.1 + 0.2, 0.1]])).tolist()
    [0, 1]
    """
    found: npt.NDArray[np.int64] = np.round(each, DIGITS).argmax(axis=0)
    return found


def _near(scaled: Mapping[str, Scores]) -> Scores:
    """How near each passage is by itself."""
    near: Scores = 0.4 * scaled["bm25"] + 0.3 * scaled["dense"] + 0.3 * scaled["sentence"]
    return near


def _sureness(form: str) -> float:
    return 1.0 if " " in form else 0.75
