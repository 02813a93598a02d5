"""Passages: the pieces of a document that become memories."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from .byline import stands_alone
from .document import Entry, Turn
from .readers.header import lines, read_header

if TYPE_CHECKING:
    from .document import Document
    from .extraction import Extractor, Span

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
# what is longer than any word counts as several
_WORD = re.compile(r"[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{1,40}|[^\w\s]{40}")
_COUNTED = re.compile(f"{_CJK.pattern}|{_WORD.pattern}")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+|$)")
_FENCE, _UNDERLINE = re.compile(r" {0,3}(```|~~~)"), re.compile(r" {0,3}(?:={3,}|-{3,})\s*$")
_RULE, _BAR = re.compile(r"\s*(?:[-*_=~|:+][ \t]*){3,}$"), re.compile(r"\S[ \t]*\|\Z")
_LISTED = (
    r"(?:[-*+•·–][ \t]+(?:\[[ xX]\][ \t]+)?|\(?(?:\d{1,3}|[a-zA-Z])[.)][ \t]+|\|[ \t]*"
    r"|[一二三四五六七八九十]+、|\[\d{1,3}:\d\d(?::\d\d)?\][ \t]+)"  # the time of a line of a recording
)
# no run of blanks is tried twice: a line may begin with thousands
_MARKER = re.compile(rf"[ \t]*+(?:(?:>[ \t]*+)++{_LISTED}?|{_LISTED})")
_STAMP, _VISIBLE = re.compile(r"[ \t]*\[?\(?(?:\d{4}-\d\d-\d\d|\d{1,2}:\d\d)"), re.compile(r"\S")
_KEY = r"(?:[\w][\w /_-]{0,30}|[\w$-]{1,60}(?:\.[\w$-]{1,60}|\[\d{1,9}\]){1,20})"
_PAIR = re.compile(rf"[ \t]*[*_]{{0,2}}{_KEY}[*_]{{0,2}}[:：][*_]{{0,2}}[ \t]+\S")
_ROW = re.compile(r"\S(?: {2,}|\t+)\S|\s\|\s")
_SPACE, _CLAUSE = re.compile(r"\s+"), re.compile(r"[,;:，、；：)\]）]\s*|(?<!\s)\s+[-–—]\s+")


@dataclass(frozen=True, slots=True)
class Granularity:
    """How large passages are, in words (a Chinese character counts 0.6 of a word).

    `words` is the size aimed at, `whole` the size up to which a document or turn stays
    one passage, `longest` the size above which even a single sentence is cut.

    >>> Granularity().words
    110
    """

    words: int = 110
    whole: int = 250
    longest: int = 400
    others: tuple[tuple[str, Granularity], ...] = ()
    """For parts of another semantic type than their document's: how large the passages of each are."""

    @property
    def sizes(self) -> list[int]:
        """The numbers, as the header of a source keeps them: three, and three more for each other type."""
        own = [self.words, self.whole, self.longest]
        return own + [size for _, other in self.others for size in other.sizes]

    def of(self, kind: str | None) -> Granularity:
        """How large the passages of a semantic type are."""
        return next((other for name, other in self.others if name == kind), self)

    def __post_init__(self) -> None:
        if not 1 <= self.words <= self.longest or self.whole < 0:
            raise ValueError(
                "a Granularity needs 1 <= words <= longest and whole >= 0, not "
                f"words={self.words}, whole={self.whole}, longest={self.longest}"
            )


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of whole sentences: `text` is `Document.text[start:end]` exactly.

    `sentences` are spans from the passage's start; header lines, code and markers of
    lists are in none. `title` is the title that the document states; `speaker` and
    `role` belong to a chat turn; `stated` is the turn's time, else the document's.
    `ordinal` counts the passages of the document, `occurrence` the earlier ones with
    the very same text, so that (text, occurrence) is a passage's identity within its
    document. `heading` is the nearest heading above or at its beginning. `entry` is the record or call
    that the passage belongs to.
    """

    text: str
    start: int
    end: int
    sentences: tuple[Span, ...]
    title: str | None
    speaker: str | None
    role: str | None
    stated: int | None
    ordinal: int
    occurrence: int
    heading: str | None = None
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part that is not cut: a sentence with its marker, or lines without any."""

    start: int
    end: int
    sentence: Span | None
    words: float


@dataclass(slots=True)
class _Block:
    """A paragraph, a heading or a code block: `units` are (start, end, body start).

    A unit is a line at first; `_joined` then joins the lines that were only wrapped.
    """

    kind: str
    units: list[tuple[int, int, int]]


def count_words(text: str) -> float:
    """Count words; a Chinese or Japanese character counts 0.6 of one.

    >>> count_words("two words"), count_words("五个汉字呢")
    (2.0, 3.0)
    """
    return len(_WORD.findall(text)) + 0.6 * len(_CJK.findall(text))


