"""Dates as people write them."""

from datetime import UTC, datetime

import pytest

from memcubes.ingest.readers.dates import parse_date

DAY = int(datetime(2025, 3, 14, tzinfo=UTC).timestamp()) * 1_000_000
MINUTE = 60_000_000


@pytest.mark.parametrize(
    ("written", "micros"),
    [
        ("2025-03-14", DAY),
        ("2025-3-14", DAY),
        ("2025-03-14T05:40:00Z", DAY + 340 * MINUTE),
        ("2025-03-14T05:40:00+01:00", DAY + 280 * MINUTE),
        ("2025-03-14 05:40", DAY + 340 * MINUTE),
        ("Fri, 14 Mar 2025 05:40:00 +0100", DAY + 280 * MINUTE),
        ("Fri, 14 Mar 2025 05:40:00 -0000", DAY + 340 * MINUTE),
        ("14 March 2025", DAY),
        ("March 14, 2025", DAY),
        ("5:40 am on 14 March, 2025", DAY + 340 * MINUTE),
        ("14 March 2025 05:40 CET", DAY + 280 * MINUTE),
        ("14 March 2025 05:40 XYZ", DAY + 340 * MINUTE),
        ("2025年3月14日", DAY),
        ("2025 年 3 月 14 日 05:40", DAY + 340 * MINUTE),
        (DAY // 1_000_000, DAY),
        (DAY // 1_000, DAY),
        (DAY / 1_000_000 + 0.5, DAY + 500_000),
    ],
)
def test_read(written: object, micros: int) -> None:
    assert parse_date(written) == micros


@pytest.mark.parametrize(
    "written",
    ["soon", "", "March 2025", "14 March", "03/04/2025", "2025-13-40", "Friday", "2025年13月1日"]
    + ["Mon, 99 Foo 2025 +0000", "x" * 200, None, True, 3, -1, float("nan"), float("inf"), [], {}],
)
def test_not_a_date(written: object) -> None:
    assert parse_date(written) is None
