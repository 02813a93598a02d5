"""Apart: files are read in a process of their own, which is ended when one takes too long or too much memory.

No parser is proof against every file: a page of a PDF may draw another without end, a sheet unpack to
more than there is. The process is kept from file to file, so that a folder of small ones does not pay for
it; short files of plain text, JSON and CSV, which no library reads, are read here.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from ..graph.errors import Unreadable
from ..graph.index.sharing import Lost
from .document import Document, ReadError
from .process import Process, Started, Twin, end_with_caller, forkable
from .readers import read_documents, reader_for

PLAIN = frozenset({"markdown", "text", "json", "json lines", "csv", "rest"})
"""Readers of memcubes's own, over files that are what they say."""

SHORT = 1_000_000
"""Bytes up to which a file of theirs is read in this process."""

PART = 4_000_000
"""Bytes of a file for each of which it may take the time once more."""


GRACE = 10
"""Seconds beyond its time after which a process ends by itself, if whoever asked it is gone."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one file may be read, in seconds (0: without an end, in this process), and in how many megabytes.

    >>> Limits(60).seconds_for(1_000), Limits(60).seconds_for(8_000_000)
    (60, 180)
    """

    seconds: int = 60
    megabytes: int = 4_000

    def seconds_for(self, size: int) -> int:
        """The time for a file of so many bytes: a large one may take longer."""
        return self.seconds * (1 + size // PART)


class Apart:
    """Reads files under limits; made at no cost, the process starts with the first file that needs it.

    >>> with Apart() as apart:
    ...     apart.started
    False
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._process: Process | None = None
        self._refused: dict[tuple[str, int, int], str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def started(self) -> bool:
        """Whether there is a process by now."""
        return self._process is not None

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def documents(self, path: Path) -> list[Document]:
        """All documents of a file, see `read_documents`; raises `Unreadable` where it breaks a limit, too."""
        if not self.limits.seconds or os.name != "posix" or not _risky(path):
            return list(read_documents(path))
        key = _key(path)
        if key in self._refused:  # it need not show a second time that it never ends
            raise ReadError(self._refused[key])
        while True:
            again = self._process is not None
            try:
                return self._asked(path, key[1])
            except _Ended as error:
                self.close()
                if again and error.lost:
                    continue  # it may have ended before: whose fault it is shows with a new one
                self._refused[key] = str(error)
                raise ReadError(str(error)) from error

    def _asked(self, path: Path, size: int) -> list[Document]:
        if self._process is None:
            try:
                self._process = Twin(self._serve) if forkable() else Started(__name__)
                self._process.ask(())  # to start is no file's time
            except Lost:
                self.close()
                return list(read_documents(path))  # no process can be started
        seconds = self.limits.seconds_for(size)
        try:
            job = (str(path), seconds, self.limits.megabytes)
            how, found = self._process.ask(job, within=seconds)
        except TimeoutError:
            raise _Ended(
                f"{path}: was not read within {seconds} seconds; split it or leave it out, or allow more "
                f"with MEMCUBES_READING_SECONDS={10 * self.limits.seconds}."
            ) from None
        except Lost:
            raise _Ended(
                f"{path}: the process that read it broke down over it; open it in the program that made it "
                "and save it again, or leave it out.",
                lost=True,
            ) from None
        if how == "too large":
            raise _Ended(
                f"{path}: takes more than {self.limits.megabytes:,} MB of memory to read; split it or leave it "
                f"out, or allow more with MEMCUBES_READING_MEGABYTES={4 * self.limits.megabytes}."
            )
        if how == "refused":
            raise ReadError(found)
        documents: list[Document] = found
        return documents

    @staticmethod
    def _serve(jobs: BinaryIO, results: BinaryIO) -> None:
        serve(jobs, results)


class _Ended(Exception):
    """A file over which the process had to end, or did; `lost` where nobody ended it."""

    def __init__(self, text: str, *, lost: bool = False) -> None:
        super().__init__(text)
        self.lost = lost


def _risky(path: Path) -> bool:
    if path.suffix.lower() in (".yaml", ".yml") or reader_for(path).name not in PLAIN:
        return True
    return _key(path)[1] > SHORT


def _key(path: Path) -> tuple[str, int, int]:
    """A file as it is now."""
    try:
        seen = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), seen.st_size, seen.st_mtime_ns


def serve(jobs: BinaryIO, results: BinaryIO) -> None:
    """Read files until there are no more of them."""
    bounded = False
    while True:
        try:
            job = pickle.load(jobs)  # of our own parent
        except EOFError:
            return
        if not job:
            pickle.dump(None, results)
            results.flush()
            continue
        path, seconds, megabytes = job
        if not bounded:
            _bound(megabytes)
            bounded = True
        with _alarmed(seconds + GRACE):
            done = _read(Path(path))
        pickle.dump(done, results, pickle.HIGHEST_PROTOCOL)
        results.flush()


def _read(path: Path) -> tuple[str, object]:
    try:
        return "read", list(read_documents(path))
    except MemoryError:
        return "too large", ""
    except Unreadable as error:
        if isinstance(error.__cause__, MemoryError):
            return "too large", ""
        return "refused", str(error)


@contextmanager
def _alarmed(seconds: int) -> Iterator[None]:
    """End by itself, for nobody may be left to do it."""
    if not hasattr(signal, "alarm"):
        yield
        return
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)
    yield
    signal.alarm(0)


def _bound(megabytes: int) -> None:
    """Bound what this process may take from now on, where the system can."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        held = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        most = held + megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Serve whoever started this process."""
    end_with_caller()
    results = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no result
    with suppress(BrokenPipeError, KeyboardInterrupt):
        serve(sys.stdin.buffer, results)


if __name__ == "__main__":
    main()
