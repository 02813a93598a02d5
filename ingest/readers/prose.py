"""Markdown and plain text."""

from __future__ import annotations

import re
from email.utils import parseaddr

from ..document import Document
from .dates import parse_date
from .header import lines, read_header

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r" {0,3}(```|~~~)")
REPLY = re.compile(r"^(?:(?:re|fwd?|aw|wg|回复|转发|答复)\s*[:：]\s*)+", re.IGNORECASE)
_MARKUP = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")


def read_prose(text: str, uri: str, file: str) -> list[Document]:
    """Read a Markdown or plain text file as one document whose text is the file's.

    The title is the front matter's, else the heading the whole text stands under, else
    the `Subject:` line, else none.

    >>> read_prose("# Cold chain\\n\\nIt broke.", "a.md", "a.md")[0].title
    'Cold chain'
    """
    fields = read_header(text).fields
    subject = REPLY.sub("", fields["subject"]) if "subject" in fields else None
    return [
        Document(
            uri=uri,
            title=fields.get("title") or top_heading(text) or subject or None,
            text=text,
            media="text/markdown" if uri.lower().endswith((".md", ".markdown")) else "text/plain",
            language=language_code(fields.get("language")),
            stated=parse_date(fields.get("date")),
            author=person(fields.get("author")),
        )
    ]


def top_heading(text: str) -> str | None:
    """Give the first heading if the rest of the text stands under it.

    A file of many headings of one level is a list of sections, and none of them is its
    title.
    """
    first: tuple[int, str] | None = None
    fenced: str | None = None
    for start, stop in lines(text):
        line = text[start:stop].rstrip("\r\n")
        if (fence := _FENCE.match(line)) is not None:
            fenced = None if fenced == fence[1] else fenced or fence[1]
        elif fenced is None and (found := _HEADING.match(line)) is not None:
            if first is None:
                first = len(found[1]), found[2]
            elif len(found[1]) <= first[0]:
                return None
    if first is None:
        return None
    return " ".join(_MARKUP.sub("", first[1]).split()) or None


def person(value: str | None) -> str | None:
    """Give the name in an address line, else the address, else None.

    >>> person('"Ana Ruiz" <ana@example.org>'), person("ana@example.org")
    ('Ana Ruiz', 'ana@example.org')
    """
    if value is None or not value.strip():
        return None
    if "<" in value or "@" in value:
        name, address = parseaddr(value)
        return name or address or value.strip()
    return value.strip()


def language_code(value: str | None) -> str | None:
    """Give the ISO 639-1 part of a declared language tag, or None.

    >>> language_code("zh-Hans"), language_code("klingon")
    ('zh', None)
    """
    found = re.match(r"([A-Za-z]{2})(?:[-_]|$)", (value or "").strip())
    return found[1].lower() if found else None
