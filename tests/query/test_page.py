"""Pages: what is worked out of a text once, and kept within bounds."""

from __future__ import annotations

import re

import pytest

from memcubes.graph import Author, Authority, NodeKind, Payload
from memcubes.graph.index.encoders import load_encoder
from memcubes.query.memoperator import MemOperator
from memcubes.query.page import Page, Reading, Readings

from ..graph.index.bookshelf import NS, Bookshelf


def test_readings_are_kept_by_how_much_they_hold() -> None:
    shelf = Bookshelf()
    for number in range(4):
        shelf.add(f"{number}.md", f"bees make honey {number}.", subject="Bees")
    shelf.add("long.md", "bees make honey all year round and more.", subject="Bees")
    # four words, one run ("0", a digit is no small letter), and one for itself: 6 of each short one
    readings = Readings(most=13)
    *short, long = sorted(shelf.cubes(), key=lambda cube: len(cube.text))
    assert [readings.of(cube).size for cube in short] == [6, 6, 6, 6]
    assert len(readings) == 2
    assert readings.of(short[3]) is readings.of(short[3])
    # eight words and itself: 9, and nothing else beside it
    assert readings.of(long).size == 9
    assert len(readings) == 1
    shelf.close()


def test_the_sentences_of_a_page_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for every mention in it would be the square of its length: 24 s for 160 kB."""
    shelf = Bookshelf()
    shelf.add("long.md", "Ada Hill met Tom Reed in Bonn. " * 50, subject="Long")
    shelf.add("hill.md", "She was born in Ulm.", subject="Ada Hill")
    shelf.add("reed.md", "He was born in Kiel.", subject="Tom Reed")
    read: list[int] = []
    sentences = Page.sentences.fget  # type: ignore[attr-defined]

    def counted(page: Page) -> list[tuple[int, int]]:
        read.append(page.passage)
        return sentences(page)  # type: ignore[no-any-return]

    monkeypatch.setattr(Page, "sentences", property(counted))
    operator = MemOperator(shelf.store, shelf.index(), load_encoder("hashing"))
    hits = operator.search(shelf.scope(), "Where was Tom Reed born?").hits
    assert len(hits) == len(read) == len(set(read)) == 3
    shelf.close()


def same(one: tuple[str, str, int], other: tuple[str, str, int]) -> bool:
    """Whether two texts with their titles and days count as one."""
    shelf = Bookshelf()
    author = Author(NS, shelf.node(NodeKind.NAMESPACE, NS), Authority.ASSERTED, 0)
    readings = [
        Reading.of(
            author.version(
                NodeKind.MEMCUBE,
                shelf.node(NodeKind.MEMCUBE, text),
                {"title": title, "stated": day * 86_400_000_000},
                payload=Payload.of(text),
            )
        )
        for text, title, day in (one, other)
    ]
    shelf.close()
    assert None not in [reading.duplicate for reading in readings]
    return readings[0].duplicate == readings[1].duplicate


LONG = "Minutes of the meeting of the board of trustees in {}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The key of the shed is in the blue box.", "The key of the shed is on the blue box."),
        (
            "The temperature fell to -5 degrees at night.",
            "The temperature fell to 5 degrees at night.",
        ),
        ("The shop in Main Street is open daily.", "The shop in Main Street was open daily."),
        ("Bring salt and pepper, bread, butter.", "Bring salt or pepper, bread, butter."),
        ("A jar of honey is €5 in Ulm.", "A jar of honey is $5 in Ulm."),
        ("Ada wrote the old compiler in C++.", "Ada wrote the old compiler in C."),
        ("You saw Ann with many bees?", "You saw Ann with many bees."),
        ("Revenue is > 10 million euros.", "Revenue is < 10 million euros."),
        ("The whole garden has 10² metres.", "The whole garden has 102 metres."),
        ("店里有一只カラス在窗边。", "店里有一只ガラス在窗边。"),
    ],
)
def test_what_one_sign_sets_apart_is_not_the_same(one: str, other: str) -> None:
    assert not same((one, "Notes", 0), (other, "Notes", 0))


def test_what_is_the_same() -> None:
    text = "Nothing was decided, and the chair closed early."
    again = '"NOTHING was decided" and the chair  closed\nearly!'
    assert same((text, "Notes", 0), (again, "notes", 9))
    assert not same((text, LONG.format("March"), 0), (text, LONG.format("April"), 0))
    assert same((text, LONG.format("March"), 0), (text, LONG.format("March"), 0))
    assert not same((text, "2021", 0), (text, "2022", 0))
    today = "The pump in the hall failed again today."
    assert same((today, "Log", 3), (today, "Log", 3))
    assert not same((today, "Log", 3), (today, "Log", 4))
    # what is its own title stands in other lines there
    lines, line = "The ship  sails\nat dawn from Turku.", "The ship sails at dawn from Turku."
    assert same((lines, line, 0), (line, line, 0))
    room = "Room 3{} is closed for repairs now."
    assert same((room.format("a"), "", 0), (room.format("A"), "", 0))
    assert not same((room.format("a"), "", 0), (room.format("b"), "", 0))


@pytest.mark.parametrize(
    ("text", "title", "forms"),
    [
        ("Nora Fishel and Eliza Woodley sang at a fair.", "Nora Fishel and Eliza…", 2),
        ("Nora Fishel and Eliza Woodley sang.", "Nora Fishel and Eliza Woodley sang.", 2),
        ("Nora Fishel and Eliza Woodley sang.", "The fair", 0),
    ],
)
def test_a_text_that_is_called_by_its_beginning_is_about_all_whom_it_begins_with(
    text: str, title: str, forms: int
) -> None:
    shelf = Bookshelf()
    author = Author(NS, shelf.node(NodeKind.NAMESPACE, NS), Authority.ASSERTED, 0)
    cube = author.version(
        NodeKind.MEMCUBE,
        shelf.node(NodeKind.MEMCUBE, text),
        {"title": title},
        payload=Payload.of(text),
    )
    found = Reading.of(cube).forms
    shelf.close()
    assert len({"nora fishel", "eliza woodley"} & set(found)) == forms


RIVER = "In 1990 the village was bought by Adele Brandt. She mended its walls."


@pytest.mark.parametrize(
    ("text", "header", "sure"),
    [
        # neither what it begins with, nor what it tells of
        (RIVER, {}, 0.3),
        # what it begins with, where nothing says that it tells of that: "American singer Nora Fishel"
        ("The Adele Brandt mill of Ulm burnt down. Nobody knows when.", {}, 0.6),
        ("Adele Brandt (born 1961) bought the village. She mended its walls.", {}, 1.0),
        ("Adele Brandt is a banker. She mended the walls.", {}, 1.0),
        # a note of one sentence is about whom it names first
        ("In 1990 the village was bought by Adele Brandt.", {}, 1.0),
        # what was said of it, and not guessed
        (RIVER, {"title": "Adele Brandt"}, 1.0),
        (RIVER, {"heading": "Adele Brandt"}, 1.0),
        (RIVER, {"speaker": "Adele Brandt"}, 1.0),
        (RIVER, {"record_kind": "yaml"}, 1.0),
    ],
)
def test_what_a_text_is_about_is_doubtful_where_it_was_guessed(
    text: str, header: dict[str, str], sure: float
) -> None:
    shelf = Bookshelf()
    author = Author(NS, shelf.node(NodeKind.NAMESPACE, NS), Authority.ASSERTED, 0)
    ends = [match.end() for match in re.finditer(r"\.", text)]
    spans = [[start, end] for start, end in zip([0, *ends], ends, strict=False)]
    cube = author.version(
        NodeKind.MEMCUBE,
        shelf.node(NodeKind.MEMCUBE, text),
        {"title": "7", "subject": "Adele Brandt", "sentences": spans} | header,
        payload=Payload.of(text),
    )
    found = Reading.of(cube)
    shelf.close()
    assert found.sureness("adele brandt") == sure
    assert found.certainty == sure
