"""Processes that do jobs for this one: started anew, or as a twin of this one that has the models already."""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO, Protocol

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
TASKS = "/proc/self/task"
MOMENTS, MOMENT = 10, 0.01
"""How often, and seconds apart, it is looked whether a thread that has ended is gone."""
PR_SET_PDEATHSIG = 1
LOOKING = 0.5
"""Seconds after which a process looks again whether its parent is there."""

Serve = Callable[[BinaryIO, BinaryIO], None]
"""Does jobs that come in one stream, and writes what came out to another."""


class Process(Protocol):
    """One process, from the side of who asks it."""

    @property
    def pid(self) -> int:
        """Its number in the system."""

    def ask(self, job: tuple[Any, ...], *, within: float | None = None) -> Any:
        """Have a job done; raises one of `graph.index.sharing.Lost` where the process is gone.

        One that cannot do a job ends: whoever asked does it and learns why. `TimeoutError` says that there was
        no answer within so many seconds; such a process can only be ended.
        """

    def end(self) -> None:
        """End the process at once: it holds nothing that could be lost."""


class Started:
    """A process of its own, which loads what it needs; works everywhere, and takes seconds to be of use."""

    def __init__(self, module: str) -> None:
        # the system tells a child of the end of the thread that made it, and only the first outlives all others
        first = threading.current_thread() is threading.main_thread()
        # -P: what lies in the folder that one happens to be in is not imported
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, str(os.getpid()), "first" if first else "other"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **dict.fromkeys(THREADS, "1")},
            start_new_session=True,  # Ctrl-C is for the one that was called
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._told, self._heard = self._process.stdin, self._process.stdout

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, job: tuple[Any, ...], *, within: float | None = None) -> Any:
        return _asked(job, self._told, self._heard, within)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        _close(self._told, self._heard)


class Twin:
    """A fork of this process: it has the models that are loaded here, at once and in the same memory.

    Only for a process that `forkable` allows.
    """

    def __init__(self, serve: Serve) -> None:
        parent = os.getpid()
        jobs, tell = os.pipe()
        hear, results = os.pipe()
        with warnings.catch_warnings():
            # Python counts the threads of BLAS, which sees to a fork itself
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if not self.pid:
            _serve_as_twin(serve, jobs, results, parent)
        os.close(jobs)
        os.close(results)
        self._told, self._heard = os.fdopen(tell, "wb"), os.fdopen(hear, "rb")

    def ask(self, job: tuple[Any, ...], *, within: float | None = None) -> Any:
        return _asked(job, self._told, self._heard, within)

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        _close(self._told, self._heard)


def forkable() -> bool:
    """Whether a fork of this process can do work: nothing else may be under way in it.

    A thread that holds a lock does not go along, and who asks for the lock waits for ever. So there must be
    none, of Python or of a library; but OpenBLAS ends its own before a fork.
    """
    if threading.active_count() > 1 or not os.path.isdir(TASKS):
        return False
    from threadpoolctl import threadpool_info

    blas = sum(
        one["num_threads"] - 1 for one in threadpool_info() if one["internal_api"] == "openblas"
    )
    # the system knows for a moment longer of a thread that has ended
    for _ in range(MOMENTS):
        if len(os.listdir(TASKS)) <= 1 + int(blas):
            return True
        time.sleep(MOMENT)
    return False


def _serve_as_twin(serve: Serve, jobs: int, results: int, parent: int) -> None:
    """What a twin does, from the fork to its end; it never comes back."""
    code = 1
    try:
        end_with(parent, at_once=True)
        os.setsid()  # Ctrl-C is for the one that was called
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for one in range(3):
            os.dup2(nowhere, one)
        # what is open here is the other's: its store, and the pipes of other twins
        low, high = sorted((jobs, results))
        os.closerange(3, low)
        os.closerange(low + 1, high)
        os.closerange(high + 1, os.sysconf("SC_OPEN_MAX"))
        gc.freeze()  # what came along is never let go of, and stays in shared memory
        serve(os.fdopen(jobs, "rb"), os.fdopen(results, "wb"))
        code = 0
    finally:
        os._exit(code)  # nothing of what came along is closed a second time


def end_with(parent: int, *, at_once: bool) -> None:
    """End this process when its parent is gone, also one that was killed, in the middle of whatever is done here.

    With `at_once`, for who was made by the parent's first thread, Linux sees to it (prctl(2), PR_SET_PDEATHSIG).
    Elsewhere a thread looks twice a second, which waits for a library that does not let Python go on.
    """
    if at_once and sys.platform == "linux":
        with suppress(OSError, AttributeError):
            import ctypes

            if ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) == 0:
                if os.getppid() != parent:  # it was gone before
                    os._exit(1)
                return
    threading.Thread(target=_watch, args=(parent,), name="memcubes-parent", daemon=True).start()


def end_with_caller() -> None:
    """The same for a module that `Started` runs: its arguments say who called it."""
    if len(sys.argv) == 3 and sys.argv[1].isdecimal():
        end_with(int(sys.argv[1]), at_once=sys.argv[2] == "first")


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOKING)
    os._exit(1)


def _asked(job: tuple[Any, ...], told: Any, heard: Any, within: float | None) -> Any:
    pickle.dump(job, told, pickle.HIGHEST_PROTOCOL)
    told.flush()
    if within is not None and not select.select([heard], [], [], within)[0]:
        raise TimeoutError(f"no answer within {within} seconds")
    return pickle.load(heard)  # of our own child


def _close(*pipes: Any) -> None:
    for pipe in pipes:
        with suppress(OSError):
            pipe.close()
