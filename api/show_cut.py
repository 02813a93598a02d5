"""What a search left out, as lines and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from .show import one_line, short

if TYPE_CHECKING:
    from ..query.cut import Cut
    from ..query.hit import SearchResult

_AS_HITS = frozenset({"duplicates"})
"""Steps whose cuts the hit itself names (`the same again in …`)."""


def cut_lines(found: SearchResult) -> Iterator[str]:
    """What was a candidate and is not shown, and why."""
    cuts = [cut for cut in found.cut if str(cut.step) not in _AS_HITS]
    if cuts:
        yield "[bold]Left out[/bold]"
    for cut in cuts:
        title = escape(one_line(str(cut.cube.get("title") or "untitled"), 80))
        yield f"   [cyan]{short(cut.cube.node)}[/cyan]  {title}  [dim]{cut.score:.3f}[/dim]"
        yield f"      {escape(one_line(cut.quote, 200))}"
        yield f"      [dim]{escape(cut_words(cut))}[/dim]"


def cut_words(cut: Cut) -> str:
    """Why a candidate is left out, in words."""
    by = "" if cut.by is None else short(cut.by)
    if cut.gap is None:
        return {
            "filter": f"would stand at {cut.place}; does not meet {', '.join(cut.unmet)} of the filter",
            "merged": f"somebody decided that it and {by} are one",
            "duplicates": f"says the same as {by}",
            "succession": f"would stand at {cut.place}; {by or 'a later statement'} {_taken(cut)}",
        }[str(cut.step)]
    parts = ", ".join(f"{name} {value:.2f}" for name, value in cut.behind.items())
    most = f"; behind in {parts}" if parts else ""
    return f"below the last place by {cut.gap:.3f}{most}"


def _taken(cut: Cut) -> str:
    """How sure it is that what came before it supersedes it."""
    from ..graph.supersession.scorer import AUTOMATIC

    if cut.chance is None or cut.chance >= AUTOMATIC:
        return "supersedes it"
    return f"perhaps supersedes it ({cut.chance:.0%}; see `memcubes review`)"


def cut_json(cut: Cut) -> dict[str, Any]:
    """What a candidate was, at which step it fell out, and why."""
    return {
        "cube": cut.cube.node,
        "namespace": cut.cube.ns,
        "title": cut.cube.get("title"),
        "source": cut.cube.origin,
        "sentence": cut.quote,
        "span": list(cut.sentence),
        "score": cut.score,
        "step": str(cut.step),
        "by": cut.by,
        "place": cut.place,
        "chance": cut.chance,
        "gap": cut.gap,
        "behind": dict(cut.behind),
        "unmet": list(cut.unmet),
        "words": cut_words(cut),
    }
