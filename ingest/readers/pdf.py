"""PDF files: the text of their pages, by pypdf, which runs nothing that a file brings.

One whose pages are pictures is kept like any other picture, with what it says of itself.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from ..document import MAX_CHARS, Document, ReadError
from .dates import parse_date
from .file import File, Reader
from .media import wordless

MAX_BYTES = 256_000_000
"""The largest PDF that is read, in bytes."""

MAX_PAGES = 10_000
"""How many pages a PDF may have."""

MAX_HEADINGS = 1_000
"""How many headings of its bookmarks are kept of a PDF without text."""

_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?(?:(Z)|([+-])(\d\d)'?(\d\d)?)?")
_BROKEN = re.compile(r"(?<![\w-])([^\W\d_]{2,})-\n([^\W\d_]+)(?![\w-])(?<=[a-zß-ÿ])")
_HYPHENATED = re.compile(r"(?<![\w-])[^\W\d_]+-[^\W\d_]+(?![\w-])")
_ENDS = re.compile(r"[.!?。！？:：”\"')）]\s*$")


def _pdf(file: File) -> Iterator[Document]:
    """A PDF: pages in order; a page that begins within a sentence goes on where the last one stopped."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # what it mends is not the reader's to mend
    data = file.data(MAX_BYTES)
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError(f"{file.name}: is protected by a password; save it without one.")
        pages = _pages(file, reader)
        said: Any = reader.metadata or {}
        title, author, date = (_said(said, name) for name in ("/Title", "/Author", "/ModDate"))
        made = _said(said, "/CreationDate")
        text = unbroken(_joined(pages))
        told = [] if text else list(_told(reader, said))
    except DependencyError as error:
        raise ReadError(
            f"{file.name}: is encrypted in a way that is not read here; save it without protection."
        ) from error
    except (PyPdfError, RecursionError, ValueError, KeyError, TypeError, OSError) as error:
        raise ReadError(
            f"{file.name}: is no whole PDF ({' '.join(str(error).split())[:120] or type(error).__name__}); "
            "open it in a PDF viewer and save it again, or leave it out."
        ) from error
    stated = _date(date) or _date(made)
    read = Document(file.uri, title, text, "application/pdf", None, stated, author)
    yield from [read] if text else wordless(file, read, f"{len(pages):,} pages", told)


def _pages(file: File, reader: Any) -> list[str]:
    count = len(reader.pages)
    if count > MAX_PAGES:
        raise ReadError(f"{file.name}: has {count:,} pages, more than {MAX_PAGES:,}; split it.")
    pages: list[str] = []
    length = 0
    for page in reader.pages:
        pages.append(_lines(page.extract_text()))
        length += len(pages[-1])
        if length > MAX_CHARS:
            raise ReadError(
                f"{file.name}: has more than {MAX_CHARS:,} characters; split it into several files."
            )
    return pages


def _told(reader: Any, said: Any) -> Iterator[tuple[str, str | None]]:
    """What a PDF says of itself beside its title: subject, keywords and the headings of its bookmarks."""
    yield "subject", _said(said, "/Subject")
    yield "keywords", _said(said, "/Keywords")
    todo, number = [*reversed(reader.outline)], 0
    while todo and number < MAX_HEADINGS:
        one = todo.pop()
        if isinstance(one, list):
            todo += reversed(one)
        elif heading := _said({"": one.title}, ""):
            number += 1
            yield f"heading {number}", heading


def _lines(text: str) -> str:
    # a font without a table of its characters leaves NUL and halves of pairs
    whole = text.replace("\0", "").encode("utf-8", "ignore").decode()
    return "\n".join(line.rstrip() for line in whole.splitlines()).strip("\n")


def _joined(pages: list[str]) -> str:
    text = ""
    for page in pages:
        if text and page.strip():
            text += "\n\n" if _ENDS.search(text) else "\n"
        text += page
    return text.strip()


def unbroken(text: str) -> str:
    """A text whose words are whole where a line broke them; the hyphen stays where the text has it elsewhere too.

    >>> unbroken("Ann moved to Ro-\\nme for a long-\\nterm post; long-term it is.")
    'Ann moved to Rome for a long-term post; long-term it is.'
    """
    if _BROKEN.search(text) is None:
        return text
    known = {word.lower() for word in _HYPHENATED.findall(text)}

    def whole(found: re.Match[str]) -> str:
        first, last = found.groups()
        kept = last[0].isupper() or f"{first}-{last}".lower() in known
        return f"{first}-{last}" if kept else f"{first}{last}"

    return _BROKEN.sub(whole, text)


def _said(metadata: Any, name: str) -> str | None:
    value = metadata.get(name)
    text = " ".join(str(value).split()) if isinstance(value, str) else ""
    return text if text and text.lower() not in _NOTHING else None


_NOTHING = {"untitled", "anonymous", "unspecified", "(anonymous)", "(unspecified)", "unknown"}


def _date(text: str | None) -> int | None:
    """A date of PDF (ISO 32000-1, 7.9.4).

    >>> _date("D:20250314054000+01'00'") == parse_date("2025-03-14T05:40:00+01:00")
    True
    """
    found = _DATE.match(text or "")
    if found is None:
        return None
    year, month, day, hour, minute, second, _, sign, hours, minutes = found.groups(default="00")
    zone = f"{sign}{hours}:{minutes}" if sign in "+-" else "+00:00"
    return parse_date(f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}")


PDF = Reader("pdf", (".pdf",), _pdf, handed=False)
