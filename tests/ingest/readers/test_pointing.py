"""Columns of bare numbers: which are keys of records, and which count something."""

from __future__ import annotations

import json

import pytest

from memcubes.ingest.readers.pointing import pointing
from memcubes.ingest.readers.records import read_json

STAFF = [str(number) for number in range(1, 9)]


def named_in(value: object) -> list[tuple[str, str, str]]:
    """The facts whose object is named "… number", beside those of the keys themselves."""
    [document] = read_json(json.dumps(value), "staff.json", "staff.json")
    return [
        (one.subject, one.relation, one.object)
        for one in document.claims
        if one.relation != "id" and one.object.rpartition(" ")[2].isdigit() and " " in one.object
    ]


def column(*values: int | None) -> list[tuple[str, ...]]:
    return [() if value is None else (str(value),) for value in values]


@pytest.mark.parametrize(
    ("values", "leads"),
    [
        (column(3, 3, 5, 3, 6, 8, 8, None), True),  # a tree with one root
        (column(2, 1, 4, 3, 6, 5, 8, 7), True),  # pairs
        (column(2, 1, 4, 3, None, None, None, None), True),
        (column(2, 1, None, None, None, None, None, None), False),  # one pair is met by chance
        (column(1, 1, 2, 2, 3, 3, 4, 4), False),  # floors: 1 is on the first
        (column(3, 3, 5, 3, 6, 8, 8, 3), False),  # everyone has one, so there is a cycle
        (column(3, 3, None, None, None, None, None, None), False),  # mostly empty
        (column(3, 3, 5, 30, 60, 8, 8, None), False),  # not nearly all are keys
        (column(None, None, None, None, None, None, None, None), False),
    ],
)
def test_a_column_of_the_own_table(values: list[tuple[str, ...]], leads: bool) -> None:
    assert pointing(values, STAFF, STAFF) is leads


def test_a_column_of_another_table() -> None:
    assert not pointing(column(3, 5, 8, 2), STAFF)
    assert pointing(column(3, 5, 8, 2), STAFF, named=True)
    assert pointing(column(417, 932), ["417", "580", "932"])
    assert not pointing(column(417, 933), ["417", "580", "932"])


def test_a_field_of_keys_names_the_records() -> None:
    staff = [
        {"id": 1, "name": "Per Olsen", "manager": 3, "desk": 4},
        {"id": 2, "name": "Ida Lund", "manager": 3, "desk": 2},
        {"id": 3, "name": "Tove Dahl", "manager": 4, "desk": 1},
        {"id": 4, "name": "Kari Moe", "desk": 3},
    ]
    assert named_in(staff) == [
        ("Per Olsen", "manager", "staff 3"),
        ("Ida Lund", "manager", "staff 3"),
        ("Tove Dahl", "manager", "staff 4"),
    ]


def test_a_field_called_as_another_table_is() -> None:
    value = {
        "authors": [{"id": 1, "name": "Ann Hill"}, {"id": 2, "name": "Bo Reed"}],
        "books": [{"isbn": "x-1", "title": "Fog", "author": 2, "copies": 1}],
    }
    assert named_in(value) == [("Fog", "author", "author 2")]
