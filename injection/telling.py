"""Telling: the forms in which a cube can be told, what each costs and what it is worth.

A cube is told as a passage (all of it), as its best sentences, or as the facts that it states. `pack` chooses
one of these for each cube; the choice becomes a segment of a plan. What a form is worth is the score of the cube
times the chance that what answers survives in it. That was measured (`benchmarks.forms`, docs/measured.md):
sentences hold the answer at least as often as the share of the cube's relevance that they keep says; facts hold it
in half of the cubes, whatever they are, and more often where one of them has words of the question. The factors are
those with which most answers came into blocks of 200 to 1,600 tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..graph.errors import Invalid
from ..graph.instant import show_day
from ..graph.record import Version
from .fence import Fence
from .plan import Band, Segment, Shape
from .tokens import TokenCounter

KEPT = {Shape.PASSAGE: 1.0, Shape.SENTENCE: 1.0, Shape.TRIPLE: 0.7}
"""The factor of a form."""
MOST_KEPT = 0.95
"""What a part of a passage keeps of it at most: that it says all that bears on a question is never sure."""
MOST_SENTENCES = 3
GAP = " … "
SUPERSEDED, IN_PART = "superseded", "superseded in part"
"""What the heading of an entry says where a later statement took the place of what it tells."""
# An entry is counted under a citation as long as any that a block will need.
_CITATION = "m999"


@dataclass(frozen=True, slots=True)
class Sentence:
    """Characters of a cube's text, from `start` up to `end`, and their relevance from 0 to 1."""

    start: int
    end: int
    relevance: float


