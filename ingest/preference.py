"""Preferences: what a speaker likes, prefers or avoids is a memory of a kind of its own (MemOS)."""

from __future__ import annotations

import re

_NOTLY = r"(?: (?:really|also|always|usually|still|absolutely|truly|not|never|just|only|much|quite|very|strictly|a bit|kind of|such|do))*"
_PREFERS = re.compile(
    rf"\bI(?:['’]?m| am|['’]ve(?: always)?| have always)?(?:n['’]t)?{_NOTLY}(?: don['’]?t| do not)?{_NOTLY} "
    r"(?:like|love|loved|prefer|enjoy|hate|dislike|adore|favou?r|avoid|can(?:no|['’]?)t (?:stand|bear|eat|drink|have)"
    r"|into|fond of|allergic to|intolerant (?:to|of)|averse to|afraid of|scared of|obsessed with|addicted to|crazy about"
    r"|a (?:big |huge |great |real )?(?:fan|lover) of|no fan of|keen on|partial to|picky|used to being)\b"
    rf"|\bI(?:['’]?m| am){_NOTLY} (?:an? )?(?:\w+[- ]){{0,2}}?"
    r"(?:vegan|vegetarian|pescatarian|carnivore|omnivore|teetotal(?:l?er)?|kosher|halal|gluten[- ]free|dairy[- ]free"
    r"|lactose[- ]intolerant|left[- ]handed|right[- ]handed|colou?r[- ]?blind|coeliac|celiac|night owl|early bird|early riser"
    r"|morning person|night person|introvert(?:ed)?|extro?vert(?:ed)?|homebody|foodie|perfectionist|minimalist|bookworm"
    r"|(?:\w+ )?(?:person|lover|eater|drinker|addict|buff|enthusiast|junkie|geek|nerd))\b"
    r"|\b(?:I|we) (?:don['’]?t|do not|never) (?:like|eat|drink|enjoy|want|care for|smoke)\b"
    r"|\bI(?:['’]d| would) (?:much )?rather\b|\bI (?:only|mostly|always) (?:eat|drink|wear|use|listen to|read|watch)\b"
    r"|\bI have a (?:sweet tooth|soft spot|weakness|thing) \b|\bI have a sweet tooth\b"
    r"|\bmy (?:all-time )?(?:favou?rite|preferred|preference)\b",
    re.IGNORECASE,
)


def prefers(text: str) -> bool:
    """Whether who says an English sentence says in it what they like, prefer or avoid.

    >>> prefers("I'm vegan."), prefers("I moved to Oslo.")
    (True, False)
    """
    return _PREFERS.search(text) is not None
