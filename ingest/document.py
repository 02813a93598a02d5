"""What a reader hands on: one document, its text and who said what in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..graph.errors import Unreadable
from ..graph.instant import kept

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
    (user, assistant, system, tool) and `stated` is microseconds since the epoch, UTC.

    >>> Turn(5, 7, "Ann", None, None).speaker
    'Ann'
    """

    start: int
    end: int
    speaker: str
    role: str | None
    stated: int | None


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

    @property
    def datable(self) -> Document:
        """Without the dates that cannot be kept: those before 1684 or after 2255."""
        turns = tuple(
            turn if turn.stated is None or kept(turn.stated) else replace(turn, stated=None)
            for turn in self.turns
        )
        stated = self.stated if self.stated is None or kept(self.stated) else None
        return (
            self
            if (stated, turns) == (self.stated, self.turns)
            else replace(self, stated=stated, turns=turns)
        )

    @property
    def semantic_type(self) -> str:
        """What kind of memory it makes: what was said is an episode."""
        return "episode" if self.turns else "document"

    @property
    def name(self) -> str:
        """What to call the document: its title, else the stem of its file."""
        if self.title is not None:
            return self.title
        path, _, record = self.uri.partition("#")
        if record:
            return record
        leaf = path.replace("\\", "/").rsplit("/", 1)[-1]
        stem = leaf.rsplit(".", 1)[0]
        return stem or leaf or self.uri
