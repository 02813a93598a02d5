"""CSV files and workbooks: their rows as records, or as the facts of a graph; formulas stay text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from ..document import MAX_LINE, Document, ReadError
from .archive import opened
from .column_names import MOST_ABOVE, parted
from .file import File, Reader
from .media import wordless
from .office import pictures_in, properties
from .table import Cell, Table, tabled
from .triples import columns, node_names, triples_of, written

MAX_ROWS = 200_000
"""How many rows a table may have."""

_BEGINNING = 100_000
_NUMBER = re.compile(r"[+-]?\d[\d.,]*$")
_SEPARATORS = ",;\t|"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def read_csv(text: str, uri: str, file: str, *, path: Path | None = None) -> list[Document]:
    """Read a CSV or TSV file whose first row names the columns.

    Rows with subject, relation and object, or with source and target, are the facts of a graph; the names
    of its nodes come from the file of nodes beside `path`, if there is one. Raises ReadError.

    >>> [told] = read_csv("id,name\\n7,Ada Finch\\n", "customers.csv", "customers.csv")
    >>> told.text, told.claims[0].subject, told.names[0].surface
    ('id: 7\\nname: Ada Finch\\n\\n', 'Ada Finch', 'customer 7')
    """
    separator = "\t" if uri.lower().endswith((".tsv", ".tab")) else _separator(text)
    torn: list[int] = []
    rows = list(_rows(text, separator, file, torn))
    notes = (_torn(file, torn),) if torn else ()
    if not rows:
        raise ReadError(f"{file}: holds no row; leave it out.")
    above, header, body = parted(rows)
    if all(len(row) == 3 for row in rows) and columns(header) is None and "triple" in uri.lower():
        header, body = ["subject", "relation", "object"], rows
    elif any(_NUMBER.match(cell.strip()) for cell in header):
        header, body = (
            [f"column {n}" for n in range(1, len(header) + 1)],
            rows[len(above) :],
        )  # nothing is named
    called = node_names(path, lambda beside: File(beside, uri).text()) if path else {}
    told = triples_of(header, body, lambda key: called.get(key, key))
    if told is not None and (made := written(told, uri)) is not None:
        return [replace(made, notes=notes)]
    found = tabled([*_notes(None, above), _table(None, header, body)], uri, "text/csv")
    if not found:
        raise ReadError(f"{file}: holds no row below the names of its columns; leave it out.")
    return [replace(found[0], notes=notes), *found[1:]]


def _separator(text: str) -> str:
    """What separates the columns: what the first line that has any has most of, outside quotation marks."""
    first = text.lstrip("\r\n")
    for line in first[:_BEGINNING].split("\n")[: MOST_ABOVE + 1]:
        bare = "".join(line.split('"')[::2])
        if any(sign in bare for sign in _SEPARATORS):
            return max(_SEPARATORS, key=bare.count)
    return _SEPARATORS[0]


def _rows(text: str, separator: str, file: str, torn: list[int]) -> Iterator[list[str]]:
    """The rows that hold something; a line whose quotation mark never ends is one, and `torn` has its number."""
    lines = list(_lines(text))
    limit = csv.field_size_limit(MAX_LINE)
    place = width = found = 0
    try:
        while place < len(lines):
            for row, until in _whole_rows(lines, place, separator):
                if row is None:
                    torn.append(place + 1)
                    row = _bare(lines[place], separator, width)
                    until = place + 1
                place, width = until, width or len(row)
                if any(cell.strip() for cell in row):
                    found += 1
                    yield row
                if found > MAX_ROWS * 10:
                    return
    except csv.Error as error:
        raise ReadError(
            f"{file}, line {place + 1}: no CSV ({error}); correct the quotation marks."
        ) from error
    finally:
        csv.field_size_limit(limit)


_END = "\x1e end \x1e"


def _whole_rows(
    lines: Sequence[str], place: int, separator: str
) -> Iterator[tuple[list[str] | None, int]]:
    """Rows from a line on, each with the line behind it; None for one whose quotation mark never ends, the last.

    Such a row goes on until a mark that is not meant for it, or to the end: what stands between is not
    quoted as CSV is (RFC 4180), where a row of one line may be quoted in any way.
    """

    def fed() -> Iterator[str]:
        for number in range(place, len(lines)):
            yield lines[number]
        yield _END

    begin = place
    reader = csv.reader(fed(), delimiter=separator)
    while True:
        try:
            row = next(reader)
        except csv.Error:
            if begin + reader.line_num - place < 2:
                raise
            yield None, place
            return
        until = begin + reader.line_num
        if until > len(lines):
            if place < len(lines):
                yield None, place  # even what stands behind the last line is taken for quoted
            return
        if until - place > 1 and not _strict(lines[place:until], separator):
            yield None, place
            return
        yield row, until
        place = until


def _strict(lines: Sequence[str], separator: str) -> bool:
    try:
        return len(list(csv.reader(lines, delimiter=separator, strict=True))) == 1
    except csv.Error:
        return False


def _bare(line: str, separator: str, width: int) -> list[str]:
    """The cells of a line by itself: without regard to its quotation marks, if that gives as many as there are."""
    split = [cell.strip().removeprefix('"') for cell in line.rstrip("\r\n").split(separator)]
    if len(split) == width or not width:
        return split
    [row] = csv.reader([line], delimiter=separator)
    return [cell.rstrip("\r\n") for cell in row]


def _torn(file: str, lines: Sequence[int]) -> str:
    shown = ", ".join(f"{line:,}" for line in lines[:5])
    more = f" and {len(lines) - 5:,} more" if len(lines) > 5 else ""
    return (
        f"{file}, line {shown}{more}: a quotation mark is opened and never closed; the line was read by itself, "
        "as if the mark were not there: correct it and ingest the file again"
    )


def _lines(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _table(name: str | None, header: Sequence[str], body: Sequence[Sequence[str]]) -> Table:
    if len(body) > MAX_ROWS:
        raise ReadError(f"a table has {len(body):,} rows, more than {MAX_ROWS:,}; split it.")
    named = [" ".join(column.split()) or f"column {n}" for n, column in enumerate(header, 1)]
    rows: list[tuple[Cell, ...]] = []
    for row in body:
        more = [f"column {n}" for n in range(len(named) + 1, len(row) + 1)]
        cells = zip([*named, *more], row, strict=False)
        kept = tuple((column, (cell.strip(),)) for column, cell in cells if cell.strip())
        if kept:
            rows.append(kept)
    return Table(name, tuple(rows))


def _notes(name: str | None, lines: Sequence[str]) -> list[Table]:
    """What stands above a table, as records by themselves."""
    called = f"{name} notes" if name else "notes"
    return [Table(called, tuple((("note", (line,)),) for line in lines))] if lines else []


def _csv(file: File) -> list[Document]:
    text = file.text()
    if not text.strip():
        return [file.blank]
    return read_csv(text, file.uri, file.name, path=file.path)


def _workbook(file: File) -> Iterator[Document]:
    """A workbook: each sheet is a table; a formula counts by the value that was stored with it, else as text."""
    with opened(file, "workbook") as archive:
        said = properties(archive)
        stream = archive.fp
        assert stream is not None  # it is open
        full = book_of(_sheets(stream))
        pictures = pictures_in(archive, "xl/media/")
    if not full and pictures:
        bare = Document(file.uri, said.title, "", _SHEETS, said.language, said.stated, said.author)
        yield from wordless(file, bare, f"{pictures} pictures")
        return
    if not full:
        raise ReadError(f"{file.name}: has no sheet with rows below a header; leave it out.")
    for made in tabled(full, file.uri, _SHEETS):
        yield replace(made, title=said.title, stated=said.stated, author=said.author)


def _sheets(stream: Any) -> Iterator[tuple[str, list[list[str]]]]:
    import warnings

    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that matter to nobody here
        books = []
        for values in (True, False):
            stream.seek(0)
            books.append(load_workbook(stream, read_only=True, data_only=values, keep_links=False))
        for sheet in books[0].worksheets:
            sheet.reset_dimensions()
            formulas = books[1][sheet.title]
            formulas.reset_dimensions()
            rows = []
            pairs = zip(
                sheet.iter_rows(values_only=True),
                formulas.iter_rows(values_only=True),
                strict=False,
            )
            for stored, made in pairs:
                row = [_cell(a if a is not None else b) for a, b in zip(stored, made, strict=False)]
                if any(row):
                    rows.append(row)
                if len(rows) > MAX_ROWS:
                    raise ReadError(
                        f"the sheet '{sheet.title}' has more than {MAX_ROWS:,} rows; split it."
                    )
            yield sheet.title, rows


def book_of(sheets: Iterable[tuple[str, Sequence[Sequence[str]]]]) -> list[Table]:
    """The sheets of a book as tables, those without rows left out; a single one has no name of its own."""
    full = [(" ".join(name.split()), parted(rows)) for name, rows in sheets if rows]
    full = [(name, found) for name, found in full if found.body]
    alone = len(full) == 1
    tables: list[Table] = []
    for given, found in full:
        name = None if alone else given
        tables += [*_notes(name, found.above), _table(name, found.header, found.body)]
    return tables


def _cell(value: object) -> str:
    """A cell as its sheet shows it, as near as can be."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time | timedelta):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()


CSV = Reader("csv", (".csv", ".tsv", ".tab"), _csv)
WORKBOOK = Reader("workbook", (".xlsx", ".xlsm"), _workbook, handed=False)
