"""Periods, in both languages, against calendars that were counted by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.instant import EARLIEST, OPEN, parse
from memcubes.graph.period import read_period
from memcubes.ingest.chinese_period import read_chinese_period
from memcubes.ingest.when import hull, kept_between, valid_time

SAID = parse("2023-05-08T13:56:00Z")  # a Monday


def days(period: object) -> str:
    """A period as its first day and the day after its last."""
    assert period is not None
    return f"{period.start}..{period.end}"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2021-05-04", "2021-05-04..2021-05-05"),
        ("4 May 2021", "2021-05-04..2021-05-05"),
        ("May 4th, 2021", "2021-05-04..2021-05-05"),
        ("Friday, 4 May 2018", "2018-05-04..2018-05-05"),
        ("May 2021", "2021-05-01..2021-06-01"),
        ("2021", "2021-01-01..2022-01-01"),
        ("the 1990s", "1990-01-01..2000-01-01"),
        ("winter 2021", "2021-12-01..2022-03-01"),
        ("Q3 2021", "2021-07-01..2021-10-01"),
        ("late 2020", "2020-09-01..2021-01-01"),  # 366 * 2 // 3 = 244 days after 1 January
        ("yesterday", "2023-05-07..2023-05-08"),
        ("the day before yesterday", "2023-05-06..2023-05-07"),
        ("this morning", "2023-05-08..2023-05-09"),
        ("last night", "2023-05-07..2023-05-08"),
        ("a fortnight ago", "2023-04-24..2023-04-25"),
        ("Christmas 2021", "2021-12-25..2021-12-26"),
        ("last Christmas Eve", "2022-12-24..2022-12-25"),
        ("New Year's Day 2020", "2020-01-01..2020-01-02"),
        ("the end of June 2021", "2021-06-21..2021-07-01"),  # 30 * 2 // 3 = 20 days after the first
        ("at the beginning of the year", "2023-01-01..2023-05-02"),  # 365 // 3 = 121 days
        ("last week", "2023-05-01..2023-05-08"),
        ("last weekend", "2023-05-06..2023-05-08"),
        ("last Friday", "2023-05-05..2023-05-06"),
        ("next Friday", "2023-05-12..2023-05-13"),
        ("last Monday", "2023-05-01..2023-05-02"),
        ("last May", "2022-05-01..2022-06-01"),
        ("last December", "2022-12-01..2023-01-01"),
        ("two weeks ago", "2023-04-24..2023-04-25"),
        ("a month ago", "2023-04-01..2023-05-01"),
        ("three years ago", "2020-01-01..2021-01-01"),
        ("in two days", "2023-05-10..2023-05-11"),
        ("next summer", "2023-06-01..2023-09-01"),
        ("last summer", "2022-06-01..2022-09-01"),
        ("05.03.2021", "2021-03-05..2021-03-06"),
        ("the week of 4 May 2021", "2021-05-03..2021-05-10"),  # a Tuesday
        ("the week of May 3", "2023-05-01..2023-05-08"),
    ],
)
def test_english(text: str, found: str) -> None:
    assert days(read_period(text, SAID)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2021年5月4日", "2021-05-04..2021-05-05"),
        ("2021年5月", "2021-05-01..2021-06-01"),
        ("二十世纪", None),
        ("20世纪90年代", "1990-01-01..2000-01-01"),
        ("昨天", "2023-05-07..2023-05-08"),
        ("昨天下午3点", "2023-05-07..2023-05-08"),
        ("去年五月", "2022-05-01..2022-06-01"),
        ("上周五", "2023-05-05..2023-05-06"),
        ("下周", "2023-05-15..2023-05-22"),
        ("上个月", "2023-04-01..2023-05-01"),
        ("三天前", "2023-05-05..2023-05-06"),
        ("两年前", "2021-01-01..2022-01-01"),
        ("十二月", "2022-12-01..2023-01-01"),
        ("今年春天", "2023-03-01..2023-06-01"),
        ("去年下半年", "2022-07-01..2023-01-01"),
        ("去年年初", "2022-01-01..2022-04-01"),
        ("2021年年底", "2021-11-01..2022-01-01"),
        ("上个月中旬", "2023-04-11..2023-04-21"),
        ("去年二月下旬", "2022-02-21..2022-03-01"),
        ("4月底", "2023-04-21..2023-05-01"),
        ("不久前", None),
        ("2月30日", None),
    ],
)
def test_chinese(text: str, found: str | None) -> None:
    period = read_chinese_period(text, SAID)
    assert (None if period is None else days(period)) == found


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "recently",
        "a few days ago",
        "30 February 2021",
        "02:10",
        "ten years",
        "",
        "q9",
        "week of " * 9,
        "05/03/2021",
    ],
)
def test_what_is_vague_or_no_day_is_no_period(text: str) -> None:
    assert read_period(text, SAID) is None


@pytest.mark.parametrize("text", ["yesterday", "last May", "May", "two weeks ago", "Friday"])
def test_what_is_relative_needs_the_day_on_which_it_was_said(text: str) -> None:
    assert read_period(text) is None
    assert read_period(text, SAID) is not None


@given(day=st.dates(date(1700, 1, 1), date(2200, 1, 1)), ago=st.integers(1, 400))
def test_so_many_days_ago_is_so_many_days_before(day: date, ago: int) -> None:
    said = ((day - date(1970, 1, 1)).days * 86_400 + 3_600) * 1_000_000
    for period in (read_period(f"{ago} days ago", said), read_chinese_period(f"{ago}天前", said)):
        assert period is not None
        assert period.start == day - timedelta(days=ago)
        assert (period.end - period.start).days == 1


@given(text=st.text(max_size=40), said=st.none() | st.integers(-(2**52), 2**52))
def test_no_text_breaks_it(text: str, said: int | None) -> None:
    for read in (read_period, read_chinese_period):
        period = read(text, said)
        assert period is None or period.start < period.end


def test_dates_that_contradict_each_other_say_nothing() -> None:
    assert valid_time([("after", "2021"), ("before", "2020")], read_period, ends=False) is None
    assert valid_time([("by", "2021")], read_period, ends=False) is None
    assert hull([(1, OPEN), (5, 7)]) == (1, OPEN)


@pytest.mark.parametrize(
    ("link", "text", "ends", "valid"),
    [
        ("in", "1634", False, (EARLIEST, OPEN)),  # it was painted then, and is
        ("since", "1634", False, (EARLIEST, OPEN)),
        (
            "in",
            "1634",
            True,
            (EARLIEST, EARLIEST + 1),
        ),  # somebody lived there then, and does not now
        ("before", "1634", True, (EARLIEST, EARLIEST + 1)),
        ("", "from 1634 to 1970", True, (EARLIEST, 31_536_000_000_000)),
        ("after", "1634", False, (EARLIEST, OPEN)),
        ("in", "1970", True, (0, 31_536_000_000_000)),
    ],
)
def test_what_was_before_what_can_be_kept_holds_from_the_first_that_can(
    link: str, text: str, ends: bool, valid: tuple[int, int]
) -> None:
    assert valid_time([(link, text)], read_period, ends=ends) == valid


@given(start=st.integers(-(2**60), 2**60), end=st.integers(-(2**60), 2**60))
def test_what_is_kept_of_an_interval_has_a_length_and_can_be_kept(start: int, end: int) -> None:
    kept = kept_between(start, end)
    assert (kept is None) == (start >= end)
    if kept is not None:
        assert EARLIEST <= kept[0] < kept[1] <= OPEN
        if start >= EARLIEST and end <= OPEN:
            assert kept == (start, end)
