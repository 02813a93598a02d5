"""MemReader: files and statements in, MemCubes out (MemOS's name for the way in).

read → language → sentences → entities and subject → one change for each source. Models run before the
store is locked; several sources are committed together, each with its own leaf; a broken file is
reported by name and the rest goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..graph import refusal
from ..graph.change import MOST_OPERATIONS, ChangeSet, Committed, Operation
from ..graph.errors import NotFound, Unreadable
from ..graph.instant import now
from ..graph.kind import NodeKind, Verb
from ..graph.record import Version
from ..graph.scope import Scope
from ..graph.store import GraphStore
from .decided import Decided, decided_against, enforcing
from .difference import difference, held_against, held_records
from .document import Document
from .draft import READER, Reading, drafted
from .extraction import Extractor, extractor_for
from .language import detect
from .passage import Granularity, Passage, split_passages
from .readers import discover, read_documents, skipped

TOGETHER = 64
"""How many sources are read and committed together."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is: sources and characters done, seconds spent, the source just finished."""

    sources: int
    characters: int
    seconds: float
    name: str
    total: int | None = None


@dataclass(slots=True)
class IngestReport:
    """What an ingest did, by source; `failed` and `skipped` name the file and the reason."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changes: list[Committed] = field(default_factory=list)
    cubes: int = 0
    characters: int = 0
    seconds: float = 0.0
    languages: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything that was given could be read."""
        return not self.failed


@dataclass(frozen=True, slots=True)
class _Item:
    document: Document
    name: str
    record: int | None


class MemReader:
    """Reads into one namespace of a store.

    `acknowledge` is called with each committed change, after the commit and before the next begins.
    """

    def __init__(
        self,
        store: GraphStore,
        ns: str,
        *,
        granularity: Granularity | None = None,
        acknowledge: Callable[[Committed], None] | None = None,
    ) -> None:
        self.store = store
        self.ns = ns
        self.granularity = granularity or Granularity()
        self.acknowledge = acknowledge or (lambda _: None)

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        reinstate: bool = False,
        progress: Callable[[Progress], None] | None = None,
    ) -> IngestReport:
        """Read files and folders; raises `Unreadable` only where nothing at all could be read."""
        report, begun = IngestReport(), time.perf_counter()
        batch: list[_Item] = []
        seen: set[str] = set()
        for item in self.items(paths, report):
            if item.document.uri in seen:
                continue  # the same file was named twice
            seen.add(item.document.uri)
            batch.append(item)
            if len(batch) >= TOGETHER:
                self._take(batch, report, reinstate, progress, begun)
                batch = []
        self._take(batch, report, reinstate, progress, begun)
        report.seconds = time.perf_counter() - begun
        return report

    @staticmethod
    def items(paths: Sequence[Path], report: IngestReport) -> Iterator[_Item]:
        """The documents of files and folders; what cannot be read goes into the report."""
        for path in paths:
            try:
                files = discover(path)
                report.skipped += [(str(one.path), one.reason) for one in skipped(path)]
            except Unreadable as error:
                report.failed.append((str(path), str(error)))
                continue
            if path.is_file() and not files:
                reason = report.skipped.pop()[1]
                report.failed.append((str(path), f"{path}: {reason}"))
            for file in files:
                yield from _documents(file, path, report)

    def _take(
        self,
        batch: Sequence[_Item],
        report: IngestReport,
        reinstate: bool,
        progress: Callable[[Progress], None] | None,
        begun: float,
    ) -> None:
        if not batch:
            return
        readings, changes, labels = self._readings(batch, report, reinstate), [], []
        scope = self._scope()
        decided = decided_against(self.store, scope) if scope else Decided()
        for item, reading, before in readings:
            draft = drafted(self.store, self.ns, reading, now())
            held = {}
            if scope and before:
                held = held_records(self.store, scope, draft.source.id, decided)
            found = difference(draft, held, decided)
            if found.empty:
                report.unchanged.append(item.name)
                continue
            parts = self._parts(item, found.operations(), before is not None)
            kept = held_against(found, held)
            if kept is not None:
                cube, hold = kept
                refused = refusal.held(cube.node, hold, parts[0], here=self.ns)
                report.failed.append((item.name, str(refused)))
                continue
            opened = [r for r in found.open if isinstance(r, Version)]
            changes += parts + enforcing(self.ns, opened, decided)
            labels.append((item, reading, before is not None, len(parts)))
        self._commit(changes, report)
        for item, reading, known, _ in labels:
            (report.changed if known else report.added).append(item.name)
            report.cubes += len(reading.passages)
        report.characters += sum(len(item.document.text) for item in batch)
        if progress is not None:
            done = len(report.added) + len(report.changed) + len(report.unchanged)
            progress(Progress(done, report.characters, time.perf_counter() - begun, batch[-1].name))

    def _commit(self, changes: Sequence[ChangeSet], report: IngestReport) -> None:
        if not changes:
            return
        for committed in self.store.commit(*changes):
            report.changes.append(committed)
            self.acknowledge(committed)

    def _scope(self) -> Scope | None:
        try:
            return self.store.scope(self.ns, "")
        except NotFound:
            return None  # the first write makes the namespace

    def _readings(
        self, batch: Sequence[_Item], report: IngestReport, reinstate: bool
    ) -> list[tuple[_Item, Reading, Version | None]]:
        """Extract for a whole batch at once, skipping sources that are already as they should be."""
        work: list[tuple[_Item, str, Extractor, list[Passage], Version | None]] = []
        current = self._current(batch)
        for item in batch:
            document = item.document
            language = document.language or detect(document.text)
            extractor = extractor_for(language)
            before = current.get(document.uri)
            if before is not None and _unchanged(before, item, language, extractor):
                report.unchanged.append(item.name)
                continue
            if before is None and not reinstate:
                withdrawn = self._withdrawn(document.uri)
                if withdrawn is not None:
                    report.failed.append((item.name, withdrawn))
                    continue
            passages = split_passages(document, extractor, self.granularity)
            if not passages:
                report.skipped.append((item.name, "holds no text"))
                continue
            if language not in report.languages:
                report.languages.append(language)
            if extractor.lacks:
                _note(report, language, extractor)
            work.append((item, language, extractor, passages, before))
        found = _extracted([(extractor, passages) for _, _, extractor, passages, _ in work])
        return [
            (
                item,
                Reading(
                    document=item.document,
                    language=language,
                    extractor=extractor.fingerprint,
                    passages=tuple(passages),
                    extractions=tuple(extractions),
                    record=item.record,
                    name=item.name,
                    semantic_type="episode" if item.document.turns else "document",
                ),
                before,
            )
            for (item, language, extractor, passages, before), extractions in zip(
                work, found, strict=True
            )
        ]

    def _current(self, batch: Sequence[_Item]) -> dict[str, Version]:
        scope = self._scope()
        if scope is None:
            return {}
        ids = [self.store.name(self.ns, NodeKind.SOURCE, i.document.uri).id for i in batch]
        return {str(v.get("uri")): v for v in self.store.get(scope, ids)}

    def _withdrawn(self, uri: str) -> str | None:
        scope = self._scope()
        if scope is None:
            return None
        past = self.store.history(scope, self.store.name(self.ns, NodeKind.SOURCE, uri).id)
        if not past:
            return None
        return (
            f"{uri} was retracted at @{past[-1].to_seq} and stays so: bring it back with "
            f"`memcubes revert @{past[-1].to_seq}`, or ingest it with --reinstate"
        )

    def _parts(
        self, item: _Item, operations: tuple[Operation, ...], known: bool
    ) -> list[ChangeSet]:
        """One change for a source; one too large for that becomes parts, committed together."""
        reason = f"{'read again' if known else 'read'} {item.name}"
        cuts = [
            operations[start : start + MOST_OPERATIONS]
            for start in range(0, len(operations), MOST_OPERATIONS)
        ]
        return [
            ChangeSet(
                ns=self.ns,
                verb=Verb.INGEST,
                ops=cut,
                reason=reason,
                note={"part": place + 1, "of": len(cuts)} if len(cuts) > 1 else {},
            )
            for place, cut in enumerate(cuts)
        ]


