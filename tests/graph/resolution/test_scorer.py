"""What is certain, what is for somebody to look at, and what is neither."""

from __future__ import annotations

import json
import math
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.resolution.block import posted, sought
from memcubes.graph.resolution.comparison import Comparison, features
from memcubes.graph.resolution.form import Form
from memcubes.graph.resolution.scorer import REVIEW, judged

CERTAIN = [
    ("Dr. Sofia Marin", "Sofia Marin", "PERSON"),
    ("Marin, Sofia", "Sofia Marin", "PERSON"),
    ("Zoë Ångström", "Zoe Angstrom", "PERSON"),
    ("T. S. Eliot", "TS Eliot", "PERSON"),
    ("Umbrella Corp.", "Umbrella Corporation", "ORG"),
    ("Barnes & Noble", "Barnes and Noble", "ORG"),
    ("Bio-Rad", "BioRad", "ORG"),
    ("Mt. Elbert", "Mount Elbert", "LOC"),
    ("PX-12", "PX12", "NAME"),
    ("浙江大學", "浙江大学", "ORG"),
    ("浙江省", "浙江", "GPE"),
]
DOUBTFUL = [
    ("S. Marin", "Sofia Marin", "PERSON"),
    ("Sofia Marín López", "Sofia Marín", "PERSON"),
    ("Sophia Marin", "Sofia Marin", "PERSON"),
    ("IMF", "International Monetary Fund", "ORG"),
    ("Acme Ltd.", "Acme GmbH", "ORG"),
    ("浙大", "浙江大学", "ORG"),
]
OTHER = [
    ("PX-12", "PX-13", "NAME"),
    ("Windows 10", "Windows 1.0", "PRODUCT"),
    ("Louis XIV", "Louis XV", "PERSON"),
    ("John Doe Jr.", "John Doe Sr.", "PERSON"),
    ("IEE", "IEEE", "ORG"),
    ("UN", "US", "GPE"),
    ("Peter Marin", "Paul Marin", "PERSON"),
    ("吉林省", "吉林大学", "ORG"),
]


@pytest.mark.parametrize(("one", "other", "label"), CERTAIN)
def test_the_same_letters_are_certain(one: str, other: str, label: str) -> None:
    assert judged(Form(one, label), Form(other, label)).certain


@pytest.mark.parametrize(("one", "other", "label"), DOUBTFUL)
def test_what_is_only_likely_is_never_certain(one: str, other: str, label: str) -> None:
    found = judged(Form(one, label), Form(other, label))
    assert found.probability >= REVIEW
    assert not found.certain


@pytest.mark.parametrize(("one", "other", "label"), OTHER)
def test_other_things_are_not_even_proposed(one: str, other: str, label: str) -> None:
    assert judged(Form(one, label), Form(other, label)).probability < REVIEW


@pytest.mark.parametrize(("one", "other", "label"), CERTAIN + DOUBTFUL)
def test_what_may_be_one_meets_in_a_block(one: str, other: str, label: str) -> None:
    assert {*sought(Form(one, label))} & {*posted(Form(other, label))}


def test_the_parts_add_up_to_the_probability() -> None:
    one, other = Form("S. Marin", "PERSON"), Form("Sofia Marin", "PERSON")
    found = judged(one, other, most=100)
    assert found.probability == pytest.approx(
        1 / (1 + math.exp(-sum(part for _, part in found.parts)))
    )


def test_each_weight_is_of_a_feature() -> None:
    table = json.loads(
        resources.files("memcubes.graph.resolution").joinpath("weights.json").read_text("utf-8")
    )
    said = features(Comparison(Form("Ann Reed"), Form("Ann Read")))
    assert set(table["weights"]) == set(said)


NAMES = st.one_of(
    st.sampled_from([name for pair in CERTAIN + DOUBTFUL + OTHER for name in pair[:2]]),
    st.text(alphabet="aAbB.-,& 12京大", max_size=12),
    st.text(max_size=12),
)


@given(NAMES, NAMES, st.sampled_from(["", "PERSON", "ORG", "GPE"]))
def test_which_name_comes_first_makes_no_difference(one: str, other: str, label: str) -> None:
    first, second = Form(one, label), Form(other, label)
    assert judged(first, second) == judged(second, first)
    # blocking is the same from either side
    met = bool({*sought(first)} & {*posted(second)})
    assert met == bool({*sought(second)} & {*posted(first)})
    if judged(first, second).certain:
        assert met


@pytest.mark.parametrize("pair", ["C C++", "C C#", "C# C++", "A A+", "NET .NET", "IT it", "US us"])
def test_names_that_only_a_sign_or_capitals_tell_apart_are_not_proposed(pair: str) -> None:
    one, other = (Form(name) for name in pair.split())
    assert judged(one, other).probability == 0
    assert not judged(one, other).certain
