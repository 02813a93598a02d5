"""Pages: the passages that a question has in hand, read through the store at its scope.

What is worked out of a text (its words, the forms of its subject) follows from its record alone, and is kept for
the next question.
"""

from __future__ import annotations

import re
import unicodedata
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from ..graph.index.analyser import STOPWORDS
from ..graph.index.folding import Word, words
from ..graph.index.view import View
from ..graph.record import Version
from ..graph.record_text import KIND
from ..graph.scope import Scope
from .recipe import STATED
from .subject import called, doubts, forms_of, named_runs, opening, together

LEAST_SAID = 4
"""Words below which two passages that say the same are not taken for one."""

KEPT = 1_000_000
"""Words, and runs of them, of the readings that are kept between questions: some hundreds of megabytes."""


_POINTS = ".,;:!…。，、；：！\"'“”‘’„«»「」『』()[]（）【】*_"
"""What may stand around a word and says nothing; signs, units and question marks do say something."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_RELATIVE = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|now|currently|recently|ago|(?:last|this|next) \w+)\b"
    r"|[昨今明]天|[上下本这]个?[周月]|[去今明]年|现在",
    re.IGNORECASE,
)
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What follows from a passage's record: its words, those runs of them that may be names, the folded
    forms of what it is about, and what those have in common with it that say the same (None where that is
    too little)."""

    words: tuple[Word, ...]
    runs: tuple[str, ...]
    forms: tuple[str, ...]
    duplicate: str | None
    titled: bool = True
    """Whether it has a title of its own, and is not about what its words begin with."""
    doubted: Mapping[str, float] = field(default_factory=dict)
    """How sure it is to be about some of the forms, where that is doubtful."""

    @property
    def size(self) -> int:
        """How many words and runs of words it holds; at least one, as everything takes some room."""
        return 1 + len(self.words) + len(self.runs)

    def sureness(self, form: str) -> float:
        """How sure it is that it is about one of its forms."""
        return self.doubted.get(form, 1.0)

    @property
    def certainty(self) -> float:
        """How sure it is that it is about what was guessed or said of it."""
        return max(self.doubted.values(), default=1.0)

    @classmethod
    def of(cls, version: Version) -> Reading:
        """Read a record."""
        names = [str(version.get(name) or "").strip() for name in ("title", "subject")]
        title = names[0].removesuffix("…")
        # what is called by how it begins has no title of its own
        text = " ".join(version.text.split())
        cut = title != names[0] and text.startswith(" ".join(title.split()))
        titled = bool(title) and not (title.isdigit() or cut or " ".join(title.split()) == text)
        if not titled:
            begun = opening(version.text)
            several = together(version.text)
            own = several or [begun, *called(version.text, begun)]
            names = [names[1], *own]
        found = tuple(words(version.text))
        forms = forms_of(name for name in names if name)
        same = _same(version, names, forms) if _says_enough(found) else None
        doubted: Mapping[str, float] = {}
        if not titled and _guessed(version):
            doubted = doubts(found, forms_of(name for name in own if name), forms_of([names[0]]))
        return cls(found, named_runs(version.text, found), forms, same, titled, doubted)


def _guessed(version: Version) -> bool:
    """Whether what a passage is about was guessed from its words, and these are more than a statement: no place that
    it stands in says it."""
    stated = version.get("speaker") or version.get("heading") or version.get(KIND)
    return not stated and len(version.get("sentences") or ()) > STATED


def _says_enough(found: Sequence[Word]) -> bool:
    return sum(word not in STOPWORDS for word, _, _ in found) >= LEAST_SAID


def _same(version: Version, names: Sequence[str], forms: Sequence[str]) -> str:
    """The words of a text without case and points, what it is about, and the day that "today" means in it."""
    text = unicodedata.normalize("NFC", version.text).casefold()
    said = " ".join(word for token in text.split() if (word := token.strip(_POINTS)))
    # a title may be too long for a form, or a year
    whole = [name for name in names if name and not forms_of([name])]
    title = str(version.get("title") or "").strip()
    whole += [title] if _YEAR.fullmatch(title) else []
    stated = version.get("stated")
    if isinstance(stated, int) and _RELATIVE.search(version.text):
        whole.append(str(stated // _DAY))
    return "\n".join([said, *forms, *(name.casefold() for name in whole)])


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
    def duplicate(self) -> str | None:
        """What near-duplicates have in common: their words, and what they are about.

        A turn of a dialogue repeats nothing, whatever it says; neither does what says too little.
        """
        return None if self.version.get("speaker") else self.reading.duplicate

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


class Reads(Protocol):
    """What passages are read from: a store, or several namespaces of one."""

    def get(self, scope: Scope, nodes: Sequence[str], /) -> Sequence[Version]:
        """The versions in force of some nodes."""


class Pages:
    """Reads passages of one view, each once."""

    def __init__(self, store: Reads, scope: Scope, view: View, readings: Readings) -> None:
        self._store = store
        self._scope = scope
        self._view = view
        self._readings = readings
        self._read: dict[int, Page | None] = {}

    def read(self, passages: Sequence[int]) -> list[Page]:
        """The pages of passages, in their order; without those that the store does not show, or that have
        been erased since they were indexed."""
        wanted = [p for p in dict.fromkeys(passages) if p not in self._read]
        if wanted:
            ids = {p: self._view.node(p) for p in wanted}
            shown: dict[str, Version] = {}
            for version in self._store.get(self._scope, sorted(ids.values())):
                if version.salt is not None:
                    shown.setdefault(version.node, version)
            for p, node in ids.items():
                found = shown.get(node)
                self._read[p] = None if found is None else Page(p, found, self._readings.of(found))
        return [page for p in dict.fromkeys(passages) if (page := self._read[p]) is not None]
