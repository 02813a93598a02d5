"""Log lines: where what a line of a log says begins, behind its time, its level and the part of the program it is from."""

from __future__ import annotations

import re

_LEVEL = r"(?:ERROR|ERR|WARN|WARNING|INFO|DEBUG|TRACE|FATAL|CRITICAL|NOTICE)"
_PART = r"[\w.$/]+(?:-[\w.$/]+)*"
_STAMPED = re.compile(
    r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?\]?\s+"
    rf"(?:(?:[-|] +)?{_PART} +[-|] +(?={_LEVEL}\b))?(?:\[?{_LEVEL}\]?\s*[:|-]?\s+)?"
    rf"(?:\[[^\[\]\n]{{1,40}}\]\s*[:|-]?\s*){{0,3}}(?:{_PART}(?:\[\d+\])?(?: +[-|]|:) +)?(?=\S)"
)
_SYSLOG = re.compile(
    rf"[A-Z][a-z]{{2}} [ \d]\d \d\d:\d\d:\d\d [\w.-]+ {_PART}(?:\[\d+\])?: +(?=\S)"
)


def said_from(line: str) -> int:
    """The place at which a line of a log says something; 0 where it is none.

    >>> line = "2023-08-20 23:59:58,101 INFO  [main] scheduler - nightly job started"
    >>> line[said_from(line) :], said_from("The job started at 23:59.")
    ('nightly job started', 0)
    """
    found = _STAMPED.match(line) or _SYSLOG.match(line)
    return found.end() if found else 0
