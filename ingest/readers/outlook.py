"""Letters as Outlook keeps them (MS-OXMSG): read as the letter that was sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from io import BytesIO
from typing import Any

from ..document import Document, ReadError
from .file import File, Reader
from .mail import read_letter

MAX_LETTER = 64_000_000
"""The largest letter that is read, in bytes, attachments among them."""


def _letter(file: File) -> Iterator[Document]:
    from oxmsg import Message

    data = file.data(MAX_LETTER)
    try:
        kept: Any = Message.load(BytesIO(data))
        made = _as_sent(kept)
    except ReadError:
        raise
    except Exception as error:
        raise ReadError(
            f"{file.name}: is no whole letter of Outlook ({type(error).__name__}); save it there again, or "
            "leave it out."
        ) from error
    read = read_letter(bytes(made), file.uri, file.name)
    yield replace(read, media="application/vnd.ms-outlook")


def _as_sent(kept: Any) -> EmailMessage:
    """The same letter as RFC 5322 has it."""
    letter = EmailMessage(policy=default)
    sent = kept.sent_date
    for name, value in (
        ("From", kept.sender),
        ("To", ", ".join(_who(one) for one in kept.recipients)),
        ("Date", format_datetime(sent) if sent else None),
        ("Subject", kept.subject),
    ):
        if value:
            letter[name] = " ".join(str(value).split())
    if kept.body:
        letter.set_content(kept.body)
    elif kept.html_body:
        letter.set_content(kept.html_body, subtype="html")
    for one in kept.attachments:
        letter.add_attachment(
            b"",
            maintype="application",
            subtype="octet-stream",
            filename=one.file_name or "attachment",
        )
    return letter


def _who(recipient: Any) -> str:
    name, address = str(recipient.name or ""), str(recipient.email_address or "")
    try:
        return str(Address(name.strip("'\""), addr_spec=address))
    except (ValueError, IndexError):
        return name or address


OUTLOOK = Reader("outlook", (".msg",), _letter, handed=False)
