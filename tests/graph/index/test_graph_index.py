"""The index keeps up with the log, in any number of processes, and forgets what was erased."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memcubes.graph import EdgeKind, NodeKind, Record
from memcubes.graph.errors import NotFound
from memcubes.graph.index import folder as published
from memcubes.graph.index import graph_index as module
from memcubes.graph.index import segment
from memcubes.graph.index.derivation import whole
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.index.intake import rows_of
from memcubes.graph.index.view import View
from memcubes.graph.opening import beside

from .bookshelf import BOB, NS, Bookshelf, CountingEncoder, copied

LETTER = ("We met Ada Hill in Bonn. It rained.", "Then Tom Reed left Bonn.")
NOTE = ("Later Tom Reed kept bees in Ulm.",)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Bookshelf]:
    made = Bookshelf(tmp_path / "memory.db")
    made.add("letter.md", *LETTER, subject="Ada Hill")
    yield made
    made.close()


def nodes(view: View) -> list[str]:
    return sorted(view.node(i) for i in range(view.size))


def told(view: View) -> dict[str, Any]:
    """Everything that a question reads of a view, in plain values."""
    graph = view.adjacency
    asked = load_encoder("hashing").encode_questions(["Who met Ada Hill in Bonn?"])[0]
    near = view.close.passages(asked)
    return {
        "nodes": [view.node(i) for i in range(view.size)],
        "entities": [view.entity(i) for i in range(graph.groups)],
        "lengths": view.lengths.tolist(),
        "bonn": [part.tolist() for part in view.term("bonn")],
        "bees": [part.tolist() for part in view.term("bee")],
        "mentions": graph.mentions.toarray().tolist(),
        "about": graph.about.toarray().tolist(),
        "next": graph.following.toarray().tolist(),
        "close": [view.close.sentences(i, asked).tolist() for i in range(view.size)],
        "near": [near.passage.tolist(), near.sentence.tolist(), near.best.tolist()],
        "order": [view.order_key(i) for i in range(view.size)],
        "named": [view.named(name) for name in ("ada hill", "bonn", "ulm", "nobody")],
    }


def test_tables_without_vectors_are_made_while_others_encode(
    shelf: Bookshelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds: list[set[str]] = []

    def noted(records: Sequence[Record], *more: Any) -> Any:
        kinds.append({str(record.kind) for record in records})
        return rows_of(records, *more)

    def elsewhere(name: str, fingerprint: str, texts: Sequence[str]) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_running_or_notify_cancel()
        done.set_result(whole(load_encoder(name).encode_passages(texts)))
        return done

    monkeypatch.setattr(module, "rows_of", noted)
    index = shelf.index()
    for uri, texts in (("note.md", NOTE), ("more.md", ("Ada Hill sold tea in Ulm.",))):
        shelf.add(uri, *texts)
        kinds.clear()
        index.refresh(NS, elsewhere=elsewhere)
        assert "MemCube" not in kinds[0]
        assert kinds[0] >= {"Entity", "Source", "MENTIONS"}
        assert kinds[1:] == [{"MemCube"}]
        assert told(index.view(shelf.scope())) == told(shelf.index().view(shelf.scope()))


def test_counts_of_the_visible_part(shelf: Bookshelf) -> None:
    shelf.add("note.md", *NOTE)
    view = shelf.index().view(shelf.scope())
    assert view.size == 3
    place = {version.node: version.text for version in shelf.cubes()}
    texts = [place[view.node(i)] for i in range(3)]
    first, second, third = (texts.index(text) for text in (*LETTER, *NOTE))
    bonn = view.term("bonn")
    assert dict(zip(*(part.tolist() for part in bonn), strict=True)) == {first: 1, second: 1}
    (ada,) = view.named("ada hill")
    (tom,) = view.named("tom reed")
    graph = view.adjacency
    assert graph.mentions[[first], [ada]] == 1
    assert graph.about[[second], [ada]] == 1
    assert graph.mentions[[second], [tom]] == graph.mentions[[third], [tom]] == 1
    assert graph.following[[first], [second]] == 1
    assert graph.following.nnz == 1
    assert view.entities_in(first, (0, 24)) == sorted([ada, *view.named("bonn")])
    assert view.entities_in(first, (25, 34)) == []
    assert view.order_key(second) == ("letter.md", len(LETTER[0]) + 1, view.node(second))


def test_reopening_needs_no_encoder_and_not_the_whole_feed(
    shelf: Bookshelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    first = shelf.index(folder)
    expected = told(first.view(shelf.scope()))
    first.close()
    encoder = CountingEncoder()
    asked: list[int] = []
    feed = shelf.store.feed

    def watched(ns: str, after: int, upto: int) -> Iterator[Record]:
        asked.append(after)
        return feed(ns, after, upto)

    monkeypatch.setattr(shelf.store, "feed", watched)
    again = shelf.index(folder, encoder)
    assert told(again.view(shelf.scope())) == expected
    assert encoder.passages == []
    assert asked == []
    seq = shelf.add("note.md", *NOTE).seq
    assert again.view(shelf.scope()).size == 3
    assert asked == [seq - 1]
    assert len(encoder.passages) == 1


def test_two_processes_see_each_other(shelf: Bookshelf, tmp_path: Path) -> None:
    other = Bookshelf(shelf.path, create=False)
    here, there = shelf.index(tmp_path / "index"), other.index(tmp_path / "index")
    assert here.view(shelf.scope()).size == there.view(other.scope()).size == 2
    other.add("note.md", *NOTE)
    assert here.view(shelf.scope()).size == 3
    closed = shelf.retract("letter.md").seq
    assert there.view(other.scope()).size == 1
    assert there.view(other.scope(seq=closed - 1)).size == 3
    other.revert(closed)
    assert told(here.view(shelf.scope())) == told(there.view(other.scope()))
    assert here.view(shelf.scope()).size == 3
    other.close()


def test_archived_passages_leave_the_walk(shelf: Bookshelf) -> None:
    index = shelf.index()
    view = index.view(shelf.scope())
    before = shelf.scope()
    (gone,) = (cube.node for cube in shelf.cubes() if cube.text == LETTER[0])
    shelf.archive(gone)
    later = index.view(shelf.scope())
    assert set(nodes(view)) - set(nodes(later)) == {gone}
    assert later.adjacency.following.nnz == 0
    assert nodes(index.view(before)) == nodes(view)


def test_merged_entities_are_one_node_of_the_walk(shelf: Bookshelf) -> None:
    shelf.add("note.md", *NOTE)
    index = shelf.index()
    apart = index.view(shelf.scope())
    merge = shelf.join(EdgeKind.SAME_AS, "Tom Reed", "Ada Hill")
    joined = index.view(shelf.scope())
    assert joined.adjacency.groups == apart.adjacency.groups - 1
    assert joined.named("tom reed") == joined.named("ada hill")
    assert joined.entity(joined.named("tom reed")[0]) == min(
        (shelf.entity("Tom Reed"), shelf.entity("Ada Hill")), key=module_order
    )
    shelf.join(EdgeKind.NOT_SAME_AS, "Ada Hill", "Tom Reed")
    assert told(index.view(shelf.scope())) == told(apart)
    assert told(index.view(shelf.scope(seq=merge.seq))) == told(joined)


def module_order(node: str) -> int:
    from memcubes.graph.digest import hashed

    return hashed(node)


def test_who_may_read_what(shelf: Bookshelf) -> None:
    shelf.share()
    index = shelf.index()
    bob = shelf.as_(BOB)
    assert index.view(bob.scope(NS)).size == 2
    shelf.add("note.md", *NOTE)
    before = shelf.scope()
    shelf.grant("local:cleo", shelf.node(NodeKind.SOURCE, "letter.md"))
    # What is granted now decides about then as well.
    for scope in (bob.scope(NS), bob.scope(NS, seq=before.seq)):
        view = index.view(scope)
        assert view.size == 1
        assert view.named("ada hill") == []
        assert len(view.term("bonn")[0]) == 0
        assert told(view) == told(shelf.index().view(scope))
    shelf.grant(BOB, shelf.node(NodeKind.SOURCE, "letter.md"))
    assert index.view(bob.scope(NS)).size == 3
    with pytest.raises(NotFound):
        index.view(shelf.scope().but(ns="nowhere"))


def test_receipts_leave_views_as_they_are(shelf: Bookshelf) -> None:
    index = shelf.index()
    view = index.view(shelf.scope())
    shelf.share()
    assert index.view(shelf.scope()) is view


def test_what_was_erased_leaves_the_files(shelf: Bookshelf, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    index = shelf.index(folder)
    index.view(shelf.scope())
    shelf.add("note.md", *NOTE)
    shelf.retract("letter.md")
    index.view(shelf.scope())
    (before,) = folder.glob("*/*")
    shelf.shred("letter.md")
    assert index.view(shelf.scope(seq=3)).size == 0
    (after,) = folder.glob("*/*")
    assert after != before
    assert len(np.load(after / "cube.key.npy")) == 1
    assert told(index.view(shelf.scope())) == told(shelf.index().view(shelf.scope()))
    # Another process that was away opens to the same.
    late = shelf.index(folder)
    assert told(late.view(shelf.scope())) == told(index.view(shelf.scope()))


def test_a_segment_from_before_an_erasure_is_not_used(shelf: Bookshelf, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    shelf.index(folder).view(shelf.scope())
    (old,) = folder.glob("*/*")
    shelf.erase("letter.md")
    assert shelf.index(folder).view(shelf.scope()).size == 0
    assert not old.exists()


def test_a_segment_of_another_format_is_replaced(
    shelf: Bookshelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    for part in (segment, published):
        monkeypatch.setattr(part, "FORMAT", 4)
    expected = told(shelf.index(folder).view(shelf.scope()))
    (old,) = folder.glob("*/*")
    monkeypatch.undo()
    assert told(shelf.index(folder).view(shelf.scope())) == expected
    (new,) = folder.glob("*/*")
    assert new != old
    # and the next finds it
    written = (new / segment.MANIFEST).stat().st_mtime_ns
    assert told(shelf.index(folder).view(shelf.scope())) == expected
    assert (new / segment.MANIFEST).stat().st_mtime_ns == written


def test_a_large_delta_becomes_a_segment(
    shelf: Bookshelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGE", 10)
    folder = tmp_path / "index"
    index = shelf.index(folder)
    index.view(shelf.scope())
    places = [tuple(folder.glob("*/*"))]
    for number in range(6):
        shelf.add(f"{number}.md", f"Here Tom Reed met Guest {'abcdef'[number].upper()}x in Ulm.")
        assert index.view(shelf.scope()).size == 3 + number
        places.append(tuple(folder.glob("*/*")))
        assert len(places[-1]) == 1
        assert told(index.view(shelf.scope())) == told(shelf.index().view(shelf.scope()))
    assert 1 < len(set(places)) < 6


def test_what_was_opened_is_written_before_the_next_has_to_work_it_out_again(
    shelf: Bookshelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGE", 1)
    folder = tmp_path / "index"
    for number in range(20):
        shelf.add(f"{number}.md", f"Here Tom Reed met Guest {'abcdefghijklmnopqrst'[number]}x.")
    first = shelf.index(folder)
    first.view(shelf.scope())
    (old,) = folder.glob("*/*")
    shelf.add("a.md", "Tom Reed was in Ulm.")
    assert first.view(shelf.scope()).size == 23
    # less than a fifth of what is written: this process goes on without
    assert tuple(folder.glob("*/*")) == (old,)
    second = shelf.index(folder)
    assert told(second.view(shelf.scope())) == told(shelf.index().view(shelf.scope()))
    (new,) = folder.glob("*/*")
    assert new != old
    shelf.add("b.md", "Tom Reed was in Kiel.")
    assert second.view(shelf.scope()).size == 24
    assert tuple(folder.glob("*/*")) == (new,)


def test_a_folder_that_cannot_be_written(shelf: Bookshelf, tmp_path: Path) -> None:
    (tmp_path / "index").write_text("in the way")
    index = shelf.index(tmp_path / "index")
    assert index.view(shelf.scope()).size == 2
    shelf.add("note.md", *NOTE)
    assert index.view(shelf.scope()).size == 3


def test_another_store_at_the_same_place(shelf: Bookshelf, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    shelf.index(folder).view(shelf.scope())
    other = Bookshelf()
    other.add("other.md", "Nobody was here but Tom Reed.")
    assert other.index(folder).view(other.scope()).size == 1
    other.close()


def test_a_store_put_back_from_a_copy(shelf: Bookshelf, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(tmp_path / "memory.db")) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    shelf.add("note.md", *NOTE)
    folder = tmp_path / "index"
    shelf.index(folder).view(shelf.scope())
    old = Bookshelf(copy, create=False)
    assert old.index(folder).view(old.scope()).size == 2
    old.add("else.md", "Something else about Tom Reed.", "And more of it.")
    assert old.index(folder).view(old.scope()).size == 4
    old.close()


def test_valid_time_and_sources_left_out(shelf: Bookshelf) -> None:
    shelf.add("note.md", *NOTE, stated=1_000)
    index = shelf.index()
    assert index.view(shelf.scope(valid_at=500)).size == 2
    assert index.view(shelf.scope(valid_at=1_000)).size == 3
    letter = shelf.node(NodeKind.SOURCE, "letter.md")
    view = index.view(shelf.scope(without=(letter,)))
    assert view.size == 1
    assert view.named("ada hill") == []
    assert told(view) == told_of_copy(shelf, without=(letter,))


def told_of_copy(shelf: Bookshelf, **pins: Any) -> dict[str, Any]:
    copy = copied(shelf.store, shelf.scope(**pins))
    found = told(copy.index().view(copy.scope()))
    copy.close()
    return found


def test_an_empty_namespace(tmp_path: Path) -> None:
    shelf = Bookshelf(tmp_path / "new.db")
    index = GraphIndex(
        shelf.store, load_encoder("hashing"), folder=beside(shelf.store.url, "index")
    )
    view = index.view(shelf.scope())
    assert view.size == 0
    assert view.adjacency.groups == 0
    assert view.named("anything") == []
    assert len(view.close.passages(np.ones(512) / 512**0.5).passage) == 0
    shelf.close()


def test_the_best_sentence_is_the_closest(shelf: Bookshelf) -> None:
    """Also of a passage of one sentence, which has no vector of its own beside the passage's."""
    shelf.add("note.md", *NOTE)
    view = shelf.index().view(shelf.scope())
    asked = load_encoder("hashing").encode_questions(["Who met Ada Hill in Bonn?"])[0]
    near = view.close.passages(asked)
    close = [view.close.sentences(passage, asked) for passage in range(view.size)]
    assert sorted(map(len, close)) == [1, 1, 2]
    assert [one.max() for one in close] == near.sentence.tolist()
    assert [one.argmax() for one in close] == near.best.tolist()
