"""A line through what was measured: seconds = start + slope · amount, where single measurements may lie."""

from __future__ import annotations

from collections import deque
from statistics import median

_KEPT = 31
"""Measurements that count: the last ones."""


class Line:
    """The running line of Theil (1950) and Sen (1968): the median slope between two measurements.

    Up to 29 % of the measurements may be anything. Begins with given values, which hold until something
    was measured; while all amounts are about the same, `start` is taken as it was given.

    >>> line = Line(0.0, 1.0)
    >>> for amount in (100, 200, 400):
    ...     line.add(amount, 0.5 + 0.01 * amount)
    >>> round(line.start, 6), round(line.slope, 6), round(line.seconds(1000), 6)
    (0.5, 0.01, 10.5)
    """

    def __init__(self, start: float, slope: float) -> None:
        self._given = (start, slope)
        self._measured: deque[tuple[float, float]] = deque(maxlen=_KEPT)
        self.start, self.slope = start, slope

    def __len__(self) -> int:
        return len(self._measured)

    def add(self, amount: float, seconds: float) -> None:
        """Measure once."""
        if amount > 0 and seconds >= 0:
            self._measured.append((amount, seconds))
            self.start, self.slope = self._fitted()

    @property
    def measured(self) -> tuple[tuple[float, float], ...]:
        """What counts, as pairs of amount and seconds, the oldest first."""
        return tuple(self._measured)

    def forget(self) -> None:
        """Go back to the given values."""
        self._measured.clear()
        self.start, self.slope = self._given

    def seconds(self, amount: float) -> float:
        """What so much is thought to take."""
        return self.start + self.slope * amount

    def _fitted(self) -> tuple[float, float]:
        points = sorted(self._measured)
        slopes = [
            (late - early) / (more - less)
            for place, (less, early) in enumerate(points)
            for more, late in points[place + 1 :]
            if more >= 1.5 * less
        ]
        if not slopes:
            start = self._given[0]
            return start, median(max(0.0, took - start) / amount for amount, took in points)
        slope = max(0.0, median(slopes))
        return max(0.0, median(took - slope * amount for amount, took in points)), slope
