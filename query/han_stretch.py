"""HanStretch: what a question in Chinese calls a stretch of time beside dates: 九十年代, 第三季度, 三月中旬, 上周五."""

from __future__ import annotations

import re
from datetime import date, timedelta

from ..graph.numeral import han_number
from ..graph.period import Period, of_month, of_year, read_period
from .feast import HAN_FEASTS, feast
from .recurrence import (
    Reader,
    days,
    decade,
    half,
    instant,
    named,
    quarter,
    third,
    week_of,
    whole_century,
    yearly,
)

_SEASONS = {"春": "spring", "夏": "summer", "秋": "autumn", "冬": "winter"}
_UNITS = {"天": "day", "日": "day", "周": "week", "星期": "week", "月": "month", "年": "year"}
_WEEKS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1}
_TENS = "一二三四五六七八九"
_COUNT = r"\d{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]"
_YEAR = r"(?:(?P<year>(?:19|20)\d\d)年?|(?P<rel>今年|去年|前年|明年))?的?"
_MONTH = r"(?P<month>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月"
_DAY = r"(?P<day>[一二三四五六日天])"


def _decade(found: re.Match[str], today: date | None) -> Period | None:
    said = found["ten"]
    tens = int(said[0]) if said.isdigit() else _TENS.index(said[0]) + 1
    century = None
    if found["last"]:
        if today is None:
            return None
        century = today.year // 100 - 1
    elif found["century"]:
        century = han_number(found["century"]) - 1
    return decade(tens, century, _part(found), today)


def _century(found: re.Match[str], today: date | None) -> Period | None:
    return whole_century(han_number(found["century"]), _part(found))


def _part(found: re.Match[str]) -> str | None:
    """The third of a period that is said (初, 中旬, 年底)."""
    said = (found["part"] or "").strip("年月")
    return said[:1] or None


def _quarter(found: re.Match[str], today: date | None) -> Period | None:
    number = han_number(found["number"])
    return yearly(found, today, lambda year: quarter(number, year))


def _half(found: re.Match[str], today: date | None) -> Period | None:
    number = 1 if found["half"] == "上" else 2
    return yearly(found, today, lambda year: half(number, year))


def _feast(found: re.Match[str], today: date | None) -> Period | None:
    if found["after"]:
        return feast(found["feast"], int(found["after"]))
    return yearly(found, today, lambda year: feast(found["feast"], year))


def _month_part(found: re.Match[str], today: date | None) -> Period | None:
    month = han_number(found["month"])
    return yearly(found, today, lambda year: third(of_month(year, month), _part(found)))


def _near_month_part(found: re.Match[str], today: date | None) -> Period | None:
    if today is None:
        return None
    step = -1 if found["which"].startswith("上") else 0
    return third(of_month(today.year, today.month + step), _part(found))


def _year_part(found: re.Match[str], today: date | None) -> Period | None:
    return yearly(found, today, lambda year: third(of_year(year), _part(found)))


def _season(found: re.Match[str], today: date | None) -> Period | None:
    return yearly(found, today, lambda year: named(_SEASONS[found["season"]], year))


def _week_of(found: re.Match[str], today: date | None) -> Period | None:
    month, day = han_number(found["month"]), int(found["day"])
    said = yearly(found, today, lambda year: days(date(year, month, day)))
    return None if said is None else week_of(said.start)


def _weekday(found: re.Match[str], today: date | None) -> Period | None:
    """上周五 is of the week before; 周五 alone the last one."""
    if today is None:
        return None
    place = min("一二三四五六".find(found["day"]) % 7, 6)
    which = (found["which"] or "").removesuffix("个")
    day = week_of(today, _WEEKS.get(which, 0)).start + timedelta(days=place)
    return days(day - timedelta(days=7) if not which and day >= today else day)


def _week(found: re.Match[str], today: date | None) -> Period | None:
    return None if today is None else week_of(today, _WEEKS[found["which"].removesuffix("个")])


def _lately(found: re.Match[str], today: date | None) -> Period | None:
    if today is None:
        return None
    count, unit = found["count"], _UNITS[found["unit"]]
    number = 6 if count == "半" else han_number(count)
    first = read_period(f"{number} {'month' if count == '半' else unit}s ago", instant(today))
    return None if first is None else Period(first.start, today + timedelta(days=1))


def _away(found: re.Match[str], today: date | None) -> Period | None:
    if today is None:
        return None
    return {
        "半年前": lambda: of_month(today.year, today.month - 6),
        "上上个月": lambda: of_month(today.year, today.month - 2),
        "大前天": lambda: days(today - timedelta(days=3)),
        "明天": lambda: days(today + timedelta(days=1)),
        "后天": lambda: days(today + timedelta(days=2)),
        "下个月": lambda: of_month(today.year, today.month + 1),
        "明年": lambda: of_year(today.year + 1),
    }[found[0]]()


def _this_quarter(found: re.Match[str], today: date | None) -> Period | None:
    which = "last" if found["which"].startswith("上") else "this"
    return None if today is None else read_period(f"{which} quarter", instant(today))


