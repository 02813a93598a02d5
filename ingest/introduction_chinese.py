"""Names that somebody gives themself in Chinese: 我叫李雷, 我是王芳, 叫我小李, 我的名字是…."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .extraction import normalise

_LEAD = r"(?:^|(?<=[，,。！!；;、～~]))\s*(?:(?:你好|您好|大家好|嗨|哈喽|各位好|早上好|晚上好|下午好|嗯|好的|对了|那个|其实|顺便说一下|自我介绍一下|介绍一下)[，,！!。：: ]*)*"
_NAME = r"(?P<name>[\u3400-\u9fff·]{2,12}?|[A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+){0,2})"
_END = r"(?=\s*(?:$|[，,。！!；;、～~（(]|吧|呀|啊|哦|哈|就行|就好|就可以|即可|好了))"
_TOLD = re.compile(
    rf"{_LEAD}(?:"
    rf"(?:我|本人)(?:的(?:名字|全名|真名|中文名|英文名)(?:叫做?|是)|名叫|叫做?|大名叫?)\s*{_NAME}"
    rf"|(?P<am>我是|我就是|这里是)\s*{_NAME.replace('name', 'also')}(?!\s*(?:就|该|多好))"
    rf"|(?P<call>(?:大家|朋友们?|同事们?|他们|家人)?(?:你们?|您)?(?:都|可以|就)*(?:叫|称呼|喊)我(?:做|为)?)\s*{_NAME.replace('name', 'byname')}"
    rf"){_END}"
)
_NO_NAME = re.compile(
    r"[的了着过在不没吗呢很也都就去来吃喝说想要会能什么谁这那哪个们]|^(?:一|两|几|外卖|出租|救护|名)|老师$|医生$|经理$|工程师$|学生$|人$|师$|员$|家$|座$"
)
_JEST = re.compile(r"哈哈|开玩笑|嘻嘻|hhh|[😂🤣😜]|如果|假如|要是|假装|扮演|[？?]|吗[。！]?$")
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁"
    "岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳"
    "时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖"
)


def chinese_names(sentence: str, labels: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """The names that somebody gives themself in a sentence, and whether each is only what they go by.

    `labels` has the kinds of the names that were found, by their folded surface.

    >>> list(chinese_names("你好，我叫李雷，叫我小李就行。", {}))
    [('李雷', False), ('小李', True)]
    >>> list(chinese_names("我是李雷的妹妹。", {})), list(chinese_names("我叫了外卖。", {}))
    ([], [])
    """
    if _JEST.search(sentence):
        return
    for match in _TOLD.finditer(sentence):
        name = match["name"] or match["also"] or match["byname"]
        label = labels.get(normalise(name))
        # 我是 says what one is, more often than who
        person = label == "PERSON" and not name.endswith("座")
        person = person or (label == "NAME" and name.istitle())
        if person or (match["am"] is None and _named(name, label)):
            yield name, match["call"] is not None


def _named(name: str, label: str | None) -> bool:
    """Whether what somebody is called by is a person's name, though it was not found to be one."""
    if name.isascii():
        return True
    if _NO_NAME.search(name) or label in {"ORG", "DATE"}:
        return False
    short = len(name) in (2, 3) and (name[0] in "小阿老大" or name[0] in _SURNAMES)
    return short or "·" in name
