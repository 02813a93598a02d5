"""Postings: which rows hold a term or bear a name, as raw counts in hashed order.

No weight is stored. How rare a term is depends on what the asker may see, so idf and average length are
worked out for the visible part of each question (DESIGN, governance).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .columns import Array, spread


def once(size: int) -> npt.NDArray[np.int32]:
    """The counts of what holds each key a single time; they take no room."""
    return np.broadcast_to(np.int32(1), (size,))


@dataclass(frozen=True, slots=True)
class Postings:
    """For each key, in ascending order, the rows that hold it and how often.

    `at` has one number more than `keys`: rows `at[i]` up to `at[i + 1]` belong to `keys[i]`.
    """

    keys: Array
    at: Array
    rows: Array
    counts: Array

    @classmethod
    def of(cls, items: Array, offsets: Array, counts: Array | None = None) -> Postings:
        """Turn a ragged column of keys around.

        >>> turned = Postings.of(np.array([7, 5, 7], np.uint64), np.array([0, 2, 3]))
        >>> [part.tolist() for part in turned.find(7)]
        [[0, 1], [1, 1]]
        >>> turned.find(6)[0].tolist()
        []
        """
        owner = np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets))
        order = np.argsort(items, kind="stable")
        ascending = items[order]
        first = np.flatnonzero(np.append(True, ascending[1:] != ascending[:-1])[: len(items)])
        at = np.append(first, len(items)).astype(np.int64)
        held = once(len(items)) if counts is None else counts[order]
        return cls(ascending[first], at, owner[order], held)

    def find(self, key: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """The rows of a key, ascending, and how often each holds it."""
        place = int(np.searchsorted(self.keys, np.uint64(key)))
        if place == len(self.keys) or int(self.keys[place]) != key:
            return self.rows[:0], self.counts[:0]
        part = slice(int(self.at[place]), int(self.at[place + 1]))
        return self.rows[part], self.counts[part]

    def rows_of(
        self, keys: npt.NDArray[np.uint64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The rows of several keys, one after the other, and how many each key has.

        >>> turned = Postings.of(np.array([7, 5, 7], np.uint64), np.array([0, 2, 3]))
        >>> [part.tolist() for part in turned.rows_of(np.array([7, 6, 5], np.uint64))]
        [[0, 1, 0], [2, 0, 1]]
        """
        held = np.flatnonzero(self.known(keys))
        items, found = spread(self.at, np.searchsorted(self.keys, keys[held]))
        counts = np.zeros(len(keys), np.int64)
        counts[held] = found
        return self.rows[items].astype(np.int64), counts

    def known(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
        """Which of these keys occur at all."""
        if not len(self.keys):
            return np.zeros(len(keys), np.bool_)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        same: npt.NDArray[np.bool_] = self.keys[places] == keys
        return same
