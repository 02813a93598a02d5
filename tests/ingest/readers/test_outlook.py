"""Letters as Outlook keeps them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from memcubes.graph.instant import parse
from memcubes.ingest.document import Document, ReadError
from memcubes.ingest.readers.file import File
from memcubes.ingest.readers.registry import reader_for

from .compound import letter

SENT = datetime(2024, 5, 2, 9, 30, tzinfo=UTC)


def read(path: Path, data: bytes) -> list[Document]:
    path.write_bytes(data)
    return list(reader_for(path).read(File(path, path.name)))


def said(found: Document) -> list[tuple[str, str]]:
    return [(turn.speaker, found.text[turn.start : turn.end].strip()) for turn in found.turns]


def test_a_letter_is_read_as_it_was_sent(tmp_path: Path) -> None:
    body = "I booked the hall.\r\n\r\nOn Wed, 1 May 2024 at 10:00, Ola Moe wrote:\r\n> Where do we meet?\r\n"
    [found] = read(
        tmp_path / "a.msg",
        letter(
            subject="Re: Party",
            body=body,
            sender=("Petra Holm", "petra@example.org"),
            to=("Ola Moe", "ola@example.org"),
            sent=SENT,
            attached="plan.pdf",
        ),
    )
    assert (found.title, found.author, found.media) == (
        "Party", "Petra Holm", "application/vnd.ms-outlook",
    )  # fmt: skip
    assert found.stated == parse("2024-05-02T09:30:00Z")
    assert said(found) == [("Petra Holm", "I booked the hall."), ("Ola Moe", "Where do we meet?")]
    assert "To: Ola Moe <ola@example.org>" in found.text
    assert "plan.pdf" in found.text


def test_a_letter_of_html_and_in_chinese(tmp_path: Path) -> None:
    [found] = read(
        tmp_path / "a.msg",
        letter(
            subject="搬家",
            body=None,
            html="<p>我搬到了<b>杭州</b>。</p><script>x</script>".encode(),
            sender=("王丽", "li@example.org"),
            to=("", "bo@example.org"),
            sent=SENT,
        ),
    )
    assert said(found) == [("王丽", "我搬到了杭州。")]


def test_what_is_broken_is_named(tmp_path: Path) -> None:
    whole = letter(subject="A", body="B", sender=("A", "a@b.c"), to=("B", "b@b.c"), sent=SENT)
    for data in (b"\xd0\xcf\x11\xe0", b"", b"text", whole[:700]):
        with pytest.raises(ReadError, match=r"a\.msg"):
            read(tmp_path / "a.msg", data)
