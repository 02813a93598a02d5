"""Header lines: which are, and where the body begins."""

from hypothesis import given
from hypothesis import strategies as st

from memcubes.ingest.readers.header import lines, read_header


@given(st.text(st.sampled_from("ab \r\n\u2028"), max_size=40))
def test_lines_are_the_text(text: str) -> None:
    spans = list(lines(text))
    assert "".join(text[start:end] for start, end in spans) == text
    for start, end in spans:
        assert not set(text[start:end].rstrip("\r\n")) & {"\r", "\n"}


def header_text(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in read_header(text).spans]


def test_mail() -> None:
    text = "Subject: Leak\nDate: 2025-03-14\nFrom: Ana\nTo: Bo,\n  Cy\n\nDear Bo,\n\nDate: no"
    header = read_header(text)
    assert header.fields == {"subject": "Leak", "date": "2025-03-14", "author": "Ana"}
    assert header_text(text)[-2:] == ["To: Bo,", "Cy"]
    assert text[header.end :].strip().startswith("Dear Bo")


def test_front_matter() -> None:
    text = '---\ntitle: "A: b"\ntags:\n  - x\ndate: 2025-03-14\n---\n# Head\n'
    header = read_header(text)
    assert header.fields == {"title": "A: b", "date": "2025-03-14"}
    assert text[header.end :] == "# Head\n"


def test_an_open_front_matter_is_a_rule() -> None:
    assert read_header("---\nSome text without an end.\n").spans == ()


def test_below_a_heading_or_a_title_and_in_chinese() -> None:
    assert read_header("# Leak\n\n**Date:** 2025-03-14\n").fields == {"date": "2025-03-14"}
    assert read_header("The leak\nDate: 2025-03-14\n").fields == {"date": "2025-03-14"}
    text = "# 漏水\n日期：2025年3月14日\n作者：王小明\n"
    assert read_header(text).fields == {"date": "2025年3月14日", "author": "王小明"}


def test_other_fields_and_sentences_are_body() -> None:
    assert read_header("Note: it leaks.\nDate: 2025-03-14\n").spans == ()
    assert read_header("It leaks.\nDate: 2025-03-14\n").spans == ()
    assert read_header("From:here\n").spans == ()
