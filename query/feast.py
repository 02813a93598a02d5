"""Feasts: when a holiday that a question names was, by calendars that others keep (`holidays`, `dateutil.easter`)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter

from ..graph.period import Period
from .recurrence import days

_FIXED = {
    "boxing day": (12, 26), "christmas eve": (12, 24), "christmas(?: day)?": (12, 25), "new year'?s eve": (12, 31),
    "new year'?s day": (1, 1), "halloween": (10, 31), "valentine'?s day": (2, 14), "st\\.? patrick'?s day": (3, 17),
    "may day": (5, 1),
    "圣诞节?": (12, 25), "平安夜": (12, 24), "元旦": (1, 1), "劳动节|五一(?:节|假期|期间|黄金周)": (5, 1), "情人节": (2, 14), "万圣节": (10, 31),
    "儿童节": (6, 1), "教师节": (9, 10),
}  # fmt: skip
_AFTER_EASTER = {
    "good friday": (-2, 1), "easter sunday": (0, 1), "easter monday": (1, 1), "easter(?: weekend)?|复活节": (-2, 4),
    "ascension day": (39, 1), "pentecost|whit ?sunday": (49, 1), "ash wednesday": (-46, 1),
}  # fmt: skip
"""Days from Easter Sunday, and how many."""
_KEPT = {
    "(?:chinese|lunar) new year|spring festival|春节|农历新年": ("CN", "Chinese New Year"),
    "mid-autumn(?: festival)?|中秋节?": ("CN", "Mid-Autumn Festival"),
    "dragon boat festival|端午节?": ("CN", "Dragon Boat Festival"),
    "qingming(?: festival)?|tomb[- ]sweeping day|清明节?": ("CN", "Tomb-Sweeping Day"),
    "国庆节?": ("CN", "National Day"),
    "thanksgiving(?: day)?|感恩节": ("US", "Thanksgiving"),
    "memorial day": ("US", "Memorial Day"),
    "labor day": ("US", "Labor Day"),
    "juneteenth": ("US", "Juneteenth"),
    "columbus day": ("US", "Columbus Day"),
    "veterans day": ("US", "Veterans Day"),
    "martin luther king(?:,? jr\\.?)? day|mlk day": ("US", "Martin Luther King"),
    "diwali": ("IN", "Diwali"),
    "holi": ("IN", "Holi"),
    "eid al-fitr": ("IN", "Eid al-Fitr"),
    "eid al-adha": ("IN", "Eid al-Adha"),
}
"""In whose calendar a feast stands, and under which name."""

FEASTS = "|".join((*_AFTER_EASTER, *_KEPT, *_FIXED))
HAN_FEASTS = "|".join(re.findall(r"[\u4e00-\u9fff](?:[\u4e00-\u9fff?]|\(\?:[^)a-z]+\))*", FEASTS))
"""What matches the name of any of them, and of those in Chinese alone."""
YEARS = range(1900, 2100)


def feast(name: str, year: int) -> Period | None:
    """The days of a feast in a year; None where no calendar here has it.

    >>> feast("Easter", 2023)
    Period(start=datetime.date(2023, 4, 7), end=datetime.date(2023, 4, 11))
    >>> feast("春节", 2023).start.isoformat(), feast("Thanksgiving", 2023).start.isoformat()
    ('2023-01-22', '2023-11-23')
    """
    if year not in YEARS:
        return None
    word = name.lower().replace("’", "'")
    for form, (month, day) in _FIXED.items():
        if re.fullmatch(form, word):
            return days(date(year, month, day))
    for form, (away, count) in _AFTER_EASTER.items():
        if re.fullmatch(form, word):
            return days(easter(year) + timedelta(days=away), count)
    for form, (country, kept) in _KEPT.items():
        if re.fullmatch(form, word):
            return _kept(country, kept, year)
    return None


@lru_cache(maxsize=256)
def _kept(country: str, name: str, year: int) -> Period | None:
    """The days of one name that follow each other, from the first in a year."""
    from holidays import country_holidays

    calendar = country_holidays(country, years=year, language=None if country == "US" else "en_US")
    named = sorted(
        day
        for day, said in calendar.items()
        if day.year == year and any(one.strip().startswith(name) for one in said.split(";"))
    )
    if not named:
        return None
    last = named[0]
    while last + timedelta(days=1) in named:
        last += timedelta(days=1)
    return Period(named[0], last + timedelta(days=1))
