"""What a Chinese verb is about, read off the words behind it."""

from __future__ import annotations

from collections.abc import Sequence

from .chinese_word import Word

_OF_DEEDS = frozenset(
    "支持 需要 禁止 允许 喜欢 讨厌 负责 提供 停止 接受 拒绝 参加 擅长 学习 热爱 从事 取消 申请 避免 恢复 暂停".split()  # noqa: SIM905
)
"""Verbs of which a deed may be the object."""


def object_of(clause: Sequence[Word], start: int) -> list[Word]:
    """What the verb before a place of a clause is about: what follows it, up to the next verb.

    >>> words = [Word("打印机", "n", 0, 3), Word("支持", "v", 3, 5), Word("双面", "m", 5, 7), Word("打印", "v", 7, 9)]
    >>> "".join(word.text for word in object_of(words, 2))
    '双面打印'
    """
    words = list(clause[start:])
    done = bool(words) and words[0].text in {"了", "过"}
    while words and words[0].tag in {"u", "f", "xc"}:
        words = words[1:]
    deed = start > 0 and clause[start - 1].text in _OF_DEEDS
    while words and words[0].tag == "d" and not (deed and _last(words, 1)):
        words = words[1:]
    phrase: list[Word] = []
    for place, word in enumerate(words):
        described = any(w.text == "的" for w in words[place:])
        whole = deed and phrase and _last(words, place)  # "支持双面打印"
        whole = whole or (done and not place and _names(words))  # "修复了登录问题"
        if word.tag in {"c", "p"} or (word.tag == "v" and not (described or whole)):
            break
        phrase.append(word)
    while phrase and phrase[-1].tag in {"u", "w", "d", "xc"}:
        phrase.pop()
    return phrase


def _last(words: Sequence[Word], place: int) -> bool:
    """Whether a verb stands there with nothing but particles behind it."""
    behind = words[place + 1 :]
    return (
        place < len(words)
        and words[place].tag == "v"
        and all(one.tag in {"u", "w", "xc", "y"} for one in behind)
    )


def _names(words: Sequence[Word]) -> bool:
    """Whether a verb and the noun right behind it are one name, which ends the clause."""
    rest = [word for word in words if word.tag not in {"w", "u", "xc", "y"}]
    return (
        len(rest) == 2
        and rest[0].tag == "v"
        and rest[1].tag == "n"
        and rest[0].end == rest[1].start
    )
