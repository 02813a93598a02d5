"""Linkage: which visible passages replace or dispute which others, from what the segments say of records."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from .bond import Bond
from .columns import Array, spread
from .places import first_seen
from .postings import Postings
from .segment import Segment
from .visibility import Places


def linked(segments: Sequence[Segment], places: Sequence[Places]) -> list[Bond]:
    """The links between visible passages; `places` say which passage a row is, -1 if it is none."""
    owners, rivals, said = list[int](), [np.empty(0, np.uint64)], list[list[int]]()
    for segment, mine in zip(segments, places, strict=True):
        rows = segment.noted("rivals", partial(_rivalling, segment))
        rows = rows[mine[rows] >= 0]
        items, counts = spread(segment["cube.rival@"], rows)
        owners += np.repeat(mine[rows], counts).tolist()
        rivals.append(segment["cube.rival"][items])
        said += segment["cube.bond"][items].tolist()
    theirs = marked(segments, places, np.concatenate(rivals)).tolist()
    ends = zip(owners, theirs, said, strict=True)
    return [Bond.of(one, other, bond) for one, other, bond in ends if other >= 0]


def marked(segments: Sequence[Segment], places: Sequence[Places], marks: Array) -> Places:
    """The passages whose records have these names, -1 where none is visible."""
    part, row = first_seen(
        segments,
        lambda segment: segment.noted("marks", partial(_marks, segment)),
        marks,
        lambda number, rows: places[number][rows] >= 0,
    )
    found = np.full(len(marks), -1, np.int64)
    for number, mine in enumerate(places):
        here = np.flatnonzero(part == number)
        found[here] = mine[row[here]]
    return found


def _rivalling(segment: Segment) -> Places:
    """The cubes of a segment with links to others."""
    return np.flatnonzero(np.diff(segment["cube.rival@"]))


def _marks(segment: Segment) -> Postings:
    """The cubes of a segment by the names of their records."""
    marks = segment["cube.mark"]
    return Postings.of(marks, np.arange(len(marks) + 1, dtype=np.int64))
