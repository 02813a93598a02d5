"""SegmentFolder: where the segments of one namespace lie on disk, one folder each.

A folder is named by the sequence up to which it is complete and by what made it. Only the latest of a
kind is kept: those who have an older one mapped keep what they hold, since removing a file ends its
name and not its content.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from .segment import FORMAT, MANIFEST, WRITING, Segment, discard

ABANDONED = 3_600
"""Seconds after which a folder in the making is taken to be left over from a killed process."""


class SegmentFolder:
    """The published segments of one namespace.

    `about` is what a segment must be about to be ours: the store, the namespace, and the producers of
    its terms and vectors. `last` gives the id of the namespace's last change up to a sequence, by which
    a store that was put back from a copy is told from the one that went on.
    """

    def __init__(
        self, root: Path, ns: str, about: Mapping[str, str], last: Callable[[int], str]
    ) -> None:
        self.place = root / sha256(ns.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        self._about = dict(about)
        self._last = last
        # what another version wrote has another name, so that it is not in the way
        kind = [*sorted(about.items()), FORMAT]
        self._kind = sha256(repr(kind).encode()).hexdigest()[:12]

    def latest(self, head: int) -> Segment | None:
        """Map the latest segment that is ours and not ahead of the log; those before it are removed."""
        for place in self.published():
            seq = _seq_of(place)
            if seq > head:
                continue
            segment = Segment.open(place, {**self._about, "last": self._last(seq)})
            if segment is not None:
                self._discard(one for one in self.published() if self._older(one, seq))
                return segment
        return None

    def publish(self, segment: Segment) -> Segment | None:
        """Write a segment, remove those before it, and map it; raises OSError where that cannot be."""
        about = {**self._about, "last": self._last(segment.seq)}
        target = self.place / f"{segment.seq}-{self._kind}"
        segment.write(target, about)
        self._discard(one for one in self.published() if self._older(one, segment.seq))
        return Segment.open(target, about)

    def clear(self) -> None:
        """Remove every segment: what was erased must leave the files as well."""
        self._discard(self.published())

    def clear_others(self) -> None:
        """Remove what has vectors of another encoder."""
        self._discard(one for one in self.published() if self._foreign(one))

    def published(self) -> list[Path]:
        """The folders that hold a whole segment, latest first."""
        if not self.place.is_dir():
            return []
        found = [one for one in self.place.iterdir() if (one / MANIFEST).exists()]
        return sorted(found, key=lambda one: (_seq_of(one), one.name), reverse=True)

    def _older(self, place: Path, seq: int) -> bool:
        """Whether a segment is one of ours before this sequence, or has a format of the past."""
        if place.name.endswith(f"-{self._kind}"):
            return _seq_of(place) < seq
        try:
            return int(json.loads((place / MANIFEST).read_text("utf-8"))["format"]) < FORMAT
        except (OSError, ValueError, KeyError):
            return False

    def _foreign(self, place: Path) -> bool:
        try:
            said = json.loads((place / MANIFEST).read_text("utf-8"))["encoder"]
        except (OSError, ValueError, KeyError):
            return True
        return bool(said != self._about.get("encoder"))

    def _discard(self, places: Iterable[Path]) -> None:
        for place in places:
            discard(place)
        for left in self.place.glob(f"{WRITING}*"):
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > ABANDONED:
                    discard(left)


def _seq_of(place: Path) -> int:
    number = place.name.partition("-")[0]
    return int(number) if number.isdecimal() else -1
