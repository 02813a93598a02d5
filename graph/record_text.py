r"""Record text: the fields of a cube that is a record, read off its lines.

A record (a row, a block of `name: value` lines, a pair of key and value) is a cube like any other; what its
fields hold is worked out from the text in force and never stored beside it, so that a revision, a
retraction and an erasure reach it at once. Three fields of the header say what the text cannot:
`record_kind` (the table or file), `record_key` (what other records name it by), and, where the lines alone
would be read otherwise, `record_fields`.

    ### veh-0001 (owner: pers-0001)
    make: Johnson LLC
    year: 2013 | colour: Fuchsia
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from .record import Content, Version

KIND, KEY, FIELDS, ROW = "record_kind", "record_key", "record_fields", "record_row"
"""Fields of a record's header; `ROW` is the same in all the cubes that one long record was cut into."""

IDENTIFYING = ("id", "key", "uuid", "guid")
"""Names of fields that hold a record's own key."""

Cells = Mapping[str, tuple[str, ...]]
"""What a record's fields hold, by their names in the form of `field_name`."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS = re.compile(r"[^\W_]+")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$")
_NOTE = re.compile(r"(?P<before>.*?)[ \t]*\((?P<inside>[^()]*[:：][^()]*)\)$")
_NAME = r"[^\W\d_][^:：|\n]{0,59}?"
_CELL = re.compile(rf"[ \t]*(?P<name>{_NAME})[ \t]*[:：](?:[ \t]+(?P<value>.*?))?[ \t]*$")
_BAR = re.compile(r"[ \t]+\|[ \t]+")
_COMMA = re.compile(r"[ \t]*[,;][ \t]*")


class Cell(NamedTuple):
    """A field where it stands: its name as written, its value, and the value's characters in the text."""

    name: str
    value: str
    start: int
    end: int


class Block(NamedTuple):
    """What the lines of a record say: its heading without the note behind it, and its fields in order."""

    heading: str | None
    cells: tuple[Cell, ...]


@lru_cache(maxsize=8192)
def field_name(name: str) -> str:
    """The form in which fields are compared: words in lower case, one space apart.

    >>> field_name("licensePlate"), field_name("license_plate"), field_name("DOB"), field_name("address.city")
    ('license plate', 'license plate', 'dob', 'address city')
    """
    return " ".join(_WORDS.findall(_CAMEL.sub(" ", name))).lower()


def block_of(text: str) -> Block | None:
    r"""The fields of a text that is nothing but a heading and lines of them; None for any other text.

    >>> block_of("### Ann (id: p1)\nborn: 1990-01-02 | city: Ulm").cells[1][:2]
    ('born', '1990-01-02')
    >>> block_of("Ann was born in Ulm.") is None
    True
    """
    heading: str | None = None
    cells: list[Cell] = []
    place = 0
    for number, line in enumerate(text.split("\n")):
        start, place = place, place + len(line) + 1
        if not line.strip():
            continue
        found = _HEADING.match(line) if number == 0 else None
        if found is not None:
            heading, inside = _noted(found[1], start + found.start(1))
            cells += inside
        elif read := _line(line, start):
            cells += read
        else:
            return None
    return Block(heading, tuple(cells)) if cells else None


def _noted(heading: str, start: int) -> tuple[str, list[Cell]]:
    """A heading without the fields in parentheses behind it, and these."""
    found = _NOTE.match(heading)
    if found is None:
        return heading, []
    cells: list[Cell] = []
    for part, begins in _split(_COMMA, found["inside"], start + found.start("inside")):
        read = _cell(part, begins)
        if read is None:
            return heading, []
        cells.append(read)
    return found["before"], cells


def _line(line: str, start: int) -> list[Cell]:
    """The fields of one line: several where bars stand between them; none where it is something else."""
    if "|" in line:
        parts = [_cell(part, begins) for part, begins in _split(_BAR, line, start)]
        if len(parts) > 1 and all(part is not None for part in parts):
            return [part for part in parts if part is not None]
    whole = _cell(line, start)
    return [] if whole is None else [whole]


def _split(border: re.Pattern[str], text: str, start: int) -> Iterator[tuple[str, int]]:
    place = 0
    for found in border.finditer(text):
        yield text[place : found.start()], start + place
        place = found.end()
    yield text[place:], start + place


def _cell(part: str, start: int) -> Cell | None:
    found = _CELL.match(part)
    if found is None or not field_name(found["name"]):
        return None
    value, begins = found["value"] or "", found.start("value")
    return Cell(found["name"], value, start + max(begins, 0), start + max(begins, 0) + len(value))


def key_of(block: Block) -> str | None:
    """What a block is known by: a field named id or key, else its heading.

    >>> key_of(block_of("### veh-1 (owner: p1)\\nmake: Lara")), key_of(block_of("### Ann (ID: p1)"))
    ('veh-1', 'p1')
    """
    for cell in block.cells:
        if cell.value and field_name(cell.name) in IDENTIFYING:
            return cell.value
    return block.heading or None


def cells_of(block: Block) -> Cells:
    """The fields of a block; its heading is its name where something else is its key."""
    pairs = [(cell.name, cell.value) for cell in block.cells]
    named = any(field_name(name) == "name" for name, _ in pairs)
    if block.heading and not named and key_of(block) != block.heading:
        pairs.insert(0, ("name", block.heading))
    return gathered((name, (value,)) for name, value in pairs)


def gathered(pairs: Iterable[tuple[str, Sequence[str]]]) -> Cells:
    """Fields with all their values in order, empty ones left out."""
    found: dict[str, list[str]] = {}
    for name, values in pairs:
        held = [value for value in values if value]
        if held and (known := field_name(name)):
            found.setdefault(known, []).extend(held)
    return {name: tuple(values) for name, values in found.items()}


def cells_in(cube: Version) -> Cells:
    """The fields of a cube that is a record; none of any other, or of one that was erased."""
    kept = cube.get(FIELDS)
    if kept is not None:
        return gathered((name, values) for name, values in kept)
    block = None if cube.get(KIND) is None else block_of(cube.text)
    return {} if block is None else cells_of(block)


def header_of(kind: str, key: str | None, cells: Cells, text: str) -> dict[str, object]:
    """What the header of a record says: its fields as well only where the text would be read otherwise."""
    header: dict[str, object] = {KIND: kind}
    if key:
        header[KEY] = key
    block = block_of(text)
    if block is None or cells_of(block) != cells:
        header[FIELDS] = [[name, list(values)] for name, values in cells.items()]
    return header


def parted(header: Mapping[str, object], whole: str) -> dict[str, object]:
    """What the header of a cube says besides that is only a part of a record: all fields of the whole."""
    cells: Cells = {}
    if FIELDS not in header and (block := block_of(whole)) is not None:
        cells = cells_of(block)
    fields = header.get(FIELDS) or [[name, list(values)] for name, values in cells.items()]
    return {FIELDS: fields, ROW: sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]}


def revised(cube: Version, text: str) -> Content:
    """The header of a record under another wording: its fields are those of the new lines.

    Its key is what stands where the old one stood: the same field, or the heading.
    """
    header = {k: v for k, v in (cube.content or {}).items() if k not in (KEY, FIELDS, ROW)}
    if cube.get(KIND) is None:
        return header
    block = block_of(text)
    if block is None:
        return {k: v for k, v in header.items() if k != KIND}
    old, new, key = cells_in(cube), cells_of(block), cube.get(KEY)
    place = next((name for name, values in old.items() if key in values), "")
    kept = new[place][0] if place in new else key_of(block)
    return header | ({KEY: kept} if kept else {})
