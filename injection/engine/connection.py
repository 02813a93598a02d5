"""HTTP to a server of chat completions: what is waited for and how long, and what is asked again."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Generator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ...graph.errors import Invalid, MemcubesError
from .completion_stream import CompletionStream
from .deadline import Deadline
from .event_stream import LONGEST, EventStream
from .failure import LONGEST_BODY, Failure
from .line import Line, Lines

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for a connection, for the first token and for each next one; tries and pauses.

    A request is made again only where nothing came of it: no connection, 429 or 503. Pauses double from
    `pause` on, or are what the server asks for; when that is more than `longest`, it is not waited.

    >>> Patience(tries=1).first
    120.0
    """

    connect: float = 5.0
    first: float = 120.0
    between: float = 30.0
    tries: int = 4
    pause: float = 0.5
    longest: float = 30.0

    def __post_init__(self) -> None:
        if min(self.connect, self.first, self.between) <= 0 or self.tries < 1:
            raise Invalid(
                "a server is given more than 0 seconds for each step, and at least one try"
            )


@dataclass(frozen=True, slots=True)
class Answered:
    """A response of status 200, by which line it comes, when it was asked for, and how many tries it took."""

    response: httpx.Response
    line: Line
    sent: float
    tries: int


class Connection:
    """Sends bodies to one URL and reads answers; connections stay open for the next request."""

    def __init__(self, url: str, key: str, patience: Patience) -> None:
        self._url, self._key, self._patience = url, key, patience
        self._lines = Lines(tls=not url.startswith("http:"))

    def close(self) -> None:
        """Let the connections go; the next request opens new ones."""
        self._lines.close()

    def open(self, body: bytes, failure: Failure) -> Answered:
        """The beginning of an answer, which is for `read`."""
        patience = self._patience
        tried = 0
        while True:
            tried += 1
            with ExitStack() as stack:
                line = self._lines.take()
                stack.callback(self._lines.give, line)
                sent = time.perf_counter()
                wait: float | None = None
                response = self._send(line, body, failure)
                if isinstance(response, MemcubesError):
                    failed, again = response, True
                elif response.status_code == 200:
                    stack.pop_all()
                    return Answered(response, line, sent, tried)
                else:
                    told = _beginning(response, line, patience.between)
                    failed, again = failure.refused(response.status_code, told)
                    wait = _asked_to_wait(response)
            if wait is None:
                grown = patience.pause * 2 ** (tried - 1) * (0.5 + random.random())
                wait = min(patience.longest, grown)
            if not again or tried >= patience.tries or wait > patience.longest:
                raise failed
            time.sleep(wait)

    def read(
        self, answered: Answered, answer: CompletionStream, failure: Failure
    ) -> Generator[str]:
        """The pieces of text in a response, each in time; the response is closed with it."""
        import httpx

        patience, response, line = self._patience, answered.response, answered.line
        # A net only: from here on the deadline counts.
        response.request.extensions["timeout"]["read"] = 2 * max(patience.first, patience.between)
        left = patience.first - (time.perf_counter() - answered.sent)
        # what a body is, its first character says: not every server labels it right
        begun = whole = False
        events, received = EventStream(), bytearray()
        with ExitStack() as stack:
            stack.callback(self._lines.give, line)
            stack.enter_context(closing(response))
            deadline = stack.enter_context(Deadline(max(0.001, left), line.cut))
            try:
                for read in response.iter_bytes():
                    if not begun and (head := read.lstrip()[:1]):
                        begun, whole = True, head == b"{"
                    if whole or len(received) < LONGEST_BODY:
                        received += read
                    if len(received) > LONGEST:
                        raise failure.malformed(_text(received))
                    if whole or answer.done:
                        continue
                    for data in events.feed(read):
                        if piece := answer.take(data):
                            deadline.stop()  # whoever reads the pieces may take his time
                            yield piece
                        if answer.done:
                            # For the end of the message, after which the connection serves again.
                            deadline.move(1.0)
                        elif answer.alive:
                            deadline.move(patience.between)
            except ValueError as error:
                raise failure.malformed(str(error)) from None
            except httpx.HTTPError as error:
                if not answer.done:
                    if deadline.passed or isinstance(error, httpx.TimeoutException):
                        raise self._late(answer, failure) from None
                    raise failure.broken(len(answer.text)) from None
            if deadline.passed and not (answer.done or answer.ended):
                raise self._late(answer, failure)
            text = _text(received)
            if whole:
                piece = answer.take(text)
                answer.done = True
                if piece:
                    deadline.stop()
                    yield piece
            answer.finish(text)

    def _late(self, answer: CompletionStream, failure: Failure) -> MemcubesError:
        if answer.alive:
            return failure.late("between", self._patience.between)
        return failure.late("first", self._patience.first)

    def _send(self, line: Line, body: bytes, failure: Failure) -> httpx.Response | MemcubesError:
        """A response whose headers came in time, or an error where another try may help."""
        import httpx

        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream",
            # Packed events come late, and what is packed may grow without end.
            "Accept-Encoding": "identity",
        }
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        patience = self._patience
        response: httpx.Response | None = None
        with Deadline(patience.first, line.cut) as deadline:
            try:
                response = line.send(self._url, body, headers, patience.connect, patience.first)
            except httpx.ConnectTimeout:
                return failure.late("connect", patience.connect)
            except (httpx.ConnectError, httpx.PoolTimeout) as error:
                told = str(error) or type(error).__name__
                return failure.unreachable(told)
            except httpx.TimeoutException:
                raise failure.late("first", patience.first) from None
            except httpx.HTTPError:
                if not deadline.passed:
                    raise failure.broken(0) from None
            except (httpx.InvalidURL, UnicodeError):  # a host that no network has
                raise Invalid(
                    f"'{failure.url}' is no address of a model server: write http://HOST:PORT/v1"
                ) from None
        if response is None or deadline.passed:
            if response is not None:
                response.close()
            raise failure.late("first", patience.first)
        return response


def address(url: str) -> tuple[str, str]:
    """The base of an API and its host; `Invalid` for what is no address or could hold a key.

    >>> address("http://localhost:8000/v1/")
    ('http://localhost:8000/v1', 'localhost:8000')
    """
    if any(mark in url for mark in "@?#"):
        raise Invalid(
            "a key does not belong into the address of a model server, nor does a query: give the "
            "address as http://HOST:PORT/v1 and the key by itself"
        )
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or not url.isprintable() or " " in url:
        raise Invalid(f"'{url}' is no address of a model server: write http://HOST:PORT/v1")
    return url.rstrip("/"), parts.netloc


def _beginning(response: httpx.Response, line: Line, seconds: float) -> str:
    """What an error's body begins with; less of it where it does not come in time."""
    import httpx

    received = bytearray()
    with closing(response), Deadline(seconds, line.cut), suppress(httpx.HTTPError):
        for read in response.iter_bytes():
            received += read
            if len(received) >= LONGEST_BODY:
                break
    return _text(received)


def _text(received: bytearray) -> str:
    return received.decode(errors="replace")


def _asked_to_wait(response: httpx.Response) -> float | None:
    """The seconds of `Retry-After`, which is a number or a date."""
    told = response.headers.get("Retry-After", "")
    with suppress(ValueError):
        return None if math.isnan(seconds := float(told)) else max(0.0, seconds)
    with suppress(ValueError, TypeError):
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    return None
