"""The command line: every verb of memcubes, in the panels of API.md; nothing heavy is loaded for help."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from .commands import audit, curate, lifecycle, move, run, search, serve, use
from .options import TIMES, rooted, shared
from .show_error import CODES, INTERRUPTED, USAGE, complain

RECORDED = ("as_of",)
_ClickException: type[Exception] = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException"
)


class Program(TyperGroup):
    """The program: wrong usage is one line, like any other error."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the program and end the process with its exit code."""
        try:
            code = super().main(
                args, prog_name or "memcubes", complete_var, False, windows_expand_args, **extra
            )
        except _ClickException as error:
            code = _misused(error)
        except (KeyboardInterrupt, typer.Abort):
            complain("interrupted")
            code = INTERRUPTED
        code = code if isinstance(code, int) else 0
        if not standalone_mode:
            return code
        sys.exit(code)


def _misused(error: Any) -> int:
    """Tell wrong usage in one line, with the help that shows how it is right."""
    message = " ".join(str(error.format_message()).split())
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error.format_message(), end="")  # typer has printed its own kind of help already
        return USAGE
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "memcubes"
    complain(f"{message.rstrip('.')}: `{path} --help` shows how")
    return USAGE


app = typer.Typer(
    cls=Program,
    name="memcubes",
    help="The memory graph for LLM agents: trace, revise, retract, and prove what an agent remembers.",
    epilog=CODES,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
models = typer.Typer(help="List and install the optional models.", rich_markup_mode="rich")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"memcubes {version('memcubes')}")
        raise typer.Exit


@app.callback()
@rooted
def program(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take the options that stand before the verb."""


def _add(
    to: typer.Typer,
    function: Callable[..., int | None],
    panel: str | None = None,
    *,
    times: tuple[str, ...] = (),
    name: str | None = None,
) -> None:
    """Add a verb: the first paragraph of its docstring is its help, the second an example."""
    words, _, example = (function.__doc__ or "").partition("\n\n")
    to.command(
        name or function.__name__,
        help=" ".join(words.split()),
        epilog=f"Example: [bold]{example.strip()}[/bold]",
        rich_help_panel=panel,
    )(shared(function, times=times))


_add(app, use.ingest, "Use")
_add(app, use.remember, "Use")
_add(app, search.search, "Use", times=TIMES)
_add(app, use.ask, "Use", times=TIMES)
_add(app, use.inject, "Use", times=TIMES)
_add(app, use.feedback, "Use")
_add(app, curate.revise, "Curate")
_add(app, curate.retract, "Curate")
_add(app, curate.revert, "Curate")
_add(app, curate.merge, "Curate")
_add(app, audit.restore, "Curate")
_add(app, curate.distinguish, "Curate")
_add(app, curate.split, "Curate")
_add(app, curate.tag, "Curate")
_add(app, curate.review, "Curate", times=TIMES)
_add(app, lifecycle.transition, "Curate")
_add(app, audit.trace, "Audit", times=TIMES)
_add(app, audit.log, "Audit", times=RECORDED)
_add(app, audit.history, "Audit", times=RECORDED)
_add(app, audit.diff, "Audit", times=("valid_at",))
_add(app, audit.impact, "Audit", times=TIMES)
_add(app, audit.verify, "Audit")
_add(app, move.export, "Move", times=RECORDED)
_add(app, serve.serve, "Run")
_add(app, lifecycle.worker, "Run")
_add(app, run.doctor, "Run")
_add(app, run.demo, "Run")
_add(models, run.list_models, name="list")
_add(models, run.install_models, name="install")
_add(models, run.use_model, name="use")
_add(models, run.rebuild, name="rebuild")
_add(models, run.reread, name="reread")
_add(models, run.steer, name="steer")
_add(models, run.text, name="text")
app.add_typer(models, name="models", rich_help_panel="Run", no_args_is_help=True)


def main() -> None:
    """Run the command line (the console script `memcubes`)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    app()
