"""Records read off their text: what their lines say, and what their headers say where lines cannot."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.kind import Authority, NodeKind
from memcubes.graph.record import Author, Payload, Version
from memcubes.graph.record_text import (
    block_of,
    cells_in,
    cells_of,
    gathered,
    header_of,
    key_of,
    revised,
)

VEHICLE = (
    "### veh-1 (owner: pers-1; since: 2020)\nmake: Lara Ltd\nyear: 2013 | colour: Red | empty:\n"
)


def cube(text: str, header: dict[str, object]) -> Version:
    author = Author("a", "o", Authority.EXTRACTED, 0)
    return author.version(NodeKind.MEMCUBE, "n", header, payload=Payload.of(text))


def test_a_block_says_its_fields_where_they_stand() -> None:
    block = block_of(VEHICLE)
    assert block is not None
    assert block.heading == key_of(block) == "veh-1"
    assert [(c.name, c.value) for c in block.cells] == [
        ("owner", "pers-1"), ("since", "2020"), ("make", "Lara Ltd"), ("year", "2013"),
        ("colour", "Red"), ("empty", ""),
    ]  # fmt: skip
    assert all(VEHICLE[cell.start : cell.end] == cell.value for cell in block.cells)
    assert cells_of(block) == {
        "owner": ("pers-1",), "since": ("2020",), "make": ("Lara Ltd",), "year": ("2013",),
        "colour": ("Red",),
    }  # fmt: skip


def test_what_holds_anything_else_is_no_block() -> None:
    for text in (
        "",
        "### Ann",
        "Ann: hi\nand more",
        "### A\n\n- x: 1",
        "http://a.example/b",
        "a:b",
        "1: 2",
    ):
        assert block_of(text) is None, text
    # a line with bars that are not all fields is one field; a note without fields belongs to the heading
    block = block_of("# A (B)\nt: x | y")
    assert block is not None
    assert (block.heading, block.cells[0].value) == ("A (B)", "x | y")


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,6}", fullmatch=True),
        st.lists(
            st.text(st.characters(codec="utf-8"), min_size=1, max_size=12), min_size=1, max_size=2
        ),
        max_size=4,
    )
)
def test_a_header_and_lines_give_the_very_fields(fields: dict[str, list[str]]) -> None:
    cells = gathered((name, tuple(values)) for name, values in fields.items())
    text = "\n".join(f"{name}: {', '.join(values)}" for name, values in fields.items())
    record = cube(text, header_of("things", None, cells, text))
    assert cells_in(record) == cells


def test_a_revision_keeps_what_says_which_record_it_is() -> None:
    text = "number: 7\nname: Ann"
    record = cube(
        text, {"title": "x", **header_of("staff", "7", {"number": ("7",), "name": ("Ann",)}, text)}
    )
    assert revised(record, "number: 8\nname: Bo") == {
        "title": "x",
        "record_kind": "staff",
        "record_key": "8",
    }
    assert revised(record, "Ann has left.") == {"title": "x"}
    listed = cube(
        "name: Ann, Bo", {**header_of("staff", None, {"name": ("Ann", "Bo")}, "name: Ann, Bo")}
    )
    assert cells_in(listed) == {"name": ("Ann", "Bo")}
    new = cube("name: Cy", dict(revised(listed, "name: Cy")))
    assert cells_in(new) == {"name": ("Cy",)}
    assert revised(cube("plain words", {"title": "x"}), "id: 1") == {"title": "x"}
    assert cells_in(cube("id: 1", {"title": "x"})) == {}
