"""Labelled pairs of statements, made of an encyclopaedia's sentences.

Sentences of one passage about one subject contradict nothing: the more natural negatives. The same sentence with
one part changed, set aside or denied contradicts itself. musique_train100 (CC BY 4.0) and hotpot100 (CC BY-SA 4.0)
may train what ships; no text of them is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from memcubes.graph.supersession.sentence import read
from memcubes.graph.supersession.token import Kind, Token
from memcubes.ingest.neutral import split_sentences

from .supersession_pairs import Pair

_PRONOUN = re.compile(r"(?:He|She|It|They)\b")
_OWN = re.compile(r"(?:His|Her|Its|Their)\b")
_VERB = re.compile(r"(?<=[\w)]) (is|was|are|were|has|had|have|did) (?!not\b|never\b|no\b)")
_LONGEST = 240
_SHORTEST = 30


@dataclass(frozen=True, slots=True)
class Article:
    """A subject and sentences about it, each with the subject's name in it."""

    name: str
    sentences: tuple[str, ...]


def articles(paths: Sequence[Path]) -> list[Article]:
    """The passages of corpora that say at least two things of their title."""
    found = []
    for path in paths:
        for passage in json.loads(path.read_text("utf-8")):
            name = re.sub(r"\s*\(.*?\)", "", passage["title"]).strip()
            text = " ".join(passage["text"].split())
            kept = []
            for start, end in split_sentences(text):
                said = re.sub(r"\s*\([^()]*\)", "", text[start:end])
                said = _OWN.sub(f"{name}'s", _PRONOUN.sub(name, said, count=1), count=1)
                if name in said and _SHORTEST <= len(said) <= _LONGEST and said.endswith("."):
                    kept.append(said)
            if len(kept) > 1:
                found.append(Article(name, tuple(kept)))
    return found


def corpus_pairs(paths: Sequence[Path], most: int, seed: int = 0) -> Iterator[Pair]:
    """Make pairs of up to `most` articles."""
    rng = Random(seed)
    every = articles(paths)
    chosen = rng.sample(every, min(most, len(every)))
    values = _values(chosen)
    for number, article in enumerate(chosen):
        for pair in _of_article(article, rng.choice(chosen), values, rng):
            yield Pair(pair.old, pair.new, pair.label, pair.kind, f"article {number}")


def _values(chosen: Sequence[Article]) -> dict[tuple[int, int], list[str]]:
    """The names and numbers of all articles, by kind and number of words."""
    found: dict[tuple[int, int], list[str]] = {}
    for article in chosen:
        for said in article.sentences:
            for token in read(said).content:
                if token.kind is not Kind.WORD and token.key not in article.name.lower():
                    plain = re.sub(r"['’]s?$", "", said[token.start : token.end])
                    found.setdefault((int(token.kind), len(token.words)), []).append(plain)
    return found


def _of_article(
    article: Article, other: Article, values: dict[tuple[int, int], list[str]], rng: Random
) -> Iterator[Pair]:
    said = rng.sample(article.sentences, min(3, len(article.sentences)))
    fact, beside = said[0], said[1:]
    made = list(_contradictions(article, fact, values, rng))
    foreign = rng.choice(other.sentences).replace(other.name, article.name)
    for old in beside:
        yield Pair(old, fact, 0.0, "beside", "")
        for new, _, kind in made:
            yield Pair(old, new, 0.0, f"{kind} beside", "")
    for new, label, kind in made:
        yield Pair(fact, new, label, kind, "")
        yield Pair(foreign, new, 0.0, f"{kind} beside foreign", "")
    yield Pair(fact, foreign, 0.0, "foreign", "")
    yield Pair(beside[0], foreign, 0.0, "foreign", "")
    yield Pair(fact, f"It is true that {fact}", 0.0, "restatement", "")
    yield Pair(fact, fact.rstrip(".") + ", as a local newspaper wrote.", 0.0, "refinement", "")
    cut = fact.rstrip(".").rsplit(", ", 1)
    if len(cut) == 2 and article.name in cut[0] and len(cut[0]) > _SHORTEST:
        yield Pair(cut[0] + ".", fact, 0.0, "refinement", "")
        yield Pair(fact, cut[0] + ".", 0.0, "restatement", "")


def _contradictions(
    article: Article, fact: str, values: dict[tuple[int, int], list[str]], rng: Random
) -> Iterator[tuple[str, float, str]]:
    """Statements against a sentence: one part changed, changed and set aside, or denied."""
    own = article.name.lower()
    slots = [
        t
        for t in read(fact).content
        if t.kind is not Kind.WORD and t.key not in own and own not in t.key and t.start > 0
    ]
    if slots:
        slot = rng.choice(slots)
        was = re.sub(r"['’]s?$", "", fact[slot.start : slot.end])
        given = _other(slot, values, rng)
        if given is not None and given.lower() not in fact.lower():
            yield fact[: slot.start] + given + fact[slot.start + len(was) :], 1.0, "slot"
            how = rng.choice(
                (f"{given}, not {was},", f"{given} instead of {was}", f"{given} and not {was}")
            )
            yield fact[: slot.start] + how + fact[slot.start + len(was) :], 1.0, "set aside"
    who = _other(Token(own, Kind.NAME, 0, 0, own, frozenset(own.split())), values, rng)
    if who is not None and fact.startswith(article.name):
        yield who + ", not " + article.name + "," + fact[len(article.name) :], 1.0, "other subject"
    verb = _VERB.search(fact, fact.find(article.name) + len(article.name))
    if verb is not None and verb.start() < fact.find(article.name) + len(article.name) + 20:
        no = rng.choice((" not", " never")) if verb[1] in {"has", "had", "have"} else " not"
        denied = fact[: verb.end() - 1] + no + fact[verb.end() - 1 :]
        yield denied, 1.0, "denied"
        rest = [s for s in article.sentences if s != fact]
        yield f"{denied[:-1]}; instead, {rng.choice(rest)}", 1.0, "denied and more"


def _other(slot: Token, values: dict[tuple[int, int], list[str]], rng: Random) -> str | None:
    held = values.get((int(slot.kind), len(slot.words)))
    return rng.choice(held) if held else None
