"""Excerpt: the bounded part of a graph that one question can reach, as a view of its own.

For graphs that do not fit into a `GraphIndex`. The engine's own searches give seeds, one statement the nodes
within two steps of them, and of the records that come back the same view is made as an index makes of all:
whatever asks a view can ask an excerpt. Counts, lengths and degrees are those of the part, not of the whole.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from ..canonical import moved_mentions
from ..errors import ReadOnly
from ..kind import NodeKind
from ..record import Edge, Record, Version
from ..scope import Scope
from ..store import Derived, GraphStore, Pushdown
from .analyser import Analyser
from .encoder import Encoder
from .indexer import Indexer
from .intake import enters, rows_of
from .linker import Linker
from .resolver import Keys, Resolution, Resolver, form_key, form_of
from .ruled import ruled
from .segment import Segment
from .view import View

WORDS, NEAR = 50, 50
"""How many cubes the engine's full text and its vectors give as seeds."""
REACH = 2_000
"""Nodes that are fetched around them at most."""
BREADTH = 100
"""Neighbours of a node that a step goes on to at most."""
KEPT = 8
"""Questions whose excerpts are kept for further pages."""


class _Unwritten:
    """What was derived, to be read: what is worked out of a part is not kept as if it were of the whole."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store

    def derived(self, ns: str, producer: str, records: Sequence[str]) -> dict[str, bytes]:
        return self._store.derived(ns, producer, records)

    def watermark(self, ns: str, producer: str) -> int:
        return self._store.watermark(ns, producer)

    def put_derived(self, ns: str, producer: str, rows: Iterable[Derived], **_: int) -> None:
        raise ReadOnly("an excerpt keeps nothing")


class Reach(NamedTuple):
    """Nodes that a question reaches: the seeds with their weights, and all, the seeds first."""

    seeds: Mapping[str, float]
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class Excerpts:
    """Makes excerpts of one store whose engine searches by itself.

    `store` is whom the reads of records go through, `engine` what searches; both at the scope that is asked.
    """

    store: GraphStore
    engine: Pushdown
    encoder: Encoder
    analyser: Analyser

    def view(self, scope: Scope, question: str) -> View:
        """The part of a scope that a question reaches, empty where nothing in it fits."""
        return self.of(scope, self.reach(scope, question))

    def reach(self, scope: Scope, question: str) -> Reach:
        """What a question reaches: the seeds, and the nodes around them."""
        seeds = self.seeds(scope, question)
        if not seeds:
            return Reach({}, ())
        reached = self.engine.neighbourhood(scope, seeds, breadth=BREADTH, first=REACH)
        return Reach(seeds, tuple(dict.fromkeys([*seeds, *(node for node, _ in reached)])))

    def of(self, scope: Scope, reach: Reach) -> View:
        """What a scope shows of what was reached."""
        if not reach.nodes:
            return View((), scope)
        records = self.engine.surroundings(scope, reach.nodes, reach.seeds)
        segment = self._segment(scope, [one for one in records if enters(one)], reach.seeds)
        return View(
            (segment,),
            scope,
            lambda asked: moved_mentions(self.store, asked),
            ruled=lambda view, bonds: ruled(self.store, view, bonds),
        )

    def seeds(self, scope: Scope, question: str) -> dict[str, float]:
        """The cubes that the engine finds, each weighing the reciprocals of its places in both lists."""
        vector: npt.NDArray[np.float32] = self.encoder.encode_questions([question])[0]
        found = (
            self.engine.search_text(scope, question, first=WORDS),
            self.engine.search_vector(scope, self.encoder.fingerprint, vector.tolist(), first=NEAR),
        )
        weights = defaultdict[str, float](float)
        for matches in found:
            for place, match in enumerate(matches):
                weights[match.version.node] += 1 / (place + 1)
        return dict(weights)

    def _segment(
        self, scope: Scope, records: Sequence[Record], seeds: Mapping[str, float]
    ) -> Segment:
        cubes = [r for r in records if isinstance(r, Version) and r.kind is NodeKind.MEMCUBE]
        store = cast(GraphStore, _Unwritten(self.store))
        rows = rows_of(
            records,
            Indexer(store, self.encoder, self.analyser).derive(scope.ns, cubes),
            Linker(store).derive(scope.ns, cubes, ()),
            self._resolved(scope.ns, records, seeds, Resolver(store)),
        )
        return Segment.of_rows(rows, scope.seq, self.encoder.dimension)

    @staticmethod
    def _resolved(
        ns: str, records: Sequence[Record], seeds: Mapping[str, float], resolver: Resolver
    ) -> Resolution:
        """Compare the names that the seeds mention; the others are as they are written."""
        near = {r.dst for r in records if isinstance(r, Edge) and r.src in seeds}
        names = [r for r in records if isinstance(r, Version) and r.kind is NodeKind.ENTITY]
        found = resolver.derive(ns, [v for v in names if v.node in near], ())
        plain = {
            (v.id, v.from_seq): (form_key(v.node, form_of(v)), Keys())
            for v in names
            if v.node not in near
        }
        return Resolution({**plain, **found.names}, found.likenesses)


class Recent:
    """The last excerpts of one store: a later page is of the part that the first one found, whatever came since.

    Of an excerpt only ids are kept once something was written: its records are read again at the scope, so that it
    shows what may be read by now, and nothing that was erased.
    """

    def __init__(self, excerpts: Excerpts) -> None:
        self._excerpts = excerpts
        self._reached: OrderedDict[tuple[Scope, str], Reach] = OrderedDict()
        self._views: dict[tuple[Scope, str], View] = {}
        self._head = -1
        self._lock = Lock()

    def view(self, scope: Scope, question: str) -> View:
        """See `Excerpts.view`."""
        head, key = self._excerpts.store.head().seq, (scope, question)
        with self._lock:
            if head != self._head:
                self._views.clear()
                self._head = head
            reach, view = self._reached.get(key), self._views.get(key)
        if view is not None:
            return view
        reach = reach or self._excerpts.reach(scope, question)
        view = self._excerpts.of(scope, reach)
        with self._lock:
            self._reached[key] = reach
            self._reached.move_to_end(key)
            if head == self._head:
                self._views[key] = view
            while len(self._reached) > KEPT:
                self._views.pop(self._reached.popitem(last=False)[0], None)
        return view