def _documents(file: Path, root: Path, report: IngestReport) -> Iterator[_Item]:
    try:
        documents = list(read_documents(file))
    except Unreadable as error:
        report.failed.append((str(file), str(error)))
        return
    shown = file.relative_to(root).as_posix() if root.is_dir() else file.name
    place = file.resolve().as_posix()
    for number, document in enumerate(documents):
        _, mark, record = document.uri.partition("#")
        yield _Item(
            replace(document, uri=place + mark + record),
            shown + mark + record,
            number if mark else None,
        )


def nothing_readable(paths: Sequence[Path]) -> IngestReport | None:
    """The report on files of which none can be read; None as soon as one can."""
    report = IngestReport()
    for item in MemReader.items(paths, report):
        if item.document.text.strip():
            return None
    return report


def _unchanged(before: Version, item: _Item, language: str, extractor: Extractor) -> bool:
    document = item.document
    return (
        before.text == document.text
        and before.get("title") == document.name
        and before.get("stated") == document.stated
        and before.get("author") == document.author
        and before.get("language") == language
        and before.get("extractor") == extractor.fingerprint
        and before.get("reader") == READER
    )


def _note(report: IngestReport, language: str, extractor: Extractor) -> None:
    lacking = " nor ".join(extractor.lacks)
    note = f"language '{language}' ({extractor.name}): there is no model for its {lacking}"
    if note not in report.notes:
        report.notes.append(note)


def _extracted(work: Iterable[tuple[Extractor, list[Passage]]]) -> list[list]:  # type: ignore[type-arg]
    """Run each extractor once over all its passages of the batch."""
    jobs = list(work)
    results: list[list] = [[] for _ in jobs]  # type: ignore[type-arg]
    by_extractor: dict[int, list[int]] = {}
    for place, (extractor, _) in enumerate(jobs):
        by_extractor.setdefault(id(extractor), []).append(place)
    for places in by_extractor.values():
        extractor = jobs[places[0]][0]
        flat = [passage for place in places for passage in jobs[place][1]]
        found = iter(extractor.extract(flat))
        for place in places:
            results[place] = [next(found) for _ in jobs[place][1]]
    return results
