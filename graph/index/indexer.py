"""Indexer: keeps derived data in step with the change feed.

Terms and vectors of every cube version, present and past, each under the fingerprint of what made
them. Models run before the store is written to, a batch at a time; what another process has derived
meanwhile is simply the same bytes again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import ReadOnly
from ..kind import NodeKind
from ..reads import together
from ..record import Record, Version
from ..store import Derived, GraphStore
from .analyser import Analyser
from .derivation import (
    SCALE,
    derivable,
    pack_counts,
    pack_vectors,
    sentences,
    texts_to_encode,
    titled,
    unpack_vectors,
    whole,
)
from .encoder import Encoder, one_thread
from .encoders import side_by_side
from .sharing import Shared, cores

BATCH = 256
"""How many versions are derived and written together."""

PIECE = 64
"""How many texts are encoded at a time, here or by another process: so the rounding of a row is the same."""

AHEAD = 8
"""How many batches are under way elsewhere while one before them is written."""

FEW = 16
"""Versions for which no threads are started."""

Report = Callable[[int, int], None]
Rows: TypeAlias = npt.NDArray[np.int16]
Feed = Callable[[str, int, int], Iterable[Record]]
"""Gives the records that changed after one sequence and up to another, as `GraphStore.feed`."""
Elsewhere = Callable[[str, str, Sequence[str]], Future[Rows]]
"""Has texts encoded by another process: the encoder's name and fingerprint, and the texts."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """The derived bytes of versions, by record id."""

    counts: dict[str, bytes]
    vectors: dict[str, bytes]


class Indexer:
    """Derives terms and vectors of one store's cubes.

    >>> from ..guard import GuardedStore
    >>> from ..sqlite import SqliteStore
    >>> from ..change import ChangeSet
    >>> from .encoders import load_encoder
    >>> store = GuardedStore(SqliteStore(None), "local:ann")
    >>> done = store.commit(ChangeSet(ns="default", verb="remember", ops=()))
    >>> Indexer(store, load_encoder("hashing"), Analyser()).run("default")
    0
    >>> store.close()
    """

    def __init__(self, store: GraphStore, encoder: Encoder, analyser: Analyser) -> None:
        self.store = store
        self.encoder = encoder
        self.analyser = analyser

    @property
    def producers(self) -> tuple[str, str]:
        """The fingerprints under which terms and vectors are kept."""
        return self.analyser.fingerprint, self.encoder.fingerprint

    def run(
        self,
        ns: str,
        progress: Report | None = None,
        elsewhere: Elsewhere | None = None,
        *,
        feed: Feed | None = None,
        meanwhile: Callable[[], None] | None = None,
        kept: Derivation | None = None,
    ) -> int:
        """Derive what the namespace lacks and give how many versions that were.

        `progress` is called with (done, total) after each batch, `meanwhile` once, as soon as texts are
        with others (`elsewhere`); `kept` is given what was derived. Broken off, it goes on where it was.
        """
        head = self.store.head().seq
        wanted: dict[str, Version] = {}

        def lacking() -> Derivation | None:
            after = min(self.store.watermark(ns, producer) for producer in self.producers)
            if after >= head:
                return None
            for record in (feed or self.store.feed)(ns, after, head):
                if isinstance(record, Version) and record.kind is NodeKind.MEMCUBE:
                    wanted[record.id] = record
            return self._known(ns, wanted.values())

        found = together(self.store, ns, lacking)
        if found is None:
            return 0
        total = self._derive(ns, wanted.values(), found, progress, elsewhere, meanwhile, upto=head)
        if kept is not None:
            kept.counts.update(found.counts)
            kept.vectors.update(found.vectors)
        if not total:
            for producer in self.producers:
                self.store.put_derived(ns, producer, (), watermark=head)
        return total

    def forget(self, ns: str, producers: Iterable[str]) -> None:
        """Drop what these producers derived; the next run derives it anew."""
        head = self.store.head().seq
        records = {
            record.id
            for record in self.store.feed(ns, 0, head)
            if isinstance(record, Version) and record.kind is NodeKind.MEMCUBE
        }
        for producer in producers:
            self.store.drop_derived(ns, producer, sorted(records))

    def derive(
        self,
        ns: str,
        versions: Iterable[Version],
        progress: Report | None = None,
        kept: Derivation | None = None,
    ) -> Derivation:
        """Give the derived bytes of these versions, computing and keeping what is not there yet.

        What is in `kept` is not asked for again.
        """
        every = list(versions)
        found = kept or Derivation({}, {})
        lacking = [v for v in every if v.id not in found.counts or v.id not in found.vectors]
        if lacking:
            found = together(self.store, ns, lambda: self._known(ns, every))
            self._derive(ns, every, found, progress)
        return found

    def _known(self, ns: str, versions: Iterable[Version]) -> Derivation:
        """What is derived already of these versions."""
        ids = list(dict.fromkeys(v.id for v in versions if derivable(v)))
        return Derivation(*(self.store.derived(ns, producer, ids) for producer in self.producers))

    def _derive(
        self,
        ns: str,
        versions: Iterable[Version],
        found: Derivation,
        progress: Report | None,
        elsewhere: Elsewhere | None = None,
        meanwhile: Callable[[], None] | None = None,
        *,
        upto: int = 0,
    ) -> int:
        """Add what `found` lacks of these versions; `upto` is the sequence that is reached with the last of them."""
        wanted = {v.id: v for v in versions if derivable(v)}
        twins = self._twins(wanted.values(), found)
        lacking = [
            v for v in wanted.values() if v.id not in found.counts or v.id not in found.vectors
        ]
        # Alike lengths side by side waste the least of a model's padding.
        lacking.sort(key=lambda v: (v.id in twins, len(v.text), v.id))
        if elsewhere is not None:
            self._each(ns, lacking, twins, found, progress, elsewhere, meanwhile, upto)
        else:
            with _threads(self.encoder, len(lacking)) as beside:
                self._each(ns, lacking, twins, found, progress, beside, None, upto)
        return len(lacking)

    def _each(
        self,
        ns: str,
        lacking: Sequence[Version],
        twins: dict[str, str],
        found: Derivation,
        progress: Report | None,
        elsewhere: Elsewhere | None,
        meanwhile: Callable[[], None] | None,
        upto: int,
    ) -> None:
        """Derive and write what is lacking, batch by batch."""
        starts = iter(range(0, len(lacking), BATCH))
        done, ahead = 0, deque[tuple[Sequence[Version], _Encoding]]()
        while True:
            # the next batches are under way elsewhere while one is written here
            for start in islice(starts, (AHEAD if elsewhere else 1) - len(ahead)):
                batch = lacking[start : start + BATCH]
                rows = [v for v in batch if v.id not in twins and v.id not in found.vectors]
                ahead.append((batch, _Encoding(self.encoder, rows, elsewhere)))
            if not ahead:
                break
            if elsewhere is not None and meanwhile is not None:
                meanwhile()
                meanwhile = None
            begun, encoding = ahead.popleft()
            done += len(begun)
            reached = upto if done == len(lacking) else 0
            self._batch(ns, begun, twins, found, encoding, [one for _, one in ahead], reached)
            if progress is not None:
                progress(done, len(lacking))

    def _twins(self, versions: Iterable[Version], found: Derivation) -> dict[str, str]:
        """Versions that say the same as an earlier one of their node: their bytes are copied."""
        first: dict[tuple[object, ...], str] = {}
        twins: dict[str, str] = {}
        for v in sorted(versions, key=lambda v: (v.id not in found.vectors, v.from_seq, v.id)):
            said = (v.node, v.get("title"), v.payload.digest if v.payload else "", *sentences(v))
            if first.setdefault(said, v.id) != v.id:
                twins[v.id] = first[said]
        return twins

    def _batch(
        self,
        ns: str,
        batch: Sequence[Version],
        twins: dict[str, str],
        found: Derivation,
        encoding: _Encoding,
        later: Sequence[_Encoding],
        reached: int,
    ) -> None:
        terms, vectors = self.producers
        new_counts, new_vectors = {}, {}
        fresh = [v for v in batch if v.id not in twins]
        for v in fresh:
            if v.id not in found.counts:
                new_counts[v.id] = pack_counts(self.analyser.counts(titled(v)))
        new_vectors.update(encoding.vectors(later))
        found.counts.update(new_counts)
        found.vectors.update(new_vectors)
        for v in batch:
            twin = twins.get(v.id)
            if twin is not None:
                new_counts[v.id] = found.counts[v.id] = found.counts[twin]
                new_vectors[v.id] = found.vectors[v.id] = found.vectors[twin]
        try:
            for producer, new in ((terms, new_counts), (vectors, new_vectors)):
                rows = [
                    Derived(record, producer, data, _unit(data) if producer == vectors else None)
                    for record, data in new.items()
                ]
                self.store.put_derived(ns, producer, rows, watermark=reached)
        except ReadOnly:
            pass  # what is asked of a frozen store is derived in memory


