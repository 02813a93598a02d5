"""The server is killed again and again; a client that goes on working loses nothing and needs no help."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.api import Memory

from ..server.server import Server
from ..server.stores import empty_store
from .conftest import reachable
from .ledger import CAMPAIGN, acknowledged, proven, running, wait_for
from .test_crash import SCRIPT
from .test_ingest_crash import READ, corpus

KILLS = 10
SOURCES = 900
pytestmark = pytest.mark.skipif(
    not CAMPAIGN, reason="a server that was killed is cold again: minutes, for a campaign"
)


@pytest.fixture(scope="module")
def mortal() -> Iterator[Server]:
    """A server that nobody else uses."""
    with Server() as server:
        yield server


@pytest.fixture
def url(mortal: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty store on it."""
    empty_store(mortal).close()
    return reachable(mortal, tmp_path, monkeypatch)


def kill_often(
    server: Server, child: subprocess.Popen[bytes], ledger: Path, step: int
) -> Iterator[int]:
    """Kill the server at random moments of the child's work and start it again; gives what was told."""
    chance = random.Random(11)
    for _ in range(KILLS):
        wait_for(ledger, len(acknowledged(ledger)) + step, child, 120)
        time.sleep(chance.random() * 0.2)
        assert child.poll() is None, child.stderr and child.stderr.read()
        server.kill()
        told = len(acknowledged(ledger))
        server.start()
        yield told
    wait_for(ledger, len(acknowledged(ledger)) + step, child, 120)


def test_a_client_goes_on_when_its_server_was_killed(
    mortal: Server, url: str, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    with running(str(SCRIPT), url, str(ledger), "ann", "0") as child:
        counts = list(kill_often(mortal, child, ledger, 12))
        assert child.poll() is None, child.stderr and child.stderr.read()
        child.send_signal(signal.SIGKILL)
    held, told = proven(url, ledger), acknowledged(ledger)
    assert [*counts, len(told)] == sorted({*counts, len(told)})
    # The client found out about every lost answer: what it was not told is the founding, what was
    # under way when it was killed itself, and the write that proves.
    assert len(held) - len(told) <= 3
    print(f"{KILLS} kills of the server, {len(told)} changes acknowledged, {len(held)} in the log")


def test_an_ingest_goes_on_when_its_server_was_killed(
    mortal: Server, url: str, tmp_path: Path
) -> None:
    ledger, path = tmp_path / "ledger", corpus(tmp_path, SOURCES)
    with running("-c", READ, url, str(path), str(ledger)) as child:
        kills = len(list(kill_often(mortal, child, ledger, 8)))
        said = child.communicate(timeout=300)[1]
    assert child.returncode == 0, said.decode()
    held = proven(url, ledger, who="local:ann", ns="default")
    assert len(held) - len(acknowledged(ledger)) == 2  # the founding, and the write that proves
    with Memory.open(url, user="local:ann", encoder="hashing") as memory:
        assert memory.counts()["Source"] == SOURCES
        assert "RV-77 " in memory.search("válvula RV-77").hits[0].cube.text
    print(f"{kills} kills of the server during ingest, {len(held)} changes in the log")
