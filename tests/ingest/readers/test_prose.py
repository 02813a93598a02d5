"""Markdown and plain text."""

import pytest

from memcubes.ingest.document import Document
from memcubes.ingest.readers.prose import person, read_prose, top_heading


def read(text: str, uri: str = "notes/leak.md") -> Document:
    return read_prose(text, uri, uri)[0]


@pytest.mark.parametrize(
    ("text", "title", "name"),
    [
        ("---\ntitle: Front\n---\n# Head\n", "Front", "Front"),
        ("# The **head** #\n\n## Part\n", "The head", "The head"),
        ("Subject: Re: AW: Leak\n\nDear Bo,\n", "Leak", "Leak"),
        ("Just text.", None, "leak"),
        ("## Ana\nx\n## Bo\ny\n", None, "leak"),
        ("```\n# comment\n```\n", None, "leak"),
        ("#hashtag\n", None, "leak"),
    ],
)
def test_title(text: str, title: str | None, name: str) -> None:
    assert read(text).title == title
    assert read(text).name == name


def test_what_a_document_states() -> None:
    text = "Date: 14 March 2025\nFrom: Ana Ruiz <ana@example.org>\nLang: en-GB\n\nHi.\r\n"
    document = read(text, "a.txt")
    assert document.text == text
    assert document.stated == 1741910400000000
    assert document.author == "Ana Ruiz"
    assert document.language == "en"
    assert document.media == "text/plain"
    assert read("Hi.").media == "text/markdown"
    assert read("Hi.").stated is None


def test_lesser_headings_follow_a_title() -> None:
    assert top_heading("# A\n### B\n## C\n") == "A"
    assert top_heading("## A\n# B\n") is None


def test_person() -> None:
    assert person("  ") is None
    assert person("Brackwater Controls, the directors") == "Brackwater Controls, the directors"
