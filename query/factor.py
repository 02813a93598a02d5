"""Factor: a large sparse matrix times vectors, and its transpose, with a second thread from a size on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from operator import matmul

import numpy as np
from scipy.sparse import csc_array, csr_array

from ..graph.index.nearness import Scores

LARGE = 1_000_000
"""Numbers in a matrix from which on a second thread works at the other half of it."""


@cache
def _beside() -> ThreadPoolExecutor:
    """The second thread; several questions at once share it."""
    return ThreadPoolExecutor(1, thread_name_prefix="sweep")


@dataclass(frozen=True, eq=False)
class Factor:
    """A matrix by rows that is gone over both ways, its arrays kept once.

    A large one is cut into an upper and a lower half, always at the same row, so that what comes out does not
    depend on how many cores there are: SciPy lets go of the interpreter meanwhile.

    >>> factor = Factor(csr_array(np.array([[1.0, 2.0], [0.0, 3.0]])))
    >>> factor.forth(np.array([1.0, 1.0])).tolist(), factor.back(np.array([1.0, 1.0])).tolist()
    ([3.0, 3.0], [1.0, 5.0])
    """

    matrix: csr_array

    @cached_property
    def _cut(self) -> int:
        """The first row of the lower half; 0 where there are no halves."""
        at = self.matrix.indptr
        return int(np.searchsorted(at, at[-1] // 2)) if self.matrix.nnz >= LARGE else 0

    @cached_property
    def _parts(self) -> tuple[csr_array, ...]:
        """The halves, or all of it."""
        matrix, cut = self.matrix, self._cut
        if not cut:
            return (matrix,)
        middle = matrix.indptr[cut]
        rows, columns = matrix.shape
        upper, lower = csr_array((cut, columns)), csr_array((rows - cut, columns))
        # assigned, for SciPy copies arrays of which it is given less than half
        upper.data, upper.indices = matrix.data[:middle], matrix.indices[:middle]
        lower.data, lower.indices = matrix.data[middle:], matrix.indices[middle:]
        upper.indptr, lower.indptr = matrix.indptr[: cut + 1], matrix.indptr[cut:] - middle
        return upper, lower

    @cached_property
    def _turned(self) -> tuple[csc_array, ...]:
        """The transposes of the parts: the same arrays, read by columns."""
        turned = []
        for part in self._parts:
            other = csc_array(part.shape[::-1])
            other.data, other.indices, other.indptr = part.data, part.indices, part.indptr
            turned.append(other)
        return tuple(turned)

    def forth(self, values: Scores) -> Scores:
        """The matrix times a vector, or several beside each other."""
        if not self._cut:
            return np.asarray(self.matrix @ values)
        upper, lower = self._parts
        beside = _beside().submit(matmul, lower, values)
        found = np.empty((self.matrix.shape[0], *values.shape[1:]))
        found[: self._cut] = upper @ values
        found[self._cut :] = beside.result()
        return found

    def back(self, values: Scores) -> Scores:
        """The transpose times a vector, or several beside each other."""
        if not self._cut:
            return np.asarray(self._turned[0] @ values)
        upper, lower = self._turned
        beside = _beside().submit(matmul, lower, values[self._cut :])
        found = np.asarray(upper @ values[: self._cut])
        found += beside.result()
        return found
