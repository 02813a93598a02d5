"""The indexer derives each thing once, goes on where it was broken off, and keeps nothing of the erased."""

from collections.abc import Iterable, Iterator, Sequence
from threading import Barrier, Event, current_thread, main_thread
from threading import enumerate as enumerate_threads

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from memcubes.graph import NodeKind
from memcubes.graph.errors import Corrupt
from memcubes.graph.index import indexer as module
from memcubes.graph.index.analyser import Analyser
from memcubes.graph.index.derivation import (
    SCALE,
    pack_counts,
    sentences,
    unpack_counts,
    unpack_vectors,
    whole,
)
from memcubes.graph.index.encoder import Vectors, _blas
from memcubes.graph.index.indexer import Derivation, Indexer
from memcubes.graph.index.vectors import best_of_runs, cosines
from memcubes.graph.store import Derived

from .bookshelf import NS, Bookshelf, CountingEncoder

TEA = "We drink tea with Ada Hill. It was in Bonn."
BEES = "The bees of Ada Hill live in Ulm."


@pytest.fixture
def shelf() -> Iterator[Bookshelf]:
    made = Bookshelf()
    made.add("a.md", TEA, BEES)
    yield made
    made.close()


def derived(shelf: Bookshelf, indexer: Indexer) -> tuple[dict[str, bytes], ...]:
    ids = [cube.id for cube in shelf.cubes()]
    return tuple(shelf.store.derived(NS, producer, ids) for producer in indexer.producers)


class Met(CountingEncoder):
    """Two threads meet in it, and the one beside leaves after the main one; it looks how many BLAS may use then."""

    def __init__(self) -> None:
        super().__init__()
        self.meeting, self.main_is_done = Barrier(2), Event()
        self.threads, self.blas = set[str](), set[int]()

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.threads.add(current_thread().name.rstrip("_0"))
        if not self.main_is_done.is_set():
            self.meeting.wait(10)
        rows = super().encode_passages(texts)
        if current_thread() is main_thread():
            self.main_is_done.set()
        elif self.main_is_done.wait(10):
            # numpy's: what another test has loaded since is none of the encoder's
            found = _blas().info()
            self.blas |= {one["num_threads"] for one in found if one["user_api"] == "blas"}
        return rows


