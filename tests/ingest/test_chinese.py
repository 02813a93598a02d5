"""Chinese, read by the real model."""

import pytest

from memcubes.graph.instant import EARLIEST, OPEN, parse, show_day
from memcubes.ingest.chinese import ChineseExtractor
from memcubes.ingest.document import Document, Turn
from memcubes.ingest.extraction import Extraction
from memcubes.ingest.passage import split_passages

CHINESE = ChineseExtractor()


def read(text: str, speaker: str | None = None) -> Extraction:
    turns = (Turn(0, len(text), speaker, None, None),) if speaker else ()
    document = Document("a.txt", None, text, "text/plain", turns=turns)
    [found] = CHINESE.extract(split_passages(document, CHINESE))
    return found


def triples(found: Extraction) -> set[tuple[str, str, str]]:
    return {(c.subject, c.relation, c.object) for c in found.claims}


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("王小明是北京大学的教授。", ("王小明", "是", "北京大学的教授")),
        ("清华大学位于北京市海淀区。", ("清华大学", "位于", "北京市海淀区")),
        ("该泵由西门子公司生产。", ("该泵", "由…生产", "西门子公司")),
        ("压缩机CX-4于05:40停机。", ("CX-4", "于…停机", "05:40")),
        ("探头 PT-12 的测量误差是0.8度。", ("探头 PT-12 的测量误差", "是", "0.8度")),
        ("这批货损失了1,240剂疫苗。", ("这批货", "损失", "1,240剂疫苗")),
        ("李四向王五汇报。", ("李四", "向…汇报", "王五")),
        ("2025年3月，探头被送回工厂。", ("探头", "被送回", "工厂")),
        ("张三担任公司的首席执行官。", ("张三", "担任", "公司的首席执行官")),
        ("张伟在腾讯工作。", ("张伟", "在…工作", "腾讯")),
        ("李娜打算明年去日本。", ("李娜", "去", "日本")),
        ("张伟修好了水泵。", ("张伟", "修好", "水泵")),
        ("这台打印机不支持双面打印。", ("这台打印机", "支持", "双面打印")),
        ("公司取消周五加班了。", ("公司", "取消", "周五加班")),
        ("新版本修复了登录问题。", ("新版本", "修复", "登录问题")),
        ("该系统每天凌晨两点备份数据。", ("该系统", "备份", "数据")),
        ("李雷去医院看病。", ("李雷", "去", "医院")),
    ],
)
def test_claims(text: str, claim: tuple[str, str, str]) -> None:
    assert claim in triples(read(text))


@pytest.mark.parametrize(
    ("correction", "plain", "instead"),
    [
        ("更正：压缩机于05:40停机，而不是02:10。", "压缩机于02:10停机。", "02:10"),
        (
            "更正：这批货损失了1,240剂疫苗，而不是1,420剂疫苗。",
            "这批货损失了1,420剂疫苗。",
            "1,420剂疫苗",
        ),
        ("负责人不是张三，而是李四。", "负责人是张三。", "张三"),
    ],
)
def test_a_correction_is_the_plain_claim_with_another_object(
    correction: str, plain: str, instead: str
) -> None:
    [new] = read(correction).claims
    [old] = read(plain).claims
    assert (new.subject, new.relation) == (old.subject, old.relation)
    assert old.object == instead == new.instead_of
    assert new.correction
    assert not old.correction


@pytest.mark.parametrize(
    "text", ["如果下雨，比赛取消。", "张三是医生吗？", "他可能在上海。", "请关门。"]
)
def test_no_claim_from_what_is_not_stated(text: str) -> None:
    assert read(text).claims == ()


def test_negation() -> None:
    [claim] = read("张三没有去上海。").claims
    assert claim.negated
    assert claim.subject == "张三"
    [claim] = read("张三不是医生。").claims
    assert (claim.relation, claim.negated) == ("是", True)


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("张伟不再在腾讯工作。", ("张伟", "在…工作", "腾讯")),
        ("王小明从没去过上海。", ("王小明", "去过", "上海")),
        ("王小明尚未加入该公司。", ("王小明", "加入", "该公司")),
    ],
)
def test_what_is_denied_in_other_words_is_negated(text: str, claim: tuple[str, str, str]) -> None:
    [found] = read(text).claims
    assert ((found.subject, found.relation, found.object), found.negated) == (claim, True)


@pytest.mark.parametrize("text", ["张伟和李娜都住在杭州。", "张伟、李娜住在杭州。"])
def test_names_side_by_side_each_do_it(text: str) -> None:
    assert triples(read(text)) == {("张伟", "住在", "杭州"), ("李娜", "住在", "杭州")}


