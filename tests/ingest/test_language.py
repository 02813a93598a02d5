"""Which language a text is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.ingest.language import LANGUAGES, detect


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bob likes tea.", "en"),
        ("She moved to München with Jürgen Müller in Österreich.", "en"),
        ("The valve RV-7 failed at 02:10.", "en"),
        ("Giulia Conti lives in Bologna.", "en"),
        ("Agnieszka Nowak lives in Kraków.", "en"),
        ("Hanna Virtanen never visited Tampere.", "en"),
        ("Lukas Müller bought a red bicycle in Köln.", "en"),
        ("João Silva prefers green tea.", "en"),
        ("Clara resigned.", "en"),
        ("Omar stopped smoking in 2021.", "en"),
        ("I'm vegan.", "en"),
        ("Nina canta spesso.", "und"),
        ("Ela dorme.", "und"),
        ("Anna ist da.", "und"),
        ("Lukas Müller verkauft grünen Tee in Köln.", "de"),
        ("Giulia Conti ha venduto due barche.", "it"),
        ("João Silva trabalha na Petrobras.", "pt"),
        ("Kim wil een bier.", "nl"),
        ("Der Kompressor fiel um 5 Uhr aus.", "de"),
        ("Le train est parti à midi de Lyon.", "fr"),
        ("Hij was de baas van het bedrijf en had een huis.", "nl"),
        ("Jan mieszka w Krakowie od lat.", "pl"),
        ("我住在北京。", "zh"),
        ("CX-4压缩机停机。", "zh"),
        ("探头 PT-12 的答复（Quyan Instruments）由我们查阅了出厂记录。", "zh"),
        ("東京に住んでいます。", "ja"),
        ("서울에 삽니다", "ko"),
        ("", "und"),
        ("CX-4", "und"),
        ("Priya", "und"),
        ("42 + 7 = 49", "und"),
        ("https://example.org/the/and/of/that", "und"),
        ("sku: 12\nitem: Kettle\nprice: 30\n\nsku: 13\nitem: Lamp\nprice: 20", "en"),
        ("Country: Kenya\nCapital: Nairobi\nCountry: Peru\nCapital: Lima", "en"),
        ("asset: pump P-12\nlocation: cellar\nasset: valve V-3\nlocation: roof", "en"),
        ("Artikel: Lampe\nPreis: 20\nArtikel: Tisch\nPreis: 30", "de"),
        ("nombre: Ana\nciudad: Sevilla\nedad: 30\nnombre: Luis\nciudad: Cádiz", "es"),
    ],
)
def test_known_texts(text: str, code: str) -> None:
    assert detect(text) == code


@given(st.text(max_size=60))
def test_the_answer_is_a_known_code_and_always_the_same(text: str) -> None:
    code = detect(text)
    assert code in {*LANGUAGES, "zh", "ja", "ko", "und"}
    assert detect(text) == code
