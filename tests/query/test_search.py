"""A search finds what is visible, says why, and is the same every time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.graph import Author, Authority, ChangeSet, EdgeKind, NodeKind, Open, Scope
from memcubes.graph.errors import Invalid
from memcubes.graph.index.encoders import load_encoder
from memcubes.query.cube_filter import CubeFilter
from memcubes.query.hit import Ranking, SearchResult, StepKind
from memcubes.query.memoperator import MemOperator

from ..graph.index.bookshelf import BOB, NS, Bookshelf

SOURCES = {
    "film.md": (
        "The film Payment Day was made by the director Curtis Bern in 1951.",
        "Payment Day",
    ),
    "director.md": ("He was born in Ulm and died in 1965. His wife was Ada Hill.", "Curtis Bern"),
    "other.md": ("The film Late Harvest was made by the director Tom Reed.", "Late Harvest"),
    "reed.md": ("This director came from Bonn and went to Ulm.", "Tom Reed"),
    "bees.md": ("Bees make honey. Nobody knows how many there are.", "Beekeeping"),
    "rain.md": ("It rained for a week in Bonn, wrote Ada Hill.", "Weather"),
}
ASKED = "Where was the director of the film Payment Day born?"


@pytest.fixture
def shelf() -> Iterator[Bookshelf]:
    made = Bookshelf()
    for uri, (text, subject) in SOURCES.items():
        made.add(uri, text, subject=subject)
    yield made
    made.close()


def operator(shelf: Bookshelf) -> MemOperator:
    return MemOperator(shelf.store, shelf.index(), load_encoder("hashing"))


def told(found: SearchResult) -> list[object]:
    """All of a result but the intervals of its cubes, which later changes end."""
    return [(hit.cube.id, hit.score, hit.parts, hit.path, hit.sentence) for hit in found.hits]


def titles(found: SearchResult) -> list[str]:
    return [hit.cube.get("title") for hit in found.hits]


def test_the_walk_reaches_what_the_words_do_not(shelf: Bookshelf) -> None:
    asking, asked = operator(shelf), "Payment Day: the wife of its maker?"
    graph = asking.search(shelf.scope(), asked)
    assert titles(graph)[:2] == ["Payment Day", "Curtis Bern"]
    (weather,) = (hit for hit in graph.hits if hit.cube.get("title") == "Weather")
    assert weather.parts["bm25"].raw == 0
    assert weather.parts["ppr"].raw > 0
    path = next(hit.path for hit in graph.hits if hit.cube.get("title") == "Curtis Bern")
    assert [step.label for step in path] == ["Payment Day", "Curtis Bern", "Curtis Bern"]
    assert path[0].seed is StepKind.QUESTION


def test_why_a_hit_is_there(shelf: Bookshelf) -> None:
    found = operator(shelf).search(shelf.scope(), ASKED, limit=6)
    assert [(name.text, name.span) for name in found.named] == [("Payment Day", (35, 46))]
    assert found.visible == 6
    assert found.seq == shelf.scope().seq
    for hit in found.hits:
        assert set(hit.parts) == {"bm25", "dense", "sentence", "ppr"}
        assert all(0 <= part.scaled <= 1 for part in hit.parts.values())
        assert hit.path[0].seed is not None
        assert [step.seed for step in hit.path[1:]] == [None] * (len(hit.path) - 1)
        assert (hit.path[-1].kind, hit.path[-1].node) == (StepKind.PASSAGE, hit.cube.node)
        assert hit.path[-1].mass <= hit.parts["ppr"].raw
        assert all(step.label for step in hit.path)
        assert hit.quote in hit.cube.text
        assert hit.quote.endswith(".")
    second = next(hit for hit in found.hits if hit.cube.get("title") == "Curtis Bern")
    assert second.quote == "He was born in Ulm and died in 1965."
    first = found.hits[0]
    assert first.path[0].seed in (StepKind.QUESTION, StepKind.PASSAGE)


def test_of_names_that_bring_as_much_the_first_explains() -> None:
    """And not the one whose id is less, which is another in every store."""
    shelf = Bookshelf()
    shelf.add("one.md", "Yesterday Ann met Ben at noon.", subject="Noon")
    shelf.add("two.md", "It rained all day.", subject="Weather")
    for first, second in (("Ann", "Ben"), ("Ben", "Ann")):
        asked = f"Did {first} and {second} see each other?"
        (hit,) = operator(shelf).search(shelf.scope(), asked, limit=1).hits
        assert (hit.path[0].label, hit.path[0].seed) == (first, StepKind.QUESTION)
    shelf.close()


def test_what_was_read_is_forgotten_with_what_is_erased(shelf: Bookshelf) -> None:
    asking = operator(shelf)
    asking.search(shelf.scope(), ASKED)
    kept = asking.readings
    assert len(kept) == len(SOURCES)
    shelf.add("late.md", "A late owl sat on the fence.", subject="Owls")
    asking.search(shelf.scope(), ASKED)
    assert asking.readings is kept
    shelf.erase("film.md")
    asking.search(shelf.scope(), ASKED)
    # all that is left was read again, six of seven
    assert asking.readings is not kept
    assert len(asking.readings) == len(SOURCES)


def test_a_name_is_told_by_a_source_that_was_not_erased() -> None:
    """As of a time at which two sources bore it, of which one was erased since."""
    for first in ("one.md", "two.md"):
        shelf = Bookshelf()
        shelf.add("one.md", "In Bonn lived Ada Hill.")
        shelf.add("two.md", "In Bonn lived Ada Hill.")
        then = shelf.scope()
        shelf.erase(first)
        (hit,) = operator(shelf).search(then, "Did Ada Hill live in Ulm?", limit=1).hits
        assert hit.path[0].label == "Ada Hill"
        shelf.close()


@pytest.mark.parametrize("ranking", list(Ranking))
def test_what_is_erased_during_a_search_is_not_found(
    shelf: Bookshelf, monkeypatch: pytest.MonkeyPatch, ranking: Ranking
) -> None:
    """Between the look at the index and the reading, when its words have been read before."""
    asking, then = operator(shelf), shelf.scope()
    assert "Payment Day" in titles(asking.search(then, ASKED, ranking=ranking))
    view = asking.index.view(then)
    monkeypatch.setattr(asking.index, "view", lambda _: view)
    shelf.erase("film.md")
    found = asking.search(then, ASKED, ranking=ranking)
    assert found.hits
    assert all(hit.cube.text for hit in found.hits)
    assert "Payment Day" not in titles(found)


@pytest.mark.parametrize("ranking", list(Ranking))
def test_every_ranking_is_the_same_every_time(shelf: Bookshelf, ranking: Ranking) -> None:
    one = operator(shelf).search(shelf.scope(), ASKED, ranking=ranking)
    other = operator(shelf).search(shelf.scope(), ASKED, ranking=ranking)
    assert repr(one) == repr(other)
    assert list(one.hits) == sorted(one.hits, key=lambda hit: -hit.score)
    assert one.ranking is ranking


def test_the_same_in_another_process(tmp_path: Path) -> None:
    shelf = Bookshelf(tmp_path / "memory.db")
    for uri, (text, subject) in SOURCES.items():
        shelf.add(uri, text, subject=subject)
    here = repr(operator(shelf).search(shelf.scope(), ASKED))
    code = f"""
