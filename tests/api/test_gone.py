"""Files and records that are gone: told with what takes them back, and taken back where that is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.errors import NotFound
from memcubes.ingest.readers.folder import place_of

from .conftest import Cli


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory.open(str(tmp_path / "m.db"), user="local:ann", encoder="hashing")


def folder(place: Path, **files: str) -> Path:
    place.mkdir(exist_ok=True)
    for name, text in files.items():
        (place / f"{name}.md").write_text(text)
    return place


def test_what_is_gone_stays_in_force_and_is_told_with_what_takes_it_back(
    tmp_path: Path, memory: Memory
) -> None:
    notes = folder(tmp_path / "notes", a="The gate G-5 failed.", b="The lamp L-9 failed.")
    other = folder(tmp_path / "other", c="The mill M-2 failed.")
    memory.ingest(notes, other)
    (notes / "b.md").unlink()
    (other / "c.md").unlink()
    report = memory.ingest(notes)
    [gone] = report.gone
    assert (gone.name, gone.uri) == ("b.md", place_of((notes / "b.md").resolve()))
    assert report.retracted == []
    assert memory.search("lamp L-9").hits[0].cube.text == "The lamp L-9 failed."
    memory.retract(gone.command.split()[-1])
    assert memory.ingest(notes).gone == []


def test_a_file_by_itself_a_renamed_and_a_hidden_one(tmp_path: Path, memory: Memory) -> None:
    notes = folder(tmp_path / "n#1", a="The gate G-5 failed.", b="The lamp L-9 failed.")
    (notes / ".c.md").write_text("The mill M-2 failed.")
    memory.ingest(notes, notes / ".c.md")
    (notes / "b.md").rename(notes / "d.md")
    assert memory.ingest(notes / "a.md").gone == []  # nothing was said of the folder
    report = memory.ingest(notes)
    assert [one.name for one in report.gone] == ["b.md"]
    assert report.added == ["d.md"]


def test_a_record_that_its_file_no_longer_holds_is_gone(tmp_path: Path, memory: Memory) -> None:
    corpus = tmp_path / "corpus.json"
    records = [{"title": name, "text": f"{name} failed."} for name in ("Gate", "Lamp", "Mill")]
    corpus.write_text(json.dumps(records))
    memory.ingest(corpus)
    corpus.write_text(json.dumps(records[:2]))
    report = memory.ingest(corpus)
    assert [one.name for one in report.gone] == ["corpus.json#Mill"]


def test_what_is_gone_is_retracted_where_that_is_asked_for(tmp_path: Path, memory: Memory) -> None:
    notes = folder(tmp_path / "notes", a="The gate G-5 failed.", b="The lamp L-9 failed.")
    memory.ingest(notes)
    (notes / "b.md").unlink()
    report = memory.ingest(notes, retract_gone=True)
    assert (report.retracted, len(report.changes)) == (["b.md"], 1)
    assert [hit.cube.text for hit in memory.search("lamp L-9").hits] == ["The gate G-5 failed."]
    memory.revert(report.changes[0].seq)
    assert memory.search("lamp L-9").hits[0].cube.text == "The lamp L-9 failed."


def test_an_empty_folder_takes_nothing_back(tmp_path: Path, memory: Memory) -> None:
    notes = folder(tmp_path / "notes", a="The gate G-5 failed.")
    memory.ingest(notes)
    (notes / "a.md").unlink()
    report = memory.ingest(notes, retract_gone=True)
    assert ([one.name for one in report.gone], report.retracted) == (["a.md"], [])
    assert "a disk is missing" in report.notes[-1]
    with pytest.raises(NotFound):
        memory.retract("never.md")


def test_the_command_line_says_what_is_gone(tmp_path: Path, cli: Cli, db: Path) -> None:
    notes = folder(tmp_path / "notes", a="The gate G-5 failed.", b="The lamp L-9 failed.")
    cli("ingest", notes, "--db", db)
    (notes / "b.md").unlink()
    done = cli("ingest", notes, "--db", db)
    assert (done.code, "1 gone" in done.out) == (0, True)
    command = f"memcubes retract {notes.resolve() / 'b.md'}"
    assert f"gone: b.md, still in force: `{command}` takes it back" in " ".join(done.err.split())
    told = json.loads(cli("ingest", notes, "--db", db, "--retract-gone", "--json").out)
    assert ([one["name"] for one in told["gone"]], told["retracted"]) == (["b.md"], ["b.md"])
    assert "gone" not in cli("ingest", notes, "--db", db).out
