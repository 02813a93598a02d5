"""Electronic books (EPUB 2 and 3): the chapters in their order, as Markdown."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from ..document import MAX_CHARS, Document, ReadError
from .archive import opened, tree
from .dates import parse_date
from .decoding import decode
from .file import File, Reader
from .media import wordless
from .page import visible_text
from .prose import language_code

_PAGES = {"application/xhtml+xml", "text/html"}


def _book(file: File) -> Iterator[Document]:
    with opened(file, "EPUB book", doctype=True) as archive:
        package = _package(file, archive)
        folder = posixpath.dirname(package[0])
        root = package[1]
        said = {name: _text(root, name) for name in ("title", "creator", "date", "language")}
        chapters: list[str] = []
        for place in _spine(root):
            name = posixpath.normpath(posixpath.join(folder, unquote(place)))
            if name in archive.namelist():
                chapters.append(visible_text(decode(archive.read(name), file.name, html=True)))
            if sum(map(len, chapters)) > MAX_CHARS:
                raise ReadError(f"{file.name}: has more than {MAX_CHARS:,} characters; split it.")
    text = "\n\n".join(chapter for chapter in chapters if chapter)
    read = Document(
        file.uri,
        said["title"],
        text,
        "application/epub+zip",
        language_code(said["language"]),
        parse_date(said["date"]),
        said["creator"],
    )
    pictures = sum(str(node.get("media-type")).startswith("image/") for node in root.iter())
    if not text and pictures:
        yield from wordless(file, read, f"{pictures} pictures")
        return
    if not text:
        raise ReadError(f"{file.name}: holds no chapter with text; leave it out.")
    yield read


def _package(file: File, archive: ZipFile) -> tuple[str, Element]:
    container = tree(archive, "META-INF/container.xml")
    for node in container.iter() if container is not None else ():
        name = node.get("full-path") if str(node.tag).endswith("rootfile") else None
        root = tree(archive, name) if name else None
        if name and root is not None:
            return name, root
    raise ReadError(f"{file.name}: is no whole EPUB book (it names no package); leave it out.")


def _text(root: Element, name: str) -> str | None:
    for node in root.iter():
        if str(node.tag).endswith("}" + name) and node.text and node.text.strip():
            return " ".join(node.text.split())
    return None


def _spine(root: Element) -> Iterator[str]:
    places: dict[str, str] = {}
    order: list[str] = []
    for node in root.iter():
        tag = str(node.tag).rsplit("}", 1)[-1]
        if tag == "item" and node.get("media-type") in _PAGES:
            places[node.get("id") or ""] = node.get("href") or ""
        elif tag == "itemref":
            order.append(node.get("idref") or "")
    return (places[one] for one in order if one in places)


BOOK = Reader("book", (".epub",), _book, handed=False)
