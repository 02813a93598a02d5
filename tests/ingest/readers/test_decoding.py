"""Bytes to text."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.ingest.document import ReadError
from memcubes.ingest.readers.decoding import decode, decoded, guessed

# NUL is no character of a text: a file that holds one is binary, or UTF-16
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


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
    with pytest.raises(ReadError, match="klingon"):
        decode(b"<meta charset=klingon>x", "f", html=True)


CHINESE = (
    "阀门漏水。值班员王小明在北京更换了阀门，昨晚的日志由他保管。",
    "水泵P-3于2025年3月14日在北京发生故障，由王小明更换。",
)
TAIWANESE = (
    "閥門漏水。值班員王小明在臺北更換了閥門，昨晚的日誌由他保管。",
    "這個檔案無法讀取，請檢查權限設定。",
)
WESTERN = (
    "Les élèves sont arrivés à l’école. Ça va très bien.",
    "Der Kühlraum war zu warm.",
    "The price is £5 – “cheap” isn’t it?",
    "café",
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((text, "gb18030") for text in (*CHINESE, *TAIWANESE)),
        *((text, "big5") for text in TAIWANESE),
        *((text, "cp1252") for text in WESTERN),
        *((text, name) for text in (*CHINESE, *WESTERN[:2]) for name in ("utf-16-le", "utf-16-be")),
        (
            "파이썬은 배우기 쉽고, 강력한 프로그래밍 언어입니다. 효율적인 고수준 데이터 구조",
            "euc_kr",
        ),
        ("ポンプは夜に止まった。アダが記録をつけていた。", "shift_jis"),
        ("ポンプは夜に止まった。アダが記録をつけていた。", "euc_jp"),
        ("ポンプは夜に止まった。", "iso2022_jp_2"),
        (CHINESE[0], "hz"),
        ("Насос сломался ночью. Ада вела журнал, пока все спали, и записала время.", "cp1251"),
    ],
)
def test_old_encodings_are_told_apart(text: str, encoding: str) -> None:
    if encoding.startswith("utf-16"):
        text += (
            "\n"  # without a space or a line end nothing shows that every other byte may be zero
        )
    assert decoded(text.encode(encoding), "f") == (text, encoding)


@pytest.mark.parametrize("text", ["阀门", "阀", "\u0219i \u021bar\u0103"])
def test_too_little_to_tell_is_named_and_not_guessed(text: str) -> None:
    data = text.encode("gb18030")
    with pytest.raises(ReadError, match=r"f: byte 0 is not UTF-8 .* save the file as UTF-8"):
        decoded(data, "f")


@given(st.binary(max_size=60))
def test_a_guess_loses_nothing(data: bytes) -> None:
    encoding = guessed(data)
    if encoding is not None:
        text = data.decode(encoding)
        assert text.encode(encoding).decode(encoding) == text


HAN = st.text(
    st.sampled_from(
        "的一是不了在人有我他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生"
    ),
    min_size=6,
)


@given(HAN)
def test_chinese_is_never_taken_for_other_chinese(text: str) -> None:
    """Characters of daily use, in the encoding that the mainland had: read as that, or not at all."""
    data = text.encode("gb18030")
    try:
        data.decode()
    except UnicodeDecodeError:
        assert guessed(data) in ("gb18030", None)
    # else it is UTF-8 as well, as "一" happens to be, and UTF-8 is what it is read as
