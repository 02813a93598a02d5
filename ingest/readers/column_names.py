"""Column names: which row of a sheet or CSV file names the columns, and what stands above it.

People put a title, a date or an account number above their tables, and write notes into sheets without naming
anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median_low
from typing import NamedTuple

MOST_ABOVE = 15
"""Rows that may stand above the names."""
LOOKED_AT = 50
_NUMBER = re.compile(r"[+-]?\d[\d.,]*")
_SENTENCE = re.compile(r"(?:\S+\s+){3,}\S*[.!?]$|[\u3400-\u9fff].*[。！？]$", re.DOTALL)


class Parted(NamedTuple):
    """Lines that stand above a table, the names of its columns, and its rows."""

    above: list[str]
    header: Sequence[str]
    body: Sequence[Sequence[str]]


def parted(rows: Sequence[Sequence[str]]) -> Parted:
    """Find the row that names the columns: the first that fills more than half of what rows usually fill.

    Of rows of one cell each the first names them, unless it is a sentence.

    >>> parted([["Stock 2024"], ["item", "shelf", "pieces"], ["bolt", "A3", "40"]]).header
    ['item', 'shelf', 'pieces']
    >>> parted([["Room 12 is closed for now."], ["The spare key is with Leila."]]).header
    ['note']
    """
    filled = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    if all(len(row) == 1 for row in filled) and _SENTENCE.match(filled[0][0]):
        return Parted([], ["note"], [[row[0]] for row in filled])
    usual = median_low([len(row) for row in filled[1:LOOKED_AT]] or [len(filled[0])])
    place = 0
    while place < min(MOST_ABOVE, len(rows) - 2) and 2 * len(filled[place]) <= usual:
        place += 1
    if 2 * len(filled[place]) <= usual or any(map(_NUMBER.fullmatch, filled[place])):
        place = 0  # nothing stands out, or what does names nothing
    return Parted(
        [": ".join(row) for row in _named(filled[:place])], rows[place], rows[place + 1 :]
    )


def _named(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """What stands above, with one colon behind what is named."""
    return [[cell.rstrip(":： ") for cell in row[:-1]] + [row[-1]] for row in rows]
