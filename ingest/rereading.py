"""Rereading: every source read anew from the text that is kept, with the extractors of today, in one step.

Models run first, while everything is answered as before. Then all sources change in one transaction, each
by a change of its own that closes only what the new reading does not say, so that no answer ever rests on
readings of two extractors (DESIGN, derived data).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..graph.errors import Conflict
from ..graph.kind import NodeKind
from ..graph.listing import all_found
from ..graph.record import Version
from ..graph.scope import Where
from ..graph.snapshot import STATEMENT
from .document import Attachment, Document, Entry, Named, Told, Turn
from .draft import READER, Reading
from .extraction import Extractors
from .item import Item
from .memreader import TOGETHER, MemReader
from .report import IngestReport, Progress
from .statement import read_statement

TRIES = 3
"""How often it is compared anew where somebody changes a source meanwhile."""

Known = dict[str, tuple[Item, Reading, Version | None]]


class Rereader(MemReader):
    """Reads all sources of a namespace again; what people decided is left alone, as by any reading."""

    def reread(self, progress: Callable[[Progress], None] | None = None) -> IngestReport:
        """Read again what was read by another extractor, or cut by another policy.

        Raises `Conflict` where sources are changed faster than they can be compared.
        """
        begun = self.clock()
        known: Known = {}
        for left in reversed(range(TRIES)):
            report = IngestReport()
            try:
                work = self._worked(self._anew(known, report, progress, begun), report)
                done = self.store.commit(*(change for one in work for change in one.changes))
            except Conflict:
                if not left:
                    raise
                continue
            break
        for committed in done:
            report.changes.append(committed)
            self.acknowledge(committed)
        for taken in work:
            self._tell(taken, report)
        report.seconds = self.clock() - begun
        return report

    def _anew(
        self,
        known: Known,
        report: IngestReport,
        progress: Callable[[Progress], None] | None,
        begun: float,
    ) -> Iterator[tuple[Item, Reading, Version | None]]:
        """The readings of all sources that need one; each version of a source is read once."""
        scope = self.store.scope(self.ns, "")
        sources = [
            version
            for version in all_found(self.store, scope, Where(kinds=(NodeKind.SOURCE,)))
            if version.get("reader") is not None and version.payload is not None
        ]
        for start in range(0, len(sources), TOGETHER):
            some = sources[start : start + TOGETHER]
            items: list[Item] = []
            for source in some:
                if source.id in known:
                    continue
                if str(source.get("uri")).startswith(STATEMENT):
                    said = _statement(source, self.extractors)
                    if said is None:
                        report.unchanged.append(str(source.get("name")))
                    else:
                        known[source.id] = (_item(source), said, source)
                elif source.get("reader") != READER:
                    report.failed.append((str(source.get("name")), _OLDER))
                else:
                    items.append(_item(source))
            for item, reading, before in self._readings(items, report, reinstate=False):
                if before is None or all(before.id != source.id for source in some):
                    raise Conflict(
                        f"{item.name} was changed while it was read again: try once more"
                    )
                known[before.id] = (item, reading, before)
                report.passages += len(reading.passages)
            report.characters += sum(len(source.text) for source in some)
            yield from (known[source.id] for source in some if source.id in known)
            if progress is not None:
                read = start + len(some)
                share = read / len(sources)
                seconds = self.clock() - begun
                name = str(some[-1].get("name"))
                progress(
                    Progress(
                        read,
                        report.characters,
                        seconds,
                        name,
                        len(sources),
                        passages=report.passages,
                        share=share,
                        worked=share,
                    )
                )


_OLDER = (
    "an older reader kept too little of it to read it again from here: ingest its file once more"
)


def document_of(source: Version) -> Document:
    """The document that a source was read from, as the source keeps it."""
    header: Mapping[str, Any] = source.content or {}
    title = None if header.get("untitled") else str(header.get("title"))
    stated, author = header.get("stated"), header.get("author")
    attached = header.get("attachment")
    return Document(
        uri=str(header.get("uri")),
        title=title,
        text=source.text,
        media=str(header.get("media")),
        language=str(header.get("language")),
        stated=stated if isinstance(stated, int) else None,
        author=None if author is None else str(author),
        turns=tuple(Turn(*turn) for turn in source.get("turns") or ()),
        entries=tuple(Entry.of(entry) for entry in source.get("entries") or ()),
        names=tuple(Named(*one) for one in source.get("names") or ()),
        claims=tuple(Told(*one) for one in source.get("claims") or ()),
        attachment=Attachment(**attached) if attached else None,
    )


def _item(source: Version) -> Item:
    record = source.get("record")
    name = str(source.get("name"))
    return Item(document_of(source), name, record if isinstance(record, int) else None)


def _statement(source: Version, extractors: Extractors) -> Reading | None:
    """The reading of a statement; None where the extractor is the same."""
    document = document_of(source)
    if source.get("extractor") == extractors(str(document.language)).fingerprint:
        return None
    return read_statement(
        document.text,
        document.uri,
        speaker=document.author or "",
        stated=document.stated or 0,
        extractors=extractors,
    )
