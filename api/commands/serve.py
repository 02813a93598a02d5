"""The command that serves memory over HTTP."""

from __future__ import annotations

import os
import re
import signal
import socket
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from ..options import Call
from ..show import Screen

if TYPE_CHECKING:
    from ..graphql.application import Door

TOKEN = "MEMCUBES_SERVE_TOKEN"
SHORTEST = 16
"""A token has at least this many characters."""

_LOCAL = ("127.0.0.1", "::1", "localhost")


def serve(
    call: Call,
    host: Annotated[
        str,
        typer.Option(metavar="NAME", help="Where to listen; any but this machine needs a token."),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="At which port; 0 takes a free one.")
    ] = 8420,
    folder: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="The only folder that files are ingested from.", show_default=False
        ),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help=f"Holds the bearer token (else {TOKEN}).", show_default=False
        ),
    ] = None,
    print_schema: Annotated[
        bool, typer.Option("--print-schema", help="Print the GraphQL schema and end.")
    ] = False,
) -> None:
    """Serve memory as GraphQL, to this machine alone unless told otherwise; ends with Ctrl-C.

    memcubes serve --port 8420
    """
    screen = Screen(call)
    if print_schema:
        from ..graphql.schema import printed

        screen.write(printed())
        return
    door = _door(host, token_file)
    allowed = _allowed(folder)
    with _listening(host, port) as listener:
        _run(call, screen, door, allowed, listener)


def _door(host: str, token_file: Path | None) -> Door:
    """Who is let in; raises `Invalid` where another machine could come in without a token."""
    from ...graph.errors import Invalid
    from ..graphql.application import LOOPBACK, Door

    token = _token(token_file)
    if host in _LOCAL:
        return Door(LOOPBACK, token)
    if token is None:
        raise Invalid(
            f"'{host}' lets other machines in: give a token with --token-file or {TOKEN}, "
            "or serve on 127.0.0.1"
        )
    return Door(None, token)


def _token(file: Path | None) -> str | None:
    from ...graph.errors import Invalid, Unreadable

    if file is not None:
        try:
            token = file.expanduser().read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not text"
            raise Unreadable(f"{file}: the token cannot be read ({why}); check the path") from None
        where = str(file)
    else:
        token, where = os.environ.get(TOKEN, "").strip(), TOKEN
        if TOKEN not in os.environ:
            return None
    if len(token) < SHORTEST or not token.isascii() or any(c.isspace() for c in token):
        raise Invalid(
            f"{where}: a token has at least {SHORTEST} ASCII characters without spaces: make one with "
            "`python -c 'import secrets; print(secrets.token_urlsafe())'`"
        )
    return token


def _allowed(folder: Path | None) -> Path | None:
    from ...graph.errors import Unreadable

    if folder is not None and not folder.expanduser().is_dir():
        raise Unreadable(f"{folder}: no such folder; check the path of --folder")
    return folder.expanduser() if folder is not None else None


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens; raises `Unavailable` where the port is taken or the host is not here."""
    from ...graph.errors import Unavailable

    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise Unavailable(
            f"cannot listen at {host}:{port} ({error.strerror}): name another with --port or --host"
        ) from None


def _run(
    call: Call, screen: Screen, door: Door, folder: Path | None, listener: socket.socket
) -> None:
    import uvicorn

    from ...graph.errors import NotFound
    from ..graphql.application import application
    from ..graphql.service import Service

    with call.memory() as memory:
        settings = memory.settings
    service = Service(settings, folder)
    where = re.sub(r"//[^/@]*@", "//", settings.db)  # a password is nobody's to read
    with suppress(NotFound):  # the first write makes it
        where = service.store().url
    place = listener.getsockname()
    name = f"[{place[0]}]" if ":" in place[0] else place[0]
    url = f"http://{name}:{place[1]}/graphql"
    if screen.json:
        screen.document({"url": url, "db": where, "user": settings.user})
    else:
        screen.say(f"{url}  [dim]{where} as {settings.user}; Ctrl-C ends it[/dim]")
    server = uvicorn.Server(
        uvicorn.Config(
            application(service, door),
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=10,
        )
    )
    before = {one: signal.signal(one, _end) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.run(sockets=[listener])
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        service.close()


def _end(number: int, frame: FrameType | None) -> None:
    """Take the signal that the server passes on once it has ended by it: everything is closed next."""
