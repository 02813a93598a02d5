"""Times that a question names in words are the days that a calendar says; written down before they were run."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from memcubes.query.asked_time import AskedTime
from memcubes.query.feast import feast
from memcubes.query.stretch import stretched

NOW = int(datetime(2024, 11, 20, tzinfo=UTC).timestamp() * 1_000_000)
"""A Wednesday."""


def days(question: str, now: int | None = NOW) -> tuple[str, str]:
    span = AskedTime.read(question, now).span
    assert span is not None, question
    assert AskedTime.hinted(question), question
    return tuple(  # type: ignore[return-value]
        datetime.fromtimestamp(end / 1e6, UTC).date().isoformat() if abs(end) < 1 << 61 else ""
        for end in span
    )


@pytest.mark.parametrize(
    ("question", "first", "end"),
    [
        ("Who led the firm in the nineties?", "1990-01-01", "2000-01-01"),
        ("Who led the firm in the '90s?", "1990-01-01", "2000-01-01"),
        ("Who led the firm in the 20s?", "2020-01-01", "2030-01-01"),
        ("Who led the firm in the 30s?", "1930-01-01", "1940-01-01"),
        ("What was built in the early 2000s?", "2000-01-01", "2003-05-02"),
        ("What was built in the 18th century?", "1700-01-01", "1800-01-01"),
        ("Who came at Easter 2023?", "2023-04-07", "2023-04-11"),
        ("Who came before Easter 2023?", "", "2023-04-07"),
        ("Who came last Easter?", "2024-03-29", "2024-04-02"),
        ("Who came last Thanksgiving?", "2023-11-23", "2023-11-24"),
        ("Who comes this Christmas?", "2024-12-25", "2024-12-26"),
        ("Who came on Boxing Day?", "2023-12-26", "2023-12-27"),
        ("Who came at Chinese New Year 2023?", "2023-01-22", "2023-01-26"),
        ("What was sold in Q3?", "2024-07-01", "2024-10-01"),
        ("What was sold in Q4?", "2024-10-01", "2025-01-01"),
        ("What was sold in the second quarter of last year?", "2023-04-01", "2023-07-01"),
        ("What was sold in H1?", "2024-01-01", "2024-07-01"),
        ("Who left before the end of Q2 2022?", "", "2022-05-31"),
        ("Who met in the week of 3 May?", "2024-04-29", "2024-05-06"),
        ("Who met in the week beginning 1 May 2023?", "2023-05-01", "2023-05-08"),
        ("Who met at the weekend of 6 May 2023?", "2023-05-06", "2023-05-08"),
        ("Who came in mid-March?", "2024-03-11", "2024-03-21"),
        ("What did he do two summers ago?", "2023-06-01", "2023-09-01"),
        ("What did he do the week before last?", "2024-11-04", "2024-11-11"),
        ("What did he do a year and a half ago?", "2023-05-01", "2023-06-01"),
        ("What was paid on the 3rd of last month?", "2024-10-03", "2024-10-04"),
        ("What was paid on the first of May 2023?", "2023-05-01", "2023-05-02"),
        ("Who sang between Easter 2023 and Christmas 2023?", "2023-04-07", "2023-12-26"),
        ("九十年代谁是经理？", "1990-01-01", "2000-01-01"),
        ("20世纪90年代谁是经理？", "1990-01-01", "2000-01-01"),
        ("2023年春节他去了哪里？", "2023-01-22", "2023-01-26"),
        ("去年中秋节他去了哪里？", "2023-09-29", "2023-09-30"),
        ("第三季度卖了多少？", "2024-07-01", "2024-10-01"),
        ("去年第二季度卖了多少？", "2023-04-01", "2023-07-01"),
        ("上个季度卖了多少？", "2024-07-01", "2024-10-01"),
        ("上半年卖了多少？", "2024-01-01", "2024-07-01"),
        ("2023年3月下旬谁来了？", "2023-03-21", "2023-04-01"),
        ("上上周谁来了？", "2024-11-04", "2024-11-11"),
        ("上周五谁来了？", "2024-11-15", "2024-11-16"),
        ("周四谁来了？", "2024-11-14", "2024-11-15"),
        ("去年夏天谁来了？", "2023-06-01", "2023-09-01"),
        ("2023年5月之前谁来了？", "", "2023-05-01"),
        ("从2022年3月到6月谁来了？", "2022-03-01", "2022-07-01"),
        ("最近三个月谁来了？", "2024-08-01", "2024-11-21"),
    ],
)
def test_the_days_that_a_question_means(question: str, first: str, end: str) -> None:
    assert days(question) == (first, end)


@pytest.mark.parametrize(
    "question",
    [
        "Who drives an Audi Q3?",
        "Who is in her thirties?",
        "What is in the first half of the book?",
        "Who scored in the third quarter of the game?",
        "What is H2O made of?",
        "On which holiday did she swim?",
        "Who studies Easterly winds?",
        "What was sold in Q3 FY2024?",
        "王五一家住在哪里？",
        "张伟以前住在哪里？",
    ],
)
def test_what_names_no_time(question: str) -> None:
    assert stretched(question, NOW) == question
    assert AskedTime.read(question, NOW, event=lambda told: (5, 6)).span is None


def test_what_is_relative_needs_a_day() -> None:
    assert days("Who came in Q3 2022?", None) == ("2022-07-01", "2022-10-01")
    for asked in ("Who came in Q3?", "Who came last Easter?", "第三季度谁来了？"):
        assert AskedTime.read(asked).span is None


def test_a_date_in_a_text_within_what_is_asked() -> None:
    asked = AskedTime.read("What was built in the 19th century?", NOW)
    texts = ("It was built in 1874.", "It was built in 1974.", "It holds 1874 litres, or 1,874.")
    assert [asked.tells(text) for text in texts] == [0.5, 0.0, 0.5]
    march = AskedTime.read("What broke in March 2024?", NOW)
    said = (
        "It broke on 28 March 2024.",
        "It broke in 2024.",
        "3月5日坏了。",
        "2024年3月5日坏了。",
    )
    assert [march.tells(text) for text in said] == [0.5, 0.0, 0.0, 0.5]
    # a year alone is found by its number
    assert AskedTime.read("What broke in 2024?", NOW).tells("It broke on 28 March 2024.") == 0.0


def test_an_event_in_chinese() -> None:
    told: list[str] = []

    def event(words: str) -> tuple[int, int]:
        told.append(words)
        return 5, 6

    found = AskedTime.read("公司搬迁之后谁负责物流？", NOW, event)
    assert (told, found.beside, found.span and found.span[0]) == (["公司搬迁"], True, 5)


def test_feasts_that_no_calendar_has() -> None:
    assert feast("Mid-Autumn Festival", 1923) is None
    assert feast("Easter", 3000) is None
    assert feast("a day off", 2023) is None
