"""Letters and mailboxes: who says I, what is quoted of whom, what is attached."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from memcubes.graph.instant import parse
from memcubes.ingest.document import Document, ReadError
from memcubes.ingest.readers import read_documents
from memcubes.ingest.readers.mail import read_letter


def said(found: Document) -> list[tuple[str, str, int | None]]:
    return [(t.speaker, found.text[t.start : t.end], t.stated) for t in found.turns]


def letter(body: str, **fields: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["Subject"] = "Ann Lee <ann@example.org>", "Re: Kühlraum"
    made["Date"] = "Wed, 1 May 2024 10:00:00 +0200"
    for name, value in fields.items():
        made[name.replace("_", "-")] = value
    made.set_content(body)
    return made


SENT = parse("2024-05-01T08:00:00Z")


def test_a_letter_is_what_its_sender_says_and_what_is_quoted_is_of_others() -> None:
    body = (
        "I sold the house.\n\nOn Tue, 30 Apr 2024 at 09:00, Bo Chan <bo@example.org> wrote:\n"
        "> I moved to Lyon.\n>\n> > Who has the key?\n"
    )
    found = read_letter(letter(body).as_bytes(), "a.eml", "a.eml")
    assert (found.title, found.author, found.stated) == ("Kühlraum", "Ann Lee", SENT)
    assert said(found) == [
        ("Ann Lee", "I sold the house.", SENT),
        ("Bo Chan", "I moved to Lyon.", None),
        ("Unknown", "Who has the key?", None),
    ]


def test_a_letter_below_a_letter() -> None:
    body = (
        "I agree.\n\n-----Original Message-----\nFrom: Bo Chan\nSent: Tuesday\nSubject: Key\n\n"
        "I lost the key.\n"
    )
    found = read_letter(letter(body).as_bytes(), "a.eml", "a.eml")
    assert [one[:2] for one in said(found)] == [
        ("Ann Lee", "I agree."),
        ("Bo Chan", "I lost the key."),
    ]


def test_of_html_the_text_and_of_attachments_the_name() -> None:
    made = EmailMessage()
    made["From"], made["Subject"] = "cy@example.org", "Plan"
    made.set_content("<p>I like <b>tea</b>.</p><script>alert(1)</script>", subtype="html")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    found = read_letter(made.as_bytes(), "a.eml", "a.eml")
    assert [one[:2] for one in said(found)] == [("cy@example.org", "I like tea.")]
    assert "Attachment: plan.pdf\n" in found.text
    assert "attached" in found.notes[0]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_each_letter_of_a_mailbox_is_a_source_by_its_id(tmp_path: Path, end: bytes) -> None:
    first = letter("I sold the house.\n\nFrom here it is far.\n", Message_ID="<m1@example.org>")
    parts = [
        b"From ann@example.org Wed May  1 10:00:00 2024\n"
        + first.as_bytes().replace(b"\nFrom here", b"\n>From here"),
        b"From bo@example.org Wed May  1 11:00:00 2024\nFrom: Bo <bo@example.org>\n\nI came.\n",
    ]
    (tmp_path / "box.mbox").write_bytes(b"\n".join(parts).replace(b"\n", end))
    one, other = read_documents(tmp_path / "box.mbox")
    assert (one.uri, other.uri) == ("box.mbox#m1@example.org", "box.mbox#1")
    assert said(one)[0][1] == "I sold the house.\n\nFrom here it is far."
    assert said(other) == [("Bo", "I came.", None)]


def test_what_is_no_letter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_text("Hello there\n")
    with pytest.raises(ReadError, match="is no letter"):
        list(read_documents(tmp_path / "a.eml"))
    (tmp_path / "a.mbox").write_text("Hello there\n")
    with pytest.raises(ReadError, match="is no mailbox"):
        list(read_documents(tmp_path / "a.mbox"))
