"""Evidence as plain data and hits as lines: what search, ask and inject print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Protocol

from rich.markup import escape

from ..graph.instant import show, show_day
from ..graph.record import Version
from .outcome import FORMS
from .show import one_line, short
from .show_cut import cut_json

if TYPE_CHECKING:
    from ..injection.engine.engine import Generation
    from ..query.hit import Hit, Lead, SearchResult
    from ..query.quote import Answer, Quote
    from ..query.succession import Standing
    from .outcome import Injected


class Prose(Protocol):
    """What a language model wrote: each sentence, whether the quotes bear it out, and which."""

    @property
    def model(self) -> str:
        """The model's name."""
        ...

    @property
    def sentences(self) -> Sequence[tuple[str, bool, Sequence[int]]]:
        """Text, supported or not, numbers of the quotes."""
        ...

    @property
    def generation(self) -> Generation | None:
        """How the model read it."""
        ...


def cube_json(cube: Version) -> dict[str, Any]:
    """What a cube is called and where it comes from."""
    stated = cube.get("stated")
    return {
        "cube": cube.node,
        "title": cube.get("title"),
        "type": cube.get("semantic_type"),
        "speaker": cube.get("speaker"),
        "language": cube.get("language"),
        "stated": None if stated is None else show(int(stated)),
        "source": cube.origin,
        "recorded": cube.from_seq,
        "payload": cube.payload.digest if cube.payload else None,
    }


def hit_lines(hit: Hit, rank: int, *, why: bool, within: bool = False) -> Iterator[str]:
    """One hit: rank, id, title and score, the best sentence, and with `why` what led to it; its namespace `within`."""
    cube = hit.cube
    stated = cube.get("stated")
    day = f", {show_day(int(stated))}" if stated is not None else ""
    title = escape(one_line(str(cube.get("title") or "untitled"), 80))
    summary = ", summary" if cube.get("made_of") is not None else ""
    yield (
        f"[bold]{rank}.[/bold] [cyan]{short(cube.node)}[/cyan]  {title}{summary}{day}  "
        + (f"[dim]{hit.score:.3f}[/dim]" if hit.parts else "")
        + (f" [dim]in {escape(hit.namespace)}[/dim]" if within else "")
    )
    yield f"   {escape(one_line(hit.quote, 400))}"
    for standing in _standings(hit)[:3]:
        what = one_line(cube.text[slice(*standing.span)], 100)
        here = "" if standing.of(hit.sentence) else f"“{escape(what)}” "
        yield f"   [yellow]{here}{standing.status} by {short(standing.by)}[/yellow]"
    if hit.also:
        yield f"   [dim]the same again in {', '.join(short(node) for node in hit.also[:5])}[/dim]"
    if why and hit.parts:
        parts = ", ".join(f"{name} {part.scaled:.2f}" for name, part in hit.parts.items())
        yield f"   [dim]score: {escape(parts)}[/dim]"
        if hit.added:
            added = ", ".join(f"{name} {value:+.2f}" for name, value in hit.added.items())
            yield f"   [dim]reranked: {escape(added)}[/dim]"
        if hit.lead is not None:
            yield f"   [dim]led to by: {escape(lead_words(hit.lead))}[/dim]"
        if hit.path:
            yield f"   [dim]path: {escape(path_words(hit))}[/dim]"


def _standings(hit: Hit) -> list[Standing]:
    """What became of the sentence that is quoted, and then of others of the passage; by each cube once."""
    ordered = sorted(hit.standings, key=lambda one: not one.of(hit.sentence))
    return list({(one.status, one.by): one for one in reversed(ordered)}.values())[::-1]


def lead_words(lead: Lead) -> str:
    """What leads to a hit, in words."""
    label = one_line(lead.label, 60) or short(lead.node)
    how = "shares names with it" if lead.span is None else "names what it is about"
    return f"“{label}” {how} ({lead.added:+.2f})"


def path_words(hit: Hit) -> str:
    """The way from the question to a hit, in words."""
    first, *rest = hit.path
    own = first.node == hit.cube.node
    label = one_line(first.label, 60) or short(first.node)
    words = {
        "question": f"the question names {label}",
        "sentence": f"a sentence near the question names {label}",
        "passage": "near to the question itself" if own else f"“{label}” is near to the question",
    }[str(first.seed or "passage")]
    stops = [words]
    for step in rest:
        label = one_line(step.label, 60) or short(step.node)
        passage = "here" if step.node == hit.cube.node else f"“{label}”"
        stops.append(label if str(step.kind) == "entity" else passage)
    return " → ".join(stops)


def search_json(found: SearchResult) -> dict[str, Any]:
    """The hits of a search in their order, how many there are, and the cursor of the next page."""
    hits = zip(found.hits, found.cursors, strict=True)
    return {
        "question": found.question,
        "ranking": None if found.ranking is None else str(found.ranking),
        "order": None if found.order is None else str(found.order),
        "seq": found.seq,
        "visible": found.visible,
        "total": found.total,
        "after": found.after,
        **({"note": found.note} if found.note else {}),
        **({"namespaces": list(found.namespaces)} if found.namespaces else {}),
        "named": [{"text": name.text, "entity": name.entity} for name in found.named],
        "facets": [asdict(facet) for facet in found.facets],
        "hits": [
            ({"namespace": hit.namespace} if found.namespaces else {})
            | _hit_json(hit, rank, cursor, ranked=found.question is not None)
            for rank, (hit, cursor) in enumerate(hits, 1)
        ],
        "cut": [cut_json(cut) for cut in found.cut],
    }


