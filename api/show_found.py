"""Found: a page of a search as lines, with what was counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.markup import escape

from .show import one_line
from .show_cut import cut_lines
from .show_evidence import hit_lines

if TYPE_CHECKING:
    from ..query.facet import Facet
    from ..query.hit import SearchResult


def found_lines(found: SearchResult, *, why: bool) -> Iterator[str]:
    """The hits, with `why` what was left out, then the facets."""
    for rank, hit in enumerate(found.hits, 1):
        yield from hit_lines(hit, rank, why=why, within=bool(found.namespaces))
    if why:
        yield from cut_lines(found)
    for facet in found.facets:
        yield from _facet_lines(facet)


def _facet_lines(facet: Facet) -> Iterator[str]:
    rest = facet.distinct - len(facet.values)
    without = f", {facet.missing} without" if facet.missing else ""
    yield f"[bold]{facet.name}[/bold] [dim]{facet.distinct} in all{without}[/dim]"
    for value in facet.values:
        own = f" [dim]({value.exact} exactly)[/dim]" if value.exact != value.count else ""
        yield f"   {value.count:>7}  {escape(one_line(value.label, 80))}{own}"
    if rest > 0:
        yield f"   [dim]and {rest} more: --values shows them[/dim]"
