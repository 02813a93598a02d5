"""The exact tier of activation memory: what was read once is not read again, and the bits are the same.

An entry is a run of token ids whose cache was computed in one pass; a use of it attaches the whole of it
and reads the rest in one pass. No slice of a longer entry is ever attached: its bits are not those of a
pass over the slice. Whether an entry may be used is asked at every use, so that what was retracted is
passed over at once, and used again when the retraction is taken back.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...graph.errors import Invalid, Unreadable
from ..local_model import LocalModel
from .cache import cache_of, layers_of
from .entry import Entry, Held, Hit, Pins, Read, Source
from .fingerprint import Fingerprint, device_of
from .guard import REMEMBERED, Guard
from .ledger import Ledger
from .rates import RatesFile
from .shelf import GRACE, Shelf
from .steering import Steering
from .tensor_file import Layers, described

_RATES_KEPT = 16
"""Passes after which the rates are written, besides at the end."""

__all__ = ["ActivationTier", "Entry", "Hit", "Read", "Source"]


class ActivationTier:
    """Kept caches of one model in one namespace, in memory and in a folder.

    `usable` says of the node of a MemCube whether it may be used now, `namespace_key` is a secret of the
    namespace: no other one finds, loads or can forge what is kept under it. `memory_bytes` bounds the
    tensors in memory, `disk_bytes` the files of the namespace. Safe for threads; processes may share a
    folder, and see each other's entries. Where no `guard` is given, what one measures is kept in the folder
    for the next process.

    >>> tier = ActivationTier(LocalModel(), "salt", usable=lambda artefact: True)
    >>> entry = tier.keep(frame_and_memory, "cube-7", (("cube-1", "9f…"),))  # doctest: +SKIP
    >>> tier.read([*frame_and_memory, *question]).split == len(entry.ids)    # doctest: +SKIP
    True
    """

    def __init__(
        self,
        model: LocalModel,
        namespace_key: str,
        folder: Path | None = None,
        *,
        usable: Callable[[str], bool],
        memory_bytes: int = 1_000_000_000,
        disk_bytes: int = 8_000_000_000,
        guard: Guard | None = None,
        adapter: str = "",
    ) -> None:
        if not namespace_key:
            raise Invalid(
                "a tier needs the key of a namespace: without one, caches are everybody's"
            )
        self.guard = guard or Guard()
        self._model, self._key, self._adapter = model, namespace_key, adapter
        self._usable = usable
        self._shelf = None if folder is None else Shelf(folder, namespace_key)
        self._publishing = threading.RLock()  # taken before the other one
        self._lock = threading.RLock()
        self._made: Fingerprint | None = None
        self._width = 0  # bytes of a token, once the model was looked at
        self._unwritable = -REMEMBERED
        self._rates: RatesFile | None = None
        self._keeps_rates = guard is None
        self._passes = 0
        self._ledger = Ledger(self._shelf, memory_bytes, disk_bytes, self.guard.prefill_seconds)

    @property
    def fingerprint(self) -> Fingerprint:
        """What entries of this tier are good for; loads the model."""
        with self._lock:
            device = device_of(self._model._network.device)
            if self._made is None or self._made.device != device:  # torch was given other threads
                self._made = (
                    replace(self._made, device=device)
                    if self._made is not None
                    else Fingerprint.of(self._model, self._key, self._adapter)
                )
                self._ledger.begin(self._made)
                if self._keeps_rates and self._shelf is not None:
                    self._rates = RatesFile(self._shelf.root, self._key, self._made)
                    self._rates.give(self.guard)
            return self._made

    @property
    def counts(self) -> Mapping[str, int]:
        """Hits by source, misses, entries passed over as unusable, files refused, evictions, …"""
        with self._lock:
            return dict(self._ledger.counts)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was refused or could not be written, the last hundred."""
        with self._lock:
            return tuple(self._ledger.notes)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is kept for this model, in the order of the token ids."""
        self._look()
        with self._lock:
            return tuple(held.entry for _, held in self._ledger.tree.items())

    @property
    def memory_used(self) -> int:
        """Bytes of tensors that are kept in memory."""
        with self._lock:
            return self._ledger.memory.size

    def check(self) -> None:
        """Raise `Invalid` for a model of which no cache is exact; reads one token, the first time."""
        if not self._width:
            layers = layers_of(self._model.forward([0])[1], self.fingerprint.dtype)
            self._width = sum(one.numel() * one.element_size() for pair in layers for one in pair)

    def holds(self, tokens: int) -> bool:
        """Whether a cache of so many tokens can be kept here at all, in memory or on the disk.

        What cannot be would be read once for keeping it and once more for the answer, each time. A disk that could not
        be written is tried again after ten minutes. Raises as `check` does.
        """
        self.check()
        failed = time.monotonic() - self._unwritable < REMEMBERED
        with self._lock:
            return self._ledger.holds(self._width * tokens, on_disk=not failed)

    def find(self, ids: Sequence[int]) -> Hit | None:
        """The longest usable entry that these ids begin with and go on from, if using it is worth its cost.

        What is in memory costs an attach. From the disk an entry is loaded where the guard holds that
        faster than reading what a shorter one in memory would leave. A file that is not as it was
        written is refused, and the entry computed again.
        """
        whole = tuple(ids)
        self._look()
        with self._lock:
            waiting = deque(held for _, held in self._ledger.tree.prefixes(whole[:-1]))
        while waiting:
            held = waiting.popleft()
            if not self._asked(held):
                continue
            cache, source = held.cache, Source.MEMORY
            if cache is None:
                if not self._worth(held, waiting):
                    self._count("declined")
                    continue
                cache, source = self._fetched(held)
                if cache is None or not self._asked(held):
                    continue
            elif not self.guard.attaches(held.tokens):
                self._count("declined")
                continue
            self._count(source)
            with self._lock:
                self._ledger.touch(held)
            return Hit(held.entry, source, cache, self.guard.attached)
        self._count("misses")
        return None

    def keep(self, ids: Sequence[int], artefact: str, pins: Pins) -> Entry:
        """Read these ids in one pass and keep the cache, in memory and on disk where there is a folder.

        What is kept already is not read again; one of another artefact or other pins is replaced. A
        folder that cannot be written is noted, and the entry is in memory alone. Raises `Invalid` for no
        ids, for more than the model reads, and for a model of which no cache is exact.
        """
        whole, pins = tuple(ids), tuple((str(node), str(payload)) for node, payload in pins)
        if not whole or len(whole) > self._model.context:
            raise Invalid(
                f"{len(whole)} tokens cannot be kept: the model reads 1 to {self._model.context}"
            )
        held = self.kept(whole, artefact, pins)
        return held if held is not None else self._computed(whole, artefact, pins)[0]

    def kept(self, ids: Sequence[int], artefact: str, pins: Pins) -> Entry | None:
        """The entry of exactly these ids, artefact and pins; None where `keep` would read them."""
        self._look()
        with self._lock:
            held = self._ledger.tree.get(tuple(ids))
            same = held is not None and (held.entry.artefact, held.entry.pins) == (artefact, pins)
            return held.entry if held is not None and same else None

    def read(self, ids: Sequence[int]) -> Read:
        """Read a prompt, what is kept of it not again. Raises `Invalid` for no ids."""
        whole = tuple(ids)
        if not whole:
            raise Invalid("a prompt of no tokens cannot be read")
        hit = self.find(whole)
        if hit is None:
            logits, cache = self.passed(whole)
            return Read(logits, cache, 0, len(whole), Source.NONE)
        logits, cache = self._model.forward(whole[hit.split :], hit.attach())
        return Read(logits, cache, hit.split, len(whole), hit.source, hit.entry.artefact)

    def close(self) -> None:
        """Keep what was measured for the next process."""
        if self._rates is not None and self._passes:
            self._rates.take(self.guard)

    def set_aside(self, steering: Steering) -> None:
        """Keep the steering of a cube in the folder, within its quota; what cannot be written is noted."""
        if self._shelf is None:
            return
        self._look()
        with self._publishing, self._shelf.alone():
            with self._lock:
                self._ledger.look()
                fits = self._ledger.make_room(self._shelf.steerings.footprint(steering))
            try:
                if fits:
                    self._shelf.steerings.write(steering)
                    return
                why = "the quota leaves no room"
            except OSError as error:
                why = error.strerror or str(error)
            self._note("unwritten", f"the steering {steering.cube} is not written: {why}")

    def aside(self, cube: str) -> Steering | None:
        """The steering of a cube as it was kept; None where there is none that is as it was written."""
        if self._shelf is None:
            return None
        try:
            return self._shelf.steerings.load(cube)
        except Unreadable as error:
            self._note("refused", f"the steering of {cube}: {error}")
            return None

    def drop(self, artefact: str) -> int:
        """Remove what was kept of a MemCube, in memory and on disk, of every model; how many there were."""
        self._look()
        with self._publishing, self._lock:
            mine = [
                held for _, held in self._ledger.tree.items() if held.entry.artefact == artefact
            ]
            names = {held.name for held in mine}
            for held in mine:
                self._ledger.forget(held)
            for manifest in self._shelf.manifests() if self._shelf else ():
                if manifest.artefact == artefact:
                    names.add(manifest.name)
                    self._ledger.unpublish(manifest)
            steered = self._shelf is not None and self._shelf.steerings.remove(artefact)
        return len(names) + steered

    def sweep(self, grace: float = GRACE) -> tuple[str, ...]:
        """Remove left-over files older than `grace` seconds, and entries over the quota; the files' names."""
        if self._shelf is None:
            return ()
        self._look()
        with self._publishing, self._lock:
            gone = self._shelf.sweep(grace)
            self._ledger.make_room(0)
        return gone

    def _look(self) -> None:
        _ = self.fingerprint
        with self._lock:
            self._ledger.look()

    def _count(self, what: str) -> None:
        with self._lock:
            self._ledger.counts[str(what)] += 1

    def _note(self, what: str, note: str) -> None:
        with self._lock:
            self._ledger.note(what, note)

    def _asked(self, held: Held) -> bool:
        """Whether the entry may be used: asked outside of every lock, since it asks a store."""
        if self._usable(held.entry.artefact):
            return True
        self._count("unusable")
        return False

    def _worth(self, held: Held, shorter: Sequence[Held]) -> bool:
        """Whether loading beats reading what the longest usable shorter entry in memory would leave."""
        already = next(
            (one.tokens for one in shorter if one.cache is not None and self._asked(one)), 0
        )
        already = already if already and self.guard.attaches(already) else 0
        return self.guard.loads(held.tokens, held.entry.size, already)

    def passed(self, ids: Sequence[int]) -> tuple[Any, Any]:
        """Read a prompt with nothing kept: logits and cache; the guard learns from it what reading takes."""
        begun = time.perf_counter()
        logits, cache = self._model.forward(ids)
        self.guard.passed(len(ids), time.perf_counter() - begun)
        self._passes += 1
        if self._rates is not None and self._passes % _RATES_KEPT == 0:
            self._rates.take(self.guard)  # a process that is killed has told most of it
        return logits, cache

    def _computed(self, ids: tuple[int, ...], artefact: str, pins: Pins) -> tuple[Entry, Any]:
        """An entry read now, in the place of one that is there, and its cache."""
        fingerprint = self.fingerprint
        layers = layers_of(self.passed(ids)[1], fingerprint.dtype)
        manifest = described(fingerprint, ids, layers, artefact, pins)
        cache = cache_of(layers, self._model._network.device)
        held = Held(manifest, cache)
        with self._publishing:
            with self._lock:
                self._ledger.enter(held)
                self._ledger.remember(held)
            if self._shelf is not None:
                with self._shelf.alone():
                    self._publish(self._shelf, held, layers)
            with self._lock:
                self._ledger.settle(held)
        return held.entry, cache

    def _publish(self, shelf: Shelf, held: Held, layers: Layers) -> None:
        with self._lock:
            self._ledger.look()  # what others wrote takes room too
            if not self._ledger.make_room(size := shelf.footprint(held.manifest)):
                note = f"{held.name} is not written: {size} bytes are more than the quota leaves"
                self._ledger.note("unwritten", note)
                return
        try:
            shelf.write(held.manifest, layers)
        except OSError as error:
            self._unwritable = time.monotonic()
            self._note("unwritten", f"{held.name} cannot be written: {error.strerror or error}")
            return
        with self._lock:
            self._ledger.published(held)

    def _fetched(self, held: Held) -> tuple[Any, Source]:
        """The cache of an entry from its file; None where it is gone. Computed again where it is refused."""
        with held.loading:
            if (cache := held.cache) is not None:  # another thread was first
                return cache, Source.MEMORY
            if not held.on_disk or self._shelf is None:
                return None, Source.NONE
            begun = time.perf_counter()
            try:
                layers = self._shelf.load(held.manifest)
            except FileNotFoundError:
                with self._lock:
                    self._ledger.counts["vanished"] += 1
                    self._ledger.unpublish(held.manifest)
                return None, Source.NONE
            except Unreadable as error:
                self._note("refused", f"{held.manifest.file} of {held.entry.artefact}: {error}")
            except OSError as error:
                self._note("unread", f"{held.manifest.file}: {error.strerror or error}")
                return None, Source.NONE
            else:
                cache = cache_of(layers, self._model._network.device)
                self.guard.loaded(held.manifest.size, time.perf_counter() - begun)
                with self._lock:
                    held.cache = cache
                    self._ledger.remember(held)
                return cache, Source.DISK
        entry = held.entry
        return self._computed(entry.ids, entry.artefact, entry.pins)[1], Source.COMPUTED