def split_passages(
    document: Document, extractor: Extractor, granularity: Granularity = Granularity()
) -> list[Passage]:
    r"""Cut a document into passages, in order; together they hold all of its text.

    Passages end with their paragraph, a heading goes with what stands under it, and
    a turn of a chat is a passage. Longer paragraphs are packed from whole sentences;
    where they are cut is decided by the sentences around the cut, so that after an
    edit the cuts fall back into step (content-defined chunking, as in LBFS, Muthitacharoen
    et al. 2001). A document of up to `granularity.whole` words is one passage.

    >>> from memcubes.ingest.document import Document
    >>> from memcubes.ingest.neutral import NeutralExtractor
    >>> note = Document("a.md", None, "# Pump\n\nIt broke. It leaks.\n", "text/markdown")
    >>> split_passages(note, NeutralExtractor())[0].sentences
    ((2, 6), (8, 17), (18, 27))
    """
    cuts: list[Passage] = []
    parts: list[Turn | Entry] = [*document.turns, *document.entries]
    for part in sorted(parts, key=lambda one: one.start):
        stated = document.stated if part.stated is None else part.stated
        entry = part if isinstance(part, Entry) else None
        sizes = granularity.of(entry.semantic_type if entry else None)
        for cut in _cut(document, (part.start, part.end), extractor, sizes, heads=False):
            if isinstance(part, Entry):
                subject = document.title if part.subject is None else part.subject
                cut = replace(cut, title=subject, heading=part.heading or cut.heading)
            else:
                cut = replace(cut, speaker=part.speaker, role=part.role)
                cut = cut if part.session is None else replace(cut, heading=part.session)
            cuts.append(replace(cut, stated=stated, entry=entry))
    if not (document.turns or document.entries):
        span = (0, len(document.text))
        cuts += _cut(document, span, extractor, granularity, heads=True)
    seen: dict[str, int] = {}
    passages = []
    for ordinal, cut in enumerate(cuts):
        occurrence = seen.get(cut.text, 0)
        seen[cut.text] = occurrence + 1
        passages.append(replace(cut, ordinal=ordinal, occurrence=occurrence))
    return passages


def _cut(
    document: Document,
    span: Span,
    extractor: Extractor,
    granularity: Granularity,
    *,
    heads: bool,
) -> Iterator[Passage]:
    text = document.text
    blocks = list(_blocks(text, span, heads=heads))
    whole = granularity.whole and count_words(text[slice(*span)]) <= granularity.whole
    heading: str | None = None
    pending: list[_Piece] = []
    waiting = 0.0  # words of these
    for place, block in enumerate(blocks):
        pieces = _pieces(text, block, extractor, granularity)
        if block.kind == "heading" and not whole:
            heading = _heading(text, block)
        last = place == len(blocks) - 1
        pending += pieces
        waiting += sum(piece.words for piece in pieces)
        room = waiting < granularity.words
        if not last and (whole or block.kind in {"heading", "header"} and room):
            continue
        if whole:
            groups: Iterator[list[_Piece]] = iter([pending])
        else:
            groups = _packed(text, pending, granularity)
        for group in groups:
            yield _passage(document, group, heading)
        pending, waiting = [], 0.0


def _passage(document: Document, group: Sequence[_Piece], heading: str | None) -> Passage:
    start, end = group[0].start, group[-1].end
    spans = tuple(
        (piece.sentence[0] - start, piece.sentence[1] - start)
        for piece in group
        if piece.sentence is not None
    )
    return Passage(
        text=document.text[start:end],
        start=start,
        end=end,
        sentences=spans,
        title=document.title,
        speaker=None,
        role=None,
        stated=document.stated,
        ordinal=0,
        occurrence=0,
        heading=heading,
    )


def _heading(text: str, block: _Block) -> str | None:
    _, end, body = block.units[0]
    plain = re.sub(r"[*_`]+|#+\s*$", "", text[body:end])
    return " ".join(plain.split()) or None


def _blocks(text: str, span: Span, *, heads: bool) -> Iterator[_Block]:
    """Give the paragraphs, headings and code blocks of a span, by its lines alone."""
    begin, finish = span
    header = read_header(text) if heads else None
    header_lines = header.spans if header is not None else ()
    block: _Block | None = None
    fence: str | None = None
    for start, stop in lines(text, begin, finish):
        line = text[start:stop]
        mark = _FENCE.match(line)
        kind = "text"
        if fence is not None or mark is not None:
            kind = "code"
        elif any(s <= start < e for s, e in header_lines):
            kind = "header"
        elif not line.strip():
            if block is not None:
                yield block
            block = None
            continue
        elif _HEADING.match(line):
            kind = "heading"
        if mark is not None:
            fence = mark[1] if fence is None else None if fence == mark[1] else fence
        if block is not None and (block.kind != kind or kind == "heading"):
            yield block
            block = None
        block = block or _Block(kind, [])
        _add_line(text, block, start, stop)
        if kind == "code" and fence is None:
            yield block
            block = None
    if block is not None:
        yield block