def test_what_leads_from_a_year_to_another_is_no_verb() -> None:
    [found] = read("张伟2010年至2015年在清华大学读书。").claims
    assert (found.subject, found.relation, found.object) == ("张伟", "在…读书", "清华大学")
    assert found.valid is not None
    assert [show_day(at) for at in found.valid] == ["2010-01-01", "2016-01-01"]
    [found] = read("张伟再也不抽烟了。").claims
    assert (found.relation, found.negated, found.tense) == ("抽烟", True, "present")


@pytest.mark.parametrize(
    ("text", "claim", "negated"),
    [
        ("刘洋不喝酒。", ("刘洋", "喝酒", ""), True),
        ("王小明会滑雪。", ("王小明", "会滑雪", ""), False),
        ("这家公司倒闭了。", ("这家公司", "倒闭", ""), False),
        ("刘洋毕业于复旦大学。", ("刘洋", "毕业于", "复旦大学"), False),
        ("发布会在三楼。", ("发布会", "在", "三楼"), False),
        ("刘洋不忙。", ("刘洋", "是", "忙"), True),
    ],
)
def test_what_a_verb_says_by_itself_and_what_is_said_without_one(
    text: str, claim: tuple[str, str, str], negated: bool
) -> None:
    [found] = read(text).claims
    assert ((found.subject, found.relation, found.object), found.negated) == (claim, negated)


@pytest.mark.parametrize(
    "text", ["刘洋知道。", "刘洋觉得。", "刘洋几点到？", "刘洋去哪里了", "他病了。"]
)
def test_what_says_nothing_by_itself(text: str) -> None:
    assert read(text).claims == ()


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("我爷爷退休了。", ("小红的爷爷", "退休", "")),
        ("我的爷爷退休了。", ("小红的爷爷", "退休", "")),
        ("我们住在西安。", ("小红等人", "住在", "西安")),
        ("我们学校在郊区。", ("小红的学校", "在", "郊区")),
        ("我喜欢喝咖啡。", ("小红", "喜欢", "喝咖啡")),
        ("老板批准了我的计划。", ("老板", "批准", "小红的计划")),
        ("我妈生病了。", ("小红的妈", "生病", "")),
        ("我租的房子漏水了。", ("小红租的房子", "漏水", "")),
        ("刘洋邀请了我们。", ("刘洋", "邀请", "小红等人")),
    ],
)
def test_what_is_of_who_speaks(text: str, claim: tuple[str, str, str]) -> None:
    assert triples(read(text, speaker="小红")) == {claim}


@pytest.mark.parametrize(
    ("text", "tense"),
    [
        ("会议取消了。", "past"),
        ("刘洋对花粉过敏。", ""),
        ("刘洋明天会去广州。", "future"),
        ("刘洋加入了工会。", "past"),
    ],
)
def test_tense_is_told_by_words_and_not_by_parts_of_them(text: str, tense: str) -> None:
    assert {claim.tense for claim in read(text).claims} == {tense}


def test_pronouns_and_speaker() -> None:
    assert ("王小明", "住在", "上海") in triples(read("王小明是教授。他住在上海。"))
    assert ("安娜", "住在", "上海") in triples(read("我住在上海。", speaker="安娜"))
    assert read("我住在上海。").claims == ()
    assert read("我住在上海。", speaker="安娜").subject == "安娜"


def test_mentions_are_exact() -> None:
    text = "衢砚仪表在2025年1月交付了探头 PT-12，由 Ana Ruiz 在北京大学于05:40收到。"
    found = read(text)
    for mention in found.mentions:
        for start, end in mention.spans:
            assert text[start:end] == mention.surface
    labels = {m.surface: m.label for m in found.mentions}
    assert labels["衢砚仪表"] == "ORG"
    assert labels["北京大学"] == "ORG"
    assert labels["PT-12"] == labels["Ana Ruiz"] == "NAME"
    assert labels["2025年1月"] == "DATE"
    assert labels["05:40"] == "TIME"
    assert found.subject == "衢砚仪表"


def test_a_passage_is_read_alike_in_any_company() -> None:
    texts = ["王小明是教授。", "张三去了上海。", "李四在北京。"]
    passages = [
        p
        for n, text in enumerate(texts)
        for p in split_passages(Document(str(n), None, text, "text/plain"), CHINESE)
    ]
    assert CHINESE.extract(passages) == [CHINESE.extract([p])[0] for p in passages]


