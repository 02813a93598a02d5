"""After `kill -9` the same ingest again finishes, and does not do again what was done."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.index.hashing import HashingEncoder
from memcubes.ingest import memreader
from memcubes.ingest.extraction import Extraction
from memcubes.ingest.neutral import NeutralExtractor
from memcubes.ingest.passage import Passage

SOURCES, TOGETHER = 30, 4

DYING = """
import os, signal, sys
from pathlib import Path
from memcubes.api import Memory
from memcubes.graph import change
from memcubes.graph.index import indexer
from memcubes.graph.index.hashing import HashingEncoder
from memcubes.graph.sqlite.writer import Writer
from memcubes.ingest import memreader, work

place, path, when, after = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
memreader.TOGETHER, work.MOST_OPERATIONS, indexer.BATCH = 4, 40, 4
seen = 0

def die():
    global seen
    seen += 1
    if seen > after:
        os.kill(os.getpid(), signal.SIGKILL)

stage, encode = Writer.stage, HashingEncoder.encode_passages
if when == "encode":
    HashingEncoder.encode_passages = lambda self, texts: (die(), encode(self, texts))[1]
else:
    Writer.stage = lambda self, name: die() if name == when else None
with Memory.open(place, user="local:ann", encoder="hashing") as memory:
    memory.ingest(path)
"""


class Counted:
    """How many passages were read and how many texts encoded."""

    def __init__(self) -> None:
        self.passages = self.texts = 0


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    count = Counted()
    extract, encode = NeutralExtractor.extract, HashingEncoder.encode_passages

    def extracting(self: NeutralExtractor, passages: Sequence[Passage]) -> list[Extraction]:
        count.passages += len(passages)
        return extract(self, passages)

    def encoding(self: HashingEncoder, texts: Sequence[str]) -> object:
        count.texts += len(texts)
        return encode(self, texts)

    monkeypatch.setattr(NeutralExtractor, "extract", extracting)
    monkeypatch.setattr(HashingEncoder, "encode_passages", encoding)
    monkeypatch.setattr(memreader, "TOGETHER", TOGETHER)
    return count


def sentence(number: int) -> str:
    return f"La válvula RV-{number} de Osmeadow fue cambiada por Tomás Arriaga."


def killed(db: Path, path: Path, when: str, after: int) -> None:
    child = [sys.executable, "-c", DYING, str(db), str(path), when, str(after)]
    done = subprocess.run(child, timeout=120, stderr=subprocess.PIPE, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def records(folder: Path) -> Path:
    path = folder / "corpus.jsonl"
    lines = [json.dumps({"title": f"Nota {n}", "text": sentence(n)}) for n in range(SOURCES)]
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_what_was_committed_is_not_read_again(tmp_path: Path, counted: Counted) -> None:
    db, path = tmp_path / "a.db", records(tmp_path)
    # the change that makes the namespace has a leaf, and each source: dies in the third batch of four
    killed(db, path, "leaf", 1 + 2 * TOGETHER + 2)
    with Memory.open(db, user="local:ann") as memory:
        assert memory.counts()["Source"] == 2 * TOGETHER
        assert memory.verify().ok
        report = memory.ingest(path)
        assert len(report.unchanged) == 2 * TOGETHER
        assert len(report.added) == counted.passages == SOURCES - 2 * TOGETHER
        assert memory.verify().ok
        # of what was committed nothing had been encoded, since it died before; a passage of one sentence
        # is one text
        assert counted.texts == SOURCES
        assert "RV-3 " in memory.search("válvula RV-3").hits[0].cube.text


def test_one_large_source_is_there_wholly_or_not_at_all(tmp_path: Path, counted: Counted) -> None:
    db, path = tmp_path / "a.db", tmp_path / "large.md"
    path.write_text("\n\n".join(f"## Nota {n}\n\n{sentence(n)}" for n in range(40)), "utf-8")
    # it comes in several changes of forty operations, committed together: dies after the third
    killed(db, path, "leaf", 4)
    with Memory.open(db, user="local:ann", encoder="hashing") as memory:
        if memory.exists():
            assert memory.store().head().seq == 0
        report = memory.ingest(path)
        assert len(report.added) == 1
        assert report.cubes == counted.passages == 40
        assert memory.verify().ok
        assert memory.ingest(path).unchanged == ["large.md"]
        assert counted.passages == 40


def test_vectors_that_are_kept_are_not_made_again(tmp_path: Path, counted: Counted) -> None:
    db, path = tmp_path / "a.db", records(tmp_path)
    killed(db, path, "encode", 3)
    with Memory.open(db, user="local:ann") as memory:
        assert memory.counts()["Source"] == SOURCES
        report = memory.ingest(path)
        assert len(report.unchanged) == SOURCES
        assert counted.passages == 0
        # three batches of four passages were written before; the ingest itself brings the index up to date
        assert counted.texts == SOURCES - 3 * 4
        assert memory.verify().ok
        assert "RV-3 " in memory.search("válvula RV-3").hits[0].cube.text
        assert counted.texts == SOURCES - 3 * 4


@pytest.mark.parametrize("kind", ["Started", "Twin"])
def test_a_worker_does_not_outlive_who_started_it(kind: str) -> None:
    script = """
import os, signal, sys, threading
from memcubes.graph.index.encoders import load_encoder
from memcubes.ingest.worker import Workers
workers = Workers(1)
encoder = load_encoder("hashing")
if sys.argv[1] == "Started":  # no fork is made while another thread runs
    threading.Thread(target=threading.Event().wait, daemon=True).start()
workers.encode("hashing", encoder.fingerprint, ["a"]).result()
assert type(workers._all[0]).__name__ == sys.argv[1]
print(workers._all[0].pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, kind], capture_output=True, timeout=120, check=False
    )
    pid = int(done.stdout)
    for _ in range(600):
        if not _alive(pid):
            return
        signal.sigtimedwait([], 0.05)
    raise AssertionError("the worker is still there")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().split()[2] != "Z"
