"""What a tier keeps and gives: an entry, a hit of one, and a prompt that was read."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ..prefix import attached
from .manifest import Manifest

Pins = tuple[tuple[str, str], ...]
"""Nodes with the digests of their payloads, as they were read."""


class Source(StrEnum):
    """Where a kept cache came from."""

    MEMORY = "memory"
    DISK = "disk"
    COMPUTED = "computed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Entry:
    """A run of tokens whose cache is kept, the MemCube that it is, and what it was made from.

    `size` counts the bytes of its tensor file, `manifest` is the digest of its manifest.
    """

    ids: tuple[int, ...]
    artefact: str
    pins: Pins
    size: int
    manifest: str

    @classmethod
    def of(cls, manifest: Manifest) -> Entry:
        """What a manifest describes."""
        return cls(manifest.ids, manifest.artefact, manifest.pins, manifest.size, manifest.digest)


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that a prompt begins with; `split` of its tokens need not be read again.

    `source` is `computed` where the kept file was refused and the cache was made once more.
    """

    entry: Entry
    source: Source
    _cache: Any = field(repr=False, compare=False)
    _tell: Callable[[float], None] = field(repr=False, compare=False)

    @property
    def split(self) -> int:
        """Tokens of the entry."""
        return len(self.entry.ids)

    def attach(self) -> Any:
        """A cache that begins with the entry's tensors, which stay as they are whatever it grows by."""
        begun = time.perf_counter()
        grown = attached(self._cache)
        self._tell(time.perf_counter() - begun)
        return grown


@dataclass(frozen=True, slots=True)
class Read:
    """A prompt that was read: the logits of its last token, and the cache of all of it.

    The bits are those of `forward(ids[:split])` and then `forward(ids[split:], past)`; with a `split` of
    0 those of one pass. `tokens` counts the prompt, `artefact` is the MemCube whose entry it was.
    """

    logits: Any = field(repr=False)
    cache: Any = field(repr=False)
    split: int
    tokens: int
    source: Source
    artefact: str = ""


@dataclass(slots=True, eq=False)
class Held:
    """An entry as the tier has it, in memory where there is a cache."""

    manifest: Manifest
    cache: Any = None
    on_disk: bool = False
    entry: Entry = field(init=False)
    name: str = field(init=False)
    loading: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.entry, self.name = Entry.of(self.manifest), self.manifest.name

    @property
    def tokens(self) -> int:
        """Of the entry."""
        return len(self.entry.ids)
