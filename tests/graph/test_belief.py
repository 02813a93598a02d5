"""Belief: corrections, their order, and what is left when one is taken away."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.belief import Claim, Status, judge, shape, supersedes

LOG = Claim("f02", "log", "valve", "fail at", "02:10", False, False, None, 1, 10)
VENDOR = Claim("f07", "vendor", "valve", "fail at", "07:40", False, True, "at 02:10", 1, 20)
THIRD = Claim("f09", "third", "valve", "fail at", "09:00", False, True, "07:40", 1, 30)


def statuses(*claims: Claim) -> dict[str, str]:
    return {belief.fact: str(belief.status) for belief in judge(claims).values()}


def test_a_correction_overrules_what_it_names() -> None:
    assert statuses(LOG, VENDOR) == {"f02": "superseded", "f07": "believed"}


def test_a_chain_without_its_middle_still_ends_at_its_end() -> None:
    # A <- B <- C: with B retracted, C stands over A as if B had never been (DESIGN, belief)
    assert statuses(LOG, VENDOR, THIRD) == {
        "f02": "superseded",
        "f07": "superseded",
        "f09": "believed",
    }
    assert statuses(LOG, THIRD) == {"f02": "superseded", "f09": "believed"}


def test_a_correction_of_lower_authority_raises_a_conflict() -> None:
    curated = replace(LOG, authority=3)
    assert statuses(curated, VENDOR) == {"f02": "disputed", "f07": "disputed"}


def test_an_undated_correction_rules_only_over_what_it_names() -> None:
    named = replace(VENDOR, stated=None)
    assert statuses(LOG, named)["f02"] == "superseded"
    unnamed = replace(VENDOR, stated=None, instead_of=None)
    assert statuses(LOG, unnamed) == {"f02": "disputed", "f07": "disputed"}


def test_what_is_said_again_after_the_correction_is_a_conflict() -> None:
    later = replace(LOG, origin="again", stated=40)
    assert statuses(later, VENDOR)["f02"] == "disputed"


def test_two_corrections_of_each_other_are_a_conflict_and_neither_wins() -> None:
    one = replace(VENDOR, stated=20)
    other = replace(LOG, correction=True, instead_of="07:40", stated=20)
    assert statuses(one, other) == {"f02": "disputed", "f07": "disputed"}


def test_another_kind_of_value_is_left_alone() -> None:
    laptops = Claim("f1", "a", "team", "buy", "2 laptops", False, False, None, 1, 10)
    coffee = Claim("f2", "b", "team", "buy", "coffee", False, False, None, 1, 10)
    right = Claim("f3", "c", "team", "buy", "3 laptops", False, True, "2 laptops", 1, 20)
    assert statuses(laptops, coffee, right) == {
        "f1": "superseded",
        "f2": "believed",
        "f3": "believed",
    }


def test_support_counts_sources_and_not_sentences() -> None:
    again = replace(LOG, origin="second log")
    belief = judge([LOG, LOG, again])["f02"]
    assert (belief.status, belief.sources) == (Status.BELIEVED, ("log", "second log"))


def test_shapes_tell_kinds_of_value_apart() -> None:
    assert shape("1,240 doses") == shape("97 doses")
    assert shape("42 minutes") != shape("42 doses")
    assert shape("with Hexcombe Mutual") == shape("Averlock Provident")


claims = st.builds(
    Claim,
    fact=st.sampled_from(["f1", "f2", "f3", "f4"]),
    origin=st.sampled_from("abcd"),
    subject=st.just("s"),
    relation=st.sampled_from(["be", "have"]),
    object=st.sampled_from(["1 unit", "2 units", "3 units"]),
    negated=st.booleans(),
    correction=st.booleans(),
    instead_of=st.sampled_from([None, "1 unit", "2 units"]),
    authority=st.integers(0, 3),
    stated=st.sampled_from([None, 1, 2, 3]),
)


@given(st.lists(claims, max_size=8), st.randoms(use_true_random=False))
def test_the_order_in_which_claims_arrive_does_not_matter(
    found: list[Claim], chance: object
) -> None:
    mixed = list(found)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = judge(found), judge(mixed)
    for fact in one:
        assert (one[fact].status, one[fact].sources, one[fact].by) == (
            other[fact].status,
            other[fact].sources,
            other[fact].by,
        )


@given(claims, claims)
def test_nothing_supersedes_itself_or_without_being_a_correction(one: Claim, other: Claim) -> None:
    if one.fact == other.fact or not one.correction:
        assert supersedes(one, other) is False


def test_what_is_only_supposed_is_not_believed_and_overrules_nothing() -> None:
    plain = Claim("f1", "s1", "valve", "fail at", "02:10", False, False, None, 1, 10)
    perhaps = Claim("f2", "s2", "valve", "fail at", "07:40", False, True, "02:10", 1, 20, True)
    assert judge([replace(perhaps, correction=False)])["f2"].status is Status.SUPPOSED
    assert {b.fact: b.status for b in judge([plain, perhaps]).values()} == {
        "f1": Status.DISPUTED,
        "f2": Status.DISPUTED,
    }
    # one who says it without a "perhaps" is enough
    sure = replace(perhaps, origin="s3", correction=False, hedged=False)
    assert judge([replace(perhaps, correction=False), sure])["f2"].status is Status.BELIEVED
    # and what is supposed gives way to what is stated
    said = replace(perhaps, fact="f3", object="09:00", instead_of="07:40", hedged=False)
    held = judge([replace(perhaps, correction=False), said])
    assert held["f2"].status is Status.SUPERSEDED


def test_a_correction_that_denies_a_fact_overrules_it_and_no_other() -> None:
    crashed = Claim("f1", "s1", "server", "crash", "", False, False, None, 1, 10)
    denied = Claim("f2", "s2", "server", "crash", "", True, True, None, 1, 20)
    assert judge([crashed, denied])["f1"].status is Status.SUPERSEDED
    assert judge([crashed, replace(denied, correction=False)])["f1"].believed
    early = replace(denied, stated=5)
    assert judge([crashed, early])["f1"].believed
    made = replace(crashed, fact="f3", relation="be made by", object="Siemens")
    other = replace(denied, relation="be made by", object="Bosch")
    assert judge([made, other])["f3"].believed