def _from_to(found: re.Match[str], today: date | None) -> Period | None:
    """从2022年3月到6月: the second is of the year of the first."""
    first = yearly(found, today, lambda year: _date(year, found["month"], found["day"]))
    if first is None:
        return None
    year = int(found["year2"] or first.start.year)
    last = _date(year, found["month2"], found["day2"])
    return Period(first.start, last.end) if first.start < last.end else None


def _date(year: int, month: str | None, day: str | None) -> Period:
    if month is None:
        return of_year(year)
    return (
        days(date(year, han_number(month), int(day))) if day else of_month(year, han_number(month))
    )


def _beside(found: re.Match[str], today: date | None) -> Period | None:
    return yearly(found, today, lambda year: _date(year, found["month"], found["day"]))


_MONTHS = r"1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九]"
_ON = rf"(?:(?P<month>{_MONTHS})月(?:(?P<day>\d{{1,2}})[日号])?)"
_ON2 = rf"(?:(?P<month2>{_MONTHS})月(?:(?P<day2>\d{{1,2}})[日号])?)"
_YEAR_OF = r"(?:(?P<year>(?:19|20)\d\d)年|(?P<rel>今年|去年|前年|明年)的?)"
_SIDES = "之前|以前|之后|以后|以来"
_TO = rf"{_YEAR_OF}?{_ON}?(?:到|至)(?:(?P<year2>(?:19|20)\d\d)年)?{_ON2}?"

_SIDE = re.compile(
    rf"(?P<time>\d{{4}}-\d\d-\d\d/\d{{4}}-\d\d-\d\d)(?P<side>{_SIDES})"
    rf"|^(?P<event>[^，。？?,\d]{{4,20}}?)(?P<beside>之前|以前|之后|以后)(?=[^，。？?,])"
)
_NO_EVENT = re.compile("^(?:很久|不久|许久|好久|多年|几年|此|那|这|从|[他她它我你])|的|[天周月年]$")
_WORDS = {"之前": "before", "以前": "before", "之后": "after", "以后": "after", "以来": "since"}


def sided(text: str) -> str:
    """What is before or after a stretch or an event, in English words and order.

    >>> sided("公司合并之前谁是经理？")
    'before 公司合并, 谁是经理？'
    """
    return _SIDE.sub(_put_first, text)


def _put_first(found: re.Match[str]) -> str:
    told, side = found["time"] or found["event"], found["side"] or found["beside"]
    if found["event"] and _NO_EVENT.search(told):
        return found[0]
    return f"{' ' if found['time'] else ''}{_WORDS[side]} {told}, "


HAN_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(form), reader)
    for form, reader in (
        (rf"从{_TO}(?:之间|期间)?", _from_to),
        (rf"{_TO}(?:之间|期间)", _from_to),
        (rf"{_YEAR_OF}{_ON}?(?={_SIDES})", _beside),
        (rf"(?P<year>(?P<rel>(?!)))?{_ON}(?={_SIDES})", _beside),
        (
            r"(?:(?P<century>\d\d|十[五六七八九]|二十一?)世纪|(?P<last>上个?世纪))?(?P<ten>[1-9]0|[二三四五六七八九]十)年代(?P<part>初期?|中期|末期?)?",
            _decade,
        ),
        (r"(?P<century>\d\d|十[五六七八九]|二十一?)世纪(?P<part>初期?|中期|末期?)?", _century),
        (rf"{_YEAR}第?(?P<number>[一二三四1-4])季度", _quarter),
        (r"(?P<which>上个?|本|这个?)季度", _this_quarter),
        (rf"{_YEAR}(?P<half>[上下])半年", _half),
        (rf"{_YEAR}(?P<feast>{HAN_FEASTS})(?:期间|假期)?(?P<after>(?:19|20)\d\d)?", _feast),
        (rf"{_YEAR}{_MONTH}(?P<part>[上中下]旬|[初底末])", _month_part),
        (r"(?P<which>上个?|本|这个?)月(?P<part>[上中下]旬|[初中底末])", _near_month_part),
        (
            r"(?:(?P<year>(?:19|20)\d\d)年?|(?P<rel>今年|去年|前年|明年)年?)(?P<part>[初底末]|年[初中底末])",
            _year_part,
        ),
        (rf"{_YEAR}(?P<season>[春夏秋冬])[天季]", _season),
        (rf"{_YEAR}{_MONTH}(?P<day>\d{{1,2}})[日号](?:那|这|所在的?)一?个?(?:周|星期)", _week_of),
        (rf"(?P<which>上上个?|上个?|这个?|本|下个?)?(?:周|星期|礼拜){_DAY}(?!期)", _weekday),
        (r"(?P<which>上上个?)(?:周|星期|礼拜)(?!末)", _week),
        (rf"(?:最近|过去|近|这)(?P<count>{_COUNT}|半)个?(?P<unit>天|周|星期|月|年)", _lately),
        (r"半年前|上上个月|大前天|明天|后天|下个月|明年", _away),
    )
)
"""Forms and what reads them, in the order in which they are looked for."""
