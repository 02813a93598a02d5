"""Tables: CSV, and records in JSON that name each other."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.ingest.document import Document, ReadError
from memcubes.ingest.readers import read_documents
from memcubes.ingest.readers.records import read_json
from memcubes.ingest.readers.sheet import read_csv

from .spans import exact, facts, lines, named

STAFF = (
    "id,name,employer,note\nE-1,Ada Finch,P-2,The pump failed. It leaks.\nP-2,Osmeadow Plant,,\n"
)


def read(text: str, uri: str = "staff.csv") -> Document:
    [document] = read_csv(text, uri, uri)
    exact(document)
    return document


def test_a_row_is_a_passage_about_what_it_names() -> None:
    document = read(STAFF)
    parts = [document.text[entry.start : entry.end] for entry in document.entries]
    assert parts == [
        "id: E-1\nname: Ada Finch\nemployer: P-2\nnote: The pump failed. It leaks.",
        "id: P-2\nname: Osmeadow Plant",
    ]
    assert [entry.subject for entry in document.entries] == ["Ada Finch", "Osmeadow Plant"]
    # prose in a cell is left to the extractor
    assert facts(document) == [
        ("Ada Finch", "id", "E-1"),
        ("Ada Finch", "employer", "P-2"),
        ("Osmeadow Plant", "id", "P-2"),
    ]
    assert lines(document)[1] == "employer: P-2"
    # both records name P-2, so that a walk goes from one to the other
    assert named(document)["P-2"] == ["P-2", "P-2"]


def test_a_value_that_is_a_key_is_a_name_however_it_looks() -> None:
    document = read("key,kind,part of\nhall two,hall,\nold pump,pump,hall two\n", "parts.csv")
    assert named(document) == {"hall two": ["hall two", "hall two"], "old pump": ["old pump"]}
    assert ("old pump", "part of", "hall two") in facts(document)


def test_numbers_name_the_table_that_they_refer_to() -> None:
    orders = read("id,customer_id,quantity\n1,7,3\n2,8,1\n", "orders.csv")
    customers = read("id,name\n7,Ada Finch\n8,Ben Stone\n", "customers.csv")
    # 1 is an order's key and a quantity too: only the key is a name
    assert named(orders) == {
        "order 1": ["1"],
        "order 2": ["2"],
        "customer 7": ["7"],
        "customer 8": ["8"],
    }
    assert named(customers)["customer 7"] == ["7"]
    assert ("order 1", "customer id", "customer 7") in facts(orders)


def test_a_table_refers_to_itself() -> None:
    staff = read("employee_id,name,manager_id\n1,Ada Finch,\n2,Ben Stone,1\n", "employees.csv")
    assert named(staff)["employee 1"] == ["1", "1"]
    assert ("Ben Stone", "manager id", "employee 1") in facts(staff)


def test_a_list_of_keys_names_each() -> None:
    document = read("id,title,sees\nA-1,One,\nA-2,Two,A-1; A-3\nA-3,Three,A-1\n", "notes.csv")
    assert named(document)["A-1"] == ["A-1", "A-1", "A-1"]
    assert named(document)["A-3"] == ["A-3", "A-3"]


def test_chinese_tables() -> None:
    document = read("编号,姓名,单位\nY-1,王小明,Z-9\nZ-9,北京水厂,\n", "人员.csv")
    assert [entry.subject for entry in document.entries] == ["王小明", "北京水厂"]
    assert ("王小明", "单位", "Z-9") in facts(document)
    assert named(document)["Z-9"] == ["Z-9", "Z-9"]


@pytest.mark.parametrize(
    "text",
    [
        "name;city\nAda Finch;Brno\n",
        "name\tcity\nAda Finch\tBrno\n",
        '"name","city"\r\n"Ada Finch","Brno"\r\n',
        "\n\nname|city\n\nAda Finch|Brno\n\n",
    ],
)
def test_separators_and_quotation_marks(text: str) -> None:
    assert read(text).text == "name: Ada Finch\ncity: Brno\n\n"


def test_formulas_are_text() -> None:
    document = read('name,total\nAda,"=SUM(A1:A9)"\nBen,"=cmd|\'/c calc\'!A1"\n+1,@x\n')
    assert "total: =SUM(A1:A9)\n" in document.text
    assert "total: =cmd|'/c calc'!A1\n" in document.text


def test_without_names_of_columns_rows_are_kept_all_the_same() -> None:
    assert read("Ada Finch,1984\nBen Stone,1990\n").text.startswith("column 1: Ada Finch\n")
    ragged = read("name,city\nAda Finch,Brno,extra\nBen\n")
    assert ragged.text == "name: Ada Finch\ncity: Brno\ncolumn 3: extra\n\nname: Ben\n\n"


def test_two_columns_of_one_name() -> None:
    assert read("id,id,name\n1,2,Ada Finch\n2,3,Ben Stone\n").text.startswith("id: 1\nid: 2\n")


@pytest.mark.parametrize("text", ["name,city\n", "\n\n", "name\n\n"])
def test_a_table_without_rows_is_named(text: str) -> None:
    with pytest.raises(ReadError, match=r"a\.csv: holds no row"):
        read_csv(text, "a.csv", "a.csv")


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=5))
def test_spans_hold_for_any_table(rows: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    try:
        [document] = read_csv(written.getvalue(), "t.csv", "t.csv")
    except ReadError:
        return
    exact(document)
    for start, end, surface in document.names:
        assert surface.endswith(document.text[start:end].strip()) or surface


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.floats(allow_nan=False) | CELLS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(CELLS, inner, max_size=4),
    max_leaves=12,
)


@given(JSONS)
def test_spans_hold_for_any_json(value: object) -> None:
    try:
        documents = read_json(json.dumps(value), "t.json", "t.json")
    except ReadError:
        return
    for document in documents:
        exact(document)


def test_a_file_in_an_old_encoding_is_read_and_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "人员.csv"
    path.write_bytes(
        "编号,姓名,单位\nY-1,王小明,北京第一水厂\nY-2,李大壮,上海水厂\n".encode("gb18030")
    )
    [document] = read_documents(path)
    assert "姓名: 王小明" in document.text
    assert document.notes == ("人员.csv is not UTF-8: it was read as GB18030",)


TORN = (
    'id,name,city\n1,"Ann Lee,Riga\n2,Bo Chan,Lyon\n3,"Cy Diaz",Graz\n4,"Di ""D"" Ek",Oslo\n'
    '5,"Two\nlines",Ulm\n6,"Eve Fox,Brno\n7,Gus Hay,Linz\n'
)


def test_a_quotation_mark_that_never_ends_swallows_no_row_and_is_named() -> None:
    [found] = read_csv(TORN, "people.csv", "people.csv")
    cities = {(c.subject, c.object) for c in found.claims if c.relation == "city"}
    assert cities == {
        ("Ann Lee", "Riga"),
        ("Bo Chan", "Lyon"),
        ("Cy Diaz", "Graz"),
        ('Di "D" Ek', "Oslo"),
        ("people 5", "Ulm"),
        ("Eve Fox", "Brno"),
        ("Gus Hay", "Linz"),
    }
    [note] = found.notes
    assert "people.csv, line 2, 8: a quotation mark is opened and never closed" in note


def test_quotation_marks_that_end_are_nothing_to_speak_of() -> None:
    [found] = read_csv('id,said\n1,"a, ""b""\nc"\n2,5" pipe\n3,"x"y\n', "a.csv", "a.csv")
    assert found.notes == ()
    assert len(found.entries) == 3
