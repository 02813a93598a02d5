"""Recipe: every number of the ranking in one place, and which of its steps take part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from ..graph.errors import Invalid

STATED = 1
"""Sentences of a statement."""
BEGUN, DOUBTED = 0.6, 0.3
"""How sure a passage is to be about the name with which it begins, where nothing says that it tells of that, and about a
name that was guessed otherwise. Of the passages of two sets that were so guessed 31 to 60 % and 0 to 16 % are."""

STEPS = MappingProxyType(
    {
        "names": "names in the question as seeds",
        "sentences": "the names of the nearest sentences as seeds",
        "walk": "personalised PageRank, beside what is near by itself",
        "dates": "the time that the question asks about",
        "titles": "subjects that the question names",
        "wording": "what says much of the question in one run of its words",
        "links": "passages whose subject another one mentions",
        "shared": "names that two passages have in common",
        "second": "the second pass, from the best of the first",
        "weight": "how many sources say it, and with what authority",
        "duplicates": "near-duplicates shown once",
        "turns": "who spoke when, and what was said before and after",
        "speakers": "turns measured by what is asked beside the names of speakers",
        "succession": "what is superseded after what supersedes it",
    }
)
"""The steps of a search that can be left out, to see what each is worth."""

LINKS = MappingProxyType(
    {
        "title": 0.28,
        "fraction": 0.05,
        "coverage": -0.13,
        "wording": 0.4,
        "whole": 0.5,
        "named": 0.055,
        "base": 0.10,
        "close": 0.08,
        "words": 0.38,
        "gain": 1.27,
        "few": 0.12,
        "back": 0.14,
        "shared_gain": 1.0,
        "contained": 0.08,
        "contained_gain": 0.5,
        "date": 1.0,
        "support": 0.05,
        "authority": 0.03,
    }
)
"""What the features of `rerank` weigh beside the fused score."""

TURNS = MappingProxyType(
    {
        "near": 0.9,
        "walk": 0.7,
        "dense": 0.48,
        "sentence": 0.25,
        "answers": 0.45,
        "length": 0.4,
        "session": 0.4,
        "session_words": 0.25,
        "date": 0.53,
        "kind": 0.42,
        "after": 0.32,
        "before": 0.23,
        "dated": 0.2,
        "speaker": 0.15,
        "asks": -0.2,
        "alike": 0.25,
    }
)
"""What the features of `turn` weigh among the turns of dialogues."""

_STEP_OF = MappingProxyType(
    {
        "dates": ("date",),
        "titles": ("title", "fraction"),
        "wording": ("wording", "whole"),
        "links": ("base", "close", "words", "gain", "few", "back"),
        "shared": ("named", "shared_gain", "contained", "contained_gain"),
        "weight": ("support", "authority"),
    }
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """The weights of seeds, walk, fusion and reranking.

    Those of the walk lie on a plateau that three sets share (hotpot100, musique_train100, 2wiki147). Those of
    the links and turns were written down before this code was; five of them were then lowered or left out while
    looking at the same sets, and two of the turns' raised and one added ("sentence") while looking at LoCoMo.

    >>> Recipe().damping
    0.5
    """

    damping: float = 0.5
    """Probability of going on; .5 as in HippoRAG (arXiv 2405.14831)."""
    iterations: int = 15
    """Power iterations; 15 come within 1e-5 of the limit."""
    tolerance: float | None = None
    """Where given, the walk goes on until no mass changes by more."""

    entity_share: float = 0.4
    """Share of the reset mass that is set down on entities; the rest lies on passages."""
    sentence_seeds: int = 5
    """The nearest sentences whose entities are seeds."""
    sentence_weight: float = 0.05
    """What the entities of those sentences weigh together beside those that the question names."""

    subject_edge: float = 2.0
    """Mentions that an explicit subject counts for on the edge to its passage."""
    star_edge: float = 1.0
    """Weight of an edge between a subject and another entity of its passage."""
    next_edge: float = 1.0
    """Weight of an edge between a passage and the one that follows."""

    k1: float = 1.2
    b: float = 0.75

    walk_share: float = 0.8
    """Share of the walk in the fused score; the three below divide the rest."""
    bm25_share: float = 0.5
    dense_share: float = 0.25
    sentence_share: float = 0.25

    links: Mapping[str, float] = field(default_factory=lambda: LINKS)
    """Weights of what leads to a passage, see `rerank`."""
    first_pass: float = 0.5
    """What the first pass weighs beside the second."""
    turns: Mapping[str, float] = field(default_factory=lambda: TURNS)
    """Weights among the turns of dialogues, see `turn`."""

    off: frozenset[str] = frozenset()
    """Steps that are left out."""

    def without(self, steps: Iterable[str]) -> Recipe:
        """The same with some of `STEPS` left out; raises `Invalid` for a step that is none.

        >>> Recipe().without(["links"]).weight("gain"), Recipe().weight("gain")
        (0.0, 1.27)
        """
        off = frozenset(steps)
        unknown = sorted(off - set(STEPS))
        if unknown:
            raise Invalid(f"a search has no step '{unknown[0]}': its steps are {', '.join(STEPS)}")
        return replace(self, off=self.off | off)

    def weight(self, feature: str) -> float:
        """What a feature of the links weighs, nothing where its step is left out."""
        if any(feature in of for step, of in _STEP_OF.items() if step in self.off):
            return 0.0
        return self.links[feature]

    @property
    def reranks(self) -> bool:
        """Whether anything of the links is left to go by."""
        return not {"titles", "links", "shared", "weight"} <= self.off
