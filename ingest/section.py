"""Sections that are records: headings of one level under which the same fields stand, with prose between them.

A single section with fields ("Contact") is a part of what its document is about. Where its neighbours have the
same fields they are a list of things, and each field is said of the thing that its heading names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..graph.period import read_period
from .document import Named, Told
from .readers.header import lines

LEAST = 0.5
"""Share of the fields of a section that another has, of the one with fewer, for them to be two of a kind."""

_HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})[ \t]+(?P<title>.*?)[ \t]*#*\s*")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_FIELD = re.compile(
    r"\s*(?:[-*+•][ \t]+)?[*_]{0,2}(?P<key>[^\W\d_][\w /'’-]{0,30}?)[*_]{0,2}[ \t]?[:：][*_]{0,2}"
    r"(?:[ \t]+|(?<=：))(?P<value>\S.{0,199}?)[*_]{0,2}\s*"
)
_SENTENCE = re.compile(r"[.!?。！？]$")
_PART = frozenset(
    "before after old new current previous next now then today yesterday tomorrow personal private work home office "  # noqa: SIM905
    "billing shipping contact contacts details detail overview summary info information notes background status general "
    "other misc pros cons input output example examples default defaults 之前 之后 现在 以前 个人 工作 家庭 联系方式 详情 概况 其他".split()
)
"""Words that tell which part of something a section is, and name nothing."""


@dataclass(slots=True)
class _Section:
    """A heading and the lines of fields right under it: (start, end, key, value)."""

    level: int
    title: str
    start: int
    parent: int
    fields: list[tuple[int, int, str, str]] = field(default_factory=list)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(key for _, _, key, _ in self.fields)


def records_of(text: str) -> tuple[tuple[Named, ...], tuple[Told, ...]]:
    r"""What the headings of sections that are records name, and what the fields under them say.

    >>> text = "# House\n\n## Printer\nPlace: cellar\n\n## Coffee machine\nPlace: kitchen\n"
    >>> [(one.subject, one.relation, one.object) for one in records_of(text)[1]]
    [('Printer', 'place', 'cellar'), ('Coffee machine', 'place', 'kitchen')]
    >>> records_of("# House\n\n## Contact\nPhone: 030 123\n")
    ((), ())
    """
    found = list(_sections(text))
    names: list[Named] = []
    claims: list[Told] = []
    for section in _alike(found):
        names.append(Named(section.start, section.start + len(section.title), section.title))
        claims += [
            Told(start, end, section.title, key, value)
            for start, end, key, value in section.fields
            if value != section.title
        ]
    return tuple(names), tuple(claims)


def _alike(sections: Sequence[_Section]) -> Iterator[_Section]:
    """Those that share enough of their fields with another under the same heading above."""
    beside: dict[tuple[int, int], list[_Section]] = {}
    for one in sections:
        if one.fields and not _part(one.title):
            beside.setdefault((one.parent, one.level), []).append(one)
    for together in beside.values():
        where = _where(together)
        for one in together:
            others = {place for key in one.keys for place in where[key]}
            if any(
                other is not one
                and len(one.keys & other.keys) >= LEAST * min(len(one.keys), len(other.keys))
                for other in map(together.__getitem__, others)
            ):
                yield one


def _where(sections: Iterable[_Section]) -> Mapping[str, list[int]]:
    """Some sections that have each field: the first few tell as much as all."""
    where: dict[str, list[int]] = {}
    for place, one in enumerate(sections):
        for key in one.keys:
            if len(places := where.setdefault(key, [])) < 8:
                places.append(place)
    return where


def _part(title: str) -> bool:
    """Whether a heading tells a time or a part, rather than naming a thing."""
    words = title.casefold().split()
    return not words or all(word in _PART for word in words) or read_period(title) is not None


def _sections(text: str) -> Iterator[_Section]:
    above: list[tuple[int, int]] = []  # (level, start) of the headings that are open
    section: _Section | None = None
    fenced: str | None = None
    for start, stop in lines(text):
        line = text[start:stop]
        if (mark := _FENCE.match(line)) is not None:
            fenced = mark[1] if fenced is None else None if fenced == mark[1] else fenced
            continue
        if fenced is not None:
            continue
        if (heading := _HEADING.fullmatch(line)) is not None:
            level = len(heading["marks"])
            above = [one for one in above if one[0] < level]
            parent = above[-1][1] if above else -1
            above.append((level, start))
            if section is not None:
                yield section
            section = _Section(level, heading["title"], start + heading.start("title"), parent)
        elif section is not None and (found := _FIELD.fullmatch(line)) is not None:
            value = found["value"].strip()
            if not (_SENTENCE.search(value) or value.startswith("//")):
                key = " ".join(found["key"].replace("_", " ").casefold().split())
                begin = start + len(line) - len(line.lstrip())
                section.fields.append((begin, start + len(line.rstrip()), key, value))
    if section is not None:
        yield section
