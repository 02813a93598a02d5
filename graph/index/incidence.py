"""Incidence: lists of numbers by row as three plain arrays, which a few changed rows do not make anew.

The arrays of a sparse matrix by rows (CSR). When a view goes on from another, most rows stay as they are
but for the numbers in them: those are copied in long runs, and only what changed is worked out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array

from .columns import Array, spread, starts

Places = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Value = TypeVar("Value", bound=np.generic)

BLOCK = 1 << 16
"""Numbers that are looked up together."""


@dataclass(frozen=True, slots=True)
class Renumbering:
    """What old numbers are now, -1 for those that are gone; ascending but for these; and how many there are."""

    new: Places
    size: int

    @property
    def kept(self) -> Places:
        """The old numbers that are not gone."""
        return np.flatnonzero(self.new >= 0)

    @property
    def fresh(self) -> Places:
        """The new numbers that nothing had before."""
        held = np.zeros(self.size, np.bool_)
        held[self.new[self.kept]] = True
        return np.flatnonzero(~held)

    def of(self, numbers: Numbers) -> Numbers:
        """Renumber.

        >>> Renumbering(np.array([0, -1, 1, 3]), 4).of(np.array([3, 0, 1], np.int32)).tolist()
        [3, 0, -1]
        """
        return looked_up(self.new.astype(np.int32), numbers)


def looked_up(
    table: npt.NDArray[Value],
    numbers: npt.NDArray[np.integer[Any]],
    out: npt.NDArray[Value] | None = None,
) -> npt.NDArray[Value]:
    """What a table has at these places, a block at a time: NumPy widens the numbers, which then stay in the cache.

    >>> looked_up(np.array([0.5, 2.0]), np.array([1, 1, 0], np.int32)).tolist()
    [2.0, 2.0, 0.5]
    """
    found = np.empty(len(numbers), table.dtype) if out is None else out
    for start in range(0, len(numbers), BLOCK):
        here = slice(start, start + BLOCK)
        np.take(table, numbers[here], out=found[here], mode="clip")
    return found


def narrow(at: Places) -> npt.NDArray[np.integer[Any]]:
    """Where rows begin in 32 bits, if they will do: SciPy widens the numbers of a matrix to what these have."""
    return at if len(at) and at[-1] > np.iinfo(np.int32).max else at.astype(np.int32)


@dataclass(frozen=True, slots=True)
class Incidence:
    """For each row its numbers, ascending, each once with a value; `at` says where a row begins.

    Values are kept in 16 bits where they will do.
    """

    at: Places
    number: Numbers
    value: npt.NDArray[np.integer[Any]]

    @classmethod
    def of(cls, rows: Places, numbers: Places, values: Array, shape: tuple[int, int]) -> Incidence:
        """Collect triples; the values of one place are added up, and zeros are left out.

        >>> made = Incidence.of(np.array([1, 0, 1]), np.array([2, 1, 2]), np.array([3, 5, 4]), (2, 3))
        >>> made.at.tolist(), made.number.tolist(), made.value.tolist()
        ([0, 1, 2], [1, 2], [5, 7])
        """
        held = coo_array((np.asarray(values, np.int32), (rows, numbers)), shape=shape).tocsr()
        held.sum_duplicates()
        held.eliminate_zeros()
        held.sort_indices()
        small = int(held.data.max(initial=0)) <= np.iinfo(np.uint16).max
        value: npt.NDArray[np.integer[Any]] = held.data.astype(np.uint16 if small else np.int32)
        return cls(held.indptr.astype(np.int64), held.indices.astype(np.int32), value)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.at) - 1

    @property
    def owners(self) -> Places:
        """The row of each number."""
        return np.repeat(np.arange(self.rows), np.diff(self.at))

    def matrix(self, values: Array, columns: int) -> csr_array:
        """The same as a matrix with other values; those that are zero do not occur in it."""
        made = csr_array((values, self.number, narrow(self.at)), shape=(self.rows, columns))
        if not values.all():
            made = made.copy()
            made.eliminate_zeros()
        return made

    def of_rows(self, rows: Places) -> Numbers:
        """The numbers of some rows, one after the other."""
        return self.number[spread(self.at, rows)[0]]

    def carried(
        self, rows: Renumbering, numbers: Renumbering, changed: Places, theirs: Incidence
    ) -> Incidence:
        """The same after renumbering rows and numbers, but for `changed` rows, which have what is `theirs`.

        Rows that are gone, or had numbers that are, must be among the changed or be gone themselves.
        """
        old = np.full(rows.size, -1, np.int64)
        old[rows.new[rows.kept]] = rows.kept
        old[changed] = -1
        own = old < 0
        # rows of which only the place is another, and those that changed, follow each other in runs
        place = np.where(own, np.cumsum(own) - 1, old)
        breaks = np.flatnonzero((own[1:] != own[:-1]) | (place[1:] != place[:-1] + 1)) + 1
        first = np.concatenate([np.zeros(min(rows.size, 1), np.int64), breaks])
        last = np.concatenate([breaks, np.full(min(rows.size, 1), rows.size, np.int64)]) - 1
        runs = own[first].tolist(), place[first].tolist(), place[last].tolist()
        table = numbers.new.astype(np.int32)

        lengths = np.zeros(rows.size, np.int64)
        lengths[~own] = np.diff(self.at)[old[~own]]
        lengths[own] = np.diff(theirs.at)
        made = starts(lengths)
        number = np.empty(made[-1], np.int32)
        value: npt.NDArray[np.integer[Any]] = np.empty(
            made[-1], np.promote_types(self.value.dtype, theirs.value.dtype)
        )
        for first_row, changed_now, start, stop in zip(first.tolist(), *runs, strict=True):
            source = theirs if changed_now else self
            here = slice(source.at[start], source.at[stop + 1])
            there = slice(made[first_row], made[first_row] + here.stop - here.start)
            value[there] = source.value[here]
            if changed_now:
                number[there] = theirs.number[here]
            else:
                looked_up(table, self.number[here], number[there])
        return Incidence(made, number, value)
