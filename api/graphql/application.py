"""The application: GraphQL behind one HTTP address, and everything that is refused at the door.

One request is one JSON document sent by POST. A page in a browser cannot send one from elsewhere: forms
and links are refused, no other origin is let in, and a name that only pretends to be this machine (DNS
rebinding) is not answered.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ...graph.errors import MemcubesError, NotFound
from .limit import BODY, DEPTH
from .reading import Reading
from .refusal import code_of
from .schema import SCHEMA
from .service import LOG, Service

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""The names under which this machine speaks to itself."""


@dataclass(frozen=True, slots=True)
class Door:
    """Who is let in: under which host names (None: any), and with which token (None: without)."""

    hosts: frozenset[str] | None = LOOPBACK
    token: str | None = None


def application(service: Service, door: Door | None = None) -> ASGIApp:
    """The ASGI application of a service: `/graphql` and `/health`."""

    async def graphql(request: Request) -> Response:
        return await _answered(service, request)

    async def health(request: Request) -> Response:
        return await _health(service)

    routes = [
        Route("/graphql", graphql, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        Route("/health", health, methods=["GET"]),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={404: _nowhere, 405: _nowhere, Exception: _unforeseen},
    )
    app.router.redirect_slashes = False
    return Guard(app, door or Door())


class Guard:
    """Turns away, before anything is read, whoever may not come in."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in or answer it here."""
        if scope["type"] == "http":
            refused = self._refused(Request(scope))
            if refused is not None:
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refused(self, request: Request) -> Response | None:
        host = _host(request.headers.get("host", ""))
        if self._door.hosts is not None and host not in self._door.hosts:
            return _error(
                403,
                "FORBIDDEN_HOST",
                "this server answers to localhost and 127.0.0.1 only: use one of these names",
            )
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
            return _error(
                403,
                "FORBIDDEN_ORIGIN",
                "pages of another origin are not answered: ask from a program",
            )
        token = self._door.token
        if token is None or request.scope["path"] == "/health":
            return None
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode()):
            return None
        return _error(
            401,
            "UNAUTHENTICATED",
            "send the header `Authorization: Bearer …` with this server's token",
            {"WWW-Authenticate": "Bearer"},
        )


def _host(header: str) -> str:
    """The name in a Host header, without its port.

    >>> _host("LocalHost:8420"), _host("[::1]:8420"), _host("evil.example")
    ('localhost', '::1', 'evil.example')
    """
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def _error(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    body = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return JSONResponse(body, status, headers)


async def _answered(service: Service, request: Request) -> Response:
    if request.method != "POST":
        return _error(405, "METHOD", "GraphQL is asked by POST here", {"Allow": "POST"})
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        return _error(415, "MEDIA_TYPE", "send the request as application/json")
    try:
        data = await _body(request)
    except ClientDisconnect:
        return _error(400, "BAD_REQUEST", "the request ended before it was whole")
    if data is None:
        return _error(413, "TOO_LARGE", f"a request has at most {BODY:,} bytes: send it in parts")
    try:
        asked = json.loads(data, parse_constant=_no_number)
        json.dumps(asked, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        return _error(400, "BAD_REQUEST", "the request is not JSON of whole characters in UTF-8")
    wrong = _misshapen(asked)
    if wrong:
        return _error(400, "BAD_REQUEST", wrong)
    return JSONResponse(await execute(service, asked))


async def _body(request: Request) -> bytes | None:
    """The body of a request; None where it is larger than the limit, without reading on."""
    size = request.headers.get("content-length", "")
    if size.isdecimal() and int(size[:18]) > BODY:
        return None
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > BODY:
            return None
    return bytes(data)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _misshapen(asked: Any) -> str:
    """What is wrong with a request, empty where nothing is."""
    if isinstance(asked, list):
        return "one request at a time: a list of requests is not taken"
    if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
        return 'a request is {"query": "…", "variables": {…}, "operationName": "…"}'
    if not isinstance(asked.get("variables"), dict | None):
        return '"variables" is an object'
    if not isinstance(asked.get("operationName"), str | None):
        return '"operationName" is a name'
    return ""


async def execute(service: Service, asked: dict[str, Any]) -> dict[str, Any]:
    """Carry out one request and give its answer as plain data; nothing unforeseen is told outside."""
    try:
        result = await SCHEMA.execute(
            asked["query"],
            variable_values=asked.get("variables") or None,
            context_value=Reading(service),
            operation_name=asked.get("operationName") or None,
        )
    except RecursionError as error:
        return {"data": None, "errors": [told(GraphQLError("", original_error=error))]}
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = [told(error) for error in result.errors]
    return answer


def told(error: GraphQLError) -> dict[str, Any]:
    """An error as a client is told of it; of one that was not foreseen only the id that the log has.

    >>> told(GraphQLError("no", original_error=NotFound("there is no namespace 'x'")))
    {'message': "there is no namespace 'x'", 'extensions': {'code': 'NOT_FOUND'}}
    """
    whole = error.formatted
    place = {name: whole[name] for name in ("locations", "path") if whole.get(name)}
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, MemcubesError):
        return {"message": str(cause), **place, "extensions": {"code": code_of(cause)}}
    if isinstance(cause, RecursionError):
        message = f"the request is nested too deeply: {DEPTH} fields is the most"
        return {"message": message, "extensions": {"code": "BAD_QUERY"}}
    if cause is None or isinstance(cause, GraphQLError):
        message = _CLEARER.get(error.message, error.message)
        return {"message": message, **place, "extensions": {"code": "BAD_QUERY"}}
    number = secrets.token_hex(8)
    LOG.error("unexpected error %s", number, exc_info=cause)
    message = f"something went wrong here; the server's log has it under {number}"
    return {"message": message, **place, "extensions": {"code": "INTERNAL", "id": number}}


_CLEARER = {
    "Validation aborted.": "the request repeats itself too often to be checked: send it in parts"
}


async def _health(service: Service) -> Response:
    """Whether the store answers; one that is not made yet is no fault."""
    try:
        await asyncio.to_thread(lambda: service.store().head())
    except NotFound:
        pass
    except MemcubesError as error:
        LOG.warning("not healthy: %s", error)
        return JSONResponse({"status": "unavailable"}, 503)
    return JSONResponse({"status": "ok"})


async def _nowhere(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    return _error(status, "NOT_FOUND", "there is nothing here: GraphQL is at /graphql, by POST")


async def _unforeseen(request: Request, error: Exception) -> Response:
    fault = told(GraphQLError("", original_error=error))
    return JSONResponse({"errors": [fault]}, 500)
