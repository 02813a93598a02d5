"""A trace as one HTML file that a stranger can open: no script, no request, every text escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from ..graph.actors import Act
from ..graph.instant import show, show_day
from ..graph.kind import NodeKind
from ..graph.scope import Direction
from ..graph.step import Step, Trace, activation
from .card import Card, cards_of
from .diagram import trace_svg
from .plain import plain
from .tree import file_of, kind_of, read_as

CONTEXT = 260
"""How many characters are shown on each side of a quote."""
LONGEST = 60_000
"""A whole text is shown up to this many characters."""
_FAR = 4 * CONTEXT


@dataclass(frozen=True, slots=True)
class Seal:
    """Where the log stood when the page was made: sequence, instant (microseconds), Merkle root (hex)."""

    seq: int
    at: int
    root: str


@dataclass(frozen=True, slots=True)
class Hop:
    """One stop of the path that joins the evidence, and the words that lead to it."""

    label: str
    via: str = ""


def page(
    trace: Trace,
    *,
    question: str = "",
    answer: str = "",
    statuses: Mapping[str, str] | None = None,
    hops: Sequence[Hop] = (),
    seal: Seal | None = None,
    options: str = "",
) -> str:
    """Write the page of a trace.

    `options` are what the commands on the page need to find the store (`--db … -n …`).

    `question` and `answer` default to what the receipt holds; `statuses` are words on nodes by id
    ("superseded by …"), shown beside what the records say themselves.

    >>> from memcubes.graph import ChangeSet, Direction, NodeKind, open_store
    >>> from memcubes.graph.trace import trace
    >>> store = open_store("sqlite:///:memory:", "local:ann", create=True)
    >>> done = store.commit(ChangeSet("default", "remember", ()))
    >>> home = store.name("default", NodeKind.NAMESPACE, "default").id
    >>> html = page(trace(store, store.scope("default"), home, Direction.UP))
    >>> html.startswith("<!doctype html>"), "<script" in html
    (True, False)
    >>> store.close()
    """
    said = statuses or {}
    root = trace.root
    asked = root.kind is NodeKind.INJECTION
    heading = question or root.title
    body: list[str] = []
    cards = cards_of(trace, answer or root.text)
    if asked or answer:
        body.append(_answer(answer or root.text, heading, root, cards))
    elif root.until or root.status != "in force" or root.node in said:
        body.append(_section("Status", _ending(root) + _word(said.get(root.node, ""))))
    if hops:
        body.append(_section("The path that joins the evidence", _path(hops)))
    if len(trace.steps) > 1:
        body.append(_section("How it hangs together", _figure(trace)))
    if trace.direction is Direction.DOWN:
        body += _made(trace, said)
    if cards:
        title = "Evidence" if trace.direction is Direction.UP else "The text itself"
        listed = _listed(cards, said)
        body.append(_section(title, f'<ol class="cards">{listed}</ol>'))
    body.append(_section("Check it yourself", _checking(trace, seal, options)))
    return _template().substitute(
        title=_e(f"{heading} · memcubes trace"),
        over=_e(_over(trace)),
        heading=_e(heading),
        meta=_meta(trace, root),
        body="\n".join(body),
    )


@cache
def _template() -> Template:
    return Template((files(__package__) / "templates" / "trace.html").read_text("utf-8"))


def _e(text: str) -> str:
    """Escape text for HTML, content and attributes alike."""
    return escape(plain(text, lines=True))


def _section(title: str, inside: str) -> str:
    name = "".join(c if c.isalnum() else "-" for c in title.lower())
    return f'<section aria-labelledby="{name}"><h2 id="{name}">{_e(title)}</h2>{inside}</section>'


def _over(trace: Trace) -> str:
    if trace.root.kind is NodeKind.INJECTION:
        if read_as(trace.root):
            return "What a model was given from memory, and what it rests on"
        return "An answer from memory, and what it rests on"
    kind = kind_of(trace.root)
    if trace.direction is Direction.DOWN:
        return f"What was made of this {kind}"
    return f"Where this {kind} comes from"


def _meta(trace: Trace, root: Step) -> str:
    parts = []
    if root.since:
        did = "Given to" if root.kind is NodeKind.INJECTION else "Recorded by"
        parts.append(f"{did} {_e(root.since.actor)} on {_time(root.since.at)} (@{root.since.seq})")
    kept = root.excerpt if activation(root.version) else ""
    parts += [_e(part) for part in (file_of(root), root.said("author"), kept) if part]
    parts.append(f"as recorded up to @{trace.seq}")
    return " · ".join(parts)


def _time(instant: int) -> str:
    """An instant to the minute."""
    text = show(instant)
    return f'<time datetime="{text}">{text[:16].replace("T", " ")} UTC</time>'


def _answer(answer: str, question: str, root: Step, cards: Sequence[Card]) -> str:
    given = answer.removeprefix(question).strip("\n")
    text = f'<blockquote class="answer" dir="auto">{_e(given)}</blockquote>' if given else ""
    if root.erased:
        text = '<p class="notice">What was given out was erased.</p>'
    how = read_as(root)
    said = f'<p class="meta">{_e(how[:1].upper() + how[1:])}</p>' if how else ""
    title = "What was given" if how else "The answer"
    return _section(title, text + said + (_standing(cards) if cards else ""))


def _standing(cards: Sequence[Card]) -> str:
    """How many of the passages behind an answer still are what they were."""
    states = ("withdrawn", "erased", "revised since")
    counts = {state: sum(card.cube.status == state for card in cards) for state in states}
    fallen = {state.split()[0]: count for state, count in counts.items() if count}
    total = len(cards)
    if not fallen:
        few = {1: "The passage behind this answer is", 2: "Both passages behind this answer are"}
        stand = few.get(total, f"All {total} passages behind this answer are")
        return f'<p class="notice calm">{stand} still in force.</p>'
    look = "notice changed" if list(fallen) == ["revised"] else "notice"
    if total == 1:
        said = f"The passage behind this answer was {next(iter(fallen))} since"
    else:
        parts = " and ".join(f"{count} {state}" for state, count in fallen.items())
        said = f"Of the {total} passages behind this answer, {parts} since"
    return f'<p class="{look}">{said}. It may no longer hold.</p>'


def _ending(step: Step) -> str:
    if not step.until:
        return "" if step.status == "in force" else f'<p class="notice">{_e(step.status)}</p>'
    look = "notice changed" if step.status == "revised since" else "notice"
    return f'<p class="{look}">{_told(step.status, step.until)}</p>'


def _told(status: str, act: Act) -> str:
    """Who ended something, when and why."""
    said = {"withdrawn": "Withdrawn", "revised since": "Revised", "erased": "Erased"}[status]
    who = _e(f"{act.actor} for {act.on_behalf_of}" if act.on_behalf_of else act.actor)
    why = f" <q>{_e(act.reason)}</q>" if act.reason else ""
    return f"<strong>{said}</strong> by {who} on {_time(act.at)} (@{act.seq}).{why}"


def _word(status: str) -> str:
    return f'<p class="notice changed">{_e(status[:1].upper() + status[1:])}</p>' if status else ""


def _path(hops: Sequence[Hop]) -> str:
    stops = (
        (f'<span class="via">{_e(hop.via)}</span>' if hop.via else "")
        + f'<span class="stop" dir="auto">{_e(hop.label)}</span>'
        for hop in hops
    )
    return f'<ol class="path">{"".join(f"<li>{stop}</li>" for stop in stops)}</ol>'


def _figure(trace: Trace) -> str:
    more = "<p>There is more than this trace shows.</p>" if trace.truncated else ""
    label = "Diagram of the trace, scrolls sideways"
    return f'<figure tabindex="0" aria-label="{label}">{trace_svg(trace)}</figure>{more}'


def _made(trace: Trace, said: Mapping[str, str]) -> list[str]:
    """What was made of the root: the facts it states and the answers that used it."""
    sections = []
    answers = trace.of_kind(NodeKind.INJECTION)
    if answers and trace.root not in answers:
        rows = []
        for step in answers:
            words = [q.text for j in trace.joins if j.made == step.node for q in j.quotes]
            when = _time(step.since.at) if step.since else ""
            who = _e(step.since.actor) if step.since else ""
            quoted = "<br>".join(f'<q dir="auto">{_e(_clipped(text))}</q>' for text in words)
            rows.append(
                f'<tr><td dir="auto">{_e(step.title)}</td><td>{quoted}</td><td>{who}<br>{when}</td></tr>'
            )
        head = "<tr><th>Question</th><th>What was used</th><th>Given to</th></tr>"
        sections.append(_section("Answers that used it", f"<table>{head}{''.join(rows)}</table>"))
    facts = trace.of_kind(NodeKind.FACT)
    if facts and trace.root not in facts:
        held = {join.made for join in trace.joins if join.in_force}
        rows = [
            f'<tr><td dir="auto">{_e(step.title)}</td>'
            f"<td>{_status(step) if step.node in held else _left(step)}</td>"
            + (f"<td>{_e(said.get(step.node, ''))}</td>" if said else "")
            + "</tr>"
            for step in facts
        ]
        head = f"<tr><th>Fact</th><th>Record</th>{'<th>Belief</th>' if said else ''}</tr>"
        sections.append(_section("What it states", f"<table>{head}{''.join(rows)}</table>"))
    return sections


def _clipped(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= CONTEXT else f"{line[: CONTEXT - 1]}…"


def _status(step: Step) -> str:
    look = "status gone" if step.status in ("withdrawn", "erased") else "status"
    look = "status changed" if step.status == "revised since" else look
    return f'<span class="{look}">{step.status}</span>'


def _left(step: Step) -> str:
    """The status of a fact that is no longer stated here, though others may state it."""
    words = '<span class="status">stated elsewhere</span>'
    return words if step.status == "in force" else _status(step)


def _listed(cards: Sequence[Card], said: Mapping[str, str]) -> str:
    first: dict[str, int] = {}
    parts = []
    for number, card in enumerate(cards, 1):
        parts.append(_card(number, card, said, first))
        if card.source is not None:
            first.setdefault(card.source.version.id, number)
    return "".join(parts)


def _card(number: int, card: Card, said: Mapping[str, str], first: Mapping[str, int]) -> str:
    source, cube = card.source, card.cube
    shown = source or cube
    gone = cube.status in ("withdrawn", "erased")
    title = f'<span class="number">{number}</span>{_e(shown.title)}'
    parts = [
        f'<div class="head"><h3 dir="auto">{title}</h3>{_status(cube)}</div>',
        f'<p class="meta">{_whence(card)}</p>',
        _ending(cube),
    ]
    if source is not None and source.node != cube.node and source.status != "in force":
        if source.status == "revised since" and not gone and source.until:
            parts.append(
                f'<p class="notice changed">The document was edited on {_time(source.until.at)} '
                f"(@{source.until.seq}); it is shown here as it was read.</p>"
            )
        elif source.until != cube.until:
            parts.append(_ending(source))
    nodes = dict.fromkeys((cube.node, shown.node, *card.facts))
    parts += [_word(said.get(node, "")) for node in nodes]
    parts += [
        f'<blockquote class="context" dir="auto">{piece}</blockquote>'
        for piece in _contexts(card.text, card.spans)
    ]
    seen = first.get(source.version.id) if source else None
    if seen is not None:
        parts.append(f'<p class="meta">The whole text is under <a href="#e{seen}">{seen}</a>.</p>')
    elif card.text:
        parts.append(
            f"<details><summary>The whole text ({len(card.text):,} characters)</summary>"
            f'<pre dir="auto">{_whole(card.text, card.spans)}</pre></details>'
        )
    look = ' class="gone-text"' if gone else ""
    return f'<li id="e{number}"{look}>{"".join(parts)}</li>'


def _whence(card: Card) -> str:
    """Who said it, when, in which file, and where there."""
    shown = card.source or card.cube
    parts = [card.cube.said("speaker") or shown.said("author")]
    stated = card.cube.stated if card.cube.stated is not None else shown.stated
    parts.append("" if stated is None else show_day(stated))
    parts.append(file_of(shown))
    if card.spans and card.spans != ((0, len(card.text)),):
        places = ", ".join(f"{start}–{end}" for start, end in card.spans)
        parts.append(f"characters {places}")
    return _e(" · ".join(part for part in parts if part))


def _contexts(text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    """The quoted spans, marked, with some text around; spans far from each other apart."""
    groups: list[list[tuple[int, int]]] = []
    for span in spans:
        if groups and span[0] - groups[-1][-1][1] <= _FAR:
            groups[-1].append(span)
        else:
            groups.append([span])
    pieces = []
    for group in groups:
        low, high = max(0, group[0][0] - CONTEXT), min(len(text), group[-1][1] + CONTEXT)
        while 0 < low < group[0][0] and not text[low - 1].isspace():
            low += 1
        while len(text) > high > group[-1][1] and not text[high].isspace():
            high -= 1
        before, after = "… " if low > 0 else "", " …" if high < len(text) else ""
        pieces.append(before + _marked(text, group, low, high).strip() + after)
    return pieces


def _whole(text: str, spans: Sequence[tuple[int, int]]) -> str:
    if len(text) <= LONGEST:
        return _marked(text, spans, 0, len(text))
    middle = spans[0][0] if spans else 0
    low = min(max(0, middle - LONGEST // 2), len(text) - LONGEST)
    cut = f"[characters {low:,} to {low + LONGEST:,} of {len(text):,}]\n\n"
    return cut + _marked(text, spans, low, low + LONGEST)


def _marked(text: str, spans: Sequence[tuple[int, int]], low: int, high: int) -> str:
    """A stretch of text, escaped, with the spans inside it marked."""
    parts, at = [], low
    for start, end in spans:
        start, end = max(start, at), min(end, high)
        if start < end:
            parts.append(f"{_e(text[at:start])}<mark>{_e(text[start:end])}</mark>")
            at = end
    return "".join(parts) + _e(text[at:high])


def _checking(trace: Trace, seal: Seal | None, options: str) -> str:
    root = trace.root
    sealed = (
        f"<dt>Log</dt><dd>@{seal.seq}, {_time(seal.at)}</dd>"
        f"<dt>Merkle root</dt><dd><code>{_e(seal.root)}</code></dd>"
        if seal
        else ""
    )
    rows = "".join(
        f'<tr><td>{kind_of(step)}</td><td dir="auto">{_e(step.title)}'
        f"<br><code>{_e(step.node)}</code></td><td><code>{step.version.digest}</code>"
        + (f"<br><code>{step.version.payload.digest}</code>" if step.version.payload else "")
        + "</td></tr>"
        for step in trace.steps
    )
    digests = len(trace.steps)
    told = f" {_e(options)}" if options else ""
    return (
        "<p>With the store at hand, these commands recompute every digest from what is kept and "
        "compare it with the log, and draw this trace again:</p>"
        f'<code class="command">memcubes verify{told}<br>'
        f"memcubes trace {_e(root.node)}{told}</code>"
        f"<dl>{sealed}<dt>Traced at</dt><dd>@{trace.seq}, {trace.direction}</dd></dl>"
        f"<details><summary>Digests of the {digests} records</summary><table><tr><th>Kind</th>"
        "<th>What, and its id</th><th>SHA-256 of the record, and of its text (both salted)</th></tr>"
        f"{rows}</table></details>"
    )
