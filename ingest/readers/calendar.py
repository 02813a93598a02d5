r"""Calendars and address books (iCalendar, RFC 5545; vCard, RFC 6350): a record for each event, task or person.

Times are kept as they stand, with their zone; a rule of repetition is kept as text, and no date is worked out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ..document import Document, ReadError
from .file import File, Reader
from .table import Cell, Table, tabled

_PARTS = {"VEVENT": "events", "VTODO": "tasks", "VJOURNAL": "notes", "VCARD": "people"}
_NAMES = {
    "SUMMARY": "name",
    "FN": "name",
    "DTSTART": "begins",
    "DTEND": "ends",
    "DUE": "due",
    "DURATION": "lasts",
    "COMPLETED": "completed",
    "LOCATION": "location",
    "ORGANIZER": "organizer",
    "ATTENDEE": "attendees",
    "DESCRIPTION": "description",
    "STATUS": "status",
    "CATEGORIES": "categories",
    "RRULE": "repeats",
    "RECURRENCE-ID": "in place of",
    "COMMENT": "comment",
    "PRIORITY": "priority",
    "URL": "url",
    "LAST-MODIFIED": "updated at",
    "REV": "updated at",
    "NICKNAME": "nickname",
    "ORG": "organisation",
    "TITLE": "job",
    "ROLE": "role",
    "TEL": "telephone",
    "EMAIL": "email",
    "ADR": "address",
    "BDAY": "birthday",
    "ANNIVERSARY": "anniversary",
    "NOTE": "note",
    "RELATED": "related",
}
_LINE = re.compile(
    r'(?:[\w-]+\.)?(?P<name>[A-Za-z][\w-]*)(?P<options>(?:;[\w-]+(?:=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)?)*):(?P<value>.*)',
    re.DOTALL,
)
_OPTION = re.compile(r';([\w-]+)(?:=("[^"]*"|[^";:]*))?')
_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)?(Z|[+-]\d\d:?\d\d)?)?")
_ESCAPE = re.compile(r"\\([\\;,nN])")


def read_calendar(text: str, uri: str) -> list[Document]:
    r"""The events, tasks and people of a file as records; none where it holds none.

    >>> event = "BEGIN:VEVENT\nSUMMARY:Tide check\nDTSTART;TZID=Europe/Oslo:20250314T054000\nEND:VEVENT\n"
    >>> print(read_calendar(event, "a.ics")[0].text.strip())
    name: Tide check
    begins: 2025-03-14 05:40 Europe/Oslo
    """
    rows: dict[str, list[tuple[Cell, ...]]] = {}
    open_: list[tuple[str, dict[str, list[str]]]] = []
    for line in _unfolded(text):
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        name, value = found["name"].upper(), found["value"].strip()
        if name == "BEGIN":
            open_.append((value.upper(), {}))
        elif name == "END":
            # a part that never ends ends with what it stands in
            while open_ and open_[-1][0] != value.upper():
                _close(open_.pop(), rows)
            if open_:
                _close(open_.pop(), rows)
        elif open_ and open_[-1][0] in _PARTS and name in _NAMES:
            told = _value(name, value, _options(found["options"]))
            held = open_[-1][1].setdefault(_NAMES[name], [])
            if told and told not in held:
                held.append(told)
    for part in reversed(open_):
        _close(part, rows)
    tables = [Table(kind, tuple(listed)) for kind, listed in rows.items()]
    if len(tables) == 1:
        tables = [Table(None, tables[0].rows)]
    return tabled(tables, uri, "text/vcard" if set(rows) == {"people"} else "text/calendar")


def _close(part: tuple[str, dict[str, list[str]]], rows: dict[str, list[tuple[Cell, ...]]]) -> None:
    kind, fields = part
    if kind in _PARTS and fields:
        row = tuple((name, tuple(values)) for name, values in fields.items() if values)
        rows.setdefault(_PARTS[kind], []).append(row)


def _unfolded(text: str) -> Iterator[str]:
    """Lines that were folded by a line end and white space, whole again."""
    held: list[str] = []
    for line in re.split(r"\r\n|\n|\r", text):
        if line[:1] in (" ", "\t") and held:
            held.append(line[1:])
        else:
            if held:
                yield "".join(held)
            held = [line]
    yield "".join(held)


def _options(text: str) -> dict[str, str]:
    return {m[1].upper(): (m[2] or "").strip('"') for m in _OPTION.finditer(text)}


def _value(name: str, value: str, options: dict[str, str]) -> str:
    if options.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
        import quopri

        value = quopri.decodestring(value.encode()).decode("utf-8", "backslashreplace")
    if name in ("ATTENDEE", "ORGANIZER"):
        address = re.sub(r"^mailto:", "", value, flags=re.IGNORECASE)
        return options.get("CN") or address
    if (found := _TIME.fullmatch(value)) is not None and name not in ("TEL", "NOTE"):
        return _moment(found, options.get("TZID", ""))
    if name in ("ADR", "ORG"):
        parts = [_plain(part) for part in re.split(r"(?<!\\);", value)]
        return ", ".join(part for part in parts if part)
    return _plain(value.removeprefix("tel:"))


def _moment(found: re.Match[str], zone: str) -> str:
    year, month, day, hour, minute, _, shift = found.groups()
    date = f"{year}-{month}-{day}"
    if hour is None:
        return date
    if shift:
        return f"{date}T{hour}:{minute}{'Z' if shift == 'Z' else shift}"
    return f"{date} {hour}:{minute} {zone}".strip()


def _plain(value: str) -> str:
    told = _ESCAPE.sub(lambda m: " " if m[1] in "nN" else m[1], value)
    return " ".join(told.split())


def _calendar(file: File) -> list[Document]:
    text = file.text()
    if not text.strip():
        return [file.blank]
    found = read_calendar(text, file.uri)
    if not found:
        raise ReadError(f"{file.name}: holds no event, task or person; leave it out.")
    title = re.search(r"^X-WR-CALNAME[^:\r\n]*:(.+)$", text, re.MULTILINE)
    return [replace(found[0], title=_plain(title[1]) if title else None)]


CALENDAR = Reader("calendar", (".ics", ".ifb", ".vcf"), _calendar)
