"""Files that are no text: described, named by their digest, and said so."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from memcubes.ingest.document import Document
from memcubes.ingest.readers import read_documents

from . import made
from .spans import exact


def read(path: Path) -> Document:
    [document] = read_documents(path)
    exact(document)
    data = path.read_bytes()
    assert document.attachment is not None
    assert document.attachment.sha256 == hashlib.sha256(data).hexdigest()
    assert document.attachment.size == len(data)
    assert document.semantic_type == "media"
    assert document.text.startswith(f"{path.name}\nkind: ")
    assert f"size: {len(data):,} bytes\n" in document.text
    assert any("found by a search" in note for note in document.notes)
    return document


def test_a_picture_with_its_caption(tmp_path: Path) -> None:
    document = read(made.image(tmp_path / "阀门.jpg"))
    assert "kind: image/jpeg\n" in document.text
    assert "pixels: 40 × 30\ncaption: Valve RV-7 in hall 2\nauthor: Ada Finch\n" in document.text
    assert document.stated == made.STATED
    assert document.author == "Ada Finch"


def test_sound_with_its_title(tmp_path: Path) -> None:
    document = read(made.song(tmp_path / "a.wav"))
    assert document.title == "Night shift"
    assert "length: 1 seconds\n" in document.text


def test_a_scanned_pdf_is_kept_with_what_it_says_of_itself(tmp_path: Path) -> None:
    document = read(made.scan(tmp_path / "night.pdf"))
    assert "title: Night log\nauthor: Ada Finch\nsubject: Valves of hall 2\n" in document.text
    assert "heading 1: Shift 1\nheading 2: Shift 2\n" in document.text
    assert (document.title, document.author) == ("Night log", "Ada Finch")
    assert document.media == "application/pdf"
    assert any("has 2 pages and no text: recognise" in note for note in document.notes)


@pytest.mark.parametrize("suffix", ["docx", "pptx", "xlsx", "epub"])
def test_pictures_in_a_container_without_a_word_are_kept(tmp_path: Path, suffix: str) -> None:
    document = read(made.pictured(tmp_path / f"night.{suffix}"))
    assert document.title == "Night log"
    assert "title: Night log\n" in document.text
    assert any("pictures and no text: recognise" in note for note in document.notes)


def test_an_archive_with_the_names_in_it(tmp_path: Path) -> None:
    document = read(made.archive(tmp_path / "a.zip"))
    assert (
        "files: 2\nfile 1: log/night.txt (12 bytes)\nfile 2: 阀门.txt (6 bytes)\n" in document.text
    )
    assert any("unpack it" in note for note in document.notes)


@pytest.mark.parametrize(
    "name", ["a.jpg", "a.mp3", "a.zip", "a.gif", "a.mp4", "a.svg", "a.ttf", "a.xyz"]
)
def test_what_says_nothing_of_itself_is_kept_by_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\0\1\2\xff" * 9)
    document = read(path)
    assert document.text.splitlines()[0] == name


def test_unknown_files_of_text_are_read_as_text(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("all:\n\techo The pump failed.\n", "utf-8")
    (tmp_path / "a.wiki").write_bytes("Die Kühlung fiel in der Nacht aus.\n".encode("cp1252"))
    tex, makefile = sorted(read_documents(tmp_path), key=lambda one: one.uri, reverse=True)
    assert makefile.text == "all:\n\techo The pump failed.\n"
    assert makefile.notes == (
        "there is no reader for names without a suffix: such files were kept as far as they are text",
    )
    assert tex.text == "Die Kühlung fiel in der Nacht aus.\n"
    assert tex.notes[0] == "a.wiki is not UTF-8: it was read as CP1252"
