"""OpenDocument texts, slides and sheets."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from memcubes.ingest.document import Document, ReadError
from memcubes.ingest.readers.file import File
from memcubes.ingest.readers.registry import reader_for

from .spans import exact

CONTENT = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0">'
    "<office:body>{}</office:body></office:document-content>"
)


def read(path: Path) -> list[Document]:
    return list(reader_for(path).read(File(path, path.name)))


def kept(path: Path, inner: str, **parts: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", CONTENT.format(inner))
        for name, text in parts.items():
            archive.writestr(f"{name}.xml", text)
    return path


def test_a_text(tmp_path: Path) -> None:
    odfdo = pytest.importorskip("odfdo")
    made: Any = odfdo.Document("text")
    body = made.body
    body.clear()
    body.append(odfdo.Header(1, "会议 Minutes"))
    led = odfdo.Paragraph("Petra Holm leads the team.")
    led.insert_annotation(after="Petra", body="SECRET", creator="x")
    body.append(led)
    noted = odfdo.Paragraph("王丽在上海工作 since May.")
    noted.insert_note(after="since", note_id="n1", citation="1", body="The note.")
    body.append(noted)
    body.append(odfdo.List(["one", "two"]))
    made.meta.title = "Weekly"
    path = tmp_path / "a.odt"
    made.save(str(path))
    [found] = read(path)
    assert (found.title, found.media) == ("Weekly", "application/vnd.oasis.opendocument.text")
    for text in (
        "# 会议 Minutes",
        "Petra Holm leads the team.",
        "王丽在上海工作",
        "The note.",
        "two",
    ):
        assert text in found.text
    assert "SECRET" not in found.text


def test_what_was_struck_out_is_left_out(tmp_path: Path) -> None:
    odfdo = pytest.importorskip("odfdo")
    made: Any = odfdo.Document("text")
    made.body.clear()
    made.body.append(
        odfdo.Element.from_tag(
            "<text:tracked-changes><text:changed-region><text:deletion><text:p>GONE</text:p>"
            "</text:deletion></text:changed-region></text:tracked-changes>"
        )
    )
    made.body.append(odfdo.Paragraph("Kept."))
    made.save(str(tmp_path / "a.odt"))
    [found] = read(tmp_path / "a.odt")
    assert found.text == "Kept.\n"


def test_slides(tmp_path: Path) -> None:
    inner = (
        "<office:presentation><draw:page><draw:frame><draw:text-box><text:p>Budget 预算</text:p></draw:text-box>"
        "</draw:frame><draw:frame><draw:text-box><text:p>Ola asks for <text:span>two</text:span> cooks.</text:p>"
        "</draw:text-box></draw:frame><presentation:notes><text:p>Say it twice.</text:p></presentation:notes>"
        "</draw:page><draw:page/></office:presentation>"
    )
    [found] = read(kept(tmp_path / "a.odp", inner))
    assert found.text == (
        "## Budget 预算\n\n- Ola asks for two cooks.\n- Say it twice.\n\n## Slide 2\n"
    )


def test_a_sheet(tmp_path: Path) -> None:
    def row(*cells: str, times: int = 1) -> str:
        return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'

    def cell(text: str, kind: str = "string", value: str = "", times: int = 1) -> str:
        held = {"date": "office:date-value", "float": "office:value"}.get(kind)
        said = f'{held}="{value}"' if held else ""
        return (
            f'<table:table-cell office:value-type="{kind}" {said} table:number-columns-repeated="{times}">'
            f"<text:p>{text}</text:p></table:table-cell>"
        )

    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    inner = (
        '<office:spreadsheet><table:table table:name="People">'
        + row(cell("name"), cell("wage"), cell("since"), empty)
        + row(
            cell("Ola 奥拉"), cell("1,5", "float", "1.5"), cell("May", "date", "2024-05-01"), empty
        )
        + row(cell("Bo"), cell("7", "float", "7"), cell("May", "date", "2024-05-02T00:00:00"))
        + row(empty, times=1_048_576)
        + "</table:table></office:spreadsheet>"
    )
    [found] = read(kept(tmp_path / "a.ods", inner))
    assert found.text == (
        "name: Ola 奥拉\nwage: 1.5\nsince: 2024-05-01\n\nname: Bo\nwage: 7\nsince: 2024-05-02\n\n"
    )
    exact(found)


def test_what_is_broken_or_hostile_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.odt").write_bytes(b"PK\x03\x04")
    (tmp_path / "b.odt").write_bytes(b"")
    kept(tmp_path / "c.odt", "x")
    kept(tmp_path / "d.odp", "", x='<!DOCTYPE a [<!ENTITY b "c">]><a/>')
    many = '<table:table-row table:number-rows-repeated="999999999"><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row>'
    kept(
        tmp_path / "e.ods",
        f"<office:spreadsheet><table:table>{many}</table:table></office:spreadsheet>",
    )
    for name in ("a.odt", "d.odp", "e.ods"):
        with pytest.raises(ReadError, match=name[:1]):
            read(tmp_path / name)