def _hit_json(hit: Hit, rank: int, cursor: str, *, ranked: bool) -> dict[str, Any]:
    return {
        "rank": rank,
        "cursor": cursor,
        **cube_json(hit.cube),
        "text": hit.cube.text,
        "sentence": hit.quote,
        "span": list(hit.sentence),
        "score": hit.score if ranked else None,
        "status": str(hit.status),
        "standings": [
            {
                "status": str(one.status),
                "by": one.by,
                "probability": one.chance,
                "span": list(one.span),
                "their_span": list(one.their_span),
            }
            for one in hit.standings
        ],
        "also": list(hit.also),
        "added": dict(hit.added),
        "lead": None
        if hit.lead is None
        else {
            "node": hit.lead.node,
            "label": hit.lead.label,
            "span": None if hit.lead.span is None else list(hit.lead.span),
            "added": hit.lead.added,
        },
        "parts": {name: {"raw": p.raw, "scaled": p.scaled} for name, p in hit.parts.items()},
        "path": [
            {
                "kind": str(step.kind),
                "node": step.node,
                "label": step.label,
                "mass": step.mass,
                "seed": str(step.seed) if step.seed else None,
            }
            for step in hit.path
        ],
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer with every quote, its place and its status."""
    return {
        "question": answer.question,
        "seq": answer.seq,
        "receipt": answer.receipt,
        "quotes": [quote_json(quote, number) for number, quote in enumerate(answer.quotes, 1)],
        "notes": list(answer.notes),
    }


def quote_json(quote: Quote, number: int) -> dict[str, Any]:
    """One quote; `characters` count from the start of the source, `span` from that of the cube.

    `original` is the passage that a summary quotes: it, and not the summary, has the source, speaker and date.
    """
    said = cube_json(quote.original or quote.cube)
    return {
        "number": number,
        "text": quote.text,
        **cube_json(quote.cube),
        "speaker": said["speaker"],
        "stated": said["stated"],
        "source": said["source"],
        "original": quote.original.node if quote.original else None,
        "source_name": quote.source_name,
        "span": list(quote.span),
        "characters": list(quote.source_span) if quote.source_span else None,
        "score": quote.score,
        "status": str(quote.status),
        "against": list(quote.against),
        "facts": list(quote.facts),
        "joined_by": list(quote.joined_by),
        "necessary": quote.necessary,
    }


def injected_json(given: Injected, handed: Mapping[str, Any]) -> dict[str, Any]:
    """A plan as it is handed over (`Memory.plan_json`), with its receipt: all that an engine needs."""
    return {
        **handed,
        "receipt": given.receipt,
        "text": given.text,
        "cost": asdict(given.plan.cost),
        "artefact": given.plan.artefact or None,
        "notes": list(given.notes),
    }


def injected_lines(given: Injected) -> Iterator[str]:
    """What is to be said beside a block: its size, who counted, what was left out, form and receipt."""
    plan = given.plan
    left = f", {plan.left_out} left out" if plan.left_out else ""
    cubes = len({one.node for one in plan.cited})
    yield f"[dim]{cubes} cubes{left}, {plan.tokens} tokens ({escape(plan.counter)})[/dim]"
    kept = f", {plan.cost.kept} of {plan.cost.tokens} tokens kept" if plan.cost.kept else ""
    yield f"[dim]{FORMS[plan.form]}: {escape(plan.reason)}{kept}[/dim]"
    if plan.artefact:
        yield f"[dim]activation {short(plan.artefact)}[/dim]"
    if given.receipt:
        yield f"[dim]receipt {short(given.receipt)}[/dim]"
    for note in given.notes:
        yield f"[dim]{escape(note)}[/dim]"


def prose_lines(prose: Prose) -> Iterator[str]:
    """What a model wrote, sentence by sentence, each marked by whether the quotes bear it out."""
    yield ""
    yield f"[bold]In the words of {escape(prose.model)}[/bold] [dim](a language model; checked)[/dim]"
    for text, supported, numbers in prose.sentences:
        if supported:
            yield f"   [green]supported[/green] by {', '.join(map(str, numbers))}: {escape(text)}"
        else:
            yield f"   [red]unsupported[/red]: {escape(text)}"
    if prose.generation is not None:
        yield from read_lines(prose.generation)


def read_lines(made: Generation) -> Iterator[str]:
    """How an engine read a plan."""
    kept = f", {made.kept_tokens} of {made.prompt_tokens} tokens kept" if made.kept_tokens else ""
    receipt = f"; receipt {short(made.receipt)}" if made.receipt else ""
    yield f"[dim]{FORMS[made.form]}: {escape(made.reason)}{kept}{receipt}[/dim]"
    if made.note:
        yield f"[dim]{escape(made.note)}[/dim]"


def prose_json(prose: Prose | None) -> dict[str, Any] | None:
    """What a model wrote, as plain data."""
    if prose is None:
        return None
    return {
        "model": prose.model,
        "read": None if prose.generation is None else read_json(prose.generation),
        "sentences": [
            {"text": text, "supported": supported, "quotes": list(numbers)}
            for text, supported, numbers in prose.sentences
        ],
    }


def read_json(made: Generation) -> dict[str, Any]:
    """How an engine read a plan, as plain data."""
    return {
        "form": str(made.form),
        "reason": made.reason,
        "prompt_tokens": made.prompt_tokens,
        "kept_tokens": made.kept_tokens,
        "written_tokens": made.written_tokens,
        "seconds_to_first": made.seconds_to_first,
        "seconds": made.seconds,
        "artefact": made.artefact or None,
        "receipt": made.receipt or None,
        "note": made.note or None,
    }
