"""Hops: what leads from one passage to another, measured against the question.

A source mentions the subject of a candidate, near the words of the question, and the candidate brings
words of the question which the source lacks: that is how the second passage of a chain is known.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from ..graph.index.analyser import Analyser
from ..graph.index.nearness import Scores
from ..graph.index.view import View
from .page import Page
from .subject import Gazetteer, Mention, Subjects

NEAR = 45
"""Characters on either side of a mention that belong to it."""
MOST_SHARED = 3.0
ALREADY = 0.5
"""What a mention weighs of a subject that the question names itself."""

Matrix = npt.NDArray[np.float64]
PAIRS: tuple[str, ...] = (
    *("base", "close", "words", "gain", "few", "back"),
    *("shared_gain", "contained", "contained_gain"),
)
"""What is measured of a pair of pages; the first six go by mentions of subjects."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: its terms with their share of its rarity, its vector, the groups and forms it names."""

    terms: tuple[str, ...]
    share: Scores
    vector: npt.NDArray[np.float32]
    groups: frozenset[int]
    forms: frozenset[str]


class Hops:
    """Some pages, and what leads from each of them to each; matrices are (sources, pages)."""

    def __init__(
        self,
        view: View,
        subjects: Subjects,
        analyser: Analyser,
        asked: Asked,
        pages: Sequence[Page],
    ) -> None:
        self.pages = pages
        self._view = view
        self._subjects = subjects
        self._analyser = analyser
        self._asked = asked
        self._place = {page.passage: number for number, page in enumerate(pages)}
        numbers = np.array([page.passage for page in pages], np.int64)
        holds = [np.isin(numbers, view.term(term)[0]) for term in asked.terms]
        self._holds = np.array(holds, np.float64).reshape(len(asked.terms), len(pages)).T
        # only what these pages mention: a memory may have a million names
        self._groups, self._names = subjects.mentions(numbers.tolist())
        self._rarity = subjects.rarity(self._groups)
        self._new = ~np.isin(self._groups, sorted(asked.groups))

    def place(self, passage: int) -> int | None:
        """Which page a passage is, if any."""
        return self._place.get(passage)

    @cached_property
    def coverage(self) -> Scores:
        """The share of the question that each page holds."""
        covered: Scores = self._holds @ self._asked.share
        return covered

    @cached_property
    def named(self) -> Scores:
        """How rare what the question names is, summed over what each page mentions of it."""
        held: Scores = self._names @ (self._rarity * ~self._new)
        return held

    @cached_property
    def mentions(self) -> tuple[tuple[Mention, ...], ...]:
        """Where each page names the subject of another."""
        known: dict[str, list[int]] = {}
        for number, page in enumerate(self.pages):
            for form in page.reading.forms:
                known.setdefault(form, []).append(number)
        gazetteer = Gazetteer(known)
        return tuple(gazetteer.mentions(page.text, page.reading.words) for page in self.pages)

    def to(self, sources: Sequence[int]) -> dict[str, Matrix]:
        """Every feature of `PAIRS` from some pages to all."""
        rows = list(sources)
        lacking = (1.0 - self._holds[rows]) * self._asked.share
        gain: Matrix = lacking @ self._holds.T
        found = {name: matrix[rows] for name, matrix in self._links.items()}
        found["gain"] = found["base"] * gain
        found["back"] = self._links["close"][:, rows].T
        found["shared_gain"] = self._shared(rows) * gain
        found["contained"] = self._contained(rows)
        found["contained_gain"] = found["contained"] * gain
        for matrix in found.values():
            matrix[self._twins[rows]] = 0.0
        return found

    @cached_property
    def _twins(self) -> npt.NDArray[np.bool_]:
        """Which pages say the same: neither leads to the other, nor to itself."""
        same = np.eye(len(self.pages), dtype=np.bool_)
        groups: dict[str, list[int]] = {}
        for number, page in enumerate(self.pages):
            if page.duplicate is not None:
                groups.setdefault(page.duplicate, []).append(number)
        for group in groups.values():
            same[np.ix_(group, group)] = True
        return same

    def mention(self, source: int, page: int) -> Mention | None:
        """The first place where a page names the subject of another."""
        return next((m for m in self.mentions[source] if page in m.passages), None)

    @cached_property
    def _links(self) -> dict[str, Matrix]:
        """What mentions of the pages' subjects weigh: plain, by closeness, by words near, by their number."""
        size = len(self.pages)
        found = {name: np.zeros((size, size)) for name in ("base", "close", "words", "few")}
        about = self._subjects.of_forms(
            self._view, {m.form for many in self.mentions for m in many}
        )
        for source, many in enumerate(self.mentions):
            for mention in many:
                others = [page for page in mention.passages if page != source]
                if not others:
                    continue
                known = max(len(about.get(mention.form, ())), len(mention.passages))
                base = (ALREADY if mention.form in self._asked.forms else 1.0) / math.sqrt(known)
                weights = {
                    "base": base,
                    "close": base * self._closeness(source, mention.span[0]),
                    "words": base * self._words_near(source, mention.span),
                    "few": base / math.log(2 + len(many)),
                }
                sure = [self.pages[page].reading.sureness(mention.form) for page in others]
                for name, weight in weights.items():
                    row = found[name][source]
                    row[others] = np.maximum(row[others], weight * np.array(sure))
        return found

    def _words_near(self, source: int, span: tuple[int, int]) -> float:
        """The share of the question's terms within some characters of a mention."""
        text, (start, end) = self.pages[source].text, span
        around = f"{text[max(0, start - NEAR) : start]} {text[end : end + NEAR]}"
        held = set(self._analyser.terms(around))
        terms = zip(self._asked.terms, self._asked.share.tolist(), strict=True)
        return float(sum(share for term, share in terms if term in held))

    def _closeness(self, source: int, character: int) -> float:
        """How close the sentence at a character is to the question."""
        starts, ends = self._sentences[source]
        number = bisect_right(starts, character) - 1
        if 0 <= number < len(self._close[source]) and character < ends[number]:
            return max(0.0, float(self._close[source][number]))
        return 0.0

    @cached_property
    def _sentences(self) -> list[tuple[list[int], list[int]]]:
        """Where the sentences of each page start and end, in order."""
        each = [page.sentences for page in self.pages]
        return [([start for start, _ in many], [end for _, end in many]) for many in each]

    @cached_property
    def _close(self) -> list[Scores]:
        vector = self._asked.vector
        return [self._view.close.sentences(page.passage, vector) for page in self.pages]

    def _shared(self, rows: list[int]) -> Matrix:
        """How rare what both mention is, besides what the question names."""
        weighted = csr_array(self._names[rows] * (self._rarity**2 * self._new))
        both: Matrix = (weighted @ self._names.T).toarray()
        few: Matrix = np.minimum(both, MOST_SHARED)
        return few

    def _contained(self, rows: list[int]) -> Matrix:
        """The rarest thing a source mentions that is part of what the page is about."""
        found = np.zeros((len(rows), len(self.pages)))
        mentioned = self._names[rows].toarray() * (self._rarity * self._new)
        for page, groups in enumerate(self._parts):
            if groups:
                found[:, page] = mentioned[:, groups].max(axis=1)
        return found

    @cached_property
    def _parts(self) -> list[list[int]]:
        """The names within each page's subject that any of the pages mentions, by their columns."""
        inner = [sorted({p for f in page.reading.forms for p in _inside(f)}) for page in self.pages]
        known = dict.fromkeys(part for parts in inner for part in parts)
        hits = self._view.known_names(list(known))
        columns: dict[str, list[int]] = {}
        for part, hit in zip(known, hits, strict=True):
            groups = np.array(self._view.named(part) if hit else [], np.int64)
            columns[part] = np.flatnonzero(np.isin(self._groups, groups)).tolist()
        return [sorted({one for part in parts for one in columns[part]}) for parts in inner]


def _inside(form: str) -> list[str]:
    """The runs of words that are part of a form and not all of it."""
    words = form.split()
    return [
        " ".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
        if end - start < len(words)
    ]
