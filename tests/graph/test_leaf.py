"""Golden leaves: the bytes of every format that was ever written stay readable, and stay these bytes."""

from __future__ import annotations

import hashlib

import pytest

from memcubes.graph import Close, Edge, EdgeKind, NodeKind, Open, Reopen, Selector, Shred, Version
from memcubes.graph.effect import Effect, leaf_bytes
from memcubes.graph.errors import Corrupt
from memcubes.graph.kind import Authority
from memcubes.graph.leaf import read_leaf
from memcubes.graph.merkle import leaf_hash
from memcubes.graph.record import Validity

VERSION = Version(
    "r1", "a", NodeKind.MEMCUBE, "n1", None, "o1", Authority.EXTRACTED, Validity(0), {}, None,
    b"0" * 32, "d1",
)  # fmt: skip
EDGE = Edge(
    "r2", "a", EdgeKind.NEXT, "n1", "n2", "o1", Authority.EXTRACTED, Validity(0), {}, b"0" * 32, "d2"
)  # fmt: skip
FORMAT_1 = (
    b'{"actor":"agent","at":1700000000000000,"behalf":"","enacts":"p@1","id":"c1","note":"nd",'
    b'"ns":"a","ops":['
    b'{"digest":"d1","ends":["n1"],"id":"r1","kind":"MemCube","op":"open","origin":"o1"},'
    b'{"digest":"d2","ends":["n1","n2"],"id":"r2","kind":"NEXT","op":"open","origin":"o1"},'
    b'{"by":{"origin":"s1"},"count":2,"ids":"%b","op":"close"},'
    b'{"by":{"closed_by":7},"count":1,"ids":"%b","op":"reopen"},'
    b'{"by":{"ids":1},"count":1,"ids":"%b","op":"shred"}],'
    b'"prev_in_ns":4,"request_hash":"rh","seq":9,"sums":{"close":"%b","reopen":"%b","shred":"%b"},'
    b'"v":1,"verb":"revise"}'
)
SUMS = [hashlib.sha256(ids).hexdigest().encode() for ids in (b"x\ny", b"z", b"w")]


def golden() -> bytes:
    """The leaf of format 1, written out by hand."""
    return FORMAT_1 % (*SUMS, *SUMS)


def test_leaf_of_format_1_is_these_bytes() -> None:
    written = leaf_bytes(
        seq=9,
        change_id="c1",
        prev_in_ns=4,
        at=1_700_000_000_000_000,
        ns="a",
        actor="agent",
        on_behalf_of="",
        verb="revise",
        enacts="p@1",
        request_hash="rh",
        note_digest="nd",
        effects=(
            Effect(Open(VERSION), ("r1",)),
            Effect(Open(EDGE), ("r2",)),
            Effect(Close(Selector(origin="s1")), ("y", "x")),
            Effect(Reopen(Selector(closed_by=7)), ("z",)),
            Effect(Shred(Selector(ids=("w",))), ("w",)),
        ),
    )
    assert written == golden()
    expected = "e1e4f499faefe07259d368d40c4b915c1fd125d5814755f4ee655542a497d9dc"
    assert leaf_hash(written).hex() == expected


def test_leaf_of_format_1_is_read() -> None:
    leaf = read_leaf(golden())
    assert (leaf["v"], leaf["seq"], len(leaf["ops"])) == (1, 9, 5)


@pytest.mark.parametrize(
    "wrong", [b"", b"\x00", b"[]", b"{}", b'{"v":1}', golden().replace(b'"v":1', b'"v":2')]
)
def test_what_is_no_leaf_is_corrupt(wrong: bytes) -> None:
    with pytest.raises(Corrupt):
        read_leaf(wrong)
