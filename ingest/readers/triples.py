"""Graphs that files state outright: triples, and nodes with edges; a fact for each, with its characters."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from ..document import Document, Entry, Named, Told
from .table import Table, relation_of, tabled, text_of

Triple = tuple[str, str, str]

_SUBJECT = {"subject", "head", "主语", "主体"}
_RELATION = {"relation", "predicate", "关系", "谓语", "谓词"}
_OBJECT = {"object", "tail", "宾语", "客体"}
_FROM = {"source", "from", "start", "start id", "source id", "from id", "src", "起点"}
_TO = {"target", "to", "end", "end id", "target id", "to id", "dst", "destination", "终点"}
_KIND = {"relation", "relationship", "type", "label", "predicate", "kind", "关系", "类型"}
_ID = {"id", "node id", "key", "编号"}
_NAME = {"name", "label", "title", "名称", "姓名", "id"}
_EDGES = re.compile(r"(?:^|[\W_])(edges?|links?|relationships?|rels?)$", re.IGNORECASE)
_LONGEST = 500


def columns(header: Sequence[str]) -> tuple[int, int | None, int] | None:
    """Where a table has subject, relation and object; None where it states no graph.

    >>> columns(["subject", "predicate", "object"]), columns([":START_ID", ":END_ID", ":TYPE"])
    ((0, 1, 2), (0, 2, 1))
    >>> columns(["name", "type"]) is None
    True
    """
    words = [relation_of(name) for name in header]

    def place(known: set[str]) -> int | None:
        return next((n for n, word in enumerate(words) if word in known), None)

    subject, relation, object_ = place(_SUBJECT), place(_RELATION), place(_OBJECT)
    if subject is not None and relation is not None and object_ is not None:
        return subject, relation, object_
    start, end = place(_FROM), place(_TO)
    if start is None or end is None:
        return None
    kind = place(_KIND)
    # source and target alone also head tables of other things
    if kind is None and len(header) > 3:
        return None
    return start, kind, end


def written(
    triples: Iterable[Triple],
    uri: str,
    media: str = "text/csv",
    values: Container[str] = frozenset(),
) -> Document | None:
    """Write triples out, a line for each and a passage for those in a row that share their subject.

    `values` are objects that are no things and name nothing: numbers, dates, descriptions.
    """
    pieces: list[str] = []
    entries: list[Entry] = []
    names: list[Named] = []
    claims: list[Told] = []
    length = 0
    single = ([" ".join(part.split()) for part in one] for one in triples)
    whole = [(subject[:_LONGEST], link[:_LONGEST], what) for subject, link, what in single]
    for subject, told in groupby((one for one in whole if all(one)), key=lambda one: one[0]):
        begin = length
        for _, relation, object_ in told:
            short = len(object_) <= _LONGEST  # what is longer is prose, and read as that
            line = f"{subject} {relation}{'' if short else ':'} {object_}"
            end = length + len(line)
            names.append(Named(length, length + len(subject), subject))
            if short and object_ not in values:
                names.append(Named(end - len(object_), end, object_))
            if short:
                claims.append(Told(length, end, subject, relation, object_))
            pieces.append(line + "\n")
            length = end + 1
        entries.append(Entry(begin, length - 1, "record", subject))
        pieces.append("\n")
        length += 1
    if not entries:
        return None
    return Document(
        uri,
        None,
        "".join(pieces),
        media,
        entries=tuple(entries),
        names=tuple(names),
        claims=tuple(claims),
    )


def triples_of(
    header: Sequence[str], rows: Iterable[Sequence[str]], name: Callable[[str], str] = str
) -> Iterator[Triple] | None:
    """The triples of a table; None where its columns state no graph. `name` tells what a node is called."""
    found = columns(header)
    if found is None:
        return None
    start, kind, end = found
    return (
        (
            name(row[start].strip()),
            relation_of(row[kind]) or "is linked to" if kind is not None else "is linked to",
            name(row[end].strip()),
        )
        for row in rows
        if max(start, kind or 0, end) < len(row)
    )


def node_names(path: Path, text: Callable[[Path], str]) -> Mapping[str, str]:
    """What the nodes are called that a file of edges joins: the file of nodes beside it says so, if any.

    `a_edges.csv` has `a_nodes.csv` beside it, `edges.csv` has `nodes.csv`; a link to elsewhere is not
    followed.
    """
    found = _EDGES.search(path.stem)
    if found is None:
        return {}
    for word in ("nodes", "node", "vertices"):
        beside = path.with_name(path.stem[: found.start(1)] + word + path.suffix)
        if beside.is_file() and not beside.is_symlink():
            return _called(text(beside), "\t" if path.suffix.lower() == ".tsv" else ",")
    return {}


def _called(text: str, separator: str) -> Mapping[str, str]:
    rows = list(csv.reader(text.splitlines(), delimiter=separator))
    words = [relation_of(name) for name in rows[0]] if rows else []
    key = next((n for n, word in enumerate(words) if word in _ID), None)
    named = next(
        (n for w in ("name", "title", "label", *_NAME) for n, x in enumerate(words) if x == w), None
    )
    if key is None or named is None:
        return {}
    return {
        row[key].strip(): row[named].strip()
        for row in rows[1:]
        if max(key, named) < len(row) and row[named].strip()
    }


def triples_in(values: Sequence[Any], uri: str) -> Document | None:
    """The triples of a list in JSON: lists of three texts, or objects with subject, relation and object."""
    if values and all(
        isinstance(v, list) and len(v) == 3 and all(isinstance(x, str) for x in v) for v in values
    ):
        return written(((a, relation_of(b) or b, c) for a, b, c in values), uri, "application/json")
    if not all(isinstance(value, Mapping) for value in values):
        return None
    header = list(dict.fromkeys(str(name) for value in values for name in value))
    if columns(header) is None:
        return None
    rows = [[text_of(value.get(name)) for name in header] for value in values]
    told = triples_of(header, rows)
    return written(told, uri, "application/json") if told is not None else None


def graph_in(value: Mapping[str, Any], uri: str) -> Document | None:
    """A graph in one JSON object: `nodes`, and `edges` or `links` (node-link data, as networkx writes it)."""
    nodes = value.get("nodes")
    edges = next((value[n] for n in ("edges", "links") if isinstance(value.get(n), list)), None)
    if not isinstance(nodes, list) or edges is None:
        return None
    called = {}
    for node in nodes:
        if isinstance(node, Mapping):
            name = next(
                (text_of(node[n]) for n in ("name", "title", "label", "id") if n in node), ""
            )
            called[text_of(node.get("id"))] = name
    header = list(dict.fromkeys(str(n) for e in edges if isinstance(e, Mapping) for n in e))
    rows = [[text_of(e.get(n)) for n in header] for e in edges if isinstance(e, Mapping)]
    told = triples_of(header, rows, lambda key: called.get(key, key))
    stated = written(told, uri, "application/json") if told is not None else None
    described = tabled([Table.of("nodes", nodes)], uri)
    return _together(described[0], stated) if described and stated else stated


def _together(first: Document, second: Document) -> Document:
    """Two documents one below the other."""
    by = len(first.text)
    return Document(
        first.uri,
        None,
        first.text + second.text,
        first.media,
        entries=(
            *first.entries,
            *(Entry(e.start + by, e.end + by, e.kind, e.subject) for e in second.entries),
        ),
        names=(*first.names, *(Named(n.start + by, n.end + by, n.surface) for n in second.names)),
        claims=(
            *first.claims,
            *(c._replace(start=c.start + by, end=c.end + by) for c in second.claims),
        ),
    )
