"""Chinese: a later sentence against an earlier one, by its cues and the words that both hold.

There is no parse and no training set: explicit cues (不再, 不吃…了, 改为, 换成, 而不是 …) with enough in common, an event
that ends a state (`transition`), and an amended value behind the same words, are all that counts. What is less
than that is not guessed at.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from .transition import transition

_ENDED = re.compile(
    r"不再|已经不|已不|停止了?|取消了?|辞去|辞职|离开了|离职|退休|戒了|放弃了|卖掉|卖了|离婚|分手"
)
_CHANGED = re.compile(
    r"改为|改成|改到|改在|改用|换成|换到|换为|换去|搬到|搬去|搬进|迁到|迁至|迁移到|移到|移至|挪到|调到|调整为|调整到|升级到|升级为"
    r"|升到|升为|涨到|涨至|涨价到|降到|降至|降为|减到|提高到|增加到|缩短到|延长到|推迟到|推到|延期到|延到|延至|提前到|改签"
    r"|更名为|改名为|改叫|转到|转为|转成|变成|变为|跳槽到|瘦到|胖到|迁移至|[\u3400-\u9fff]到(?=[\d零一二两三四五六七八九十百])"
)
_NO_MORE = re.compile(r"不([^，。；！？不了]{1,8}?)了|戒(?:掉|了)?([^，。；！？了]{1,4})")
"""不吃肉了, 戒烟: what is no more."""
_EXCHANGED = re.compile(r"换(?:了|掉)?(?!成|到|为|去)([^，。；！？了一]{1,6})")
"""换手机号了: what was exchanged."""
_NOT_YET = re.compile(r"还没有?|尚未|还未")
_DONE = re.compile(r"了[。！]?$|已经?")
_KIN = re.compile(
    r"爸爸|妈妈|父亲|母亲|爷爷|奶奶|外公|外婆|姥姥|姥爷|哥哥|弟弟|姐姐|妹妹|老婆|老公|妻子|丈夫|女儿|儿子|孩子|同事|朋友"
    r"|室友|邻居|老板|同学|家人|女友|男友|表[哥弟姐妹]|堂[哥弟姐妹]|叔叔|阿姨|舅舅|姑姑|[爸妈]"
)
_BORN = re.compile(r"生了|生下|领养")
_BEGIN = 8
"""Characters of a sentence in which it says of whom it speaks."""
_NOW = re.compile(r"现在是?|如今|目前|现已|从现在起|今后|以后|从今天起|从今往后|最近")
_LEADS = re.compile(r"^(?:现在|如今|目前|从现在起|今后|以后|从今天起|从今往后)(?:起|开始)?[，,]?")
_SET_ASIDE = re.compile(r"(?:而不是|而非|不是|并非)([^，。；！？、]{1,20})")
_CORRECTS = re.compile(r"^(?:更正|勘误|订正|修正|纠正|其实|事实上|实际上)")
_DENIED = re.compile(
    r"从不|从未|从来没|没有|不是|不会|不能|不在|不吃|不喝|不喜欢|讨厌"
    r"|不(?!错|仅|但|同|少|久|断|管|论|然|过[，,])|没|未"
)
_ADDED = re.compile(r"也|还有|另外|此外|同时|又(?!改)")
_SUPPOSED = re.compile(
    r"如果|假如|要是|倘若|可能|也许|或许|大概|考虑|打算|想要|希望|据说|听说|建议|是否|将来|会不会|万一"
)
_PAST = re.compile(r"以前|曾经|曾在|过去|原来|之前|小时候|当年")
_QUESTION = re.compile(r"[？?][”’」』]*$|[吗呢][。！]?$")
_WORDS = re.compile(r"[零〇一二三四五六七八九十百千万两]{2,}|[\u3400-\u9fff]|[A-Za-z0-9][\w.:%-]*")
_SMALL = frozenset("的了是在于和与及也都就还又把被对从到向给为以之其这那有着过很最更吧呢吗啊个一")
_ONE_VALUE = re.compile(
    r"住在|住|电话|地址|价格|票价|房租|工资|生日|年龄|岁|经理|主任|总裁|校长|负责人|首都|版本|截止|时间|日期|密码|工作"
    r"|公司|专业|毕业|位于|总部|名字|叫|最喜欢|上限|下限|人口|出生|开会|会议|航班|点|月|号|元|楼|室"
)


def chinese_probability(old: str, new: str) -> float:
    """How likely a later Chinese sentence takes the place of an earlier one.

    >>> chinese_probability("小李住在上海。", "小李搬到了北京。") > 0.9
    True
    >>> chinese_probability("小李住在上海。", "小王搬到了北京。")
    0.0
    """
    if _QUESTION.search(new) or _QUESTION.search(old) or _supposes(old, new):
        return 0.0
    one, two = _units(old), _units(new)
    if not one or not two or one == two:
        return 0.0
    subject = _shared_start(one, two) + (one[0] == two[0] == "我")
    kept = {u for u in one if u in set(two) and u not in _SMALL}
    share = len(kept) / max(1, len({u for u in one if u not in _SMALL}))
    if subject < 2 and share < 0.6:
        return 0.0
    lost = [u for u in one if u not in two]
    aside = _SET_ASIDE.search(new)
    if aside and len(aside[1]) > 1 and _names(aside[1], old):
        return 0.96
    if _PAST.search(new) and not _NOW.search(new):
        return 0.0
    if _of_kin(old, new):
        return 0.0
    about = share >= 0.4 or _ONE_VALUE.search(old) is not None
    if subject >= 2 and _no_more(old, new):
        return 0.93
    if _ADDED.search(new):
        return 0.05
    if subject >= 2 and transition(old, new):
        return 0.92 if len(two) <= len(one) + _MORE else 0.6
    if (_ENDED.search(new) or _CHANGED.search(new)) and (subject >= 2 or share >= 0.5):
        return 0.93 if about and subject >= 2 else 0.5
    exchanged = _EXCHANGED.search(new)
    if exchanged and subject >= 2 and _said(exchanged[1], old) == 1.0:
        return 0.93
    denies = _DENIED.search(new) is not None and _DENIED.search(old) is None
    if _NOT_YET.search(old) and not denies and subject >= 2 and share >= 0.6 and _DONE.search(new):
        return 0.92
    if not lost:
        # all that was said is said again: more of it, or its denial
        return 0.92 if denies and share >= 0.6 else 0.0
    if denies:
        kept_last = next((u for u in reversed(one) if u not in _SMALL), "") in two
        return 0.9 if share >= 0.75 and subject >= 2 and kept_last else 0.3
    slot = _one_slot(one, two)
    valued = _ONE_VALUE.search(old) is not None and _ONE_VALUE.search(new) is not None
    told = _NOW.search(new) is not None or _CORRECTS.search(new) is not None
    if slot and valued and share > 0.5:
        return 0.94 if told else 0.9 if share >= 0.6 else 0.6
    if told and subject >= 2 and share >= 0.4:
        return 0.92 if valued or slot and share >= 0.6 else 0.6
    return 0.2 if slot and share >= 0.5 else 0.0


def _supposes(old: str, new: str) -> bool:
    """Whether the new sentence is only possible; a doubt of the old one may be kept (打算, 不打算了)."""
    return any(m[0] not in old for m in _SUPPOSED.finditer(new))


_MORE = 12
"""Units by which what tells of an event may be longer than the state that it ends."""


def _of_kin(old: str, new: str) -> bool:
    """Whether the new sentence begins with somebody who belongs to the old one's subject (我妹妹, 小王的同学)."""
    begin = _BORN.split(new[:_BEGIN])[0]
    return any(kin[0] not in old for kin in _KIN.finditer(begin))


