"""Numerals: numbers as Chinese writes them, up to 99, in digits or in characters."""

from __future__ import annotations

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2, "〇": 0}


def han_number(text: str) -> int:
    """Read a number of at most two places; raises `KeyError` for what is none.

    >>> han_number("十二"), han_number("二十"), han_number("两"), han_number("31")
    (12, 20, 2, 31)
    """
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS[text]
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)
