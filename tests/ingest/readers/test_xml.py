"""XML that is data, feeds, and text in XML."""

from __future__ import annotations

import pytest

from memcubes.ingest.document import ReadError
from memcubes.ingest.readers.xml import MAX_DEPTH, read_xml


def facts(text: str) -> set[tuple[str, str, str]]:
    return {
        (c.subject, c.relation, c.object)
        for d in read_xml(text, "a.xml", "a.xml")
        for c in d.claims
    }


def test_elements_that_repeat_are_records() -> None:
    told = (
        '<catalog xmlns="http://e.org/"><book id="b1"><title>Mills</title><author>Ann Lee</author>'
        "<author>Bo Chan</author></book><book id='b2'><title>Gates</title></book></catalog>"
    )
    assert facts(told) == {
        ("Mills", "id", "b1"),
        ("Mills", "author", "Ann Lee"),
        ("Mills", "author", "Bo Chan"),
        ("Gates", "id", "b2"),
    }
    [found] = read_xml(told, "a.xml", "a.xml")
    assert len(found.entries) == 2
    [found] = read_xml("<c><name>Alpha</name><port on='1'>80</port></c>", "a.xml", "a.xml")
    assert found.text == "name: Alpha\nport.on: 1\nport.value: 80\n\n"


def test_a_feed_is_its_texts() -> None:
    told = (
        "<rss><channel><title>News</title><item><title>Mill</title><pubDate>Wed, 1 May 2024 10:00:00 +0200</pubDate>"
        "<description>&lt;p&gt;Bo &lt;b&gt;sold&lt;/b&gt; it.&lt;/p&gt;</description></item></channel></rss>"
    )
    [found] = read_xml(told, "a.rss", "a.rss")
    assert (found.uri, found.title, found.text) == ("a.rss#Mill", "Mill", "Bo sold it.")
    assert found.stated is not None


def test_text_in_xml_is_text() -> None:
    [found] = read_xml("<doc><p>The <b>mill</b> failed.</p></doc>", "a.xml", "a.xml")
    assert (found.text, found.entries) == ("The mill failed.", ())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<a><b></a>", "not XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "declares entities"),
        ("<a>" * 5000 + "</a>" * 5000, f"more than {MAX_DEPTH} deep"),
    ],
)
def test_what_is_broken_or_hostile_is_named(text: str, told: str) -> None:
    with pytest.raises(ReadError, match=told):
        read_xml(text, "a.xml", "a.xml")
