"""What an extractor is, and what it finds in a passage."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from ..graph.record_text import KIND

if TYPE_CHECKING:
    from ..graph.period import Tense
    from .passage import Passage

Span = tuple[int, int]
"""A half-open range of characters, counted from the start of a passage or a text."""

SURE, RESOLVED, SUPPOSED = 90, 75, 50
"""Per cent of confidence: a claim read as it stands, one whose subject a pronoun meant, one only supposed."""

VALUE_LABELS = frozenset({"DATE", "TIME", "CARDINAL", "ORDINAL", "QUANTITY", "PERCENT", "MONEY"})
"""Labels of mentions that are values, not things: they make no node of the graph."""

_ARTICLE = re.compile(r"^(?:(?:the|an|a)\s++)++(?=\S)", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?:'s|s')$", re.IGNORECASE)
_EDGES = " \t.\"'“”„«»`*_,;:!?()[]{}<>，。；：！？、（）《》「」『』"
_MARKS = re.compile(r"(?:\+\+|\+|#)(?![\w+#])")

MOST_NAME = 1_000
"""Characters of a surface that is taken apart; what is longer is no name, and only folded."""

_SMALL = frozenset(
    "us it he me my we her him his its our she you who am is are be was do did has had can as at by for in of off on "  # noqa: SIM905
    "to up via per and but or nor so if yet no not now how why too out all any own few".split()
)
"""Small English words of two or three letters: in capitals alone they are names of something else."""


@lru_cache(maxsize=16_384)
def normalise(surface: str) -> str:
    """Give the identity of a name: two surfaces that fold to one text are one entity.

    NFKC, case folded, white space single, edge punctuation, one leading article and a
    trailing possessive dropped. A point that opens a name stays, and so do capitals that tell a short name
    from a common word. Idempotent; a surface of punctuation only gives "".

    >>> normalise("The Cold  Chain's"), normalise("ＣＸ-4,")
    ('cold chain', 'cx-4')
    >>> normalise("(.NET)"), normalise("the US"), normalise("us"), normalise("NATO")
    ('.net', 'US', 'us', 'nato')
    """
    if len(surface) > MOST_NAME:
        return " ".join(unicodedata.normalize("NFKC", surface.casefold()).split()).casefold()
    text = _bare(unicodedata.normalize("NFKC", surface))
    if len(text) <= 3 and text.isascii() and text.isupper() and text.lower() in _SMALL:
        return text
    return _bare(unicodedata.normalize("NFKC", text.casefold()))


def _bare(text: str) -> str:
    """A surface without what is no part of a name, in whatever case it is."""
    text = text.replace("’", "'").replace("‘", "'")
    while True:
        before = text
        text = _stripped(" ".join(text.split()))
        text = _ARTICLE.sub("", text)
        if _POSSESSIVE.search(text):
            text = text[:-2] if text[-2] == "'" else text[:-1]
        if text == before:
            return text


def _stripped(text: str) -> str:
    """Text without punctuation at its edges; one point right before a letter is part of a name (".NET")."""
    inner = text.strip(_EDGES)
    if "." not in text[: len(text) - len(inner)] or not inner[:1].isalpha():
        return inner
    start = text.index(inner)
    pointed = text[start - 1 : start] == "." and text[max(0, start - 2) : start - 1] != "."
    return f".{inner}" if pointed else inner


def widened(text: str, start: int, end: int) -> Span:
    """The characters of a name with the marks that belong to it, where a reader of words left them out.

    >>> text = "He knows C#, Notepad++ and .NET."
    >>> [text[slice(*widened(text, *span))] for span in ((9, 10), (13, 20), (28, 31))]
    ['C#', 'Notepad++', '.NET']
    """
    name = text[start:end]
    alone = start < 2 or not (text[start - 2].isalnum() or text[start - 2] == ".")
    # a sentence that lacks a space after its point begins with one capital
    if text[start - 1 : start] == "." and alone and start and name[:2].isalpha():
        first = name.split()[0]
        start -= first.isupper() or first.islower()
    marks = _MARKS.match(text, end)
    single = len(name) == 1 or name[-2:-1].isspace()
    if marks is not None and name[-1:].isalpha():
        sharp = marks[0] == "#"
        if (single and name[-1].isupper()) if sharp else (name[-1].isupper() or marks[0] == "++"):
            end = marks.end()
    return start, end


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing that a passage names, with every place where it does.

    `surface` is the name as first written (white space single), `label` an OntoNotes 5
    label (PERSON, ORG, GPE, DATE …) or NAME where the kind is not known; `spans` count
    from the passage's start.

    >>> Mention("05:40", "TIME", ((3, 8),)).is_value
    True
    """

    surface: str
    label: str
    spans: tuple[Span, ...]

    @property
    def key(self) -> str:
        """The identity of the entity that is mentioned (`normalise`)."""
        return normalise(self.surface)

    @property
    def is_value(self) -> bool:
        """Whether this is a date, time or number, which the graph leaves out."""
        return self.label in VALUE_LABELS


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement that a sentence makes: subject, relation, object.

    `relation` is a lemma with what follows it ("lose", "fail at", "be CEO of").
    `span` is the sentence, counted from the passage's start. A correction says of
    itself that it replaces something; `instead_of` is the part it takes back, as
    written and without its "not", or None. `hedged` says that it is only supposed
    ("may have failed", "reportedly"), `tense` when it holds as the verb tells it, and
    `valid` from when to when as its dates tell it, in microseconds since the epoch.
    `confidence` is in per cent: what the extractor's rules are worth, not what the
    speaker is.

    >>> Claim("CX-4", "fail at", "05:40", False, (0, 21)).correction
    False
    """

    subject: str
    relation: str
    object: str
    negated: bool
    span: Span
    correction: bool = False
    instead_of: str | None = None
    tense: Tense = ""
    hedged: bool = False
    valid: tuple[int, int] | None = None
    confidence: int = SURE


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was found in one passage.

    `subject` is the one thing that the passage is about (its record's title, who
    speaks, else a name that opens it), which need not be among `mentions`.
    `preference` says that its speaker states what they like, prefer or avoid; `failed` why there is
    nothing, where something should be. `called` are names that its speaker goes by in the source.

    >>> Extraction("en", "Warsaw", (), ()).subject
    'Warsaw'
    """

    language: str
    subject: str | None
    mentions: tuple[Mention, ...]
    claims: tuple[Claim, ...]
    preference: bool = False
    failed: str = ""
    called: tuple[str, ...] = ()


