"""Which files are read, and by which reader."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from ..document import MAX_CHARS, MAX_LINE, Document, Entry, ReadError, Turn
from .file import File
from .registry import READ_TYPES, REST, reader_for

_NOT_SOURCES = {"casebook.toml"}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was found and not read, and why.

    >>> Skipped(Path("a.pipe"), "not a regular file").reason
    'not a regular file'
    """

    path: Path
    reason: str


def discover(path: Path) -> list[Path]:
    """List the files below `path`, in order of their relative names.

    A file is its own list. Hidden files and folders and `casebook.toml` are passed
    over, links to folders, and links to files outside, are not followed; what else is left out, `skipped` tells.
    Raises ReadError if there is nothing at `path` or a folder cannot be listed.
    """
    return [found for found in _walk(path) if isinstance(found, Path)]


def skipped(path: Path) -> list[Skipped]:
    """List the files below `path` that are not read although they are not hidden."""
    return [found for found in _walk(path) if isinstance(found, Skipped)]


def read_documents(path: Path, *, root: Path | None = None) -> Iterator[Document]:
    """Read a file, or every readable file of a folder, into documents.

    `Document.uri` is relative to `root`: by default the folder itself, or the folder
    of a single file. A file is read wholly before its first document is given, so a
    broken file gives none. Raises ReadError.
    """
    base = root if root is not None else (path if path.is_dir() else path.parent)
    for file in discover(path):
        yield from _read(file, _uri(file, base))


def _walk(path: Path) -> list[Path | Skipped]:
    if path.is_file():
        return [_judge(path)]
    if not path.exists():
        raise ReadError(f"{path}: no such file or folder; check the path.")
    if not path.is_dir():
        raise ReadError(f"{path}: neither a file nor a folder; give one of these.")
    found: list[Path | Skipped] = []
    whole = path.resolve()

    def refuse(error: OSError) -> None:
        raise ReadError(
            f"{error.filename}: cannot be listed ({error.strerror}); check its permissions."
        ) from error

    for folder, folders, files in os.walk(path, onerror=refuse):
        stores = {name for name in files if _is_store(Path(folder, name))}
        folders[:] = [n for n in folders if not (n.startswith(".") or _belongs(n, stores))]
        found += [
            _within(Path(folder, name), whole)
            for name in files
            if not (name.startswith(".") or name in _NOT_SOURCES or _belongs(name, stores))
        ]
    return sorted(found, key=lambda one: _place(one).relative_to(path).as_posix())


def _place(found: Path | Skipped) -> Path:
    return found.path if isinstance(found, Skipped) else found


def _within(path: Path, folder: Path) -> Path | Skipped:
    """What becomes of a file of a folder: nobody who gives a folder gives what its links lead out to."""
    if path.is_symlink() and path.is_file() and not path.resolve().is_relative_to(folder):
        return Skipped(path, "a link out of the folder; name the file itself if it is to be read")
    return _judge(path)


def _judge(path: Path) -> Path | Skipped:
    if not path.is_file():
        return Skipped(path, "not a regular file, or a link to nothing")
    return Skipped(path, "a store of memcubes, or a database in use") if _is_store(path) else path


def _is_store(path: Path) -> bool:
    """Whether a file is a store of memcubes, or a database that somebody has open."""
    if path.suffix.lower() in READ_TYPES or not path.is_file():
        return False
    try:
        with path.open("rb") as opened:
            head = opened.read(72)
    except OSError:
        return False
    if not head.startswith(b"SQLite format 3\0"):
        return False
    return head[68:72] == b"mcbs" or path.with_name(path.name + "-wal").exists()


def _belongs(name: str, stores: set[str]) -> bool:
    """Whether a file or folder is what a store keeps beside itself."""
    return any(name.startswith((f"{store}-", f"{store}.")) for store in stores)


def _uri(file: Path, base: Path) -> str:
    try:
        return place_of(file.resolve().relative_to(base.resolve()))
    except ValueError:
        return place_of(Path(file.name))


