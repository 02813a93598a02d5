"""Web pages: the text that a reader of the page would see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..document import Document, ReadError
from .dates import parse_date
from .file import File, Reader
from .header import read_header
from .prose import language_code, person

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_UNSEEN = set("head title script style template noscript svg iframe object nav".split())  # noqa: SIM905
_BLOCKS = set(
    "address article aside blockquote body caption center dd details dialog div dl dt "  # noqa: SIM905
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li "
    "main nav ol p pre section summary table tbody tfoot thead tr ul".split()
)
_CLOSE = {"li", "dd", "dt", "tr", "thead", "tbody", "tfoot", "caption"}
_KEPT = {"pre", "textarea"}
_CELLS = {"td", "th"}
_MARKS = {"li": "- "} | {f"h{level}": "#" * level + " " for level in range(1, 7)}
_BESIDE = {"aside", "footer"}
_ROLES = {"navigation", "complementary", "contentinfo", "search"}
_SITE = re.compile(r"\s+[|·•»«–—:-]+\s+|:\s+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>", re.IGNORECASE)
_DATES = ("date", "dc.date", "dcterms.date", "article:published_time", "pubdate")
_AUTHORS = ("author", "dc.creator", "article:author")


def read_page(text: str, uri: str, file: str) -> list[Document]:
    """Read an HTML page as one document: its visible text, blocks on their own lines.

    Menus (<nav>) are left out, and where the page says what its content is (<main>, or one <article>) also
    what is beside it and at its foot. The title comes from <title>, else the first <h1>; date
    and author from <meta>, else from lines such as `Date: …` at the top; the language
    from the lang attribute. Raises ReadError if it cannot be parsed.

    >>> page = "<html lang=en><title>A</title><p>One <b>two</b></p><p>Three</p>"
    >>> read_page(page, "a.html", "a.html")[0].text
    'One two\\n\\nThree'
    """
    from bs4 import BeautifulSoup, ParserRejectedMarkup

    # Both of these would make BeautifulSoup warn: a text without a tag, which might be
    # a file name, and a page that begins as XML.
    if "<" not in text:
        return [Document(uri, None, text.strip(), "text/html")]
    try:
        soup = BeautifulSoup(_DECLARATION.sub("", text, count=1), "html.parser")
        seen = _visible(soup)
    except (ParserRejectedMarkup, AssertionError, RecursionError) as error:
        raise ReadError(
            f"{file}: cannot be parsed as HTML ({type(error).__name__}); open it in a "
            "browser and save it again, or save its text as .txt."
        ) from error
    fields = read_header(seen).fields
    return [
        Document(
            uri=uri,
            title=_title(soup),
            text=seen,
            media="text/html",
            language=language_code(_language(soup)),
            stated=parse_date(next(_meta(soup, _DATES), fields.get("date"))),
            author=next(_meta(soup, _AUTHORS), person(fields.get("author"))),
        )
    ]


def visible_text(html: str) -> str:
    """The text of markup that a library made or a book holds, with its headings and lists as Markdown.

    >>> visible_text("<h2>Pump</h2><p>It broke.</p><ul><li>twice</li></ul>")
    '## Pump\\n\\nIt broke.\\n\\n- twice'
    """
    from bs4 import BeautifulSoup

    return _visible(BeautifulSoup(_DECLARATION.sub("", html, count=1), "html.parser"), marked=True)


def _first(soup: BeautifulSoup, name: str) -> str | None:
    # Not the <title> of a drawing inside the page.
    for tag in soup.find_all(name):
        if tag.find_parent("svg") is None:
            return " ".join(tag.get_text().split()) or None
    return None


def _title(soup: BeautifulSoup) -> str | None:
    """The title of a page without the name of its site, where a heading tells which part of it that is."""
    title, heading = _first(soup, "title"), _first(soup, "h1")
    if not title or not heading:
        return title or heading
    parts = [part.strip() for part in _SITE.split(title)]
    return heading if heading in parts else title


def _beside(soup: BeautifulSoup) -> set[int]:
    """What stands beside the content of a page and at its foot, by the ids of its tags; nothing where it is not told
    what the content is."""
    told = soup.find_all("main") or soup.find_all("article")
    if not told or not told[0].get_text(strip=True):
        return set()
    within = set(map(id, told[0].find_all(True)))
    if any(id(other) not in within for other in told[1:]):
        return set()  # a list of articles
    inside = within | {id(told[0]), *map(id, told[0].parents)}
    found = soup.find_all(lambda tag: tag.name in _BESIDE or tag.get("role") in _ROLES)
    return {id(tag) for tag in found} - inside


def _language(soup: BeautifulSoup) -> str | None:
    tag = soup.find("html")
    value = tag.get("lang") or tag.get("xml:lang") if tag is not None else None
    return value if isinstance(value, str) else None


def _meta(soup: BeautifulSoup, names: tuple[str, ...]) -> Iterator[str]:
    found: dict[str, str] = {}
    for tag in soup.find_all("meta"):
        name, content = tag.get("name") or tag.get("property"), tag.get("content")
        if isinstance(name, str) and isinstance(content, str) and content.strip():
            found.setdefault(name.strip().lower(), content.strip())
    return (found[name] for name in names if name in found)


def _visible(soup: BeautifulSoup, *, marked: bool = False) -> str:
    pieces: list[str] = []
    breaks = 0
    for kind, value in _events(soup, set() if marked else _beside(soup), marked=marked):
        if kind == "break":
            breaks = max(breaks, len(value))
            continue
        if kind == "text":
            value = re.sub(r"[ \t\r\n\f]+", " ", value)
            if breaks or not pieces or pieces[-1][-1] in " \n":
                value = value.lstrip(" ")
        if not value:
            continue
        if breaks and pieces:
            pieces[-1] = pieces[-1].rstrip(" ") or "\n"
            pieces.append("\n" * breaks)
        breaks = 0
        pieces.append(value)
    text = re.sub(r" *\n *", "\n", "".join(pieces))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _events(soup: BeautifulSoup, beside: set[int], *, marked: bool) -> Iterator[tuple[str, str]]:
    """Walk without recursion: real pages nest thousands deep."""
    from bs4.element import NavigableString, PreformattedString, Tag

    stack: list[tuple[object, bool]] = [(soup, False)]
    while stack:
        node, kept = stack.pop()
        if isinstance(node, tuple):
            yield node
        elif isinstance(node, PreformattedString):
            continue
        elif isinstance(node, NavigableString):
            yield ("kept" if kept else "text"), str(node)
        elif isinstance(node, Tag) and not (_unseen(node) or id(node) in beside):
            if node.name == "br":
                yield "break", "\n"
            border = _border(node.name)
            if border is not None:
                yield border
                stack.append((border, kept))
                if marked and node.name in _MARKS and node.get_text(strip=True):
                    yield "kept", _MARKS[node.name]
            elif node.name in _CELLS:
                if node.find_previous_sibling(["td", "th"]):
                    yield "text", " | "
                if marked and node.find(["table", *_UNSEEN]) is None:
                    yield "text", " ".join(node.get_text(" ").split())  # paragraphs in a cell too
                    continue
            kept = kept or node.name in _KEPT
            stack.extend((child, kept) for child in reversed(node.contents))


def _border(name: str) -> tuple[str, str] | None:
    if name in _BLOCKS:
        return "break", "\n" if name in _CLOSE else "\n\n"
    return None


def _unseen(tag: Tag) -> bool:
    if tag.name in _UNSEEN or tag.has_attr("hidden"):
        return True
    style = tag.get("style")
    return isinstance(style, str) and _HIDDEN.search(style) is not None


def _page(file: File) -> list[Document]:
    return read_page(file.text(html=True), file.uri, file.name)


PAGE = Reader("page", (".html", ".htm", ".xhtml"), _page)
