"""MemReader: files and statements in, MemCubes out (MemOS's name for the way in).

read → language → sentences → entities and subject → one change for each source. Models run before the
store is locked; several sources are committed together, each with its own leaf; a broken file is
reported by name and the rest goes on.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..graph import refusal
from ..graph.change import ChangeSet, Committed
from ..graph.decided import Decided, decided_against, enforcing
from ..graph.errors import (
    Invalid,
    MemcubesError,
    NoFooting,
    ReadOnly,
    Refused,
    StoreError,
)
from ..graph.instant import now
from ..graph.payload_folder import PayloadFolder
from ..graph.record import Record, Version
from ..graph.retention import POLICIES, Policy
from ..graph.scope import Scope
from ..graph.store import GraphStore
from .apart import Apart
from .batch import Extracting, Wanted, read_whole
from .difference import Difference, difference, handmade, held_against, held_records, reinstated
from .document import Document
from .draft import Draft, Reading, drafted, unchanged
from .extraction import Extraction, Extractor, Extractors
from .extractors import extractor_for
from .gone import gone_from, take_back
from .introduction import introduced
from .item import EMPTY, Item, items_of
from .language import detect
from .passage import Granularity, split_passages
from .present import Present
from .report import IngestReport, Progress
from .structure import structured
from .work import Work, changes_of, outlived
from .worker import Workers

TOGETHER = 64
"""How many sources are read and committed together."""

AHEAD = 2
"""How many batches are under way elsewhere while one before them is committed."""

_Compared = tuple[Difference, dict[tuple[str, ...], Record], list[ChangeSet]]
"""What a reading changes, what its source had open until then, and the changes that make it so."""

Ahead = tuple[list[Item], list[Wanted], Extracting]
"""A batch under way: its documents, what is to be read of them, and who reads."""


class MemReader:
    """Reads into one namespace of a store.

    `policies` say by semantic type how large passages are. `acknowledge` is called with each committed
    change, after the commit and before the next begins. With `workers`, other processes read a part of
    the passages, and those of the next batches while one is committed; `apart` bounds what reading a file takes.
    """

    def __init__(
        self,
        store: GraphStore,
        ns: str,
        *,
        policies: Mapping[str, Policy] = POLICIES,
        acknowledge: Callable[[Committed], None] | None = None,
        extractors: Extractors = extractor_for,
        workers: Workers | None = None,
        apart: Apart | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.store = store
        self.ns = ns
        self.present = Present(store, ns)
        self.workers, self.apart = workers, apart
        self.clock = clock
        self.extractors = extractors
        self.policies = policies
        self.acknowledge = acknowledge or (lambda _: None)
        self.payloads = PayloadFolder.of(store.url)

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        reinstate: bool = False,
        retract_gone: bool = False,
        folders: Sequence[Path] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> IngestReport:
        """Read files and folders; raises `Unreadable` only where nothing at all could be read.

        What was read from `folders` (those among the paths, if nothing is said) and is no longer there is
        told, and retracted with `retract_gone`.
        """
        report, begun = IngestReport(), self.clock()
        ahead: deque[Ahead] = deque()
        seen: set[str] = set()
        for batch in self._batches(paths, report, seen):
            work = self._wanted(batch, report, reinstate)
            more = len(batch) == TOGETHER
            ahead.append((batch, work, Extracting(work, self.workers, more=more)))
            # while others read these batches, the ones before are committed here
            while len(ahead) > (AHEAD if self.workers and self.workers.started else 0):
                self._take(ahead, report, progress, begun)
        while ahead:
            self._take(ahead, report, progress, begun)
        given = [path for path in paths if path.is_dir()] if folders is None else folders
        self._missed(given, seen, report, retract=retract_gone)
        report.seconds = self.clock() - begun
        return report

    def _missed(
        self, folders: Sequence[Path], read: set[str], report: IngestReport, *, retract: bool
    ) -> None:
        """Tell what is in force and no longer there; with `retract` it is taken back."""
        if not folders and not any("#" in uri for uri in read):
            return  # nothing holds several sources
        scope, report.gone = self.present.seen(
            lambda scope: (scope, gone_from(self.store, scope, folders, read) if scope else [])
        )
        if scope is None or not retract or not report.gone:
            return
        if read:
            take_back(self.store, scope, report, self.acknowledge)
        else:
            report.note("nothing was retracted: no file at all is here, as where a disk is missing")

    def _batches(
        self, paths: Sequence[Path], report: IngestReport, seen: set[str]
    ) -> Iterator[list[Item]]:
        """The documents of files and folders, each once, as many as are read and committed together."""
        batch: list[Item] = []
        for item in self.items(paths, report):
            if item.document.uri in seen:
                continue  # the same file was named twice
            seen.add(item.document.uri)
            batch.append(self._weighed(item, report))
            if len(batch) >= TOGETHER:
                yield batch
                batch = []
        if batch:
            yield batch

    def items(self, paths: Sequence[Path], report: IngestReport) -> Iterator[Item]:
        """The documents of files and folders; what cannot be read goes into the report."""
        return items_of(paths, report, self.apart)

    def _weighed(self, item: Item, report: IngestReport) -> Item:
        """Decide whether the bytes that a document only describes are kept."""
        attached = item.document.attachment
        if attached is None or attached.kept:
            return item
        if (
            self.payloads is None
            or item.path is None
            or not self.payloads.takes(attached.sha256, attached.size)
        ):
            report.notes.append(
                f"{item.name}: its {attached.size:,} bytes are not kept, only what is said of them"
            )
            return item
        kept = replace(item.document, attachment=replace(attached, kept=True))
        return replace(item, document=kept)

    def _kept(self, work: Sequence[Work], report: IngestReport) -> list[Work]:
        """Keep the bytes of sources before the change that speaks of them."""
        able: list[Work] = []
        for one in work:
            attached, path = one.item.document.attachment, one.item.path
            try:
                if attached is not None and attached.kept and path is not None and self.payloads:
                    self.payloads.put(path, attached.sha256)
            except StoreError as error:
                report.failed.append((one.item.name, str(error)))
                continue
            able.append(one)
        return able

    def _take(
        self,
        ahead: deque[Ahead],
        report: IngestReport,
        progress: Callable[[Progress], None] | None,
        begun: float,
    ) -> None:
        batch, wanted, extracting = ahead.popleft()
        found = extracting.results([later for _, _, later in ahead])
        readings = self._read(wanted, found, report)
        work = self._kept(self._worked(readings, report), report)
        for taken in self._commit(work, report):
            self._tell(taken, report)
        report.characters += sum(len(item.document.text) for item in batch)
        report.passages += sum(len(passages) for _, _, _, passages, _ in wanted)
        report.worked += sum(item.share for item, *_ in wanted)
        if progress is not None:
            progress(report.progress(self.clock() - begun, batch[-1].name, batch[-1].until))

    @staticmethod
    def _tell(taken: Work, report: IngestReport) -> None:
        (report.changed if taken.known else report.added).append(taken.item.name)
        report.cubes += taken.cubes
        report.notes += [outlived(taken.item.name, cube) for cube in taken.lost]

    def _worked(
        self, readings: Iterable[tuple[Item, Reading, Version | None]], report: IngestReport
    ) -> list[Work]:
        """What each reading changes; what a hold refuses goes into the report."""
        work: list[Work] = []
        given = list(readings)

        def compared(scope: Scope | None) -> tuple[Decided, list[_Compared]]:
            decided = decided_against(self.store, scope) if scope else Decided()
            return decided, [self._compared(scope, one, decided) for one in given]

        decided, every = self.present.seen(compared)
        for (item, reading, before), (found, held, parts) in zip(given, every, strict=True):
            if found.empty:
                report.unchanged.append(item.name)
                continue
            kept = held_against(found, held)
            if kept is not None:
                cube, hold = kept
                refused = refusal.held(cube.node, hold, parts[0], here=self.ns)
                report.failed.append((item.name, str(refused)))
                continue
            parts = [*parts, *enforcing(self.ns, found.begun, decided)]
            lost = [cube.node for cube in handmade(found, held)]
            work.append(Work(item, len(reading.passages), before is not None, parts, lost))
        return work

    def _compared(
        self, scope: Scope | None, one: tuple[Item, Reading, Version | None], decided: Decided
    ) -> _Compared:
        item, reading, before = one
        draft = drafted(self.store, self.ns, reading, now())
        found, held = self._difference(scope, draft, before, decided)
        if found.empty:
            return found, held, []
        return found, held, changes_of(self.ns, item, found.operations(), before is not None)

    def _difference(
        self, scope: Scope | None, draft: Draft, before: Version | None, decided: Decided
    ) -> tuple[Difference, dict[tuple[str, ...], Record]]:
        """What a reading changes, and what its source had open until now, or until it was withdrawn."""
        if scope is None:
            return difference(draft, {}, decided), {}
        if before is not None:
            held = held_records(self.store, scope, draft.source.id, decided)
            return difference(draft, held, decided), held
        past = self.store.history(scope, draft.source.id)
        if not past:
            return difference(draft, {}, decided), {}
        until = past[-1].to_seq
        held = held_records(self.store, scope, draft.source.id, decided, until)
        return reinstated(difference(draft, held, decided), held), {}

    def _commit(self, work: Sequence[Work], report: IngestReport) -> list[Work]:
        """Commit all sources together; where one is refused, each by itself, so that it stops no other."""
        if not work:
            return []
        try:
            done = self.store.commit(*(change for one in work for change in one.changes))
        except (Invalid, Refused) as error:
            if isinstance(error, ReadOnly):
                raise
            if len(work) == 1:
                report.failed.append((work[0].item.name, self._refused(work[0], error)))
                return []
            return [one for part in work for one in self._commit([part], report)]
        for committed in done:
            report.changes.append(committed)
            self.acknowledge(committed)
        return list(work)

    def _refused(self, work: Work, error: MemcubesError) -> str:
        if isinstance(error, NoFooting):
            return (
                f"{work.item.document.uri} is kept in '{self.ns}' already and is not yours to see: "
                "ask an owner, or ingest it under another name"
            )
        return str(error)

    def _readings(
        self, batch: Sequence[Item], report: IngestReport, reinstate: bool
    ) -> list[tuple[Item, Reading, Version | None]]:
        """Extract for a whole batch at once, skipping sources that are already as they should be."""
        work = self._wanted(batch, report, reinstate)
        return self._read(work, Extracting(work).results(), report)

    def _wanted(self, batch: Sequence[Item], report: IngestReport, reinstate: bool) -> list[Wanted]:
        """The sources of a batch that are to be read, cut into passages."""
        work: list[Wanted] = []
        current, withdrawn = self.present.of(
            [item.document.uri for item in batch], withdrawn=not reinstate
        )
        for item in batch:
            document = item.document
            language = document.language or detect(document.text)
            extractor = self.extractors(language)
            before = current.get(document.uri)
            pieces = self._granularity(document)
            same = before is not None and unchanged(
                before, item.document, language, extractor, pieces
            )
            if before is not None and same and self.present.whole(before):
                report.unchanged.append(item.name)
                continue
            if document.uri in withdrawn:
                report.failed.append((item.name, withdrawn[document.uri]))
                continue
            passages = split_passages(document, extractor, pieces)
            if not passages:
                report.skipped.append((item.name, EMPTY))
                continue
            if language not in report.languages:
                report.languages.append(language)
            if extractor.lacks:
                report.note(_lacking(language, extractor))
            work.append((item, language, extractor, passages, before))
        return work

    def _read(
        self, work: Sequence[Wanted], found: Sequence[list[Extraction]], report: IngestReport
    ) -> list[tuple[Item, Reading, Version | None]]:
        """What the extractors found in each of these sources."""
        work, found = read_whole(work, found, report)
        return [
            (
                item,
                Reading(
                    document=item.document,
                    language=language,
                    extractor=extractor.fingerprint,
                    passages=tuple(passages),
                    extractions=tuple(
                        introduced(passages, structured(item.document, passages, extractions))
                    ),
                    record=item.record,
                    name=item.name,
                    semantic_type=item.document.semantic_type,
                    granularity=self._granularity(item.document),
                ),
                before,
            )
            for (item, language, extractor, passages, before), extractions in zip(
                work, found, strict=True
            )
        ]

    def _granularity(self, document: Document) -> Granularity:
        own = document.semantic_type
        kinds = {entry.semantic_type or own for entry in document.entries} - {own}
        others = tuple((kind, self._pieces(kind)) for kind in sorted(kinds))
        return replace(self._pieces(own), others=others)

    def _pieces(self, kind: str) -> Granularity:
        policy = self.policies.get(kind, Policy())
        return Granularity(policy.words, policy.whole, policy.longest)


def _lacking(language: str, extractor: Extractor) -> str:
    lacking = " nor ".join(extractor.lacks)
    return f"language '{language}' ({extractor.name}): there is no model for its {lacking}"
