"""What a reader hands on: one document, its text and who said what in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from typing import Any, NamedTuple

from ..graph.errors import Unreadable
from ..graph.instant import kept

_BETWEEN = re.compile(r"/|\\(?!x[0-9a-f]{2})")  # \\xff stands for a byte that is no UTF-8

MAX_CHARS = 8_000_000
"""The longest document that is read, in characters."""

MAX_LINE = 5_000_000
"""The longest single line that is read, in characters."""


class ReadError(Unreadable):
    """A document that cannot be read; the message names the file and the way out."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's contribution to a chat, as a span of the document's text.

    `start` and `end` are character offsets into `Document.text`; the span covers what
    was said, without the speaker's name. `role` is the chat role where one is stated
    (user, assistant, system, tool), `stated` is microseconds since the epoch, UTC, and
    `session` names the sitting that the turn belongs to.

    >>> Turn(5, 7, "Ann", None, None).speaker
    'Ann'
    """

    start: int
    end: int
    speaker: str
    role: str | None
    stated: int | None
    session: str | None = None

    def kept(self) -> list[Any]:
        """The turn as a source's header keeps it: `Turn(*kept)` is the turn again."""
        return list(astuple(self))[: None if self.session is not None else -1]


class Named(NamedTuple):
    """A thing that a file's structure names, as a span of the text; `surface` may say more than the span.

    A record's key 7 is a span of one character and names "customer 7".
    """

    start: int
    end: int
    surface: str


class Told(NamedTuple):
    """A fact that a file's structure states (a cell, a triple), with the span that says so."""

    start: int
    end: int
    subject: str
    relation: str
    object: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A part of a document that its format sets apart: a row, a call of a tool, a prompt template.

    The span is cut by itself. `kind` is "record" for what is data, else the semantic type of what it
    becomes ("tool", "prompt template", "media"), which states no facts by itself. `subject` is what it is
    about, `heading` the table or session that it stands in, `detail` what its header keeps besides.

    >>> Entry(0, 9, "tool", subject="search").semantic_type
    'tool'
    """

    start: int
    end: int
    kind: str = "record"
    subject: str | None = None
    stated: int | None = None
    heading: str | None = None
    detail: tuple[tuple[str, Any], ...] = ()

    @property
    def semantic_type(self) -> str | None:
        """The type of memory that it makes, if not that of its document."""
        return None if self.kind == "record" else self.kind

    def kept(self) -> list[Any]:
        """The entry as a source's header keeps it; `Entry.of` reads it."""
        *plain, _ = (getattr(self, name) for name in self.__slots__)
        return [*plain, [list(pair) for pair in self.detail]]

    @classmethod
    def of(cls, kept: Iterable[Any]) -> Entry:
        """The entry that `kept` wrote."""
        start, end, kind, subject, stated, heading, detail = kept
        told = tuple((name, value) for name, value in detail)
        return cls(start, end, kind, subject, stated, heading, told)


@dataclass(frozen=True, slots=True)
class Attachment:
    """The bytes that a text only describes (an image, an archive): SHA-256 in hex, how many, and whether kept."""

    sha256: str
    size: int
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One readable source: a text file, a web page, a chat or one record of a corpus.

    `uri` is the stable name the source goes by (`notes/a.md`, `corpus.json#Warsaw`).
    `title` is None where the source states none; `name` then stands in. `media` is a
    media type, `language` the declared ISO 639-1 code, `stated` the document's own date
    in microseconds since the epoch, UTC: three things that are None unless the source
    says so. `turns` is empty for anything but a chat and in order of `start`.

    >>> Document("notes/a.md", None, "Hello.", "text/markdown").name
    'a'
    """

    uri: str
    title: str | None
    text: str
    media: str
    language: str | None = None
    stated: int | None = None
    author: str | None = None
    turns: tuple[Turn, ...] = ()
    entries: tuple[Entry, ...] = ()
    names: tuple[Named, ...] = ()
    claims: tuple[Told, ...] = ()
    attachment: Attachment | None = None
    notes: tuple[str, ...] = ()

    @property
    def datable(self) -> Document:
        """Without the dates that cannot be kept: those before 1684 or after 2255."""
        turns = tuple(
            turn if turn.stated is None or kept(turn.stated) else replace(turn, stated=None)
            for turn in self.turns
        )
        entries = tuple(
            one if one.stated is None or kept(one.stated) else replace(one, stated=None)
            for one in self.entries
        )
        stated = self.stated if self.stated is None or kept(self.stated) else None
        return (
            self
            if (stated, turns, entries) == (self.stated, self.turns, self.entries)
            else replace(self, stated=stated, turns=turns, entries=entries)
        )

    @property
    def semantic_type(self) -> str:
        """What kind of memory it makes: what was said is an episode, what has parts of one kind is that."""
        if self.turns:
            return "episode"
        kinds = {entry.semantic_type for entry in self.entries}
        only = kinds.pop() if len(kinds) == 1 else None
        return only or "document"

    @property
    def name(self) -> str:
        """What to call the document: its title, else the stem of its file."""
        if self.title is not None:
            return self.title
        path, _, record = self.uri.partition("#")
        if record:
            return record
        leaf = _BETWEEN.split(path)[-1]
        stem = leaf.rsplit(".", 1)[0]
        return stem or leaf or self.uri
