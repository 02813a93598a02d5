"""Items: the documents of files and folders, one after the other, each under the name that reports know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..graph.errors import Unreadable
from .apart import Apart
from .document import Document
from .readers import discover, read_documents, skipped
from .readers.folder import place_of, printable
from .report import IngestReport

EMPTY = "holds no text"
"""Why a file that was read is passed over."""


@dataclass(frozen=True, slots=True)
class Item:
    """One document that is to be read, and the name by which reports know it.

    `share` is the part that it is of everything that was given, `until` the part that is done with it.
    """

    document: Document
    name: str
    record: int | None
    path: Path | None = None
    share: float = 0.0
    until: float = 0.0


def items_of(
    paths: Sequence[Path], report: IngestReport, apart: Apart | None = None
) -> Iterator[Item]:
    """The documents of files and folders; what cannot be read goes into the report."""
    found: list[tuple[Path, Path, int]] = []
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
        found += [(file, path, _size(file)) for file in files]
    whole, done = sum(size for _, _, size in found), 0
    for file, path, size in found:
        for item in _documents(file, path, report, apart):
            # what a file's documents are of the file is put together with what the file is of all
            share, until = item.share * size / whole, (done + item.until * size) / whole
            yield replace(item, share=share, until=until)
        done += size


def _size(file: Path) -> int:
    """Bytes of a file, one at least, so that a share of them is one of something."""
    try:
        return max(1, file.stat().st_size)
    except OSError:
        return 1


def _documents(file: Path, root: Path, report: IngestReport, apart: Apart | None) -> Iterator[Item]:
    try:
        documents = apart.documents(file) if apart else list(read_documents(file))
    except Unreadable as error:
        report.failed.append((printable(str(file)), printable(str(error))))
        return
    shown = printable(file.relative_to(root).as_posix() if root.is_dir() else file.name)
    if not documents:
        report.skipped.append((shown, EMPTY))
    place = place_of(file.resolve())
    share = 1 / max(1, len(documents))
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
            share,
            (number + 1) * share,
        )


def nothing_readable(paths: Sequence[Path], apart: Apart | None = None) -> IngestReport | None:
    """The report on files of which none can be read; None as soon as one can."""
    report = IngestReport()
    for item in items_of(paths, report, apart):
        if item.document.text.strip():
            return None
        report.skipped.append((item.name, EMPTY))
    return report
