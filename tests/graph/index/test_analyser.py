"""Terms: one text, one list, in every script."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.index.analyser import Analyser


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser()


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The dogs were running", "dog were run"),
        ("Not a word, no.", "not word no"),
        ("Ada's sister doesn't know; Ada’s does", "ada sister doe know ada doe"),
        ("O'Brien", "o brien"),
        ("naïve CAFÉ café cafe\u0301", "naiv cafe cafe cafe"),
        ("Zürich Łódź Ørsted Straße İzmir", "zurich lodz orst strass izmir"),
        ("ﬁne Ｆｕｌｌ", "fine full"),
        ("CX-4", "cx-4 cx 4 cx4"),
        ("CX4", "cx4 cx 4"),
        ("CX‑4", "cx-4 cx 4 cx4"),
        ("1,240", "1,240 1 240 1240"),
        ("02:10", "02:10 02 10"),
        ("7.5%", "7.5 7 5"),
        ("2024-05-01", "2024-05-01 2024 05 01"),
        ("state-of-the-art", "state art"),
        ("user_name a@b.org main.py", "user_name user name a@b.org b org main.py main py"),
        ("U.S. and U.S.A.", "us u s usa u s a"),
        ("C++ or C#", "c++ c c# c"),
        ("550e8400-e29b", "550e8400-e29b 550e8400 e29b"),
        ("١٢ १२", "12 12"),
        ("北京大学", "北 北京 京 京大 大 大学 学"),
        ("GPT-4模型", "gpt-4 gpt 4 gpt4 模 模型 型"),
        ("ジョン・スミス", "ジ ジョ ョ ョン ン ス スミ ミ ミス ス"),
        ("서울에", "서 서울 울 울에 에"),
        ("हिन्दी में", "हिन्दी में"),
        ("Привет, МИР! ёлка", "привет мир елка"),
        ("Αθήνα", "αθηνα"),
        ("العربية", "العربية"),
        ("maxRetryCount", "maxretrycount max retri count"),
        ("service.maxRetryCount=7", "service.maxretrycount servic maxretrycount max retri count 7"),
        ("MaxRetryCount RetryCount", "maxretrycount max retri count retrycount retri count"),
        ("parseJSONFile HTTPServer", "parsejsonfil pars json file httpserver http server"),
        ("McDonald iPhone YouTube CDs PhD LaTeX", "mcdonald iphon youtub cds phd latex"),
        ("参数maxRetryCount是7", "参 参数 数 maxretrycount max retri count 是 7"),
        ("éxMaxRetry", "exmaxretri"),
        ("☃ … \ud800 __", ""),
        ("", ""),
    ],
)
def test_terms(analyser: Analyser, text: str, terms: str) -> None:
    assert analyser.terms(text) == terms.split()


def test_counts(analyser: Analyser) -> None:
    counts = analyser.counts("A dog saw dogs; the DOG barked at 02:10.")
    assert counts == {"dog": 3, "see": 1, "bark": 1, "02:10": 1, "02": 1, "10": 1}
    assert next(iter(counts)) == "dog"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("Which unit is CX4?", "CX-4"),
        ("1240 units", "it sold 1,240"),
        ("the US army", "the U.S. army"),
        ("Lodz", "Łódź"),
        ("5 km", "5km"),
        ("北京", "在北京的大学"),
    ],
)
def test_spellings_of_one_thing_meet(analyser: Analyser, asked: str, told: str) -> None:
    first, second = analyser.terms(asked), analyser.terms(told)
    longest = max(first, key=len)
    assert set(first) & set(second), longest


@given(st.text(max_size=80))
def test_any_text_has_clean_terms(text: str) -> None:
    terms = Analyser().terms(text)
    assert all(terms)
    assert not any(character.isspace() for term in terms for character in term)
    assert Analyser().terms(text) == terms


@given(st.text(st.characters(codec="ascii"), max_size=80))
def test_plain_and_full_paths_agree(text: str) -> None:
    # A snowman sends an ASCII text through the path of all other scripts.
    analyser = Analyser()
    assert analyser.terms(text) == analyser.terms(text + " ☃")


def test_threads_do_not_mix_stems() -> None:
    ends = ["ingly", "ed", "ations", "fulness", "izers", "s"]
    texts = [" ".join(f"{chr(97 + i)}walk{chr(97 + j)}{end}" for end in ends)
             for i in range(26) for j in range(26)]  # fmt: skip
    expected = [Analyser().terms(text) for text in texts]
    fresh = Analyser()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(fresh.terms, texts)) == expected
    finally:
        sys.setswitchinterval(interval)


def test_the_fingerprint_names_recipe_and_stemmer(analyser: Analyser) -> None:
    recipe, _, stemmer = analyser.fingerprint.partition("/")
    assert recipe == "terms@3"
    assert stemmer.startswith("snowball-")


def test_two_megabytes_a_second(analyser: Analyser) -> None:
    text = "The 12 engineers of unit CX-4 were reviewing café plans in Zürich again. " * 4000
    analyser.terms(text)
    start = time.process_time()
    analyser.terms(text)
    # A tenth of what it takes, so that a busy machine does not fail it.
    assert len(text.encode()) / 1e6 / (time.process_time() - start) > 1
