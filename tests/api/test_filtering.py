"""Filters, facets and pages by the ways in that people use: Python and the command line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memcubes.api.filtering import between
from memcubes.api.memory import Memory
from memcubes.graph import NodeKind
from memcubes.graph.errors import Invalid, MemcubesError
from memcubes.graph.instant import parse
from memcubes.query.hit import SearchResult
from memcubes.query.rank import Rank

from ..analysis.story import tag

ASKED = "When did the pump fail?"


def filled(memory: Memory) -> dict[str, str]:
    """Six statements, tagged, by what they are about."""
    nodes = {
        name: memory.remember(f"The pump {name} failed at 0{number}:10.").cube or ""
        for number, name in enumerate(("P-0", "P-1", "P-2", "P-3", "P-4", "P-5"))
    }
    tag(memory, "Plant/North", nodes["P-0"], nodes["P-1"])
    tag(memory, "plant/south", nodes["P-2"])
    tag(memory, "night shift", nodes["P-1"], nodes["P-3"])
    return nodes


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store that is filled, and its index."""
    place = tmp_path_factory.mktemp("kept")
    with Memory.open(place / "memories.db", user="local:ann", encoder="hashing") as memory:
        filled(memory)
        memory.search(ASKED)
    return place


@pytest.fixture
def memory(kept: Path, db: Path) -> Iterator[Memory]:
    shutil.copytree(kept, db.parent, dirs_exist_ok=True)
    with Memory.open() as opened:
        yield opened


def named(found: SearchResult) -> list[str]:
    return [hit.cube.text.split()[2] for hit in found.hits]


def test_without_a_question_a_search_is_a_filter_newest_first(memory: Memory) -> None:
    found = memory.search(where={"tags": "plant"}, limit=2)
    assert (named(found), found.total, found.visible) == (["P-2", "P-1"], 3, 6)
    assert (found.question, found.ranking, found.order) == (None, None, "newest")
    last = memory.search(where={"tags": "plant"}, limit=2, after=found.after)
    assert (named(last), last.after) == (["P-0"], None)
    assert named(memory.search(where={"tags": "plant -=plant/south"}, order="oldest")) == [
        "P-0",
        "P-1",
    ]
    assert named(memory.search(where={"tags": ['"night shift"', "plant"]})) == ["P-1"]
    assert named(memory.search(where={"tags": "-*"})) == ["P-5", "P-4"]
    with pytest.raises(Invalid, match="a question"):
        memory.search()


@pytest.mark.parametrize("ranking", ["graph", "bm25", "dense"])
def test_the_filter_comes_before_the_limit(memory: Memory, ranking: str) -> None:
    found = memory.search(ASKED, where={"tags": "plant/south"}, limit=1, ranking=ranking)
    assert (named(found), found.total, found.visible) == (["P-2"], 1, 6)


@pytest.mark.parametrize("question", [None, ASKED])
def test_pages_neither_repeat_nor_skip_whatever_is_written(
    memory: Memory, question: str | None
) -> None:
    where = {"semantic_type": "fact"}
    whole = named(memory.search(question, where=where, limit=100))
    assert sorted(whole) == [f"P-{n}" for n in range(6)]
    found, after, turn = list[str](), None, 0
    while True:
        page = memory.search(question, where=where, limit=2, after=after)
        assert page.total == 6
        found += named(page)
        after, turn = page.after, turn + 1
        if after is None:
            break
        memory.remember(f"The pump Q-{turn} failed at 1{turn}:10.")
        if turn == 1:
            memory.retract(page.hits[0].cube.node)
    assert found == whole
    assert turn == 3


def test_what_is_erased_between_pages_is_gone_and_nothing_else() -> None:
    scores = np.array([0.9, 0.5, 0.5, 0.5, 0.1])
    # the third was the last of a page; what is left stands on 0, 1, 3 and 4
    place = Rank(3, 0.5, "2")
    assert place.start([0, 1, 2, 3, 4], scores, str) == 3
    assert place.start([0, 1, 3, 4], scores, str) == 2
    assert place.start([0, 1], scores, str) == 2


