"""The Merkle tree over the log, appended to one leaf at a time (RFC 6962, section 2.1).

Only the compact range is kept at the head: the roots of the perfect subtrees that make up the tree,
largest first. A tree of n leaves needs as many of them as n has bits set.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf: SHA-256(0x00 ‖ leaf).

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class CompactRange:
    """A tree of `size` leaves, known by the roots of its perfect subtrees, largest first.

    The roots of RFC 6962's own example inputs:

    >>> CompactRange().root().hex()[:16]
    'e3b0c44298fc1c14'
    >>> CompactRange().append(leaf_hash(b"")).append(leaf_hash(b"\\x00")).root().hex()[:16]
    'fac54203e7cc696c'
    """

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> CompactRange:
        """Add the hash of one more leaf."""
        roots, carry, size = list(self.roots), leaf, self.size
        while size & 1:
            carry = node_hash(roots.pop(), carry)
            size >>= 1
        return CompactRange(self.size + 1, (*roots, carry))

    def root(self) -> bytes:
        """The Merkle tree hash of all leaves."""
        if not self.roots:
            return hashlib.sha256(b"").digest()
        value = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            value = node_hash(left, value)
        return value

    def pack(self) -> bytes:
        """Write the subtree roots side by side, 32 bytes each."""
        return b"".join(self.roots)

    @classmethod
    def unpack(cls, size: int, raw: bytes) -> CompactRange:
        """Read what `pack` wrote; `ValueError` where the roots do not belong to that size."""
        if len(raw) != 32 * size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} subtree roots")
        return cls(size, tuple(raw[i : i + 32] for i in range(0, len(raw), 32)))
