"""How near English words are in meaning: a fixed table of small vectors, so that no encoder is asked.

A link depends on two texts alone; what a namespace encodes with must not change it. `python -m
benchmarks.word_vectors` makes the table: single words through the Universal Sentence Encoder (arXiv 1907.04307,
Apache-2.0), reduced to 128 columns of four bits.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .rarity import rarity
from .token import Token

Vectors = npt.NDArray[np.float32]

COLUMNS = 128
PREFIX = 5
"""Words that begin with so many of the same letters are near, if the table lacks one of them."""
ALIKE = 0.8


class _Table(NamedTuple):
    """The place of each stem; by place two columns a byte, the topics, and whether it is usual; what a step of each column is worth."""

    places: dict[str, int]
    packed: npt.NDArray[np.uint8]
    scale: Vectors
    topics: npt.NDArray[np.uint16]
    usual: npt.NDArray[np.uint8]


@cache
def _table() -> _Table:
    data = resources.files(__package__).joinpath("vectors.npz").read_bytes()
    with np.load(io.BytesIO(data)) as held:
        stems = held["stems"].tobytes().decode("utf-8").split("\n")
        places = {stem: place for place, stem in enumerate(stems)}
        usual = np.unpackbits(held["usual"], count=len(stems))
        return _Table(places, held["rows"], held["scale"], held["topics"], usual)


def vectors(stems: Sequence[str]) -> Vectors:
    """Unit rows of 128 columns, one for each stem; zeros where the table lacks it.

    >>> one, two, three = vectors(["doctor", "physician", "river"])
    >>> bool(one @ two > 0.4 > one @ three)
    True
    """
    places, packed, scale, *_ = _table()
    found = np.zeros((len(stems), COLUMNS), np.float32)
    known = [(at, places[stem]) for at, stem in enumerate(stems) if stem in places]
    if known:
        at, rows = (list(one) for one in zip(*known, strict=True))
        held = packed[rows]
        said = np.empty((len(rows), COLUMNS), np.float32)
        said[:, 0::2] = (held >> 4).astype(np.float32) - 8
        said[:, 1::2] = (held & 15).astype(np.float32) - 8
        said *= scale
        found[at] = said / np.linalg.norm(said, axis=1, keepdims=True).clip(1e-9)
    return found


def topics(stem: str) -> tuple[int, ...]:
    """The numbers of the two groups of like words that a stem is nearest to; none where the table lacks it.

    >>> bool(set(topics("cigarett")) & set(topics("smoker")) - set(topics("river")))
    True
    """
    table = _table()
    place = table.places.get(stem)
    return () if place is None else tuple(table.topics[place].tolist())


def usual(stem: str) -> bool:
    """Whether a stem is a word that English texts have often, and not one of the table that may well be a name.

    >>> usual("cigarett"), usual("obi")
    (True, False)
    """
    table = _table()
    place = table.places.get(stem)
    return place is not None and bool(table.usual[place])


class Words:
    """The words of a sentence, names and numbers aside, with their vectors and how rare they are."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tuple(tokens)
        self.keys = tuple(token.key for token in tokens)
        self.rows = vectors(self.keys)
        self.weights = np.array([rarity(key) for key in self.keys], np.float32)
        self.unknown = tuple(at for at, row in enumerate(self.rows) if not row.any())
        self.place = {(token.start, token.end): at for at, token in enumerate(tokens)}


def nearness(one: Words, other: Words) -> Vectors:
    """How near each word of one is to each of the other, between 0 and 1; 1 where the stems are equal."""
    found: Vectors = np.maximum(one.rows @ other.rows.T, 0.0)
    for key in set(one.keys).intersection(other.keys):
        for at, mine in enumerate(one.keys):
            if mine == key:
                for where, theirs in enumerate(other.keys):
                    if theirs == key:
                        found[at, where] = 1.0
    for at in one.unknown:
        for where, theirs in enumerate(other.keys):
            if _alike(one.keys[at], theirs):
                found[at, where] = max(found[at, where], ALIKE)
    for where in other.unknown:
        for at, mine in enumerate(one.keys):
            if _alike(mine, other.keys[where]):
                found[at, where] = max(found[at, where], ALIKE)
    return found


def _alike(one: str, other: str) -> bool:
    return len(one) >= PREFIX and one[:PREFIX] == other[:PREFIX]