def place_of(path: Path) -> str:
    """A path as a uri holds it: with / between its parts, and `#` only before a record's name.

    Bytes of a file's name that are no UTF-8 are written as \\xff.
    """
    return printable(path.as_posix()).replace("#", "%23")


def printable(name: str) -> str:
    """A file's name that can be written down: bytes that are no UTF-8 as \\xff, line ends as \\n.

    >>> printable("a\\udcff.md")
    'a\\\\xff.md'
    """
    whole = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in whole)


def _read(path: Path, uri: str) -> list[Document]:
    reader, file = reader_for(path), File(path, uri)
    try:
        documents = list(reader.read(file)) if file.size else [file.blank]
    except ReadError:
        raise
    except MemoryError as error:
        raise ReadError(
            f"{path}: is too large for the memory there is; split it into several files."
        ) from error
    except Exception as error:
        # whatever a library stumbles over in a broken file
        raise ReadError(
            f"{path}: cannot be read as {reader.name} ({type(error).__name__}: {_line(error)}); open it in "
            "the program that made it and save it again, or leave it out."
        ) from error
    if not documents:
        raise ReadError(f"{path}: holds nothing to read; leave it out.")
    notes = (*file.notes, *_unknown(path)) if reader is REST else tuple(file.notes)
    first, *rest = [_checked(one, str(path)) for one in _unique(documents)]
    return [replace(first, notes=(*first.notes, *notes)), *rest]


def _unknown(path: Path) -> tuple[str, ...]:
    kind = path.suffix.lower() or "names without a suffix"
    return (f"there is no reader for {kind}: such files were kept as far as they are text",)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _unique(documents: list[Document]) -> Iterator[Document]:
    taken: set[str] = set()
    counts: dict[str, int] = {}
    for document in documents:
        uri = document.uri
        while uri in taken:
            counts[document.uri] = counts.get(document.uri, 1) + 1
            uri = f"{document.uri}~{counts[document.uri]}"
        taken.add(uri)
        yield document if uri == document.uri else replace(document, uri=uri)


def _checked(document: Document, file: str) -> Document:
    """Refuse what nothing downstream can hold, before anything is written."""
    text = document.text
    if len(text) > MAX_CHARS:
        raise ReadError(
            f"{file}: {document.uri} has {len(text):,} characters, more than "
            f"{MAX_CHARS:,}; split it into several files."
        )
    if len(text) > MAX_LINE:
        number = 0
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > MAX_LINE:
                raise ReadError(
                    f"{file}: line {number} of {document.uri} has {len(line):,} "
                    f"characters, more than {MAX_LINE:,}; break it into lines."
                )
    if (place := text.find("\0")) >= 0:
        raise ReadError(
            f"{file}: a NUL character at {place} of {document.uri}; this looks like "
            "binary data: remove the character or leave the file out."
        )
    try:
        for part in (text, document.uri, document.title or "", document.author or ""):
            part.encode()
        parts = [one.kept() for one in document.turns] + [one.kept() for one in document.entries]
        structure = [parts, document.names, document.claims]
        json.dumps(structure, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ReadError(
            f"{file}: half a surrogate pair at character {error.start} of "
            f"{document.uri!a}; write the whole character."
        ) from error
    _placed(document, file)
    return document


def _placed(document: Document, file: str) -> None:
    """Refuse spans that are not in the text, whoever's reader gave them."""
    parts: list[Turn | Entry] = [*document.turns, *document.entries]
    spans = sorted((one.start, one.end) for one in parts)
    apart = all(before[1] <= after[0] for before, after in pairwise(spans))
    spans += [(one.start, one.end) for one in document.names]
    spans += [(one.start, one.end) for one in document.claims]
    if not apart or not all(0 <= start < end <= len(document.text) for start, end in spans):
        raise ReadError(
            f"{file}: its reader gives characters of {document.uri} that are not in its text, or twice; "
            "update or remove the package that brings the reader."
        )
