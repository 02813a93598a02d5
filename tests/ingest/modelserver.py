"""A server of chat completions for tests: it answers what it was told to, and keeps what it got."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[dict[str, Any]], "Said"]


@dataclass(frozen=True)
class Said:
    """One answer: a status, a text as the model's turn or a raw body, headers, and how long it takes."""

    text: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: str | None = None
    after: float = 0.0


@dataclass
class ModelServer:
    """Where it listens, and the requests that it got."""

    url: str
    got: list[dict[str, Any]]
    keys: list[str | None]

    def questions(self) -> list[dict[str, Any]]:
        """The passages that were asked about, as they were sent."""
        users = (request["messages"][1]["content"] for request in self.got)
        return [json.loads(content.split("\n\nYour last answer")[0]) for content in users]


@contextmanager
def serving(answer: Answer) -> Iterator[ModelServer]:
    """Serve on this machine until the end of the block."""
    got: list[dict[str, Any]] = []
    keys: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            got.append(body)
            keys.append(self.headers.get("Authorization"))
            said = answer(body)
            time.sleep(said.after)
            usage = {"prompt_tokens": 100, "completion_tokens": 10}
            turn = {"message": {"role": "assistant", "content": said.text}}
            held = json.dumps({"choices": [turn], "usage": usage}) if said.raw is None else said.raw
            data = held.encode()
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield ModelServer(f"http://127.0.0.1:{server.server_address[1]}/v1", got, keys)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def read(text: str, *facts: dict[str, Any], names: tuple[str, ...] = (), **more: Any) -> str:
    """An answer of the form."""
    every = {
        "negated": False, "tense": "past", "hedged": False, "correction": False, "instead_of": None,
        "valid_from": None, "valid_to": None, "quote": text,
    }  # fmt: skip
    answer = {
        "subject": None,
        "preference": False,
        "names": [{"name": name, "kind": "PERSON"} for name in names],
        "facts": [every | fact for fact in facts],
    }
    return json.dumps(answer | more)
