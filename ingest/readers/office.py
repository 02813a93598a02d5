"""Word documents and slides (Office Open XML, ECMA-376), as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from ..document import Document
from .archive import opened, tree
from .dates import parse_date
from .file import File, Reader
from .media import wordless
from .page import visible_text
from .prose import language_code, top_heading

if TYPE_CHECKING:
    from pptx.slide import Slide

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


MAX_BODY = 24_000_000
"""What the body of a Word document may unpack to, in bytes: mammoth holds it in some thirty times as many."""


@dataclass(frozen=True, slots=True)
class Properties:
    """What an Office file says of itself (docProps/core.xml): None where it does not."""

    title: str | None
    author: str | None
    stated: int | None
    language: str | None


def properties(archive: ZipFile) -> Properties:
    """Read the core properties; the date is when it was last changed, else made."""
    core = tree(archive, "docProps/core.xml")
    said: dict[str, str] = {}
    for child in core if core is not None else ():
        name = str(child.tag).rsplit("}", 1)[-1]
        if child.text and child.text.strip():
            said.setdefault(name, " ".join(child.text.split()))
    dates = (parse_date(said.get(name)) for name in ("modified", "created"))
    return Properties(
        said.get("title"),
        said.get("creator"),
        next((date for date in dates if date is not None), None),
        language_code(said.get("language")),
    )


def _word(file: File) -> Iterator[Document]:
    """A Word document: headings, lists, tables and footnotes; no pictures, no comments, no macro is looked at."""
    from mammoth import convert_to_html

    with opened(file, "Word document", part=MAX_BODY) as archive:
        said = properties(archive)
        stream = archive.fp
        assert stream is not None  # it is open
        stream.seek(0)
        if b"<m:oMath" in archive.read("word/document.xml"):
            file.notes.append(f"{file.path.name} has equations, which are left out")
            stream.seek(0)
        made = convert_to_html(stream, convert_image=lambda _: [], external_file_access=False)
        pictures = pictures_in(archive, "word/media/")
    text = visible_text(made.value)
    title = said.title or top_heading(text)
    read = Document(file.uri, title, text, _WORD, said.language, said.stated, said.author)
    bare = pictures and not text.strip()
    yield from wordless(file, read, f"{pictures} pictures") if bare else [read]


def _slides(file: File) -> Iterator[Document]:
    """Slides: the text of each under its title, tables and speaker's notes too."""
    from pptx import Presentation

    with opened(file, "presentation") as archive:
        said = properties(archive)
        stream = archive.fp
        assert stream is not None  # it is open
        stream.seek(0)
        shown: Any = Presentation(stream)
        slides = [list(_slide(slide, n)) for n, slide in enumerate(shown.slides, 1)]
        bare = all(len(parts) == 1 and parts[0].startswith("## Slide ") for parts in slides)
        pictures = pictures_in(archive, "ppt/media/")
    text = "\n\n".join("\n\n".join(parts) for parts in slides)
    title = said.title or None
    read = Document(file.uri, title, text, _SLIDES, said.language, said.stated, said.author)
    yield from wordless(file, read, f"{pictures} pictures") if pictures and bare else [read]


def pictures_in(archive: ZipFile, folder: str) -> int:
    """How many pictures an Office file holds."""
    return sum(name.startswith(folder) for name in archive.namelist())


def _slide(slide: Slide, number: int) -> Iterator[str]:
    title = slide.shapes.title
    head = " ".join(title.text_frame.text.split()) if title is not None else ""
    yield f"## {head or f'Slide {number}'}"
    for shape in slide.shapes:
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape(shape)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        yield from _paragraphs(slide.notes_slide.notes_text_frame.text)


def _shape(shape: Any) -> Iterator[str]:
    for inner in getattr(shape, "shapes", ()):
        yield from _shape(inner)
    if getattr(shape, "has_table", False):
        rows = (" | ".join(" ".join(c.text.split()) for c in row.cells) for row in shape.table.rows)
        yield "\n".join(rows)
    elif shape.has_text_frame:
        yield from _paragraphs(shape.text_frame.text)


def _paragraphs(text: str) -> Iterator[str]:
    kept = [" ".join(line.split()) for line in text.replace("\v", "\n").split("\n")]
    if any(kept):
        yield "\n".join(f"- {line}" for line in kept if line)


WORD = Reader("word", (".docx", ".docm"), _word, handed=False)
SLIDES = Reader("slides", (".pptx", ".pptm"), _slides, handed=False)
