"""What a view carries over from an earlier one is what it would have worked out, and little is worked out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memcubes.graph import EdgeKind, NodeKind
from memcubes.graph.errors import Conflict, Invalid, Refused
from memcubes.graph.index import carry, graph_index
from memcubes.graph.index.incidence import Incidence, Renumbering
from memcubes.graph.index.view import View

from .bookshelf import Bookshelf
from .test_graph_index import told

PEOPLE = ["Ada Hill", "Tom Reed", "Eva Moon", "Ann Ford", "Ida Berg"]
URIS = ["a.md", "b.md", "c.md", "d.md"]

person = st.sampled_from(PEOPLE)
passage = st.builds("Here {} met {} and {} in Bonn.".format, person, person, person)
act = st.one_of(
    st.tuples(
        st.just("add"),
        st.sampled_from(URIS),
        st.lists(passage, min_size=1, max_size=3, unique=True),
        st.sampled_from([None, *PEOPLE]),
    ),
    st.tuples(st.just("retract"), st.sampled_from(URIS)),
    st.tuples(st.just("archive"), st.integers(0, 9)),
    st.tuples(st.just("revert"), st.integers(0, 9)),
    st.tuples(st.just("same"), person, person, st.sampled_from(["SAME_AS", "NOT_SAME_AS"])),
)


def perform(shelf: Bookshelf, done: list[int], act: tuple[Any, ...]) -> None:
    """Do one thing, if it can be done."""
    kind, *given = act
    held = {
        uri for uri in URIS if shelf.store.get(shelf.scope(), [shelf.node(NodeKind.SOURCE, uri)])
    }
    if kind == "add" and given[0] not in held:
        done.append(shelf.add(given[0], *given[1], subject=given[2]).seq)
    elif kind == "retract" and given[0] in held:
        done.append(shelf.retract(given[0]).seq)
    elif kind == "archive":
        cubes = [cube for cube in shelf.cubes() if cube.get("state") == "activated"]
        if cubes:
            shelf.archive(cubes[given[0] % len(cubes)].node)
    elif kind == "revert" and done:
        shelf.revert(done[given[0] % len(done)])
    elif kind == "same" and given[0] != given[1]:
        ends = [shelf.entity(name) for name in given[:2]]
        if all(shelf.store.get(shelf.scope(), [end]) for end in ends):
            shelf.join(EdgeKind(given[2]), *given[:2])


def arrays(view: View) -> list[Any]:
    """The arrays of an adjacency, bit for bit."""
    graph = view.adjacency
    parts = (graph.named, graph.next)
    return [[part.at.tolist(), part.number.tolist(), part.value.tolist()] for part in parts] + [
        graph.frequency.tolist(),
        graph.group.tolist(),
        graph.grouping.first.tolist(),
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(act, min_size=2, max_size=14), st.booleans())
def test_a_carried_adjacency_equals_one_made_of_nothing(
    acts: list[tuple[Any, ...]], tiers: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(carry, "MOST", 0)  # however much changed
        patch.setattr(graph_index, "TIER", 2 if tiers else 0)
        carried = Spy(patch)
        shelf = Bookshelf()
        along, done, seen = shelf.index(), list[int](), list[View]()
        for one in acts:
            with suppress(Refused, Conflict, Invalid):  # as where something else stands by now
                perform(shelf, done, one)
            view = along.view(shelf.scope())
            if view not in seen:
                seen.append(view)
            fresh = View(view.segments, shelf.scope(), along._moved)
            assert arrays(view) == arrays(fresh)
        assert told(along.view(shelf.scope())) == told(shelf.index().view(shelf.scope()))
        assert not any(view in carried.made for view in seen[1:])
        shelf.close()


class Spy:
    """Watches what views work out: how many passages anew, and which views are made of nothing."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.anew: list[int] = []
        self.made: list[View] = []
        work = View._incidences

        def watched(view: View, edges: Any, passages: Any = None) -> Any:
            if passages is None:
                self.made.append(view)
            else:
                self.anew.append(len(passages))
            return work(view, edges, passages)

        patch.setattr(View, "_incidences", watched)