@dataclass(frozen=True, slots=True)
class Fact:
    """What a cube states, as words ("subject — relation — object"), the fact's node, its relevance."""

    words: str
    node: str
    relevance: float = 1.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cube that may be told: its score, the sentences of it that were rated, the facts it states, and the
    characters of what a later statement superseded, which whoever reads it is told of.

    Shares are of all the relevance that is given, so give every sentence that has some, not only the best.
    Raises `Invalid` for a sentence that is not in the text, and a relevance beyond 0 to 1.
    """

    cube: Version
    score: float
    sentences: tuple[Sentence, ...] = ()
    facts: tuple[Fact, ...] = ()
    outdated: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        for one in self.sentences:
            if not 0 <= one.start < one.end <= len(self.cube.text):
                raise Invalid(
                    f"cube {self.cube.node} has no characters {one.start} to {one.end}: give spans of its "
                    f"text, which has {len(self.cube.text)}"
                )
        for relevance in [
            *(one.relevance for one in self.sentences),
            *(one.relevance for one in self.facts),
        ]:
            if not 0 <= relevance <= 1:
                raise Invalid(f"relevance goes from 0 to 1, not to {relevance}")


@dataclass(frozen=True, slots=True)
class Told:
    """One form of a cube: its text as the cube has it, the tokens of its whole entry, its worth.

    `spans` are the characters told where that is not all, `facts` the nodes of the facts told, `mark` what its
    heading says of it.
    """

    shape: Shape
    text: str
    tokens: int
    worth: float
    spans: tuple[tuple[int, int], ...] = ()
    facts: tuple[str, ...] = ()
    mark: str = ""


def forms(candidate: Candidate, counter: TokenCounter, fence: Fence) -> tuple[Told, ...]:
    """The forms of a cube, the whole first; none of a cube without text and facts.

    >>> from memcubes.graph import Author, Authority, NodeKind, Payload
    >>> from memcubes.injection.language_model import EchoModel
    >>> log = Author("default", "s1", Authority.EXTRACTED, 0).version(NodeKind.MEMCUBE, "c1",
    ...     {"title": "plant log"}, payload=Payload.of("RV-7 failed. Tea was late. Teale came."))
    >>> rated = (Sentence(0, 12, 0.6), Sentence(27, 38, 0.2))
    >>> for told in forms(Candidate(log, 0.5, rated), EchoModel(), Fence("9f86d081884c")):
    ...     print(told.shape, told.tokens, round(told.worth, 4), repr(told.text))
    passage 10 0.5 'RV-7 failed. Tea was late. Teale came.'
    sentence 5 0.375 'RV-7 failed.'
    sentence 8 0.475 'RV-7 failed. … Teale came.'
    """
    return tuple(
        Told(
            shape,
            text,
            counter.count(entry(candidate.cube, text, _CITATION, fence, mark)),
            candidate.score * _chance(shape, share),
            spans,
            facts,
            mark,
        )
        for shape, text, share, spans, facts in _shaped(candidate)
        for mark in ("" if shape is Shape.TRIPLE else _mark(candidate, spans),)
    )


def entry(cube: Version, text: str, citation: str, fence: Fence, mark: str = "") -> str:
    """A form of a cube as it stands in the block: its citation, title, day and mark, the text, a blank line.

    A title that only says how the cube's text begins is left out.
    """
    title = " ".join(str(cube.get("title", "")).split())
    if title and " ".join(cube.text.split()).startswith(title.removesuffix("…")):
        title = ""
    stated = cube.get("stated")
    day = show_day(int(stated)) if stated is not None else ""
    heading = ", ".join(part for part in (fence.quoted(title), day, mark) if part)
    return f"[{citation}] {heading}\n{fence.quoted(text.strip())}\n\n"


def _mark(candidate: Candidate, spans: Sequence[tuple[int, int]]) -> str:
    """What the heading says of a form in which something is told that was superseded."""
    text = candidate.cube.text
    told = [place for a, b in spans or ((0, len(text)),) for place in range(a, b)]
    over = [place for place in told if any(a <= place < b for a, b in candidate.outdated)]
    if not over:
        return ""
    rest = set(told).difference(over)
    return IN_PART if any(text[place].isalnum() for place in rest) else SUPERSEDED


def segment(
    cube: Version, told: Told, band: Band, citation: str, counter: TokenCounter, fence: Fence
) -> Segment:
    """The form that was chosen, as a segment of a plan."""
    text = entry(cube, told.text, citation, fence, told.mark)
    return Segment(
        band,
        text,
        citation=citation,
        node=cube.node,
        payload=cube.payload.digest if cube.payload else "",
        shape=told.shape,
        spans=told.spans,
        facts=told.facts,
        tokens=counter.count(text),
        worth=told.worth,
    )


def _chance(shape: Shape, share: float) -> float:
    """How likely it is that a form still holds what answers, where the whole does."""
    return 1.0 if shape is Shape.PASSAGE else min(MOST_KEPT, share * KEPT[shape])


_Shaped = tuple[Shape, str, float, tuple[tuple[int, int], ...], tuple[str, ...]]


def _shaped(candidate: Candidate) -> Iterator[_Shaped]:
    text = candidate.cube.text
    if text.strip():
        yield Shape.PASSAGE, text.strip(), 1.0, (), ()
    best = sorted(candidate.sentences, key=lambda one: (-one.relevance, one.start))
    relevant = sum(one.relevance for one in best)
    told = {text.strip()}
    for most in range(1, MOST_SENTENCES + 1):
        chosen = [one for one in best[:most] if one.relevance > 0]
        spans = tuple(_joined(text, chosen))
        words = GAP.join(text[start:end].strip() for start, end in spans)
        if words and words not in told:
            told.add(words)
            share = sum(one.relevance for one in chosen) / relevant
            yield Shape.SENTENCE, words, share, spans, ()
    if candidate.facts and any(fact.relevance > 0 for fact in candidate.facts):
        lines = "\n".join(" ".join(fact.words.split()) for fact in candidate.facts)
        bearing = max(fact.relevance for fact in candidate.facts)
        yield (
            Shape.TRIPLE,
            lines,
            (1 + bearing) / 2,
            (),
            tuple(fact.node for fact in candidate.facts),
        )


def _joined(text: str, sentences: Sequence[Sentence]) -> Iterator[tuple[int, int]]:
    """The spans in the order of the text; neighbours, with nothing but white space between, are one."""
    begun: tuple[int, int] | None = None
    for one in sorted(sentences, key=lambda one: (one.start, one.end)):
        if begun and not text[begun[1] : one.start].strip():
            begun = (begun[0], max(begun[1], one.end))
            continue
        if begun:
            yield begun
        begun = (one.start, one.end)
    if begun:
        yield begun
