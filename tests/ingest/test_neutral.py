"""Sentences and names without a model."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.ingest.document import Document
from memcubes.ingest.neutral import NeutralExtractor, find_names, split_sentences
from memcubes.ingest.passage import split_passages


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "said",
    [
        ["It was in Illinois, United States.", "Ossian M. Ross named it."],
        ["He has 12.", "Then he left."],
        ["No. 7 fell in St. Louis."],
        ['"Why?" she asked.', "He left!"],
        ["See e.g. Smith et al. 2001 on it."],
        ["Version 3.5.1 is out... and so on."],
        ["Acme Inc. makes it.", "The pump of Acme Inc.", "The end."],
        ["1. First point.", "2. Second point."],
        ["Er wohnt z.B. in Wien.", "Sie auch."],
        ["At 5 p.m. it broke."],
    ],
)
def test_latin_sentences(said: list[str]) -> None:
    assert sentences(" ".join(said)) == said


def test_chinese_sentences_need_no_space() -> None:
    assert sentences("他走了。好！“来吧。”他说；好。") == [
        "他走了。",
        "好！",
        "“来吧。”",
        "他说；",
        "好。",
    ]


def test_a_blank_line_is_a_border() -> None:
    assert sentences("one\n \ntwo\nthree") == ["one", "two\nthree"]


@given(st.text(st.sampled_from("aB .!?。；\n\"'1")))
def test_sentences_hold_everything_visible(text: str) -> None:
    spans = split_sentences(text)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert "".join("".join(text[s:e].split()) for s, e in spans) == "".join(text.split())
    assert all(text[s:e] == text[s:e].strip() != "" for s, e in spans)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Der Kompressor CX-4 fiel am 14. März 2025 in München aus.", ["CX-4", "München"]),
        ("He met J. R. R. Tolkien of NASA.", ["J. R. R. Tolkien of NASA"]),
        ("El Señor Pérez de la Cruz vive, él no.", ["Señor Pérez de la Cruz"]),
        ("Иван Петров живёт в Москве", ["Иван Петров", "Москве"]),
        ("Maria came.", []),
        ("Maria came with Zoe.", ["Zoe"]),
        ("NASA came.", ["NASA"]),
        ("The Bank of England rose.", ["Bank of England"]),
        ("トヨタは東京にある", ["トヨタ"]),
    ],
)
def test_names_by_their_looks(text: str, names: list[str]) -> None:
    found = [m for m in find_names(text) if not m.is_value]
    assert [m.surface for m in found if m.surface != "Kompressor"] == names
    assert all([text[s:e] for s, e in m.spans] == [m.surface] for m in found)


def test_values_are_marked() -> None:
    found = {m.surface: m.label for m in find_names("on 2025-03-14 at 05:40 some 3.5 % of 1,420")}
    assert found == {
        "2025-03-14": "DATE",
        "05:40": "TIME",
        "3.5 %": "CARDINAL",
        "1,420": "CARDINAL",
    }


def test_extraction() -> None:
    text = "Ana Ruiz wohnt in Wien. Dort kennt Ana Ruiz die Pumpe CX-4."
    document = Document("a.txt", None, text, "text/plain")
    extractor = NeutralExtractor("de")
    [found] = extractor.extract(split_passages(document, extractor))
    assert found.language == "de"
    assert found.subject == "Ana Ruiz"
    assert found.claims == ()
    ana = found.mentions[0]
    assert [text[s:e] for s, e in ana.spans] == ["Ana Ruiz", "Ana Ruiz"]
