"""Intake: the progress bar of an ingest, and the summary that stays when it has gone."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from .show import Screen, clean, one_line

if TYPE_CHECKING:
    from ..ingest.report import IngestReport
    from ..ingest.report import Progress as Reading


class Bar:
    """Progress on stderr that disappears when it is done; nothing where nobody watches.

    >>> from .options import Call
    >>> with Bar(Screen(Call(quiet=True)), "verifying") as bar:
    ...     bar.counted(1, 2)
    """

    def __init__(self, screen: Screen, words: str) -> None:
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[rate]}", markup=False),
            TimeElapsedColumn(),
            console=screen.err,
            transient=True,
            disable=not screen.live,
        )
        self._words = words
        self._task = self._bar.add_task(words, total=None, rate="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def read(self, progress: Reading) -> None:
        """Show how far reading is: sources, characters a second, and the source just finished."""
        rate = progress.characters / progress.seconds if progress.seconds else 0.0
        self._bar.update(
            self._task,
            completed=progress.sources,
            total=progress.total,
            description=f"reading {clean(one_line(progress.name, 40))}",
            rate=f"{progress.sources:,} sources, {rate:,.0f} characters/s",
        )

    def counted(self, done: int, total: int, words: str = "") -> None:
        """Show `done` of `total`."""
        self._bar.update(
            self._task,
            completed=done,
            total=total,
            description=words or self._words,
            rate=f"{done:,} of {total:,}",
        )

    def indexed(self, done: int, total: int) -> None:
        """Show how far the index is."""
        self.counted(done, total, "indexing")


def report_lines(report: IngestReport) -> Iterator[str]:
    """What an ingest did, in two lines."""
    counts = [
        (len(report.added), "added"),
        (len(report.changed), "changed"),
        (len(report.unchanged), "unchanged"),
        (len(report.failed), "failed"),
        (len(report.skipped), "skipped"),
    ]
    yield "sources: " + ", ".join(f"{n} {word}" for n, word in counts if n or word == "added")
    rate = report.characters / report.seconds if report.seconds else 0.0
    changes = ""
    if report.changes:
        first, last = report.changes[0].seq, report.changes[-1].seq
        changes = f", @{first}" + (f" to @{last}" if last != first else "")
    yield (
        f"{report.cubes:,} cubes from {report.characters:,} characters in {report.seconds:.1f} s "
        f"({rate:,.0f} characters/s){changes}"
    )


def remark_lines(report: IngestReport) -> Iterator[str]:
    """What is to be said beside it: files passed over, and what languages lack."""
    for name, reason in report.skipped[:10]:
        yield f"[dim]skipped {escape(name)}: {escape(reason)}[/dim]"
    if len(report.skipped) > 10:
        yield f"[dim]… and {len(report.skipped) - 10} more skipped[/dim]"
    for note in report.notes:
        yield f"note: {escape(note)}"


def report_json(report: IngestReport) -> dict[str, Any]:
    """What an ingest did, as plain data."""
    return {
        "added": list(report.added),
        "changed": list(report.changed),
        "unchanged": list(report.unchanged),
        "failed": [{"name": name, "reason": reason} for name, reason in report.failed],
        "skipped": [{"name": name, "reason": reason} for name, reason in report.skipped],
        "notes": list(report.notes),
        "cubes": report.cubes,
        "characters": report.characters,
        "seconds": round(report.seconds, 3),
        "languages": sorted(set(report.languages)),
        "changes": [change.seq for change in report.changes],
    }
