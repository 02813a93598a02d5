"""Bytes to text."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.ingest.document import ReadError
from memcubes.ingest.readers.decoding import decode

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT.filter(lambda text: not text.startswith("\ufeff")))
def test_utf8_and_utf16_come_back_exactly(text: str) -> None:
    assert decode(text.encode(), "f") == text
    assert decode(codecs.BOM_UTF8 + text.encode(), "f") == text
    assert decode(codecs.BOM_UTF16_LE + text.encode("utf-16-le"), "f") == text
    assert decode(codecs.BOM_UTF16_BE + text.encode("utf-16-be"), "f") == text


def test_the_offset_counts_the_mark() -> None:
    with pytest.raises(ReadError, match="byte 4 is not UTF-8"):
        decode(codecs.BOM_UTF8 + b"a\xff", "f")
    with pytest.raises(ReadError, match="UTF-16-LE"):
        decode(codecs.BOM_UTF16_LE + b"a", "f")


def test_a_page_may_name_its_charset() -> None:
    page = b'<meta charset="iso-8859-1">caf\xe9'
    assert decode(page, "f", html=True).endswith("café")
    with pytest.raises(ReadError):
        decode(page, "f")
    with pytest.raises(ReadError, match="klingon"):
        decode(b"<meta charset=klingon>x", "f", html=True)
