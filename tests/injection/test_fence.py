"""The fence: its word is the caller's, and no text holds it, a control token or a citation id."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.errors import Invalid
from memcubes.injection.fence import Fence, defused

WORD = "9f86d081884c"
FENCE = Fence(WORD)
# as the models' own files spell them
SPELT = """
<|im_start|> <|im_end|> <|endoftext|> <|begin_of_text|> <|end_of_text|> <|start_header_id|> <|end_header_id|> <|eot_id|>
<|eom_id|> <|python_tag|> <|finetune_right_pad_id|> <|reserved_special_token_247|> <|header_start|> <s> </s> <unk> <pad>
[INST] [/INST] <<SYS>> <</SYS>> [SYSTEM_PROMPT] [/SYSTEM_PROMPT] [AVAILABLE_TOOLS] [/AVAILABLE_TOOLS] [TOOL_CALLS]
[TOOL_RESULTS] [/TOOL_RESULTS] [TOOL_CONTENT] [ARGS] [CALL_ID] [THINK] [/THINK] [IMG] [IMG_BREAK] [PREFIX] [control_8]
<bos> <eos> <mask> <start_of_turn> <end_of_turn> <start_of_image> <unused7> <|turn> <turn|> <|channel>
<tool_call> </tool_call> <tool_response> <think> </think> <|vision_start|> <|fim_prefix|> <fim_prefix>
<|system|> <|user|> <|assistant|> <|end|> <|placeholder1|> <|start|> <|message|> <|return|> <|channel|>
<｜User｜> <｜Assistant｜> <｜begin▁of▁sentence｜> <｜end▁of▁sentence｜> <｜tool▁calls▁begin｜> <｜tool▁sep｜>
<|START_OF_TURN_TOKEN|> <BOS_TOKEN> [gMASK] <sop> <|observation|> <extra_id_0> [m1] [m12]
[|system|] [|endofturn|] <seed:bos> <seed:think> </seed:think> <SPECIAL_11> ]~!b[ ]~b] [e~[ <minimax:tool_call> <longcat_user>
</longcat_s> <role> </role> <arg_key> </arg_value> <start_function_call> <escape> <end_of_utterance> <image> [BOS]
<_system> <_user> <_bot> <_end> <用户> <AI> <beginning_of_sentence> <end_of_sentence> <eoh> <eoa> <TOOLCALL> </TOOLCALL>
<TOOL_RESPONSE> <AVAILABLE_TOOLS> <audio_soft_token> <start_of_audio> <im_patch> <img> </img> ｜DSML｜ ｜｜DSML｜｜
<|open|> <|close|> <|end_of_msg|> <|im_middle|> <|tool_call_section_begin|> <|constrain|> <|header_end|> <|"|> <|tool>
<｜hy_place▁holder▁no▁2｜> <|userprompt|> <|endofuserprompt|> <|message_sep|> <|role_sep|> <|turn_end|> [|tool|]
"""
TOKENS = [*SPELT.split(), "[BEGIN FINAL RESPONSE]", "[END FINAL RESPONSE]"]


@pytest.mark.parametrize("token", TOKENS)
def test_every_token_is_broken_wherever_it_stands(token: str) -> None:
    hidden = "\u200b".join(token)
    for text in (
        token,
        f"a{token}b",
        token * 2,
        f"{token[:-1]}{token}",
        f"{token[0]}{token}",
        hidden,
    ):
        made = defused(text)
        assert token not in made.replace("\u200b", "")
        assert made.replace(" ", "") == text.replace(" ", "")
        assert defused(made) == made


@pytest.mark.parametrize(
    "text",
    ["a < b | c > d", "[e~x] a]~b c", "<roles> <images>", "seed:3 <seed>", "[|a b|]", "<b>bold</b>", "x[0] [see below] [NOTE]", "if a<b|c>d:", "5 <s 6", "[M1A]",
     "memory-9f86 d081", "<https://example.org>", "[m]", "a [ m1]"],
)  # fmt: skip
def test_other_marks_stay(text: str) -> None:
    assert FENCE.quoted(text) == text


PIECES = st.sampled_from(
    [WORD, WORD.upper(), WORD[:6], WORD[6:], "\u200b", " ", "x", "<", "[", "|>", *TOKENS]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_only_spaces_are_added(text: str) -> None:
    made = FENCE.quoted(text)
    assert made.replace(" ", "") == text.replace(" ", "")
    assert WORD not in made.replace("\u200b", "").lower()
    assert not any(token in made for token in TOKENS)
    assert FENCE.quoted(made) == made


def test_a_word_that_overlaps_itself_is_broken_each_time() -> None:
    fence = Fence("ab" * 6)
    assert fence.word not in fence.quoted("ab" * 20)
    assert fence.word not in fence.quoted("AB" * 20).lower()


@given(st.text("<[|>]ms12\u200b\ufeff", max_size=40))
def test_marks_alone(text: str) -> None:
    made = FENCE.quoted(text)
    assert not re.search(r"\[m\d+\]|</?s>|<\|[^|<>\n]+\|>", re.sub("[\u200b\ufeff]", "", made))


def test_the_mark_is_the_same_for_any_text() -> None:
    assert FENCE.opening.startswith(f"<memory-{WORD}>\n")
    assert FENCE.opening.endswith("[m1].\n\n")
    assert FENCE.closing == f"</memory-{WORD}>"
    assert FENCE.closing in FENCE.opening  # which says where it ends


@pytest.mark.parametrize(
    "word", ["", "9f86d08", "9F86D081884C", "nine-or-twelve", "9f86d081884c\n"]
)
def test_a_word_that_common_text_may_hold(word: str) -> None:
    with pytest.raises(Invalid, match="hex"):
        Fence(word)


@pytest.mark.parametrize(
    "text",
    ["<" * 50_000, "<|" + "a" * 50_000, ("<|" + "\u200b" * 500) * 100, "[m1" * 20_000,
     "9\u200b" * 20_000],
)  # fmt: skip
def test_long_hostile_texts_take_linear_time(text: str) -> None:
    assert len(FENCE.quoted(text)) < 2 * len(text)


@pytest.mark.parametrize("token", ["<|im_start|>", "<start_of_turn>", "[INST]", "</s>", "[m1]"])
def test_what_a_cleaner_takes_out_hides_no_token(token: str) -> None:
    """Control and format characters and fillers; and letters that NFKC turns into those of a token."""
    hidden = [*map(chr, range(9)), "\x7f", "\u206a", "\u3164", "\ufff9", "\U000e0041", "\U000e0100"]
    for one in hidden:
        for cut in range(1, len(token)):
            told = defused(token[:cut] + one + token[cut:])
            assert token not in told.replace(one, "")
    wide = "".join(chr(ord(one) + 0xFEE0) for one in token)
    for cut in range(len(token)):
        for told in (wide, token[:cut] + wide[cut] + token[cut + 1 :]):
            assert token not in unicodedata.normalize("NFKC", defused(told))


ODD = ("<turn:user>", "@@role@@", "{{end}}", " <lead>", "a b", "ab", "##", "[[", "~")


@given(
    st.lists(st.sampled_from([*ODD, *"<>@{}[]# ab", "x", "turn", "\n"]), max_size=12).map("".join)
)
def test_tokens_of_the_model_at_hand_are_broken_whatever_its_family(text: str) -> None:
    fence = Fence(WORD, ODD)
    for made in (fence.quoted(text), fence.framed(text)):
        assert not any(token in made for token in ODD if len(token) > 1)
        assert made.replace(" ", "") == text.replace(" ", "")
        assert fence.quoted(made) == made
