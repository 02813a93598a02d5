"""What processes were told is done, kept outside the store, and the proof that the store has it all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from memcubes.graph import ChangeSet
from memcubes.graph.opening import open_store
from memcubes.graph.verify import verify

CAMPAIGN = os.environ.get("MEMCUBES_CAMPAIGN") == "1"
"""Whether the counts are those that are worth waiting for."""


def acknowledged(ledger: Path) -> dict[str, int]:
    """The changes that some process was told are done; a torn last line is none."""
    lines = ledger.read_text("ascii").split("\n")[:-1] if ledger.exists() else []
    return {line.split()[1]: int(line.split()[0]) for line in lines}


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process that does not outlive the block, and says where it stood when it is aborted."""
    arguments = [sys.executable, "-X", "faulthandler", *command]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE) as child:
        try:
            yield child
        finally:
            child.kill()


def wait_for(ledger: Path, count: int, child: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Wait until so many changes were acknowledged, or the child has ended."""
    deadline = time.monotonic() + seconds
    while child.poll() is None and len(acknowledged(ledger)) < count:
        if time.monotonic() > deadline:
            child.send_signal(signal.SIGABRT)
            said = child.communicate()[1].decode()
            raise AssertionError(
                f"{len(acknowledged(ledger))} of {count} after {seconds} s\n{said}"
            )
        time.sleep(0.001)


def proven(place: str, ledger: Path, *, who: str = "ann", ns: str = "a") -> dict[str, int]:
    """Write at once as the next one does, and prove the log: whole, gapless, all acknowledged there once.

    The write also waits for whatever a killed process may have left under way. Gives the log.
    """
    store = open_store(place, who)
    store.commit(ChangeSet(ns=ns, verb="begin", ops=()))
    report = verify(store.engine)
    log = list(store.engine.leaves())
    head = store.head().seq
    store.close()
    assert report.ok, report.findings
    assert [one.seq for one in log] == list(range(1, head + 1))
    held = {one.id: one.seq for one in log}
    assert len(held) == len(log)
    assert acknowledged(ledger).items() <= held.items()
    return held
