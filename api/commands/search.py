"""The command that finds cubes: by a question, a filter, or a pattern."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ..options import Call
from ..show import Screen
from ..show_error import DONE, NOTHING


class Ranking(StrEnum):
    """How hits are ordered; `graph` fuses all, the others are for comparison."""

    GRAPH = "graph"
    BM25 = "bm25"
    DENSE = "dense"


class Order(StrEnum):
    """How cubes are listed without a question; the first is the default."""

    NEWEST = "newest"
    OLDEST = "oldest"
    STATED_NEWEST = "stated_newest"
    STATED_OLDEST = "stated_oldest"


PANEL = "Filters (of one several times: any will do; of several: all must hold)"
EVERY = "all"
Words = list[str] | None


def _filter(metavar: str, help: str, *flags: str) -> Any:
    return typer.Option(*flags, metavar=metavar, help=help, rich_help_panel=PANEL)


def search(
    call: Call,
    question: Annotated[
        str | None, typer.Argument(metavar="QUESTION", help="A question, or a few words.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "--first", metavar="N", help="How many cubes at most.")
    ] = 10,
    after: Annotated[
        str | None,
        typer.Option(metavar="CURSOR", help="The page after one, by the cursor that it gave."),
    ] = None,
    ranking: Annotated[Ranking, typer.Option(help="How they are ordered.")] = Ranking.GRAPH,
    order: Annotated[
        Order | None, typer.Option(help="How they are listed without a question (else newest).")
    ] = None,
    why: Annotated[
        bool, typer.Option("--why", help="Say of each why it was found, and what was left out.")
    ] = False,
    facets: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Count what meets the filter: tags, semantic_type, state, source, year… (or all).",
        ),
    ] = None,
    values: Annotated[
        int, typer.Option(metavar="N", min=1, help="How many values of each facet at most.")
    ] = 20,
    archived: Annotated[
        bool, typer.Option("--archived", help="Find what was archived or has expired as well.")
    ] = False,
    also: Annotated[
        Words,
        typer.Option(
            "--with",
            metavar="NAME",
            help="Search this namespace as well, as one graph; several times for several.",
        ),
    ] = None,
    pattern: Annotated[
        str | None,
        typer.Option(
            "--pattern",
            metavar="FILE",
            help="Instead of a question: a plan in JSON, TOML or YAML (docs/patterns.md); - reads stdin.",
        ),
    ] = None,
    tag: Annotated[
        Words, _filter("EXPR", 'Tags: "+must -mustnot any of" (docs/tags.md); all must hold.')
    ] = None,
    semantic_type: Annotated[
        Words, _filter("TYPE", "fact, preference, document…", "--kind", "--semantic-type")
    ] = None,
    source: Annotated[Words, _filter("SOURCE", "A file name or the id of a source.")] = None,
    state: Annotated[Words, _filter("STATE", "activated, archived, expired, generated.")] = None,
    language: Annotated[Words, _filter("CODE", "en, zh…")] = None,
    speaker: Annotated[Words, _filter("NAME", "Who says it.")] = None,
    agent: Annotated[Words, _filter("NAME", "Who recorded it, or for whom.")] = None,
    author: Annotated[Words, _filter("NAME", "The author that the source names.")] = None,
    media: Annotated[Words, _filter("TYPE", "The media type of the source.")] = None,
    origin_type: Annotated[Words, _filter("TYPE", "user input, retrieved, inferred…")] = None,
    record_kind: Annotated[Words, _filter("KIND", "Records of this table or file.")] = None,
    stated: Annotated[
        str | None, _filter("A..B", "When it was said: 2025, 2025-03, 2025-01-01..2025-02-01.")
    ] = None,
    valid: Annotated[str | None, _filter("A..B", "When it holds in the world, in part.")] = None,
    recorded: Annotated[
        str | None,
        _filter("A..B", "When it was recorded; @3..@9 is after the one, up to the other."),
    ] = None,
) -> int:
    """Find memory cubes, and say why each is there; without a question those that a filter lets through.

    memcubes search "Why did tank T4 warm up?" --tag "+project/apollo -draft"
    memcubes search --kind fact --stated 2025 --facets tags,source
    memcubes search "Who keeps bees?" -n team --with mine
    memcubes search --pattern residents.json
    """
    from ...graph.errors import Invalid
    from ..show_evidence import search_json
    from ..show_found import found_lines

    screen = Screen(call)
    parts = {
        "tags": tag,
        "semantic_type": semantic_type,
        "source": source,
        "state": state,
        "language": language,
        "speaker": speaker,
        "agent": agent,
        "author": author,
        "media": media,
        "origin_type": origin_type,
        "record_kind": record_kind,
        "stated": stated,
        "valid": valid,
        "recorded": recorded,
    }
    where = {name: part for name, part in parts.items() if part}
    listing = bool(where or after or order or facets)
    if pattern is not None:
        if listing or also:
            raise Invalid("a pattern has its own filters: leave the other options out")
        return _matched(call, screen, pattern, question, archived)
    if question is None and not listing:
        raise Invalid(
            "there is nothing to search for: write a question, a filter such as --tag, or a plan by --pattern"
        )
    if question is not None and not question.strip():
        raise Invalid("the question is empty: say what you want to know")
    with call.memory() as memory:
        found = memory.search(
            question,
            where=where or None,
            limit=limit,
            after=after,
            order=None if order is None else str(order),
            facets=_facets(facets),
            values=values,
            ranking=str(ranking),
            as_of=call.as_of,
            valid_at=call.valid_at,
            archived=archived,
            namespaces=(memory.namespace, *also) if also else (),
        )
    screen.result(found_lines(found, why=why), search_json(found))
    if found.note:
        screen.note(found.note)
    if not found.hits:
        screen.note("There is no more." if after else _nothing(question, bool(where)))
    elif found.after is not None:
        screen.note(f"{found.total} in all; the next: --after {found.after}")
    return DONE if found.hits else NOTHING


def _nothing(question: str | None, filtered: bool) -> str:
    if question is None:
        return "Nothing in memory meets this filter."
    return "Nothing in memory bears on this" + (" and meets the filter." if filtered else ".")


def _facets(names: str | None) -> tuple[str, ...]:
    """The facets that are asked for, with commas between them."""
    if names is None:
        return ()
    if names.strip() == EVERY:
        from ...query.facet import FacetName

        return tuple(FacetName)
    return tuple(name.strip().replace("-", "_") for name in names.split(",") if name.strip())


def _matched(call: Call, screen: Screen, pattern: str, question: str | None, archived: bool) -> int:
    from ...graph.errors import Invalid
    from ..matching import plan_in, plan_of
    from ..show_pattern import row_lines

    if question is not None:
        raise Invalid("a search has a question or a pattern: leave one of them out")
    stdin = pattern == "-"
    plan = plan_of(sys.stdin.read(), "stdin") if stdin else plan_in(Path(pattern))
    with call.memory() as memory:
        found = memory.search(
            pattern=plan, as_of=call.as_of, valid_at=call.valid_at, archived=archived
        )
    screen.result(row_lines(found), found.as_json())
    if not found.rows:
        screen.note("Nothing in memory fits this pattern.")
    return DONE if found.rows else NOTHING
