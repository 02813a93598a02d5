"""A Chinese document for each reader, through `Memory.ingest`: its words, its language, its names and what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.kind import NodeKind
from memcubes.graph.listing import all_found
from memcubes.graph.record import Version
from memcubes.graph.scope import Where

SAID = "阀门漏水。王小明在北京更换了阀门。"
PEOPLE = [{"姓名": "王小明", "城市": "北京"}, {"姓名": "李娜", "城市": "上海"}]
CHAT = [
    {"role": "user", "content": "王小明在北京更换了阀门。"},
    {"role": "assistant", "content": "好的。"},
]

PROSE = {
    "夜班.md": f"# 夜班记录\n\n{SAID}\n",
    "夜班.txt": f"{SAID}\n",
    "夜班.html": f"<html><head><title>夜班</title></head><body><h1>夜班</h1><p>{SAID}</p></body></html>",
    "夜班.rst": f"夜班记录\n========\n\n{SAID}\n",
    "夜班.org": f"* 夜班记录\n{SAID}\n",
    "夜班.tex": f"\\documentclass{{article}}\\begin{{document}}\\section{{夜班}}\n{SAID}\n\\end{{document}}",
    "夜班.rtf": "{\\rtf1\\ansi " + "".join(f"\\u{ord(c)}?" for c in SAID) + "}",
    "夜班.srt": f"1\n00:00:01,000 --> 00:00:04,000\n{SAID}\n",
    "夜班.vtt": f"WEBVTT\n\n00:01.000 --> 00:04.000\n{SAID}\n",
    "夜班.eml": "From: ada@example.org\nTo: ben@example.org\nSubject: 夜班\nDate: Fri, 14 Mar 2025 05:40:00 +0000\n"
    f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{SAID}\n",
    "夜班.rss": '<?xml version="1.0"?><rss version="2.0"><channel><title>记录</title><item><title>夜班</title>'
    f"<description>{SAID}</description></item></channel></rss>",
    "夜班.ipynb": json.dumps(
        {
            "cells": [{"cell_type": "markdown", "metadata": {}, "source": [SAID]}],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    ),
    "对话.json": json.dumps({"messages": CHAT}),
    "对话.txt": "[2025-03-14 05:40] 王小明: 王小明在北京更换了阀门。\n[2025-03-14 05:41] 李娜: 好的。\n",
}
RECORDS = {
    "人员.csv": "姓名,城市\n王小明,北京\n李娜,上海\n",
    "人员.json": json.dumps(PEOPLE),
    "人员.jsonl": "\n".join(map(json.dumps, PEOPLE)),
    "人员.ttl": '@prefix s: <http://e.org/> . s:w s:姓名 "王小明" ; s:城市 "北京" .',
    "三元组.csv": "subject,relation,object\n王小明,住在,北京\n",
    "人员.vcf": "BEGIN:VCARD\nVERSION:3.0\nFN:王小明\nORG:北京机械厂\nEND:VCARD\n",
    "夜班.ics": "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\nDTSTART:20250314T054000Z\nSUMMARY:王小明的夜班\n"
    "LOCATION:北京\nEND:VEVENT\nEND:VCALENDAR\n",
    "夜班.opml": '<?xml version="1.0"?><opml version="2.0"><head><title>夜班</title></head><body>'
    f'<outline text="{SAID}"/></body></opml>',
    "夜班.xml": "<记录><标题>夜班</标题><正文>王小明在北京</正文></记录>",
    "提示.txt": "你好,{{姓名}}!请王小明查看北京的阀门。\n",
}
MADE = ("夜班.docx", "夜班.pptx", "夜班.odt", "夜班.pdf")
SHEETS = ("人员.xlsx",)


def written(folder: Path) -> Path:
    """All of them, by the libraries that people make them with where they are not text."""
    from docx import Document
    from odfdo import Document as OpenDocument
    from odfdo import Paragraph
    from openpyxl import Workbook
    from pptx import Presentation
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    for name, text in (PROSE | RECORDS).items():
        (folder / name).write_text(text, "utf-8")
    word = Document()
    word.add_paragraph(SAID)
    word.save(str(folder / "夜班.docx"))
    slides = Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "夜班", SAID
    slides.save(str(folder / "夜班.pptx"))
    letter = OpenDocument("text")
    letter.body.append(Paragraph(SAID))
    letter.save(str(folder / "夜班.odt"))
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    page = Canvas(str(folder / "夜班.pdf"), invariant=1)
    page.setFont("STSong-Light", 11)
    page.drawString(70, 740, SAID)
    page.save()
    book = Workbook()
    sheet = book.create_sheet("人员", 0)
    for row in (["姓名", "城市"], *([*one.values()] for one in PEOPLE)):
        sheet.append(row)
    book.save(str(folder / "人员.xlsx"))
    return folder


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    place = tmp_path_factory.mktemp("chinese")
    (files := place / "files").mkdir()
    with Memory.open(place / "m.db", user="local:ann", encoder="hashing") as opened:
        report = opened.ingest(written(files))
        assert report.failed == []
        assert report.skipped == []
        yield opened


def of(memory: Memory, name: str, kind: NodeKind) -> list[Version]:
    """What the sources of a file brought, of one kind."""
    found = all_found(memory.store(), memory.scope(), Where(kinds=(NodeKind.SOURCE,)))
    origins = {v.origin for v in found if Path(str(v.get("uri"))).name.split("#")[0] == name}
    assert origins
    every = all_found(memory.store(), memory.scope(), Where(kinds=(kind,)))
    return [v for v in every if v.origin in origins]


@pytest.mark.parametrize("name", [*PROSE, *RECORDS, *MADE, *SHEETS])
def test_its_words_are_there_in_its_language(memory: Memory, name: str) -> None:
    cubes = of(memory, name, NodeKind.MEMCUBE)
    assert any("王小明" in cube.text for cube in cubes)
    assert {cube.get("language") for cube in cubes} == {"zh"}


@pytest.mark.parametrize("name", [*PROSE, *MADE])
def test_who_did_what_is_a_fact(memory: Memory, name: str) -> None:
    facts = of(memory, name, NodeKind.FACT)
    told = [(fact.get("subject"), fact.get("relation"), fact.get("object")) for fact in facts]
    assert ("王小明", "更换", "阀门") in told, told
