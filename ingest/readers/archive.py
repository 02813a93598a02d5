"""ZIP containers (docx, xlsx, pptx, epub): opened only once it is known what they would unpack to."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from ..document import ReadError
from .file import File

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

MAX_PACKED = 256_000_000
"""The largest container that is read, in bytes."""

MAX_UNPACKED = 256_000_000
"""What the parts of a container may unpack to, in bytes, all of them together."""

MAX_PART = 64_000_000
"""What one part of markup may unpack to, in bytes: its tree takes several times as much memory."""

MAX_PARTS = 20_000
"""How many parts a container may have."""

_MARKUP = (".xml", ".rels", ".opf", ".ncx", ".xhtml", ".html", ".htm", ".vml")
_DECLARES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""^[^>]{0,100}encoding\s*=\s*["']([\w.:-]+)""")
_ENCODINGS = {b"utf-8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1", b"utf-16le", b"utf-16be"}
_BLOCK = 1 << 16


@contextmanager
def opened(
    file: File, what: str, *, part: int = MAX_PART, doctype: bool = False
) -> Iterator[ZipFile]:
    """Open a container after its parts were unpacked once, block by block, to nowhere.

    So a part that is larger than it says (or a bomb) is refused before a parser holds it. Raises ReadError
    where it is no ZIP archive, is encrypted or broken, is too large (all of it, or one `part` of markup), or
    where markup declares entities; `doctype` lets a document type stand that declares none (the pages of a book have one).
    """
    try:
        with zipfile.ZipFile(BytesIO(file.data(MAX_PACKED))) as archive:
            _prove(file, archive, part, doctype=doctype)
            yield archive
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError) as error:
        raise ReadError(
            f"{file.name}: is no whole {what} ({error}); open it in the program that made it and save it "
            "again, or leave it out."
        ) from error


def _prove(file: File, archive: ZipFile, most: int, *, doctype: bool) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise ReadError(
            f"{file.name}: has {len(parts):,} parts, more than {MAX_PARTS:,}; split it."
        )
    total = 0
    for part in parts:
        if part.flag_bits & 1:
            raise ReadError(f"{file.name}: is protected by a password; save it without one.")
        markup = part.filename.lower().endswith(_MARKUP) or part.filename == "[Content_Types].xml"
        total = _unpacked(file, archive, part, total, most if markup else 0, doctype=doctype)


def _unpacked(
    file: File, archive: ZipFile, part: ZipInfo, total: int, markup: int, *, doctype: bool
) -> int:
    size, tail, head = 0, b"", b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            size += len(block)
            if total + size > MAX_UNPACKED or size > (markup or size):
                most = markup if size > (markup or size) else MAX_UNPACKED
                raise ReadError(
                    f"{file.name}: would unpack to more than {most:,} bytes ({part.filename[:80]!a}); "
                    "split it, or leave it out if that is not what it should hold."
                )
            if markup:
                # UTF-16 has a zero byte beside each letter
                plain = block.replace(b"\0", b"")
                head = head or plain[:200]
                _refuse_entities(file, part, tail + plain, doctype=doctype)
                tail = plain[-40:]
    found = _ENCODING.match(head)
    if found is not None and found[1].lower() not in _ENCODINGS and not doctype:
        raise ReadError(
            f"{file.name}: {part.filename[:80]!a} is in the encoding {found[1].decode()}, which no such "
            "file has; open it in the program that made it and save it again."
        )
    return total + size


def _refuse_entities(file: File, part: ZipInfo, text: bytes, *, doctype: bool) -> None:
    found = _DECLARES.search(text)
    while found is not None and doctype and b"ENTITY" not in found[0].upper():
        found = _DECLARES.search(text, found.end())
    if found is not None:
        raise ReadError(
            f"{file.name}: {part.filename[:80]!a} declares entities, which no such file needs; leave it out."
        )


def listed(file: File) -> list[tuple[str, int]]:
    """The names and sizes that an archive states; nothing is unpacked."""
    with zipfile.ZipFile(file.path) as archive:
        return [(part.filename, part.file_size) for part in archive.infolist() if not part.is_dir()]


def tree(archive: ZipFile, name: str) -> Element | None:
    """The markup of a part, without any entity being resolved; None where there is no such part."""
    from defusedxml.ElementTree import fromstring

    if name not in archive.namelist():
        return None
    made: Element = fromstring(archive.read(name))
    return made
