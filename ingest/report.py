"""Reports: how far an ingest is, and what became of each source."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field

from ..graph.change import Committed


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is: what is done, seconds spent, the source just finished.

    `share` of all that was given is done (by bytes of files; of several sources in a file, by their
    number). `passages` were read meanwhile; what was there already counts as done and not as read, and
    `worked` is the share that had to be read.

    >>> half = Progress(sources=5, characters=900, seconds=30.0, name="a.md", passages=60, share=0.5,
    ...     worked=0.3)
    >>> half.rate, half.left
    (2.0, 50.0)
    """

    sources: int
    characters: int
    seconds: float
    name: str
    total: int | None = None
    passages: int = 0
    share: float = 0.0
    worked: float = 0.0

    @property
    def rate(self) -> float:
        """Passages read in a second."""
        return self.passages / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Seconds that the rest takes if it must be read and is like what was; None before anything was."""
        if not self.worked or not self.seconds:
            return None
        return max(0.0, 1.0 - self.share) * self.seconds / self.worked


@dataclass(frozen=True, slots=True)
class Gone:
    """A source in force that is no longer there: its node, what reports call it, and where it was.

    >>> Gone("0197c1d2", "b.md", "/notes/b.md").command
    'memcubes retract /notes/b.md'
    """

    source: str
    name: str
    uri: str

    @property
    def command(self) -> str:
        """What takes it back."""
        return f"memcubes retract {shlex.quote(self.uri)}"


@dataclass(slots=True)
class IngestReport:
    """What an ingest did, by source; `failed` and `skipped` name the file and the reason.

    `gone` are sources in force whose file, or whose record in a file, is no longer there, `retracted` those
    of them that were retracted because somebody asked for that. `passages` were read, `worked` the share of
    what was given that had to be.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    retracted: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changes: list[Committed] = field(default_factory=list)
    cubes: int = 0
    characters: int = 0
    seconds: float = 0.0
    passages: int = 0
    worked: float = 0.0
    languages: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Say something that concerns all of it, once."""
        if text not in self.notes:
            self.notes.append(text)

    def progress(self, seconds: float, name: str, share: float) -> Progress:
        """How far it is by now, with the source just finished and the share of all that is done."""
        return Progress(
            len(self.added) + len(self.changed) + len(self.unchanged),
            self.characters,
            seconds,
            name,
            passages=self.passages,
            share=share,
            worked=self.worked,
        )

    @property
    def ok(self) -> bool:
        """Whether everything that was given could be read."""
        return not self.failed
