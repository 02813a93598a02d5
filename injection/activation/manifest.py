"""The manifest of a kept cache: what the tensors beside it are, what they were made from, and a seal.

It is read strictly: bytes that are not exactly what would be written for what they say are refused (`seal`).
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from ...graph.digest import canonical
from ...graph.errors import Invalid, Unreadable
from .fingerprint import Fingerprint
from .seal import sealed, unsealed

FORMAT = 1
MOST_BYTES = 16_000_000
"""The largest manifest that is read: a million token ids have room."""

_Shape = tuple[int, int, int, int]
_MOST_TOKEN = 2**31
_WIDTHS = {"float32": 4, "float16": 2, "bfloat16": 2}
_NAMES = {
    "format", "fingerprint", "tokens", "ids", "ids_sha256", "layers", "keys", "values", "dtype",
    "pins", "artefact", "size", "blake3", "created",
}  # fmt: skip


@dataclass(frozen=True)
class Manifest:
    """A cache of the run of tokens `ids`, computed in one pass.

    `keys` and `values` are the shapes of each layer's tensors, (1, heads, tokens, width). `pins` are
    the nodes it was made from with the digests of their payloads, `artefact` the node of its MemCube.
    `size` counts the bytes of the tensor file and `blake3` is their digest; `created` is in
    milliseconds since 1970.
    """

    fingerprint: Fingerprint
    ids: tuple[int, ...]
    layers: int
    keys: _Shape
    values: _Shape
    dtype: str
    pins: tuple[tuple[str, str], ...]
    artefact: str
    size: int
    blake3: str
    created: int

    @cached_property
    def name(self) -> str:
        """Of what these tensors are the cache: 64 hex digits that follow from fingerprint and ids."""
        return entry_name(self.fingerprint, self.ids)

    @property
    def file(self) -> str:
        """The name of the tensor file; it follows from what is in it."""
        return f"{self.name[:32]}-{self.blake3[:32]}.safetensors"

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, 64 hex digits."""
        return hashlib.sha256(canonical(self.document())).hexdigest()

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "format": FORMAT,
            "fingerprint": self.fingerprint.document(),
            "tokens": len(self.ids),
            "ids": list(self.ids),
            "ids_sha256": ids_digest(self.ids),
            "layers": self.layers,
            "keys": list(self.keys),
            "values": list(self.values),
            "dtype": self.dtype,
            "pins": [list(pin) for pin in self.pins],
            "artefact": self.artefact,
            "size": self.size,
            "blake3": self.blake3,
            "created": self.created,
        }

    def sealed(self, namespace_key: str) -> bytes:
        """The file: the manifest and its seal."""
        return sealed(self.document(), namespace_key)

    @classmethod
    def opened(cls, raw: bytes, namespace_key: str) -> Manifest:
        """Read a file; raises `Unreadable` for anything that `sealed` would not have written."""
        try:
            return cls._opened(raw, namespace_key)
        except (Unreadable, Invalid) as error:
            raise Unreadable(f"a manifest is refused: {error}") from None
        except (ValueError, TypeError, KeyError, RecursionError):
            raise Unreadable("a manifest is refused: it is not in the form of one") from None

    @classmethod
    def claimed(cls, raw: bytes) -> Manifest:
        """Read a file that anybody may have sealed: what it says is a claim and no more, and nothing is loaded by it.

        Raises `Unreadable` for anything that is not in the form of a manifest.
        """
        try:
            held = json.loads(raw)
            if not isinstance(held, dict) or set(held) != {"manifest", "seal"}:
                raise Unreadable("it has other fields than it should")
            found = cls._read(held["manifest"])
            if canonical(found.document()) != canonical(held["manifest"]):
                raise Unreadable("it is not written in the one form")
        except (Unreadable, Invalid) as error:
            raise Unreadable(f"a manifest is refused: {error}") from None
        except (ValueError, TypeError, KeyError, RecursionError):
            raise Unreadable("a manifest is refused: it is not in the form of one") from None
        return found

    @classmethod
    def _opened(cls, raw: bytes, namespace_key: str) -> Manifest:
        if len(raw) > MOST_BYTES:
            raise Unreadable("it is too large")
        found = cls._read(unsealed(raw, namespace_key, _NAMES))
        # another format, a count or digest that is not of its ids …
        if sealed(found.document(), namespace_key) != raw:
            raise Unreadable("it is not written in the one form")
        return found

    @classmethod
    def _read(cls, told: dict[str, Any]) -> Manifest:
        found = cls(
            Fingerprint.read(told["fingerprint"]),
            _integers(told["ids"], _MOST_TOKEN),
            _integer(told["layers"], 10_000),
            _shape(told["keys"]),
            _shape(told["values"]),
            _text(told["dtype"]),
            tuple(_pin(pin) for pin in _list(told["pins"])),
            _text(told["artefact"]),
            _integer(told["size"], 2**53),
            _text(told["blake3"]),
            _integer(told["created"], 2**53),
        )
        found._check()
        return found

    def _check(self) -> None:
        """Whether the parts agree with each other."""
        count = len(self.ids)
        if not count or not self.layers or self.keys[0] != 1 or self.values[0] != 1:
            raise Unreadable("it stands for nothing, or for more than one text")
        if self.keys[2] != count or self.values[2] != count or self.dtype not in _WIDTHS:
            raise Unreadable("its shapes are not those of its tokens")
        if self.dtype != self.fingerprint.dtype or self.size != file_size(self):
            raise Unreadable("its size is not that of its shapes")
        if len(self.blake3) != 64 or set(self.blake3) - set("0123456789abcdef"):
            raise Unreadable("it names no digest")


