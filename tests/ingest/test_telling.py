"""What somebody says, in Chinese: whose fact it is, and whom its pronouns mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memcubes.ingest.chinese import ChineseExtractor
from memcubes.ingest.document import Document
from memcubes.ingest.extraction import Claim
from memcubes.ingest.passage import split_passages

CHINESE = ChineseExtractor()


def claims(text: str, speaker: str | None = "小红") -> list[Claim]:
    passages = split_passages(Document("a", None, text, "text/plain", "zh"), CHINESE)
    return list(CHINESE.extract([replace(passages[0], speaker=speaker)])[0].claims)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("公司宣布将总部迁往上海。", {("公司", "将…迁往", "总部"), ("公司", "迁往", "上海")}),
        ("赵敏说她住在武汉。", {("赵敏", "住在", "武汉")}),
        ("赵敏说他住在武汉，在医院工作。", {("赵敏", "住在", "武汉"), ("赵敏", "在…工作", "医院")}),
        ("妈妈说她对牛奶过敏。", {("妈妈", "对…过敏", "牛奶")}),
        ("孙丽告诉我她住在厦门。", {("孙丽", "住在", "厦门")}),
        ("孙丽说：“我在华为工作。”", {("孙丽", "在…工作", "华为")}),
        ("医生说我血压偏高。", {("小红的血压", "是", "偏高")}),
        ("陈明透露自己已经辞职。", {("陈明", "辞职", "")}),
        ("董事会决定将工厂搬到合肥。", {("董事会", "将…搬到", "工厂"), ("董事会", "搬到", "合肥")}),
        ("老板说下周一要开会。", set()),  # it is not said who
        ("孙丽没说她住在厦门。", set()),
        ("刘洋否认他离开了公司。", set()),
        ("李雷以为我住在北京。", set()),
        ("经理要求大家周五前交报告。", set()),
        ("我在看小说。", {("小红", "看", "小说")}),
    ],
)  # fmt: skip
def test_what_somebody_says_is_a_fact(text: str, wanted: set[tuple[str, str, str]]) -> None:
    assert {(c.subject, c.relation, c.object) for c in claims(text)} == wanted


def test_what_is_only_heard_is_hedged() -> None:
    assert [c.hedged for c in claims("我听说王强住在大连。")] == [True]
    assert [c.hedged for c in claims("王强说他住在大连。")] == [False]


def test_without_a_speaker_nobody_is_meant() -> None:
    assert claims("医生说我血压偏高。", speaker=None) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "我和小敏去年结婚了，我们住在长沙。",
            {("小红", "住在", "长沙"), ("小敏", "住在", "长沙")},
        ),
        ("我们住在长沙。", {("小红等人", "住在", "长沙")}),
        ("报名时间定在六月三日。", {("报名时间", "定在", "六月三日")}),
        ("客户反馈登录按钮无法点击。", {("登录按钮", "点击", "")}),
    ],
)
def test_for_whom_we_stands_and_what_a_verb_describes(
    text: str, wanted: set[tuple[str, str, str]]
) -> None:
    assert wanted <= {(c.subject, c.relation, c.object) for c in claims(text)}
    if "无法" in text:
        assert all(c.negated for c in claims(text))