UNKNOWN = "Unknown"
"""Who is said to speak where a file does not tell: nobody, and not one person everywhere."""


def speaker_of(passage: Passage) -> str | None:
    """Who says "I" in a passage; None where that is not known."""
    return None if passage.speaker == UNKNOWN else passage.speaker


def stated_subject(passage: Passage) -> str | None:
    """Give the subject that the passage's place states: speaker, title or heading.

    A heading counts only where no title is stated, and only its name part: "Robert
    Smith (ID: 7)" gives "Robert Smith". What the table of a row is called names no row.
    """
    if passage.speaker is not None:
        return speaker_of(passage)
    if passage.title is not None:
        return passage.title
    row = passage.entry.detail if passage.entry is not None else ()
    if passage.heading is None or (KIND, passage.heading) in row:
        return None
    heading = re.split(r"\s+[(（\[|–—]|\s-\s|[:：]\s", passage.heading)[0].strip()
    return heading if any(c.isupper() or c.isdigit() for c in heading) else None


def gather(text: str, found: Iterable[Mention]) -> tuple[Mention, ...]:
    """Join mentions of one name and find it again wherever `text` repeats it.

    The first surface and the most frequent label stand for all, NAME only if there is no
    other. A name is looked for as written, between word borders, and only where nothing
    else was found.

    >>> gather("Ito left. Ito came.", [Mention("Ito", "PERSON", ((0, 3),))])[0].spans
    ((0, 3), (10, 13))
    """
    joined: dict[str, tuple[str, Counter[str], list[Span]]] = {}
    for mention in sorted(found, key=lambda one: one.spans):
        if key := mention.key:
            _, labels, spans = joined.setdefault(key, (mention.surface, Counter(), []))
            labels[mention.label] += mention.label != "NAME"
            spans.extend(mention.spans)
    taken = bytearray(len(text))
    for _, _, spans in joined.values():
        for start, end in spans:
            taken[start:end] = b"\1" * (end - start)
    for surface, labels, spans in joined.values():
        if _most(labels) in VALUE_LABELS or len(surface) < 3:
            continue
        for start, end in _standing(surface, text):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                spans.append((start, end))
    return tuple(
        Mention(surface, _most(labels), tuple(sorted(set(spans))))
        for surface, labels, spans in joined.values()
    )


def _standing(surface: str, text: str) -> Iterator[Span]:
    """Where a name stands in a text between word borders."""
    start = text.find(surface)
    while start >= 0:
        end = start + len(surface)
        inside = (start > 0 and _letter(text[start - 1])) or (
            end < len(text) and _letter(text[end])
        )
        if not inside:
            yield start, end
        start = text.find(surface, start + 1 if inside else end)


def _letter(character: str) -> bool:
    """What a regular expression means by a character of a word."""
    return character.isalnum() or character == "_"


def _most(labels: Counter[str]) -> str:
    return labels.most_common(1)[0][0]


class Extractor(Protocol):
    """Reads sentences, names and claims out of text of some languages.

    `languages` are ISO 639-1 codes ("*" for any); `fingerprint` changes whenever the
    same passage might give another result; `lacks` names what this extractor cannot
    do ("names", "parse"), so that nobody takes silence for absence. Every method is a
    function of its arguments alone, and a passage's result never depends on the other
    passages of the call.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def languages(self) -> tuple[str, ...]: ...

    @property
    def lacks(self) -> tuple[str, ...]: ...

    def sentences(self, text: str) -> list[Span]:
        """Give the sentences of `text` in order, as spans that do not overlap."""
        ...

    def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
        """Read the passages as one batch; one result for each, in the same order."""
        ...


Extractors = Callable[[str], Extractor]
"""Gives the extractor for a language code."""