def _add_line(text: str, block: _Block, start: int, stop: int) -> None:
    line = text[start:stop]
    body = start
    if block.kind == "heading":
        found = _HEADING.match(line)
        body = start + (found.end() if found else 0)
    elif block.kind == "text":
        if _RULE.match(line):
            if len(block.units) == 1 and _UNDERLINE.match(line):
                block.kind = "heading"
            body = stop
        elif (found := _MARKER.match(line)) is not None:
            body = start + found.end()
    else:
        body = stop
    block.units.append((start, stop, body))


def _joined(text: str, block: _Block) -> list[tuple[int, int, int]]:
    """Join the lines of a paragraph that a line width broke, and only these.

    A break is a wrap if the next line's first word would not have fitted, or if the
    sentence plainly goes on; rows, lists, pairs and time stamps begin anew.
    """
    if block.kind != "text":
        return block.units
    bodies = [text[start:stop].rstrip() for start, stop, _ in block.units]
    width, joined = max(map(len, bodies)), block.units[:1]
    for place in range(1, len(bodies)):
        start, stop, body = block.units[place]
        line, before = bodies[place], bodies[place - 1]
        first, _, inner = joined[-1]
        new = body != start or not _VISIBLE.search(text, inner, joined[-1][1])
        new = new or stands_alone(bodies, place) or _STAMP.match(line) is not None
        if new or _PAIR.match(line) or _ROW.search(line):
            joined.append((start, stop, body))
            continue
        word = line.split(maxsplit=1)[0]
        room = len(before) + 1 + (1 if _CJK.match(word) else len(word)) <= width
        goes_on = word[:1].islower() or before.endswith((",", "，", "、", "-"))
        if room and not goes_on:
            joined.append((start, stop, body))
        else:
            joined[-1] = (first, stop, inner)
    return joined


def _pieces(
    text: str, block: _Block, extractor: Extractor, granularity: Granularity
) -> list[_Piece]:
    pieces: list[_Piece] = []
    for start, stop, body in _joined(text, block):
        inner = text[body:stop]
        found = [(s + body, e + body) for s, e in extractor.sentences(inner)]
        if found and _BAR.search(text, found[-1][0], found[-1][1]):
            # The closing bar of a table's row is markup.
            last, until = found.pop()
            found.append((last, last + len(text[last:until].rstrip(" \t|"))))
        spans = [p for s in found for p in _shortened(text, s, granularity.longest)]
        left = start
        for place, span in enumerate(spans):
            right = stop if place == len(spans) - 1 else spans[place + 1][0]
            pieces.append(_piece(text, left, right, span))
            left = right
        if not spans and text[start:stop].strip():
            parts = _shortened(text, (start, stop), granularity.longest)
            pieces += [_piece(text, left, right, None) for left, right in parts]
    return pieces


def _piece(text: str, start: int, stop: int, sentence: Span | None) -> _Piece:
    part = text[start:stop]
    left = start + len(part) - len(part.lstrip())
    right = start + len(part.rstrip())
    return _Piece(left, right, sentence, count_words(part))


def _shortened(text: str, span: Span, longest: int) -> Iterator[Span]:
    """Cut a sentence that is too long, at a clause if there is one, else at a word."""
    start, end = span
    while (reach := _reach(text, start, end, longest)) is not None:
        low, high = reach
        borders = [m.end() for m in _CLAUSE.finditer(text, low, high)]
        borders = borders or [m.end() for m in _SPACE.finditer(text, low, high)]
        cut = borders[-1] if borders else high
        yield start, start + len(text[start:cut].rstrip())
        following = _VISIBLE.search(text, cut, end)
        start = following.start() if following else end
    if start < end:
        yield start, end


def _reach(text: str, start: int, end: int, words: int) -> Span | None:
    """Give where half of `words` and `words` have passed; None if there are fewer."""
    if end - start <= words:
        return None
    count, half = 0.0, start
    for found in _COUNTED.finditer(text, start, end):
        count += 0.6 if _CJK.match(found[0]) else 1
        if count <= words / 2:
            half = found.end()
        elif count > words:
            return half, found.start() if found.start() > half else found.end()
    return None


def _packed(
    text: str, pieces: Sequence[_Piece], granularity: Granularity
) -> Iterator[list[_Piece]]:
    least, most = 0.7 * granularity.words, 1.15 * granularity.words
    first, place, total = 0, 0, 0.0
    candidates: list[tuple[bytes, int]] = []
    while place < len(pieces):
        piece = pieces[place]
        if total >= least:
            candidates.append((_mark(text, piece), place))
        if candidates and total + piece.words > most:
            cut = min(candidates)[1]
            yield list(pieces[first:cut])
            first = place = cut
            total, candidates = 0.0, []
        else:
            total += piece.words
            place += 1
    if first < len(pieces):
        yield list(pieces[first:])


def _mark(text: str, piece: _Piece) -> bytes:
    return blake2b(text[piece.start : piece.end].encode(), digest_size=8).digest()
