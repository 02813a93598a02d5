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
