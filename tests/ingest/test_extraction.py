"""Names, their identity, and which extractor reads a language."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.ingest.extraction import (
    Mention,
    _standing,
    gather,
    normalise,
    stated_subject,
    widened,
)
from memcubes.ingest.extractors import extractor_for
from memcubes.ingest.passage import Passage


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Cold Chain", "cold  chain"),
        ("Acme's", "Acme"),
        ("the Ruizes'", "ruizes"),
        ("ＣＸ-4", "cx-4"),
        ("“Ana”", "ana"),
        ("Straße", "STRASSE"),
        ("衢砚仪表，", "衢砚仪表"),
        ("ADA HILL", "Ada hill"),
        ("The US's", "US"),
        ("ROB", "Rob"),
        ("NATO", "nato"),
        ("...and", "and"),
        ("(.NET)", ".net,"),
        ("C#.", "c#"),
    ],
)
def test_one_entity(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


APART = "CX-4 CX-5|Theo o|Ana Anna|.NET NET|.com com|C++ C|C# C|C# C++|F# F|A+ A|US us|IT it|WHO who|AM am"


@pytest.mark.parametrize(("one", "other"), [pair.split() for pair in APART.split("|")])
def test_two_entities(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_gathered_mentions_share_label_and_places() -> None:
    text = "Ana met Bo. Anatole saw ANA and the 12 of Bo."
    found = [
        Mention("Ana", "NAME", ((0, 3),)),
        Mention("Bo", "PERSON", ((8, 10),)),
        Mention("ANA", "PERSON", ((24, 27),)),
        Mention("12", "CARDINAL", ((36, 38),)),
        Mention("...", "NAME", ((10, 11),)),
    ]
    ana, bo, twelve = gather(text, found)
    assert ana == Mention("Ana", "PERSON", ((0, 3), (24, 27)))
    assert bo.spans == ((8, 10),)
    assert twelve.is_value
    assert not ana.is_value


def passage(**known: str) -> Passage:
    fields = {"title": None, "speaker": None, "heading": None} | known
    return Passage(
        "x", 0, 1, (), fields["title"], fields["speaker"], None, None, 0, 0, fields["heading"]
    )


def test_stated_subject() -> None:
    assert stated_subject(passage()) is None
    assert stated_subject(passage(title="Warsaw", heading="Ana")) == "Warsaw"
    assert stated_subject(passage(title="Warsaw", speaker="Ana")) == "Ana"
    assert stated_subject(passage(heading="Robert Smith (ID: 7)")) == "Robert Smith"
    assert stated_subject(passage(heading="introduction")) is None


def test_every_language_has_an_extractor_that_says_what_it_lacks() -> None:
    assert extractor_for("en").name == "english"
    assert extractor_for("en-GB").languages == ("en",)
    assert extractor_for("zh_CN").name == "chinese"
    assert extractor_for("zh").lacks == ("parse",)
    assert extractor_for("en").lacks == ()
    for code in ["de", "und", "", "ja"]:
        neutral = extractor_for(code)
        assert neutral.name == "neutral"
        assert neutral.lacks == ("names", "parse")
    assert extractor_for("en") is extractor_for("en")
    prints = {extractor_for(code).fingerprint for code in ["en", "zh", "de"]}
    assert len(prints) == 3


@given(
    st.text(alphabet="ab_é1 .-Ⅷ", max_size=24),
    st.text(alphabet="ab_é1 .-Ⅷ", min_size=1, max_size=3),
)
def test_a_name_stands_where_a_regular_expression_says_so(text: str, surface: str) -> None:
    borders = re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", text)
    assert list(_standing(surface, text)) == [found.span() for found in borders]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The team writes C#, and Notepad++ is theirs.", {"C#", "Notepad++"}),
        ("Ann moved from Java to .NET in May.", {".NET"}),
        # a space that is missing and a sum are no part of a name
        ("Ann went home .She slept.", {"She"}),
        ("They added A+B to it.", {"A"}),
    ],
)
def test_marks_stay_with_the_name_that_they_belong_to(text: str, names: set[str]) -> None:
    found = set()
    for name in names:
        start = text.index(name.strip(".+#"))
        found.add(text[slice(*widened(text, start, start + len(name.strip(".+#"))))])
    assert found == names
