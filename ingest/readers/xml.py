r"""XML that is data: elements that repeat are records, feeds (RSS, Atom) are texts; what holds words is read as a page.

An element is what it holds: its attributes and its inner elements by their names, else its text. Entities are
refused, nothing is fetched. RSS 2.0, https://www.rssboard.org/rss-specification; Atom, RFC 4287.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

from ..document import Document, ReadError
from .file import File, Reader
from .page import visible_text
from .records import read_values

MAX_DEPTH = 200
"""How deep elements may stand in each other."""

_POSTS = {"item", "entry"}
_BODIES = ("encoded", "content", "description", "summary")
_DATES = ("pubDate", "published", "updated", "date")
_AUTHORS = ("creator", "author")


def read_xml(text: str, uri: str, file: str) -> list[Document]:
    r"""Read XML as records, or as the texts of a feed; raises ReadError with the line of an error.

    >>> told = "<people><person id='7'><name>Ada Finch</name><city>Ulm</city></person></people>"
    >>> read_xml(told, "people.xml", "people.xml")[0].text
    'id: 7\nname: Ada Finch\ncity: Ulm\n\n'
    """
    root = _root(text, file)
    posts = [one for one in root.iter() if _name(one) in _POSTS]
    if _name(root) in ("rss", "feed", "RDF", "channel") and posts:
        values: list[Any] = [_post(one) for one in posts]
        if all(value.get("text") for value in values):
            return read_values(values, uri, file)
    if _mixed(root):
        return [Document(uri, None, visible_text(text), "application/xml")]
    inner = list(root)
    while len(inner) == 1 and len(inner[0]):
        inner = list(inner[0]) if len({_name(one) for one in inner[0]}) < len(inner[0]) else inner
        if len(inner) == 1:
            break
    names = {_name(one) for one in inner}
    if inner and len(names) == 1 and any(len(one) or one.attrib for one in inner):
        return read_values([_value(one, 0, file) for one in inner], uri, file)
    return read_values([_value(root, 0, file)], uri, file)


def _root(text: str, file: str) -> Element:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        made: Element = fromstring(text.encode(), forbid_dtd=False)
    except ParseError as error:
        raise ReadError(f"{file}: not XML ({error}); correct it or leave it out.") from error
    except DefusedXmlException as error:
        raise ReadError(
            f"{file}: declares entities, which may unfold without end; write them out or leave it out."
        ) from error
    return made


def _name(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _mixed(root: Element) -> bool:
    """Whether words stand between inner elements, as in a text."""
    return any((child.tail or "").strip() for child in root.iter() if child is not root)


def _value(element: Element, depth: int, file: str) -> Any:
    if depth > MAX_DEPTH:
        raise ReadError(f"{file}: elements stand more than {MAX_DEPTH} deep; flatten it.")
    text = " ".join((element.text or "").split())
    if not len(element) and not element.attrib:
        return text
    found: dict[str, Any] = {name.rsplit("}", 1)[-1]: one for name, one in element.attrib.items()}
    for child in element:
        name, value = _name(child), _value(child, depth + 1, file)
        if name in found:
            held = found[name]
            found[name] = [*held, value] if isinstance(held, list) else [held, value]
        else:
            found[name] = value
    if text:
        found["value"] = text
    return found


def _post(element: Element) -> dict[str, str]:
    """An entry of a feed as a record of prose."""
    said = dict(_said(element))
    made = {"title": said.get("title", "")}
    body = next((said[name] for name in _BODIES if said.get(name)), "")
    made["text"] = visible_text(body) if "<" in body else body
    made["date"] = next((said[name] for name in _DATES if name in said), "")
    made["author"] = next((said[name] for name in _AUTHORS if said.get(name)), "")
    return {name: value for name, value in made.items() if value}


def _said(element: Element) -> Iterator[tuple[str, str]]:
    for child in reversed(list(element)):
        text = "".join(child.itertext()).strip()
        if text:
            yield _name(child), text


def _xml(file: File) -> list[Document]:
    text = file.text()
    if not text.strip():
        return [file.blank]
    body = text.lstrip()
    # what the declaration says of an encoding no longer holds
    body = body[body.find("?>") + 2 :] if body.startswith("<?xml") else body
    found = read_xml(body, file.uri, file.name)
    return [replace(found[0], media="application/xml"), *found[1:]] if found else found


XML = Reader("xml", (".xml", ".rss", ".atom", ".opml"), _xml)
