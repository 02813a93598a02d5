"""The payload folder: bytes that a source stands for and no store row holds, by the SHA-256 of what they are.

It lies beside the store on this machine (DESIGN, record model). Bytes are there before the change that
speaks of them commits, so that a source never points to nothing; what a kill leaves over is a file that no
source names, which `verify` tells of.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from .errors import NotFound, StoreError
from .kind import NodeKind
from .opening import beside, is_server
from .record import Record, Version
from .store import Auditable
from .verify import Report, verify

MOST_BYTES = 1_000_000_000
"""The largest file that is copied."""

_BLOCK = 1 << 20


class PayloadFolder:
    """Bytes under their own digest.

    >>> with tempfile.TemporaryDirectory() as place:
    ...     folder = PayloadFolder(Path(place, "payloads"))
    ...     _ = Path(place, "a.bin").write_bytes(b"abc")
    ...     digest = hashlib.sha256(b"abc").hexdigest()
    ...     folder.put(Path(place, "a.bin"), digest)
    ...     folder.path(digest).read_bytes()
    b'abc'

    `only` says that nobody else keeps bytes of the store: then what is missing here is lost.
    """

    def __init__(self, root: Path, *, only: bool = True) -> None:
        self.root = root
        self.only = only

    @classmethod
    def of(cls, url: str) -> PayloadFolder | None:
        """The folder beside a store; None for a store in memory."""
        root = beside(url, "payloads")
        return None if root is None else cls(root, only=not is_server(url))

    def place(self, digest: str) -> Path:
        """Where bytes of this digest lie, if they do."""
        return self.root / digest[:2] / digest

    def path(self, digest: str) -> Path:
        """The file with these bytes; raises `NotFound` where this machine has none."""
        place = self.place(digest)
        if not place.is_file():
            raise NotFound(
                f"the bytes {digest[:16]}… are not in {self.root}: they are kept on the machine that "
                "ingested them"
            )
        return place

    def put(self, path: Path, digest: str) -> None:
        """Copy the bytes of a file, unless they are there; they are on the disk when it returns.

        Raises `StoreError` where there is no room or no right to write, or where they are not those of
        this digest.
        """
        if self.place(digest).is_file():
            return
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix="new-", dir=self.root)
        except OSError as error:
            raise self._unkept(path, error) from error
        made = Path(name)
        try:
            found = hashlib.sha256()
            with path.open("rb") as source, os.fdopen(handle, "wb") as target:
                while block := source.read(_BLOCK):
                    found.update(block)
                    target.write(block)
                target.flush()
                os.fsync(target.fileno())
            if found.hexdigest() != digest:
                raise StoreError(f"{path} changed while it was read: ingest it once more")
            place = self.place(digest)
            place.parent.mkdir(exist_ok=True)
            os.replace(made, place)
            settle(place.parent)
            settle(self.root)
        except OSError as error:
            raise self._unkept(path, error) from error
        finally:
            made.unlink(missing_ok=True)

    def takes(self, digest: str, size: int) -> bool:
        """Whether these bytes are kept: they are here, or are not too many and leave a tenth of the disk free."""
        if self.place(digest).is_file():
            return True
        there = next(p for p in (self.root, *self.root.parents) if p.exists())
        disk = shutil.disk_usage(there)
        return size <= MOST_BYTES and disk.free - size > disk.total // 10

    def verified(
        self, store: Auditable, *, progress: Callable[[int, int], None] | None = None
    ) -> Report:
        """`verify` a store, and in the same reading of its rows the bytes beside it."""
        watched = _Watched(store)
        report = verify(watched, progress=progress)
        return replace(report, findings=(*report.findings, *self._faults(watched.named)))

    def _faults(self, named: Mapping[str, str]) -> Iterator[str]:
        """Bytes that are missing, that are not what their name says, that no source names."""
        for digest, name in named.items():
            if self.only and not self.place(digest).is_file():
                yield f"payload {digest[:16]}… of {name} is missing from {self.root}"
        for place in sorted(path for path in self.root.rglob("*") if path.is_file()):
            if place.name not in named:
                yield f"payload {place.name[:16]}… is named by no source: ingest its file again, or delete it"
            elif _digest(place) != place.name:
                yield f"payload {place.name[:16]}… holds other bytes than its name says"

    def _unkept(self, path: Path, error: OSError) -> StoreError:
        return StoreError(
            f"the bytes of {path} cannot be kept in {self.root} ({error.strerror or error}): make room or "
            "give the right to write there"
        )


class _Watched:
    """A store whose rows are read by somebody else: which bytes its sources name, and what they are called."""

    def __init__(self, store: Auditable) -> None:
        self.named: dict[str, str] = {}
        self.head, self.leaves, self.faults = store.head, store.leaves, store.faults
        self._store = store

    def rows(self) -> Iterator[Record]:
        """Every row, and a note of each that names bytes."""
        for row in self._store.rows():
            if isinstance(row, Version) and row.kind is NodeKind.SOURCE:
                held = row.get("attachment")
                if held is not None and held["kept"]:
                    self.named[str(held["sha256"])] = str(row.get("name"))
            yield row


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while block := source.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def settle(folder: Path) -> None:
    """Bring a folder's entries to the disk, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
