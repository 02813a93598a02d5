"""The compact range against the definition of RFC 6962, and the vectors of its reference."""

from __future__ import annotations

import hashlib

import pytest

from memcubes.graph.merkle import CompactRange, leaf_hash

# The inputs and roots of the Certificate Transparency reference implementation.
INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def grown(leaves: list[bytes]) -> CompactRange:
    """The range over these leaves, appended one by one."""
    tree = CompactRange()
    for leaf in leaves:
        tree = tree.append(leaf_hash(leaf))
    return tree


def tree_hash(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + tree_hash(leaves[:split]) + tree_hash(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(71))
def test_root_is_the_merkle_tree_hash(size: int) -> None:
    leaves = [str(n).encode() for n in range(size)]
    tree = grown(leaves)
    assert tree.root() == tree_hash(leaves)
    assert len(tree.roots) == size.bit_count()
    assert CompactRange.unpack(size, tree.pack()) == tree


@pytest.mark.parametrize("size", range(9))
def test_known_roots(size: int) -> None:
    leaves = [bytes.fromhex(text) for text in INPUTS[:size]]
    assert grown(leaves).root().hex() == ROOTS[size]
    assert tree_hash(leaves).hex() == ROOTS[size]


def test_every_leaf_and_its_place_count() -> None:
    leaves = [str(n).encode() for n in range(13)]
    root = grown(leaves).root()
    for n in range(13):
        assert grown([*leaves[:n], b"x", *leaves[n + 1 :]]).root() != root
        assert grown(leaves[:n] + leaves[n + 1 :]).root() != root
    assert grown(leaves[::-1]).root() != root
    assert grown([leaf_hash(leaf) for leaf in leaves]).root() != root


@pytest.mark.parametrize(
    ("size", "raw"), [(3, b"0" * 32), (0, b"0" * 32), (1, b""), (1, b"0" * 31)]
)
def test_roots_that_do_not_belong_to_a_size_are_refused(size: int, raw: bytes) -> None:
    with pytest.raises(ValueError, match="subtree roots"):
        CompactRange.unpack(size, raw)