from memcubes.graph import open_store
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.opening import beside
from memcubes.query.memoperator import MemOperator
store, encoder = open_store({str(shelf.path)!r}, "local:ann"), load_encoder("hashing")
index = GraphIndex(store, encoder, folder=beside(store.url, "index"))
print(repr(MemOperator(store, index, encoder).search(store.scope({NS!r}), {ASKED!r})), end="")
"""
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], check=False, capture_output=True, text=True
        )
        assert done.stderr == ""
        assert done.stdout == here
    shelf.close()


def test_equals_go_by_source_and_place(shelf: Bookshelf) -> None:
    for uri in ("z.md", "a.md", "m.md"):
        shelf.add(
            uri,
            "An owl sat on a fence.",
            "Some other words.",
            "An owl sat on a fence.",
            subject="Owls",
        )
    found = operator(shelf).search(shelf.scope(), "owl fence", ranking="bm25", limit=5)
    assert len({hit.score for hit in found.hits}) == 1
    places = {
        node: (source.get("uri"), start)
        for uri in ("z.md", "a.md", "m.md")
        for source in shelf.store.get(shelf.scope(), [shelf.node(NodeKind.SOURCE, uri)])
        for node, start, _ in source.get("passages")
    }
    order = [places[hit.cube.node] for hit in found.hits]
    assert order == [("a.md", 0), ("a.md", 41), ("m.md", 0), ("m.md", 41), ("z.md", 0)]


def test_words_alone_give_only_what_has_them(shelf: Bookshelf) -> None:
    found = operator(shelf).search(shelf.scope(), "honey bees", ranking="bm25")
    assert titles(found) == ["Beekeeping"]
    assert operator(shelf).search(shelf.scope(), "zebra", ranking="bm25").hits == ()


@pytest.mark.parametrize("question", ["", "  \n"])
def test_an_empty_question_is_invalid(shelf: Bookshelf, question: str) -> None:
    with pytest.raises(Invalid, match="empty"):
        operator(shelf).search(shelf.scope(), question)


def test_wrong_requests_are_invalid(shelf: Bookshelf) -> None:
    with pytest.raises(Invalid, match="1 to"):
        operator(shelf).search(shelf.scope(), "who?", limit=0)
    with pytest.raises(Invalid, match="bm25"):
        operator(shelf).search(shelf.scope(), "who?", ranking="best")


@pytest.mark.parametrize("question", ["?!", "the of", "日本語は？", "x" * 50_000, "\ud800 owl"])
def test_strange_questions_do_no_harm(shelf: Bookshelf, question: str) -> None:
    for ranking in Ranking:
        operator(shelf).search(shelf.scope(), question, ranking=ranking)


def test_then_and_without(shelf: Bookshelf) -> None:
    asking = operator(shelf)
    then = shelf.scope()
    before = asking.search(then, ASKED)
    shelf.retract("film.md")
    now = asking.search(shelf.scope(), ASKED)
    assert "Payment Day" not in titles(now)
    assert now.named == ()
    film = shelf.node(NodeKind.SOURCE, "film.md")
    assert told(asking.search(then, ASKED)) == told(before)
    assert told(asking.search(then.but(without=(film,)), ASKED)) == told(now)


def test_only_what_the_viewer_may_read(shelf: Bookshelf) -> None:
    shelf.share()
    shelf.grant("local:cleo", shelf.node(NodeKind.SOURCE, "director.md"))
    bob = shelf.as_(BOB)
    asking = MemOperator(bob, shelf.index(), load_encoder("hashing"))
    found = asking.search(bob.scope(NS), ASKED, limit=20)
    assert len(found.hits) == 5
    assert "Curtis Bern" not in titles(found)
    forged = Scope(NS, "local:cleo", shelf.store.head().seq, acls=tuple(range(9)))
    assert "Curtis Bern" not in titles(asking.search(forged, ASKED, limit=20))


def test_tags_are_applied_before_the_limit(shelf: Bookshelf) -> None:
    bees = next(cube for cube in shelf.cubes() if cube.get("title") == "Beekeeping")
    tag = shelf.store.name(NS, NodeKind.TAG, "garden")
    author = Author(NS, shelf.node(NodeKind.NAMESPACE, NS), Authority.CURATED, 0)
    shelf.store.commit(
        ChangeSet(
            ns=NS,
            verb="tag",
            ops=(
                Open(author.version(NodeKind.TAG, tag.id, {"name": "garden"}, key=tag.key)),
                Open(author.edge(EdgeKind.TAGGED, bees.node, tag.id)),
            ),
        )
    )
    asking = operator(shelf)
    for ranking in ("graph", "dense"):
        found = asking.search(
            shelf.scope(), ASKED, limit=1, where=CubeFilter.of(tags="garden"), ranking=ranking
        )
        assert titles(found) == ["Beekeeping"]
    assert (
        asking.search(shelf.scope(), ASKED, where=CubeFilter.of(tags=["garden", "unknown"])).hits
        == ()
    )


def test_nothing_visible_gives_nothing(shelf: Bookshelf) -> None:
    assert operator(shelf).search(shelf.scope(seq=1), ASKED).hits == ()


@pytest.mark.parametrize("ranking", list(Ranking))
def test_many_questions_find_what_each_finds(shelf: Bookshelf, ranking: Ranking) -> None:
    asked = operator(shelf)
    questions = [ASKED, "Who keeps bees?", "xyzzy", ASKED, *(f"What is {n}?" for n in range(20))]
    scope = shelf.scope()
    many = asked.search_many(scope, questions, limit=3, ranking=ranking)
    assert [found.question for found in many] == questions
    for question, found in zip(questions, many, strict=True):
        alone = asked.search(scope, question, limit=3, ranking=ranking)
        assert [hit.cube for hit in found.hits] == [hit.cube for hit in alone.hits]
        assert [h.score for h in found.hits] == pytest.approx([h.score for h in alone.hits])
        assert (found.total, found.visible) == (alone.total, alone.visible)
    with pytest.raises(Invalid, match="empty"):
        asked.search_many(scope, [ASKED, " "])
