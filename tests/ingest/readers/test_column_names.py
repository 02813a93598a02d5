"""Which row names the columns of a sheet, and what stands above it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from memcubes.ingest.readers import read_documents
from memcubes.ingest.readers.column_names import parted
from memcubes.ingest.readers.sheet import read_csv

BANK = (
    'Statement of May\n"Account:";"DE12 3456"\n\nbooked;payer;reason;amount\n'
    "02.05.2024;Elm Ltd;rent;-900,00\n05.05.2024;Oak AG;salary;2.500,00\n"
)


def test_what_stands_above_a_table_is_kept_and_names_no_column() -> None:
    (told,) = read_csv(BANK, "may.csv", "may.csv")
    first = "note: Statement of May\n\nnote: Account: DE12 3456\n\n"
    assert told.text.startswith("# notes\n\n" + first)
    assert "booked: 02.05.2024\npayer: Elm Ltd\nreason: rent\namount: -900,00\n" in told.text
    kinds = [dict(entry.detail)["record_kind"] for entry in told.entries]
    assert kinds == ["notes", "notes", "may", "may"]


def test_sheets_of_titles_and_sheets_of_sentences(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    stock = book.create_sheet("Stock", 0)
    for row in (["Stock of hall 3"], [], ["item", "shelf", "pieces"], ["bolt", "A3", 40]):
        stock.append(row)
    notes = book.create_sheet("Remarks")
    notes.append(["Room 12 is closed since May."])
    notes.append(["The spare key is with Leila."])
    book.save(tmp_path / "a.xlsx")
    (told,) = read_documents(tmp_path / "a.xlsx")
    assert told.text == (
        "# Stock notes\n\nnote: Stock of hall 3\n\n# Stock\n\nitem: bolt\nshelf: A3\npieces: 40\n\n"
        "# Remarks\n\nnote: Room 12 is closed since May.\n\nnote: The spare key is with Leila.\n\n"
    )


@pytest.mark.parametrize(
    "rows",
    [
        [["name"], ["Ada"], ["Bo"]],
        [["id", "name"], ["7", "Ada"]],
        [
            ["id", "name", "of"],
            ["7", "", ""],
            ["8", "", ""],
            ["9", "", ""],
        ],  # rows with little in them
        [
            ["a", "b"],
            ["1", "2", "3", "4", "5"],
            ["1", "2", "3", "4", "5"],
        ],  # names of the first two alone
        [["a", "b", "c"]],
    ],
)
def test_the_first_row_names_the_columns_elsewhere(rows: list[list[str]]) -> None:
    assert parted(rows) == ([], rows[0], rows[1:])


def test_rows_without_a_key_are_about_their_first_column_where_it_tells_them_apart() -> None:
    (told,) = read_csv("item,shelf\nbolt,A3\nnut,A4\n", "stock.csv", "stock.csv")
    assert [(one.subject, one.relation, one.object) for one in told.claims] == [
        ("bolt", "shelf", "A3"),
        ("nut", "shelf", "A4"),
    ]
    # one that names two of them alike, a date, or a number tells nothing
    for first in ("bolt,A3\nbolt,A4\n", "2024-05-01,A3\n2024-05-02,A4\n", "1.5,A3\n2.5,A4\n"):
        (told,) = read_csv(f"item,shelf\n{first}", "stock.csv", "stock.csv")
        assert told.claims == ()
