"""Pages: the passages that a question has in hand, read through the store at its scope.

What is worked out of a text (its words, the forms of its subject) follows from its record alone, and is kept for
the next question.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from ..graph.index.analyser import STOPWORDS
from ..graph.index.folding import Word, words
from ..graph.index.view import View
from ..graph.record import Version
from ..graph.scope import Scope
from ..graph.store import GraphStore
from .subject import called, forms_of, named_runs, opening

LEAST_SAID = 4
"""Words below which two passages that say the same are not taken for one."""

KEPT = 1_000_000
"""Words, and runs of them, of the readings that are kept between questions: some hundreds of megabytes."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What follows from a passage's record: its words, those runs of them that may be names, the folded
    forms of what it is about, and what it says, without the words that say nothing."""

    words: tuple[Word, ...]
    runs: tuple[str, ...]
    forms: tuple[str, ...]
    said: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many words and runs of words it holds; at least one, as everything takes some room."""
        return 1 + len(self.words) + len(self.runs)

    @classmethod
    def of(cls, version: Version) -> Reading:
        """Read a record."""
        names = [str(version.get(name) or "").strip() for name in ("title", "subject")]
        if not names[0] or names[0].isdigit():
            begun = opening(version.text)
            names = [names[1], begun, *called(version.text, begun)]
        found = tuple(words(version.text))
        said = tuple(word for word, _, _ in found if word not in STOPWORDS)
        forms = forms_of(name for name in names if name)
        return cls(found, named_runs(version.text, found), forms, said)


@dataclass(frozen=True, slots=True)
class Page:
    """A passage in hand: its number in the view, its record, and its reading."""

    passage: int
    version: Version
    reading: Reading = field(repr=False)

    @property
    def text(self) -> str:
        """The words of the passage."""
        return self.version.text

    @property
    def duplicate(self) -> tuple[str, ...] | None:
        """What near-duplicates have in common: the words that say something, and what it is about.

        A turn of a dialogue repeats nothing, whatever it says; neither does what says too little.
        """
        said = self.reading.said
        if len(said) < LEAST_SAID or self.version.get("speaker"):
            return None
        return (*said, "|", *self.reading.forms)

    @property
    def sentences(self) -> list[tuple[int, int]]:
        """The characters of its sentences."""
        return [(int(start), int(end)) for start, end in self.version.get("sentences") or ()]


class Readings:
    """The readings of the last records, by their ids; as many as hold `most` words and runs of words."""

    def __init__(self, most: int = KEPT) -> None:
        self._kept: OrderedDict[str, Reading] = OrderedDict()
        self._most = most
        self._size = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, version: Version) -> Reading:
        """The reading of a record, made where it is not kept."""
        with self._lock:
            found = self._kept.get(version.id)
            if found is not None:
                self._kept.move_to_end(version.id)
                return found
        made = Reading.of(version)
        with self._lock:
            if version.id not in self._kept:
                self._kept[version.id] = made
                self._size += made.size
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1].size
        return made


class Pages:
    """Reads passages of one view, each once."""

    def __init__(self, store: GraphStore, scope: Scope, view: View, readings: Readings) -> None:
        self._store = store
        self._scope = scope
        self._view = view
        self._readings = readings
        self._read: dict[int, Page | None] = {}

    def read(self, passages: Sequence[int]) -> list[Page]:
        """The pages of passages, in their order; without those that the store does not show."""
        wanted = [p for p in dict.fromkeys(passages) if p not in self._read]
        if wanted:
            ids = {p: self._view.node(p) for p in wanted}
            shown: dict[str, Version] = {}
            for version in self._store.get(self._scope, sorted(ids.values())):
                shown.setdefault(version.node, version)
            for p, node in ids.items():
                found = shown.get(node)
                self._read[p] = None if found is None else Page(p, found, self._readings.of(found))
        return [page for p in dict.fromkeys(passages) if (page := self._read[p]) is not None]
