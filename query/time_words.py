"""TimeWords: what a question says of time in Chinese, in figures or by halves, in the words that are read.

Only relative words of Chinese are put into others: dates of the calendar ("2023年5月") are read as they are.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime

from ..graph.numeral import han_number
from .han_stretch import sided

_COUNT = r"\d{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]"
_MONTH = r"(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?!前)"
_YEARS = {"去年": 1, "今年": 0, "前年": 2}
_UNITS = {"天": "day", "日": "day", "周": "week", "星期": "week", "月": "month", "年": "year"}
_SIMPLE = {
    "前天": "the day before yesterday", "昨天": "yesterday", "昨日": "yesterday", "昨晚": "last night", "今天": "today",
    "上周": "last week", "上星期": "last week", "上个星期": "last week", "上个月": "last month", "上月": "last month",
    "本周": "this week", "这周": "this week", "这个月": "this month", "本月": "this month", "上周末": "last weekend",
    "去年": "last year", "今年": "this year",
}  # fmt: skip
_HAN = re.compile(
    rf"(?P<year>去年|今年|前年)(?P<month>{_MONTH})|(?P<count>{_COUNT})个?(?P<unit>天|日|周|星期|(?<=个)月|年)[以之]?前(?![往面后方任期])|"
    rf"(?P<simple>{'|'.join(sorted(_SIMPLE, key=len, reverse=True))})|(?P<before>前年)"
)
_FIGURES = re.compile(
    r"(?<![\d.])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>(?:19|20)\d\d)(?![\d.]*\d)"
    r"|(?<![\d/])(?P<one>\d{1,2})/(?P<two>\d{1,2})/(?P<of>(?:19|20)\d\d)(?![\d/])"
)
_HALF = re.compile(
    r"\b(?:(?P<word>first|second) half of|[Hh](?P<number>[12])(?: of)?) (?P<year>(?:19|20)\d\d)\b"
)
_HALF_YEAR = re.compile(r"\bhalf a year ago\b", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:not|no|never) (?:(?P<early>before|earlier than)|after|later than)\b", re.IGNORECASE
)
_BY = re.compile(r"\bby (?=(?:the )?(?:end of|(?:19|20)\d\d\b))", re.IGNORECASE)
_TO = re.compile(
    r"\b(?P<open>between|from) (?P<first>\d{1,2})(?:st|nd|rd|th)? (?P<joint>and|to|until|till) "
    r"(?P<last>\d{1,2})(?:st|nd|rd|th)? (?:of )?(?P<month>[A-Z][a-z]{2,8})(?P<year>,? (?:19|20)\d\d)?"
)


def hinted(question: str) -> bool:
    """Whether a question has any of these words.

    >>> hinted("他昨天买了什么？"), hinted("他买了什么？")
    (True, False)
    """
    return sided(question) != question or any(
        p.search(question) for p in (_HAN, _FIGURES, _HALF, _HALF_YEAR)
    )


def plain_time(question: str, now: int | None = None) -> str:
    """A question with these words as others; `now` (microseconds) is what "去年五月" counts from.

    >>> plain_time("他三天前买了什么？"), plain_time("on 7.5.2023"), plain_time("in H1 2023")
    ('他 3 days ago 买了什么？', 'on 2023-05-07', 'in between January 2023 and June 2023')
    >>> plain_time("between 3 and 9 March 2024"), plain_time("not before May 2023")
    ('between 3 March 2024 and 9 March 2024', 'since May 2023')
    """
    text = sided(_HAN.sub(lambda found: f" {_han(found, now)} ", question))
    text = _FIGURES.sub(_figures, text)
    text = _HALF.sub(_half, text)
    text = _HALF_YEAR.sub("6 months ago", text)
    text = _NOT.sub(lambda found: "since" if found["early"] else "until", text)
    text = _BY.sub("until ", text)
    return _TO.sub(_stretch, text)


def _han(found: re.Match[str], now: int | None) -> str:
    if found["simple"]:
        return _SIMPLE[found["simple"]]
    if found["count"]:
        return f"{han_number(found['count'])} {_UNITS[found['unit']]}s ago"
    if now is None:
        return found[0]
    year = datetime.fromtimestamp(now / 1_000_000, UTC).year - _YEARS[found["year"] or "前年"]
    return f"{year}-{han_number(found['month'][:-1]):02d}" if found["month"] else str(year)


def _figures(found: re.Match[str]) -> str:
    """A date in figures; with slashes only where no more than one of day and month can be which."""
    if found["day"]:
        year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
    else:
        year, one, two = int(found["of"]), int(found["one"]), int(found["two"])
        if (one <= 12) == (two <= 12) and one != two:
            return found[0]
        month, day = (two, one) if two <= 12 else (one, two)
    with suppress(ValueError):
        return date(year, month, day).isoformat()
    return found[0]


def _half(found: re.Match[str]) -> str:
    year, first = found["year"], "first" in (found["word"] or "") or found["number"] == "1"
    one, other = ("January", "June") if first else ("July", "December")
    return f"between {one} {year} and {other} {year}"


def _stretch(found: re.Match[str]) -> str:
    month, year = found["month"], found["year"] or ""
    one, other = (f"{found[day]} {month}{year}" for day in ("first", "last"))
    return f"{found['open']} {one} {found['joint']} {other}"
