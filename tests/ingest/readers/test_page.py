"""Web pages."""

from pathlib import Path

import pytest

from memcubes.ingest.document import Document, ReadError
from memcubes.ingest.readers import read_documents
from memcubes.ingest.readers.page import read_page


def read(text: str) -> Document:
    return read_page(text, "a.html", "a.html")[0]


def test_blocks_stand_on_their_own_lines_and_the_unseen_is_left_out() -> None:
    document = read(
        "<?xml version='1.0'?><!DOCTYPE html><html lang='de-AT'><head><title> The  Leak </title>"
        "<meta name=Date content=2025-03-14><meta name=author content='Ana'>"
        "<style>p{}</style></head><body><nav>Home</nav><!-- no --><script>x()</script>"
        "<h1>Head</h1><p>One <b>bo</b>ld\n word.<br>Next</p><div hidden>no</div>"
        "<ul><li>First</li><li>Second</li></ul><p style='display: none'>no</p>"
        "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table></body></html>"
    )
    assert document.text == ("Head\n\nOne bold word.\nNext\n\nFirst\nSecond\n\nA | B\n1 | 2")
    assert (document.title, document.author, document.language) == ("The Leak", "Ana", "de")
    assert document.stated == 1741910400000000


def test_a_date_line_at_the_top_counts() -> None:
    document = read("<h1>Notice</h1><p>Date: 2025-03-14</p><p>From: Ana</p><p>Text.</p>")
    assert document.title == "Notice"
    assert document.stated == 1741910400000000
    assert document.author == "Ana"


def test_a_chinese_page_in_an_old_encoding(tmp_path: Path) -> None:
    page = "<html lang=zh><meta charset=gb2312><title>阀门</title><script>坏</script><h1>阀门</h1><p>王小明更换了阀门。</p>"
    (tmp_path / "a.html").write_bytes(page.encode("gb2312"))
    [document] = read_documents(tmp_path)
    assert (document.title, document.language) == ("阀门", "zh")
    assert document.text == "阀门\n\n王小明更换了阀门。"


def test_preformatted_text_keeps_its_lines() -> None:
    assert read("<pre>a\n  b</pre>").text.splitlines() == ["a", "b"]


@pytest.mark.parametrize("text", ["a.txt", "", "https://example.org/", "no tag at all"])
def test_no_tag_is_no_warning(text: str) -> None:
    assert read(text).text == text


def test_deep_pages_are_read() -> None:
    assert read("<div>" * 3000 + "x").text == "x"


def test_what_cannot_be_parsed_is_refused() -> None:
    with pytest.raises(ReadError, match=r"a\.html: cannot be parsed as HTML"):
        read("<p>x</p><![foo[x]]>")


@pytest.mark.parametrize("text", ["<a <b>>c", "<![CDATA[x]]>y", "<p", "&#xfffff;<p>&bogus;"])
def test_sloppy_pages_are_read(text: str) -> None:
    assert read(text).media == "text/html"


NEWS = (
    "<title>The kiln is lit | North Times</title><body><header><h1>The kiln is lit</h1></header>"
    "<{content}><p>Ada lit it.</p><aside>She was alone.</aside></{content}>"
    "<aside>Read also: Ten beaches</aside><div role=navigation>Home</div><footer>Cookies</footer>"
)


@pytest.mark.parametrize("content", ["main", "article"])
def test_what_is_beside_the_content_is_no_part_of_it(content: str) -> None:
    (told,) = read_page(NEWS.replace("{content}", content), "a.html", "a.html")
    assert (told.title, told.text) == (
        "The kiln is lit",
        "The kiln is lit\n\nAda lit it.\n\nShe was alone.",
    )


def test_a_page_that_does_not_say_what_its_content_is_stays_whole() -> None:
    for page in (NEWS.replace("{content}", "div"), NEWS.replace("{content}", "article") * 2):
        (told,) = read_page(page, "a.html", "a.html")
        assert "Cookies" in told.text
        assert "Ten beaches" in told.text
    # a title that is no heading's stays
    (told,) = read_page("<title>Log - May</title><h1>Kiln</h1><p>Lit.", "a.html", "a.html")
    assert told.title == "Log - May"
