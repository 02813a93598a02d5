"""Digests, keys and identifiers: how content is named without being given away.

Canonical bytes are JCS (RFC 8785) without floats. A digest is SHA-256 over a 32-byte random salt and
those bytes, so that after erasure of content and salt nobody can guess the content from the log.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import json.encoder
import os
import secrets
import time
import uuid
from collections.abc import Callable, Iterable
from hashlib import blake2b
from struct import unpack
from typing import Any

import rfc8785

from .errors import Invalid


def canonical(value: Any) -> bytes:
    """Write a JSON value in the one form that RFC 8785 allows.

    >>> canonical({"b": 1, "a": ["é", None, True]}).decode()
    '{"a":["é",null,true],"b":1}'

    Floats, integers beyond 2^53 and lone surrogates raise `Invalid`.
    """
    if _simple(value):
        try:
            return _write(value).encode()
        except UnicodeEncodeError as error:
            raise Invalid(f"content cannot be written canonically: {error}") from None
    _refuse_floats(value)
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise Invalid(f"content cannot be written canonically: {error}") from None


_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _writer() -> Callable[[Any], str]:
    """What the standard library writes is canonical where `_simple` says so, and ten times as fast.

    `JSONEncoder.encode` makes a writer for each value, which takes longer than most values do.
    """
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return _encoder.encode
    one = _encoder
    pieces = make(
        None,
        one.default,
        json.encoder.encode_basestring,
        one.indent,
        one.key_separator,
        one.item_separator,
        one.sort_keys,
        one.skipkeys,
        one.allow_nan,
    )
    return lambda value: "".join(pieces(value, 0))


_write = _writer()
_EXACT = 2**53 - 1


_FLAT = {str, bool, type(None)}


def _simple(value: Any) -> bool:
    """Whether names are ASCII, so that code points sort as UTF-16 does, and integers exact."""
    todo = [value]
    try:
        for part in todo:  # grows meanwhile
            kind = type(part)
            if kind is dict and all(map(str.isascii, part)):
                held = part.values()
            elif kind is list or kind is tuple:
                held = part
            elif kind in _FLAT or (kind is int and -_EXACT <= part <= _EXACT):
                continue
            else:
                return False
            if not _FLAT.issuperset(map(type, held)):
                todo += held
    except TypeError:  # a name that is no string
        return False
    return True


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise Invalid(f"content holds the float {value!r}: write an integer (permille) or a string")
    if isinstance(value, dict):
        for part in value.values():
            _refuse_floats(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_floats(part)


def salted(salt: bytes, content: bytes) -> str:
    """Digest content under its salt, as 64 hex digits.

    >>> salted(b"0" * 32, b"tea")[:8]
    '53140a69'
    """
    return hashlib.sha256(salt + content).hexdigest()


def new_salt() -> bytes:
    """Draw the 32 random bytes that belong to one record."""
    return os.urandom(32)


def digest_of_ids(ids: Iterable[str]) -> str:
    """Digest a set of record ids, whatever their order.

    >>> digest_of_ids(["b", "a"]) == digest_of_ids(["a", "b"])
    True
    """
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()


def keyed(secret: bytes, *parts: str) -> str:
    """Name a value by HMAC-SHA-256 under the store's secret, as 64 hex digits.

    >>> keyed(b"s", "Entity", "alice") == keyed(b"s", "Entityalice")
    False
    """
    try:
        message = b"".join([len(raw := part.encode()).to_bytes(8, "big") + raw for part in parts])
    except UnicodeEncodeError as error:
        raise Invalid(
            f"no text: half a character stands at {error.start} (a lone surrogate)"
        ) from None
    return hmac.digest(secret, message, "sha256").hex()


def keyed_id(key: str) -> str:
    """Turn a key into the node id that follows from it (a version 8 UUID, RFC 9562).

    >>> keyed_id("00" * 32)
    '00000000-0000-8000-8000-000000000000'
    """
    variant = "89ab"[int(key[16], 16) & 0b11]
    return f"{key[:8]}-{key[8:12]}-8{key[13:16]}-{variant}{key[17:20]}-{key[20:32]}"


def new_node_id() -> str:
    """Draw the id of a node that has no key (a version 4 UUID: any prefix of it tells nodes apart)."""
    return str(uuid.uuid4())


def new_record_id() -> str:
    """Draw the id of a record or change (a version 7 UUID, so that inserts fall side by side)."""
    stamp = time.time_ns() // 1_000_000
    tail = secrets.randbits(74)
    value = (
        (stamp << 80) | (0x7 << 76) | ((tail >> 62) << 64) | (0b10 << 62) | (tail & ((1 << 62) - 1))
    )
    name = f"{value:032x}"
    return f"{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}"


def hashed(text: str) -> int:
    """Name a text by 64 bits of BLAKE2b.

    >>> hashed("tea") == hashed("tea"), hashed("tea") == hashed("tee")
    (True, False)
    """
    raw = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(raw, digest_size=8).digest(), "little")


def hashes(texts: Iterable[str]) -> list[int]:
    """Name each of many texts as `hashed` does.

    >>> hashes(["tea", "tee"]) == [hashed("tea"), hashed("tee")]
    True
    """
    whole = b"".join(
        [blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts]
    )
    return list(unpack(f"<{len(whole) // 8}Q", whole))
