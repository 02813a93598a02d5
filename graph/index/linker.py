"""Linker: keeps the links between statements in step with the index.

For each new cube version the block of earlier ones is looked up in the segments, past rows included, and each
is compared once. What was found lies in the store as derived data; a link says nothing of who sees it, which is
worked out for each question from the rows in force.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress

import numpy as np

from ..errors import ReadOnly
from ..record import Version
from ..store import Derived, GraphStore
from ..supersession.block import keys
from ..supersession.link import Link, Statement, links
from ..supersession.record import NOTHING, Row, linked, pack_row, statement_of, unpack_row
from ..supersession.scorer import fingerprint
from .segment import Segment

CACHED = 20_000
"""Rows of earlier statements that are kept in memory."""


class Linker:
    """Finds and keeps the links of one store's cubes."""

    def __init__(self, store: GraphStore) -> None:
        self.store = store
        self._known: OrderedDict[str, Row] = OrderedDict()

    @property
    def producer(self) -> str:
        """The fingerprint under which links are kept."""
        return fingerprint()

    def derive(
        self, ns: str, versions: Iterable[Version], segments: Sequence[Segment]
    ) -> dict[str, Row]:
        """Give the rows of these versions, comparing those that are new with what came before them.

        `segments` hold every version that was committed before these.
        """
        wanted: dict[str, Version] = {}
        for version in sorted(versions, key=lambda v: (v.from_seq, v.id)):
            wanted.setdefault(version.id, version)
        held = self.store.derived(ns, self.producer, list(wanted))
        rows = {record: unpack_row(data) for record, data in held.items()}
        fresh: dict[str, Row] = {}
        block = _Block(segments)
        for record, version in wanted.items():
            row = rows.get(record)
            statement = statement_of(version) if row is None else None
            if statement is not None:
                row = fresh[record] = self._compared(ns, statement, block, rows)
            rows[record] = row or NOTHING
            block.add(record, rows[record])
        self._keep(ns, fresh)
        return rows

    def _compared(self, ns: str, statement: Statement, block: _Block, rows: dict[str, Row]) -> Row:
        texts = [text for _, _, text in statement.said]
        row = Row(statement, np.array(keys(texts, statement.speaker), np.uint64))
        found: list[Link] = []
        for other in self._rows(ns, sorted(block.meeting(row)), rows):
            if other.statement is not None:
                found += links(statement, other.statement)
        return linked(row, found)

    def _rows(self, ns: str, records: Sequence[str], rows: dict[str, Row]) -> list[Row]:
        lacking = [r for r in records if r not in rows and r not in self._known]
        for record, data in (
            self.store.derived(ns, self.producer, lacking).items() if lacking else ()
        ):
            self._known[record] = unpack_row(data)
        found = [rows.get(r) or self._known.get(r) for r in records]
        while len(self._known) > CACHED:
            self._known.popitem(last=False)
        return [row for row in found if row is not None]

    def _keep(self, ns: str, fresh: dict[str, Row]) -> None:
        if not fresh:
            return
        data = [Derived(record, self.producer, pack_row(row)) for record, row in fresh.items()]
        with suppress(ReadOnly):  # what is asked of a frozen store is derived in memory
            self.store.put_derived(ns, self.producer, data)

    def forget(self) -> None:
        """Let go of what is in memory, since a row may have been erased."""
        self._known.clear()


class _Block:
    """Which records hold a key: those of the segments, and those added since."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self._added: dict[int, list[str]] = defaultdict(list)

    def add(self, record: str, row: Row) -> None:
        for key in row.keys.tolist():
            self._added[key].append(record)

    def meeting(self, row: Row) -> set[str]:
        found = {r for key in row.keys.tolist() for r in self._added.get(key, ())}
        for segment in self._segments:
            postings = segment.blocks
            if not len(postings.keys) or not len(row.keys):
                continue
            places = np.minimum(np.searchsorted(postings.keys, row.keys), len(postings.keys) - 1)
            for place in places[postings.keys[places] == row.keys].tolist():
                part = slice(int(postings.at[place]), int(postings.at[place + 1]))
                for held in np.unique(postings.rows[part]).tolist():
                    found.add(bytes(segment["cube.record"][held]).decode("utf-8"))
        return found
