"""Other processes run the models: the same results, and nothing lost where they fail."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memcubes.graph.index.derivation import whole
from memcubes.graph.index.encoder import load_encoder
from memcubes.graph.index.sharing import Shared
from memcubes.ingest.document import Document
from memcubes.ingest.extraction import extractor_for
from memcubes.ingest.passage import Passage, split_passages
from memcubes.ingest.worker import Workers


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
