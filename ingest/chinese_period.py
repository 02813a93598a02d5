"""Periods in Chinese: the stretch of time that a phrase means, against the day on which it was said."""

from __future__ import annotations

import re
from datetime import date, timedelta

from ..graph.numeral import han_number
from ..graph.period import (
    Period,
    Tense,
    day_of,
    of_days,
    of_month,
    of_season,
    of_year,
)

_NUMBER = r"(\d{1,4}|[一二两三四五六七八九十]{1,3})"
_DAYS = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "昨晚": -1,
    "今天": 0,
    "今日": 0,
    "今晚": 0,
}
_DAYS |= {"今早": 0, "明天": 1, "明日": 1, "后天": 2}
_YEARS = {"前年": -2, "去年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}
_STEPS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_SEASONS = {"春": 3, "夏": 6, "秋": 9, "冬": 12}
_WEEKDAYS = {day: n for n, day in enumerate("一二三四五六日")} | {"天": 6}


def read_chinese_period(text: str, said: int | None = None, tense: Tense = "") -> Period | None:
    """Read a Chinese phrase of time; `said` is when it was said, in microseconds since the epoch, UTC.

    A month or day without a year is the last one before it was said, or in the future tense the next after.

    >>> read_chinese_period("2021年5月").start.isoformat(), read_chinese_period("不久前")
    ('2021-05-01', None)
    >>> read_chinese_period("去年五月", 1683504000000000).start.isoformat()  # said on 8 May 2023
    '2022-05-01'
    """
    phrase = re.sub(r"\s+", "", text)
    phrase = (
        re.sub(r"(?:早上|上午|中午|下午|晚上|凌晨|夜里)?\d{1,2}[:：点时].*$", "", phrase) or phrase
    )
    try:
        return _absolute(phrase) or (
            None if said is None else _relative(phrase, day_of(said), tense)
        )
    except (ValueError, OverflowError):
        return None


def _absolute(phrase: str) -> Period | None:
    if found := re.fullmatch(r"(\d{4})年(.*)", phrase):
        return _in_year(int(found[1]), found[2])
    if found := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", phrase):
        return of_days(date(int(found[1]), int(found[2]), int(found[3])))
    if found := re.fullmatch(r"(?:(\d\d)世纪|(19|20))(\d)0年代", phrase):
        start = (int(found[1]) - 1 if found[1] else int(found[2])) * 100 + int(found[3]) * 10
        return Period(date(start, 1, 1), date(start + 10, 1, 1))
    return None


def _in_year(year: int, rest: str) -> Period | None:
    """A year, or what is said of it: a month, a day, a season, a half."""
    if rest.removeprefix("年") in ("", "底", "末", "初", "中"):
        months = {"": (1, 12), "初": (1, 3), "中": (5, 8)}.get(rest.removeprefix("年"), (11, 12))
        return Period(of_month(year, months[0]).start, of_month(year, months[1]).end)
    if rest in ("上半年", "下半年"):
        first = 1 if rest == "上半年" else 7
        return Period(of_month(year, first).start, of_month(year, first + 5).end)
    if found := re.fullmatch(rf"{_NUMBER}月(?:份|{_NUMBER}[日号])?", rest):
        month = han_number(found[1])
        day = of_days(date(year, month, han_number(found[2]))) if found[2] else None
        return day or of_month(year, month)
    if found := re.fullmatch(rf"{_NUMBER}月份?([上中下]旬|[初底末])", rest):
        return _third(of_month(year, han_number(found[1])), found[2])
    if found := re.fullmatch(r"([春夏秋冬])[天季]?", rest):
        return of_season(year, _SEASONS[found[1]])
    if found := re.fullmatch(r"第?([一二三四])季度", rest):
        return of_season(year, 3 * han_number(found[1]) - 2)
    return None


def _third(month: Period, part: str) -> Period:
    """The ten days of a month that are said; the last are what is left of it."""
    place = {"上": 0, "初": 0, "中": 1}.get(part[0], 2)
    start = month.start + timedelta(days=10 * place)
    return Period(start, month.end if place == 2 else start + timedelta(days=10))


def _relative(phrase: str, today: date, tense: Tense) -> Period | None:
    for day, step in _DAYS.items():
        if phrase.startswith(day):
            return of_days(today + timedelta(days=step))
    for year, step in _YEARS.items():
        if phrase.startswith(year):
            return _in_year(today.year + step, phrase.removeprefix(year))
    if found := re.fullmatch(rf"{_NUMBER}(?:个)?(天|日|周|星期|月|年)(?:以|之)?(前|后)", phrase):
        number = han_number(found[1]) * (-1 if found[3] == "前" else 1)
        if found[2] in "天日":
            return of_days(today + timedelta(days=number))
        if found[2] in ("周", "星期"):
            return of_days(today + timedelta(weeks=number))
        return (
            of_month(today.year, today.month + number)
            if found[2] == "月"
            else of_year(today.year + number)
        )
    if found := re.fullmatch(
        r"(上上|下下|上|下|这|本)个?(?:(月)([上中下]旬|[初中底末])?|(周|星期|礼拜)([一二三四五六日天])?)",
        phrase,
    ):
        step = _STEPS[found[1]]
        if found[2]:
            month = of_month(today.year, today.month + step)
            return _third(month, found[3]) if found[3] else month
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
        return (
            of_days(monday + timedelta(days=_WEEKDAYS[found[5]]))
            if found[5]
            else of_days(monday, 7)
        )
    for year_of in (today.year, today.year - 1, today.year + 1):
        period = _in_year(year_of, phrase) if phrase else None
        if period is None:
            return None
        if period.start > today if tense == "future" else period.start <= today:
            return period
    return None
