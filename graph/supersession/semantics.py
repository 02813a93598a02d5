"""Semantics: how near in meaning what was lost is to what was gained, and what is denied to what was said."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from . import lexicon
from .comparison import Comparison
from .meaning import Vectors, Words, nearness, vectors
from .sentence import Sentence, read
from .token import Kind, Token

Floats = npt.NDArray[np.float32]

DIGITS = 3
"""Digits of what is measured: the same on every machine."""


def semantics(c: Comparison, denied: Sequence[Token]) -> dict[str, float]:
    """Measure the words of both; `denied` are those in the reach of a negation of the new sentence."""
    old, new = c.old.words, c.new.words
    near = nearness(old, new)
    lost = np.array([key not in c.new_keys for key in old.keys], bool)
    gained = np.array([key not in c.old_keys for key in new.keys], bool)
    swapped = near[lost][:, gained]
    slots = _slots(c)
    reach = _places(new, denied)
    denials = near[:, reach]
    return {
        "old_near": _mean(near.max(axis=1, initial=0.0), old.weights),
        "new_near": _mean(near.max(axis=0, initial=0.0), new.weights),
        "lost_near": _mean(swapped.max(axis=1, initial=0.0), old.weights[lost]),
        "gained_near": _mean(swapped.max(axis=0, initial=0.0), new.weights[gained]),
        "swap_nearest": _rounded(swapped.max(initial=0.0)),
        "swap_centre": _centres(old.rows[lost], new.rows[gained]),
        "whole_centre": _centres(old.rows, new.rows),
        "slot_near": max(slots, default=0.0),
        "slot_farthest": min(slots, default=0.0),
        # the first words that are no names mostly say what is said of them
        "predicate_near": _rounded(near[0, 0]) if near.size else 0.0,
        "denied_near": _mean(denials.max(axis=0, initial=0.0), new.weights[reach]),
        "denied_recall": _mean(denials.max(axis=1, initial=0.0), old.weights) if denied else 0.0,
        "lost_mass": _rounded(min(1.0, float(old.weights[lost].sum()) / 4)),
        "gained_mass": _rounded(min(1.0, float(new.weights[gained].sum()) / 6)),
    }


def _rounded(value: float) -> float:
    return round(float(value), DIGITS)


def _mean(values: Floats, weights: Floats) -> float:
    """The weighted mean; 1 where there is nothing."""
    total = float(weights.sum())
    return _rounded(float(values @ weights) / total) if total else 1.0


def _centres(one: Vectors, other: Vectors) -> float:
    """How near the middles of some words are."""
    a, b = one.sum(axis=0), other.sum(axis=0)
    size = math.sqrt(float(a @ a) * float(b @ b))
    return _rounded(max(0.0, float(a @ b) / size)) if size else 0.0


def _places(words: Words, tokens: Sequence[Token]) -> list[int]:
    return sorted(
        words.place[token.start, token.end] for token in tokens if token.kind is Kind.WORD
    )


def _slots(c: Comparison) -> list[float]:
    """How near the words are that stand in for each other, place by place."""
    found: list[float] = []
    for hunk in c.hunks:
        lost, gained = _places(c.old.words, hunk.lost), _places(c.new.words, hunk.gained)
        if lost and gained:
            found.append(_centres(c.old.words.rows[lost], c.new.words.rows[gained]))
    return found


def told(c: Comparison) -> frozenset[str]:
    """What the words that only the new sentence has tell of by themselves."""
    classes = lexicon.classes()
    fresh = c.new.stems - c.old.stems
    found = frozenset[str]().union(*(classes[word] for word in fresh if word in classes))
    return found | {kind for kind, _ in c.new.phrases - c.old.phrases}


def events(c: Comparison) -> dict[str, float]:
    """What the new words tell of by themselves, and whether one denies an old one."""
    classes, opposites = lexicon.classes(), lexicon.opposites()
    old, new = c.old.stems, c.new.stems
    fresh = new - old
    now = told(c)
    before = frozenset[str]().union(*(classes.get(word, frozenset()) for word in old))
    sided = lexicon.sided()
    heads = head(c.old), head(c.new)
    works = ["occupation" in classes.get(one, frozenset()) for one in heads]
    return {
        **{f"tells_{name}": float(name in now) for name in sorted(EVENTS)},
        "told_before": float(bool(before & {"cease", "change", "restore"})),
        "opposite": float(
            any(frozenset((a, b)) in opposites for a in (old - new) & sided for b in fresh & sided)
        ),
        "opposite_usual": float(_opposed(old - new, fresh)),
        "occupations": float(all(works) and heads[0] != heads[1]),
        "occupation_kept": float(all(works) and heads[0] == heads[1]),
        "occupation_for_other": float(works[0] != works[1]),
        "avocation": float("avocation" in now or "avocation" in before),
        "again": float(bool(fresh & {"again", "back", "since", "instead", "finally"})),
        **_likeness(c),
        "same_head": float(bool(heads[0]) and heads[0] == heads[1]),
        "both_heads": float(bool(heads[0]) and bool(heads[1])),
    }


def _opposed(lost: frozenset[str], gained: frozenset[str]) -> bool:
    """Whether a word that was lost has an opposite among those that were gained."""
    opposed = lexicon.opposed()
    return any(opposed[word] & gained for word in lost if word in opposed)


EVENTS = frozenset(["amend", "cease", "change", "restore", "oppose", "restrict"])
LIKENED = ("cease", "change", "oppose", "restore")


@cache
def _prototypes(kind: str) -> Floats:
    """The vectors of the words of a class."""
    rows = vectors(sorted(word for word, kinds in lexicon.classes().items() if kind in kinds))
    found: Floats = rows[np.abs(rows).sum(axis=1) > 0]
    return found


@lru_cache(maxsize=16384)
def _liked(text: str) -> Floats:
    """How near each word of a sentence is to the words of each class, a row for each."""
    rows = read(text).words.rows
    found = [(rows @ _prototypes(kind).T).max(axis=1, initial=0.0) for kind in LIKENED]
    return np.array(found, np.float32)


def _likeness(c: Comparison) -> dict[str, float]:
    """How near the nearest word that only the new sentence has is to the words of each class."""
    fresh = np.array([key not in c.old_keys for key in c.new.words.keys], bool)
    nearest = _liked(c.new.text)[:, fresh].max(axis=1, initial=0.0)
    return {f"like_{kind}": _rounded(near) for kind, near in zip(LIKENED, nearest, strict=True)}


_ARTICLES = frozenset(["a", "an", "the"])
_BE = frozenset(["is", "was", "am", "are", "became", "become", "works", "work"])
_STOPS = lexicon.PREPOSITIONS | frozenset(
    ["who", "that", "which", "and", "but", "while", "known", "specializing", "specialising", "as"]
)


def head(sentence: Sentence) -> str:
    """The noun of "is a …" by its stem, or nothing.

    >>> from .sentence import read
    >>> head(read("Ann is a marine biologist who studies crabs."))
    'biolog'
    """
    return _head(sentence.text)


@lru_cache(maxsize=16384)
def _head(text: str) -> str:
    """The noun of "is a …", by its stem: the last word before a preposition or a new clause."""
    tokens = read(text).tokens
    for place, token in enumerate(tokens[:-1]):
        if token.lower in _BE:
            start = place + 1 + (tokens[place + 1].lower in {"as", "now", "also", "currently"})
            if start < len(tokens) and tokens[start].lower in _ARTICLES:
                last = ""
                for other in tokens[start + 1 :]:
                    if other.lower in _STOPS or other.clause != token.clause:
                        break
                    if other.kind is Kind.WORD:
                        last = other.key
                return last
    return ""
