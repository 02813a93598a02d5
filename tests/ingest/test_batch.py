"""Batches are read here or elsewhere, and come in order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import Memory
from memcubes.api.settings import Settings
from memcubes.graph.kind import NodeKind
from memcubes.graph.listing import all_found
from memcubes.graph.scope import Where
from memcubes.ingest import batch, memreader
from memcubes.ingest.passage import Passage
from memcubes.ingest.worker import Workers


def test_with_other_processes_the_same_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memreader, "TOGETHER", 4)
    monkeypatch.setattr(batch, "PIECE", 2)
    monkeypatch.setattr(batch, "LAST", 1)
    # the neutral extractor is read elsewhere as well, which it is too quick for otherwise
    monkeypatch.setattr(
        batch, "_divided", lambda extractor, language, passages, workers, more: workers.count > 0
    )
    path = tmp_path / "a.jsonl"
    texts = [f"La bomba {n} fue cambiada por Tomás Arriaga. Vive en Turku." for n in range(14)]
    path.write_text(
        "\n".join(json.dumps({"title": f"Nota {n}", "text": t}) for n, t in enumerate(texts))
    )
    kept, handed = [], list[int]()
    extract = Workers.extract

    def handing(self: Workers, language: str, passages: Sequence[Passage]) -> Future[Any]:
        handed.append(len(passages))
        return extract(self, language, passages)

    monkeypatch.setattr(Workers, "extract", handing)
    for processes in (1, 2):
        settings = Settings(
            db=f"sqlite:///{tmp_path}/{processes}.db",
            user="local:ann",
            encoder="hashing",
            processes=processes,
        )
        with Memory(settings) as memory:
            report = memory.ingest(path)
            assert [name.partition("#")[0] for name in report.added] == ["a.jsonl"] * 14
            cubes = all_found(memory.store(), memory.scope(), Where(kinds=(NodeKind.MEMCUBE,)))
            hits = memory.search("¿Quién cambió la bomba 3?").hits
            kept.append(
                (
                    report.added,
                    sorted(c.text for c in cubes),
                    # each store names its nodes by a secret of its own, and sums in their order
                    [(h.cube.text, round(h.score, 12)) for h in hits],
                )
            )
            assert memory.verify().ok
    # one passage each, by the second of the two alone: two at a time, and one by one at the end
    assert handed == [2] * 6 + [1] * 2
    one, two = kept
    assert one[:2] == two[:2]
    assert sorted(one[2]) == sorted(two[2])
