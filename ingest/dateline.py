"""Datelines: where, when and by whom a report was made, which stands before its first sentence and is no part of it."""

from __future__ import annotations

import re

_CAPITALS = r"[A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]+){0,3}"
_STATE = r"(?:, [A-Z][A-Za-z.]*(?: [A-Z][A-Za-z.]*)?)?"
_DAY = r"(?:, (?:[A-Z][a-z]+day, )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2}(?:, \d{4})?)"
_AGENCY = r"(?: ?\([A-Z][\w. /]{1,30}\))"
_ENGLISH = re.compile(
    rf"(?:{_CAPITALS}{_STATE}(?:{_DAY}{_AGENCY}?|{_AGENCY})\s*(?:--?|[–—])\s*"
    rf"|[A-Z]\w+(?: [A-Z]\w+){{0,2}}{_STATE}{_DAY}?{_AGENCY}\s*(?:--?|[–—])\s*"
    rf"|{_CAPITALS}{_STATE}\s*(?:--|[–—])\s*(?![^–—]*[–—]|.*--))(?=[“\"'‘(]?[A-Z0-9])"
)
_WHO = r"(?:[^（）()【】\[\]。]{0,30}(?:记者|通讯员|报道|讯|电|编辑)[^（）()【】\[\]。]{0,40})"
_NEWS = r"(?:社|网|报|台|通讯社|日报|晚报|时报)"
_CHINESE = re.compile(
    rf"(?:[（(【\[]{_WHO}[）)】\]]\s*|(?:本{_NEWS}|[\u4e00-\u9fff]{{1,6}}{_NEWS}|中新{_NEWS})?[\u4e00-\u9fff]{{0,8}}?"
    rf"(?:\d{{4}}年)?\d{{1,2}}月\d{{1,2}}日(?:电|讯|消息)(?=[\s（(，,])[，,]?\s*|(?:本报|本网|本台)(?:讯|消息)[，,：:]?\s*)+"
)


def dateline(text: str) -> int:
    """How many characters of an English sentence tell where, when and by whom it is reported; 0 if none do.

    >>> said = "PARIS, May 3 (AFP) - Renault hired Claire Dupont."
    >>> said[dateline(said) :], dateline("NASA - the agency - moved."), dateline("IBM — Big Blue — grew.")
    ('Renault hired Claire Dupont.', 0, 0)
    """
    found = _ENGLISH.match(text)
    return found.end() if found is not None else 0


def chinese_dateline(text: str) -> int:
    """The same of a Chinese sentence.

    >>> said = "新华社北京5月3日电（记者李明）华为公司将总部迁往上海。"
    >>> said[chinese_dateline(said) :]
    '华为公司将总部迁往上海。'
    >>> chinese_dateline("5月3日电站停机。")
    0
    """
    found = _CHINESE.match(text)
    return found.end() if found is not None and found.end() < len(text) else 0
