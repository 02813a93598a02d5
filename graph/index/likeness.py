"""Likeness: which visible names are alike, from what the segments say of forms of names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .columns import Array
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
        pairs = zip(
            *(part.tolist() for part in (*self.where, self.certain, self.chance)), strict=True
        )
        for here, there, sure, chance in pairs:
            one, other = (
                bytes(segments[part]["entity.id"][row]).decode("utf-8")
                for part, row in (here, there)
            )
            pair = (min(one, other), max(one, other))
            best[pair] = max(best.get(pair, (False, 0)), (bool(sure), int(chance)))
        for (one, other), (sure, chance) in sorted(best.items()):
            if sure is certain:
                yield Alike(one, other, chance / 1000, sure)


def likenesses(segments: Sequence[Segment], entity_rows: Sequence[Places]) -> Likenesses:
    """Find the pairs of which a visible row (`entity_rows`, by segment) has each form."""
    part = np.repeat(np.arange(len(segments)), [len(rows) for rows in entity_rows])
    row = np.concatenate([*entity_rows, np.empty(0, np.int64)])
    forms, first = np.unique(_gathered(segments, entity_rows, "entity.form"), return_index=True)
    nodes = _gathered(segments, entity_rows, "entity.node")[first]
    source = np.stack([part[first], row[first]], axis=1)
    one, other, chance, certain = (
        np.concatenate([segment[f"likeness.{name}"] for segment in segments])
        if segments
        else np.empty(0, kind)
        for name, kind in (
            ("one", np.uint64),
            ("other", np.uint64),
            ("chance", np.int32),
            ("certain", np.bool_),
        )
    )
    here, there = _among(forms, one), _among(forms, other)
    seen = (here >= 0) & (there >= 0)
    here, there = here[seen], there[seen]
    return Likenesses(
        nodes[here], nodes[there], chance[seen], certain[seen], (source[here], source[there])
    )


def _gathered(segments: Sequence[Segment], rows: Sequence[Places], column: str) -> Array:
    parts = [segment[column][mine] for segment, mine in zip(segments, rows, strict=True)]
    return np.concatenate([*parts, np.empty(0, np.uint64)])


def _among(forms: Array, wanted: Array) -> Places:
    if not len(forms):
        return np.full(len(wanted), -1, np.int64)
    found = np.minimum(np.searchsorted(forms, wanted), len(forms) - 1).astype(np.int64)
    found[forms[found] != wanted] = -1
    return found
