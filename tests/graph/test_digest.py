"""Canonical bytes are those of RFC 8785, whichever way they are written."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from memcubes.graph import Author, Authority, EdgeKind, NodeKind, Payload, Validity
from memcubes.graph.digest import canonical, keyed, keyed_id, new_record_id
from memcubes.graph.errors import Invalid
from memcubes.graph.record import recomputed

EXACT = 2**53 - 1
WHOLE = st.integers(-EXACT, EXACT)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=300, deadline=None)
def test_canonical_is_what_rfc_8785_says(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)
    assert json.loads(canonical(value)) == json.loads(json.dumps(value))


def test_names_sort_by_utf_16_code_unit() -> None:
    # the example of RFC 8785, section 3.2.3
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\u00f6"]
    expected = ["\r", "1", "\x80", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(canonical(dict.fromkeys(names, 1)))) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        0.5, [1, 2.0], {"a": {"b": 1.5}}, float("nan"), EXACT + 1, -EXACT - 1, "\ud800",
        {"\ud800": 1}, {1: 2}, {None: 1}, b"bytes", {1, 2}, [object()], {"é": 0.5},
    ],
)  # fmt: skip
def test_what_has_no_canonical_form_is_refused(wrong: Any) -> None:
    with pytest.raises(Invalid):
        canonical(wrong)


def test_every_part_of_a_record_is_under_its_digest() -> None:
    by = Author("a", "o", Authority.EXTRACTED, 5)
    digests = set()
    version = by.version(NodeKind.MEMCUBE, "n", {"a": 1}, key="k", payload=Payload.of("x"))
    edge = by.edge(EdgeKind.ABOUT, "n", "m", {"a": 1})
    for record in (
        version,
        replace(version, content={"a": 2}),
        replace(version, key=None),
        replace(version, key="l"),
        replace(version, authority=Authority.CURATED),
        replace(version, payload=None),
        replace(version, payload=Payload.of("x")),
        replace(version, validity=Validity(6)),
        replace(version, validity=Validity(5, 9)),
        replace(version, validity=Validity(5, known=True)),
        replace(version, salt=b"1" * 32),
        edge,
        replace(edge, content={"a": 2}),
        replace(edge, content={}),
        replace(edge, authority=Authority.CURATED),
        replace(edge, validity=Validity(5, 9)),
        replace(edge, validity=Validity(5, known=True)),
        replace(edge, salt=b"1" * 32),
    ):
        digests.add(recomputed(record))
    assert len(digests) == 18
    assert recomputed(version) == version.digest
    assert recomputed(replace(version, content=None)) is None


def test_content_of_a_digest_is_spliced_canonically() -> None:
    by = Author("a", "o", Authority.EXTRACTED, 5)
    for record in (
        by.version(NodeKind.MEMCUBE, "n", {"b,": ",", "a": [1, {"é": None}]}, key='k"'),
        by.edge(EdgeKind.ABOUT, "n", "m", {"valid": "x", "authority": "y"}),
    ):
        assert rfc8785.dumps(json.loads(record.body())) == record.body()


def test_keys_do_not_run_into_each_other() -> None:
    secret = b"s" * 32
    names = {keyed(secret, *parts) for parts in (("a", "bc"), ("ab", "c"), ("abc",), ("abc", ""))}
    assert len(names) == 4
    assert keyed(b"other", "a") != keyed(secret, "a")
    assert keyed_id("f" * 64)[14] == "8"


def test_record_ids_are_their_own() -> None:
    ids = [new_record_id() for _ in range(2000)]
    assert len(set(ids)) == 2000
    assert {ident[14] for ident in ids} == {"7"}
