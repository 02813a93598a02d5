"""Casebooks: what is read of them, what is refused, and the tour of a folder nobody has seen."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from memcubes.api.casebook import read_casebook, shipped_folder
from memcubes.api.demo import run
from memcubes.graph.errors import Invalid, NotFound

from .casefolder import write

BOOK = """
title = "The valve"
questions = ["When did the valve RV-7 fail?", "Who opened the bypass BP-2?"]
trace = 1

[[remember]]
statement = "Correction: Dana Ruiz opened the bypass BP-9, not the bypass BP-2."
affects = [2]

[[merge]]
names = ["Dana Ruiz", "Northline Controls"]
affects = [2]

[[retract]]
source = "vendor.md"
reason = "withdrawn"
"""


def test_the_shipped_casebook_is_whole() -> None:
    folder = shipped_folder()
    book = read_casebook(folder)
    assert len(book.questions) >= 3
    assert len(list(folder.iterdir())) >= 38
    for part in book.retract:
        assert (folder / part.source).is_file()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title = ", "not TOML"),
        ('title = "t"\nquestions = []', "questions"),
        ('title = "t"\nquestions = ["q"]\ntrace = 2', "no question 2"),
        ('title = "t"\nquestions = ["q"]\nanswers = ["a"]', "answers"),
        ('title = "t"\nquestions = ["q"]\n[[merge]]\nnames = ["a"]', "merge.0.names"),
    ],
)
def test_a_casebook_that_cannot_be_followed_says_where(
    tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "casebook.toml").write_text(text, "utf-8")
    with pytest.raises(Invalid, match=words):
        read_casebook(tmp_path)


def test_a_folder_without_a_casebook_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="casebook.toml"):
        read_casebook(tmp_path)


def test_the_tour_of_an_unseen_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMCUBES_ENCODER", "hashing")
    folder = write(tmp_path / "case")
    (folder / "casebook.toml").write_text(BOOK, "utf-8")
    shown = io.StringIO()
    console = Console(file=shown, width=100, color_system=None)
    code = run(folder, keep=tmp_path / "kept", models=False, models_only=False, console=console)
    text = shown.getvalue()
    assert code == 0
    assert "The log holds" in text
    assert "facts revived: 1" in text
    assert "RV-7 fail at 02:10" in text
    assert text.count("The answer changed.") >= 2
    page = tmp_path / "kept" / "the-valve" / "trace.html"
    assert "02:10" in page.read_text("utf-8")
    again = run(folder, keep=tmp_path / "kept", models=False, models_only=False, console=console)
    assert again == 0
