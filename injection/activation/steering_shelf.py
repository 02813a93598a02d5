"""Steerings of one namespace on the disk, beside its kept caches: what a MemCube with an injection layer holds.

Two files for each cube: the tensor as safetensors, and a manifest in canonical form (RFC 8785) under the
namespace's seal, as that of a cache. The log says of the cube which tensor it is; a file that holds another
one, or is not bit for bit as it was written, is refused.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...graph.errors import Invalid, Unreadable
from .fingerprint import namespace_digest
from .seal import sealed, unsealed
from .steering import Steering, steering_of
from .steering_file import packed, unpacked
from .tensor_file import opened, publish

FORMAT = 1
LARGEST = 64 * 2**20
"""Bytes that one file may have."""

_FILE = re.compile(r"steering-[0-9a-f]{32}\.(?:json|safetensors)")
_NAMES = {
    "format", "cube", "model", "layer", "strength", "digest", "sha256", "prompts", "pins",
}  # fmt: skip


class SteeringShelf:
    """The steerings under the digest of a namespace's key, each by the node of its cube.

    >>> shelf = SteeringShelf(Path("no-such-folder"), "salt")
    >>> shelf.cubes(), shelf.load("cube-7")
    ((), None)
    """

    def __init__(self, folder: Path, namespace_key: str) -> None:
        self.root = folder / namespace_digest(namespace_key)[:32]
        self._key = namespace_key

    def write(self, steering: Steering) -> None:
        """Publish the steering of a cube; raises `OSError` where there is no room or no right to write."""
        tensor, manifest = self._bytes(steering)
        name = _name(steering.cube)
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        publish(self.root, f"{name}.safetensors", lambda target: target.write(tensor))
        publish(self.root, f"{name}.json", lambda target: target.write(manifest))

    def footprint(self, steering: Steering) -> int:
        """Bytes of both files."""
        return sum(map(len, self._bytes(steering)))

    def load(self, cube: str) -> Steering | None:
        """The steering of a cube, None where there is none; raises `Unreadable` for one that was changed."""
        name = _name(cube)
        try:
            told = self._told(f"{name}.json")
            raw = _read(self.root / f"{name}.safetensors")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreadable(f"{name} cannot be read: {error.strerror or error}") from None
        if told["cube"] != cube:
            raise Unreadable(f"{name} lies under the name of another cube")
        if hashlib.sha256(raw).hexdigest() != told["sha256"]:
            raise Unreadable(f"{name}.safetensors holds other bytes than were written")
        try:
            made = steering_of(
                told["model"],
                told["layer"],
                float(told["strength"]),
                unpacked(raw, self.root / name),
                prompts=tuple(told["prompts"]),
                pins=dict(told["pins"]),
                cube=cube,
            )
        except (Invalid, TypeError, ValueError) as error:
            raise Unreadable(f"{name} holds no steering: {error}") from None
        if made.digest != told["digest"]:
            raise Unreadable(f"{name} holds another tensor than its manifest says")
        return made

    def cubes(self) -> tuple[str, ...]:
        """The cubes whose manifests are as they were written."""
        found = [name for name in self._names() if name.endswith(".json")]
        return tuple(sorted(cube for name in found if (cube := self._cube(name))))

    def files(self) -> set[str]:
        """The names of the files that belong to a cube; others under such names are nobody's."""
        return {f"{_name(cube)}{end}" for cube in self.cubes() for end in (".json", ".safetensors")}

    def remove(self, cube: str) -> bool:
        """Take a steering off the disk, its manifest first; whether there was one."""
        there = False
        for end in (".json", ".safetensors"):
            with suppress(OSError):
                (self.root / f"{_name(cube)}{end}").unlink()
                there = True
        return there

    def _bytes(self, steering: Steering) -> tuple[bytes, bytes]:
        if not steering.cube:
            raise Invalid("a steering that is no MemCube is kept by hand (`steering_file.save`)")
        tensor = packed(steering)
        told = {
            "format": FORMAT,
            "cube": steering.cube,
            "model": steering.model,
            "layer": steering.layer,
            "strength": repr(steering.strength),
            "digest": steering.digest,
            "sha256": hashlib.sha256(tensor).hexdigest(),
            "prompts": list(steering.prompts),
            "pins": sorted([node, payload] for node, payload in steering.pins.items()),
        }
        return tensor, sealed(told, self._key)

    def _told(self, name: str) -> dict[str, Any]:
        """What a manifest says; `Unreadable` for anything that was not written here, byte for byte."""
        try:
            told = unsealed(_read(self.root / name), self._key, _NAMES)
        except Unreadable as error:
            raise Unreadable(f"{name} is refused: {error}") from None
        if told["format"] != FORMAT:
            raise Unreadable(f"{name} is of another format than {FORMAT}")
        return told

    def _cube(self, name: str) -> str:
        """Whose manifest a file is; empty for one that is refused."""
        with suppress(OSError, Unreadable):
            cube = str(self._told(name)["cube"])
            return cube if name == f"{_name(cube)}.json" else ""
        return ""

    def _names(self) -> Iterator[str]:
        with suppress(OSError), os.scandir(self.root) as entries:
            for entry in entries:
                if _FILE.fullmatch(entry.name):
                    yield entry.name


def _name(cube: str) -> str:
    return f"steering-{hashlib.sha256(cube.encode()).hexdigest()[:32]}"


def _read(path: Path) -> bytes:
    handle, size = opened(path)
    with os.fdopen(handle, "rb") as source:
        if size > LARGEST:
            raise Unreadable(f"{path.name} is larger than {LARGEST} bytes")
        return source.read(LARGEST + 1)
