"""Options of every command, declared once, and what a command is called with."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

if TYPE_CHECKING:
    from .memory import Memory

PANEL = "Options of every command"
TIMES = ("as_of", "valid_at")
"""The options that say which time is read; most commands that write have no use for them."""


@dataclass(frozen=True, slots=True)
class Call:
    """How a command was called: the options that all commands share.

    >>> Call(db="a.db").over(Call(namespace="work", json=True))
    Call(db='a.db', namespace='work', user=None, as_of=None, valid_at=None, json=True, quiet=False)
    """

    db: str | None = None
    namespace: str | None = None
    user: str | None = None
    as_of: str | None = None
    valid_at: str | None = None
    json: bool = False
    quiet: bool = False

    def over(self, other: Call) -> Call:
        """What was said here, and beyond it what the other says: options may stand before the verb."""
        given = {f.name: getattr(other, f.name) for f in fields(other)}
        return replace(
            self, **{name: value for name, value in given.items() if value not in (None, False)}
        )

    def memory(self) -> Memory:
        """Open the memory that is meant; what no option says comes from `MEMCUBES_…`, else a default."""
        from .memory import Memory
        from .settings import Settings

        given: dict[str, Any] = {
            name: value
            for name, value in (
                ("db", self.db),
                ("namespace", self.namespace),
                ("user", self.user),
            )
            if value is not None
        }
        return Memory(Settings(**given))


def _option(name: str, kind: Any, *flags: str, metavar: str | None = None, help: str) -> Any:
    option = typer.Option(*flags, metavar=metavar, help=help, rich_help_panel=PANEL)
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=False if kind is bool else None,
        annotation=Annotated[kind, option],
    )


_SHARED: tuple[inspect.Parameter, ...] = (
    _option(
        "db",
        str | None,
        "--db",
        metavar="URL",
        help="Where memories are kept: a file, sqlite:///PATH or neo4j://HOST (else MEMCUBES_DB).",
    ),
    _option(
        "namespace",
        str | None,
        "--namespace",
        "-n",
        metavar="NAME",
        help="Which memories (else MEMCUBES_NAMESPACE, else default).",
    ),
    _option(
        "user",
        str | None,
        "--user",
        metavar="NAME",
        help="On whose behalf (else MEMCUBES_USER, else local:<you>).",
    ),
    _option(
        "as_of",
        str | None,
        "--as-of",
        metavar="WHEN",
        help="As recorded then: a date, an instant or a sequence such as @12.",
    ),
    _option(
        "valid_at",
        str | None,
        "--valid-at",
        metavar="WHEN",
        help="What holds in the world then: a date or an instant.",
    ),
    _option("json", bool, "--json", help="Print one JSON document."),
    _option("quiet", bool, "--quiet", help="Print results and errors only."),
)


def shared(
    function: Callable[..., int | None], *, times: tuple[str, ...] = ()
) -> Callable[..., None]:
    """Give a command the shared options, its exit code, and errors of one line.

    The command takes a `Call` first and returns its exit code (None for 0). `times` names the options
    of `TIMES` that it honours; the others are left out of its help and refused.

    >>> def search(call: Call, question: str) -> None: ...
    >>> list(inspect.signature(shared(search)).parameters)[:4]
    ['context', 'question', 'db', 'namespace']
    """
    from .show_error import settled

    def command(context: typer.Context, **given: Any) -> None:
        own = Call(**{f.name: given.pop(f.name) for f in fields(Call)})
        call = (context.obj or Call()).over(own)

        def act() -> int | None:
            _timely(call, times, context.info_name or "")
            return function(call, **given)

        if code := settled(act):
            raise typer.Exit(code)

    command.__name__ = function.__name__
    hints = get_type_hints(function, include_extras=True)
    own = [
        parameter.replace(annotation=hints[parameter.name])
        for parameter in list(inspect.signature(function).parameters.values())[1:]
    ]
    common = [_hidden(p) if p.name in TIMES and p.name not in times else p for p in _SHARED]
    return _signed(command, [*own, *common])


def rooted(function: Callable[..., None]) -> Callable[..., None]:
    """Give the program itself the shared options, so that they may stand before the verb."""

    def program(context: typer.Context, **given: Any) -> None:
        context.obj = Call(**{f.name: given.pop(f.name) for f in fields(Call)})
        function(context, **given)

    hints = get_type_hints(function, include_extras=True)
    own = [
        parameter.replace(annotation=hints[parameter.name])
        for parameter in list(inspect.signature(function).parameters.values())[1:]
    ]
    return _signed(program, [*own, *_SHARED])


def _signed(
    command: Callable[..., None], parameters: Sequence[inspect.Parameter]
) -> Callable[..., None]:
    """Give a function the signature that typer is to read, with the context in front."""
    context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    whole = [context, *(p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters)]
    command.__signature__ = inspect.Signature(whole)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in whole}
    return command


def _hidden(parameter: inspect.Parameter) -> inspect.Parameter:
    kind, option = parameter.annotation.__origin__, parameter.annotation.__metadata__[0]
    flag = f"--{parameter.name.replace('_', '-')}"
    return parameter.replace(
        annotation=Annotated[kind, typer.Option(flag, help=option.help, hidden=True)]
    )


def _timely(call: Call, times: tuple[str, ...], verb: str) -> None:
    """Refuse a time that the verb would not look at, instead of passing over it in silence."""
    for name in TIMES:
        if getattr(call, name) is not None and name not in times:
            from ..graph.errors import Invalid

            flag = f"--{name.replace('_', '-')}"
            raise Invalid(f"`memcubes {verb}` does not look at {flag}: leave it out")
