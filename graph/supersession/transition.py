"""Transitions: Chinese words that tell of an event, and the states that the event ends or changes.

Whoever has moved house (搬家) no longer lives (住) where it was; whoever was discharged (出院) is no longer in hospital
(住院). Each line is a state and its events; either makes a key under which the two meet.
"""

from __future__ import annotations

import re
from functools import lru_cache

_LIVE = r"搬家|搬到|搬来|搬去|搬走|搬回|搬进|搬出|迁居|移居|定居"
_LEAVE = r"辞职|离职|跳槽|被裁|裁员|失业|退休|下岗|转岗|入职|被炒|开除|升职|升为|升任|晋升|调到|调任|调去|改行|创业|离开"
_PAIRS: tuple[tuple[str, str], ...] = (
    (r"住(?!院|址)|家在|租(?!金)", _LIVE),
    (
        r"上班|工作|任职|就职|供职|员工|经理|主管|助理|实习|总监|工程师|老师|会计|是.{0,6}[师员]$",
        _LEAVE,
    ),
    (r"没工作|失业|待业|找工作", r"找到工作|入职|上班了|开始上班|去.{1,8}上班"),
    (r"单身", r"结婚|订婚|领证|脱单|女朋友|男朋友|女友|男友|谈恋爱"),
    (r"恋爱|交往|男朋友|女朋友|男友|女友|在一起|情侣|对象", r"分手|结婚|订婚|领证"),
    (r"结婚|已婚|夫妻|妻子|丈夫|老公|老婆|结了婚", r"离婚|离了婚|分居"),
    (r"订婚|未婚[夫妻]", r"结婚|领证|分手|婚约取消|取消婚约"),
    (r"怀孕|怀着|预产期", r"生了|生下|流产|出生"),
    (r"住院|生病|感冒|发烧|受伤|骨折|重病", r"出院|好了|康复|痊愈|退烧|恢复|拆了?石膏"),
    (r"坏|故障|不能用|停机|宕机|漏水|打不开|罢工", r"修好|修复|好了|恢复|正常|换了?新|能用"),
    (
        r"封|堵(?!车)|停运|停业|关闭|关门|停电|停水|暂停",
        r"通了|通车|重新开|恢复|开放|重开|开门|来电|来水|解封",
    ),
    (r"开放|营业|开门|开着|运营|免费", r"关闭|停业|倒闭|关门|关了|停运|收费|歇业"),
    (r"养|宠物|有.{0,6}[猫狗鸟兔]", r"去世|死了|送人|送走|走丢|跑丢|领养"),
    (
        r"年级|读书|上学|就读|学生|读大|念书|在读|本科|研究生|读.{0,4}专业",
        r"毕业|转学|升.{0,3}年级|退学|辍学|休学|转专业|转到",
    ),
    (
        r"开(?:的|着)?.{0,4}车|^.{0,3}开(?!始|心|会|到|放|发)|有.{0,4}车",
        r"卖了|卖掉|换了?一?辆|换车",
    ),
    (r"订|会员|套餐|包月|开通", r"退订|取消|到期|没续|注销|停用|退了"),
    (r"抽烟|吸烟", r"戒烟|戒了|不抽"),
    (r"喝酒|饮酒|白酒|啤酒|红酒", r"戒酒|戒了|滴酒不沾"),
    (r"在学|学习|在练|练习|学(?!校|生|院|期|费|历)", r"放弃|改学|改练|学会了"),
    (
        r"审核|审批|待办|进行中|开发中|未完成|没完成|没做完|处理中|排队|还没",
        r"完成|通过|上线|发布|合并|做完|办好|处理好|驳回|好了",
    ),
    (r"欠", r"还清|还了|还完|免了"),
    (
        r"打算|计划|准备|想去|要去|定在|安排",
        r"取消|不去|不打算|放弃|改去|改到|推迟|泡汤|作罢|决定不",
    ),
    (r"吃素|素食|减肥|节食|生酮", r"吃肉|开荤|不减|放弃|恢复"),
    (r"只[收能限有]|仅限|仅供", r"可以|都能|也能|对外|支持"),
    (
        r"负责|主管|队长|班长|主席|会长|教练|经理|主任|导师|校长|院长",
        r"接任|接替|卸任|下台|接手|交给|换人|换成|换了|退休|当选",
    ),
    (r"[胖瘦重]|公斤|斤", r"瘦到|瘦了|胖到|胖了|减到|减了|减掉|涨到"),
)
_TABLE = tuple((re.compile(state), re.compile(event)) for state, event in _PAIRS)


@lru_cache(maxsize=16384)
def _sides(text: str) -> tuple[frozenset[int], frozenset[int]]:
    plain = text.strip().rstrip("。！.!")
    return (
        frozenset(n for n, (state, _) in enumerate(_TABLE) if state.search(plain)),
        frozenset(n for n, (_, event) in enumerate(_TABLE) if event.search(plain)),
    )


def transition(old: str, new: str) -> bool:
    """Whether something in the new sentence ends or changes what the old one says.

    >>> transition("爸爸在住院。", "爸爸出院了。"), transition("爸爸在住院。", "爸爸搬家了。")
    (True, False)
    """
    return bool(_sides(old)[0] & _sides(new)[1])


def states(text: str) -> frozenset[int]:
    """The numbers of the transitions that a sentence is on either side of."""
    return _sides(text)[0] | _sides(text)[1]
