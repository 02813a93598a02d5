"""Images, sound, video, archives and unknown bytes: what can be said of them without their content.

The document is a few lines: the file's name, its kind and size, and what text the file carries (EXIF and
captions, ID3 and its like, the names in a ZIP archive). It names the bytes by their SHA-256.
"""

from __future__ import annotations

import hashlib
import mimetypes
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..document import Attachment, Document, Entry, ReadError
from .archive import listed
from .dates import parse_date
from .file import File, Reader

_IMAGES = ("JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP", "ICO", "PPM")
_LONGEST = 2_000
_MOST_MEMBERS = 1_000
_CAPTIONS = ("Title", "Description", "Comment", "Author", "Copyright", "Software", "parameters")
_TAGS = ("title", "artist", "album", "albumartist", "composer", "genre", "year", "comment")


def described(
    file: File, kind: str | None = None, carried: Iterable[tuple[str, str]] | None = None
) -> Iterator[Document]:
    """Describe a file that is not read as text; raises ReadError where it cannot be opened.

    `kind` and `carried` are what a reader that has found no text in it knows of it: its media type, and
    what it says of itself ("title", "author", "date" and so on).
    """
    size, digest = _digest(file)
    kind = kind or kind_of(file.path.name)
    told = dict(_carried(file, kind) if carried is None else carried)
    title, date = told.pop("title", None), told.get("date")
    lines = [file.path.name, f"kind: {kind}", f"size: {size:,} bytes"]
    lines += [] if title is None else [f"title: {title}"]
    lines += [f"{name}: {value}" for name, value in told.items()]
    text = "\n".join(_clean(line) for line in lines) + "\n"
    stated = parse_date(date)
    file.notes.append(
        "of files that are no text only the name, the size and the text that they carry are found by a search"
    )
    detail = (("media", kind), ("sha256", digest), ("bytes", size))
    yield Document(
        file.uri,
        title or None,
        text,
        kind,
        stated=stated,
        author=told.get("artist") or told.get("author"),
        entries=(Entry(0, len(text), "media", subject=_clean(file.path.name), detail=detail),),
        attachment=Attachment(digest, size),
    )


def wordless(
    file: File, like: Document, what: str, more: Iterable[tuple[str, str | None]] = ()
) -> Iterator[Document]:
    """Describe a file of pages, slides or sheets that hold pictures and no text: it is kept like a picture.

    `like` has its media type and what it says of itself, `more` what else; `what` there is in place of text.
    """
    file.notes.append(
        f"{file.path.name} has {what} and no text: recognise their text (OCR) with another program, and ingest "
        "what that gives, to have it read"
    )
    said = (("title", like.title), ("author", like.author), *more)
    carried = [(name, value) for name, value in said if value]
    for document in described(file, like.media, carried):
        yield replace(document, stated=like.stated, language=like.language)


def kind_of(name: str) -> str:
    """The media type that a file's name tells.

    >>> kind_of("a.jpg"), kind_of("page.html.gz"), kind_of("a")
    ('image/jpeg', 'application/gzip', 'application/octet-stream')
    """
    kind, packed = mimetypes.guess_type(name)
    if packed is not None:
        return f"application/{packed}"
    return kind or "application/octet-stream"


def _digest(file: File) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    try:
        with file.path.open("rb") as opened:
            while block := opened.read(1 << 20):
                size += len(block)
                digest.update(block)
    except OSError as error:
        raise ReadError(
            f"{file.name}: cannot be read ({error.strerror}); check that it is there and that you may read it."
        ) from error
    return size, digest.hexdigest()


def _clean(line: str) -> str:
    whole = line.encode("utf-8", "backslashreplace").decode()
    return " ".join("".join(c if c.isprintable() else " " for c in whole).split())[:_LONGEST]


def _carried(file: File, kind: str) -> Iterator[tuple[str, str]]:
    """What the file says of itself; a broken one says nothing, and that is noted."""
    try:
        if kind.startswith("image/") and kind != "image/svg+xml":
            yield from _image(file)
        elif kind.startswith(("audio/", "video/")):
            yield from _sound(file)
        elif zipfile.is_zipfile(file.path):
            yield from _archive(file)
    except Exception as error:  # noqa: BLE001 - whatever a library meets in a broken file
        file.notes.append(
            f"{file.path.name} says nothing of itself that can be read ({type(error).__name__})"
        )


def _image(file: File) -> Iterator[tuple[str, str]]:
    import warnings

    from PIL import ExifTags, Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the pixels are never decoded, however many
        with Image.open(file.path, formats=_IMAGES) as image:
            yield "pixels", f"{image.width} × {image.height}"
            exif = image.getexif()
            named = {ExifTags.TAGS.get(tag, ""): value for tag, value in exif.items()}
            inner = exif.get_ifd(ExifTags.IFD.Exif)
            named |= {ExifTags.TAGS.get(tag, ""): value for tag, value in inner.items()}
            texts = {name: str(v) for name, v in image.info.items() if isinstance(v, str | bytes)}
    for name, tag in (("caption", "ImageDescription"), ("author", "Artist"), ("camera", "Model")):
        if isinstance(value := named.get(tag), str) and value.strip(" \0"):
            yield name, value
    if (comment := _comment(named.get("UserComment"))) is not None:
        yield "comment", comment
    taken = named.get("DateTimeOriginal") or named.get("DateTime")
    if isinstance(taken, str) and (moment := _exif_date(taken)) is not None:
        yield "date", moment
    for name in _CAPTIONS:
        if (value := texts.get(name, "")).strip():
            yield name.lower(), value


def _comment(value: Any) -> str | None:
    if not isinstance(value, bytes) or value[:8] not in (b"ASCII\0\0\0", b"\0" * 8):
        return None
    return value[8:].decode("utf-8", "backslashreplace").strip(" \0") or None


def _exif_date(text: str) -> str | None:
    try:
        return datetime.strptime(text.strip(" \0"), "%Y:%m:%d %H:%M:%S").isoformat()
    except ValueError:
        return None


def _sound(file: File) -> Iterator[tuple[str, str]]:
    from tinytag import TinyTag

    tag = TinyTag.get(file.path)
    for name in _TAGS:
        value = getattr(tag, name, None)
        if value is not None and str(value).strip():
            yield ("date" if name == "year" and "-" in str(value) else name), str(value)
    if tag.duration:
        yield "length", f"{round(tag.duration)} seconds"


def _archive(file: File) -> Iterator[tuple[str, str]]:
    names = listed(file)
    yield "files", f"{len(names):,}"
    for number, (name, size) in enumerate(names[:_MOST_MEMBERS], 1):
        yield f"file {number}", f"{name} ({size:,} bytes)"
    if len(names) > _MOST_MEMBERS:
        yield "more files", f"{len(names) - _MOST_MEMBERS:,}"
    file.notes.append(f"{file.path.name} is an archive: unpack it to have read what is in it")


MEDIA = Reader(
    "media",
    (".zip", ".jar", ".gz", ".tar", ".7z", ".svg"),
    described,
    media=("image/*", "audio/*", "video/*", "font/*"),
    handed=False,
)
