"""The lines above a text that say what it is: front matter, Date:, From:, Subject:."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FIELDS = {
    "title": "title",
    "标题": "title",
    "subject": "subject",
    "主题": "subject",
    "re": "subject",
    "date": "date",
    "sent": "date",
    "日期": "date",
    "时间": "date",
    "发件日期": "date",
    "author": "author",
    "authors": "author",
    "by": "author",
    "from": "author",
    "作者": "author",
    "发件人": "author",
    "lang": "language",
    "language": "language",
    "语言": "language",
    "to": "other",
    "cc": "other",
    "bcc": "other",
    "reply-to": "other",
    "message-id": "other",
    "收件人": "other",
    "抄送": "other",
}
_LINE = re.compile(
    r"\s{0,3}(?:[-*>]\s+)?[*_]{0,2}(?P<key>[A-Za-z][A-Za-z-]{1,11}|[\u4e00-\u9fff]{2,4})"
    r"[*_]{0,2}\s?[:：][*_]{0,2}(?:\s+|(?<=：)|$)(?P<value>.*?)[*_]{0,2}\s*$"
)
_YAML = re.compile(r"(?P<key>[\w-]+)\s*:\s*(?P<value>.*?)\s*$")
_HEADING = re.compile(r" {0,3}#{1,6}(?:\s|$)")
_ENDED = re.compile(r"[.!?,;:。！？，；：]\s*$")
_MAX_LINES, _MAX_TITLES, _MAX_TITLE = 40, 3, 100
_ONE_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class Header:
    """What the top of a text says about it.

    `spans` are the header lines, in characters of the text, without the headings that
    may stand between them; `fields` has title, subject, date, author and language
    where stated, the first of each; `end` is where the body begins.
    """

    spans: tuple[tuple[int, int], ...]
    fields: dict[str, str]
    end: int


def lines(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    r"""Give each line of `text[start:end]` as a span, its line end included.

    >>> list(lines("a\r\nb"))
    [(0, 3), (3, 4)]
    """
    stop = len(text) if end is None else end
    while start < stop:
        found = _ONE_LINE.match(text, start, stop)
        assert found is not None
        yield found.span()
        start = found.end()


def read_header(text: str) -> Header:
    r"""Find the header of a text: YAML front matter, then lines such as `Date: …`.

    The lines may stand below a heading or a line or two that look like a title, and
    have blank lines between them; the first line of another kind ends them. Only known field names count, so a text that
    begins "Note: …" has no header.

    >>> read_header("# Leak\nDate: 2025-03-14\n\nIt leaks.").fields
    {'date': '2025-03-14'}
    """
    spans: list[tuple[int, int]] = []
    fields: dict[str, str] = {}
    end = _front_matter(text, spans, fields)
    folded, titles = False, 0
    for count, (start, stop) in enumerate(lines(text, end)):
        line = text[start:stop]
        found = _LINE.match(line)
        if count >= _MAX_LINES:
            break
        if found is not None and found["key"].lower() in _FIELDS:
            _note(fields, found["key"], found["value"])
            spans.append((start, stop))
            end, folded = stop, True
        elif folded and line[:1] in " \t" and line.strip():
            spans.append((start, stop))
            end = stop
        elif not line.strip() or _HEADING.match(line):
            folded = False
        elif not spans and titles < _MAX_TITLES and _like_title(line):
            titles += 1
        else:
            break
    return Header(tuple(spans), fields, end)


def _like_title(line: str) -> bool:
    return len(line) <= _MAX_TITLE and not _ENDED.search(line)


def _front_matter(text: str, spans: list[tuple[int, int]], fields: dict[str, str]) -> int:
    opening = re.match(r"---[ \t]*(?:\r\n|\r|\n)", text)
    if opening is None:
        return 0
    found: list[tuple[str, str]] = []
    for start, stop in lines(text, opening.end()):
        line = text[start:stop].rstrip()
        if line in {"---", "..."}:
            spans.append((0, stop))
            for key, value in found:
                _note(fields, key, value)
            return stop
        if (pair := _YAML.match(line)) is not None:
            found.append((pair["key"], pair["value"]))
        elif line and not line.startswith((" ", "\t", "-", "#")):
            return 0
    return 0


def _note(fields: dict[str, str], key: str, value: str) -> None:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    field = _FIELDS.get(key.lower(), "other")
    if field != "other" and value:
        fields.setdefault(field, value)