def test_a_cursor_is_good_for_what_it_came_with_alone(memory: Memory, db: Path) -> None:
    where = {"tags": "plant"}
    cursor = memory.search(where=where, limit=1).after or ""
    ranked = memory.search(ASKED, where=where, limit=1).after or ""
    assert named(memory.search(where={"tags": " PLANT "}, limit=1, after=cursor)) == ["P-1"]
    for other in (
        {"where": {"tags": "plant/north"}},
        {"where": {"tags": "=plant"}},
        {"where": where, "order": "oldest"},
        {"where": where, "archived": True},
        {"where": {**where, "language": "en"}},
    ):
        with pytest.raises(Invalid, match="another listing"):
            memory.search(limit=1, after=cursor, **other)
    moved: tuple[tuple[str | None, str, dict[str, Any]], ...] = (
        ("When did it stop?", ranked, {}),
        (ASKED, ranked, {"ranking": "dense"}),
        (ASKED, cursor, {}),
        (None, ranked, {}),
    )
    for question, given_, more in moved:
        with pytest.raises(Invalid, match="another listing"):
            memory.search(question, where=where, after=given_, **more)
    seq = memory.scope().seq
    with pytest.raises(Invalid, match=f"at @{seq}"):
        memory.search(where=where, after=cursor, as_of=seq - 1)
    assert memory.search(where=where, after=cursor, as_of=seq).hits
    for broken in ("", "x", cursor[:-2], cursor[:9] + "A" + cursor[10:], cursor.swapcase()):
        with pytest.raises(Invalid, match="no cursor"):
            memory.search(where=where, after=broken)
    with Memory.open(namespace="elsewhere") as other_space:
        other_space.remember("The pump R-1 failed.")
        with pytest.raises(Invalid, match="another listing"):
            other_space.search(where=where, after=cursor)
    with Memory.open(user="local:eve") as eve, pytest.raises(MemcubesError):
        eve.search(where=where, after=cursor)


def test_a_page_goes_on_in_a_source_that_was_retracted(memory: Memory, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("The valve is red.\n\nThe door is green.\n", "utf-8")
    memory.ingest(tmp_path / "a.md")
    where = {"source": "a.md", "stated": "1900..2100"}
    whole = memory.search(where=where)
    page = memory.search(where=where, limit=1)
    memory.retract("a.md")
    rest = memory.search(where=where, limit=5, after=page.after) if page.after else None
    found = [hit.cube.id for result in (page, rest) if result for hit in result.hits]
    assert found == [hit.cube.id for hit in whole.hits]
    assert not memory.search(where=where).hits


def test_a_filter_of_a_state_finds_that_state(memory: Memory) -> None:
    node = memory.search(where={"tags": "plant/south"}).hits[0].cube.node
    memory.transition(node, "archive")
    assert memory.search(where={"tags": "plant/south"}).total == 0
    assert named(memory.search(where={"state": "archived"})) == ["P-2"]
    assert named(memory.search(ASKED, where={"state": ["archived"]})) == ["P-2"]
    assert memory.search(where={"tags": "plant/south"}, archived=True).total == 1
    states = memory.search(where={}, archived=True, facets=["state"]).facets[0]
    assert [(v.value, v.count) for v in states.values] == [("activated", 5), ("archived", 1)]


@pytest.mark.parametrize(
    "where",
    [
        {"colour": "red"},
        {"state": "asleep"},
        {"tags": "+"},
        {"tags": []},
        {"language": 3},
        {"stated": "yesterday"},
        {"stated": "@3..@9"},
        {"recorded": "@3..2025"},
        {"recorded": "@3..@x"},
        {"stated": "2025-13"},
        {"valid": "2026..2025"},
        "tags",
    ],
)
def test_a_wrong_filter_is_refused(memory: Memory, where: Any) -> None:
    with pytest.raises(Invalid):
        memory.search(where=where)


def test_spans_as_people_write_them() -> None:
    day = 86_400_000_000
    march = between("2025-03", "stated")
    assert (march.since, march.until) == (parse("2025-03-01"), parse("2025-04-01"))
    assert between("2025-12", "stated").until == parse("2026-01-01")
    assert between("2024", "stated").until == parse("2025-01-01")
    assert between("2025-03-14", "stated").until == parse("2025-03-14") + day
    assert between("..2025-03-14", "valid") == between(" .. 2025-03-14", "valid")
    assert between("2025-01-01T10:00:00Z..", "valid").since == parse("2025-01-01T10:00:00Z")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["plant", "=plant", "plant/north | -*", "+plant -plant/north", "-plant"]),
    st.booleans(),
)
def test_counts_are_those_of_the_listing(memory: Memory, tags: str, graph: bool) -> None:
    found = memory.search(
        ASKED if graph else None, where={"tags": tags}, limit=100, facets=["tags", "year", "source"]
    )
    held = {
        "P-0": {"plant", "plant/north"},
        "P-2": {"plant", "plant/south"},
        "P-3": {"night shift"},
    }
    held["P-1"] = held["P-0"] | held["P-3"]
    counts: dict[str, int] = {}
    for name in named(found):
        for path in held.get(name, ()):
            counts[path] = counts.get(path, 0) + 1
    tags_, year, source = found.facets
    assert {value.value: value.count for value in tags_.values} == counts
    assert tags_.missing == sum(name not in held for name in named(found))
    assert sum(value.count for value in year.values) == len(found.hits) == source.distinct


