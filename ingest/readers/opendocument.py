"""OpenDocument files (ISO/IEC 26300): texts and slides as Markdown, sheets as tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from ..document import Document, ReadError
from .archive import opened, tree
from .dates import parse_date
from .file import File, Reader
from .media import wordless
from .office import Properties
from .prose import language_code, top_heading
from .sheet import MAX_ROWS, book_of
from .table import tabled

_KIND = "application/vnd.oasis.opendocument."

MAX_COLUMNS = 1_000
"""How often one cell of a row may be repeated: a sheet says so of the empty ones that fill it up."""


def _properties(archive: ZipFile) -> Properties:
    """What a file says of itself (meta.xml); the date is when it was last changed, else made."""
    said: dict[str, str] = {}
    for element in _within(tree(archive, "meta.xml")):
        if element.text and element.text.strip():
            said.setdefault(_name(element), " ".join(element.text.split()))
    dates = (parse_date(said.get(name)) for name in ("date", "creation-date"))
    return Properties(
        said.get("title"),
        said.get("creator") or said.get("initial-creator"),
        next((date for date in dates if date is not None), None),
        language_code(said.get("language")),
    )


def _name(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _said(element: Element, name: str) -> str:
    """An attribute, whatever its namespace."""
    return next((v for k, v in element.attrib.items() if k.rsplit("}", 1)[-1] == name), "")


def _within(element: Element | None, name: str = "") -> Iterator[Element]:
    for one in element.iter() if element is not None else ():
        if not name or _name(one) == name:
            yield one


def _content(file: File, archive: ZipFile) -> Element:
    found = tree(archive, "content.xml")
    if found is None:
        raise ReadError(
            f"{file.name}: is no whole OpenDocument file (it has no content.xml); leave it out."
        )
    return found


def _text(file: File) -> Iterator[Document]:
    """A text: headings, lists, tables and footnotes; no pictures, no comments, nothing that was struck out."""
    import odfdo

    with opened(file, "OpenDocument text") as archive:
        said = _properties(archive)
        _content(file, archive)
        pictures = sum(name.startswith("Pictures/") for name in archive.namelist())
        assert archive.fp is not None  # it is open
        archive.fp.seek(0)
        made: Any = odfdo.Document(BytesIO(archive.fp.read()))
        for kind in ("office:annotation", "text:tracked-changes"):
            for element in made.body.get_elements(f"//{kind}"):
                element.delete(keep_tail=True)
        text = str(made.to_markdown()).strip() + "\n"
    title = said.title or top_heading(text)
    read = Document(file.uri, title, text, f"{_KIND}text", said.language, said.stated, said.author)
    bare = pictures and not text.strip()
    yield from wordless(file, read, f"{pictures} pictures") if bare else [read]


def _slides(file: File) -> Iterator[Document]:
    """Slides: the paragraphs of each, and the speaker's notes below them."""
    with opened(file, "presentation") as archive:
        said = _properties(archive)
        pages = list(_within(_content(file, archive), "page"))
    parts = []
    for number, page in enumerate(pages, 1):
        lines = [line for line in map(_plain, _paragraphs(page)) if line]
        head = f"## {lines[0]}" if lines else f"## Slide {number}"
        parts.append("\n".join([head, "", *(f"- {line}" for line in lines[1:])]))
    yield Document(
        file.uri,
        said.title,
        "\n\n".join(parts),
        f"{_KIND}presentation",
        said.language,
        said.stated,
        said.author,
    )


def _paragraphs(element: Element) -> Iterator[Element]:
    """The paragraphs and headings within an element, without comments."""
    for child in element:
        if _name(child) in ("p", "h"):
            yield child
        elif _name(child) != "annotation":
            yield from _paragraphs(child)


def _plain(paragraph: Element) -> str:
    return " ".join("".join(paragraph.itertext()).split())


def _sheets(file: File) -> Iterator[Document]:
    """Sheets: each is a table; a formula counts by the value that is stored with it."""
    with opened(file, "spreadsheet") as archive:
        said = _properties(archive)
        content = _content(file, archive)
    full = book_of(
        (_said(table, "name"), list(_rows(table))) for table in _within(content, "table")
    )
    if not full:
        raise ReadError(f"{file.name}: has no sheet with rows below a header; leave it out.")
    for made in tabled(full, file.uri, f"{_KIND}spreadsheet"):
        yield replace(made, title=said.title, stated=said.stated, author=said.author)


def _rows(table: Element) -> Iterator[list[str]]:
    seen = 0
    for row in _within(table, "table-row"):
        cells: list[str] = []
        for cell in row:
            if _name(cell) in ("table-cell", "covered-table-cell"):
                value = _value(cell)
                cells += [value] * (min(_times(cell, "columns"), MAX_COLUMNS) if value else 1)
        times = _times(row, "rows") if any(cells) else 0
        seen += times
        if seen > MAX_ROWS:
            raise ReadError(
                f"the sheet '{_said(table, 'name')}' has more than {MAX_ROWS:,} rows; split it."
            )
        for _ in range(times):
            yield cells


def _times(element: Element, what: str) -> int:
    said = _said(element, f"number-{what}-repeated")
    return int(said) if said.isdecimal() and len(said) < 10 else 1


def _value(cell: Element) -> str:
    """A cell as its sheet shows it, dates and numbers as they are kept."""
    kind = _said(cell, "value-type")
    if kind == "date":
        return _said(cell, "date-value").removesuffix("T00:00:00")
    if kind == "float":
        number = _said(cell, "value")
        return number.removesuffix(".0")
    return " ".join(filter(None, map(_plain, _paragraphs(cell))))


TEXT = Reader("odt", (".odt", ".ott"), _text, handed=False)
SLIDES = Reader("odp", (".odp",), _slides, handed=False)
SHEETS = Reader("ods", (".ods",), _sheets, handed=False)
