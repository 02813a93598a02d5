r"""Blocks: texts that are nothing but records, each a heading and lines of `name: value`.

    ### veh-0001 (owner: pers-0001)
    make: Johnson LLC
    year: 2013

A block is about its name, else about its key (a field named id or key, else its heading). The text stays as
it is; fields, keys and the names in them are read where they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from ...graph.record_text import IDENTIFYING, Block, Cell, block_of, cells_of, field_name, header_of
from ...graph.record_text import key_of as key_in
from ..document import Document, Entry, Named, Told
from .header import lines
from .nameable import nameable
from .table import Keys, names_in, relation_of

LEAST = 2
"""Records that make a text a text of records."""

_LONGEST_FACT = 200


def blocks_in(text: str, uri: str) -> Document | None:
    r"""The records of a text, a passage each; None where it is anything but records.

    Every block stands between blank lines and begins with a heading or with a field named id or key.

    >>> found = blocks_in("### a1 (owner: p1)\nx: 1\n\n### a2 (owner: p1)\nx: 2\n", "things.txt")
    >>> found.entries[1].detail
    (('record_kind', 'things'), ('record_key', 'a2'))
    >>> blocks_in("# A talk\n\nAnn: Good morning.\n", "talk.txt") is None
    True
    """
    spans = list(_spans(text))
    found: list[tuple[int, Block]] = []
    for start, end in spans if len(spans) >= LEAST else ():
        block = block_of(text[start:end])
        if block is None or (block.heading is None and not _keyed(block)):
            return None
        found.append((start, block))
    if not found:
        return None
    kind = PurePosixPath(uri.replace("\\", "/")).stem
    known = {key: key for _, block in found if (key := key_in(block)) is not None}
    entries: list[Entry] = []
    names: dict[Named, None] = {}
    claims: list[Told] = []
    for (start, block), (_, end) in zip(found, spans, strict=True):
        cells, key = cells_of(block), key_in(block)
        name = cells.get("name", ("",))[0]
        subject = name if nameable(name, loose=True) else key or ""
        detail = tuple(header_of(kind, key, cells, text[start:end]).items())
        entries.append(Entry(start, end, "record", subject or None, None, None, detail))
        names |= dict.fromkeys(_named(text, start, block, subject, known))
        claims += _told(text, start, block, subject, known)
    media = "text/markdown" if uri.lower().endswith((".md", ".markdown")) else "text/plain"
    return Document(
        uri, None, text, media, entries=tuple(entries), names=tuple(names), claims=tuple(claims)
    )


def _keyed(block: Block) -> bool:
    return field_name(block.cells[0].name) in IDENTIFYING and len(block.cells) > 1


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """The stretches between blank lines, without the white space around them."""
    begin: int | None = None
    end = 0
    for start, stop in lines(text):
        line = text[start:stop]
        if not line.strip():
            if begin is not None:
                yield begin, end
            begin = None
            continue
        begin = start if begin is None else begin
        end = start + len(line.rstrip())
    if begin is not None:
        yield begin, end


def _named(
    text: str, start: int, block: Block, subject: str, known: Mapping[str, str]
) -> Iterator[Named]:
    """What a block names: itself in its heading, and the keys and names in its fields."""
    for said in dict.fromkeys((subject, block.heading or "")):
        place = text.find(said, start) if said and said == block.heading else -1
        if place >= 0:
            yield Named(place, place + len(said), said)
    for cell in block.cells:
        for first, last, surface in _names(cell, known):
            yield Named(start + cell.start + first, start + cell.start + last, surface)


def _names(cell: Cell, known: Mapping[str, str]) -> list[tuple[int, int, str]]:
    stems: Mapping[str, Keys] = {}
    return list(names_in(cell.name, cell.value, None, known, stems)) if cell.value else []


def _told(
    text: str, start: int, block: Block, subject: str, known: Mapping[str, str]
) -> Sequence[Told]:
    """The facts of a block: each short field that is not its own name or key."""
    told: list[Told] = []
    for cell in block.cells:
        relation, value = relation_of(cell.name), cell.value
        if not (subject and value and relation) or len(value) > _LONGEST_FACT:
            continue
        if value in (subject, block.heading):
            continue
        found = _names(cell, known)
        whole = len(found) == 1 and found[0][:2] == (0, len(value))
        begin = text.rfind(cell.name, start, start + cell.start)
        end = start + cell.end
        told.append(Told(begin, end, subject, relation, found[0][2] if whole else value))
    return told
