r"""RDF (N-Triples, N-Quads, Turtle, TriG, RDF/XML) as facts: a line for each triple, things by their labels.

A thing is called by the label that the file gives it (rdfs:label, skos:prefLabel, foaf:name, schema:name and
their like), else by the last part of its IRI. What has no IRI is called by the file and a number. Parsed by
rdflib (BSD-3-Clause); nothing is fetched. RDF 1.1: W3C, https://www.w3.org/TR/rdf11-concepts/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from ..document import Document, ReadError
from .file import File, Reader
from .nameable import nameable
from .table import relation_of
from .triples import Triple, written

MAX_RDF = 64_000_000
"""The largest RDF file that is read, in bytes: a triple takes some hundred bytes of memory."""

_FORMATS = {
    ".nt": "nt",
    ".nq": "nquads",
    ".ttl": "turtle",
    ".trig": "trig",
    ".n3": "n3",
    ".rdf": "xml",
    ".owl": "xml",
}
_MEDIA = {
    "nt": "application/n-triples",
    "nquads": "application/n-quads",
    "turtle": "text/turtle",
    "trig": "application/trig",
    "n3": "text/n3",
    "xml": "application/rdf+xml",
}
_Told = tuple[Any, Any, Any]
_LABELS = ("prefLabel", "label", "name", "title", "fullName", "headline")
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_DECLARES = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def read_rdf(text: str, uri: str, file: str, form: str) -> Document | None:
    r"""The triples of a file as facts; None where it holds none. Raises ReadError with the line of an error.

    >>> told = '<http://e.org/Ada_Finch> <http://e.org/worksFor> "Osmeadow" .'
    >>> read_rdf(told, "a.nt", "a.nt", "nt").text
    'Ada Finch works for Osmeadow\n\n'
    """
    graph = _parsed(text, file, form)
    called = dict(_labels(graph))
    stem = PurePosixPath(uri.replace("\\", "/")).stem
    numbers: dict[str, int] = {}
    literal = {" ".join(str(told).split()) for _, _, told in graph if hasattr(told, "language")}
    values = {value for value in literal if not nameable(value)}
    return written(_triples(graph, called, stem, numbers), uri, _MEDIA[form], values)


def _parsed(text: str, file: str, form: str) -> Sequence[_Told]:
    """The triples in the order of the file."""
    import logging
    import warnings

    from rdflib import Dataset
    from rdflib.plugins.stores.memory import Memory

    if form == "xml" and _DECLARES.search(text):
        raise ReadError(
            f"{file}: declares entities, which may unfold without end; write it as Turtle (.ttl)."
        )
    told: dict[_Told, None] = {}

    class Kept(Memory):
        """Keeps what is told as it comes: a store of rdflib gives it back in an order of its own."""

        def add(self, triple: _Told, context: Any, quoted: bool = False) -> None:
            if not quoted:  # what is quoted (N3) nobody states
                told[triple] = None

    logging.getLogger("rdflib").setLevel(logging.CRITICAL)  # of dates that are none
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names that rdflib itself uses still
            Dataset(store=Kept()).parse(data=text, format=form, publicID="file:///")
    except RecursionError as error:
        raise ReadError(f"{file}: is nested too deep; flatten it or leave it out.") from error
    except Exception as error:
        why = " ".join(str(error).split())[:200]
        raise ReadError(f"{file}: no {form} ({why}); correct it or leave it out.") from error
    return tuple(told)


def _labels(graph: Sequence[_Told]) -> Iterator[tuple[str, str]]:
    """What things are called: the first label of each in the order of `_LABELS`; English or without language first."""
    found: dict[str, tuple[tuple[int, int], str]] = {}
    for subject, predicate, object_ in graph:
        name = _last(str(predicate))
        if name not in _LABELS or not hasattr(object_, "language"):
            continue
        tongue = str(object_.language or "en").split("-")[0]
        rank = _LABELS.index(name), 0 if tongue == "en" else 1
        label = " ".join(str(object_).split())
        if label and len(label) <= 200 and rank < found.get(_key(subject), ((99, 9), ""))[0]:
            found[_key(subject)] = rank, label
    return ((thing, label) for thing, (_, label) in found.items())


def _key(term: Any) -> str:
    return f"_:{term}" if type(term).__name__ == "BNode" else str(term)


def _triples(
    graph: Sequence[_Told], called: Mapping[str, str], stem: str, numbers: dict[str, int]
) -> Iterator[Triple]:
    def name(term: Any) -> str:
        if hasattr(term, "language"):
            return str(term)
        key = _key(term)
        if key in called:
            return called[key]
        if key.startswith("_:"):
            return f"{stem} {numbers.setdefault(key, len(numbers) + 1)}"
        return _words(str(term))

    # a thing's facts in a row, as a passage: in the order in which things are first spoken of
    first: dict[str, int] = {}
    for subject, _, _ in graph:
        first.setdefault(_key(subject), len(first))
    for subject, predicate, object_ in sorted(graph, key=lambda one: first[_key(one[0])]):
        who, what = name(subject), name(object_)
        relation = "is a" if str(predicate) == _TYPE else relation_of(_last(str(predicate)))
        if who != what:  # what it is called is said by its name
            yield who, relation or "is linked to", what


def _last(iri: str) -> str:
    """The last part of an IRI: behind # or /, else behind the last colon of a URN."""
    bare = iri.rstrip("/#")
    return unquote(re.split(r"[#/]|:(?!/)", bare)[-1]) or iri


def _words(iri: str) -> str:
    """A thing by the last part of its IRI, in words."""
    return " ".join(_last(iri).replace("_", " ").split()) or iri


def _rdf(file: File) -> list[Document]:
    text = file.text(MAX_RDF)
    if not text.strip():
        return [file.blank]
    found = read_rdf(text, file.uri, file.name, _FORMATS.get(file.suffix, "turtle"))
    if found is None:
        raise ReadError(f"{file.name}: holds no triple; leave it out.")
    return [found]


RDF = Reader("rdf", tuple(_FORMATS), _rdf)
