"""Other processes run the models: the same results, and nothing lost where they fail."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memcubes.graph.index.derivation import whole
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.sharing import Shared
from memcubes.ingest.document import Document
from memcubes.ingest.extractors import extractor_for
from memcubes.ingest.passage import Passage, split_passages
from memcubes.ingest.worker import SELDOM, Workers, undisturbed


def passages(language: str, text: str) -> list[Passage]:
    return split_passages(
        Document(uri="a.md", title="Notes", text=text, media="text/markdown"),
        extractor_for(language),
    )


def test_a_worker_gives_what_this_process_gives() -> None:
    read = passages("es", "Ada Hill vive en Turku. Antes vivía en Brno.")
    texts, encoder = ["Ada Hill", "she kept bees"], load_encoder("hashing")
    with Workers(1) as workers:
        assert not workers.started
        found = workers.extract("es", read)
        rows = workers.encode(encoder.name, encoder.fingerprint, texts)
        assert found.result(timeout=60) == extractor_for("es").extract(read)
        assert np.array_equal(rows.result(timeout=60), whole(encoder.encode_passages(texts)))
        assert workers.started


def test_what_lies_in_the_folder_that_one_is_in_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit('taken in')")
    monkeypatch.chdir(tmp_path)
    encoder = load_encoder("hashing")
    with Workers(1) as workers:
        assert len(workers.encode("hashing", encoder.fingerprint, ["a"]).result(timeout=60)) == 1


@pytest.mark.parametrize("broken", ["killed", "refuses", "no python"])
def test_what_a_worker_does_not_manage_is_done_here(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = load_encoder("hashing")
    if broken == "no python":
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
    fingerprint = "another" if broken == "refuses" else encoder.fingerprint
    done: list[str] = []

    def here(text: str) -> str:
        done.append(text)
        return text.upper()

    with Workers(1) as workers:

        def elsewhere(text: str) -> Future[Any]:
            made = workers.encode("hashing", fingerprint, [text])
            if broken == "killed":
                for one in workers._all:
                    one.end()
            return made

        texts = ["one", "two", "three"]
        assert Shared(texts, here, elsewhere).results() == ["ONE", "TWO", "THREE"]
    assert sorted(done) == sorted(texts)


def test_jobs_that_nobody_has_begun_are_taken_back_from_the_end() -> None:
    begun: Future[int] = Future()
    begun.set_running_or_notify_cancel()
    begun.set_result(100)
    waiting: list[Future[int]] = [begun, Future(), Future()]
    done: list[int] = []

    def here(job: int) -> int:
        done.append(job)
        return job

    assert Shared([0, 1, 2], here, lambda job: waiting[job]).results() == [100, 1, 2]
    assert done == [2, 1]


def test_errors_of_this_process_are_told() -> None:
    def here(_: Sequence[int]) -> int:
        raise KeyError("here")

    with pytest.raises(KeyError):
        Shared([[1]], here).results()


def test_garbage_is_searched_for_less_often_meanwhile_and_as_before_afterwards() -> None:
    before = gc.get_threshold()
    try:
        for often, meanwhile in ((700, SELDOM), (0, 0), (2 * SELDOM, 2 * SELDOM)):
            gc.set_threshold(often, 11, 12)
            with undisturbed():
                assert gc.get_threshold() == (meanwhile, 11, 12)
                assert gc.get_freeze_count()
            assert gc.get_threshold() == (often, 11, 12)
            assert not gc.get_freeze_count()
    finally:
        gc.set_threshold(*before)


class Held(Future[int]):
    """One that another has begun; it is done as soon as somebody else was helped."""

    def __init__(self, until: Callable[[], bool]) -> None:
        super().__init__()
        self.set_running_or_notify_cancel()
        self._until = until

    def done(self) -> bool:
        if self._until() and not super().done():
            self.set_result(100)
        return super().done()


def test_whoever_waits_goes_on_with_what_comes_later() -> None:
    done: list[int] = []

    def here(job: int) -> int:
        done.append(job)
        return job

    later = Shared([5, 6, 7], here, lambda _: Future())
    held = Held(lambda: len(done) == 3)
    first = Shared([0, 1], here, lambda job: held if job == 0 else Future())
    assert first.results([later]) == [100, 1]
    assert done == [1, 7, 6]
    assert later.results() == [5, 6, 7]
    assert done == [1, 7, 6, 5]


TWIN = """
import os, threading
from memcubes.graph.index.encoders import load_encoder
from memcubes.ingest.extractors import extractor_for
from memcubes.ingest.document import Document
from memcubes.ingest.passage import split_passages
from memcubes.ingest.process import Started, Twin, forkable
from memcubes.ingest.worker import Workers

english = extractor_for("en")
text = "Ada Hill lives in Turku. She repaired the pump P-7 in 1999."
read = split_passages(Document("a.md", "Notes", text, "text/markdown"), english)
with Workers(1) as workers:
    workers.extract("es", read).result()
    assert isinstance(workers._all[0], Started), "no model is loaded here yet"
expected = english.extract(read)
assert forkable()
before = set(os.listdir("/proc/self/fd"))
with Workers(2) as workers:
    found = [workers.extract("en", read) for _ in range(4)]
    assert all(one.result(timeout=60) == expected for one in found)
    one, other = workers._all
    assert isinstance(one, Twin) and isinstance(other, Twin)
    for twin in (one, other):
        held = os.listdir(f"/proc/{twin.pid}/fd")
        assert len(held) <= 6, held  # its two pipes, three that lead nowhere, and what lists them
    encoder = load_encoder("hashing")
    assert len(workers.encode("hashing", encoder.fingerprint, ["tea"]).result(timeout=60)) == 1
assert set(os.listdir("/proc/self/fd")) == before
stop = threading.Event()
waiting = threading.Thread(target=stop.wait)
waiting.start()
assert not forkable(), "another thread may hold a lock"
stop.set()
waiting.join()
assert forkable()
print("twins")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="twins are made on Linux alone")
def test_where_the_model_is_loaded_a_worker_is_a_twin_of_this_process() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", TWIN], capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.stdout == "twins\n", ended.stderr
