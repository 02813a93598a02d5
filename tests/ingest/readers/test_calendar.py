"""Calendars and address books."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcubes.ingest.document import ReadError
from memcubes.ingest.readers import read_documents
from memcubes.ingest.readers.calendar import read_calendar

EVENT = (
    "BEGIN:VCALENDAR\r\nX-WR-CALNAME:Works\r\nBEGIN:VEVENT\r\nSUMMARY:Lamp test\r\n"
    "DTSTART;TZID=Europe/Oslo:20240501T100000\r\nDTEND:20240501T110000Z\r\nLOCATION:Hall 3\\, Oslo\r\n"
    'ATTENDEE;CN="Lee, Ann":mailto:ann@example.org\r\nATTENDEE:mailto:bo@example.org\r\n'
    "DESCRIPTION:Bring the \r\n report.\\nAnd the key.\r\nBEGIN:VALARM\r\nSUMMARY:Ring\r\nEND:VALARM\r\n"
    "END:VEVENT\r\nBEGIN:VTODO\r\nSUMMARY:Oil\r\nDUE;VALUE=DATE:20240603\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
)


def test_events_and_tasks_are_records() -> None:
    [found] = read_calendar(EVENT, "a.ics")
    facts = {(c.subject, c.relation, c.object) for c in found.claims}
    assert {
        ("Lamp test", "begins", "2024-05-01 10:00 Europe/Oslo"),
        ("Lamp test", "ends", "2024-05-01T11:00Z"),
        ("Lamp test", "location", "Hall 3, Oslo"),
        ("Lamp test", "attendees", "Lee, Ann"),
        ("Lamp test", "attendees", "bo@example.org"),
        ("Oil", "due", "2024-06-03"),
    } <= facts
    assert "description: Bring the report. And the key." in found.text
    assert "Ring" not in found.text


def test_people_are_records(tmp_path: Path) -> None:
    card = "BEGIN:VCARD\nFN:Ann Lee\nORG:Hexbank;Loans\nitem1.EMAIL:ann@example.org\nBDAY:19800501\nEND:VCARD\n"
    (tmp_path / "p.vcf").write_text(card)
    [found] = read_documents(tmp_path / "p.vcf")
    assert {(c.relation, c.object) for c in found.claims} == {
        ("organisation", "Hexbank, Loans"),
        ("email", "ann@example.org"),
        ("birthday", "1980-05-01"),
    }


def test_a_calendar_has_its_name_and_one_without_anything_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.ics").write_text(EVENT)
    [found] = read_documents(tmp_path / "a.ics")
    assert found.title == "Works"
    (tmp_path / "a.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    with pytest.raises(ReadError, match="no event"):
        list(read_documents(tmp_path / "a.ics"))