def test_threads_encode_side_by_side_and_derive_the_same_bytes(
    shelf: Bookshelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.add("b.md", *(f"Note {n} tells of {'tea and ' * (n % 7)}bees." for n in range(200)))
    cubes = shelf.cubes()
    indexer = Indexer(shelf.store, CountingEncoder(), Analyser())
    alone = indexer.derive(NS, cubes)
    for producer in indexer.producers:
        shelf.store.drop_derived(NS, producer, [cube.id for cube in cubes])
    monkeypatch.setattr(module, "cores", lambda: 2)
    monkeypatch.setattr(module, "side_by_side", lambda encoder: True)
    encoder = Met()
    with threadpool_limits(3, user_api="blas"):
        assert Indexer(shelf.store, encoder, Analyser()).derive(NS, cubes) == alone
    assert encoder.threads == {"MainThread", "memcubes-encoder"}
    assert encoder.blas == {1}
    # or no worker could be a fork
    assert not [one for one in enumerate_threads() if one.name.startswith("memcubes-encoder")]


def test_what_a_run_has_derived_is_not_read_again(
    shelf: Bookshelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexer, kept = Indexer(shelf.store, CountingEncoder(), Analyser()), Derivation({}, {})
    indexer.run(NS, kept=kept)
    asked: list[str] = []
    derived = shelf.store.derived

    def counted(ns: str, producer: str, records: Sequence[str]) -> dict[str, bytes]:
        asked.append(producer)
        return derived(ns, producer, records)

    monkeypatch.setattr(shelf.store, "derived", counted)
    found = indexer.derive(NS, shelf.cubes(), kept=kept)
    assert asked == []
    assert found == indexer.derive(NS, shelf.cubes())
    assert asked == list(indexer.producers)
    shelf.add("c.md", "Of this nothing is kept.")
    assert set(indexer.derive(NS, shelf.cubes(), kept=kept).vectors) == {
        cube.id for cube in shelf.cubes()
    }


def test_terms_and_vectors_of_every_cube(shelf: Bookshelf) -> None:
    encoder = CountingEncoder()
    indexer = Indexer(shelf.store, encoder, Analyser())
    seen: list[tuple[int, int]] = []
    assert indexer.run(NS, lambda done, total: seen.append((done, total))) == 2
    assert seen == [(2, 2)]
    counts, vectors = derived(shelf, indexer)
    for cube in shelf.cubes():
        assert unpack_counts(counts[cube.id]) == Analyser().counts(f"a.md. {cube.text}")
        spans = sentences(cube)
        rows = unpack_vectors(vectors[cube.id])
        assert len(rows) == (1 if len(spans) == 1 else 1 + len(spans))
        again = whole(CountingEncoder().encode_passages([f"a.md. {cube.text}"]))
        assert (rows[0] == again[0]).all()
    head = shelf.store.head().seq
    assert {shelf.store.watermark(NS, producer) for producer in indexer.producers} == {head}


def test_the_last_batch_says_how_far_it_has_come(
    shelf: Bookshelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    # two producers in two batches of one version: 0 while there is more, then the head of the log
    monkeypatch.setattr(module, "BATCH", 1)
    indexer = Indexer(shelf.store, CountingEncoder(), Analyser())
    put, marks = shelf.store.put_derived, list[int]()

    def counted(ns: str, producer: str, data: Iterable[Derived], *, watermark: int = 0) -> None:
        marks.append(watermark)
        put(ns, producer, data, watermark=watermark)

    monkeypatch.setattr(shelf.store, "put_derived", counted)
    assert indexer.run(NS) == 2
    head = shelf.store.head().seq
    assert marks == [0, 0, head, head]


def test_nothing_is_derived_twice(shelf: Bookshelf) -> None:
    encoder = CountingEncoder()
    indexer = Indexer(shelf.store, encoder, Analyser())
    indexer.run(NS)
    encoder.passages.clear()
    assert indexer.run(NS) == 0
    shelf.add("b.md", "Nothing else happened in Bonn.")
    assert indexer.run(NS) == 1
    assert len(encoder.passages) == 1


def test_another_header_with_the_same_words_is_copied(shelf: Bookshelf) -> None:
    encoder = CountingEncoder()
    indexer = Indexer(shelf.store, encoder, Analyser())
    indexer.run(NS)
    before = [set(part.values()) for part in derived(shelf, indexer)]
    encoder.passages.clear()
    for cube in shelf.cubes():
        shelf.archive(cube.node)
    assert indexer.run(NS) == 2
    assert encoder.passages == []
    assert [set(part.values()) for part in derived(shelf, indexer)] == before


def test_copies_within_the_first_run(shelf: Bookshelf) -> None:
    for cube in shelf.cubes():
        shelf.archive(cube.node)
    encoder = CountingEncoder()
    assert Indexer(shelf.store, encoder, Analyser()).run(NS) == 4
    assert sorted(encoder.passages) == sorted(
        [f"a.md. {TEA}", *(TEA[s:e] for s, e in ((0, 27), (28, 43))), f"a.md. {BEES}"]
    )


def test_a_broken_run_goes_on(shelf: Bookshelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 1)
    encoder = CountingEncoder()
    indexer = Indexer(shelf.store, encoder, Analyser())

    def pull_the_plug(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        indexer.run(NS, pull_the_plug)
    assert [shelf.store.watermark(NS, producer) for producer in indexer.producers] == [0, 0]
    first = len(encoder.passages)
    assert indexer.run(NS) == 1
    assert first == 1
    assert sorted(map(len, derived(shelf, indexer))) == [2, 2]


def test_two_at_once_do_no_harm(shelf: Bookshelf) -> None:
    one, other = (Indexer(shelf.store, CountingEncoder(), Analyser()) for _ in range(2))
    inner: list[int] = []
    one.run(NS, lambda done, total: inner.append(other.run(NS)))
    assert inner == [0]
    fresh = Bookshelf()
    assert sorted(map(len, derived(shelf, one))) == [2, 2]
    fresh.close()


def test_the_past_is_derived_and_the_erased_is_not(shelf: Bookshelf) -> None:
    past = [cube.id for cube in shelf.cubes()]
    shelf.retract("a.md")
    shelf.add("b.md", "Bees again, said Tom Reed.")
    gone = [cube.id for cube in shelf.cubes()]
    shelf.erase("b.md")
    indexer = Indexer(shelf.store, CountingEncoder(), Analyser())
    assert indexer.run(NS) == 2
    for producer in indexer.producers:
        assert set(shelf.store.derived(NS, producer, past + gone)) == set(past)
    shelf.shred("a.md")
    assert shelf.store.derived(NS, indexer.producers[0], past) == {}


def test_other_kinds_of_node_are_left_alone(shelf: Bookshelf) -> None:
    encoder = CountingEncoder()
    Indexer(shelf.store, encoder, Analyser()).run(NS)
    assert shelf.store.get(shelf.scope(), [shelf.node(NodeKind.SOURCE, "a.md")])
    assert f"{TEA}\n{BEES}" not in encoder.passages


def test_scores_have_the_same_bits_in_any_company() -> None:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(3000, 384))
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    kept, asked = whole(rows), rows[7]
    scores = cosines(kept, asked)
    exact = kept.astype(np.int64) @ whole(asked).astype(np.int64)
    assert (scores == exact / SCALE**2).all()
    order = rng.permutation(3000)
    assert (cosines(kept[order][:1234], asked) == scores[order][:1234]).all()
    assert np.abs(scores - rows @ asked).max() < 1e-3


def test_the_best_of_each_run_is_the_first_of_equals() -> None:
    best, place = best_of_runs(np.array([0.5, 0.5, 0.1, 0.9, 0.9]), np.array([0, 3, 3, 5]))
    assert best.tolist() == [0.5, -np.inf, 0.9]
    assert place.tolist() == [0, -1, 0]


def test_damaged_bytes_are_named() -> None:
    with pytest.raises(Corrupt):
        unpack_counts(pack_counts({"a": 1})[:-3])
    with pytest.raises(Corrupt):
        unpack_vectors(b"\x02\x00\x00\x00\x01")
