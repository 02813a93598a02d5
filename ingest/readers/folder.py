"""Which files are read, and by which reader."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..document import MAX_CHARS, MAX_LINE, Document, ReadError
from . import page, prose, records
from .decoding import decode

READ_TYPES = {
    ".md": prose.read_prose,
    ".txt": prose.read_prose,
    ".html": page.read_page,
    ".htm": page.read_page,
    ".json": records.read_json,
    ".jsonl": records.read_jsonl,
}
"""The reader for each file type, by suffix in lower case."""

_NOT_SOURCES = {"casebook.toml"}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was found and not read, and why.

    >>> Skipped(Path("a.pdf"), "no reader for .pdf").reason
    'no reader for .pdf'
    """

    path: Path
    reason: str


def discover(path: Path) -> list[Path]:
    """List the files below `path` that can be read, in order of their relative names.

    A file is its own list. Hidden files and folders and `casebook.toml` are passed
    over, links to folders are not followed; what else is left out, `skipped` tells.
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

    def refuse(error: OSError) -> None:
        raise ReadError(
            f"{error.filename}: cannot be listed ({error.strerror}); check its permissions."
        ) from error

    for folder, folders, files in os.walk(path, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            _judge(Path(folder, name))
            for name in files
            if not name.startswith(".") and name not in _NOT_SOURCES
        ]
    return sorted(found, key=lambda one: _place(one).relative_to(path).as_posix())


def _place(found: Path | Skipped) -> Path:
    return found.path if isinstance(found, Skipped) else found


def _judge(path: Path) -> Path | Skipped:
    if not path.is_file():
        return Skipped(path, "not a regular file")
    if path.suffix.lower() in READ_TYPES:
        return path
    kind = path.suffix.lower() or "a name without a suffix"
    return Skipped(path, f"no reader for {kind}; read are {', '.join(READ_TYPES)}")


def _uri(file: Path, base: Path) -> str:
    try:
        return file.resolve().relative_to(base.resolve()).as_posix()
    except ValueError:
        return file.name


def _read(file: Path, uri: str) -> list[Document]:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ReadError(
            f"{file}: cannot be read ({error.strerror}); check that it is there and "
            "that you may read it."
        ) from error
    suffix = file.suffix.lower()
    text = decode(data, str(file), html=suffix in {".html", ".htm"})
    documents = READ_TYPES[suffix](text, uri, str(file))
    return [_checked(one, str(file)) for one in _unique(documents)]


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
    except UnicodeEncodeError as error:
        raise ReadError(
            f"{file}: half a surrogate pair at character {error.start} of "
            f"{document.uri!a}; write the whole character."
        ) from error
    return document
