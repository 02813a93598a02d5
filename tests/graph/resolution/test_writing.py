"""What is written as two names is never one without anybody asked, however alike the letters are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.resolution.form import Form
from memcubes.graph.resolution.scorer import judged
from memcubes.graph.resolution.writing import certain, contrary, written

LABELS = ("", "PERSON", "ORG", "GPE", "NAME", "TOPIC", "PRODUCT")

TWO = """
C / C++ · C / C# · C++ / C# · Node.js / Node · ASP.NET / ASPNET · A+ / A- · A+ / A · A- / A · O2 / CO2 · H2O / H2O2
α / a · x^2 / x2 · R^2 / R2 · 10^6 / 10-6 · 10^6 / 106 · f(x) / f(y) · foo(1) / foo(2) · arr[0] / arr[1]
get_user / getUser · get_user / get-user · user.id / user_id · user_id / userid · a_b / ab · -v / v · --version / version
main.py / main py · src_main.py / srcmain.py · go.mod / gomod · x.y / xy · C:\\a\\b / C:ab · a*b / ab · AA:BB / AAB:B
#rust / rust · #rust / @rust · @anna / anna · #5 / 5 · $5 / €5 · 5% / 5 · +3 / -3 · -5 / 5 · 2.3 / 2,3 · 1,000 / 1.000
2020-01-12 / 2020-11-2 · 1.1 / 11 · v1.10 / v1.1 · 192.168.1.11 / 192.168.11.1 · RV-7 / RV-8 · A-B12 / AB-12
a.reed@acme.com / areed@acme.com · ann@reed.com / ann.reed@com · foo@bar.com / foobar.com · a.com / acom
ann-reed@x.com / annreed@x.com · https://a.com/b-c / https://a.com/bc · Amazon.com / Amazon Com
😀 Team / 😁 Team · I ❤ NY / I NY · M&M / MM · R&D / RD · AT&T / ATT
Pen Island / Penis Land · Experts Exchange / Expert Sex Change · Now Here / Nowhere · Sun Day / Sunday
re-sign / resign · re-creation / recreation · Un-ionized / unionized
James Martin / Martin James · Henry James / James Henry · Wang Li / Li Wang · Paris, Texas / Texas, Paris
Milk Chocolate / Chocolate Milk · Dog Bites Cat / Cat Bites Dog · London to Paris / Paris to London
Lady Byron / Byron · Lord Byron / Lady Byron · Mr Reed / Reed · Mr. Reed / Ms. Reed · Dr Pepper / Pepper
General Electric / Electric · General Motors / Motors · Captain America / America · Miss Universe / Universe
Dr. Ann Reed / Mr Ann Reed · Apple Inc. / apple · Acme Ltd / Acme GmbH · Acme Inc / Acme Foundation
Bad Company / Bad · East Company / East · Ford Co / Ford · Moody's Inc / Moody
Fourth Season / Four Season · Third World / Three World · First Man / One Man · IV bag / 4 bag · vi editor / six editor
Main St / Main Saint · Malcolm X / Malcolm 10 · Henry VIII / Henry VII · Rocky II / Rocky III · Type I / Type II
Springfield (Ohio) / Springfield (Illinois) · Mercury (planet) / Mercury · Windows (7) / Windows (10) · Pump [A] / Pump [B]
A.I. / Ai · ano / año · resume / résumé · Å / A
三星 / 3星 · 三亚 / 3亚 · 张三 / 张3 · 五一 / 5一 · 黄山市 / 黄山 · 中国区 / 中国 · 吉林省 / 吉林市 · 發 / 髮 · 京东公司 / 京东集团
が / か · バス / パス · パリ / バリ · はは / ばば · दिल / दल · ไกล / ไกล้ · й / и
"""
PAIRS = [
    (*pair.strip().split(" / "),) for line in TWO.strip().splitlines() for pair in line.split("·")
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_things_are_never_one_without_anybody_asked(one: str, other: str) -> None:
    for label in LABELS:
        assert not judged(Form(one, label), Form(other, label)).certain, label


@pytest.mark.parametrize(
    ("one", "other", "label"),
    [
        ("Lake-Survey Office", "Lake Survey Office", "ORG"),
        ("OpenAI", "Open AI", "ORG"),
        ("F-16", "F16", "PRODUCT"),
        ("World War II", "World War 2", "EVENT"),
        ("Second World War", "2nd World War", "EVENT"),
        ("Channel 4", "Channel Four", "ORG"),
        ("N. Carolina", "North Carolina", "GPE"),
        ("St. Louis", "Saint Louis", "GPE"),
        ("U.S.", "US", "GPE"),
        ("Prof. Dr. Ann Reed", "Dr. Ann Reed", "PERSON"),
        ("O’Brien Ltd.", "O'Brien Limited", "ORG"),
        ("Acme GmbH", "Acme", "NAME"),
        ("East India Company", "East India", "ORG"),
        ("Dr. Ann Reed", "Ann Reed", "NAME"),
        ("Korea, Republic of", "the Republic of Korea", "GPE"),
        ("Acme GmbH", "Acme", "PERSON"),
        ("十月", "10月", "DATE"),
        ("腾讯控股有限公司", "腾讯控股", "ORG"),
        ("刘建华医生", "刘建华", "PERSON"),
        ("北京市", "北京", "GPE"),
    ],
)
def test_one_name_in_two_ways_of_writing_is_certain(one: str, other: str, label: str) -> None:
    assert judged(Form(one, label), Form(other, label)).certain


def test_dress_that_is_contrary_says_two() -> None:
    assert contrary(Form("Acme Ltd", "ORG"), Form("Acme GmbH", "ORG"))
    assert contrary(Form("吉林省", "GPE"), Form("吉林市", "GPE"))
    assert contrary(Form("王小明先生", "PERSON"), Form("王小明女士", "PERSON"))
    # somebody may be both, and a body is written with one ending or with two
    assert not contrary(Form("Dr. Ann Reed", "PERSON"), Form("Prof. Ann Reed", "PERSON"))
    assert not contrary(Form("Acme Co., Ltd.", "ORG"), Form("Acme Ltd.", "ORG"))


NAMES = st.one_of(
    st.sampled_from([name for pair in PAIRS for name in pair]),
    st.text(alphabet="aAB.-,&+ 12二京市İßé́", max_size=10),
    st.text(max_size=10),
)


@given(NAMES, NAMES, st.sampled_from(LABELS))
def test_a_name_is_written_as_itself_and_either_may_come_first(
    one: str, other: str, label: str
) -> None:
    first, second = Form(one, label), Form(other, label)
    assert all(written(first))
    assert certain(first, first)
    assert certain(first, second) == certain(second, first)
    assert contrary(first, second) == contrary(second, first)
