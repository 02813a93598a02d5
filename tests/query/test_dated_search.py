"""A time in a question brings up what was said then: dates, stretches, what is relative, and events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.query.asked_time import AskedTime
from memcubes.query.recipe import Recipe

BOUGHT = {
    "2022-05-12": "lathe",
    "2022-11-03": "forklift",
    "2023-05-20": "crane",
    "2023-08-01": "dryer",
    "2024-04-28": "kiln",
    "2024-05-10": "saw",
    "2024-06-01": "press",
}
MERGED = "2023-02-15"


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    folder = tmp_path_factory.mktemp("minutes")
    for day, what in BOUGHT.items():
        text = f"The board of Halden Mill bought a {what}."
        (folder / f"{day}.md").write_text(f"Date: {day}\n\n{text}\n", "utf-8")
    merged = f"Date: {MERGED}\n\nThe merger of Halden Mill with Corvo Timber was signed.\n"
    (folder / "merger.md").write_text(merged, "utf-8")
    with Memory.open(folder / "m.db", user="local:ann", encoder="hashing") as made:
        made.ingest(folder)
        yield made


# the last of them was written on 1 June 2024, so that "last May" is that of 2024, and three weeks before is 11 May
@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ("in May 2022", "lathe"),
        ("in the second quarter of 2023", "crane"),
        ("in Q2 2023", "crane"),
        ("in summer 2023", "dryer"),
        ("between March and June 2023", "crane"),
        ("last May", "saw"),
        ("three weeks ago", "saw"),
        ("in late 2022", "forklift"),
    ],
)
def test_what_was_said_at_the_time_comes_first(memory: Memory, asked: str, what: str) -> None:
    hit = memory.search(f"What did the board of Halden Mill buy {asked}?").hits[0]
    assert f"bought a {what}." in hit.cube.text
    assert hit.added["date"] > 0
    # the score is the sum of what it was made of
    assert hit.score == pytest.approx(sum(hit.added.values()), abs=1e-9)


def test_an_event_has_the_time_at_which_it_was_told(memory: Memory) -> None:
    def dated(question: str) -> set[str]:
        hits = memory.search(question, limit=8).hits
        return {hit.cube.text.split()[-1] for hit in hits if hit.added.get("date")}

    before = dated("What did the board of Halden Mill buy before the merger?")
    after = dated("What did the board of Halden Mill buy after the merger?")
    assert before == {"lathe.", "forklift."}
    assert after == {"crane.", "dryer.", "kiln.", "saw.", "press.", "signed."}
    # what no passage tells of has no time
    assert not dated("What did the board of Halden Mill buy before the zeppelin?")


def test_relative_times_count_from_the_time_that_is_asked_of(memory: Memory) -> None:
    question = "What did the board of Halden Mill buy last May?"
    found = memory.search(question, valid_at="2023-06-30").hits[0]
    assert "crane" in found.cube.text


def test_the_step_can_be_left_out(memory: Memory) -> None:
    operator = memory.retrieval.operator
    kept = operator.recipe
    operator.recipe = Recipe().without(["dates"])
    try:
        hits = memory.search("What did the board of Halden Mill buy last May?").hits
    finally:
        operator.recipe = kept
    assert all("date" not in hit.added for hit in hits)


def test_turns_are_found_by_stretches_as_well(tmp_path: Path) -> None:
    talk = [
        {"speaker": who, "text": text, "timestamp": day}
        for day, who, text in (
            ("2022-06-14T10:00:00Z", "Ivo", "I got a canoe."),
            ("2022-12-20T10:00:00Z", "Petra", "Our company had its merger today."),
            ("2023-05-09T10:00:00Z", "Ivo", "I got a telescope."),
            ("2023-09-21T10:00:00Z", "Ivo", "I got a tent."),
        )
    ]
    (tmp_path / "talk.json").write_text(json.dumps(talk), "utf-8")
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as made:
        made.ingest(tmp_path / "talk.json")
        for asked, first in (
            ("last May", "I got a telescope."),
            ("in the second quarter of 2022", "I got a canoe."),
        ):
            hits = made.search(f"What did Ivo get {asked}?").hits
            assert hits[0].cube.text == first
        hits = made.search("What did Ivo get before the merger?").hits
        assert {h.cube.text for h in hits if h.added.get("turn_date")} == {"I got a canoe."}


NOW = int(datetime(2023, 9, 21, tzinfo=UTC).timestamp() * 1_000_000)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("last May?", "2023-05-01", "2023-06-01"),
        ("three weeks ago?", "2023-08-31", "2023-09-01"),
        ("in Q3 2022", "2022-07-01", "2022-10-01"),
        ("between March and June 2022?", "2022-03-01", "2022-07-01"),
        ("from 3 May 2022 to 9 June 2022", "2022-05-03", "2022-06-10"),
        ("after 3 May 2022?", "2022-05-04", ""),
        ("since May?", "2023-05-01", ""),
        ("before 2021?", "", "2021-01-01"),
        ("until June 2022", "", "2022-07-01"),
        ("in the 1990s", "1990-01-01", "2000-01-01"),
        ("this morning?", "2023-09-21", "2023-09-22"),
        ("last night?", "2023-09-20", "2023-09-21"),
        ("last Christmas?", "2022-12-25", "2022-12-26"),
        ("at Christmas 2021?", "2021-12-25", "2021-12-26"),
        ("in the last two weeks", "2023-09-07", "2023-09-21"),
    ],
)
def test_stretches_are_read_as_they_are_written(asked: str, start: str, end: str) -> None:
    span = AskedTime.read(f"What was bought {asked}", NOW).span
    assert span is not None
    days = [
        "" if abs(at) >> 61 else str(datetime.fromtimestamp(at / 1e6, UTC).date()) for at in span
    ]
    assert days == [start, end]


@pytest.mark.parametrize(
    "asked", ["Who was born after Ann?", "Who stood between Ann and Bo?", "Who may come?"]
)
def test_names_are_no_events(asked: str) -> None:
    def event(told: str) -> tuple[int, int]:
        raise AssertionError(told)

    assert not AskedTime.read(asked, NOW, event)


def test_a_date_that_a_text_names_counts_for_the_time_that_is_asked_about() -> None:
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as memory:
        memory.remember("The mill at Osk burned down in August 1974.")
        memory.remember("The mill at Osk burned wood in the stove of 1993.")
        memory.remember("Sheep graze behind the school.")
        hits = memory.search("When in the seventies did the mill at Osk burn?").hits
        told = {hit.cube.text[-5:-1]: hit.added.get("date", 0.0) > 0 for hit in hits}
        assert told == {"1974": True, "1993": False, "hool": False}
