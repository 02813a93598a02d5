"""Word documents, slides, workbooks, PDF files and books, in English and Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcubes.ingest.document import Document, ReadError
from memcubes.ingest.readers import read_documents

from . import made
from .spans import exact, facts, named


def read(path: Path) -> Document:
    [document] = read_documents(path)
    exact(document)
    return document


def test_word(tmp_path: Path) -> None:
    document = read(made.word(tmp_path / "a.docx"))
    assert document.text == (
        "# Night shift\n\nThe valve RV-7 failed at 02:10. Ada Finch kept the log.\n\n"
        "- closed the line\n- called Ben Stone\n\nPart | Place\nRV-7 | Hall 2\n\n"
        "## 阀门\n\n阀门漏水。王小明在北京更换了阀门。"
    )
    assert (document.title, document.author) == ("Valve report 阀门", "Ada Finch")
    assert document.stated == made.STATED


def test_slides(tmp_path: Path) -> None:
    document = read(made.slides(tmp_path / "a.pptx"))
    assert document.text == (
        "## Valves\n\n- RV-7 failed at 02:10.\n- Ben Stone came.\n\n- 王小明更换了阀门。\n\n"
        "## Slide 2\n\nPart | RV-7"
    )
    assert (document.title, document.stated) == ("Plant 水厂", made.STATED)


def test_workbook(tmp_path: Path) -> None:
    document = read(made.workbook(tmp_path / "a.xlsx"))
    assert document.text == (
        "# employees\n\n"
        "id: 1\nname: Ada Finch\nplant_id: 7\nsince: 2024-02-01\nhours: 7.5\npay: =E2*100\n\n"
        "id: 2\nname: 王小明\nplant_id: 8\nsince: 2024-02-01 06:30:00\nhours: 8\n\n"
        "# plants\n\nid: 7\nname: Osmeadow Plant\n\nid: 8\nname: 北京水厂\n\n"
    )
    assert named(document)["plant 7"] == ["7", "7"]
    assert ("Ada Finch", "plant id", "plant 7") in facts(document)
    assert {entry.heading for entry in document.entries} == {"employees", "plants"}
    assert document.title == "Staff"
    assert document.stated is not None  # when it was saved


def test_values_that_a_workbook_keeps_beside_its_formulas_count(tmp_path: Path) -> None:
    from xlsxwriter import Workbook

    path = tmp_path / "a.xlsx"
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet("s")
        sheet.write_row(0, 0, ["name", "sum"])
        sheet.write_string(1, 0, "Ada")
        sheet.write_formula(1, 1, "=1+1", value=2)
        sheet.write_formula(5, 1, '=HYPERLINK("http://example.org")', value="")
    assert read(path).text == 'name: Ada\nsum: 2\n\nsum: =HYPERLINK("http://example.org")\n\n'


def test_pdf(tmp_path: Path) -> None:
    document = read(made.pdf(tmp_path / "a.pdf"))
    assert document.text == (
        "The valve RV-0 failed at 02:10. Ada Finch kept the\n阀门漏水。王小明在北京更换了阀门。\n"
        "It was replaced by Ben Stone on 4 May, and then the\n"
        "The valve RV-1 failed at 02:10. Ada Finch kept the\n阀门漏水。王小明在北京更换了阀门。\n"
        "It was replaced by Ben Stone on 4 May, and then the"
    )
    assert (document.title, document.author) == ("Valve report 阀门", "Ada Finch")


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["Ann moved to Ro-", "me in May."], "Ann moved to Rome in May."),
        (["A long-term post, a long-", "term plan."], "A long-term post, a long-term plan."),
        (["The Kioto-", "Protokoll of Ann-", "Marie."], "The Kioto-Protokoll of Ann-Marie."),
        (["Unit CX-", "4 failed"], "Unit CX-\n4 failed"),
    ],
)
def test_words_that_a_line_of_a_pdf_broke_are_whole(
    tmp_path: Path, lines: list[str], text: str
) -> None:
    from reportlab.pdfgen.canvas import Canvas

    page = Canvas(str(tmp_path / "a.pdf"), invariant=1)
    for n, line in enumerate(lines):
        page.drawString(50, 800 - 14 * n, line)
    page.save()
    assert read(tmp_path / "a.pdf").text == text


def test_pdf_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"a\.pdf: is protected by a password"):
        read(made.pdf(tmp_path / "a.pdf", password="secret"))
    assert "RV-0" in read(made.pdf(tmp_path / "b.pdf", password=None)).text


def test_book(tmp_path: Path) -> None:
    document = read(made.book(tmp_path / "a.epub"))
    assert document.text == "# One\n\nThe valve RV-7 failed.\n\n# 阀门\n\n王小明更换了阀门。"
    assert (document.title, document.author, document.language) == ("Valves", "Ada Finch", "en")
    assert document.stated == 1741910400000000  # 2025-03-14


@pytest.mark.parametrize(
    "name", ["report.docx", "plant.pptx", "staff.xlsx", "valve.pdf", "valves.epub"]
)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.95])
def test_half_a_file_is_named_and_gives_nothing(tmp_path: Path, name: str, part: float) -> None:
    path = made.ALL[name](tmp_path / name)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(ReadError, match=rf"{name}: .*leave it out"):
        list(read_documents(path))
