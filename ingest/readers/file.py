"""A file that is to be read, and what reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ..document import MAX_CHARS, Document, ReadError
from .decoding import decoded

MAX_TEXT = 4 * MAX_CHARS
"""The largest text file that is read, in bytes: no encoding takes more for a document of MAX_CHARS."""


@dataclass(slots=True)
class File:
    """A file, the name that its documents go by, and what is worth knowing of how it was read.

    A reader takes `text()` or `data()`, which bound what comes into memory, and puts into `notes` what
    whoever reads the report ought to know.
    """

    path: Path
    uri: str
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The path, as messages say it."""
        return str(self.path)

    @property
    def suffix(self) -> str:
        """The suffix in lower case, with its dot."""
        return self.path.suffix.lower()

    @property
    def size(self) -> int:
        """How many bytes there are; raises ReadError."""
        try:
            return self.path.stat().st_size
        except OSError as error:
            raise _unread(self.path, error) from error

    def data(self, most: int = MAX_TEXT) -> bytes:
        """The bytes; raises ReadError where there are more than `most`, before they are read."""
        if self.size > most:
            raise ReadError(
                f"{self.path}: has {self.size:,} bytes, more than {most:,}; split it into several files."
            )
        try:
            with self.path.open("rb") as opened:
                data = opened.read(most + 1)
        except OSError as error:
            raise _unread(self.path, error) from error
        if len(data) > most:
            raise ReadError(
                f"{self.path}: grows while it is read; read a copy that stays as it is."
            )
        return data

    @property
    def blank(self) -> Document:
        """The document of a file that holds no text: it is passed over, and that is said."""
        return Document(self.uri, None, "", "text/plain")

    def text(self, most: int = MAX_TEXT, *, html: bool = False) -> str:
        """The text, whatever its encoding; what is not UTF-8 is noted. Raises ReadError."""
        text, encoding = decoded(self.data(most), self.name, html=html)
        if not html and not encoding.startswith("utf-"):
            self.notes.append(f"{self.path.name} is not UTF-8: it was read as {encoding.upper()}")
        return text


@dataclass(frozen=True, slots=True)
class Reader:
    """What turns a file into documents: the entry point group `memcubes.readers` holds such objects.

    `suffixes` are taken in lower case with their dot, `media` are media types as Python's `mimetypes`
    guesses them from a name, "image/*" for all of a kind. `read` gives all documents of a file or raises
    `ReadError` (in `memcubes.ingest.document`) with the file's name and the way out; whatever else it raises
    is told as that. `handed` says whether a text that was handed in under such a name is for this reader.

    >>> Reader("notes", (".note",), read=lambda file: [Document(file.uri, None, file.text(), "text/plain")]).name
    'notes'
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[File], Iterable[Document]]
    media: tuple[str, ...] = ()
    handed: bool = True


def _unread(path: Path, error: OSError) -> ReadError:
    return ReadError(
        f"{path}: cannot be read ({error.strerror}); check that it is there and that you may read it."
    )
