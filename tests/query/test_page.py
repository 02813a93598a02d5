"""Pages: what is worked out of a text once, and kept within bounds."""

from __future__ import annotations

import pytest

from memcubes.graph.index.encoder import load_encoder
from memcubes.query.memoperator import MemOperator
from memcubes.query.page import Page, Readings

from ..graph.index.bookshelf import Bookshelf


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
