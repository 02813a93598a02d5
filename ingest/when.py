"""When: from when to when a claim holds, by the dates that its sentence gives it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..graph.instant import EARLIEST, OPEN
from ..graph.period import Period, Tense

Read = Callable[[str], Period | None]
Valid = tuple[int, int]

_RANGE = re.compile(
    r"\s+(?:to|until|till|through|and)\s+|\s*[–—]\s*|(?<=\d{4})-(?=\d{4})|(?<=[年月日])[到至]"
)
_OPENING = re.compile(r"(?:between|from) ", re.IGNORECASE)
_FROM = {"since", "from", "starting", "beginning", "as of", "从", "自", "自从"}
_UNTIL = {"until", "till", "to", "through", "到", "至", "直到"}
_WITHIN = {"", "in", "on", "at", "during", "throughout", "于", "在"}


def valid_time(
    dates: Sequence[tuple[str, str]], read: Read, *, ends: bool, since: int | None = None
) -> Valid | None:
    """Put together what a claim's dates say, each with the word that leads to it ("since", "2019").

    `ends` says that what held during a period ended with it: a state that is told in the past. An event
    holds from then on, since what it changed stays changed. Where only the end is told, it began by
    `since`, when it was said. None where no date can be read, or where they contradict each other.

    >>> from functools import partial
    >>> from ..graph.period import read_period
    >>> valid_time([("since", "2019")], read_period, ends=False)
    (1546300800000000, 9007199254740991)
    >>> valid_time([("in", "2019")], read_period, ends=True)
    (1546300800000000, 1577836800000000)
    >>> valid_time([("in", "1634")], read_period, ends=False) == (EARLIEST, OPEN)
    True
    """
    start: int | None = None
    end: int | None = None
    for link, text in dates:
        first, last = _ends(text, read)
        if first is None or last is None:
            continue
        ranged = first is not last
        begin, close = first.ends, last.ends
        if ranged or link in _FROM:
            start = begin[0]
            end = close[1] if ranged else end
        elif link in _UNTIL:
            end = close[1]
        elif link in ("before", "前", "之前"):
            end = begin[0]
        elif link in ("after", "后", "之后"):
            start = close[1]
        elif link in _WITHIN:
            start = begin[0]
            end = close[1] if ends else end
    if start is None and end is None:
        return None
    if start is None:
        long_ago = EARLIEST if end is None else min(EARLIEST, end - 1)
        start = long_ago if since is None or (end is not None and since >= end) else since
    return kept_between(start, max(OPEN, start + 1) if end is None else end)


def kept_between(start: int, end: int) -> Valid | None:
    """What can be kept of an interval (`EARLIEST`, in 1684, to `OPEN`); None where it has no length.

    What began earlier holds from the first instant that can be kept, and what ended earlier at that instant alone;
    what begins later holds at the last alone.

    >>> kept_between(-(2**60), 5), kept_between(5, 5)
    ((-9007199254740991, 5), None)
    >>> kept_between(-(2**60), -(2**59))
    (-9007199254740991, -9007199254740990)
    """
    if start >= end:
        return None
    return min(max(start, EARLIEST), OPEN - 1), max(min(end, OPEN), EARLIEST + 1)


def _ends(text: str, read: Read) -> tuple[Period | None, Period | None]:
    """The two ends of a range, or one period twice."""
    whole = read(text)
    if whole is not None:
        return whole, whole
    parts = _RANGE.split(_OPENING.sub("", text))
    if len(parts) != 2:
        return None, None
    first, last = parts
    if re.fullmatch(r"[A-Za-z]+(?: \d{1,2})?|\d{1,2} [A-Za-z]+|\d{1,2}", first.strip()):
        year = re.search(r"\b\d{4}$", last.strip())
        month = re.search(r"[A-Za-z]+", last) if first.strip().isdigit() else None
        first = " ".join(filter(None, [first, month and month[0], year and year[0]]))
    return read(first), read(last)


def hull(times: Sequence[Valid | None]) -> Valid | None:
    """From the first to the last moment of several; None where one of them has no dates of its own.

    >>> hull([(1, 3), (2, 9)]), hull([(1, 3), None]), hull([])
    ((1, 9), None, None)
    """
    known = [time for time in times if time is not None]
    if not known or len(known) < len(times):
        return None
    return min(start for start, _ in known), max(end for _, end in known)


def tense_of(words: Sequence[tuple[str, str]]) -> Tense:
    """The tense that an English verb and its auxiliaries tell, as (lower-case word, Penn tag) pairs.

    >>> tense_of([("will", "MD"), ("move", "VB")]), tense_of([("has", "VBZ"), ("moved", "VBN")])
    ('future', 'past')
    >>> tense_of([("lives", "VBZ")]), tense_of([("was", "VBD"), ("sold", "VBN")])
    ('present', 'past')
    """
    said, tags = {word for word, _ in words}, [tag for _, tag in words]
    if said & {"will", "'ll", "’ll", "shall", "wo"}:
        return "future"
    if "VBD" in tags or (said & {"has", "have", "had", "'ve", "’ve"} and tags[-1] == "VBN"):
        return "past"
    if "VBZ" in tags or "VBP" in tags or "MD" in tags:
        return "present"
    return "past" if tags[-1:] == ["VBN"] else ""
