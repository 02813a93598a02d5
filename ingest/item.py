"""Items: the documents of files and folders, one after the other, each under the name that reports know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..graph.errors import Unreadable
from .document import Document
from .readers import discover, read_documents, skipped
from .readers.folder import place_of, printable
from .report import IngestReport


@dataclass(frozen=True, slots=True)
class Item:
    """One document that is to be read, and the name by which reports know it."""

    document: Document
    name: str
    record: int | None
    path: Path | None = None


def items_of(paths: Sequence[Path], report: IngestReport) -> Iterator[Item]:
    """The documents of files and folders; what cannot be read goes into the report."""
    for path in paths:
        try:
            files = discover(path)
            left = skipped(path)
        except Unreadable as error:
            report.failed.append((printable(str(path)), printable(str(error))))
            continue
        report.skipped += [(printable(str(one.path)), one.reason) for one in left]
        if path.is_file() and not files:
            name, reason = report.skipped.pop()
            report.failed.append((name, f"{name}: {reason}"))
        for file in files:
            yield from _documents(file, path, report)


def _documents(file: Path, root: Path, report: IngestReport) -> Iterator[Item]:
    try:
        documents = list(read_documents(file))
    except Unreadable as error:
        report.failed.append((printable(str(file)), printable(str(error))))
        return
    shown = printable(file.relative_to(root).as_posix() if root.is_dir() else file.name)
    place = place_of(file.resolve())
    for number, document in enumerate(documents):
        _, mark, record = document.uri.partition("#")
        datable = document.datable
        report.notes += [note for note in document.notes if note not in report.notes]
        if datable is not document:
            report.notes.append(
                f"{shown + mark + record} has a date before 1684 or after 2255, which cannot be kept: "
                "read as undated"
            )
        yield Item(
            replace(datable, uri=place + mark + record),
            shown + mark + record,
            number if mark else None,
            file,
        )


def nothing_readable(paths: Sequence[Path]) -> IngestReport | None:
    """The report on files of which none can be read; None as soon as one can."""
    report = IngestReport()
    for item in items_of(paths, report):
        if item.document.text.strip():
            return None
    return report
