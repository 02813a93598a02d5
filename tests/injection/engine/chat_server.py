"""A server of chat completions on a free port: it keeps what it got, byte for byte, and misbehaves as told.

Left alone it gives the question back word by word, counts words as tokens, and keeps the words of prompts by
the salt that came with them, as a server with a prefix cache does.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import takewhile
from typing import Any

CONTEXT = 2_000
"""Words that a prompt and its answer may have."""

SERVED = ("qwen", "lora-1f2e")


@dataclass(frozen=True)
class Said:
    """One answer: what is sent, in these pieces, with `pause` seconds before each.

    `pieces` None stands for the usual answer. With `cut` the connection is reset after the last piece,
    with `open_end` the length of the body is not said, so that its end is the end of the connection.
    `drip` are the seconds before each byte of the headers.
    """

    pieces: Sequence[bytes] | None = None
    status: int = 200
    kind: str = "text/event-stream"
    headers: dict[str, str] = field(default_factory=dict)
    before: float = 0.0
    pause: float = 0.0
    cut: bool = False
    open_end: bool = False
    drip: float = 0.0


@dataclass
class ChatServer:
    """Where it listens, and the requests that it got."""

    url: str
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    connections: set[int] = field(default_factory=set)
    kept: dict[str, list[str]] = field(default_factory=dict)

    @property
    def got(self) -> list[Any]:
        """The bodies as JSON."""
        return [json.loads(body) for body in self.bodies]


def event(held: Any) -> bytes:
    """One server-sent event."""
    return b"data: " + json.dumps(held, ensure_ascii=False).encode() + b"\n\n"


def delta(text: str, ended: str | None = None) -> bytes:
    """An event with a piece of the answer."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": ended}
    return event({"model": "qwen", "choices": [choice]})


DONE = b"data: [DONE]\n\n"


def usual(body: dict[str, Any], kept: dict[str, list[str]]) -> Said:
    """What a server in order answers."""
    turns = body["messages"]
    most: int = body["max_tokens" if "max_tokens" in body else "max_completion_tokens"]
    if body["model"] not in SERVED:
        none = {"error": {"message": f"The model `{body['model']}` does not exist.", "code": 404}}
        return refusal(404, none)
    prompt = " ".join(turn["content"] for turn in turns).split()
    if len(prompt) + most > CONTEXT:
        told = {"message": f"This model's maximum context length is {CONTEXT} tokens."}
        return refusal(400, {"object": "error", "code": 400, **told})
    salt = body.get("cache_salt") or body.get("prompt_cache_key") or ""
    before = kept.get(salt, [])
    kept[salt] = prompt
    cached = sum(1 for _ in takewhile(lambda p: p[0] == p[1], zip(before, prompt, strict=False)))
    words = turns[-1]["content"].split()
    usage = {
        "prompt_tokens": len(prompt),
        "completion_tokens": min(most, len(words)),
        "prompt_tokens_details": {"cached_tokens": cached},
    }
    ended = "stop" if len(words) <= most else "length"
    said = [delta("")]
    said += [delta(word if not place else f" {word}") for place, word in enumerate(words[:most])]
    said += [delta("", ended), event({"choices": [], "usage": usage}), DONE]
    return Said(said)


def refusal(status: int, told: Any, **headers: str) -> Said:
    """An error with a body of JSON."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Said([json.dumps(told).encode()], status, "application/json", names)


@contextmanager
def serving(*said: Said) -> Iterator[ChatServer]:
    """Serve on this machine until the end of the block: these answers in turn, then the usual one."""
    left = list(said)
    lock = threading.Lock()
    closing = threading.Event()

    class Dripping:
        def __init__(self, to: Any, seconds: float) -> None:
            self.to, self.seconds = to, seconds

        def write(self, what: bytes) -> None:
            if not self.seconds:
                self.to.write(what)
            for byte in what if self.seconds else b"":
                closing.wait(self.seconds)
                self.to.write(bytes([byte]))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                server.bodies.append(body)
                server.headers.append({k.lower(): v for k, v in self.headers.items()})
                server.paths.append(self.path)
                server.connections.add(self.client_address[1])
                answer = left.pop(0) if left else Said()
                if answer.pieces is None:
                    answer = replace(usual(json.loads(body), server.kept), before=answer.before)
            try:
                self.send(answer)
            except OSError:  # the client went away
                self.close_connection = True

        def send(self, answer: Said) -> None:
            closing.wait(answer.before)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.open_end:
                self.send_header("Connection", "close")
            else:
                self.send_header("Transfer-Encoding", "chunked")
            whole, self.wfile = self.wfile, Dripping(self.wfile, answer.drip)  # type: ignore[assignment]
            self.end_headers()
            self.wfile = whole
            for piece in answer.pieces or ():
                if closing.wait(answer.pause):
                    break
                framed = b"%x\r\n%s\r\n" % (len(piece), piece)
                self.wfile.write(piece if answer.open_end else framed)
            if answer.cut or answer.open_end:
                self.close_connection = True
                with lock:
                    self.connection.shutdown(socket.SHUT_RDWR)
            else:
                self.wfile.write(b"0\r\n\r\n")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    server = ChatServer(f"http://127.0.0.1:{listening.server_address[1]}/v1")
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        closing.set()
        listening.shutdown()
        thread.join()
        listening.server_close()


@contextmanager
def closed_port() -> Iterator[str]:
    """The URL of a port of this machine at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
