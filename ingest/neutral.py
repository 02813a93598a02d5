"""Reading without a model: sentence borders, names and values by rule, any language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .extraction import Extraction, Mention, Span, gather, stated_subject, widened

if TYPE_CHECKING:
    from .passage import Passage

VERSION = "4"

_END = re.compile(
    # a run of points is taken whole and once: page after page of them is read as fast as anything else
    r"(?P<western>(?<![.!?…])[.!?…]++[\"'”’»)\]*_]*+)(?=\s)"
    r"|[。！？｡]+[”’」』）》\"']*|[；](?=.)|(?P<blank>\n[ \t\r]*\n)",
    re.DOTALL,
)
_BEFORE = re.compile(r"[^\s(\[\"'“‘]+$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_ABBREVIATIONS = frozenset(
    "adm al approx art assn ave bd bros ca capt cf ch cit cmdr co col corp dept dr drs "  # noqa: SIM905
    "ed eds eq esp est etc fig figs fr ft gen gov hon hr hrs inc incl jr lt ltd maj max "
    "messrs min mme mr mrs ms mt mts no nos nr op p pp para ph pl pres prof pt pvt ref "
    "refs rep rev sec sen sgt sq sr st ste tel univ vol vols vs bzw usw dipl str tzn "
    "sra srta dña jan feb mar apr jun jul aug sep sept oct nov dec e.g i.e ph.d u.s.c "
    "z.b d.h u.a p.ex a.m p.m".split()
)
# After these a full stop may well end the sentence: look at the next word.
_MAY_END = frozenset("etc inc ltd co corp jr sr al a.m p.m bros st ave usw".split())  # noqa: SIM905
_STARTERS = frozenset(
    "The This That These Those He She It We They I You A An In On At As After Before "  # noqa: SIM905
    "But And However When While There His Her Its Their Our My Since For From By "
    "Der Die Das Er Sie Es Le La Les Il Elle El Los Las".split()
)

_DATE = (
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?Z?)?"
    r"|\d{4}\s?年(?:\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?[日号])?)?"
    r"|\d{1,2}\.? (?:[^\W\d_]{3,10}\.?) \d{4}|\d{1,2}[./]\d{1,2}[./]\d{2,4}"
    r"|\b(?:1[5-9]|20)\d\d\b"
)
_TIME = r"\b\d{1,2}[:：]\d\d(?:[:：]\d\d)?\b"
_NUMBER = r"\b\d+(?:[.,]\d+)*\s?%?"
_IDENTIFIER = (
    r"\b[A-Z][A-Za-z]*[-/_]?\d[\w-]*(?:\.\d+)*\b|\b\d+[A-Z][\w-]*\b"
    r"|\b[A-Za-z][\w-]*-\d[\w-]*\b"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’&-][^\W\d_]+)*")
_LINKS = frozenset("of de da del della di du la le van von der den bin al el y e".split())  # noqa: SIM905
_TOKENS = re.compile(
    rf"(?P<DATE>{_DATE})|(?P<TIME>{_TIME})|(?P<NAME>{_IDENTIFIER})"
    rf"|(?P<CARDINAL>{_NUMBER})|(?P<KANA>[\u30a0-\u30ff・ー]{{3,}})"
)


def split_sentences(text: str) -> list[Span]:
    """Split text at its sentence punctuation; spans leave out the space between.

    Latin and CJK punctuation, with abbreviations ("Dr."), initials ("J. Smith") and
    decimals passed over; a blank line is a border. The spans hold every character
    that is not white space.

    >>> text = "Dr. Ito paid 3.5 yen. 他走了。好。"
    >>> [text[start:end] for start, end in split_sentences(text)]
    ['Dr. Ito paid 3.5 yen.', '他走了。', '好。']
    """
    borders = [m.end() for m in _END.finditer(text) if _ends(text, m)]
    return list(_trimmed(text, borders))


def _ends(text: str, found: re.Match[str]) -> bool:
    mark = found["western"]
    if mark is None:
        return True
    rest = text[found.end() : found.end() + 60].lstrip()
    following = re.match(r"[\"'“‘«(\[*_]*(\S[^\s.,;:!?]*)", rest)
    word = following[1] if following else ""
    if word[:1].islower() and (mark[0] in ".…" or mark[-1] in "\"'”’»)"):
        return False
    if not mark.startswith(".") or mark.startswith(".."):
        return True
    before = _BEFORE.search(text, max(0, found.start() - 40), found.start())
    token = before[0] if before else ""
    bare = token.lower().lstrip("*_")
    if token.isdigit() and len(token) <= 3:
        # "1. Item" at the beginning is a marker, "in 12. Next" an ending.
        number = found.start() - len(token)
        ahead = text[max(0, number - 40) : number].rstrip()
        return bool(ahead) and ahead[-1] not in ".!?…"
    if _INITIALS.fullmatch(bare) or bare in _ABBREVIATIONS:
        may = bare in _MAY_END or len(bare) == 1 or "." in bare
        return may and word in _STARTERS
    return True


def _trimmed(text: str, borders: Iterable[int]) -> Iterator[Span]:
    start = 0
    for border in (*borders, len(text)):
        piece = text[start:border]
        left = len(piece) - len(piece.lstrip())
        if left < len(piece):
            yield start + left, start + len(piece.rstrip())
        start = border


def find_names(text: str, start: int = 0, end: int | None = None) -> list[Mention]:
    """Find names, identifiers and values by their looks in one sentence of `text`.

    A single capitalised word at the beginning of a sentence is no name, for lack of
    evidence. Spans count from the beginning of `text`.

    >>> [m.surface for m in find_names("Later on, Ana Ruiz opened CX-4.")]
    ['Ana Ruiz', 'CX-4']
    """
    stop = len(text) if end is None else end
    found = []
    taken: list[Span] = []
    for match in _TOKENS.finditer(text, start, stop):
        label = str(match.lastgroup).replace("KANA", "NAME")
        surface = match[0].rstrip()
        span = (match.start(), match.start() + len(surface))
        taken.append(span)
        found.append(Mention(surface, label, (span,)))
    for left, right in _runs(text, start, stop):
        left, right = widened(text, left, right)
        if not any(s < right and left < e for s, e in taken):
            found.append(Mention(text[left:right], "NAME", ((left, right),)))
    return sorted(found, key=lambda mention: mention.spans)


def _runs(text: str, start: int, stop: int) -> Iterator[Span]:
    """Give the runs of capitalised words, joined by particles or after initials."""
    run: list[Span] = []
    reach = start
    words = [match.span() for match in _WORD.finditer(text, start, stop)]
    opening = words[0][0] if words else stop
    for left, right in [*words, (stop, stop)]:
        word = text[left:right]
        gap = text[reach:left]
        initial = bool(run) and run[-1][1] - run[-1][0] == 1 and gap == ". "
        joined = bool(run) and (gap == " " or initial)
        if run and not (joined and (word[:1].isupper() or word in _LINKS)):
            if run[0][0] == opening and text[slice(*run[0])] in _STARTERS:
                run = run[1:]
            lone = len(run) == 1 and run[0][0] == opening
            shouted = bool(run) and text[slice(*run[0])].isupper()
            wide = widened(text, run[0][0], run[-1][1]) if run else (0, 0)
            if run and wide[1] - wide[0] > 1 and (shouted or not lone):
                yield run[0][0], run[-1][1]
            run = []
        if word[:1].isupper():
            run.append((left, right))
        reach = right


@dataclass(frozen=True, slots=True)
class NeutralExtractor:
    """The extractor for a language without a model: names by their looks, no claims.

    >>> NeutralExtractor("de").languages
    ('*',)
    """

    language: str = "und"

    @property
    def name(self) -> str:
        return "neutral"

    @property
    def version(self) -> str:
        return VERSION

    @property
    def fingerprint(self) -> str:
        return f"neutral/{VERSION}"

    @property
    def languages(self) -> tuple[str, ...]:
        return ("*",)

    @property
    def lacks(self) -> tuple[str, ...]:
        """Names by looks only (no model), and no parse, so no claims."""
        return ("names", "parse")

    def sentences(self, text: str) -> list[Span]:
        return split_sentences(text)

    def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
        return [self._extract(passage) for passage in passages]

    def _extract(self, passage: Passage) -> Extraction:
        found = [
            mention
            for start, end in passage.sentences
            for mention in find_names(passage.text, start, end)
        ]
        mentions = gather(passage.text, found)
        subject = stated_subject(passage)
        if subject is None and passage.sentences:
            subject = _opening(passage.sentences[0], mentions)
        return Extraction(self.language, subject, mentions, ())


def _opening(sentence: Span, mentions: Sequence[Mention]) -> str | None:
    for mention in mentions:
        if not mention.is_value and mention.spans[0][0] <= sentence[0] + 4:
            return mention.surface
    return None