@pytest.mark.parametrize(
    ("text", "hedged", "tense", "valid"),
    [
        ("张伟去年担任厂长。", False, "", ("2022-01-01", "2023-01-01")),
        ("泵P-3于2021年5月4日更换。", False, "", ("2021-05-04", "")),
        ("李娜下个月将搬到北京。", False, "future", ("2023-06-01", "")),
        ("张伟2020年之前是西门子的总经理。", False, "", ("", "2020-01-01")),
        ("张伟可能搬到了上海。", True, "past", None),
        ("据说张伟搬到了上海。", True, "past", None),
    ],
)
def test_time_and_doubt(text: str, hedged: bool, tense: str, valid: tuple[str, str] | None) -> None:
    document = Document("a.txt", None, text, "text/plain", stated=parse("2023-05-08"))
    extractor = ChineseExtractor()
    [found] = extractor.extract(split_passages(document, extractor))
    claim = found.claims[0]
    shown = {EARLIEST: "", OPEN: ""}
    said = claim.valid and tuple(shown.get(at, show_day(at)) for at in claim.valid)
    assert (claim.hedged, claim.tense, said) == (hedged, tense, valid)


@pytest.mark.parametrize(
    ("text", "liked"),
    [
        ("我最喜欢的城市是布尔诺。", True),
        ("我不吃肉。", True),
        ("我搬到了上海。", False),
        ("你喜欢喝茶吗？", False),
        ("我吃素。", True),
        ("我是夜猫子。", True),
        ("我从不抽烟。", True),
        ("我是老师。", False),
    ],
)
def test_preferences(text: str, liked: bool) -> None:
    turn = Turn(0, len(text), "小红", "user", None)
    document = Document("a.json", None, text, "application/json", turns=(turn,))
    extractor = ChineseExtractor()
    [found] = extractor.extract(split_passages(document, extractor))
    assert found.preference is liked


def test_what_is_a_date_holds_on_other_days_too() -> None:
    [found] = read("我的生日是五月二号。", speaker="小红").claims
    assert (found.object, found.valid) == ("五月二号", None)


def test_what_somebody_says_is_not_cut_to_its_first_word() -> None:
    [moved] = read("刘洋宣布公司将搬到成都。").claims
    assert (moved.subject, moved.relation, moved.object) == ("公司", "搬到", "成都")
    assert read("“我们不会裁员。”刘洋说。", speaker="小红").claims == ()


@pytest.mark.parametrize(
    "text", ["刘洋差点离婚。", "刘洋本来打算去云南，后来没去。", "刘洋险些破产。"]
)
def test_what_nearly_happened_did_not(text: str) -> None:
    assert not [one for one in read(text).claims if not one.negated]


def test_what_is_denied_within_a_word_is_negated() -> None:
    found = read("刘洋住北京，不住上海。").claims
    assert [(one.relation, one.object, one.negated) for one in found] == [
        ("住", "北京", False),
        ("住", "上海", True),
    ]


def test_what_belongs_to_two_is_one() -> None:
    assert triples(read("刘洋和李娜的儿子在德国读书。")) == {
        ("刘洋和李娜的儿子", "在…读书", "德国")
    }


def test_when_something_was_made_is_not_when_it_broke() -> None:
    [found] = read("我去年买的车坏了。", speaker="小红").claims
    assert (found.subject, found.valid) == ("小红去年买的车", None)


def test_what_is_in_other_hands_is_what_is_done_and_not_who_did_it() -> None:
    found = triples(read("赵磊不再负责采购，现在由陈静负责。"))
    assert found == {("赵磊", "负责", "采购"), ("采购", "由…负责", "陈静")}
    # another verb goes on about who the sentence is about
    assert ("会议", "由…主持", "王芳") in triples(read("会议推迟到周五，由王芳主持。"))


def test_when_it_was_is_no_part_of_who_it_was() -> None:
    assert triples(read("以前张强管理仓库。")) == {("张强", "管理", "仓库")}
    assert triples(read("最近李雷买了房子。")) == {("李雷", "买", "房子")}
    assert ("过去的事情", "是", "很多") in triples(read("过去的事情很多。"))


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("2024年起图书馆由何静管理。", ("图书馆", "由…管理", "何静")),
        ("从五月开始张三负责采购。", ("张三", "负责", "采购")),
        ("明年起公司搬到苏州。", ("公司", "搬到", "苏州")),
        ("从今年起李娜不吃肉。", ("李娜", "吃肉", "")),
        ("会议从三点开始。", ("会议", "从…开始", "三点")),
    ],
)
def test_from_when_something_is_so_is_no_part_of_what_is_said(
    text: str, claim: tuple[str, str, str]
) -> None:
    assert triples(read(text)) == {claim}
