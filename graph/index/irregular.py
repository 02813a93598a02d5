"""Irregular English forms: which word a form is of that no ending tells of ("bought" is of "buy").

Forms that are other words as often ("rose", "ground", "lay", "bit", "bore", "wound", "lives", "leaves") are left out, and so are
"be", "have" and "do", which say little.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# a word, then its forms
_VERBS = """
arise arose arisen, awake awoke awoken, become became, begin began begun, bend bent, bleed bled, blow blew blown,
break broke broken, breed bred, bring brought, build built, burn burnt, buy bought, catch caught, choose chose chosen,
cling clung, come came, creep crept, deal dealt, dig dug, draw drew drawn, dream dreamt, drink drank drunk, drive drove driven,
eat ate eaten, fall fell fallen, feed fed, feel felt, fight fought, find found, flee fled, fly flew flown, forbid forbade
forbidden, forget forgot forgotten, forgive forgave forgiven, freeze froze frozen, get got gotten, give gave given,
go went gone, grow grew grown, hang hung, hear heard, hide hid hidden, hold held, keep kept, kneel knelt, know knew known,
lead led, lean leant, leap leapt, learn learnt, leave left, lend lent, light lit, lose lost, make made, mean meant,
meet met, mistake mistook mistaken, overcome overcame, overtake overtook overtaken, pay paid, rebuild rebuilt, ride rode
ridden, ring rang rung, run ran, say said, see saw seen, seek sought, sell sold, send sent, sew sewn, shake shook shaken,
shoot shot, show shown, shrink shrank shrunk, sing sang sung, sink sank sunk, sit sat, sleep slept, slide slid, sow sown,
speak spoke spoken, speed sped, spell spelt, spend spent, spill spilt, spin spun, spit spat, spoil spoilt, spring sprang
sprung, stand stood, steal stole stolen, stick stuck, sting stung, stink stank stunk, strike struck stricken, strive strove
striven, swear swore sworn, sweep swept, swell swollen, swim swam swum, swing swung, take took taken, teach taught,
tear tore torn, tell told, think thought, throw threw thrown, undergo underwent undergone, understand understood,
undertake undertook undertaken, wake woke woken, wear wore worn, weave wove woven, weep wept, win won, withdraw withdrew
withdrawn, withhold withheld, write wrote written
"""
_NOUNS = """
calf calves, child children, foot feet, goose geese, half halves, knife knives, loaf loaves, louse lice, man men,
mouse mice, ox oxen, shelf shelves, thief thieves, tooth teeth, wife wives, wolf wolves, woman women
"""


def _table() -> dict[str, str]:
    entries = [entry.split() for entry in f"{_VERBS},{_NOUNS}".split(",")]
    return {form: word for word, *forms in entries for form in forms}


BASE: Mapping[str, str] = MappingProxyType(_table())
"""The word of each irregular form.

>>> BASE["bought"], BASE["children"], BASE.get("rose")
('buy', 'child', None)
"""
