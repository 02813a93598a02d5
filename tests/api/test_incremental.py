"""An index that followed every change holds what one that is made from scratch holds, and nothing else.

Compared is what lies in it: every row with its interval, edges, vectors, sentences, postings of terms,
names and statements, links. The other index derives everything anew, from a copy of the store.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import numpy as np
import pytest

from memcubes.api import Memory
from memcubes.graph import ChangeSet, Close, Selector, Shred
from memcubes.graph.errors import Invalid, NotFound, Refused
from memcubes.graph.index import graph_index
from memcubes.graph.index.segment import Segment
from memcubes.graph.kind import NodeKind

CAMPAIGN = os.environ.get("MEMCUBES_CAMPAIGN") == "1"
HISTORIES = 60 if CAMPAIGN else 4
ACTS = 14
PLANTS, PEOPLE = ("Osmeadow", "Turku", "Brno"), ("Tomás Arriaga", "Ines Falk", "Omar Diaz")
QUESTION = "¿Quién cambió la bomba de Turku?"


def note(rng: Random) -> str:
    """A document of a few passages; Spanish is read by capitals alone."""
    parts = []
    for n in range(rng.randint(1, 4)):
        who, where = rng.choice(PEOPLE), rng.choice(PLANTS)
        parts.append(
            f"## Nota {n}\n\nLa bomba {rng.randint(1, 5)} de {where} fue cambiada por {who}."
        )
    return "\n\n".join(parts) + "\n"


def held(memory: Memory) -> Segment:
    """Everything in an index, as one segment; each of its parts is turned around as it should be."""
    index = memory.retrieval.index
    index.view(memory.scope())
    parts = index._states[memory.namespace].segments
    for part in parts:
        alone = Segment.merged([part])
        assert set(part.columns) == set(alone.columns)
        for full in part.columns:
            assert np.array_equal(part[full], alone[full]), full
    return Segment.merged(parts)


def from_scratch(path: Path, copy: Path) -> Memory:
    """The same store without anything that was derived from it."""
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("DELETE FROM derived")
        connection.execute("DELETE FROM watermark")
    return Memory.open(copy, user="local:ann")


def compared(memory: Memory, path: Path, copy: Path) -> None:
    along = held(memory)
    with from_scratch(path, copy) as fresh:
        index = fresh.retrieval.index
        index.folder = None
        wanted = held(fresh)
        assert set(along.columns) == set(wanted.columns)
        for name, column in wanted.columns.items():
            assert np.array_equal(along[name], column), name
        one, other = (m.search(QUESTION) for m in (memory, fresh))
        assert one.hits == other.hits
        assert one.named == other.named


class Writer:
    """Somebody who changes a memory in every way there is."""

    def __init__(self, memory: Memory, folder: Path, rng: Random) -> None:
        self.memory, self.folder, self.rng = memory, folder, rng
        self.done: list[str] = []
        folder.mkdir()

    def act(self) -> None:
        what = self.rng.choice(
            ("write", "write", "edit", "edit", "retract", "revise", "revert", "remember", "archive",
             "correct", "erase", "passage", "reinstate")
        )  # fmt: skip
        with suppress(Refused, Invalid, NotFound):
            getattr(self, what)()
            self.done.append(what)

    def _files(self) -> list[Path]:
        return sorted(self.folder.iterdir())

    def _cube(self) -> str:
        cubes = self.memory.retrieval.index.view(self.memory.scope())
        if not cubes.size:
            raise NotFound("no cube")
        return cubes.node(self.rng.randrange(cubes.size))

    def write(self) -> None:
        path = self.folder / f"{len(self._files())}.md"
        path.write_text(note(self.rng), "utf-8")
        self.memory.ingest(path)

    def edit(self) -> None:
        path = self.rng.choice(self._files() or [self.folder])
        if path == self.folder:
            raise NotFound("no file")
        parts = path.read_text("utf-8").strip().split("\n\n## ")
        some = self.rng.sample(parts, self.rng.randint(0, len(parts)))
        path.write_text("\n\n## ".join([*some, note(self.rng)]), "utf-8")
        self.memory.ingest(path)

    def retract(self) -> None:
        self.memory.retract(str(self.rng.choice(self._files() or [self.folder]).resolve()), "wrong")

    def passage(self) -> None:
        self.memory.retract(self._cube(), "wrong")

    def reinstate(self) -> None:
        self.memory.ingest(self.folder, reinstate=True)

    def revise(self) -> None:
        who = self.rng.choice(PEOPLE)
        self.memory.revise(self._cube(), f"La bomba nueva de Brno es de {who}.", reason="better")

    def archive(self) -> None:
        self.memory.transition(self._cube(), "archive", "old")

    def revert(self) -> None:
        self.memory.revert(self.memory.store().head().seq - self.rng.randrange(3), "undo")

    def remember(self) -> None:
        self.memory.remember(f"{self.rng.choice(PEOPLE)} vive en {self.rng.choice(PLANTS)}.")

    def correct(self) -> None:
        number = self.rng.randint(1, 9)
        self.memory.remember(f"The valve RV-7 opens at {number} bar.")
        self.memory.remember(f"Actually, the valve RV-7 opens at {number + 1} bar.")

    def erase(self) -> None:
        place = self.rng.choice(self._files() or [self.folder]).resolve().as_posix()
        name = self.memory.store().name(self.memory.namespace, NodeKind.SOURCE, place)
        whole = Selector(origin=name.id)
        ops = (Close(whole), Shred(whole))
        self.memory.store().commit(ChangeSet(ns=self.memory.namespace, verb="erase", ops=ops))


@pytest.fixture(params=range(HISTORIES))
def rng(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Random:
    # so that a few rows are written as a segment, and merged
    monkeypatch.setattr(graph_index, "LARGE", 40 if request.param % 2 else 2_000)
    monkeypatch.setattr(graph_index, "TIER", 2 if request.param % 3 else 4)
    return Random(request.param)


def test_an_index_that_followed_holds_what_one_from_scratch_holds(
    rng: Random, tmp_path: Path
) -> None:
    path = tmp_path / "a.db"
    with Memory.open(path, user="local:ann", encoder="hashing") as memory:
        writer = Writer(memory, tmp_path / "notes", rng)
        writer.write()
        for number in range(ACTS):
            writer.act()
            if number % 5 == 4:
                compared(memory, path, tmp_path / "copy.db")
        compared(memory, path, tmp_path / "copy.db")
        assert len(set(writer.done)) > 3, writer.done
