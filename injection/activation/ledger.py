"""The ledger of a tier: which entries there are, which of them in memory and on disk, and what must go.

Every method is called with the tier's lock held; nothing here reads or writes tensors.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable

from .entry import Held
from .eviction import GreedyDual
from .fingerprint import Fingerprint
from .manifest import Manifest
from .radix import RadixTree
from .shelf import Shelf


class Ledger:
    """Entries of one fingerprint by their token ids, and bytes in memory and in a namespace's folder.

    `cost` tells what so many tokens take to read again. `counts` and `notes` say what happened.
    """

    def __init__(
        self,
        shelf: Shelf | None,
        memory_bytes: int,
        disk_bytes: int,
        cost: Callable[[int], float],
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.notes: deque[str] = deque(maxlen=100)
        self.tree: RadixTree[Held] = RadixTree()
        self.memory, self.disk = GreedyDual(), GreedyDual()
        self._names: dict[str, Held] = {}
        self._fingerprint: Fingerprint | None = None
        self._shelf, self._cost = shelf, cost
        self._memory_bytes, self._disk_bytes = memory_bytes, disk_bytes

    def note(self, what: str, note: str) -> None:
        """Count something that somebody should know of, and say it."""
        self.counts[what] += 1
        self.notes.append(note)

    def begin(self, fingerprint: Fingerprint) -> None:
        """Entries of another fingerprint are no longer entries; those of this one on disk are."""
        self._fingerprint = fingerprint
        self.tree, self.memory, self._names = RadixTree(), GreedyDual(), {}
        for manifest in self._shelf.manifests() if self._shelf else ():
            self._learn(manifest)

    def look(self) -> None:
        """Hear what other processes put into the folder and took out of it."""
        if self._shelf is None:
            return
        change = self._shelf.look()
        for manifest in change.gone:
            self._off_disk(manifest)
        for manifest in change.new:
            self._on_disk(manifest)
            self._learn(manifest)
        for refused in change.refused:
            self.note("refused", refused)

    def enter(self, held: Held) -> None:
        """A new entry, in the place of one of the same tokens."""
        if (old := self._names.get(held.name)) is not None:
            self.forget(old)
        self.tree.insert(held.entry.ids, held)
        self._names[held.name] = held

    def forget(self, held: Held) -> None:
        """An entry is kept no more, neither in memory nor on disk."""
        if self._names.get(held.name) is held:
            del self._names[held.name]
            self.tree.remove(held.entry.ids)
            self.memory.remove(held.name)
        held.cache = None
        if held.on_disk:
            self.unpublish(held.manifest)

    def remember(self, held: Held) -> None:
        """Count a cache that is in memory, and take others out of it until there is room."""
        if held.entry.size > self._memory_bytes or self._names.get(held.name) is not held:
            held.cache = None
            return
        self.memory.add(held.name, held.entry.size, self._cost(held.tokens))
        for name in self.memory.overflow(self._memory_bytes, besides=held.name):
            self.counts["evicted from memory"] += 1
            self._names[name].cache = None
            self._drop_empty(self._names[name])

    def touch(self, held: Held) -> None:
        """An entry was used."""
        self.memory.touch(held.name, self._cost(held.tokens))
        self.disk.touch(held.name, self._cost(held.tokens))

    def published(self, held: Held) -> None:
        """An entry was written; it is one that is kept still, or it is taken off the disk again."""
        assert self._shelf is not None
        if self._names.get(held.name) is not held:
            self._shelf.remove(held.manifest)
            return
        held.on_disk = True
        self._shelf.wrote(held.manifest)
        self._on_disk(held.manifest)

    def settle(self, held: Held) -> None:
        """An entry that is nowhere is none."""
        self._drop_empty(held)

    def unpublish(self, manifest: Manifest) -> None:
        """Take a cache off the disk; what is in memory stays."""
        assert self._shelf is not None
        self._shelf.remove(manifest)
        self._off_disk(manifest)

    def holds(self, size: int, *, on_disk: bool = True) -> bool:
        """Whether tensors of so many bytes fit into memory or the quota, were nothing else kept."""
        if size <= self._memory_bytes:
            return True
        disk = on_disk and self._shelf is not None and size <= self._disk_bytes
        return disk and size <= self._disk_bytes - self._shelf.beside()  # type: ignore[union-attr]

    def make_room(self, size: int) -> bool:
        """Take caches off the disk until so many bytes more are within the quota; whether they are."""
        assert self._shelf is not None
        room = self._disk_bytes - size - self._shelf.beside()
        if room < 0 and size:
            return False
        by_name = {manifest.name: manifest for manifest in self._shelf.manifests()}
        for name in self.disk.overflow(room):
            self.counts["evicted from disk"] += 1
            self.unpublish(by_name[name])
        return self.disk.size <= room

    def _on_disk(self, manifest: Manifest) -> None:
        assert self._shelf is not None
        cost = self._cost(len(manifest.ids))
        self.disk.add(manifest.name, self._shelf.footprint(manifest), cost)

    def _off_disk(self, manifest: Manifest) -> None:
        self.disk.remove(manifest.name)
        held = self._names.get(manifest.name)
        if held is not None and held.manifest == manifest:
            held.on_disk = False
            self._drop_empty(held)

    def _drop_empty(self, held: Held) -> None:
        if held.cache is None and not held.on_disk:
            self.forget(held)

    def _learn(self, manifest: Manifest) -> None:
        """An entry that another process put onto the disk; what it was made from now is what counts."""
        if manifest.fingerprint != self._fingerprint:
            return
        held = self._names.get(manifest.name)
        found = Held(manifest, on_disk=True)
        if held is not None:
            if (held.entry.artefact, held.entry.pins, held.manifest.blake3) == (
                manifest.artefact,
                manifest.pins,
                manifest.blake3,
            ):
                held.manifest, held.entry, held.on_disk = manifest, found.entry, True
                return
            held.on_disk = False  # its file is the other one's now
            self.forget(held)
        self.enter(found)
