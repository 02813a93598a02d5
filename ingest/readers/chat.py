r"""Chats that are kept as text: what messengers export, and what people write down line by line.

    12/31/23, 9:14 PM - Ann: I moved to Riga.        WhatsApp, Signal, Telegram, IRC: a time and a speaker
    [10:15] <bo> Me too.
    张伟 2024-05-01 10:00:00                          WeChat, QQ: a line of speaker and time above the words
    Ann: I moved to Riga.                            speakers alone

The text stays as it is: turns are spans of it. What has a form of records or of a log is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..document import Document, Turn
from .dates import parse_date
from .header import lines, read_header
from .prose import language_code, person, top_heading
from .transcript import MEDIA

_DATE = r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?(?:[\s\u202f]?[AaPp]\.?[Mm]\.?)?"
_WHEN = rf"\[?(?:(?P<date>{_DATE})(?:,|T)?[\s\u202f]{{0,4}})?(?P<clock>{_CLOCK})\]?"
_WHO = r"[*_]{0,2}(?P<who>[^\W\d_][^:：<>\[\]{}()=|/*\"\n]{0,39}?)"
_TIMED = (
    re.compile(
        rf"\u200e?{_WHEN}\s{{0,4}}(?:[-–—]\s{{0,4}})?{_WHO}\s?[:：][*_]{{0,2}}\s*(?P<said>.*)"
    ),
    re.compile(rf"{_WHEN}\s{{0,4}}<(?P<who>[^<>\s]{{1,40}})>\s*(?P<said>.*)"),
    re.compile(rf"{_WHO}\s{{0,4}}\({_WHEN}\)\s?[:：][*_]{{0,2}}\s*(?P<said>.*)"),
)
_ABOVE = re.compile(rf"{_WHO}[ \t]{{1,4}}{_WHEN}(?P<said>)\s*")
_EVENT = re.compile(rf"\u200e?{_WHEN}\s{{0,4}}(?:[-–—]\s{{0,4}})?\S.*")
_UNSAID = re.compile(
    r"\u200e?<?(?:media|image|video|audio|sticker|GIF|document|contact card) omitted>?|\u200e?<attached: [^<>]+>"
    r"|\u200e?(?:This message was deleted|You deleted this message)\.?",
    re.IGNORECASE,
)
_PLAIN = re.compile(rf"{_WHO}\s?[:：][*_]{{0,2}}\s+(?P<said>\S.*)")
_HEADING = re.compile(r" {0,3}#{1,6}\s+(?P<title>.+)")
_LEVELS = set("error warn warning info debug trace fatal critical notice".split())  # noqa: SIM905
_ROLES = {"user": "user", "human": "user", "assistant": "assistant", "system": "system"}
# What people say to each other and records do not.
_SPOKEN = re.compile(
    r"\b(?:I|you|we|me|my|your|our|hi|hello|thanks)\b|[?？！你我您]", re.IGNORECASE
)


@dataclass(slots=True)
class _Said:
    start: int
    end: int
    who: str
    date: str | None
    clock: str | None
    session: str | None


def chat_in(text: str, uri: str) -> Document | None:
    r"""The turns of a chat that is kept as text; None where a text is anything but a chat.

    >>> found = chat_in("[2024-05-01 10:00] Ann: Hi.\n[2024-05-01 10:01] Bo: I left.\n", "a.txt")
    >>> [(turn.speaker, found.text[turn.start : turn.end]) for turn in found.turns]
    [('Ann', 'Hi.'), ('Bo', 'I left.')]
    >>> chat_in("City: Rome\nPeople: 3\n", "a.txt") is None
    True
    """
    header = read_header(text)
    said: list[_Said] = []
    found = _timed(text, header.end, said) or _plain(text, header.end, said)
    if not found:
        return None
    stated = parse_date(header.fields.get("date")) or parse_date(_dated(text))
    first = _day_first([one.date for one in said if one.date])
    moments = [_moment(one, first, stated) for one in said]
    turns = tuple(
        Turn(o.start, o.end, o.who, _ROLES.get(o.who.lower()), when, o.session)
        for o, when in zip(said, moments, strict=True)
    )
    known = [when for when in moments if when is not None]
    undated = any(o.date for o in said) and not known
    note = f"{uri}: its dates may be read with the day or the month first; its turns are undated"
    return Document(
        uri,
        header.fields.get("title") or top_heading(text),
        text,
        MEDIA,
        language_code(header.fields.get("language")),
        stated if stated is not None else min(known, default=None),
        person(header.fields.get("author")),
        turns,
        notes=(note,) if undated else (),
    )


def _timed(text: str, start: int, said: list[_Said]) -> bool:
    """Fill in turns of which each begins with a time; what follows them belongs to them."""
    session: str | None = None
    events = 0
    for begin, stop in lines(text, start):
        line = text[begin:stop].rstrip()
        if not line.strip():
            continue
        told = next((m for form in _TIMED if (m := form.fullmatch(line))), None)
        told = told or _ABOVE.fullmatch(line)
        if told is not None and _UNSAID.fullmatch(told["said"].strip()):
            continue  # a picture stood there
        elif told is not None and _LEVELS.isdisjoint(told["who"].lower().split()):
            at = begin + told.start("said")
            who = " ".join(told["who"].split())
            said.append(_Said(at, begin + len(line), who, told["date"], told["clock"], session))
        elif told is not None:
            return _none(said)
        elif (heading := _HEADING.fullmatch(line)) is not None:
            session = heading["title"].strip()
        elif _EVENT.fullmatch(line):
            events += 1  # "Ann joined": nobody's words
        elif said:
            if not text[said[-1].start : said[-1].end].strip():
                said[-1].start = begin + len(line) - len(line.lstrip())
            said[-1].end = begin + len(line)
        else:
            return _none(said)
    said[:] = [one for one in said if text[one.start : one.end].strip()]
    # a programme and a log have times and colons too, but nobody to talk to
    return (len(said) > max(1, events) and 6 * _talk(text, said) >= len(said)) or _none(said)


def _talk(text: str, said: Sequence[_Said]) -> int:
    return sum(bool(_SPOKEN.search(text, one.start, one.end)) for one in said)


def _plain(text: str, start: int, said: list[_Said]) -> bool:
    """Fill in turns of speakers alone: every line is somebody's, and who spoke speaks again."""
    session: str | None = None
    for begin, stop in lines(text, start):
        line = text[begin:stop].rstrip()
        if (heading := _HEADING.fullmatch(line)) is not None:
            session = heading["title"].strip()
        elif (told := _PLAIN.fullmatch(line)) is not None and len(told["who"].split()) < 4:
            who = " ".join(told["who"].split())
            at = begin + told.start("said")
            said.append(_Said(at, begin + len(line), who, None, None, session))
        elif line.strip():
            return _none(said)
    speakers = {one.who for one in said}
    named = all(who[0].isupper() or not who.isascii() or who.lower() in _ROLES for who in speakers)
    talking = len(said) >= 3 and 2 <= len(speakers) < len(said)
    talking = talking and 3 * _talk(text, said) >= len(said)
    return (named and talking and all(len(who) > 1 for who in speakers)) or _none(said)


