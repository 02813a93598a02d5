"""CubeOrder: in which order cubes are listed where no question ranks them, and where a page goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from ..graph.errors import Invalid
from ..graph.index.catalogue import Catalogue
from ..graph.index.columns import Array
from ..graph.index.visibility import Places
from ..graph.tag_expression import Mask


class CubeOrder(StrEnum):
    """By when the version in force was recorded, or by when it was stated; then by place in the source, and id."""

    NEWEST = "newest"
    OLDEST = "oldest"
    STATED_NEWEST = "stated_newest"
    STATED_OLDEST = "stated_oldest"

    @classmethod
    def read(cls, name: str | None) -> CubeOrder:
        """Read a name; `newest` where none is given.

        >>> CubeOrder.read(None)
        <CubeOrder.NEWEST: 'newest'>
        """
        try:
            return cls.NEWEST if name is None else cls(name)
        except ValueError:
            raise Invalid(f"there is no order '{name}': choose {', '.join(cls)}") from None


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """The passages of a catalogue in one order."""

    keys: tuple[Array, ...]
    places: Places

    def after(self, key: str | None) -> Places:
        """The passages that stand after a key that `key_of` gave; all without one."""
        if key is None:
            return self.places
        said = _read(key, len(self.keys))
        behind = np.zeros(len(self.places), np.bool_)
        equal = np.ones(len(self.places), np.bool_)
        for column, value in zip(self.keys, said, strict=True):
            behind |= equal & (column > value)
            equal &= column == value
        return self.places[behind[self.places]]

    def key_of(self, passage: int) -> str:
        """Where a passage stands."""
        *numbers, node = (column[passage] for column in self.keys)
        return json.dumps([*map(int, numbers), bytes(node).decode()], separators=(",", ":"))


def ordered(catalogue: Catalogue, order: CubeOrder) -> Ordered:
    """All passages in an order; a total one, for a passage has an id."""
    recorded, stated = catalogue.column("from"), catalogue.column("stated")
    by: list[Array] = []
    if order is CubeOrder.STATED_NEWEST:
        by += [-stated, -recorded]
    elif order is CubeOrder.STATED_OLDEST:
        by += [stated, recorded]
    else:
        by.append(recorded if order is CubeOrder.OLDEST else -recorded)
    keys = (*by, catalogue.offset, catalogue.column("id"))
    return Ordered(keys, np.lexsort(keys[::-1]).astype(np.int64))


def listed(found: Ordered, met: Mask, after: str | None, first: int) -> tuple[list[int], bool]:
    """A page of those that meet a filter, and whether more follow."""
    places = found.after(after)
    rest = places[met[places]]
    return rest[:first].tolist(), len(rest) > first


def _read(key: str, size: int) -> Sequence[Any]:
    said = json.loads(key)
    *numbers, node = said
    if len(said) != size or not all(type(number) is int for number in numbers):
        raise Invalid("the cursor belongs to another listing: leave `after` out")
    return [*numbers, str(node).encode()]
