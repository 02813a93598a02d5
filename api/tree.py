"""A trace as a tree for the terminal: what rests on what, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text
from rich.tree import Tree

from ..graph.instant import show, show_day
from ..graph.kind import NodeKind, Verb
from ..graph.step import Join, Step, Trace, activation
from .outcome import FORMS
from .plain import plain

KIND = {NodeKind.MEMCUBE: "cube", NodeKind.INJECTION: "answer"}
MOST_CHILDREN = 40


def tree(
    trace: Trace, statuses: Mapping[str, str] | None = None, *, most: int = MOST_CHILDREN
) -> Tree:
    """Draw a trace; a node that is reached twice is drawn once.

    `statuses` are words on nodes by id, such as what is believed of a fact; `most` bounds the
    branches of one node. Memory text never styles the terminal.

    >>> from memcubes.graph import open_store, ChangeSet, Direction, NodeKind
    >>> from memcubes.graph.trace import trace
    >>> from rich.console import Console
    >>> store = open_store("sqlite:///:memory:", "local:ann", create=True)
    >>> done = store.commit(ChangeSet("default", "remember", ()))
    >>> home = store.name("default", NodeKind.NAMESPACE, "default").id
    >>> found = trace(store, store.scope("default"), home, Direction.UP)
    >>> with (console := Console(width=80, color_system=None)).capture() as drawn:
    ...     console.print(tree(found))
    >>> drawn.get().splitlines()[0].split()[::2]
    ['namespace', 'default']
    >>> store.close()
    """
    said = statuses or {}
    top = Tree(_label(trace.root, None, None, said), guide_style="dim", highlight=False)
    drawn = {trace.root.node}
    queue = [(top, trace.root)]
    for branch, step in queue:
        onward = trace.after(step.node)
        for join, far in onward[:most]:
            if far.node in drawn:
                branch.add(Text(f"{kind_of(far)} {far.node[:8]}, see above", style="dim"))
                continue
            drawn.add(far.node)
            queue.append((branch.add(_label(far, join, step, said)), far))
        if len(onward) > most:
            branch.add(Text(f"and {len(onward) - most} more", style="dim italic"))
    if trace.truncated:
        top.add(Text("there is more: trace one of these nodes", style="dim italic"))
    return top


def kind_of(step: Step) -> str:
    """What a person would call the kind of a node."""
    if activation(step.version):
        return "activation"
    if step.kind is NodeKind.INJECTION and step.said("verb") == Verb.INJECT:
        return "injection"
    return KIND.get(step.kind, str(step.kind).lower())


def file_of(step: Step) -> str:
    """What a source is called where it came from, unless its title says that already.

    The name that ingest keeps is preferred to the uri, which may hold somebody's home folder.
    """
    name = step.said("name") or step.said("uri")
    return "" if step.kind is not NodeKind.SOURCE or name == step.title else name


def read_as(step: Step) -> str:
    """How a model was given what a receipt holds, and why so; empty for an answer of quotes."""
    form = FORMS.get(step.said("form"), "")
    if not form or step.erased:
        return ""
    model, why, kept = step.said("model"), step.said("form_reason"), step.said("kept")
    told = f"{form}{f' for {model}' if model else ''}{f': {why}' if why else ''}"
    return f"{told}; {kept} tokens kept" if kept else told


def _label(step: Step, join: Join | None, near: Step | None, statuses: Mapping[str, str]) -> Text:
    gone = step.erased or not step.in_force
    title = "dim strike" if gone else "bold"
    label = Text()
    label.append(f"{kind_of(step)} ", style="cyan")
    label.append(step.node[:8], style="dim")
    label.append("  ")
    label.append(plain(step.title), style=title)
    for line, style in _lines(step, join):
        label.append(f"\n{plain(line)}", style=style)
    ended = f"{step.status}: {step.until.told}" if step.until else step.status
    if near is not None and step.until and near.until == step.until:
        ended = f"{step.status} with it (@{step.until.seq})"
    if step.status != "in force":
        label.append(f"\n{plain(ended)}", style="red" if gone else "yellow")
    elif join is not None and not join.in_force and join.until:
        same = near is not None and near.until == join.until
        told = f" (@{join.until.seq})" if same else f": {join.until.told}"
        label.append(f"\nno longer joined{plain(told)}", style="red")
    if step.node in statuses:
        label.append(f"\n{plain(statuses[step.node])}", style="yellow")
    return label


def _lines(step: Step, join: Join | None) -> list[tuple[str, str]]:
    """What is said of a step below its title."""
    gone = "dim strike" if step.erased or not step.in_force else "italic"
    lines: list[tuple[str, str]] = []
    if step.kind is NodeKind.INJECTION and step.since:
        # the receipt says itself when it was given; its record may have been closed and reopened since
        when = show(step.version.validity.start)[:16].replace("T", " ")
        again = "" if step.since.verb == "revert" else f" (@{step.since.seq})"
        lines.append(
            (f"given to {step.said('viewer') or step.since.actor} on {when} UTC{again}", "dim")
        )
        lines.append((read_as(step), "dim"))
    if step.kind is NodeKind.SOURCE:
        stated = "" if step.stated is None else show_day(step.stated)
        about = [file_of(step), stated, step.said("author")]
        lines.append((", ".join(part for part in about if part), "dim"))
    if join is not None and join.quotes:
        for quote in join.quotes[:3]:
            words = " ".join(quote.text.split())
            words = words if len(words) <= 200 else f"{words[:199]}…"
            start, end = quote.place or quote.span
            of = "source" if quote.place else "cube"
            lines += [(f"“{words}”", gone), (f"characters {start}–{end} of its {of}", "dim")]
    elif step.kind is NodeKind.MEMCUBE and step.excerpt:
        lines.append((step.excerpt, gone))
    return [(text, style) for text, style in lines if text]
