"""Server-sent events: bytes in pieces of any size, the data of each event out.

After the HTML standard, section 9.2 (text/event-stream): lines end with CRLF, LF or CR, a line that begins
with a colon says nothing, several `data` lines are one value, an empty line ends the event. Unlike
`str.splitlines` no other character ends a line, for JSON may hold U+2028 as it is.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

LONGEST = 4 * 2**20
"""Characters that a single event may have."""

_END = re.compile("\r\n|\n|\r")


class EventStream:
    """Takes bytes and gives the data of the events that they complete.

    `ValueError` is raised for bytes that are no UTF-8 and for an event without end.

    >>> events = EventStream()
    >>> list(events.feed(b"data: Z\\xc3")), list(events.feed(b"\\xbcrich\\r\\n\\r")), list(events.feed(b"\\n"))
    ([], ['Zürich'], [])
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._rest: list[str] = []
        self._data: list[str] = []
        self._size = 0
        self._after_return = False

    def feed(self, received: bytes) -> Iterator[str]:
        """The data of each event that ends within these bytes."""
        try:
            text = self._decoder.decode(received)
        except UnicodeDecodeError as error:
            raise ValueError(f"bytes that are no UTF-8: {error.reason}") from None
        if not text:
            return
        if self._after_return and text[0] == "\n":  # the second half of a CRLF
            text = text[1:]
        self._after_return = received[-1:] == b"\r"
        self._size += len(text)
        *lines, rest = _END.split(text)
        for line in lines:
            whole = "".join([*self._rest, line])
            self._rest.clear()
            yield from self._line(whole)
        if rest:
            self._rest.append(rest)
        if not (self._rest or self._data):
            self._size = 0
        if self._size > LONGEST:
            raise ValueError(f"an event of more than {LONGEST} characters")

    def _line(self, line: str) -> Iterator[str]:
        if not line:
            if self._data:
                yield "\n".join(self._data)
            self._data = []
            self._size = 0
            return
        field, _, value = line.partition(":")
        if field == "data":
            self._data.append(value.removeprefix(" "))
