"""Workers: processes beside this one that run the models, so that every core has work.

Where the models are loaded here and nothing else is under way, a worker is a fork of this process; else
`python -m memcubes.ingest.worker`, which reads jobs from its standard input and writes results to its
standard output, both pickled. It opens no store. A worker that dies, or cannot be started, costs time and
nothing else: whatever it had is done here.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from ..graph.index.sharing import cores
from .process import Process, Started, Twin, end_with_caller, forkable

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from .extraction import Extraction
    from .passage import Passage

SELDOM = 50_000
"""Objects that have come to be, and are not gone, after which garbage is searched for among them."""

MOST = 3
"""Processes beside this one at most: each holds the models in memory (0.8 GB with the encoder `use`)."""


@contextmanager
def undisturbed() -> Iterator[None]:
    """Spare what is in memory from the search for garbage meanwhile, and search less often.

    The libraries of models are large, and of what an ingest makes nearly all is let go of without a search.

    >>> with undisturbed():
    ...     gc.get_freeze_count() > 0, gc.get_threshold()[0] >= SELDOM
    (True, True)
    """
    if gc.get_freeze_count():  # somebody has done so before, and means it to last
        yield
        return
    often = gc.get_threshold()
    gc.freeze()
    if often[0]:  # 0 is never
        gc.set_threshold(max(often[0], SELDOM), *often[1:])
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()


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
        self._idle: SimpleQueue[Process] = SimpleQueue()
        self._all: list[Process] = []
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
            self._start(model)
            self._threads = ThreadPoolExecutor(max(self.count, 1), "memcubes-worker")
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

    def _start(self, model: tuple[str, ...]) -> None:
        twins = _loaded(model) and forkable()
        for _ in range(self.count):
            with suppress(OSError):
                worker = Twin(serve) if twins else Started(__name__)
                self._all.append(worker)
                self._idle.put(worker)

    def _run(self, job: tuple[Any, ...]) -> Any:
        worker = self._idle.get()
        try:
            return worker.ask(job)
        finally:
            self._idle.put(worker)


def _loaded(model: tuple[str, ...]) -> bool:
    """Whether a model is in the memory of this process."""
    if model[0] == "encode":
        from ..graph.index.encoders import loaded

        return model[1] in loaded()
    from .english import loaded as read

    return model[1] == "en" and read()


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
        from .extractors import extractor_for

        language, passages = about
        return extractor_for(language).extract(passages)
    _with_torch()
    from ..graph.index.derivation import whole
    from ..graph.index.encoders import load_encoder

    name, fingerprint, texts = about
    encoder = load_encoder(name)
    if encoder.fingerprint != fingerprint:
        raise ValueError(f"another encoder is installed: {encoder.fingerprint}")
    # weights are read at the first text
    return whole(encoder.encode_passages(texts or ["a"]))


def _without_torch() -> None:
    """spaCy imports torch where it is installed, for models of other kinds: that takes three seconds."""
    sys.modules.setdefault("torch", None)  # type: ignore[arg-type]


def _with_torch() -> None:
    """An encoder may need it."""
    if sys.modules.get("torch", ...) is None:
        del sys.modules["torch"]


def main() -> None:
    """Serve whoever started this process."""
    end_with_caller()
    _without_torch()
    # What a library prints is no result.
    results = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with suppress(BrokenPipeError, KeyboardInterrupt):
        serve(sys.stdin.buffer, results)


if __name__ == "__main__":
    main()