def entry_name(fingerprint: Fingerprint, ids: Sequence[int]) -> str:
    """The name of a cache: SHA-256 over fingerprint and token ids, 64 hex digits."""
    return hashlib.sha256(f"{fingerprint.digest}\n{ids_digest(ids)}".encode()).hexdigest()


def ids_digest(ids: Sequence[int]) -> str:
    """SHA-256 of token ids as little-endian 32-bit integers, 64 hex digits.

    >>> ids_digest([1, 2])[:12]
    '34fb5c825de7'
    """
    return hashlib.sha256(struct.pack(f"<{len(ids)}I", *ids)).hexdigest()


def header(manifest: Manifest) -> bytes:
    """The first bytes of the tensor file: the one safetensors header that these shapes have.

    Eight bytes of length and JSON, filled up with spaces so that the tensors begin at 64 bytes.
    """
    return _header(manifest.layers, manifest.keys, manifest.values, manifest.dtype)


@lru_cache(maxsize=64)
def _header(layers: int, keys: _Shape, values: _Shape, dtype: str) -> bytes:
    told, at = dict[str, Any](), 0
    for name, shape, size in _layout(layers, keys, values, dtype):
        told[name] = {
            "dtype": {"float32": "F32", "float16": "F16", "bfloat16": "BF16"}[dtype],
            "shape": list(shape),
            "data_offsets": [at, at + size],
        }
        at += size
    text = json.dumps(told, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % 64)
    return struct.pack("<Q", len(text)) + text


def layout(manifest: Manifest) -> list[tuple[str, _Shape, int]]:
    """Name, shape and bytes of every tensor, in the order of the file."""
    return _layout(manifest.layers, manifest.keys, manifest.values, manifest.dtype)


def _layout(layers: int, keys: _Shape, values: _Shape, dtype: str) -> list[tuple[str, _Shape, int]]:
    width = _WIDTHS[dtype]
    return [
        (f"layers.{layer}.{what}", shape, width * shape[0] * shape[1] * shape[2] * shape[3])
        for layer in range(layers)
        for what, shape in (("keys", keys), ("values", values))
    ]


def file_size(manifest: Manifest) -> int:
    """Bytes of the tensor file that these shapes have."""
    return len(header(manifest)) + sum(size for _, _, size in layout(manifest))


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise Unreadable("a list is something else")
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise Unreadable("a text is something else")
    return value


def _integer(value: Any, most: int) -> int:
    if type(value) is not int or not 0 <= value < most:
        raise Unreadable("a number is something else")
    return value


def _integers(value: Any, most: int) -> tuple[int, ...]:
    return tuple(_integer(one, most) for one in _list(value))


def _shape(value: Any) -> _Shape:
    one, heads, tokens, width = _integers(value, 1_000_000_000)
    return one, heads, tokens, width


def _pin(value: Any) -> tuple[str, str]:
    node, payload = map(_text, _list(value))
    return node, payload
