"""Letters of Outlook for tests: a compound file (MS-CFB) of few sectors, with the properties of MS-OXMSG."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_NUMBER, _STRING, _TIME, _BINARY = 0x0003, 0x001F, 0x0040, 0x0102
Tree = dict[str, "bytes | Tree"]


def letter(
    *,
    subject: str,
    body: str | None,
    sender: tuple[str, str],
    to: tuple[str, str],
    sent: datetime,
    html: bytes | None = None,
    attached: str | None = None,
) -> bytes:
    """A letter as Outlook would keep it."""
    told: dict[int, str | bytes | int | datetime] = {
        0x001A: "IPM.Note",
        0x0037: subject,
        0x0C1A: sender[0],
        0x0C1F: sender[1],
        0x0039: sent,
        0x3FDE: 65001,
    }
    if body is not None:
        told[0x1000] = body
    if html is not None:
        told[0x1013] = html
    counts = struct.pack("<8x4I8x", 1, int(attached is not None), 1, int(attached is not None))
    tree = _properties(told, counts)
    tree["__recip_version1.0_#00000000"] = _properties({0x3001: to[0], 0x39FE: to[1]}, bytes(8))
    if attached is not None:
        tree["__attach_version1.0_#00000000"] = _properties(
            {0x3707: attached, 0x3701: b"x"}, bytes(8)
        )
    return compound(tree)


def _properties(told: dict[int, str | bytes | int | datetime], head: bytes) -> Tree:
    rows, tree = head, Tree()
    for number, value in told.items():
        if isinstance(value, datetime):
            ticks = int((value - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
            rows += struct.pack("<HHIQ", _TIME, number, 6, ticks)
            continue
        if isinstance(value, int):
            rows += struct.pack("<HHIII", _NUMBER, number, 6, value, 0)
            continue
        kind = _STRING if isinstance(value, str) else _BINARY
        data = value.encode("utf-16-le") if isinstance(value, str) else value
        rows += struct.pack("<HHIII", kind, number, 6, len(data) + 2 * (kind == _STRING), 0)
        tree[f"__substg1.0_{number:04X}{kind:04X}"] = data
    tree["__properties_version1.0"] = rows
    return tree


def compound(tree: Tree) -> bytes:
    """A compound file of version 3 in which every stream is short enough for the ministream."""
    nodes: list[list[object]] = [["Root Entry", 5, _NONE, _END, 0, _NONE]]
    mini, table = b"", list[int]()

    def place(inner: Tree) -> int:
        nonlocal mini
        first = _NONE
        before = -1
        for name in sorted(inner, key=lambda one: (len(one), one.upper())):
            what = inner[name]
            at = len(nodes)
            if isinstance(what, dict):
                nodes.append([name, 1, _NONE, 0, 0, _NONE])
                nodes[at][2] = place(what)
            else:
                sectors = -(-len(what) // 64)
                start = len(table) if sectors else _END
                table.extend([*range(len(table) + 1, len(table) + sectors), _END][:sectors])
                mini += what.ljust(sectors * 64, b"\0")
                nodes.append([name, 2, _NONE, start, len(what), _NONE])
            if before < 0:
                first = at
            else:
                nodes[before][5] = at
            before = at
        return first

    nodes[0][2] = place(tree)
    entries = b""
    blocks = -(-len(mini) // 512)
    directory = -(-len(nodes) // 4)
    minifat = -(-len(table) // 128)
    # the file: FAT, directory, table of the ministream, ministream
    nodes[0][3], nodes[0][4] = 1 + directory + minifat, len(mini)
    for name, kind, child, start, size, right in nodes:
        text = str(name).encode("utf-16-le")
        entries += struct.pack(
            "<64sHBBIII16xI16xIII",
            text,
            len(text) + 2,
            kind,
            1,
            _NONE,
            right,
            child,
            0,
            start,
            size,
            0,
        )
    chain = [_FAT]
    for count in (directory, minifat, blocks):
        chain += [*range(len(chain) + 1, len(chain) + count), _END][:count]
    assert len(chain) <= 128
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
        0, 1, 1, 0, 4096, 1 + directory if minifat else _END, minifat, _END, 0,
    )  # fmt: skip
    head += struct.pack("<I", 0) + struct.pack("<I", _FREE) * 108
    fat = b"".join(struct.pack("<I", one) for one in chain).ljust(512, b"\xff")
    small = b"".join(struct.pack("<I", one) for one in table).ljust(minifat * 512, b"\xff")
    return (
        head + fat + entries.ljust(directory * 512, b"\0") + small + mini.ljust(blocks * 512, b"\0")
    )
