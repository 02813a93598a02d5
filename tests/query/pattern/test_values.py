"""Values are compared as what they are."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from memcubes.query.pattern.amount import amount
from memcubes.query.pattern.value import Sort, calculated, compared, typed, written

NUMBERS = st.decimals(
    allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9
)


@given(NUMBERS, NUMBERS)
def test_numbers_are_exact(one: Decimal, other: Decimal) -> None:
    a, b = typed(written(one)), typed(written(other))
    assert a.sort is b.sort is Sort.NUMBER
    assert (a == b) is (one == other)
    assert compared("<", a, b) is (Fraction(one) < Fraction(other))
    for sign, expected in (
        ("plus", Fraction(one) + Fraction(other)),
        ("minus", Fraction(one) - Fraction(other)),
        ("times", Fraction(one) * Fraction(other)),
    ):
        found = calculated(sign, one, other)
        assert found is not None
        assert Fraction(written(found)) == expected
    found = calculated("divide", one, other)
    if other == 0:
        assert found is None
    else:
        assert found is not None
        # to 20 digits after the point
        assert abs(Fraction(written(found)) - Fraction(one) / Fraction(other)) <= Fraction(
            1, 10**20
        )


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_two_texts_are_equal_or_ordered_one_way(one: str, other: str) -> None:
    a, b = typed(one), typed(other)
    assert [a < b, a == b, a > b].count(True) == 1
    if a.sort is not b.sort:
        assert not any(compared(sign, a, b) for sign in ("<", "<=", ">", ">="))


@given(st.datetimes(), st.datetimes())
def test_instants_are_ordered_as_time_is(one, other) -> None:  # type: ignore[no-untyped-def]
    a, b = typed(one.isoformat(" ")), typed(other.isoformat())
    assert a.sort is b.sort is Sort.INSTANT
    assert compared("<", a, b) is (one < other)


def test_what_is_no_plain_number_is_words() -> None:
    for text in (
        "007",
        "1e5",
        "1,000",
        "+3",
        ".5",
        "5.",
        "0x1",
        "٣",
        "1_000",
        "--1",
        "",
        "2024-02-30",
        "2024-1-2",
    ):
        assert typed(text).sort is Sort.WORDS, text
    assert typed("2024-02-29T23:30-01:00") == typed("2024-03-01T00:30Z")
    assert typed("2024-02-29") == typed("2024-02-29T00:00:00")
    for text in ("a1", "1.2.3", "12/26", "v 12 km long"):
        assert amount(text) is None, text
    assert amount("€ 1.234") == Decimal("1.234")
    assert amount("-1,234,567.8 USD") == Decimal("-1234567.8")


def test_an_amount_is_read_as_its_writer_meant_it() -> None:
    written_so = {
        "12 500,00 €": "12500",
        "12.500,00\u00a0€": "12500",
        "1\u202f200": "1200",
        "CHF 1’200.50": "1200.5",
        "3,5 kg": "3.5",
        "0,125": "0.125",
        "1,125": "1125",
        "1.234.567": "1234567",
        "\u22124 °C": "-4",
        "-$5": "-5",
        "£2.3 million": "2300000",
        "€2.3m": "2300000",
        "2.3 m": "2.3",
        "12 Mio. €": "12000000",
        "100 km/h": "100",
    }
    for text, expected in written_so.items():
        assert amount(text) == Decimal(expected), text
    for text in ("1,2,3", "31.12.2024", "12.5.3", "12 34", "3 million people live here"):
        assert amount(text) is None, text