def test_the_command_line_filters_counts_and_pages(cli: Any, memory: Memory) -> None:
    done = cli("search", "--tag", "plant", "--tag", "-=plant/south", "--json")
    data = done.data
    assert (done.code, data["total"], data["order"], data["after"]) == (0, 2, "newest", None)
    assert [hit["score"] for hit in data["hits"]] == [None, None]
    page = cli("search", ASKED, "--kind", "fact", "--first", 4, "--json").data
    rest = cli("search", ASKED, "--kind", "fact", "--limit", 4, "--after", page["after"], "--json")
    assert len({hit["cube"] for hit in page["hits"] + rest.data["hits"]}) == 6
    assert rest.data["after"] is None
    done = cli("search", "--facets", "tags,semantic-type", "--limit", 1)
    assert "--after" in done.err
    lines = [line.split() for line in done.out.splitlines()]
    assert ["3", "plant", "(0", "exactly)"] in lines
    assert ["6", "fact"] in lines
    every = cli("search", "--facets", "all", "--json").data["facets"]
    assert [facet["name"] for facet in every][:2] == ["tags", "semantic_type"]
    assert cli("search", "--tag", "unknown").code == 3
    wrong = cli("search", "--tag", "+a (b")
    assert (wrong.code, wrong.err.count("\n")) == (2, 1)
    assert "a closing parenthesis is missing" in wrong.err
    assert cli("search", "--pattern", "x.json", "--tag", "a").code == 2
    assert cli("search", "--facets", "colour").code == 2
    assert cli("search").code == 2


def test_find_and_patterns_take_the_same_expressions(memory: Memory) -> None:
    def found(*tags: str) -> set[str]:
        cubes = memory.find([NodeKind.MEMCUBE], tags=tags)
        return {cube.text.split()[2] for cube in cubes}

    assert found("plant") == {"P-0", "P-1", "P-2"}
    assert found("plant", '-"night shift"') == {"P-0", "P-2"}
    assert found("-*") == {"P-4", "P-5"}
    assert len(memory.find([NodeKind.MEMCUBE], tags=["-*"], limit=1)) == 1
    rows = memory.search(pattern=[{"tagged": "+plant -=plant/south"}]).rows
    assert len(rows) == 2
    with pytest.raises(Invalid, match="no tag at all"):
        memory.search(pattern=[{"tagged": "-plant"}])
    with pytest.raises(Invalid, match="closing parenthesis"):
        memory.search(pattern=[{"tagged": "(plant"}])
