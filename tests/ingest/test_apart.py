"""Files are read in a process of their own, and one that never ends costs its time and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import Memory
from memcubes.api.settings import Settings
from memcubes.ingest import apart as module
from memcubes.ingest.apart import Apart, Limits
from memcubes.ingest.document import ReadError
from memcubes.ingest.process import Started
from memcubes.ingest.readers import read_documents

from .readers import made


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is started, as where other threads run: the tests' own may be many gigabytes."""
    monkeypatch.setattr(module, "forkable", lambda: False)


def process_of(apart: Apart) -> Any:
    assert isinstance(apart._process, Started)
    return apart._process._process


def test_the_same_documents_and_one_process_for_all(tmp_path: Path) -> None:
    files = [make(tmp_path / name) for name, make in sorted(made.ALL.items())]
    with Apart() as apart:
        seen = set()
        for file in files:
            assert apart.documents(file) == list(read_documents(file)), file.name
            if apart.started:
                seen.add(process_of(apart).pid)
        assert len(seen) == 1
        running = process_of(apart)
    assert running.poll() is not None


def test_short_files_that_no_library_reads_start_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("The pump failed.")
    (tmp_path / "b.csv").write_text("id,name\n7,Ada Finch\n")
    (tmp_path / "c.json").write_text('[{"title": "Pump", "text": "It failed."}]')
    with Apart() as apart:
        assert [len(apart.documents(file)) for file in sorted(tmp_path.iterdir())] == [1, 1, 1]
        assert not apart.started
        long = tmp_path / "d.md"
        long.write_text("The pump failed. " * 60_000)
        [document] = apart.documents(long)
        assert len(document.text) > module.SHORT
        assert apart.started


def test_a_file_that_never_ends_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    made.endless(folder / "a.pdf")
    (folder / "b.html").write_text("<p>La bomba fue cambiada por Tomás Arriaga. Vive en Turku.</p>")
    (folder / "c.md").write_text("Ana Falk vive en Turku. Antes vivía en Brno.")
    settings = Settings(
        db=f"sqlite:///{tmp_path}/a.db", user="local:ann", encoder="hashing", reading_seconds=1
    )
    begun = time.monotonic()
    with Memory(settings) as memory:
        report = memory.ingest(folder)
        assert sorted(report.added) == ["b.html", "c.md"]
        [(name, why)] = report.failed
        assert name.endswith("a.pdf")
        assert "was not read within 1 seconds" in why
        assert "MEMCUBES_READING_SECONDS=10" in why
        assert memory.store().head().seq == 3  # the namespace, and a change for each of the two
    assert time.monotonic() - begun < 60


def test_a_refusal_is_remembered_until_the_file_is_another(tmp_path: Path) -> None:
    file = made.endless(tmp_path / "a.pdf")
    with Apart(Limits(1)) as apart:
        for _ in range(2):
            with pytest.raises(ReadError, match=r"a\.pdf: was not read within 1 seconds"):
                apart.documents(file)
            assert not apart.started
        apart.limits = Limits(60)
        assert "RV-0" in apart.documents(made.pdf(file))[0].text


def test_a_file_that_takes_too_much_memory_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(f"[{'[],' * 2_500_000}[]]")  # 56 bytes a list and 8 for its place: 160 MB
    small = made.pdf(tmp_path / "b.pdf")
    with Apart(Limits(60, 100)) as apart:
        with pytest.raises(ReadError, match=r"takes more than 100 MB .*MEGABYTES=400"):
            apart.documents(file)
        apart.limits = Limits(60, 1_000)
        assert apart.documents(small) == list(read_documents(small))


def test_a_process_that_is_gone_is_replaced(tmp_path: Path) -> None:
    file = made.pdf(tmp_path / "a.pdf")
    with Apart() as apart:
        expected = apart.documents(file)
        process_of(apart).kill()
        assert apart.documents(file) == expected


def test_a_file_that_breaks_its_process_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "forkable", lambda: True)
    monkeypatch.setattr(module, "_read", lambda path: os._exit(3))
    with Apart() as apart, pytest.raises(ReadError, match=r"a\.pdf: the process .* broke down"):
        apart.documents(made.pdf(tmp_path / "a.pdf"))


def test_without_a_limit_everything_is_read_here(tmp_path: Path) -> None:
    with Apart(Limits(0)) as apart:
        assert "RV-0" in apart.documents(made.pdf(tmp_path / "a.pdf"))[0].text
        assert not apart.started


def test_a_process_ends_by_itself_where_nobody_is_left() -> None:
    script = "from memcubes.ingest.apart import _alarmed\nwith _alarmed(1):\n    while True: pass\n"
    ended = subprocess.run([sys.executable, "-c", script], timeout=30, check=False)
    assert ended.returncode == -signal.SIGALRM
