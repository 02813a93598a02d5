"""A line to a server: one connection, which serves one request at a time and can be cut meanwhile."""

from __future__ import annotations

import socket
import ssl
import threading
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

_KEPT_OPEN = 4.0  # seconds: uvicorn closes idle connections after five


class Line:
    """One connection of `httpx`, kept open for the next request to the same server.

    What httpx bounds is each single read, so a server that sends its headers byte by byte is never
    late for it, and before the headers are there it shows no stream to end. Its trace tells of each
    connection that is made, which is why there is a client to a line.

    >>> line = Line(tls=False)
    >>> line.cut()  # nothing is connected
    >>> line.close()
    """

    def __init__(self, *, tls: bool) -> None:
        import httpx

        # Certificates take 0.1 s to load; without TLS none is needed, and none is accepted.
        verify = True if tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        limits = httpx.Limits(max_connections=1, keepalive_expiry=_KEPT_OPEN)
        self._client = httpx.Client(limits=limits, verify=verify)
        self._stream: Any = None

    def send(
        self, url: str, body: bytes, headers: dict[str, str], connect: float, first: float
    ) -> httpx.Response:
        """The beginning of an answer; each step but connecting may last `first` seconds.

        Errors are those of httpx.
        """
        import httpx

        request = self._client.build_request(
            "POST",
            url,
            content=body,
            headers=headers,
            timeout=httpx.Timeout(first, connect=connect),
            extensions={"trace": self._told},
        )
        return self._client.send(request, stream=True)

    def cut(self) -> None:
        """End the connection under the thread that reads from it, which gets an error of httpx."""
        held = self._stream.get_extra_info("socket") if self._stream is not None else None
        if held is not None:
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()

    def _told(self, event: str, told: dict[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._stream = told["return_value"]


class Lines:
    """The lines to one server that serve nobody now; as many are made as are asked for at once.

    >>> lines = Lines(tls=False)
    >>> one = lines.take()
    >>> lines.give(one)
    >>> lines.take() is one
    True
    """

    def __init__(self, *, tls: bool) -> None:
        self._tls = tls
        self._lock = threading.Lock()
        self._idle: list[Line] = []
        self._times = 0
        """How often all were let go: a line from before is not kept."""
        self._since: weakref.WeakKeyDictionary[Line, int] = weakref.WeakKeyDictionary()
        weakref.finalize(self, _close, self._idle)

    def take(self) -> Line:
        """One that served last, or a new one."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
            times = self._times
        line = Line(tls=self._tls)
        with self._lock:
            self._since[line] = times
        return line

    def give(self, line: Line) -> None:
        """Keep a line for the next request."""
        with self._lock:
            if self._since.get(line) == self._times:
                self._idle.append(line)
                return
        line.close()

    def close(self) -> None:
        """Let all go; those that serve now when they are given back."""
        with self._lock:
            self._times += 1
            idle = self._idle.copy()
            self._idle.clear()
        _close(idle)


def _close(lines: list[Line]) -> None:
    for line in lines:
        line.close()
