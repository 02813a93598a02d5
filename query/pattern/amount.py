"""Amounts: the number in a text that people wrote: thousands set apart, decimals by comma or point, a unit beside it."""

from __future__ import annotations

import re
from decimal import Decimal

_SPACE = "[ \u00a0\u202f]"
_NUMBER = re.compile(
    rf"(?P<minus>[-\u2212](?=\D))?(?P<money>[A-Z]{{0,3}}[$€£¥₹₩]|[A-Z]{{3}}{_SPACE})?{_SPACE}*(?P<sign>[-\u2212]?){_SPACE}*(?:"
    rf"(?P<apart>\d{{1,3}}(?:(?P<by>['\u2019]|{_SPACE})\d{{3}})(?:(?P=by)\d{{3}})*)(?:[.,](?P<a>\d+))?"
    r"|(?P<commas>[1-9]\d{0,2}(?:,\d{3})+)(?:\.(?P<b>\d+))?"
    r"|(?P<points>\d{1,3}(?:\.\d{3})+),(?P<c>\d+)|(?P<many>\d{1,3}(?:\.\d{3}){2,})"
    r"|(?P<zero>0),(?P<f>\d+)|(?P<plain>\d+)(?:\.(?P<d>\d+)|,(?P<e>\d{1,2}|\d{4,}))?)(?![\d.,])",
    re.ASCII,
)
_UNIT = re.compile(r"[%$€£¥₹₩]?|°?[^\W\d_]{1,12}[²³]?(?:/[^\W\d_]{1,12}[²³]?)?")
_SCALES = {
    **dict.fromkeys(("thousand", "tsd"), 3),
    **dict.fromkeys(("million", "millions", "mio", "mln", "mn"), 6),
    **dict.fromkeys(("billion", "billions", "bn", "mrd"), 9),
}
_SHORT = {"k": 3, "m": 6, "b": 9}
"""Letters that are a scale behind money, and a unit behind anything else ("£2.3m", "2.3 m")."""


def amount(text: str) -> Decimal | None:
    """The number in a text that has thousands set apart, or a unit or currency beside it.

    A comma or a point before anything but three digits parts decimals; before three digits a comma parts
    thousands, and a point does where there are two of them or a comma behind.

    >>> amount("$1,234.50"), amount("12 km"), amount("1 200 EUR"), amount("Route 66 east")
    (Decimal('1234.50'), Decimal('12'), Decimal('1200'), None)
    >>> amount("12.500,00 €"), amount("3,5 kg"), amount("£2.3 million")
    (Decimal('12500.00'), Decimal('3.5'), Decimal('2300000'))
    """
    text = text.strip()
    found = _NUMBER.match(text)
    if found is None:
        return None
    scale, unit = 0, text[found.end() :].strip(" \u00a0\u202f")
    word, _, behind = unit.replace("\u00a0", " ").partition(" ")
    known = word.rstrip(".").lower()
    if known in _SCALES or (found["money"] and known in _SHORT):
        scale, unit = _SCALES.get(known, _SHORT.get(known, 0)), behind.strip()
    if _UNIT.fullmatch(unit) is None:
        return None
    said = found.groupdict()
    whole = next(
        held
        for name in ("apart", "commas", "points", "many", "zero", "plain")
        if (held := said[name])
    )
    part = next((held for name in "abcdef" if (held := said[name])), None)
    digits = "".join(one for one in whole if one.isdecimal()) + (f".{part}" if part else "")
    value = Decimal("-" + digits if said["sign"] or said["minus"] else digits)
    return Decimal(f"{value.scaleb(scale):f}") if scale else value
