"""Hits: what a search gives back, and why each of it is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ..graph.belief import Status
from ..graph.record import Version
from .cube_order import CubeOrder
from .cut import Cut
from .facet import Facet
from .succession import Standing

Span = tuple[int, int]


class Ranking(StrEnum):
    """How cubes are ordered: by the walk fused with the rest, by words alone, by vectors alone."""

    GRAPH = "graph"
    BM25 = "bm25"
    DENSE = "dense"


class StepKind(StrEnum):
    """What a step of an explanation stands on."""

    QUESTION = "question"
    SENTENCE = "sentence"
    PASSAGE = "passage"
    ENTITY = "entity"


@dataclass(frozen=True, slots=True)
class Step:
    """One stop on the way from the question to a passage.

    The first is where the walk was set down (`seed` is why: a name in the question, one of the sentences
    nearest to it, or the passage's own nearness); the others were reached from the one before. `mass` is
    the share of the walk that comes this way, `node` a cube or an entity, `label` its name or title.
    """

    kind: StepKind
    node: str
    label: str
    mass: float
    seed: StepKind | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One ingredient of a score, as measured and brought between 0 and 1 over the visible passages."""

    raw: float
    scaled: float


@dataclass(frozen=True, slots=True)
class Lead:
    """Another cube that leads to a hit: its id and title, the characters that name the hit's subject in
    it, where any do, and what that added to the score."""

    node: str
    label: str
    span: Span | None
    added: float


@dataclass(frozen=True, slots=True)
class Hit:
    """One cube that answers to the question.

    `cube` was read through the guarded store, `parts` are bm25, dense, sentence and ppr, `sentence` the
    characters of the sentence nearest to the question, `path` the best explanation of the walk, from seed to
    cube; `standings` are the links by which later statements supersede or dispute it. `added` says what its
    score is the sum of (for a turn of a dialogue: what it was ordered by among the turns, and what the place
    is worth that it has for that), `doubts` are the proposed links to statements that stand before it, which say nothing of it yet, `lead` is the cube that leads to it most, `also` are the near-duplicates for which it stands.
    """

    cube: Version
    score: float
    parts: Mapping[str, Part]
    path: tuple[Step, ...]
    sentence: Span
    standings: tuple[Standing, ...] = ()
    added: Mapping[str, float] = field(default_factory=dict)
    lead: Lead | None = None
    also: tuple[str, ...] = ()
    doubts: tuple[Standing, ...] = ()

    @property
    def namespace(self) -> str:
        """The namespace that the cube is in."""
        return self.cube.ns

    @property
    def status(self) -> Status:
        """What a later statement makes of the nearest sentence: superseded, disputed, or neither."""
        for standing in self.standings:
            if standing.of(self.sentence):
                return standing.status
        return Status.BELIEVED

    @property
    def quote(self) -> str:
        """The words of the nearest sentence."""
        return self.cube.text[self.sentence[0] : self.sentence[1]]


@dataclass(frozen=True, slots=True)
class Named:
    """A name in the question that the graph knows: its characters there, the entity, its weight."""

    text: str
    span: Span
    entity: str
    weight: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of what was found, at the sequence (and valid time) that was read.

    For a question its hits are ranked; without one (`question` and `ranking` are None) they are listed in
    `order`, with no score and no reasons. `named` are the known names in the question; `visible` counts the
    passages that were searched, `total` those of them that meet the filter. `cursors` has one for each
    hit; `after` is that of the next page, None at the end; `note` says what of the question was not asked,
    where it is too long. `namespaces` are those that were searched as one, empty where only one was. `cut` are
    the best candidates for a question that are no hits of this page, by the step at which they fell out.
    """

    question: str | None
    ranking: Ranking | None
    seq: int
    hits: tuple[Hit, ...]
    named: tuple[Named, ...] = ()
    visible: int = 0
    total: int = 0
    order: CubeOrder | None = None
    cursors: tuple[str, ...] = ()
    after: str | None = None
    begun: bool = False
    valid_at: int | None = None
    facets: tuple[Facet, ...] = ()
    note: str = ""
    namespaces: tuple[str, ...] = ()
    cut: tuple[Cut, ...] = ()