@contextmanager
def _threads(encoder: Encoder, versions: int) -> Iterator[Elsewhere | None]:
    """Threads beside this one that encode as well, where that is worth it and the encoder lets them."""
    count = cores() - 1
    if not count or versions <= FEW or not side_by_side(encoder):
        yield None
        return
    pool = ThreadPoolExecutor(count, "memcubes-encoder")
    with one_thread():
        try:
            yield lambda name, fingerprint, texts: pool.submit(_encoded, encoder, texts)
        finally:
            pool.shutdown(cancel_futures=True)


def _encoded(encoder: Encoder, texts: Sequence[str]) -> Rows:
    return whole(encoder.encode_passages(texts))


class _Encoding:
    """The texts of some versions on their way to vectors, in pieces of which others may be done elsewhere."""

    def __init__(
        self, encoder: Encoder, versions: Sequence[Version], elsewhere: Elsewhere | None
    ) -> None:
        self._encoder = encoder
        self._places: list[tuple[str, int, int]] = []
        texts: list[str] = []
        for v in versions:
            mine = texts_to_encode(v)
            self._places.append((v.id, len(texts), len(texts) + len(mine)))
            texts += mine
        self._order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), i))
        pieces = [
            [texts[i] for i in self._order[start : start + PIECE]]
            for start in range(0, len(texts), PIECE)
        ]
        hand = None
        if elsewhere is not None:
            name, fingerprint = encoder.name, encoder.fingerprint

            def hand(piece: list[str]) -> Future[Rows]:
                return elsewhere(name, fingerprint, piece)

        self._pieces = Shared(pieces, self._here, hand)

    def _here(self, texts: list[str]) -> Rows:
        return _encoded(self._encoder, texts)

    def vectors(self, later: Iterable[_Encoding] = ()) -> dict[str, bytes]:
        """The packed vectors of each version; whoever waits here for another process goes on with `later`."""
        rows = np.empty((len(self._order), self._encoder.dimension), dtype=np.int16)
        if self._order:
            rows[self._order] = np.concatenate(self._pieces.results([one._pieces for one in later]))
        return {record: pack_vectors(rows[start:end]) for record, start, end in self._places}


def _unit(data: bytes) -> tuple[float, ...]:
    """The passage's own vector, for an engine that searches vectors itself."""
    return tuple((unpack_vectors(data)[0] / SCALE).tolist())
