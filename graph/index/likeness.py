"""Likeness: which visible names are alike, from what the segments say of forms of names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..canonical import components, disputed
from .columns import TABLES, Array, spread
from .places import first_seen, nodes_of
from .postings import Postings
from .segment import Segment

Places = npt.NDArray[np.int64]
Seen = Callable[[int, Places], npt.NDArray[np.bool_]]
"""Whether each of some rows of a segment, given by its place, is visible."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Two entities whose names are alike, by their ids; `chance` between 0 and 1."""

    one: str
    other: str
    chance: float
    certain: bool


@dataclass(frozen=True, slots=True)
class Likenesses:
    """The pairs of a view: node hashes, chance (‰), and whether it is certain.

    A pair of entities may come several times, by several forms of their names.
    """

    one: Array
    other: Array
    chance: Array
    certain: Array

    @property
    def joining(self) -> tuple[Array, Array]:
        """The ends of those that are certain."""
        return self.one[self.certain], self.other[self.certain]

    def told(self, segments: Sequence[Segment], *, certain: bool) -> Iterator[Alike]:
        """Each pair once, by ids, with its best chance: those that are certain, or all others."""
        nodes, ends = np.unique(np.concatenate([self.one, self.other]), return_inverse=True)
        where = first_seen(segments, _entities, nodes, lambda _, rows: np.ones(len(rows), np.bool_))
        ids = [
            bytes(segments[part]["entity.id"][row]).decode("utf-8")
            for part, row in zip(*(half.tolist() for half in where), strict=True)
        ]
        best: dict[tuple[str, str], tuple[bool, int]] = {}
        said = (*np.split(ends, 2), self.certain, self.chance)
        for *pair, sure, chance in zip(*(part.tolist() for part in said), strict=True):
            one, other = sorted(ids[end] for end in pair)
            best[one, other] = max(best.get((one, other), (False, 0)), (bool(sure), int(chance)))
        for (one, other), (sure, chance) in sorted(best.items()):
            if sure is certain and chance:
                yield Alike(one, other, chance / 1000, sure)


def giving(segment: Segment) -> Places:
    """The edges of a segment that give a name to another, worked out once."""
    return segment.noted("aliases", lambda: np.flatnonzero(np.diff(segment["edge.alias@"])))


def aliases_of(
    segments: Sequence[Segment], mentions: Sequence[Places], remembered: Seen
) -> tuple[Array, Array]:
    """Which names the visible `mentions` (rows by segment) give to which, by node hash.

    They count as far as a row of their cube is `remembered`.
    """
    short, full, cubes = ([np.empty(0, np.uint64)] for _ in range(3))
    for segment, rows in zip(segments, mentions, strict=True):
        items, counts = spread(segment["edge.alias@"], rows)
        short.append(np.repeat(segment["edge.dst"][rows], counts))
        full.append(segment["edge.alias"][items])
        cubes.append(np.repeat(segment["edge.src"][rows], counts))
    wanted, owner = np.unique(np.concatenate(cubes), return_inverse=True)
    known = first_seen(segments, lambda s: nodes_of(s, "cube").rows, wanted, remembered)[0] >= 0
    return np.concatenate(short)[known[owner]], np.concatenate(full)[known[owner]]


def likenesses(
    segments: Sequence[Segment],
    seen: Seen,
    given: tuple[Array, Array],
    *,
    doubtful: bool = False,
) -> Likenesses:
    """The pairs of forms that both have a visible row (one that is `seen`), and what passages say.

    `given` are names that visible passages give to others. Such a name is certain where all that it is given
    to are one already; of several, nothing tells which is meant elsewhere. So it is with "Acme", where both
    "Acme Ltd" and "Acme GmbH" are seen: it may be either.
    What is only doubtful is many times as much, joins nothing, and is left out unless it is asked for.
    It costs what there are pairs, however many entities there are.
    """
    one, other, chance, certain, contrary = (
        _pairs(segments, name, doubtful=doubtful)
        for name in ("one", "other", "chance", "certain", "contrary")
    )
    forms, number = np.unique(np.concatenate([one, other]), return_inverse=True)
    part, row = first_seen(segments, lambda segment: segment.forms, forms, seen)
    here, there = np.split(number, 2)
    both = (part[here] >= 0) & (part[there] >= 0)
    node = np.zeros(len(forms), np.uint64)
    for place, segment in enumerate(segments):
        mine = np.flatnonzero(part == place)
        node[mine] = segment["entity.node"][row[mine]]
    ends = node[here[both]], node[there[both]]
    chance, certain, contrary = chance[both], certain[both], contrary[both]
    apart = ends[0][contrary], ends[1][contrary]
    short, full = given
    names, number = np.unique(np.concatenate(given), return_inverse=True)
    known = first_seen(segments, _entities, names, seen)[0][number] >= 0
    named = known[: len(short)] & known[len(short) :] & (short != full)
    short, full = short[named], full[named]
    clear = _clear(short, full, (ends[0][certain], ends[1][certain]))
    ends = np.concatenate([ends[0], short]), np.concatenate([ends[1], full])
    chance = np.concatenate([chance, np.where(clear, 1000, 500)])
    certain = np.concatenate([certain, clear])
    certain &= ~_disputed(ends, certain, apart)
    return Likenesses(*ends, chance, certain)


def _entities(segment: Segment) -> Postings:
    return nodes_of(segment, "entity").rows


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
        found.append(column if doubtful else column[_telling(part)])
    return np.concatenate(found)


def _telling(segment: Segment) -> Places:
    """The likenesses of a segment that are more than doubtful, worked out once."""
    return segment.noted(
        "telling",
        lambda: np.flatnonzero(segment["likeness.certain"] | segment["likeness.contrary"]),
    )
