"""Chinese: explicit cues and amended values count, the rest is left alone."""

from __future__ import annotations

import pytest

from memcubes.graph.supersession.link import chance_of
from memcubes.graph.supersession.scorer import AUTOMATIC, REVIEW


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("小李住在上海。", "小李不再住在上海。"),
        ("小李住在上海。", "小李搬到了北京。"),
        ("会议在周三上午十点。", "会议改到周五下午三点。"),
        ("会议时间是周三。", "会议时间改为周五。"),
        ("王芳的电话是13800138000。", "王芳的电话现在是13900139000。"),
        ("水泵于02:10停机。", "更正：水泵于05:40停机，而不是02:10。"),
        ("门票价格是50元。", "门票价格涨到60元。"),
        ("总部位于深圳。", "总部迁至杭州。"),
        ("陈明吃肉。", "陈明从不吃肉。"),
    ],
)
def test_cues_and_amended_values(old: str, new: str) -> None:
    assert chance_of(old, new) >= AUTOMATIC


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("小李住在上海。", "小李住在上海浦东新区。"),
        ("小李住在上海。", "小李也喜欢上海。"),
        ("小李住在上海。", "小李可能搬到北京。"),
        ("小李会说英语。", "小李还会说法语。"),
        ("小李喜欢苹果。", "小李喜欢香蕉。"),
        ("小李住在上海。", "小李以前住在北京。"),
        ("小李住在上海。", "小王搬到了北京。"),
        ("门票价格是50元。", "年票价格是200元。"),
        ("小李去过北京。", "小李去过上海吗？"),
        ("小李住在上海。", "Xiao Li moved to Beijing."),
    ],
)
def test_the_rest_is_left_alone(old: str, new: str) -> None:
    assert chance_of(old, new) < REVIEW
