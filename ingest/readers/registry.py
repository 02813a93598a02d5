"""Which reader takes which file: those of the house, and those that other packages bring.

A package registers a `Reader` in the entry point group `memcubes.readers`; for a suffix or media type
that both take, it comes before the house's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from ..document import ReadError
from . import (
    book,
    calendar,
    mail,
    markup,
    media,
    notebook,
    office,
    opendocument,
    outlook,
    page,
    pdf,
    plain,
    rdf,
    records,
    sheet,
    subtitle,
    template,
    xml,
)
from .file import Reader
from .media import kind_of

GROUP = "memcubes.readers"

HOUSE: tuple[Reader, ...] = (
    plain.MARKDOWN,
    plain.TEXT,
    page.PAGE,
    records.JSON,
    records.JSON_LINES,
    sheet.CSV,
    sheet.WORKBOOK,
    pdf.PDF,
    office.WORD,
    office.SLIDES,
    opendocument.TEXT,
    opendocument.SLIDES,
    opendocument.SHEETS,
    book.BOOK,
    template.TEMPLATE,
    markup.MARKUP,
    markup.RICH,
    subtitle.SUBTITLES,
    mail.LETTER,
    mail.MAILBOX,
    outlook.OUTLOOK,
    calendar.CALENDAR,
    rdf.RDF,
    xml.XML,
    notebook.NOTEBOOK,
    media.MEDIA,
)
"""The readers that come with memcubes."""

REST: Reader = plain.REST
"""What reads a file that no other reader takes: as text where it is one, else by name, size and digest."""


@cache
def readers() -> tuple[Reader, ...]:
    """All readers, in the order in which they are asked; raises ReadError where one cannot be loaded."""
    found = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return (*(_loaded(point) for point in found), *HOUSE)


def _loaded(point: EntryPoint) -> Reader:
    try:
        made = point.load()
    except Exception as error:
        raise ReadError(
            f"the reader '{point.name}' of the package {_package(point)} cannot be loaded "
            f"({type(error).__name__}: {error}); update or remove the package."
        ) from error
    if not isinstance(made, Reader):
        raise ReadError(
            f"the reader '{point.name}' of the package {_package(point)} is a {type(made).__name__}, "
            "not a memcubes.ingest.readers.Reader; update or remove the package."
        )
    return made


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.value


def reader_for(path: Path, among: Iterable[Reader] | None = None) -> Reader:
    """The reader of a file, by its suffix, else by the media type of its name, else the one for the rest.

    >>> reader_for(Path("a/B.MD")).name, reader_for(Path("x.webp")).name, reader_for(Path("LICENSE")).name
    ('markdown', 'media', 'rest')
    """
    known = readers() if among is None else tuple(among)
    suffix = path.suffix.lower()
    for reader in known:
        if suffix and suffix in reader.suffixes:
            return reader
    guessed = kind_of(path.name)
    kind = guessed.split("/")[0]
    for reader in known:
        if guessed in reader.media or f"{kind}/*" in reader.media:
            return reader
    return REST


class _Types(Mapping[str, Reader]):
    """The readers by suffix."""

    def __getitem__(self, suffix: str) -> Reader:
        for reader in readers():
            if suffix in reader.suffixes:
                return reader
        raise KeyError(suffix)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(s for reader in readers() for s in reader.suffixes))

    def __len__(self) -> int:
        return sum(1 for _ in self)


READ_TYPES: Mapping[str, Reader] = _Types()
"""The reader for each file type, by suffix in lower case."""
