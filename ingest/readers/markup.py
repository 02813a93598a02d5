r"""Light markup that is not Markdown (reStructuredText, Org, LaTeX, RTF), written out as Markdown.

Headings, lists and code stay what they are; directives, drawers, labels and pictures, which nobody reads, go.
Nothing that a file includes is fetched. LaTeX is read by pylatexenc (MIT), RTF by striprtf (BSD-3-Clause).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ..document import Document
from .dates import parse_date
from .file import File, Reader
from .prose import language_code, person, top_heading

_MEDIA = {
    ".rst": "text/x-rst",
    ".org": "text/org",
    ".tex": "application/x-tex",
    ".rtf": "application/rtf",
}


def written_out(
    file: File, text: str, said: dict[str, str] | None = None, *, title: str | None = None
) -> Document:
    """A text that was written out as Markdown, with what it says of itself."""
    told = said or {}
    return Document(
        file.uri,
        told.get("title") or title or top_heading(text),
        text,
        _MEDIA.get(file.suffix, "text/plain"),
        language_code(told.get("language")),
        parse_date(told.get("date")),
        person(told.get("author")),
    )


_ORG_FIELD = re.compile(r"\s*#\+(\w+)(?:\[[^\]]*\])?:\s*(.*)")
_ORG_BLOCK = re.compile(r"\s*#\+(begin|end)_(\w+)\s*(\S*)", re.IGNORECASE)
_ORG_LINK = re.compile(r"\[\[([^\[\]]+)\](?:\[([^\[\]]+)\])?\]")
_ORG_TAGS = re.compile(r"\s+:[\w@#%:]+:\s*$")
_ORG_TIME = re.compile(
    r"[<\[](\d{4}-\d\d-\d\d)(?: [^\W\d_]{1,12}\.?)?(?: (\d{1,2}:\d\d)[^<>\[\]]{0,20})?[>\]]"
)


def org_text(text: str) -> tuple[str, dict[str, str]]:
    r"""An Org file as Markdown, with its fields.

    >>> org_text("#+TITLE: Pump\n* Log :work:\nIt [[http://e.org][broke]].\n")
    ('# Log\nIt broke.\n', {'title': 'Pump'})
    """
    said: dict[str, str] = {}
    out: list[str] = []
    code = drawer = False
    for line in text.split("\n"):
        bare = line.strip()
        block = _ORG_BLOCK.match(line)
        if block is not None:
            if block[2].lower() in ("src", "example", "export", "comment"):
                code = block[1].lower() == "begin"
                out.append(f"```{block[3] if code else ''}")
        elif code:
            out.append(line)
        elif drawer or re.fullmatch(r":[A-Z_]{3,30}:", bare):
            drawer = bare.upper() != ":END:"
        elif (found := _ORG_FIELD.match(line)) is not None:
            said.setdefault(found[1].lower(), found[2].strip())
        elif bare == "#" or bare.startswith("# "):
            continue  # a comment
        elif (head := re.match(r"(\*+) +(.*)", line)) is not None:
            out.append(f"{'#' * min(6, len(head[1]))} {_ORG_TAGS.sub('', _org_inner(head[2]))}")
        else:
            out.append(_org_inner(line))
    return "\n".join(out), {name: value for name, value in said.items() if value}


def _org_inner(line: str) -> str:
    line = _ORG_LINK.sub(lambda m: m[2] or m[1], line)
    return _ORG_TIME.sub(lambda m: f"{m[1]} {m[2]}" if m[2] else m[1], line)


_RST_LINE = re.compile(r"([!-/:-@\[-`{-~])\1{2,}\s*$")
_RST_DIRECTIVE = re.compile(r"(\s*)\.\. (?:\|[^|]+\| )?([\w:.+-]+)::(?:\s+(.*))?$")
_RST_NOTE = re.compile(r"(\s*)\.\. \[[^\]]{1,40}\]\s+(.*)")
_RST_FIELD = re.compile(r":([A-Za-z][\w ]{0,30}):\s+(\S.*)")
_RST_ROLE = re.compile(r":[\w.+:-]{1,40}:`([^`<]+?)(?:\s*<[^`<>]*>)?`")
_RST_LINK = re.compile(r"`([^`<]+?)\s*(?:<[^`<>]*>)?`__?(?!\w)")
_CODE = {"code", "code-block", "sourcecode", "parsed-literal", "math", "raw", "graphviz", "mermaid", "literal", "prompt", "doctest", "testcode", "console", "highlight"}  # fmt: skip
_DROPPED = {"image", "include", "toctree", "contents", "index", "meta", "literalinclude", "autosummary", "sectnum", "default-role", "role", "currentmodule", "module", "target-notes", "tabularcolumns"}  # fmt: skip


def rst_text(text: str) -> tuple[str, dict[str, str]]:
    r"""A reStructuredText file as Markdown, with the fields at its top.

    >>> rst_text("Pump\n====\n\nSee :ref:`the log <log>`.\n\n.. note:: It leaks.\n")[0]
    '# Pump\n\nSee the log.\n\nIt leaks.\n\n'
    """
    rows = text.replace("\t", "        ").split("\n")
    said: dict[str, str] = {}
    out: list[str] = []
    levels: list[tuple[str, bool]] = []
    place = 0
    while place < len(rows):
        head = _rst_heading(rows, place)
        if head is not None:
            name, style, taken = head
            levels += [] if style in levels else [style]
            out.append(f"{'#' * min(6, levels.index(style) + 1)} {_rst_inner(name)}")
            place += taken
            continue
        line = rows[place]
        found = _RST_DIRECTIVE.match(line)
        note = _RST_NOTE.match(line)
        if found is not None:
            place = _rst_directive(rows, place, found, out)
        elif note is not None:
            out.append(note[1] + _rst_inner(note[2]))
            place += 1
        elif re.match(r"\s*\.\.(?:\s|$)", line):
            place = _beyond(rows, place)[1]  # a comment, a label
        elif (field := _RST_FIELD.match(line)) is not None and len(out) < 30:
            said.setdefault(field[1].lower(), _rst_inner(field[2]))
            out.append(f"{field[1]}: {_rst_inner(field[2])}")
            place += 1
        elif line.rstrip().endswith("::"):
            kept = line.rstrip()[:-1].rstrip()
            out.append("" if kept.strip() == ":" else _rst_inner(kept))
            inner, place = _beyond(rows, place)
            out += _fenced(inner)
        else:
            out.append(_rst_inner(line))
            place += 1
    return "\n".join(out), said


def _rst_heading(rows: Sequence[str], place: int) -> tuple[str, tuple[str, bool], int] | None:
    """A title over (and under) a line of punctuation: its words, its style, the lines it takes."""

    def marks(n: int) -> str:
        return rows[n].rstrip() if n < len(rows) and _RST_LINE.match(rows[n]) else ""

    over = marks(place)
    if (
        over
        and marks(place + 2)[:1] == over[0]
        and rows[place + 1].strip()
        and not marks(place + 1)
    ):
        return rows[place + 1].strip(), (over[0], True), 3
    name, under = rows[place].strip(), marks(place + 1)
    first = place == 0 or not rows[place - 1].strip()
    if name and under and not over and first and len(under) >= len(name) and rows[place][:1] != " ":
        return name, (under[0], False), 2
    return None


def _beyond(rows: Sequence[str], place: int) -> tuple[list[str], int]:
    """What is indented below a line, without its indent, and where that ends."""
    own = len(rows[place]) - len(rows[place].lstrip())
    end = place + 1
    while end < len(rows) and (
        not rows[end].strip() or len(rows[end]) - len(rows[end].lstrip()) > own
    ):
        end += 1
    inner = [*rows[place + 1 : end]]
    gap = min((len(r) - len(r.lstrip()) for r in inner if r.strip()), default=0)
    trailing = 0
    while inner and not inner[-1].strip():
        inner.pop()
        trailing += 1
    return [row[gap:] for row in inner], end - trailing


def _fenced(inner: Sequence[str]) -> list[str]:
    body = list(inner)
    while body and not body[0].strip():
        body.pop(0)
    return ["", "```", *body, "```"] if body else []


def _rst_directive(rows: Sequence[str], place: int, found: re.Match[str], out: list[str]) -> int:
    name, argument = found[2].lower().split(":")[-1], (found[3] or "").strip()
    inner, end = _beyond(rows, place)
    while inner and re.match(r":[\w -]+:", inner[0]):
        inner.pop(0)  # its options
    if name in _CODE:
        out += _fenced(inner)
    elif name == "replace" or name in _DROPPED:
        pass
    elif name == "figure":
        out.append(rst_text("\n".join(inner))[0].strip())
    else:
        body = rst_text("\n".join(inner))[0].strip() if inner else ""
        out += [
            part
            for part in (_rst_inner(argument), "" if argument and body else None, body)
            if part is not None
        ]
    return end


def _rst_inner(line: str) -> str:
    line = _RST_ROLE.sub(r"\1", line)
    line = _RST_LINK.sub(r"\1", line)
    return line.replace("``", "`")


_TEX_DROPPED = re.compile(
    r"~?\\(?:cite\w*|nocite|label|index|vspace\*?|hspace\*?|bibliography(?:style)?|includegraphics|input|include"
    r"|usepackage|documentclass|pagestyle|thispagestyle|setcounter|addcontentsline)\*?\s*(?:\[[^\[\]]*\])*\{[^{}]*\}"
)
_TEX_REF = re.compile(r"~?\\(?:eq|page|auto|c|C|name)?ref\{[^{}]*\}")
_TEX_HEAD = re.compile(
    r"\\(part|chapter|section|subsection|subsubsection|paragraph)\*?\s*(?:\[[^\[\]]*\])?\{"
)
_TEX_LEVEL = {
    "part": 1,
    "chapter": 1,
    "section": 2,
    "subsection": 3,
    "subsubsection": 4,
    "paragraph": 5,
}
_TEX_COMMENT = re.compile(r"(?<!\\)%[^\n]*")


def tex_text(text: str) -> tuple[str, dict[str, str]]:
    r"""A LaTeX file as Markdown, with title, author and date.

    >>> tex_text(r"\title{Pump} \begin{document} \section{Log} It \emph{broke}~\cite{a}. \end{document}")
    ('## Log\n\nIt broke.', {'title': 'Pump'})
    """
    text = _TEX_COMMENT.sub("", text)
    said = {}
    for name in ("title", "author", "date"):
        found = re.search(rf"\\{name}\s*(?:\[[^\[\]]*\])?\{{", text)
        inner = _braced(text, found.end()).replace("\\and", ",") if found is not None else ""
        if value := _tex_plain(inner):
            said[name] = " ".join(value.split())
    begin, end = text.find("\\begin{document}"), text.rfind("\\end{document}")
    body = text[begin + 16 if begin >= 0 else 0 : end if end > begin else len(text)]
    body = _TEX_REF.sub("", _TEX_DROPPED.sub("", body.replace("\\maketitle", "")))
    pieces: list[str] = []
    place = 0
    for head in _TEX_HEAD.finditer(body):
        if head.start() < place:
            continue
        pieces.append(_tex_plain(body[place : head.start()]))
        name = _braced(body, head.end())
        pieces.append(f"{'#' * _TEX_LEVEL[head[1]]} {' '.join(_tex_plain(name).split())}")
        place = head.end() + len(name) + 1
    pieces.append(_tex_plain(body[place:]))
    return "\n\n".join(piece for piece in pieces if piece), said


def _braced(text: str, start: int) -> str:
    """What stands from here to the brace that closes it."""
    depth, place = 1, start
    while place < len(text) and depth:
        char = text[place]
        if char == "\\":
            place += 1
        depth += (char == "{") - (char == "}")
        place += 1
    return text[start : place - 1] if not depth else text[start : start + 200]


def _tex_plain(text: str) -> str:
    from pylatexenc.latex2text import LatexNodes2Text

    made = LatexNodes2Text(math_mode="verbatim", keep_comments=False)
    plain = str(made.latex_to_text(text, tolerant_parsing=True))
    lines = (" ".join(line.split()) for line in plain.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


_RTF_INFO = re.compile(r"\{\\(title|author)\s([^{}\\]{1,300})\}")
_RTF_TIME = re.compile(r"\{\\(?:revtim|creatim)((?:\\[a-z]+\d+)+)\}")


def rtf_text(data: str) -> tuple[str, dict[str, str]]:
    r"""An RTF file as text, with title, author and date.

    >>> rtf_text(r"{\rtf1{\info{\title Pump}}It \b broke\b0 .\par Again.}")
    ('It broke.\nAgain.', {'title': 'Pump'})
    """
    from striprtf.striprtf import rtf_to_text

    said = {name: value.strip() for name, value in _RTF_INFO.findall(data[:20_000])}
    if (found := _RTF_TIME.search(data[:20_000])) is not None:
        unit = dict(re.findall(r"\\([a-z]+)(\d+)", found[1]))
        said["date"] = (
            f"{unit.get('yr', '0'):0>4}-{unit.get('mo', '0'):0>2}-{unit.get('dy', '0'):0>2}"
        )
    made: Any = rtf_to_text  # without types
    return str(made(data, errors="replace")).strip(), said


def _markup(file: File) -> Iterator[Document]:
    text = file.text()
    if not text.strip():
        yield file.blank
        return
    made, said = {".rst": rst_text, ".org": org_text, ".tex": tex_text}[file.suffix](
        text.replace("\r\n", "\n")
    )
    yield written_out(file, made, said)


def _rich(file: File) -> Iterator[Document]:
    data = file.data()
    if not data.lstrip().startswith(b"{\\rtf"):
        text = file.text()
        file.notes.append(f"{file.path.name} is no RTF: it was read as plain text")
        yield written_out(file, text)
        return
    text, said = rtf_text(data.decode("cp1252", "replace"))
    yield written_out(file, text, said)


MARKUP = Reader("markup", (".rst", ".org", ".tex"), _markup)
RICH = Reader("rich text", (".rtf",), _rich, handed=False)
