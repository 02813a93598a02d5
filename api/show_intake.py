"""Intake: the progress bar of an ingest, and the summary that stays when it has gone."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from .plain import clean
from .show import Screen, one_line

if TYPE_CHECKING:
    from ..ingest.report import IngestReport
    from ..ingest.report import Progress as Reading


class Bar:
    """Progress on stderr that disappears when it is done; nothing where nobody watches.

    >>> from .options import Call
    >>> with Bar(Screen(Call(quiet=True)), "verifying") as bar:
    ...     bar.counted(1, 2)
    """

    def __init__(
        self, screen: Screen, words: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._since: float | None = None
        self._first = self._counted = 0
        self._counting = ""
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
        self._bar.update(
            self._task,
            completed=progress.share,
            total=1.0,
            description=f"reading {clean(one_line(progress.name, 40))}",
            rate=f"{progress.sources:,} sources, {progress.rate:,.1f} passages/s{remaining(progress.left)}",
        )

    def counted(self, done: int, total: int, words: str = "") -> None:
        """Show `done` of `total`, how many in a second, and how long the rest takes at that."""
        if self._since is None or done < self._counted or words != self._counting:
            # what counting begins with was done before
            self._since, self._first, self._counting = self._clock(), done, words
        self._counted = done
        seconds, more = self._clock() - self._since, done - self._first
        rate = more / seconds if seconds > 0 else 0.0
        left = remaining((total - done) / rate if rate else None)
        self._bar.update(
            self._task,
            completed=done,
            total=total,
            description=words or self._words,
            rate=f"{done:,} of {total:,}" + (f", {rate:,.1f}/s{left}" if rate else ""),
        )

    def indexed(self, done: int, total: int) -> None:
        """Show how far the index is."""
        self.counted(done, total, "indexing")


def remaining(seconds: float | None) -> str:
    """How long something still takes, in words to append; nothing where that is not known.

    >>> remaining(7.2), remaining(100), remaining(9000), remaining(None)
    (', 8 s left', ', 2 min left', ', 2.5 h left', '')
    """
    if seconds is None:
        return ""
    if seconds < 60:
        return f", {math.ceil(seconds)} s left"
    if seconds < 3600:
        return f", {math.ceil(seconds / 60)} min left"
    return f", {seconds / 3600:.1f} h left"


def report_lines(report: IngestReport) -> Iterator[str]:
    """What an ingest did, in two lines."""
    counts = [
        (len(report.added), "added"),
        (len(report.changed), "changed"),
        (len(report.unchanged), "unchanged"),
        (len(report.failed), "failed"),
        (len(report.skipped), "skipped"),
        (len(report.gone), "gone"),
        (len(report.retracted), "retracted"),
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
    for one in [] if report.retracted else report.gone[:10]:
        yield f"gone: {escape(one.name)}, still in force: `{escape(one.command)}` takes it back"
    if len(report.gone) > 10 and not report.retracted:
        yield f"… and {len(report.gone) - 10} more gone: `ingest --retract-gone` takes back all of them"
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
        "gone": [{"name": one.name, "source": one.source, "uri": one.uri} for one in report.gone],
        "retracted": list(report.retracted),
        "notes": list(report.notes),
        "cubes": report.cubes,
        "characters": report.characters,
        "seconds": round(report.seconds, 3),
        "languages": sorted(set(report.languages)),
        "changes": [change.seq for change in report.changes],
    }
