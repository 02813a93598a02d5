"""History as lines and plain data: changes of the log, their impact, and what verify found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from ..graph.belief import Belief
from ..graph.change import Committed
from ..graph.impact import Impact
from ..graph.instant import show
from .show import one_line

if TYPE_CHECKING:
    from ..graph.verify import Report
    from .outcome import Outcome
    from .past_answer import PastAnswer

_SIGNS = {"open": "+", "close": "-", "reopen": "*", "shred": "×"}


def change_lines(change: Committed, names: Mapping[str, str]) -> Iterator[str]:
    """One change as `git log` would tell it."""
    yield (
        f"[yellow]@{change.seq}[/yellow] [bold]{escape(change.verb)}[/bold]  "
        f"{show(change.at)}  {escape(names.get(change.actor, change.actor))}"
    )
    if change.reason:
        yield f"    {escape(one_line(change.reason, 300))}"
    if counts := _counts(change):
        yield f"    [dim]{counts}[/dim]"


def change_line(change: Committed, names: Mapping[str, str]) -> str:
    """One change in one line."""
    reason = escape(one_line(change.reason, 120))
    return (
        f"[yellow]@{change.seq}[/yellow] {show(change.at)[:10]} {escape(change.verb)} "
        f"{escape(names.get(change.actor, change.actor))}  {reason}  [dim]{_counts(change, brief=True)}[/dim]"
    )


def _counts(change: Committed, *, brief: bool = False) -> str:
    found = [(verb, n) for verb, n in change.operations.items() if n]
    if brief:
        return " ".join(f"{_SIGNS.get(verb, verb)}{n}" for verb, n in found)
    return ", ".join(f"{verb} {n} record{'s' if n != 1 else ''}" for verb, n in found)


def change_json(change: Committed, names: Mapping[str, str]) -> dict[str, Any]:
    """One change as plain data; the instant in RFC 3339."""
    note = change.note or {}
    return {
        "seq": change.seq,
        "id": change.id,
        "namespace": change.ns,
        "at": show(change.at),
        "verb": change.verb,
        "actor": names.get(change.actor, change.actor),
        "on_behalf_of": names.get(change.on_behalf_of, change.on_behalf_of) or None,
        "reason": change.reason,
        "operations": dict(change.operations),
        "targets": list(note.get("targets", ())),
        "reverts": note.get("reverts"),
        "enacts": change.enacts,
    }


def impact_json(impact: Impact, answers: Sequence[PastAnswer] = ()) -> dict[str, Any]:
    """An impact as plain data; `past_answers` says who asked what, when, and what they would be told."""
    return {
        "learned": [_belief_json(belief) for belief in impact.learned],
        "withdrawn": [_belief_json(belief) for belief in impact.withdrawn],
        "revived": [_belief_json(belief) for belief in impact.revived],
        "weakened": [_belief_json(belief) for belief in impact.weakened],
        "superseded": [_belief_json(belief) for belief in impact.superseded],
        "entities": list(impact.entities),
        "cubes": list(impact.cubes),
        "answers": list(impact.answers),
        "stale": list(impact.stale),
        "made": [
            {
                "id": one.node,
                "kind": str(one.kind),
                "degree": one.degree,
                "solely": one.solely,
                "stale": one.node in impact.stale,
            }
            for one in impact.made
        ],
        "past_answers": [answer.as_json() for answer in answers],
    }


def _belief_json(belief: Belief) -> dict[str, Any]:
    return {
        "fact": belief.fact,
        "words": belief.words,
        "status": str(belief.status),
        "sources": list(belief.sources),
        "by": list(belief.by),
    }


def outcome_json(
    done: Outcome, answers: Sequence[PastAnswer], names: Mapping[str, str]
) -> dict[str, Any]:
    """What a curating verb did; `change` is null for a dry run."""
    return {
        "change": change_json(done.change, names) if done.change else None,
        "target": done.target or None,
        "cube": done.cube or None,
        "impact": impact_json(done.impact, answers),
        **({"joining": done.joining.as_json()} if done.joining else {}),
    }


def outcome_line(done: Outcome) -> str:
    """The head line of what a curating verb did."""
    if done.change is None:
        return "[bold]Dry run:[/bold] nothing was written. This would follow:"
    again = " (done before, nothing written now)" if done.change.repeated else ""
    return f"[yellow]@{done.change.seq}[/yellow] [bold]{escape(done.change.verb)}[/bold]{again}"


def report_lines(report: Report) -> Iterator[str]:
    """What verify found."""
    state = "[green]The log holds[/green]" if report.ok else "[red]The log does not hold[/red]"
    erased = f", {report.shredded} of them erased" if report.shredded else ""
    yield f"{state}: {report.changes} changes, {report.records} records{erased}."
    yield f"[dim]root {report.root}[/dim]"
    for finding in report.findings:
        yield f"[red]•[/red] {escape(finding)}"


def report_json(report: Report) -> dict[str, Any]:
    """What verify found, as plain data."""
    return {
        "ok": report.ok,
        "changes": report.changes,
        "records": report.records,
        "erased": report.shredded,
        "root": report.root,
        "findings": list(report.findings),
    }
