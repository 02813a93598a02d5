"""A synthetic graph as a segment of the index: for sizes that reading texts would take hours to reach.

The columns are drawn by the thousand and turned, published and opened by the index's own code; what they
lack is a store that holds the same. Passages mention entities by Zipf's law, so that some are hubs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from memcubes.graph.digest import hashed
from memcubes.graph.index.columns import RAGGED, TABLES, Array, Columns, from_rows, starts
from memcubes.graph.index.derivation import whole
from memcubes.graph.index.intake import EDGES
from memcubes.graph.index.sketch import sketches
from memcubes.graph.instant import OPEN
from memcubes.graph.kind import EdgeKind

from .growth import word

DEGREE = 5
"""Edges for each node."""

TERMS = 8
"""Different terms of a passage."""

VOCABULARY = 50_000

LONE = 0.3
"""Share of the mentions that fall on entities evenly; the others follow Zipf's law."""


def term(number: int) -> str:
    """A word of the vocabulary."""
    return f"w{number}"


def name(number: int) -> str:
    """The folded name of an entity."""
    return word(number).lower()


def columns(nodes: int, dimension: int, seed: int = 7) -> Columns:
    """The columns of so many passages and entities, half and half, with five edges a node."""
    made: Columns = {}
    for table in TABLES:
        made |= from_rows(table, (), dimension)
    return made | drawn(nodes, dimension, np.random.default_rng(seed))


def drawn(nodes: int, dimension: int, rng: np.random.Generator) -> Columns:
    """The columns of cubes, entities and edges."""
    passages = nodes // 2
    entities = nodes - passages
    named = np.array([hashed(name(n)) for n in range(entities)], np.uint64)
    known = np.array([hashed(term(n)) for n in range(VOCABULARY)], np.uint64)
    cube = _hashes(rng, passages)
    entity = _hashes(rng, entities)
    vectors = rng.standard_normal((passages, dimension), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    terms = np.sort(_zipf(rng, VOCABULARY, (passages, TERMS)), axis=1)
    columns = _shared("cube", rng, passages) | _shared("entity", rng, entities)
    columns |= {
        "cube.node": cube,
        "cube.id": _ids("cube", passages),
        "cube.record": _ids("version", passages),
        "cube.mark": _hashes(rng, passages),
        "cube.active": np.ones(passages, np.bool_),
        "cube.archived": np.zeros(passages, np.bool_),
        "cube.payload": _hashes(rng, passages),
        "cube.length": np.full(passages, TERMS, np.int64),
        "cube.vector": np.concatenate([whole(part) for part in np.array_split(vectors, 64)]),
        "cube.sentence": np.tile(np.array([[0, 80]], np.int32), (passages, 1)),
        "cube.sentence@": np.arange(passages + 1),
        "cube.term": known[terms].ravel(),
        "cube.term@": np.arange(passages + 1) * TERMS,
        "cube.count": np.ones(passages * TERMS, np.int32),
        "entity.node": entity,
        "entity.id": _ids("entity", entities),
        "entity.record": _ids("named", entities),
        "entity.form": _hashes(rng, entities),
        "entity.name": named,
        "entity.name@": np.arange(entities + 1),
    }
    # one edge of each passage leads to the next, the others to what it mentions
    each = DEGREE * nodes // passages - 1
    owner = np.repeat(np.arange(passages), each)
    even = rng.random(len(owner)) < LONE
    there = np.where(
        even, rng.integers(0, entities, len(owner)), _zipf(rng, entities, (len(owner),))
    )
    ahead = rng.permutation(passages)
    kinds = [EDGES.index(EdgeKind.MENTIONS), EDGES.index(EdgeKind.NEXT)]
    count = len(owner) + passages - 1
    columns |= _shared("edge", rng, count) | {
        "edge.kind": np.repeat(np.array(kinds, np.uint8), [len(owner), passages - 1]),
        "edge.src": np.concatenate([cube[owner], cube[ahead[:-1]]]),
        "edge.dst": np.concatenate([entity[there], cube[ahead[1:]]]),
        "edge.span": np.tile(np.array([[0, 9]], np.int32), (len(owner), 1)),
        "edge.span@": np.minimum(np.arange(count + 1), len(owner)),
    }
    sizes = {"cube": passages, "entity": entities, "edge": count}
    for full, (kind, tail) in RAGGED.items():
        size = sizes.get(full.split(".")[0])
        if size is not None and full not in columns and full != "cube.count":
            shape = (0, dimension) if tail is None else (0, *tail)
            columns |= {full: np.empty(shape, kind), f"{full}@": starts(np.zeros(size, np.int64))}
    columns["cube.count@"] = columns["cube.term@"]
    columns["cube.sketch"] = sketches(columns["cube.vector"])
    columns["cube.outline"] = sketches(columns["cube.sense"])
    return columns


def _shared(table: str, rng: np.random.Generator, size: int) -> Columns:
    """What every row has: in force for ever, for everybody who may read the namespace."""
    return {
        f"{table}.key": np.sort(_hashes(rng, size)),
        f"{table}.from": np.ones(size, np.int64),
        f"{table}.to": np.full(size, OPEN, np.int64),
        f"{table}.acl": np.zeros(size, np.int64),
        f"{table}.origin": np.ones(size, np.uint64),
        f"{table}.start": np.full(size, -OPEN, np.int64),
        f"{table}.end": np.full(size, OPEN, np.int64),
    }


def _hashes(rng: np.random.Generator, size: int) -> Array:
    return rng.integers(0, 2**64, size, dtype=np.uint64)


def _ids(what: str, size: int) -> Array:
    return np.array([f"{what}-{n:010}" for n in range(size)], "S36")


def _zipf(rng: np.random.Generator, size: int, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """Numbers below `size` of which the k-th comes about 1/k as often as the first."""
    drawn_at: npt.NDArray[np.float64] = size ** rng.random(shape)
    return np.minimum(drawn_at.astype(np.int64) - 1, size - 1)


def questions(nodes: int, count: int, seed: int = 11) -> Sequence[str]:
    """Questions that name two entities and use a few words."""
    rng = np.random.default_rng(seed)
    entities = nodes - nodes // 2
    found = []
    for _ in range(count):
        one, other = (int(n) for n in rng.integers(0, entities, 2))
        words = " ".join(term(int(n)) for n in _zipf(rng, VOCABULARY, (4,)))
        found.append(f"Did {word(one)} meet {word(other)} at {words}?")
    return found
