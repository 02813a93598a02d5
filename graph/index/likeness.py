"""Likeness: which visible names are alike, from what the segments say of forms of names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..canonical import components, disputed
from .adjacency import Edges
from .columns import TABLES, Array, spread
from .places import places_of
from .segment import Segment

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Alike:
    """Two entities whose names are alike, by their ids; `chance` between 0 and 1."""

    one: str
    other: str
    chance: float
    certain: bool


@dataclass(frozen=True, slots=True)
class Likenesses:
    """The pairs of a view: node hashes, chance (‰), whether it is certain, and a row that has each node's id.

    A pair of entities may come several times, by several forms of their names.
    """

    one: Array
    other: Array
    chance: Array
    certain: Array
    where: tuple[Array, Array]

    @property
    def joining(self) -> tuple[Array, Array]:
        """The ends of those that are certain."""
        return self.one[self.certain], self.other[self.certain]

    def told(self, segments: Sequence[Segment], *, certain: bool) -> Iterator[Alike]:
        """Each pair once, by ids, with its best chance: those that are certain, or all others."""
        best: dict[tuple[str, str], tuple[bool, int]] = {}
        said = (*self.where, self.certain, self.chance)
        for *ends, sure, chance in zip(*(part.tolist() for part in said), strict=True):
            one, other = (
                bytes(segments[part]["entity.id"][row]).decode("utf-8") for part, row in ends
            )
            pair = (min(one, other), max(one, other))
            best[pair] = max(best.get(pair, (False, 0)), (bool(sure), int(chance)))
        for (one, other), (sure, chance) in sorted(best.items()):
            if sure is certain and chance:
                yield Alike(one, other, chance / 1000, sure)


def aliases_of(
    segments: Sequence[Segment], edges: Edges, remembered: Callable[[], Array]
) -> tuple[Array, Array]:
    """Which names the mentions of a view give to which, by node hash, as far as their cube is `remembered`."""
    short, full, cubes = ([np.empty(0, np.uint64)] for _ in range(3))
    for number, segment in enumerate(segments):
        rows = edges.row[edges.part == number]
        items, counts = spread(segment["edge.alias@"], rows)
        short.append(np.repeat(segment["edge.dst"][rows], counts))
        full.append(segment["edge.alias"][items])
        cubes.append(np.repeat(segment["edge.src"][rows], counts))
    ends = np.concatenate(short), np.concatenate(full)
    if not len(ends[0]):
        return ends
    seen = np.isin(np.concatenate(cubes), remembered())
    return ends[0][seen], ends[1][seen]


def likenesses(
    segments: Sequence[Segment],
    entity_rows: Sequence[Places],
    given: tuple[Array, Array],
    *,
    doubtful: bool = False,
) -> Likenesses:
    """The pairs of forms that both have a visible row (`entity_rows`, by segment), and what passages say.

    `given` are names that visible passages give to others. Such a name is certain where all that it is given
    to are one already; of several, nothing tells which is meant elsewhere. So it is with "Acme", where both
    "Acme Ltd" and "Acme GmbH" are seen: it may be either.
    What is only doubtful is many times as much, joins nothing, and is left out unless it is asked for.
    """
    part = np.repeat(np.arange(len(segments)), [len(rows) for rows in entity_rows])
    row = np.concatenate([*entity_rows, np.empty(0, np.int64)])
    forms, first = np.unique(_gathered(segments, entity_rows, "entity.form"), return_index=True)
    every = _gathered(segments, entity_rows, "entity.node")
    nodes, one_of = np.unique(every, return_index=True)
    one, other, chance, certain, contrary = (
        _pairs(segments, name, doubtful=doubtful)
        for name in ("one", "other", "chance", "certain", "contrary")
    )
    here, there = places_of(forms, one), places_of(forms, other)
    seen = (here >= 0) & (there >= 0)
    ends = every[first][here[seen]], every[first][there[seen]]
    chance, certain, contrary = chance[seen], certain[seen], contrary[seen]
    apart = ends[0][contrary], ends[1][contrary]
    short, full = given
    named = (places_of(nodes, short) >= 0) & (places_of(nodes, full) >= 0) & (short != full)
    short, full = short[named], full[named]
    clear = _clear(short, full, (ends[0][certain], ends[1][certain]))
    ends = np.concatenate([ends[0], short]), np.concatenate([ends[1], full])
    chance = np.concatenate([chance, np.where(clear, 1000, 500)])
    certain = np.concatenate([certain, clear])
    certain &= ~_disputed(ends, certain, apart)
    source = np.stack([part[one_of], row[one_of]], axis=1)
    where = source[places_of(nodes, ends[0])], source[places_of(nodes, ends[1])]
    return Likenesses(*ends, chance, certain, where)


def _clear(short: Array, full: Array, certain: tuple[Array, Array]) -> npt.NDArray[np.bool_]:
    """Which given names stand for one thing only, as far as letters tell."""
    if not len(short):
        return np.zeros(0, np.bool_)
    roots = components(_as_text(*certain))
    meant: dict[int, set[str]] = {}
    ends = list(zip(short.tolist(), full.tolist(), strict=True))
    for name, of in ends:
        meant.setdefault(name, set()).add(roots.get(str(of), str(of)))
    return np.array([len(meant[name]) == 1 for name, _ in ends], np.bool_)


def _disputed(
    ends: tuple[Array, Array], certain: Array, apart: tuple[Array, Array]
) -> npt.NDArray[np.bool_]:
    """Which pairs that are certain by themselves would join two that are contrary."""
    if not len(apart[0]):
        return np.zeros(len(certain), np.bool_)
    sure = np.flatnonzero(certain)
    pairs = _as_text(ends[0][sure], ends[1][sure])
    wrong = disputed(pairs, _as_text(*apart))
    found = np.zeros(len(certain), np.bool_)
    found[sure] = [frozenset(pair) in wrong for pair in pairs]
    return found


def _as_text(one: Array, other: Array) -> list[tuple[str, str]]:
    return [(str(a), str(b)) for a, b in zip(one.tolist(), other.tolist(), strict=True)]


def _pairs(segments: Sequence[Segment], name: str, *, doubtful: bool) -> Array:
    found = [np.empty(0, TABLES["likeness"][name])]
    for part in segments:
        column = part[f"likeness.{name}"]
        found.append(
            column if doubtful else column[part["likeness.certain"] | part["likeness.contrary"]]
        )
    return np.concatenate(found)


def _gathered(segments: Sequence[Segment], rows: Sequence[Places], column: str) -> Array:
    parts = [segment[column][mine] for segment, mine in zip(segments, rows, strict=True)]
    return np.concatenate([*parts, np.empty(0, np.uint64)])
