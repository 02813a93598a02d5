"""A name taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.resolution.form import Form


@pytest.mark.parametrize(
    ("surface", "label", "core"),
    [
        ("the European Central Bank", "ORG", ("european", "central", "bank")),
        ("Dr. Ann Reed", "PERSON", ("ann", "reed")),
        ("Reed, Ann", "PERSON", ("ann", "reed")),
        ("Downing, III", "PERSON", ("downing",)),
        ("A. Reed", "PERSON", ("a", "reed")),
        ("JRR Tolkien", "PERSON", ("j", "r", "r", "tolkien")),
        ("Procter & Gamble Co.", "ORG", ("procter", "gamble")),
        ("Procter and Gamble", "ORG", ("procter", "gamble")),
        ("St. Petersburg", "GPE", ("saint", "petersburg")),
        ("N. Carolina", "GPE", ("north", "carolina")),
        ("Second World War", "EVENT", ("2", "world", "war")),
        ("Acme (2009 film)", "WORK_OF_ART", ("acme",)),
        ("北京大學", "ORG", tuple("北京大学")),
        ("腾讯控股有限公司", "ORG", tuple("腾讯控股")),
        ("刘建华医生", "PERSON", tuple("刘建华")),
        ("三號泵", "NAME", tuple("3号泵")),
        ("Sir", "PERSON", ("sir",)),
        ("Inc.", "ORG", ("inc",)),
        ("?!", "", ()),
    ],
)
def test_the_core_is_what_tells_names_apart(
    surface: str, label: str, core: tuple[str, ...]
) -> None:
    assert Form(surface, label).core == core


def test_an_abbreviation_is_in_capitals() -> None:
    assert Form("E.C.B.").acronym == "ecb"
    assert Form("NGOs", "ORG").acronym == "ngo"
    assert not Form("Ecb").acronym
    assert not Form("European Central Bank").acronym
    # with and without the small words
    assert Form("Bank of England", "ORG").acronyms == {"boe", "be"}


def test_numbers_are_read_whole() -> None:
    assert Form("K-210A").numbers == Form("K210A").numbers == ("210",)
    assert Form("Windows 10").numbers != Form("Windows 1.0").numbers


@given(st.text(max_size=30), st.sampled_from(["", "PERSON", "ORG", "GPE", "NAME"]))
def test_any_text_has_a_form(surface: str, label: str) -> None:
    form = Form(surface, label)
    assert "".join(form.core) == form.joined
    assert isinstance(form.acronym, str)
    assert form.acronyms is not None
    assert all(word for word in form.core)
