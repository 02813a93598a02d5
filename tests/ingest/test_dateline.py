"""Where, when and by whom a report was made is no part of its first sentence."""

from __future__ import annotations

import pytest

from memcubes.ingest.chinese import ChineseExtractor
from memcubes.ingest.dateline import chinese_dateline, dateline
from memcubes.ingest.document import Document
from memcubes.ingest.english import EnglishExtractor
from memcubes.ingest.extraction import Extraction, Extractor
from memcubes.ingest.passage import split_passages


def read(text: str, extractor: Extractor) -> Extraction:
    document = Document("a.txt", None, text, "text/plain")
    [found] = extractor.extract(split_passages(document, extractor))
    return found


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("LONDON (Reuters) - ", "Acme moved to Leeds."),
        ("PARIS, May 3 (AFP) — ", "Renault hired Claire Dupont."),
        ("NEW YORK — ", "The museum opened."),
        ("SPRINGFIELD, Ill., Sept. 12, 2021 – ", "A plant closed."),
        ("Warsaw (PAP) -- ", "LOT bought six planes."),
        ("KYIV, Ukraine (AP) — ", "“We stay,” he said."),
        ("", "NASA - the agency - moved."),
        ("", "IBM — Big Blue — grew."),
        ("", "Tea (green) - she likes it."),
        ("", "Bob (Robert) moved."),
        ("", "NATO met in Rome."),
        ("", "T-17 — the pump — failed."),
    ],
)
def test_an_english_dateline(line: str, rest: str) -> None:
    assert dateline(line + rest) == len(line)


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("新华社北京5月3日电（记者李明）", "华为公司将总部迁往上海。"),
        ("本报讯（记者 王芳 通讯员 张强）", "苏州博物馆聘请陈思为馆长。"),
        ("【环球网报道 记者 赵敏】", "特斯拉建成了工厂。"),
        ("中新网杭州6月1日电 ", "阿里巴巴任命刘洋为首席财务官。"),
        ("（记者李明）", "地铁开通了。"),
        ("", "5月3日电站停机。"),
        ("", "（李明）他走了。"),
        ("", "记者李明写了报告。"),
        ("", "上海5月3日下雨。"),
    ],
)
def test_a_chinese_dateline(line: str, rest: str) -> None:
    assert chinese_dateline(line + rest) == len(line)


def test_what_is_said_below_it_is_read_and_its_names_stay() -> None:
    text = "PARIS, May 3 (AFP) — Renault hired Claire Dupont."
    found = read(text, EnglishExtractor())
    [claim] = found.claims
    assert (claim.subject, claim.relation, claim.object) == ("Renault", "hire", "Claire Dupont")
    assert found.subject == "Renault"
    spans = {one.surface: one.spans for one in found.mentions}
    assert "Claire Dupont" in spans
    assert {text[start:end] for start, end in spans["PARIS"]} == {"PARIS"}


def test_the_same_in_chinese() -> None:
    text = "新华社北京5月3日电（记者李明）华为公司宣布将总部迁往上海。"
    found = read(text, ChineseExtractor())
    assert {c.subject for c in found.claims} == {"华为公司"}
    assert "李明" in {one.surface for one in found.mentions}
