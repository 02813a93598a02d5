"""Reports: how far an ingest is, and what became of each source."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..graph.change import Committed


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is: sources and characters done, seconds spent, the source just finished."""

    sources: int
    characters: int
    seconds: float
    name: str
    total: int | None = None


@dataclass(slots=True)
class IngestReport:
    """What an ingest did, by source; `failed` and `skipped` name the file and the reason."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changes: list[Committed] = field(default_factory=list)
    cubes: int = 0
    characters: int = 0
    seconds: float = 0.0
    languages: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything that was given could be read."""
        return not self.failed
