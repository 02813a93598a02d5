"""Files of text: Markdown, plain text, YAML, and whatever else turns out to be text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..document import Document, ReadError
from .blocks import blocks_in
from .chat import chat_in
from .file import File, Reader
from .media import described
from .prose import read_prose
from .template import template_of

_BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def _plain(file: File) -> Iterator[Document]:
    text = file.text()
    found = template_of(text, file.uri, declared=False) or blocks_in(text, file.uri)
    found = found or chat_in(text, file.uri)
    yield from [found] if found is not None else read_prose(text, file.uri, file.name)


def _rest(file: File) -> Iterator[Document]:
    """A file of any other kind: its text where it is one, else what can be said of it."""
    with file.path.open("rb") as opened:
        begins = opened.read(4096)
    if begins and (b"\0" not in begins or begins[:2] in _WIDE):
        try:
            text = file.text()
        except ReadError:
            yield from described(file)
            return
        if _BINARY.search(text) is None:
            yield from read_prose(text, file.uri, file.name)
            return
    yield from described(file)


MARKDOWN = Reader("markdown", (".md", ".markdown"), _plain)
TEXT = Reader("text", (".txt", ".text", ".log", ".adoc", ".yaml", ".yml"), _plain)
REST = Reader("rest", (), _rest, handed=False)
