"""A killed ingest loses nothing that it acknowledged, and the next one goes on where it was."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from memcubes.api import Memory

from .ledger import CAMPAIGN, acknowledged, proven, wait_for

READ = """
import os, sys
from memcubes.api import Memory

ledger = os.open(sys.argv[3], os.O_WRONLY | os.O_CREAT | os.O_APPEND)

def acknowledge(change):
    os.write(ledger, f"{change.seq} {change.id}\\n".encode())
    os.fsync(ledger)

with Memory.open(sys.argv[1], user="local:ann", encoder="hashing") as memory:
    memory.ingest(sys.argv[2], acknowledge=acknowledge)
"""


def corpus(folder: Path, sources: int) -> Path:
    """Records in Spanish, which are read by capitals alone: no model is loaded in the child."""
    path = folder / "corpus.jsonl"
    lines = [
        json.dumps(
            {
                "title": f"Nota {number}",
                "text": f"La válvula RV-{number} de la planta Osmeadow fue cambiada por el técnico "
                f"Tomás Arriaga el día {number % 28 + 1}. El informe dice que todo está en orden.",
            }
        )
        for number in range(sources)
    ]
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_kills_lose_nothing_that_was_acknowledged(place: str, tmp_path: Path) -> None:
    kills, sources = (10, 900) if CAMPAIGN else (3, 240) if "sqlite" in place else (1, 40)
    path, ledger = corpus(tmp_path, sources), tmp_path / "ledger"
    child = [sys.executable, "-c", READ, place, str(path), str(ledger)]
    chance, killed = random.Random(7), 0
    for _ in range(kills):
        with subprocess.Popen(child, start_new_session=True) as process:
            # let it acknowledge something, or it would be killed while it is still starting
            wait_for(ledger, len(acknowledged(ledger)) + 1, process)
            time.sleep(chance.random() * 0.05)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                killed += 1
        proven(place, ledger, who="local:ann", ns="default")
    assert killed >= kills // 2
    with Memory.open(place, user="local:ann", encoder="hashing") as memory:
        memory.ingest(path)
        assert memory.counts()["Source"] == sources
        assert memory.verify().ok
        found = memory.search(f"válvula RV-{sources - 3}").hits
        assert f"RV-{sources - 3} " in found[0].cube.text


WRITE = """
import sys
from memcubes.api import Memory

with Memory.open(sys.argv[1], user="local:ann", encoder="hashing") as memory:
    for number in range(int(sys.argv[3])):
        memory.remember(f"Ficha {sys.argv[2]}-{number} está en el armario.")
        hits = memory.search(f"Ficha {sys.argv[2]}-{number}").hits
        assert any(f"{sys.argv[2]}-{number} " in hit.cube.text for hit in hits), number
"""


def test_two_processes_write_and_search_one_store(place: str) -> None:
    with Memory.open(place, user="local:ann", encoder="hashing") as memory:
        memory.remember("El armario está en la planta baja.")
    each = 20 if CAMPAIGN else 8 if "sqlite" in place else 4
    both = [
        subprocess.Popen([sys.executable, "-c", WRITE, place, name, str(each)])
        for name in ("QA", "ZB")
    ]
    assert [process.wait(timeout=300) for process in both] == [0, 0]
    with Memory.open(place, user="local:ann", encoder="hashing") as memory:
        assert memory.counts()["MemCube"] == 1 + 2 * each
        report = memory.verify()
        assert report.ok, report.findings
