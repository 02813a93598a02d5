"""Four published chat formats in their least form, each with the control tokens that its models read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jinja2

from memcubes.injection.language_model import Message


@dataclass(frozen=True)
class Chat:
    """A format: its template (jinja) and its control tokens, some of them counted through."""

    name: str
    template: str
    tokens: tuple[str, ...]

    @cached_property
    def _read(self) -> jinja2.Template:
        made: jinja2.Template = jinja2.Template(self.template)
        return made

    @cached_property
    def _frame(self) -> list[str]:
        turns = [{"role": "system", "content": "\ue000"}, {"role": "user", "content": "\ue000"}]
        return self.render(turns).split("\ue000")

    def render(self, turns: list[dict[str, str]]) -> str:
        """The chat as a server renders it."""
        text: str = self._read.render(messages=turns, add_generation_prompt=True)
        return text

    def framed(self, system: str, user: str) -> str:
        """The same for a system's and a user's turn, rendered once and filled in."""
        before, between, after = self._frame
        return f"{before}{system.strip()}{between}{user.strip()}{after}"

    @cached_property
    def _scanned(self) -> re.Pattern[str]:
        return re.compile("|".join(sorted(map(re.escape, self.tokens), key=len, reverse=True)))

    def roles(self, text: str) -> list[str]:
        """The control tokens of a rendered chat, from left to right."""
        return self._scanned.findall(text)


_TURNS = "{% for m in messages %}"
CHATML = Chat(
    "chatml",
    _TURNS + "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}",
    ("<|im_start|>", "<|im_end|>", "<|endoftext|>", "<tool_call>", "</tool_call>", "<think>",
     "</think>", "<tool_response>", "</tool_response>", "<|vision_start|>", "<|fim_prefix|>"),
)  # fmt: skip
LLAMA3 = Chat(
    "llama3",
    "<|begin_of_text|>" + _TURNS + "<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
    "{{ m.content | trim }}<|eot_id|>{% endfor %}{% if add_generation_prompt %}"
    "<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}",
    ("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>",
     "<|eom_id|>", "<|python_tag|>", *(f"<|reserved_special_token_{n}|>" for n in range(20))),
)  # fmt: skip
MISTRAL = Chat(
    "mistral",
    "<s>" + _TURNS + "{% if m.role == 'system' %}[SYSTEM_PROMPT]{{ m.content }}[/SYSTEM_PROMPT]"
    "{% elif m.role == 'user' %}[INST]{{ m.content }}[/INST]{% else %}{{ m.content }}</s>{% endif %}"
    "{% endfor %}",
    ("<s>", "</s>", "<unk>", "<pad>", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]",
     "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_CALLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]",
     "[TOOL_CONTENT]", "[ARGS]", "[CALL_ID]", "[THINK]", "[/THINK]", "[IMG]", "[PREFIX]"),
)  # fmt: skip
GEMMA = Chat(
    "gemma",
    "<bos>{% if messages[0].role == 'system' %}{% set first = messages[0].content + '\n\n' %}"
    "{% set turns = messages[1:] %}{% else %}{% set first = '' %}{% set turns = messages %}{% endif %}"
    "{% for m in turns %}<start_of_turn>{{ 'model' if m.role == 'assistant' else m.role }}\n"
    "{{ first if loop.first }}{{ m.content | trim }}<end_of_turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}",
    ("<bos>", "<eos>", "<pad>", "<unk>", "<mask>", "<start_of_turn>", "<end_of_turn>",
     "<start_of_image>", "<end_of_image>", *(f"<unused{n}>" for n in range(20))),
)  # fmt: skip
CHATS = (CHATML, LLAMA3, MISTRAL, GEMMA)


def turns(messages: Sequence[Message]) -> list[dict[str, str]]:
    """Messages as templates take them."""
    return [{"role": one.role, "content": one.text} for one in messages]


def write_chat(folder: Any, chat: Chat) -> Any:
    """A tokenizer of bytes with the control tokens of a format, every third not flagged special."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = sorted(pre_tokenizers.ByteLevel.alphabet())
    backend = Tokenizer(models.BPE({text: place for place, text in enumerate(vocabulary)}, []))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    for place, text in enumerate(chat.tokens):
        add = backend.add_tokens if place % 3 == 2 else backend.add_special_tokens
        add([AddedToken(text, special=place % 3 != 2, normalized=False)])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend)
    tokenizer.chat_template = chat.template
    tokenizer.save_pretrained(folder)
    return tokenizer