def _no_more(old: str, new: str) -> bool:
    """Whether something that the old sentence says is no more (不吃肉了, 戒烟)."""
    found = (m[1] or m[2] for m in _NO_MORE.finditer(new))
    return any(_said(one, old) >= 0.6 and one[-1] in old for one in found)


def _said(what: str, old: str) -> float:
    """Which part of some words stands in the old sentence."""
    units = [u for u in _units(what) if u not in _SMALL]
    return sum(u in old for u in units) / len(units) if units else 0.0


def _names(said: str, old: str) -> bool:
    """Whether what is set aside stands in the old sentence."""
    units = [u for u in _units(said) if u not in _SMALL]
    return bool(units) and sum(u in old for u in units) >= 0.8 * len(units)


def _units(text: str) -> list[str]:
    plain = _CORRECTS.sub("", text.strip().strip("。！；.!")).lstrip("：:，, ")
    plain = _LEADS.sub("", plain)
    return _WORDS.findall(plain)


def _shared_start(one: list[str], two: list[str]) -> int:
    count = 0
    for a, b in zip(one, two, strict=False):
        if a != b:
            break
        count += 1
    return count


def _one_slot(one: list[str], two: list[str]) -> bool:
    """Whether the two differ in one short place, which says something in both."""
    codes = SequenceMatcher(None, one, two, autojunk=False).get_opcodes()
    changed = [(a, b, c, d) for tag, a, b, c, d in codes if tag != "equal"]
    swaps = [(one[a:b], two[c:d]) for a, b, c, d in changed if a < b and c < d]
    small = all(
        set(one[a:b] + two[c:d]) <= _SMALL | set("现在如今目前已")
        for a, b, c, d in changed
        if a == b or c == d
    )
    return len(swaps) == 1 and small and changed[0][0] > 0 and len(swaps[0][0]) <= 8
