"""A wire to a Neo4j server that can be cut at the worst moment: around the COMMIT of a transaction.

    with Proxy(server.port) as proxy:
        proxy.cuts = ["answer"]

Each entry of `cuts` is spent on one COMMIT: "commit" cuts before the server hears of it, "answer" after
the server has done it and before its answer arrives. Use a `bolt://` address: `neo4j://` goes round it.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self

COMMIT = b"\x00\x02\xb0\x12\x00\x00"
"""The message as Bolt writes it: one chunk of two bytes, a structure without fields, tag 0x12."""


class Proxy:
    """Passes connections on to a port of this machine; `cuts` says what happens to the next commits."""

    def __init__(self, port: int) -> None:
        self.cuts: list[str] = []
        self.cut = 0
        self._server = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    @property
    def port(self) -> int:
        """Where the proxy listens."""
        return int(self._listening.getsockname()[1])

    def __enter__(self) -> Self:
        self._run(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for one in list(self._open):
            _shut(one)
        for thread in list(self._threads):
            thread.join()
        for one in self._open:
            one.close()

    def _run(self, work: object, *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._server))
            self._open += [client, server]
            deaf = threading.Event()
            self._run(self._forth, client, server, deaf)
            self._run(self._back, server, client, deaf)

    def _forth(self, client: socket.socket, server: socket.socket, deaf: threading.Event) -> None:
        """Pass on what the client says."""
        with suppress(OSError):
            while data := client.recv(65536):
                if self.cuts and data.endswith(COMMIT):
                    self.cut += 1
                    if self.cuts.pop(0) == "commit":
                        break
                    deaf.set()
                server.sendall(data)
        _shut(client, server)

    def _back(self, server: socket.socket, client: socket.socket, deaf: threading.Event) -> None:
        """Pass on what the server says; an answer that is not to arrive ends both connections."""
        with suppress(OSError):
            while (data := server.recv(65536)) and not deaf.is_set():
                client.sendall(data)
        _shut(client, server)


def _shut(*sockets: socket.socket) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
