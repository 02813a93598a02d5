"""Leaves: what the log says of a change, in exact bytes (format 1).

A leaf holds effects and digests, never content, so it survives erasure and proves what was there. Every
format that was ever written stays readable.
"""

from __future__ import annotations

import json
from typing import Any

from .errors import Corrupt

FORMAT = 1
FIELDS = frozenset(
    [
        "actor",
        "at",
        "behalf",
        "enacts",
        "id",
        "note",
        "ns",
        "ops",
        "prev_in_ns",
        "request_hash",
        "seq",
        "sums",
        "v",
        "verb",
    ]
)


def counted(raw: bytes) -> dict[str, int]:
    """Count the records that each kind of operation of a leaf reached.

    Raises `Corrupt` as `read_leaf` does.
    """
    counts: dict[str, int] = {}
    for op in read_leaf(raw)["ops"]:
        counts[op["op"]] = counts.get(op["op"], 0) + int(op.get("count", 1))
    return counts


def read_leaf(raw: bytes) -> dict[str, Any]:
    """Read a leaf back.

    >>> read_leaf(b'{"v":2}')
    Traceback (most recent call last):
    memcubes.graph.errors.Corrupt: a leaf of unknown format: b'{"v":2}'

    Raises `Corrupt` where the bytes are no leaf of a known format.
    """
    try:
        leaf = json.loads(raw)
    except ValueError:
        raise Corrupt("the bytes of a leaf are not JSON") from None
    if not isinstance(leaf, dict) or leaf.get("v") != FORMAT or set(leaf) != FIELDS:
        raise Corrupt(f"a leaf of unknown format: {raw[:60]!r}")
    return leaf
