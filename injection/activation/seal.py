"""Seals: what is written beside a store's caches is read back byte for byte, or not at all.

One JSON object in canonical form (RFC 8785) and an HMAC of it under the namespace's key. There is one spelling and
no field that somebody overlooks: who can write into the folder and has no key can make nothing that is believed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any

from ...graph.digest import canonical
from ...graph.errors import Invalid, Unreadable


def sealed(told: Mapping[str, Any], namespace_key: str) -> bytes:
    """What a file has that says this: the object and its seal.

    >>> unsealed(sealed({"layer": 3}, "salt"), "salt", {"layer"})
    {'layer': 3}
    """
    written = canonical(told)
    return _joined(written, _seal(written, namespace_key))


def unsealed(raw: bytes, namespace_key: str, fields: Iterable[str]) -> dict[str, Any]:
    """What a file says; raises `Unreadable` for anything that `sealed` would not have written of just these fields.

    >>> unsealed(sealed({"layer": 3}, "salt"), "another", {"layer"})
    Traceback (most recent call last):
    memcubes.graph.errors.Unreadable: its seal is not of this namespace
    """
    try:
        return _unsealed(raw, namespace_key, fields)
    except Unreadable:
        raise
    except (ValueError, TypeError, RecursionError, Invalid):
        raise Unreadable("it is not in the form of one") from None


def seal_of(told: Mapping[str, Any], namespace_key: str) -> str:
    """The seal of an object: HMAC-SHA-256 of its canonical form, 64 hex digits.

    >>> seal_of({"layer": 3}, "salt")[:12] == seal_of({"layer": 3}, "pepper")[:12]
    False
    """
    return _seal(canonical(told), namespace_key)


def _unsealed(raw: bytes, namespace_key: str, fields: Iterable[str]) -> dict[str, Any]:
    read = json.loads(raw)
    if not isinstance(read, dict) or set(read) != {"manifest", "seal"}:
        raise Unreadable("it has other fields than it should")
    told, seal = read["manifest"], read["seal"]
    if not isinstance(told, dict) or set(told) != set(fields):
        raise Unreadable("it has other fields than it should")
    written = canonical(told)
    if type(seal) is not str or not hmac.compare_digest(
        seal.encode(), _seal(written, namespace_key).encode()
    ):
        raise Unreadable("its seal is not of this namespace")
    if _joined(written, seal) != raw:
        raise Unreadable("it is not written in the one form")
    return told


def _seal(written: bytes, namespace_key: str) -> str:
    key = hashlib.sha256(b"seal\n" + namespace_key.encode("utf-8", "surrogatepass")).digest()
    return hmac.digest(key, written, "sha256").hex()


def _joined(written: bytes, seal: str) -> bytes:
    return b'{"manifest":' + written + b',"seal":"' + seal.encode() + b'"}'