@pytest.fixture
def shelves(tmp_path: Path) -> Iterator[tuple[Bookshelf, Bookshelf]]:
    """A small shelf, and one with ten times as many sources."""
    small, large = Bookshelf(), Bookshelf()
    for shelf, count in ((small, 12), (large, 120)):
        for number in range(count):
            who = f"Guest {'abcdefghijkl'[number % 12].upper()}{'aeiou'[number // 12 % 5]}x"
            shelf.add(f"{number}.md", f"Here {who} met Nobody Else {number}.", f"Then {number}.")
    yield small, large
    small.close()
    large.close()


def test_as_much_is_worked_out_after_a_write_in_a_small_graph_as_in_a_large(
    shelves: tuple[Bookshelf, Bookshelf], monkeypatch: pytest.MonkeyPatch
) -> None:
    told_of = []
    for shelf in shelves:
        index = shelf.index()
        view = index.view(shelf.scope())
        assert view.adjacency.groups
        spy = Spy(monkeypatch)
        seq = shelf.add("new.md", "At last Tom Reed came to Kiel.", "And left Kiel.").seq
        assert index.view(shelf.scope()).adjacency.groups > view.adjacency.groups
        shelf.retract("3.md")
        assert index.view(shelf.scope()).adjacency.groups
        shelf.revert(seq)
        told_of.append((spy.anew, len(spy.made)))
        monkeypatch.undo()
    # two new passages; then none, as those of the third source are gone and nothing leads to them
    assert told_of == [([2, 0], 0), ([2, 0], 0)]


def test_a_view_that_was_not_walked_hands_on_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shelf = Bookshelf()
    for number in range(12):
        shelf.add(f"{number}.md", f"Here Tom Reed met {PEOPLE[number % 5]}.")
    index = shelf.index()
    assert index.view(shelf.scope()).adjacency.groups
    spy = Spy(monkeypatch)
    for number in range(20, 23):
        shelf.add(f"{number}.md", "Later Ada Hill came.")
        assert index.alike(shelf.scope()) == ()
    assert index.view(shelf.scope()).adjacency.groups
    assert (spy.anew, len(spy.made)) == ([3], 0)
    shelf.close()


def test_where_much_changed_a_view_is_made_of_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Bookshelf()
    shelf.add("a.md", "Here Tom Reed met Ada Hill.")
    index = shelf.index()
    assert index.view(shelf.scope()).adjacency.groups
    spy = Spy(monkeypatch)
    shelf.add("b.md", "Later Ada Hill met Eva Moon.")
    assert index.view(shelf.scope()).adjacency.groups == 3
    assert (spy.anew, len(spy.made)) == ([], 1)
    shelf.close()


rows = st.lists(st.dictionaries(st.integers(0, 7), st.integers(1, 9), max_size=5), max_size=8)


def incidence(rows: list[dict[int, int]], columns: int) -> Incidence:
    triples = [(r, c, v) for r, row in enumerate(rows) for c, v in row.items()]
    held = np.array(triples, np.int64).reshape(len(triples), 3).T
    return Incidence.of(held[0], held[1], held[2], (len(rows), columns))


@settings(max_examples=200, deadline=None)
@given(rows, st.data())
def test_rows_are_renumbered_and_replaced(rows: list[dict[int, int]], data: st.DataObject) -> None:
    # which rows and columns stay, and what comes between
    lines = [data.draw(st.sampled_from(["keep", "drop", "keep after new"])) for _ in rows]
    columns = [data.draw(st.sampled_from(["keep", "keep after new"])) for _ in range(8)]
    now = [-1] * len(rows)
    made: list[dict[int, int]] = []
    new_column, place = [], 0
    for what in columns:
        place += what == "keep after new"
        new_column.append(place)
        place += 1
    changed = []
    for number, what in enumerate(lines):
        if what == "keep after new":
            changed.append(len(made))
            made.append({0: 9})
        if what != "drop":
            now[number] = len(made)
            made.append({new_column[c]: v for c, v in rows[number].items()})
            if data.draw(st.booleans()):
                changed.append(len(made) - 1)
                made[-1] = {place - 1: 4}
    found = incidence(rows, 8).carried(
        Renumbering(np.array(now, np.int64), len(made)),
        Renumbering(np.array(new_column, np.int64), place),
        np.array(changed, np.int64),
        incidence([made[row] for row in changed], place),
    )
    expected = incidence(made, place)
    for name in ("at", "number", "value"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()