def _none(said: list[_Said]) -> bool:
    said.clear()
    return False


def _dated(text: str) -> str | None:
    """A day that the heading of a text tells."""
    found = re.search(r"\d{4}-\d\d-\d\d", top_heading(text) or "")
    return found[0] if found else None


def _day_first(dates: Sequence[str]) -> bool | None:
    """Whether days come before months, by those dates that leave no choice; None if none does."""
    pairs = [[int(n) for n in re.findall(r"\d+", date)[:2]] for date in dates]
    if any(first > 12 for first, _ in pairs):
        return True
    return False if any(second > 12 for _, second in pairs) else None


def _moment(one: _Said, day_first: bool | None, day: int | None) -> int | None:
    clock = (one.clock or "").replace(".", "").replace("\u202f", " ")
    if one.date is None:
        on = None if day is None or not clock else parse_date(f"1970-01-01 {_24(clock)}")
        return None if day is None or on is None else day - day % 86_400_000_000 + on
    parts = re.findall(r"\d+", one.date)
    if len(parts[0]) == 4:
        year, month, date = parts
    elif day_first is None:
        return None
    else:
        date, month, year = parts if day_first else (parts[1], parts[0], parts[2])
    year = f"20{year}" if len(year) == 2 else year
    return parse_date(f"{year}-{month:0>2}-{date:0>2} {_24(clock)}")


def _24(clock: str) -> str:
    """A time of day as ISO writes it."""
    hour, rest = int(clock.split(":")[0]), clock.split(":", 1)[1]
    if half := re.search(r"([AaPp])[Mm]", rest):
        hour = hour % 12 + (12 if half[1].lower() == "p" else 0)
    return f"{hour:02}:{re.sub(r'[^0-9:]', '', rest)}"
