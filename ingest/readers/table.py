"""Tables of records (CSV, sheets, JSON): a passage for each, with its facts and its links to others.

A record is about what its naming column says (name, title, label), else about its key. A value that is the
key of a record in the same file names that record, and so does a bare number in a column that refers to a
table by its name (`customer_id` and 7 name "customer 7", the record 7 of `customers.csv`) or by its values (see
`pointing`). So a walk goes
from record to record, across files too, while what a file opens depends on nothing but that file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from ...graph.record_text import gathered, header_of
from ..document import Document, Entry, Named, Told
from .dates import parse_date
from .nameable import LONGEST_NAME, NUMBER, PROSE, nameable
from .pointing import pointing

Cell = tuple[str, tuple[str, ...]]
"""A column and what stands in it: several values where the cell is a list."""

_KEYS = (
    "id",
    "_id",
    "key",
    "uuid",
    "guid",
    "code",
    "no",
    "nr",
    "编号",
    "代码",
    "序号",
    "学号",
    "工号",
)
_NAMES = (
    "name",
    "title",
    "label",
    "full name",
    "fullname",
    "display name",
    "名称",
    "姓名",
    "标题",
    "名字",
)
_REFERS = re.compile(
    r"^(?P<stem>.+?)[\s_-]*(?:ids?|key|ref|code|no|nr|编号|代码|号)$", re.IGNORECASE
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS = re.compile(r"[^\W_]+")
_PARTS = re.compile(r"\s*[;|,，；、]\s*")
_LONGEST_FACT = 200


@dataclass(frozen=True, slots=True)
class Table:
    """Records under a name; None where the file has only the one table."""

    name: str | None
    rows: tuple[tuple[Cell, ...], ...]

    @classmethod
    def of(cls, name: str | None, values: Sequence[Any]) -> Table:
        """The table of a list of JSON values; inner fields are columns by their path.

        >>> Table.of(None, [{"a": {"b": 1}, "c": ["x", "y"]}]).rows
        ((('a.b', ('1',)), ('c', ('x', 'y'))),)
        """
        return cls(name, tuple(tuple(_flat(value)) for value in values))


@dataclass(frozen=True, slots=True)
class Keys:
    """What the records of a table are known by: a column, and the name of each key."""

    column: str
    stem: str
    names: Mapping[str, str]


def text_of(value: object) -> str:
    """A JSON scalar as text; nothing for null, a truth value in words.

    >>> text_of(7), text_of(" x "), text_of(None), text_of(True)
    ('7', 'x', '', 'true')
    """
    if value is None or isinstance(value, Mapping | list):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.strip() if isinstance(value, str) else repr(value)


@lru_cache(maxsize=4096)
def relation_of(column: str) -> str:
    """A column's name as a relation in words.

    >>> relation_of("employerName"), relation_of("works_for"), relation_of("address.city")
    ('employer name', 'works for', 'address city')
    """
    return " ".join(_WORDS.findall(_CAMEL.sub(" ", column))).lower()


def _flat(value: object) -> Iterator[Cell]:
    """The leaves of a JSON value, without recursion; a list of scalars is one cell."""
    stack: list[tuple[str, object]] = [("", value)]
    while stack:
        path, inner = stack.pop()
        if isinstance(inner, Mapping):
            below = [(f"{path}.{name}" if path else str(name), one) for name, one in inner.items()]
            stack += reversed(below)
        elif isinstance(inner, list) and any(isinstance(one, Mapping | list) for one in inner):
            stack += reversed([(f"{path}[{n}]", one) for n, one in enumerate(inner)])
        else:
            found = inner if isinstance(inner, list) else [inner]
            texts = tuple(text for one in found if (text := text_of(one)))
            if texts:
                yield path or "value", texts


def tabled(tables: Sequence[Table], uri: str, media: str = "application/json") -> list[Document]:
    """Write tables out as one document of records, one line for each value; none where all are empty."""
    stem = PurePosixPath(uri.replace("\\", "/")).stem
    keys = [_keys(table, table.name or stem) for table in tables]
    known: dict[str, str] = {}
    for one in keys:
        for key, name in one.names.items() if one is not None else ():
            if not NUMBER.match(key):
                known.setdefault(key, name)
    page = _Page([], [], [], [])
    for table, own in zip(tables, keys, strict=True):
        if table.name is not None and table.rows:
            page.write(f"# {table.name}\n\n")
        stems = {one.stem: one for one in keys if one is not None}
        follows = _followed(table, own, keys)
        leading = _leading(table)
        for row in table.rows:
            about = _subject(row, own, leading)
            _record(page, row, about, own, known, stems, follows, table.name, table.name or stem)
    text = "".join(page.pieces)
    if not page.entries:
        return []
    return [
        Document(
            uri,
            None,
            text,
            media,
            entries=tuple(page.entries),
            names=tuple(page.names),
            claims=tuple(page.claims),
        )
    ]


def _followed(table: Table, own: Keys | None, keys: Sequence[Keys | None]) -> dict[str, Keys]:
    """The columns of bare numbers that are keys of one table by their name (`author` of `authors`) or values."""
    there = [one for one in keys if one is not None and any(map(NUMBER.match, one.names))]
    rows = [dict(row) for row in table.rows] if there else []
    ids = [row.get(own.column, ("",))[0] if own is not None else "" for row in rows]
    found: dict[str, Keys] = {}
    for column in dict.fromkeys(column for row in rows for column in row):
        values = [row.get(column, ()) for row in rows]
        if _REFERS.match(column) or (own is not None and column == own.column):
            continue
        if all(NUMBER.match(one) for some in values for one in some):
            called = [one for one in there if one.stem == _stem(column)]
            leads = [
                one
                for one in called or there
                if pointing(values, one.names, ids if one is own else None, named=bool(called))
            ]
            found |= {column: leads[0]} if len(leads) == 1 else {}
    return found


@dataclass(slots=True)
class _Page:
    """What is written so far."""

    pieces: list[str]
    entries: list[Entry]
    names: list[Named]
    claims: list[Told]
    length: int = 0

    def write(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)


def _record(
    page: _Page,
    row: Sequence[Cell],
    about: tuple[str, str | None],
    own: Keys | None,
    known: Mapping[str, str],
    stems: Mapping[str, Keys],
    follows: Mapping[str, Keys],
    heading: str | None,
    kind: str,
) -> None:
    begin, first = page.length, len(page.pieces)
    subject, naming = about
    stated: int | None = None
    last = begin
    for column, values in row:
        line = page.length
        page.write(f"{_line(column)}: ")
        for place, value in enumerate(values):
            if place:
                page.write(", ")
            start = page.length
            page.write(value)
            found = list(names_in(column, value, own, known, stems, follows))
            page.names += [Named(start + a, start + b, surface) for a, b, surface in found]
            fact = subject and column != naming and len(value) <= _LONGEST_FACT
            if fact and not PROSE.search(value):
                whole = len(found) == 1 and found[0][:2] == (0, len(value))
                told = found[0][2] if whole else value
                relation = relation_of(column)
                if relation:
                    page.claims.append(Told(line, page.length, subject, relation, told))
            if stated is None and relation_of(column) in _DATES:
                stated = parse_date(value)
        last = page.length
        page.write("\n")
    page.write("\n")
    if last > begin:
        text = "".join(page.pieces[first:])[: last - begin]
        keyed = next((v[0] for c, v in row if own and c == own.column and v[0] in own.names), None)
        detail = tuple(header_of(kind, keyed, gathered(row), text).items())
        page.entries.append(Entry(begin, last, "record", subject or None, stated, heading, detail))


_DATES = {"date", "time", "timestamp", "created at", "updated at", "日期", "时间"}


def _line(column: str) -> str:
    return " ".join(column.split()) or "value"


def _subject(row: Sequence[Cell], own: Keys | None, leading: str | None) -> tuple[str, str | None]:
    """What a record is about, and the column that says so."""
    for name in _NAMES:
        for column, values in row:
            if relation_of(column) == name and len(values) == 1 and nameable(values[0], loose=True):
                return values[0], column
    for column, values in row if own is not None else ():
        if own is not None and column == own.column and values[0] in own.names:
            return own.names[values[0]], column
    return next(((values[0], column) for column, values in row if column == leading), ("", None))


def _leading(table: Table) -> str | None:
    """The first column, where it names every row and no two rows alike: what no key and no name tells, it does."""
    first = [row[0] for row in table.rows if row]
    if len(first) < max(2, len(table.rows)) or len({column for column, _ in first}) > 1:
        return None
    named = [values[0] for _, values in first if len(values) == 1 and _naming(values[0])]
    return first[0][0] if len(named) == len(first) == len(set(named)) else None


def _naming(value: str) -> bool:
    return nameable(value, loose=True) and parse_date(value) is None


def _keys(table: Table, name: str) -> Keys | None:
    """The key column: one with such a name, else of names, whose values are there and all different."""
    columns = dict.fromkeys(column for row in table.rows for column, _ in row)
    first = [c for c in columns if relation_of(c) in _KEYS or c.lower() in _KEYS]
    stem = _singular(relation_of(name))
    own = [c for c in columns if (found := _REFERS.match(c)) and _stem(found["stem"]) == stem]
    named = [c for c in columns if relation_of(c) in _NAMES]
    leading = [c for c in list(columns)[:1] if _REFERS.match(c)]
    for column in dict.fromkeys((*first, *own, *leading, *named)):
        values = [dict(row).get(column, ()) for row in table.rows]
        keys = [one[0] for one in values if len(one) == 1 and len(one[0]) <= LONGEST_NAME]
        if len(keys) == len(table.rows) == len(set(keys)):
            refers = _REFERS.match(column)
            told = stem if column in first or refers is None else _stem(refers["stem"])
            return Keys(column, told, {k: f"{told} {k}" if NUMBER.match(k) else k for k in keys})
    return None


def _stem(column: str) -> str:
    return _singular(relation_of(column))


def _singular(words: str) -> str:
    """The last word without its plural s: the table `customers` holds a customer.

    >>> _singular("customers"), _singular("cities"), _singular("glass")
    ('customer', 'city', 'glass')
    """
    if words.endswith("ies") and len(words) > 4:
        return words[:-3] + "y"
    if words.endswith("s") and not words.endswith("ss") and len(words) > 3:
        return words[:-1]
    return words


def names_in(
    column: str,
    value: str,
    own: Keys | None,
    known: Mapping[str, str],
    stems: Mapping[str, Keys],
    follows: Mapping[str, Keys] | None = None,
) -> Iterator[tuple[int, int, str]]:
    """What a value names: a record by its key, a list of such, or something by its looks.

    `follows` are columns of bare numbers that are keys though their names do not say so.
    """
    if own is not None and column == own.column and value in own.names:
        yield 0, len(value), own.names[value]
        return
    if value in known:
        yield 0, len(value), known[value]
        return
    refers = _REFERS.match(column)
    parts = [part for part in _PARTS.split(value) if part]
    if NUMBER.match(value) or (len(parts) > 1 and all(NUMBER.match(part) for part in parts)):
        there = (follows or {}).get(column)
        stem = _stem(refers["stem"]) if refers is not None else ""
        if there is None and not stem:
            return
        there = there or stems.get(stem)
        if there is None and own is not None and all(part in own.names for part in parts):
            there = own  # manager_id in the table of employees
        for start, part in _placed(value, parts):
            yield start, start + len(part), f"{there.stem if there else stem} {part}"
        return
    if len(parts) > 1 and all(part in known for part in parts):
        for start, part in _placed(value, parts):
            yield start, start + len(part), known[part]
    elif nameable(value):
        yield 0, len(value), value


def _placed(value: str, parts: Sequence[str]) -> Iterator[tuple[int, str]]:
    place = 0
    for part in parts:
        place = value.index(part, place)
        yield place, part
        place += len(part)


def references(values: Sequence[Mapping[str, Any]]) -> list[list[tuple[str, str, str]]]:
    """For each record of prose what it names of the others: column, the key as written, and its name.

    A record that others name by its id says its id too.

    >>> references([{"id": "E-1", "title": "A"}, {"id": "E-2", "boss": "E-1"}, {"title": "B", "see": "A"}])
    [[('id', 'E-1', 'E-1')], [('boss', 'E-1', 'E-1')], [('see', 'A', 'A')]]
    """
    ids = [text_of(value.get("id", value.get("_id", value.get("key")))) for value in values]
    titles = [text_of(value.get("title", value.get("name"))) for value in values]
    known = {key for key in (*ids, *titles) if key and len(key) <= LONGEST_NAME}
    links: list[list[tuple[str, str, str]]] = []
    named: set[str] = set()
    for value, own, title in zip(values, ids, titles, strict=True):
        found = []
        for column, texts in _flat({k: v for k, v in value.items() if k not in _OWN}):
            refers = _REFERS.match(column)
            for text in texts:
                if text not in known or text in (own, title):
                    continue
                if NUMBER.match(text) and refers is None:
                    continue
                found.append((column, text, _record_name(text)))
                named.add(text)
        links.append(found)
    for place, own in enumerate(ids):
        if own in named and own:
            links[place].insert(0, ("id", own, _record_name(own)))
    return links


_OWN = {"id", "_id", "key", "title", "name", "text", "content", "body", "paragraph_text", "memory"}


def _record_name(key: str) -> str:
    return f"record {key}" if NUMBER.match(key) else key
