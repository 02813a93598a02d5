"""A process that does jobs ends with the one that it does them for, also in the middle of a job."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .readers import made

ASKING = """
import sys, threading
from memcubes.ingest import apart
from memcubes.ingest.process import Started, Twin

def ask():
    process = Twin(apart.serve) if sys.argv[1] == "twin" else Started("memcubes.ingest.apart")
    process.ask(())
    print(process.pid, flush=True)
    process.ask((sys.argv[2], 600, 4000))

if sys.argv[1] == "thread":
    threading.Thread(target=ask).start()
else:
    ask()
"""


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state.rpartition(")")[2].split()[0] != "Z"  # where nobody takes it away


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
@pytest.mark.parametrize("way", ["twin", "started", "thread"])
def test_a_worker_whose_parent_is_killed_ends(way: str, tmp_path: Path) -> None:
    file = made.endless(tmp_path / "a.pdf")
    parent = subprocess.Popen(
        [sys.executable, "-c", ASKING, way, str(file)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
        time.sleep(0.3)  # it is at work by now
        assert alive(child)
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
        killed = time.monotonic()
        try:
            while alive(child):
                assert time.monotonic() - killed < 2
                time.sleep(0.02)
        finally:
            if alive(child):
                os.kill(child, signal.SIGKILL)
