"""Workers: processes beside this one that run the models, so that every core has work.

`python -m memcubes.ingest.worker` reads jobs from its standard input and writes results to its standard
output, both pickled; it opens no store. A worker that dies, or cannot be started, costs time and nothing
else: whatever it had is done here.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from .extraction import Extraction
    from .passage import Passage

MOST = 3
"""Processes beside this one at most: each holds the models in memory (0.8 GB with the encoder `use`)."""

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def cores() -> int:
    """How many cores this process may use.

    >>> cores() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workers:
    """As many worker processes as there are other cores; started when the first job comes.

    Jobs are taken in the order in which they were handed out. A caller takes back what nobody has begun
    (`Future.cancel`) and does it itself.

    >>> with Workers(0) as workers:
    ...     workers.count
    0
    """

    def __init__(self, count: int | None = None) -> None:
        self.count = min(cores() - 1, MOST) if count is None else count
        self._threads: ThreadPoolExecutor | None = None
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._all: list[_Worker] = []
        self._warmed: set[tuple[str, ...]] = set()

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
        """Whether there are any by now."""
        return self._threads is not None

    def extract(self, language: str, passages: Sequence[Passage]) -> Future[list[Extraction]]:
        """Have passages read by the extractor of a language."""
        return self._submit(("extract", language), list(passages))

    def encode(
        self, encoder: str, fingerprint: str, texts: Sequence[str]
    ) -> Future[npt.NDArray[np.int16]]:
        """Have passages encoded, as whole numbers (see `graph.index.derivation`)."""
        return self._submit(("encode", encoder, fingerprint), list(texts))

    def close(self) -> None:
        """End them; what they have begun is dropped."""
        if self._threads is not None:
            for one in self._all:
                one.end()
            self._threads.shutdown(cancel_futures=True)
            self._threads = None
            self._all = []
            self._warmed.clear()

    def _submit(self, model: tuple[str, ...], work: list[Any]) -> Future[Any]:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(max(self.count, 1), "memcubes-worker")
            for _ in range(self.count):
                with suppress(OSError):
                    worker = _Worker()
                    self._all.append(worker)
                    self._idle.put(worker)
        if not self._all:
            refused: Future[Any] = Future()
            refused.set_exception(OSError("no process could be started"))
            return refused
        if model not in self._warmed:
            self._warmed.add(model)
            # While a model is loaded nobody waits for it: all the work can still be taken back.
            for _ in self._all:
                self._threads.submit(self._run, (*model, []))
        return self._threads.submit(self._run, (*model, work))

    def _run(self, job: tuple[Any, ...]) -> Any:
        worker = self._idle.get()
        try:
            return worker.ask(job)
        finally:
            self._idle.put(worker)


class _Worker:
    """One process, from the side of who asks it."""

    def __init__(self) -> None:
        # -P: what lies in the folder that one happens to be in is not imported
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **dict.fromkeys(THREADS, "1")},
            start_new_session=True,  # Ctrl-C is for the one that was called
        )

    def ask(self, job: tuple[Any, ...]) -> Any:
        """Have a job done; raises one of `graph.index.sharing.Lost` where the process is gone.

        One that cannot do a job ends: whoever asked does it and learns why.
        """
        told, heard = self._process.stdin, self._process.stdout
        assert told is not None
        assert heard is not None
        pickle.dump(job, told, pickle.HIGHEST_PROTOCOL)
        told.flush()
        return pickle.load(heard)  # of our own child

    def end(self) -> None:
        """End the process at once: it holds nothing that could be lost."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()


def serve(jobs: BinaryIO, results: BinaryIO) -> None:
    """Do jobs until there are no more of them."""
    while True:
        try:
            job = pickle.load(jobs)  # of our own parent
        except EOFError:
            return
        pickle.dump(_done(*job), results, pickle.HIGHEST_PROTOCOL)
        results.flush()


def _done(what: str, *about: Any) -> Any:
    if what == "extract":
        from .extraction import extractor_for

        language, passages = about
        return extractor_for(language).extract(passages)
    from ..graph.index.derivation import whole
    from ..graph.index.encoder import load_encoder

    name, fingerprint, texts = about
    encoder = load_encoder(name)
    if encoder.fingerprint != fingerprint:
        raise ValueError(f"another encoder is installed: {encoder.fingerprint}")
    # weights are read at the first text
    return whole(encoder.encode_passages(texts or ["a"]))


def main() -> None:
    """Serve whoever started this process."""
    # What a library prints is no result.
    results = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with suppress(BrokenPipeError, KeyboardInterrupt):
        serve(sys.stdin.buffer, results)


if __name__ == "__main__":
    main()
