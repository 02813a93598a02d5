"""A day that a question names is near to the days around it, in whatever month they are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from memcubes.query.asked_time import AskedTime


@pytest.mark.parametrize(
    ("question", "said", "fit"),
    [
        ("What did Ann buy on 31 May 2023?", (2023, 6, 1), 1.0),
        ("What did Ann buy on 1 May 2023?", (2023, 4, 30), 1.0),
        ("What did Ann buy on 31 December 2023?", (2024, 1, 2), 1.0),
        ("What did Ann buy on 31 December?", (2024, 1, 2), 1.0),
        ("What did Ann buy on 2 January?", (2023, 12, 31), 1.0),
        # nine days later, ten days later, four days before
        ("What did Ann buy on 28 May 2023?", (2023, 6, 6), 0.5),
        ("What did Ann buy on 28 May 2023?", (2023, 6, 7), 0.0),
        ("What did Ann buy on 1 June 2023?", (2023, 5, 28), 0.0),
        # the same month, far off
        ("What did Ann buy on 1 May 2023?", (2023, 5, 20), 0.2),
        ("What did Ann buy on 20 May 2023?", (2023, 5, 1), 0.2),
        # another year
        ("What did Ann buy on 31 May 2022?", (2023, 6, 1), 0.0),
        # days that no calendar has
        ("What did Ann buy on 31 February 2023?", (2023, 2, 28), 0.2),
        ("2023年13月40日？", (2023, 5, 1), 0.0),
        ("What did Ann buy on 1 January?", (1, 1, 2), 1.0),
        ("What did Ann buy on 31 December?", (9999, 12, 30), 1.0),
    ],
)
def test_how_well_an_instant_fits(question: str, said: tuple[int, int, int], fit: float) -> None:
    stated = int(datetime(*said, tzinfo=UTC).timestamp() * 1_000_000)
    assert AskedTime.of(question).fits(stated) == fit


@pytest.mark.parametrize("stated", [None, "2023", 10**30, -(10**30)])
def test_what_is_no_instant_fits_nothing(stated: object) -> None:
    assert AskedTime.of("on 7 May 2023").fits(stated) == 0.0


NOW = int(datetime(2024, 3, 13, 15, tzinfo=UTC).timestamp() * 1_000_000)  # a Wednesday


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("What did Ann buy the day before yesterday?", "2024-03-11", "2024-03-12"),
        ("Who came between 3 and 9 March 2024?", "2024-03-03", "2024-03-10"),
        ("Who came from 28 to 30 June 2023?", "2023-06-28", "2023-07-01"),
        ("What was sold in the second half of 2022?", "2022-07-01", "2023-01-01"),
        ("What was sold in H1 2023?", "2023-01-01", "2023-07-01"),
        ("What was said until the end of 2022?", None, "2023-01-01"),
        ("What was settled by the end of May 2023?", None, "2023-06-01"),
        ("Who left no later than 2021?", None, "2022-01-01"),
        ("Who did not come before? Who came not before May 2023?", "2023-05-01", None),
        ("What did Ann sell half a year ago?", "2023-09-01", "2023-10-01"),
        ("What did Ann say on Monday?", "2024-03-11", "2024-03-12"),
        ("Where was Ann over the weekend?", "2024-03-09", "2024-03-11"),
        ("What broke at the beginning of 2023?", "2023-01-01", "2023-05-02"),
        ("小明昨天买了什么？", "2024-03-12", "2024-03-13"),
        ("小明两周前去了哪里？", "2024-02-28", "2024-02-29"),
        ("三个月前谁来了？", "2023-12-01", "2024-01-01"),
        ("上个月谁来了？", "2024-02-01", "2024-03-01"),
        ("十二天前谁来了？", "2024-03-01", "2024-03-02"),
    ],
)
def test_a_stretch_is_read(question: str, since: str | None, until: str | None) -> None:
    def at(day: str) -> int:
        return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1_000_000)

    assert AskedTime.hinted(question)
    found = AskedTime.read(question, NOW).span
    assert found is not None
    assert found[0] == at(since) if since else found[0] < at("1900-01-01")
    assert found[1] == at(until) if until else found[1] > at("2100-01-01")


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Who came on 7.5.2023?", AskedTime(2023, 5, 7)),
        ("Who came on 13/05/2023?", AskedTime(2023, 5, 13)),
        # day and month may be either
        ("Who came on 05/07/2023?", AskedTime(2023)),
        ("Which has version 2.10.2023.1?", AskedTime(2023)),
        ("去年五月谁来了？", AskedTime(2023, 5)),
        ("前年谁来了？", AskedTime(2022)),
        # a date beside a day of the week
        ("What was said on Monday, 4 March?", AskedTime(None, 3, 4)),
        ("What does Ann do on Mondays?", AskedTime()),
        ("小明三月前往上海了吗？", AskedTime()),
    ],
)
def test_a_date_is_read(question: str, asked: AskedTime) -> None:
    assert AskedTime.read(question, NOW) == asked
