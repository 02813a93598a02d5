r"""Subtitles and captions (SubRip, WebVTT): what was said, a line for each sentence or speaker, with its time.

    00:01:02,000 --> 00:01:04,500        [00:01:02] Ann: I moved to Riga.
    Ann: I moved                    →
    00:01:04,500 --> 00:01:06,000
    to Riga.

Cues are cut by what fits on a screen; here they are put together again. With speakers (`<v Ann>`, `Ann: …`)
a file is a dialogue, else prose. WebVTT: W3C, https://www.w3.org/TR/webvtt1/; SubRip has no standard.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..document import Document, ReadError, Turn
from .file import File, Reader
from .header import lines
from .prose import language_code, read_prose
from .transcript import MEDIA

_CLOCK = (
    r"(?:(?P<{0}h>\d{{1,3}}):)?(?P<{0}m>\d{{1,2}}):(?P<{0}s>\d{{1,2}})(?:[.,](?P<{0}f>\d{{1,3}}))?"
)
_TIMES = re.compile(rf"\s*{_CLOCK.format('a')}\s*-->\s*{_CLOCK.format('b')}(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s>]+)*\s+([^>]{1,80})>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<\d[\d:.]*>|\{\\[^{}]{1,80}\}")
_NAMED = re.compile(
    r"(?:>>\s*)?\[?(?P<who>[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,3}(?: ?\(\w[^()]{0,20}\))?)\]?\s?[:：]\s+(?P<said>\S.*)",
    re.DOTALL,
)
_SOUND = re.compile(r"\s*(?:[\[(（【][^\])）】]*[\])）】]|[♪♫][^♪♫]*[♪♫]?)\s*")
_ENDS = re.compile(r"[.!?…。！？][\"'”’)\]]*$")
_DASH = re.compile(r"\s*[-–—]\s*(?=\S)")
_META = re.compile(r"(?:Language|lang)\s*:\s*(\S+)", re.IGNORECASE)
# Zoom's name for what it records: the moment when recording began, in UTC.
_RECORDED = re.compile(r"GMT(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)")
_GAP, _LONGEST, _BLINK = 3.0, 400, 0.1


@dataclass(slots=True)
class _Said:
    begin: float
    end: float
    who: str | None
    text: str


def read_subtitles(text: str, uri: str) -> Document | None:
    r"""The lines of subtitles; None where a text has no cue.

    >>> found = read_subtitles("1\n00:00:01,000 --> 00:00:02,000\nIt broke\n\n2\n00:00:02,000 --> 00:00:03,000\nagain.\n", "a.srt")
    >>> found.text
    '[00:00:01] It broke again.\n'
    """
    cues = list(_cues(text))
    if not cues:
        return None
    named = sum(cue.who is not None for cue in cues)
    # a label before a few lines ("WARNING: …") makes nobody speak
    talks = 3 * named >= len(cues)
    if not talks:
        cues = [
            _Said(c.begin, c.end, None, f"{c.who}: {c.text}" if c.who else c.text) for c in cues
        ]
    said = _together(cues, talks=talks)
    begun = _begun(uri)
    pieces: list[str] = []
    turns: list[Turn] = []
    length = 0
    for one in said:
        line = f"[{_clock(one.begin)}] "
        if talks:
            line += f"{one.who or 'Unknown'}: "
            start = length + len(line)
            at = None if begun is None else begun + round(one.begin * 1_000_000)
            turns.append(Turn(start, start + len(one.text), one.who or "Unknown", None, at))
        pieces.append(f"{line}{one.text}\n")
        length += len(pieces[-1])
    found = _META.search(text[:500]) if text.lstrip("\ufeff").startswith("WEBVTT") else None
    return Document(
        uri,
        None,
        "".join(pieces),
        MEDIA if talks else "text/plain",
        language_code(found[1]) if found else None,
        begun,
        turns=tuple(turns),
    )


def _cues(text: str) -> Iterator[_Said]:
    """Each cue with its words, without markup, sounds, and lines that the cue before showed already."""
    time: re.Match[str] | None = None
    held: list[str] = []
    shown: list[str] = []
    for start, stop in (*lines(text), (len(text), len(text))):
        line = text[start:stop].strip("\r\n\ufeff")
        found = _TIMES.fullmatch(line) if "-->" in line else None
        if found is None and line.strip() and time is not None:
            held.append(line)
            continue
        if time is not None and held:
            # where no empty line parts them, the number of the next cue stands below the words
            if found is not None and held[-1].strip().isdigit() and len(held) > 1:
                held.pop()
            yield from _cue(time, held, shown)
            shown = held
        if found is not None or not line.strip():
            time, held = found, []


def _cue(time: re.Match[str], held: Sequence[str], shown: Sequence[str]) -> Iterator[_Said]:
    begin, end = _seconds(time, "a"), _seconds(time, "b")
    who: str | None = None
    said: list[str] = []
    # captions that roll show the last line of the cue before once more above the new one
    last = _plain(shown[-1]) if shown else ""
    rolls = len(held) > 1 and bool(last) and _plain(held[0]) == last
    for line in held[1:] if rolls else held:
        voice = _VOICE.search(line)
        plain = _plain(line)
        if not plain or _SOUND.fullmatch(plain) or (plain == last and end - begin < _BLINK):
            continue
        bare = _DASH.sub("", plain, count=1) if _DASH.match(plain) else plain
        named = None if voice else _NAMED.match(bare)
        name = voice[1] if voice else named["who"] if named else None
        if said and (name is not None or bare != plain):
            yield _Said(begin, end, who, " ".join(said))
            said, who = [], None
        if name is not None:
            who = " ".join(html.unescape(name).split())
        said.append(named["said"] if named else bare)
    if said:
        yield _Said(begin, end, who, " ".join(said))


def _plain(line: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", line)).split())


def _together(cues: Sequence[_Said], *, talks: bool) -> list[_Said]:
    """Put cues together: those of one speaker in a row, or those that a sentence goes on through."""
    joined: list[_Said] = []
    for cue in cues:
        last = joined[-1] if joined else None
        if last is not None and len(last.text) + len(cue.text) < _LONGEST:
            near = cue.begin - last.end <= _GAP
            open_ = not _ENDS.search(last.text)
            same = talks and cue.who in (None, last.who)
            if near and (same or (not talks and open_)):
                last.text, last.end = f"{last.text} {cue.text}", cue.end
                continue
        if talks and cue.who is None and last is not None:
            cue.who = last.who  # who spoke goes on
        joined.append(cue)
    return joined


def _seconds(time: re.Match[str], side: str) -> float:
    hour, minute, second, part = (time[f"{side}{unit}"] for unit in "hmsf")
    whole = int(hour or 0) * 3600 + int(minute) * 60 + int(second)
    return whole + (int(part) / 10 ** len(part) if part else 0.0)


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def _begun(uri: str) -> int | None:
    """When a recording began, where its file's name says so as Zoom's do."""
    from .dates import parse_date

    found = _RECORDED.search(uri)
    if found is None:
        return None
    year, month, day, hour, minute, second = found.groups()
    return parse_date(f"{year}-{month}-{day}T{hour}:{minute}:{second}Z")


def _subtitles(file: File) -> list[Document]:
    text = file.text()
    if not text.strip():
        return [file.blank]
    found = read_subtitles(text, file.uri)
    if found is not None and not found.text:
        raise ReadError(f"{file.name}: its cues hold no words; leave it out.")
    if found is None:
        file.notes.append(f"{file.path.name} holds no cue: it was read as plain text")
        return read_prose(text, file.uri, file.name)
    return [found]


SUBTITLES = Reader("subtitles", (".srt", ".vtt"), _subtitles)
