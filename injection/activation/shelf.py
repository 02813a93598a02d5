"""The folder of one namespace's caches, which several processes may share.

A manifest's rename publishes a cache; a file that vanishes meanwhile is one that is not there. Files lie
open to nobody but their owner.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...graph.errors import Unreadable
from .fingerprint import namespace_digest
from .manifest import Manifest
from .rates import rates_files
from .steering_shelf import SteeringShelf
from .tensor_file import Layers, load, read_manifest, write

GRACE = 3_600.0
"""Seconds that a file without a manifest may be one that another process is writing."""

_MANIFEST = re.compile(r"[0-9a-f]{64}\.json")
_PATIENCE = 30.0
"""Seconds that a process waits for another one that writes; a stopped one stops nobody for ever."""
_SETTLED = 0.05
"""Seconds in which a folder may change without its time telling: some systems count in jiffies."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is new in the folder since it was looked at, what is gone, and what was refused and why."""

    new: tuple[Manifest, ...] = ()
    gone: tuple[Manifest, ...] = ()
    refused: tuple[str, ...] = ()


class Shelf:
    """Manifests and tensor files under the digest of a namespace's key.

    `write` and `load` may be called by several threads, the rest by one at a time.
    """

    def __init__(self, folder: Path, namespace_key: str) -> None:
        self.root = folder / namespace_digest(namespace_key)[:32]
        self.steerings = SteeringShelf(folder, namespace_key)
        self._key = namespace_key
        self._seen: tuple[int, ...] = ()
        self._known: dict[str, tuple[tuple[int, ...], Manifest | None]] = {}

    def look(self) -> Change:
        """What changed since the last look; costs one `stat` where nothing did."""
        try:
            there = self.root.stat()
        except OSError:
            there = None
        mark = () if there is None else (there.st_ino, there.st_mtime_ns)
        if mark == self._seen:
            return Change()
        settled = there is None or time.time() - there.st_mtime > _SETTLED
        new, gone, refused = list[Manifest](), list[Manifest](), list[str]()
        signs = {name: sign for name, sign in self._signs() if _MANIFEST.fullmatch(name)}
        for name in [*self._known]:
            if name not in signs or self._known[name][0] != signs[name]:
                found = self._known.pop(name)[1]
                if found is not None:
                    gone.append(found)
        for name in sorted(signs.keys() - self._known.keys()):
            manifest = None
            try:
                manifest = read_manifest(self.root / name, self._key)
                new.append(manifest)
            except FileNotFoundError:
                continue
            except (Unreadable, OSError) as error:
                refused.append(f"{name}: {error}")
            self._known[name] = (signs[name], manifest)
        self._seen = mark if settled else (-1,)
        return Change(tuple(new), tuple(gone), tuple(refused))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While no other process writes here, so that what was room when it was counted is room still.

        By a lock on the folder itself, which a killed process lets go; where there is none to be had, without.
        """
        handle, until = -1, time.monotonic() + _PATIENCE
        with suppress(OSError, ImportError):
            import fcntl

            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.root, os.O_RDONLY)
            while time.monotonic() < until:
                with suppress(BlockingIOError):
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                time.sleep(0.005)
        try:
            yield
        finally:
            if handle >= 0:
                os.close(handle)

    def write(self, manifest: Manifest, layers: Layers) -> None:
        """Publish a cache; raises `OSError` where there is no room or no right to write."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        write(self.root, manifest, layers, self._key)

    def wrote(self, manifest: Manifest) -> None:
        """Take a cache that was just published for known; one that is gone already is not."""
        name = f"{manifest.name}.json"
        with suppress(OSError):
            self._known[name] = (_sign((self.root / name).lstat()), manifest)

    def footprint(self, manifest: Manifest) -> int:
        """Bytes of both files of a cache."""
        return manifest.size + len(manifest.sealed(self._key))

    def load(self, manifest: Manifest) -> list[tuple[Any, Any]]:
        """Keys and values of every layer; raises `Unreadable` or `OSError` as `load` of a file does."""
        return load(self.root, manifest)

    def manifests(self) -> tuple[Manifest, ...]:
        """Those that were there at the last look, of whatever model."""
        return tuple(found for _, found in self._known.values() if found is not None)

    def remove(self, manifest: Manifest) -> None:
        """Take a cache off the disk, its manifest first."""
        name = f"{manifest.name}.json"
        self._known.pop(name, None)
        for left in (name, manifest.file):
            with suppress(OSError):
                (self.root / left).unlink()

    def beside(self) -> int:
        """Bytes of what lies here and is no cache: steerings, rates, and stray files."""
        named = self._others()
        mine = sum(sign[2] for name, sign in self._signs() if name in named)
        return mine + sum(size for size, _ in self.stray().values())

    def stray(self) -> dict[str, tuple[int, float]]:
        """Files that no good manifest names, with their bytes and when they were written."""
        named = {f"{one.name}.json" for one in self.manifests()} | self._others()
        named |= {one.file for one in self.manifests()}
        return {name: (sign[2], sign[1] / 1e9) for name, sign in self._signs() if name not in named}

    def _others(self) -> set[str]:
        """The good files that are no caches."""
        return self.steerings.files() | rates_files(self.root, self._key)

    def sweep(self, grace: float = GRACE) -> tuple[str, ...]:
        """Remove stray files that are older than `grace` seconds; their names."""
        gone = []
        for name, (_, written) in sorted(self.stray().items()):
            if time.time() - written >= grace:
                with suppress(OSError):
                    (self.root / name).unlink()
                    self._known.pop(name, None)
                    gone.append(name)
        return tuple(gone)

    def _signs(self) -> list[tuple[str, tuple[int, ...]]]:
        """Every entry of the folder with what tells that it was replaced."""
        found = []
        with suppress(OSError), os.scandir(self.root) as entries:
            for entry in entries:
                with suppress(OSError):
                    if not entry.is_dir(follow_symlinks=False):
                        found.append((entry.name, _sign(entry.stat(follow_symlinks=False))))
        return found


def _sign(seen: os.stat_result) -> tuple[int, ...]:
    return (seen.st_ino, seen.st_mtime_ns, seen.st_size)
